"""The guard's socket under messages that are malformed, oversized, slow and hostile.

    python -m tests.faults.guard_fuzz --messages 120000

A real guard serves below a folder of its own; it has to answer an honest client all the while, and
nothing may be changed by what it was sent, save by what is a valid request.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flowtui.guard import archive

PIPELINE = 200
"""Messages that are sent before the answers are read."""
VERBS = (
    "hello", "status", "plan", "arm", "extend", "add", "attempts", "release", "emergency-request",
    "emergency-confirm", "emergency-cancel", "doctor", "stage", "stop", "exec", "__class__",
    "", "ARM",
)  # fmt: skip
HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**40, "", "x", "\x00", "../../etc/shadow",
    "/etc/passwd",
    "a" * 300, "news.test\n127.0.0.1 bank.test", "localhost", "*", "*.com", ".*", "(a+)+$",

    "; rm -rf /", "\u202etset.swen", "\ud800", [], {}, [[]], [[[[[[]]]]]], {"a": {}}, ["x"] * 9,
    "init", "bash", "python3", "../bash", "1", "2030-01-01", {"__proto__": 1}, [None], [0], [{}],
)  # fmt: skip
FIELDS = ("groups", "except", "only", "apps", "strictness", "seconds", "list", "sites", "reason",
          "text", "cancel", "open", "staged", "first", "path", "pid", "uid", "until",
          "command")  # fmt: skip


def message(pick: random.Random) -> bytes:
    """One message, most often nearly right."""
    kind = pick.randrange(12)
    if kind == 0:
        return pick.randbytes(pick.randrange(200)).replace(b"\n", b"")
    if kind == 1:
        return b"[" * pick.randrange(1, 3000)
    if kind == 2:
        return json.dumps(pick.choice(HOSTILE)).encode()
    body: dict[str, Any] = {
        "v": pick.choice([1, 1, 1, 1, 1, 2, "1", None]),
        "id": pick.randrange(99),
    }
    body["verb"] = pick.choice(VERBS)
    for _ in range(pick.randrange(5)):
        body[pick.choice(FIELDS)] = pick.choice(HOSTILE)
    if kind in (3, 4):
        body |= {"verb": pick.choice(["plan", "extend", "add"]), "seconds": pick.choice(HOSTILE),
                 "groups": [{"list": "news", "sites": [pick.choice(HOSTILE)]}]}  # fmt: skip
    if kind == 5:
        body |= {"verb": "plan", "seconds": 3600, "strictness": "soft",
                 "groups": [{"list": "news", "sites": ["news.test"],
                             "open": [[pick.choice(HOSTILE), pick.choice(HOSTILE)]]}]}  # fmt: skip
    text = json.dumps(body).encode()
    if kind == 6 and text:
        place = pick.randrange(len(text))
        text = text[:place] + pick.randbytes(1).replace(b"\n", b" ") + text[place + 1 :]
    if kind == 7:
        text = text[: pick.randrange(len(text) + 1)]
    return text.replace(b'"arm"', b'"arn"')  # a valid lease is another test's


class Target:
    """A guard below a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        (folder / "etc/flowtui").mkdir(parents=True)
        (folder / "etc/hosts").write_bytes(b"127.0.0.1 localhost\n")
        (folder / "etc/flowtui/guard.json").write_text(json.dumps({"owners": [os.getuid()]}))
        program = folder / "guard.pyz"
        program.write_bytes(archive.build())
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(program), "--root", str(folder), "serve"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.path = str(folder / "run/flowtui/guard.sock")
        end = time.monotonic() + 20
        while not Path(self.path).exists():
            assert self.process.poll() is None and time.monotonic() < end, "the guard did not start"
            time.sleep(0.02)

    def connect(self) -> socket.socket:
        """A new connection, with a bounded wait."""
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(30)
        try:
            link.connect(self.path)
        except OSError:
            link.close()
            raise
        return link

    def honest(self) -> dict[str, Any]:
        """What an honest client gets."""
        with self.connect() as link:
            link.sendall(b'{"v":1,"id":7,"verb":"status"}\n')
            answer = json.loads(link.makefile("rb").readline())
        assert answer["ok"] and answer["id"] == 7, answer
        return dict(answer)

    def memory_kib(self) -> int:
        """Resident memory of the guard."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4

    def close(self) -> None:
        """End it in order."""
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stderr is not None
        self.process.stderr.close()


def flood(target: Target, count: int, seed: int) -> Counter[str]:
    """Send `count` messages, read each answer; answers by their code."""
    pick = random.Random(seed)
    codes: Counter[str] = Counter()
    sent = 0
    while sent < count:
        with target.connect() as link:
            reader = link.makefile("rb")
            for _ in range(25):
                batch = [message(pick) for _ in range(PIPELINE)]
                link.sendall(b"".join(line + b"\n" for line in batch))
                for _ in batch:
                    answer = json.loads(reader.readline())
                    codes["ok" if answer["ok"] else answer["error"]["code"]] += 1
                sent += len(batch)
                if sent >= count:
                    break
            reader.close()
    return codes


def oversized(target: Target) -> None:
    """A line without an end, longer than any may be, is refused and its client let go."""
    with target.connect() as link:
        try:
            link.sendall(b'{"v":1,' + b" " * (200 * 1024))
            answer = link.recv(65536)
        except ConnectionError:
            return
        assert not answer or b'"size"' in answer, answer[:200]


def slow(target: Target) -> None:
    """Clients that say half a line and wait: they hold nobody up, and are let go."""
    links = [target.connect() for _ in range(8)]
    for link in links:
        link.sendall(b'{"v":1,"id"')
    start = time.monotonic()
    target.honest()
    assert time.monotonic() - start < 3, "a slow client holds up an honest one"
    for link in links:
        link.settimeout(15)
        assert link.recv(10) == b"", "a slow client is not let go"
        link.close()


def many(target: Target) -> None:
    """More connections than one user gets: the rest is closed at once, the guard goes on."""
    links: list[socket.socket] = []
    for _ in range(200):
        try:
            links.append(target.connect())
        except OSError:
            break
    for link in links:
        link.close()
    time.sleep(0.1)
    target.honest()


def deaf(target: Target) -> None:
    """A client that asks and never reads is let go before its answers fill the memory."""
    with target.connect() as link:
        link.settimeout(5)
        try:
            for _ in range(4000):
                link.sendall(b'{"v":1,"id":1,"verb":"doctor"}\n' * 8)
        except OSError:
            pass
    target.honest()


HOSTILE_CLIENTS: tuple[Callable[[Target], None], ...] = (oversized, slow, many, deaf)


def run(messages: int, seed: int) -> dict[str, Any]:
    """All of it; figures. Raises AssertionError where the guard does not stand."""
    with tempfile.TemporaryDirectory() as folder:
        target = Target(Path(folder))
        try:
            start = time.monotonic()
            target.honest()
            before = target.memory_kib()
            codes = flood(target, messages, seed)
            took = time.monotonic() - start
            for client in HOSTILE_CLIENTS:
                client(target)
            grown = target.memory_kib() - before
            assert target.honest()["lease"] is None
            assert (Path(folder) / "etc/hosts").read_bytes() == b"127.0.0.1 localhost\n"
            assert target.process.poll() is None
            assert not codes["fault"], f"{codes['fault']} messages met a fault of the guard"
        finally:
            target.close()
    return {
        "messages": sum(codes.values()), "seconds": round(took, 1), "grown_kib": grown,
        "answers": dict(codes.most_common()), "hostile clients": len(HOSTILE_CLIENTS),
    }  # fmt: skip


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=120_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(run(given.messages, given.seed)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
