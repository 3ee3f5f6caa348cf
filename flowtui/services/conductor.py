"""The one process that rings bells: APScheduler jobs for the instants that matter.

Whoever holds the lock conducts; another process that wants to takes over when it goes. Jobs are
made anew from the ledger whenever it changes, so there is no second store of truth.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import deadline, measure
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.wiring import Services
from flowtui.system.clock import SystemClock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

TAKEOVER_S = 3
"""How often a process that does not conduct tries to."""
PLAN = "plan"
REST = "break"
REMIND = "remind"
SLACK = timedelta(seconds=1)
"""A job is moved only by more than this."""


class ConductorLock:
    """Held by the process that conducts; the kernel frees it however the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    @property
    def held(self) -> bool:
        """True while this process conducts."""
        return self._file is not None

    def take(self) -> bool:
        """Try to become the conductor; True if this process is it now."""
        if self._file is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._path.open("a+", encoding="utf-8")
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        with contextlib.suppress(OSError):  # whose it is helps a person, and nothing else
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        return True

    def free(self) -> None:
        """Let another process conduct."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(frozen=True, slots=True)
class Instants:
    """When something has to happen; None for nothing."""

    plan_at: datetime | None
    """The end of the plan of the running block."""
    rest_at: datetime | None
    """The end of the break."""
    remind_at: datetime | None = None
    """The next reminder of the body log; none during a block."""


def instants(services: Services) -> Instants:
    """The instants that matter now, from the ledger as it was last read.

    Whoever shows the ledger has to hear of what others wrote, so it is not taken from them here.
    """
    now = services.clock.now()
    block = services.store.running()
    rest = services.breaks.current()
    return Instants(
        plan_at=_plan_at(services, block, now) if block is not None else None,
        rest_at=rest.ends_at if rest is not None and not rest.rung else None,
        remind_at=services.body.reminders.next_at(),
    )


def _plan_at(services: Services, block: Block, now: datetime) -> datetime | None:
    if services.focus.waits(block):
        return None  # what an absence was is to be said first
    if measure(block, now).reached_at is not None and not services.focus.is_due(block, now):
        return None  # announced already
    return deadline(block, now)


class Conductor:
    """Keeps one job for each instant, and calls `reach`, `rest_over` and `remind` then.

    The calls are coroutines that ask the services and tell whether there was anything to announce.
    Missed instants (the machine slept) are announced at once when it wakes: late is better than
    never, and each is announced once.
    """

    def __init__(
        self,
        lock: ConductorLock,
        clock: Callable[[], datetime],
        reach: Callable[[], Awaitable[object]],
        rest_over: Callable[[], Awaitable[object]],
        due: Callable[[], Awaitable[Instants]],
        remind: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._lock = lock
        self._clock = clock
        self._wall = SystemClock().now
        """What the scheduler goes by; `clock` may be another one, in tests."""
        self._calls = {PLAN: reach, REST: rest_over}
        if remind is not None:
            self._calls[REMIND] = remind
        self._due = due
        self._scheduler: AsyncIOScheduler | None = None
        self._set: dict[str, datetime] = {}

    def begin(self) -> None:
        """Start the scheduler in the running event loop."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(
            event_loop=asyncio.get_running_loop(),
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.start()
        self._scheduler.add_job(
            self._try_to_conduct, "interval", seconds=TAKEOVER_S, id="takeover",
            next_run_time=self._wall(),
        )  # fmt: skip

    @property
    def conducts(self) -> bool:
        """True if this process holds the lock."""
        return self._lock.held

    def plan(self, wanted: Instants) -> None:
        """Make the jobs those of `wanted`; nothing happens to one that is right already."""
        if self._scheduler is None or not self._lock.held:
            return
        all_at = {PLAN: wanted.plan_at, REST: wanted.rest_at, REMIND: wanted.remind_at}
        for name in self._calls:
            at = all_at[name]
            # never before: a second early would find nothing to announce
            left = max(timedelta(0), at - self._clock()) if at is not None else timedelta(0)
            run_at = self._wall() + left + timedelta(milliseconds=20)
            known = self._set.get(name)
            if at is not None and known is not None and abs(run_at - known) < SLACK:
                continue
            self._set.pop(name, None)
            if self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)
            if at is not None:
                self._scheduler.add_job(
                    self._ring, "date", args=[name], run_date=run_at, id=name, replace_existing=True
                )
                self._set[name] = run_at

    def end(self) -> None:
        """Stop the jobs and free the lock."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None and scheduler.running:
            scheduler.shutdown(wait=False)
        self._lock.free()

    async def _ring(self, name: str) -> None:
        # a coroutine function itself, or the scheduler would run it in a thread and await nothing
        if self._scheduler is not None:
            await self._calls[name]()

    async def _try_to_conduct(self) -> None:
        # a look that was under way when it ended must not take the lock again
        if self._scheduler is not None and (self._lock.held or self._lock.take()):
            self.plan(await self._due())
