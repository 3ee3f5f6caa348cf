"""A page on a real port of loopback, and a client that sends bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from flowtui.web.gate import Gate
from flowtui.web.server import PageServer
from flowtui.web.whole_app import WholeApp
from tests.user import Person

TOKEN = "k" * 43


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str


class Browser:
    """Has the cookie, and sends what a browser would."""

    def __init__(self, server: PageServer, gate: Gate) -> None:
        self.server, self.gate, self.port = server, gate, gate.port

    async def raw(self, data: bytes, end: bool = False) -> bytes:
        """The whole answer to some bytes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(data)
            if end:
                writer.write_eof()
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async def ask(
        self, method: str, path: str, form: Mapping[str, str] | None = None, **headers: str
    ) -> Answer:
        """Send a request with the cookie and the page's own origin."""
        body = urlencode(form or {}).encode()
        given = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": self.gate.cookie.partition(";")[0],
        }
        if method == "POST":
            given |= {
                "Origin": f"http://127.0.0.1:{self.port}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items() if v)]
        return answer(await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body))


def answer(data: bytes) -> Answer:
    """The parts of an answer."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in rest)
    return Answer(int(first.split()[1]), headers, body.decode())


@asynccontextmanager
async def served(
    person: Person, look_only: bool = False, app: WholeApp | None = None
) -> AsyncIterator[Browser]:
    """The page of a person's home, with `app` the whole app too."""
    gate = Gate(TOKEN, 0, (), look_only, monotonic=person.clock.monotonic)
    server = PageServer(person.services, gate, app)
    await server.begin(0)
    try:
        yield Browser(server, gate)
    finally:
        await server.end()
