"""One app for one socket: what the browser sends goes to it, what it draws comes back.

The process and its packets are textual-serve's; messages are read here, since there a malformed one
is an exception. Imported only where the extra `web` is installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

ALIVE_S = 15.0
"""How often the browser is asked whether it is still there."""
MESSAGE_BYTES = 256 * 1024
"""A paste may be long; more ends the socket."""
END_S = 3.0
"""How long an app may take to end in order."""
LARGEST = 1000


class Session(AppService):
    """An app, which is gone when this was stopped."""

    @property
    def process(self) -> Process | None:
        """The app's process, once there is one."""
        return self._process

    async def stop(self) -> None:
        """End it as a closed terminal does; one that does not end is ended."""
        process = self._process
        if process is None:
            return
        for sign in (signal.SIGHUP, signal.SIGKILL):
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(sign)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await process.wait()
                    break
        await super().stop()

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


def handler(
    command: str, sessions: set[Session]
) -> Callable[[web.Request], Awaitable[web.WebSocketResponse]]:
    """Answers a socket with an app of its own, started by the shell's `command`.

    `sessions` holds those that are open.
    """

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=ALIVE_S, max_msg_size=MESSAGE_BYTES)
        await socket.prepare(request)
        session = Session(
            command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,  # type: ignore[arg-type]  # what it gives back is not looked at
            download_manager=DownloadManager(),
        )
        sessions.add(session)
        try:
            await session.start(*size(request.query.get("width"), request.query.get("height")))
            async for message in socket:
                if message.type is not WSMsgType.TEXT or not await _pass_on(
                    message.data, socket, session
                ):
                    break
        finally:
            await session.stop()
            sessions.discard(session)
            await socket.close()
        return socket

    return handle


def size(width: str | None, height: str | None) -> tuple[int, int]:
    """Cells of a screen; what is no small number is 80 or 24."""
    return _cells(width, 80), _cells(height, 24)


def _cells(text: object, usual: int) -> int:
    digits = str(text)
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 8):
        return usual
    return max(1, min(LARGEST, int(digits)))


async def _pass_on(text: str, socket: web.WebSocketResponse, session: Session) -> bool:
    """Do what a message asks for; False for one that asks for nothing known."""
    try:
        message = json.loads(text)
    except ValueError:
        return False
    kind = message[0] if isinstance(message, list) and message else None
    about: Any = message[1] if kind is not None and len(message) > 1 else None
    if kind == "stdin" and isinstance(about, str):
        return await session.send_bytes(about.encode("utf-8", "replace"))
    if kind == "resize" and isinstance(about, dict):
        await session.set_terminal_size(*size(about.get("width"), about.get("height")))
    elif kind == "ping":
        await socket.send_json(["pong", about])
    elif kind == "blur":
        await session.blur()
    elif kind == "focus":
        await session.focus()
    else:
        return False
    return True
