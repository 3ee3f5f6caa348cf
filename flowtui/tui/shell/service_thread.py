"""The one thread on which the app asks its services: in order, and never the screen's.

The ledger syncs to disk and may wait for a lock; nothing of that may hold up a key press.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from flowtui.services.wiring import Services


T = TypeVar("T")


class Desk:
    """Runs calls on the services one after the other."""

    def __init__(self, build: Callable[[], Services]) -> None:
        self._build = build
        self._services: Services | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="flowtui-desk")

    def _open(self) -> Services:
        if self._services is None:
            self._services = self._build()
        return self._services

    async def ask(self, call: Callable[[Services], T]) -> T:
        """The result of `call`, made on the desk's thread; its exceptions come here."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(self._open()))

    async def aside(self, call: Callable[[Services], T]) -> T:
        """The result of a slow `call` that writes nothing, on a thread of its own."""
        services = await self.ask(lambda services: services)
        return await asyncio.to_thread(call, services)

    def close(self, last: Callable[[Services], None] | None = None, timeout_s: float = 2) -> None:
        """Run `last` if there are services, wait for it at most `timeout_s`, then end the thread.

        May be called from any thread and again.
        """
        if last is not None and self._services is not None:
            try:
                self._thread.submit(last, self._services).result(timeout_s)
            except (RuntimeError, TimeoutError):
                pass  # already closed, or a disk that hangs: leaving must not hang with it
        self._thread.shutdown(wait=False, cancel_futures=True)
