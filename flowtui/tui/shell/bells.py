"""The conductor inside the app: its calls go to the desk, its notices to the terminal's driver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from flowtui.core.text import middle_cut
from flowtui.services import bells
from flowtui.services.bells import Notice, Severity
from flowtui.services.conductor import LOCK, PIPE, Conductor, ConductorLock, Presence
from flowtui.services.plan.begin_planned import begin_by_itself
from flowtui.services.wiring import Services

USED_S = 600
"""Nothing begins by itself in a room where no key was pressed for so long."""

if TYPE_CHECKING:
    from flowtui.tui.shell.host import Host


class Ringing:
    """Rings bells while the app is open, if no other process does."""

    def __init__(self, app: Host, services: Services) -> None:
        self._app = app
        self._conductor = Conductor(
            ConductorLock(services.paths.run_dir / LOCK),
            services.clock.now,
            self._plan_reached,
            self._rest_over,
            lambda: app.ask(bells.due),
            self._remind,
            self._guard_turns,
        )
        self._notifier = bells.notifier(services, self._write)
        self._presence = Presence(services.paths.run_dir / PIPE)

    def begin(self) -> None:
        """Start in the app's event loop; an agent that conducts gives way, as the app is heard."""
        self._presence.announce()
        self._conductor.begin()

    def end(self) -> None:
        """Free the lock, and let an agent know."""
        self._conductor.end()
        self._presence.leave()

    async def replan(self) -> None:
        """The ledger has changed: the jobs may have to."""
        if self._conductor.conducts:
            self._conductor.plan(await self._app.ask(bells.due))

    async def _plan_reached(self) -> None:
        await self._announce(bells.plan_notice)

    async def _rest_over(self) -> None:
        await self._announce(bells.rest_notice)

    async def _remind(self) -> None:
        """Begin what begins by itself, if somebody is here; else offer it, as all else is."""
        begun = await self._app.ask(begin_by_itself) if self._app.used_within(USED_S) else None
        if begun is not None:
            self._app.refresh_snapshot()
            self._app.said(f"began as planned: {begun.intention or 'a block'}   u takes it back")
        await self._announce(bells.reminder_notice)

    async def _guard_turns(self) -> None:
        await self._announce(bells.guard_notice)

    async def _announce(self, call: Callable[[Services], Notice | None]) -> None:
        notice = await self._app.ask(call)
        self._app.refresh_snapshot()
        if notice is not None:
            self._app.announce(f"{notice.title}: {notice.keys or notice.body}")
            await asyncio.to_thread(self._notifier.send, notice)

    async def tell_of_runs(self) -> None:
        """News of runs: at once what is lost, the rest as focus allows."""
        if not self._conductor.conducts:
            return
        arrived = await self._app.ask(bells.run_arrived)
        if arrived is not None:
            self._app.said(f"{arrived}: the plan is reached")
            self._app.refresh_snapshot()
        told = await self._app.ask(bells.run_news)
        if told is None:
            return
        notice = told.notice
        words = middle_cut(f"{notice.title}: {notice.body}", max(20, self._app.size.width - 6))
        self._app.said(words, notice.severity is Severity.SERIOUS)
        if told.wanted:
            await asyncio.to_thread(self._notifier.send, notice)

    def _write(self, characters: str) -> None:
        """Through the driver, so that no frame is torn; from any thread."""
        driver = self._app._driver
        if driver is not None and not self._app.is_headless:
            driver.write(characters)
            driver.flush()
