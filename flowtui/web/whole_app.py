"""The whole app in a browser, by textual-serve, behind the gate of the page.

textual-serve takes any Origin and any Host, lists its files and loads a font from a third party; so
nothing of it listens. A request is read, checked and counted as any other of the page; only the
socket of one that passed is handed on, with a head made anew. Its page is ours, its files are few.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shlex
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flowtui.core.errors import FlowError
from flowtui.web.requests import RefusedRequest, Request

if TYPE_CHECKING:
    from aiohttp.web_runner import AppRunner

    from flowtui.web.app_session import Session

PAGE, SOCKET, FILES = "/app", "/app/ws", "/app/file/"
SESSIONS = 4
"""Apps at a time; each is a process of some 50 MB."""
PIECE = 64 * 1024
END_S = 7.0
"""How long apps may take to end when the server does."""
KNOWN = {
    "textual.js": ("js/textual.js", "text/javascript"),
    "xterm.css": ("css/xterm.css", "text/css"),
    "mono.ttf": ("fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
}
"""What of textual-serve's files is given out, and as what."""
START = """\
"use strict";
if (location.hash.length > 1) {
  sessionStorage.setItem("key", location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
const shown = document.getElementById("terminal");
const scheme = location.protocol === "https:" ? "wss://" : "ws://";
const key = sessionStorage.getItem("key");
if (key === null) {
  document.body.className = "-keyless";
  shown.remove();
} else {
  window.WebSocket = class extends WebSocket {
    constructor(address, ...more) {
      super(address + "&key=" + encodeURIComponent(key), ...more);
    }
  };
  shown.dataset.sessionWebsocketUrl = scheme + location.host + "/app/ws";
}
"""
"""The address of the socket is made where it is known under which name the page was asked for.

The key is in the part of the first address that is sent to nobody; this tab keeps it.
"""
STYLE = """\
@font-face { font-family: "Roboto Mono"; src: url("/app/file/mono.ttf"); font-weight: 100 700; }
html, body { margin: 0; height: 100%; background: #101418; color: #c8d0d8; }
body { font-family: "Roboto Mono", monospace; }
#terminal { position: absolute; inset: 0; }
p { display: none; position: absolute; inset: 0; margin: auto; height: 6rem; text-align: center; }
body.-closed #terminal { display: none; }
body.-closed .closed, body.-keyless .keyless { display: block; }
a { color: inherit; }
"""
PAGE_TEXT = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>flowtui</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/app/file/xterm.css"><link rel="stylesheet" href="/app/file/own.css">
<script src="/app/file/start.js" defer></script><script src="/app/file/textual.js" defer></script>
</head><body>
<div id="terminal" class="textual-terminal" data-font-size="15"></div>
<p class="keyless">Open the address of the app that <b>flowtui serve --app</b> printed.<br>
<a href="/">the page</a></p>
<p class="closed">The app was closed; a block that runs is still there.<br>
<a href="/app">Open it again</a> &nbsp; <a href="/">the page</a></p>
</body></html>
"""
POLICY = (
    # the terminal sets its colours as styles of its own
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PASSED_ON = ("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions")
_SIZES = ("width", "height")


class WholeApp:
    """Starts an app for each socket that is handed on, and ends it with the socket."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` starts the app. Raises FlowError where textual-serve is not installed."""
        try:
            import textual_serve

            from flowtui.web import app_session
        except ImportError:
            raise FlowError(
                "--app needs the extra web", "install it: pip install 'flowtui[web]'"
            ) from None
        self._sessions: set[Session] = set()
        self._handle = app_session.handler(f"exec {shlex.join(command)}", self._sessions)
        self._files = Path(str(textual_serve.__file__)).parent / "static"
        self._runner: AppRunner | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._taken = 0
        """Sockets that are open, or about to be."""
        self._ended = False

    async def begin(self) -> None:
        """Make ready; nothing listens."""
        from aiohttp import web

        for name in ("textual-serve", "aiohttp"):  # what a browser sends is no news of ours
            logging.getLogger(name).addHandler(logging.NullHandler())
            logging.getLogger(name).propagate = False
        app = web.Application()
        app.add_routes([web.get(SOCKET, self._handle)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=END_S)
        await self._runner.setup()

    async def end(self) -> None:
        """End all apps, as closed terminals do; none is left."""
        self._ended = True
        for one in self._open:
            one.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
        for session in self._sessions:
            session.kill()

    def file(self, name: str) -> tuple[bytes, str]:
        """A file of the page, and its type. Raises RefusedRequest for any other."""
        own = {"start.js": (START, "text/javascript"), "own.css": (STYLE, "text/css")}
        if name in own:
            text, kind = own[name]
            return text.encode(), f"{kind}; charset=utf-8"
        if name not in KNOWN:
            raise RefusedRequest(404, "there is no such page")
        path, kind = KNOWN[name]
        return (self._files / path).read_bytes(), kind

    async def join(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Hand a socket on, which has passed the gate, until either end closes it.

        Raises RefusedRequest where it asks for no socket, or too many are open.
        """
        head = _head(request)
        # an app that takes its time to end is open still
        if self._ended or max(self._taken, len(self._sessions)) >= SESSIONS:
            raise RefusedRequest(503, f"{SESSIONS} apps are open already; close one")
        self._taken += 1  # before anything is waited for: others ask meanwhile
        try:
            await self._join(head, reader, writer)
        finally:
            self._taken -= 1

    async def _join(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        assert self._runner is not None and self._runner.server is not None
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(self._runner.server, theirs)
        answers, asks = await asyncio.open_connection(sock=ours)
        asks.write(head)
        joined = asyncio.ensure_future(_join(reader, asks, answers, writer))
        self._open.add(joined)
        try:
            await asyncio.wait([joined])
        finally:
            joined.cancel()
            self._open.discard(joined)


def _head(request: Request) -> bytes:
    """The head that is passed on: what a socket needs, and nothing else that was sent."""
    headers = request.headers
    if headers.get("upgrade", "").lower() != "websocket" or "sec-websocket-key" not in headers:
        raise RefusedRequest(426, "this is asked for as a socket alone")
    sizes = {name: request.query[name] for name in _SIZES if name in request.query}
    lines = [f"GET {SOCKET}?{urlencode(sizes)} HTTP/1.1", "Host: flowtui", "Connection: Upgrade",
             "Upgrade: websocket"]  # fmt: skip
    lines += [f"{name}: {headers[name]}" for name in _PASSED_ON if name in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


async def _join(
    reader: asyncio.StreamReader,
    asks: asyncio.StreamWriter,
    answers: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    copies = (_copy(reader, asks), _copy(answers, writer))
    both = [asyncio.ensure_future(one) for one in copies]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in both:
            one.cancel()
        asks.close()
        with contextlib.suppress(OSError):
            await asks.wait_closed()


async def _copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(PIECE):
            to.write(piece)
            await to.drain()
