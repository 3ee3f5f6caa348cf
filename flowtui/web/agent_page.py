"""The page served from the agent's loop, as the settings want it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError
from flowtui.services.web_token import page_token
from flowtui.web.gate import Gate
from flowtui.web.server import PageServer

if TYPE_CHECKING:
    from flowtui.services.wiring import Services
    from flowtui.settings.web import Web


class AgentPage:
    """Follows the settings: begins, ends or begins anew where they changed."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._server: PageServer | None = None
        self._wanted: Web | None = None
        self._one = asyncio.Lock()

    async def follow(self, services: Services) -> None:
        """Serve what the settings of `services` want; what cannot be is said, and that is all."""
        async with self._one:
            wanted = services.config.web
            if self._server is not None and wanted == self._wanted:
                self._server.renew(services)
                return
            await self._end()
            self._wanted = wanted
            if wanted.port is None:
                return
            try:
                token = await asyncio.to_thread(page_token, services.paths)
                monotonic = services.clock.monotonic
                gate = Gate(token, wanted.port, wanted.hosts, wanted.look, monotonic=monotonic)
                server = PageServer(services, gate)
                await server.begin(wanted.port)
            except FlowError as error:
                self._say(str(error))
                return
            self._server = server
            self._say(f"the page is at http://127.0.0.1:{wanted.port}/")

    async def end(self) -> None:
        """Stop serving."""
        async with self._one:
            await self._end()

    async def _end(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.end()
