"""The loop that answers: one request a connection, on loopback alone, counted by its status."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from flowtui.core.errors import FlowError
from flowtui.web import page, whole_app
from flowtui.web.deeds import DEEDS
from flowtui.web.gate import Gate
from flowtui.web.requests import HEAD_BYTES, RefusedRequest, Request, read
from flowtui.web.view import view
from flowtui.web.whole_app import WholeApp

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

T = TypeVar("T")
AT_ONCE = 64
"""Connections at a time; more are closed without an answer."""
WRITE_S = 10.0
SAID = "said"
HEADERS = {
    "Cache-Control": "no-store",
    # not no-referrer: browsers then call the origin of the page's own forms null
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Reply:
    """What is sent back."""

    def __init__(
        self,
        status: int,
        body: str | bytes = "",
        to: str = "",
        cookie: str = "",
        kind: str = "text/html; charset=utf-8",
        policy: str | None = None,
    ) -> None:
        """`policy` is the Content-Security-Policy; None for that of a page without script."""
        self.status = status
        self.body = body if isinstance(body, bytes) else body.encode()
        self.kind = kind
        self.policy = policy or page.policy(body if isinstance(body, str) else "")
        self.to = to
        """Where a redirect leads."""
        self.cookie = cookie

    def data(self, with_body: bool = True) -> bytes:
        """The bytes of it."""
        body = self.body
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        headers = {
            **HEADERS,
            "Content-Type": self.kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": self.policy,
            "Connection": "close",
        }
        if self.to:
            headers["Location"] = self.to
        if self.cookie:
            headers["Set-Cookie"] = self.cookie
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return head + body if with_body else head


class PageServer:
    """Serves the page of one home."""

    def __init__(self, services: Services, gate: Gate, app: WholeApp | None = None) -> None:
        """`app` is given where the whole app is served too."""
        self._services = services
        self._gate = gate
        self._app = app
        self._one = asyncio.Lock()
        """The services are asked by one request at a time."""
        self._open = 0
        self.answered: Counter[int] = Counter()
        """Answers by their status."""
        self._server: asyncio.Server | None = None

    @property
    def has_app(self) -> bool:
        """Whether the whole app is served too."""
        return self._app is not None

    async def begin(self, port: int) -> int:
        """Listen on loopback; returns the port (0 takes any). Raises FlowError if it is taken."""
        try:
            self._server = await asyncio.start_server(
                self._connected, "127.0.0.1", port, limit=HEAD_BYTES
            )
        except OSError as error:
            raise FlowError(
                f"port {port} of 127.0.0.1 cannot be used: {error.strerror}",
                "name another: flowtui serve --port 8428",
            ) from None
        if self._app is not None:
            await self._app.begin()
        taken: int = self._server.sockets[0].getsockname()[1]
        self._gate.port = taken
        return taken

    def renew(self, services: Services) -> None:
        """Ask these services from now on."""
        self._services = services

    async def end(self) -> None:
        """Stop listening, and end what is open."""
        if self._server is not None:
            self._server.close()  # first: nothing new is opened while the rest ends
        if self._app is not None:
            await self._app.end()
        if self._server is not None:
            await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= AT_ONCE:
                await self._serve(reader, writer)
        except (OSError, TimeoutError):
            pass  # whoever asked has gone
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method = "GET"
        try:
            request = await read(reader)
            if request is None:
                return
            method = request.method
            if self._app is not None and request.path == whole_app.SOCKET:
                self._gate.check(request, acts=True)
                self._gate.check_key(request)
                await self._app.join(request, reader, writer)
                self.answered[101] += 1
                return
            reply = await self._reply(request)
        except RefusedRequest as refused:
            reply = Reply(refused.status, page.refusal(refused.status, refused.reason))
        self.answered[reply.status] += 1
        writer.write(reply.data(with_body=method != "HEAD"))
        async with asyncio.timeout(WRITE_S):
            await writer.drain()

    async def _reply(self, request: Request) -> Reply:
        if self._gate.check(request):
            to = whole_app.PAGE if request.path == whole_app.PAGE else "/"
            return Reply(303, to=to, cookie=self._gate.cookie)
        if request.method == "POST":
            return await self._do(request)
        if request.path == "/":
            said, wrong = request.query.get(SAID, ""), "wrong" in request.query
            made = await self._ask(view)
            whole = self._app is not None and not self._gate.look_only
            return Reply(200, page.today(made, said[:300], wrong, self._gate.look_only, whole))
        if self._app is not None and not self._gate.look_only:
            if request.path == whole_app.PAGE:
                return Reply(200, whole_app.PAGE_TEXT, policy=whole_app.POLICY)
            if request.path.startswith(whole_app.FILES):
                name = request.path.removeprefix(whole_app.FILES)
                data, kind = await asyncio.to_thread(self._app.file, name)
                return Reply(200, data, kind=kind, policy=whole_app.POLICY)
        if request.path == "/report":
            return Reply(200, await self._ask(lambda s: _report(s, request.query.get("week", ""))))
        if request.path == "/ask/park":
            return Reply(200, page.ask_park())
        if request.path in ("/ask/start", "/ask/finish"):
            form = page.ask_start if request.path == "/ask/start" else page.ask_finish
            return Reply(200, form(await self._ask(view)))
        raise RefusedRequest(404, "there is no such page")

    async def _do(self, request: Request) -> Reply:
        deed = DEEDS.get(request.path)
        if deed is None:
            raise RefusedRequest(404, "there is no such page")
        try:
            said = await self._ask(lambda services: deed(services, request.form))
        except FlowError as error:
            return Reply(303, to="/?" + urlencode({SAID: str(error)[:300], "wrong": "1"}))
        return Reply(303, to="/?" + urlencode({SAID: said[:300]}))

    async def _ask(self, call: Callable[[Services], T]) -> T:
        async with self._one:
            try:
                return await asyncio.to_thread(call, self._services)
            except OSError as error:
                raise RefusedRequest(503, f"the ledger cannot be used: {error.strerror}") from None


def _report(services: Services, week: str) -> str:
    from flowtui.core.day import week_of
    from flowtui.core.review.render import page as report_page
    from flowtui.services.review.report import report

    services.store.ledger.refresh()
    first, last = week_of(services.today(), services.first_weekday)
    back = timedelta(days=7 if week == "last" else 0)
    return report_page(report(services, first - back, last - back))
