"""Hostile requests to the page, by the ten thousand: none may change anything, none may fail it.

    python -m tests.faults.page_fuzz --requests 50000

Prints the answers by status, and the seconds. A fault is an answer of 500, no answer to a whole
request, a change of the ledger, or the token in an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from flowtui.web.deeds import DEEDS
from flowtui.web.whole_app import FILES, PAGE, SOCKET, WholeApp
from tests.unit.web.client import TOKEN, Browser, served
from tests.user import Person

METHODS = (b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"CONNECT", b"\x16\x03", b"get")
PATHS = (
    b"/", b"/report", b"/ask/start", b"/ask/finish", b"/../etc/passwd", b"/%2e%2e/", b"//", b"*",
    b"http://evil.example/", b"/?token=", b"/?said=%3Cscript%3E", b"/\\x", b"/report?week=%00",
    SOCKET.encode(), PAGE.encode(), FILES.encode() + b"textual.js", FILES.encode() + b"../x",
    *(path.encode() for path in DEEDS),
)  # fmt: skip
HOSTS = (b"evil.example", b"127.0.0.1", b"localhost", b"", b"127.0.0.1:1@evil.example", b"\xff\x00")
EXTRA = (
    b"Origin: http://evil.example", b"Origin: null", b"Sec-Fetch-Site: cross-site",
    b"Cookie: flowtui=0", b"Cookie: flowtui=" + b"a" * 5000, b"Transfer-Encoding: chunked",
    b"Content-Length: 5", b"Content-Length: 99999999", b"Content-Length: -1", b"Host: other",
    b"X-Forwarded-Host: 127.0.0.1", b"X-Forwarded-For: 127.0.0.1", b" folded", b"bad header",
    b"Content-Type: application/x-www-form-urlencoded", b"Expect: 100-continue",
    b"A: " + b"b" * 9000, b"Upgrade: websocket", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)  # fmt: skip
BODIES = (b"", b"intention=x&outcome=done", b"%ff%00", b"a=" * 200, b"\x00" * 50)
AT_ONCE = 32


def request(rng: random.Random, port: int) -> bytes:
    """One hostile request: each lacks the cookie, the host or the origin, or is malformed."""
    host = rng.choice((*HOSTS, f"127.0.0.1:{port}".encode()))
    lines = [b" ".join((rng.choice(METHODS), rng.choice(PATHS), b"HTTP/1.1")), b"Host: " + host]
    lines += rng.sample(EXTRA, rng.randrange(5))
    data = b"\r\n".join(lines) + b"\r\n\r\n" + rng.choice(BODIES)
    for _ in range(rng.choice((0, 0, 0, 1, 5))):
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + rng.randrange(2) :]
    return data


async def attack(browser: Browser, count: int, seed: int) -> dict[str, Any]:
    """Send `count` hostile requests; what came back."""
    rng, statuses, faults = random.Random(seed), Counter[str](), Counter[str]()
    begun = time.monotonic()

    async def some(number: int) -> None:
        for _ in range(number):
            data = await browser.raw(request(rng, browser.port), end=True)
            status = data[9:12].decode("ascii", "replace") if data else "none"
            statuses[status] += 1
            if status.startswith("5") and status not in ("501", "505"):
                faults["failed"] += 1
            if status in ("101", "200") or TOKEN.encode() in data:
                faults["let in"] += 1

    await asyncio.gather(*(some(count // AT_ONCE) for _ in range(AT_ONCE)))
    fine = await browser.ask("GET", "/")
    if fine.status != 200:
        faults["the page is gone"] += 1
    return {
        "requests": sum(statuses.values()), "statuses": dict(statuses.most_common()),
        "seconds": round(time.monotonic() - begun, 1), "faults": dict(faults),
    }  # fmt: skip


def run(home: Path, count: int, seed: int = 1) -> dict[str, Any]:
    """The attack on a page of its own, which serves the whole app too."""
    person = Person(home)

    async def whole() -> dict[str, Any]:
        async with served(person, app=WholeApp(["true"])) as browser:
            return await attack(browser, count, seed)

    told = asyncio.run(whole())
    told["changes"] = len(person.open().store.ledger.history(5))
    return told


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(Path(folder), options.requests, options.seed), indent=2))


if __name__ == "__main__":
    main()
