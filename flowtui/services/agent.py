"""The conductor for times without an app: the same bells, by way of the desktop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from flowtui.core.errors import FlowError
from flowtui.services import bells
from flowtui.services.conductor import Conductor, ConductorLock, Instants
from flowtui.services.wiring import Services
from flowtui.system.notices import Notice, Notifier

T = TypeVar("T")


class Agent:
    """Conducts in an event loop of its own; every call on the services runs in a thread."""

    def __init__(
        self, services: Services, env: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._services = services
        self._say = say
        self._complained = ""
        self._notifier = Notifier(services.config.notices, env, None)
        self._conductor = Conductor(
            ConductorLock(services.paths.run_dir / "conductor.lock"),
            services.clock.now,
            lambda: self._announce(bells.plan_notice),
            lambda: self._announce(bells.rest_notice),
            self._due,
            lambda: self._announce(bells.reminder_notice),
        )

    def begin(self) -> None:
        """Start; returns at once."""
        self._conductor.begin()

    def end(self) -> None:
        """Stop and let another process conduct."""
        self._conductor.end()

    async def _due(self) -> Instants:
        def look(services: Services) -> Instants:
            services.store.ledger.refresh()
            services.runs.ensure_watched()
            bells.run_arrived(services)
            return bells.due(services)

        found = await self._ask(look) or Instants(None, None)
        await self._announce(bells.run_notice)
        return found

    async def _ask(self, call: Callable[[Services], T]) -> T | None:
        """The result of `call`; a ledger that cannot be read is told once, and asked again."""
        try:
            result = await asyncio.to_thread(call, self._services)
        except FlowError as error:
            if str(error) != self._complained:
                self._complained = str(error)
                self._say(self._complained)
            return None
        self._complained = ""
        return result

    async def _announce(self, call: Callable[[Services], Notice | None]) -> None:
        notice = await self._ask(call)
        if notice is None:
            return
        self._say(f"{notice.title}: {notice.body}")
        delivery = await asyncio.to_thread(self._notifier.send, notice)
        for problem in () if delivery.by else delivery.problems:
            self._say(problem)
