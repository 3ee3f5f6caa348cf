"""The one process that rings bells: APScheduler date jobs for the instants that matter.

Whoever holds the lock conducts; another process that wants to takes over when it goes. Jobs are
made anew from the ledger whenever it or a clock changes, so there is no second store of truth, and
nothing ticks: a conductor without a job sleeps until something happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import deadline, measure
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.guard import guard_moments
from flowtui.services.wiring import Services
from flowtui.system.clock import SystemClock
from flowtui.system.presence import Presence as Presence
from flowtui.system.wakeups import ClockAlarm

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

LOOK_S = 30
"""How often clocks and ledger are looked at where the system does not tell of changes."""
LOCK, PIPE = "conductor.lock", "app.fifo"
"""In the folder of locks: who conducts, and by what an app says that it is open."""
PLAN = "plan"
REST = "break"
REMIND = "remind"
GUARD = "guard"
WATCH, SOON = "watch", "soon"
SLACK = timedelta(seconds=1)
"""A job is moved only by more than this."""


class ConductorLock:
    """Held by the process that conducts; the kernel frees it however the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._waiting = False
        self._guard = threading.Lock()

    @property
    def held(self) -> bool:
        """True while this process conducts."""
        return self._file is not None

    def take(self) -> bool:
        """Try to become the conductor; True if this process is it now."""
        with self._guard:
            if self._file is not None:
                return True
            file = self._opened()
            if file is None:
                return False
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._keep(file)
            return True

    def wait(self, taken: Callable[[], object]) -> None:
        """Take it when whoever holds it goes, and call `taken` then, in another thread.

        Nothing is called if it is freed, or waited for no more, before that.
        """
        with self._guard:
            if self._waiting:
                return
            self._waiting = True
        threading.Thread(target=self._wait, args=[taken], daemon=True).start()

    def free(self) -> None:
        """Let another process conduct."""
        with self._guard:
            self._waiting = False
            if self._file is not None:
                self._file.close()
                self._file = None

    def _wait(self, taken: Callable[[], object]) -> None:
        file = self._opened()
        if file is None:
            self._waiting = False
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            self._waiting = False
            file.close()
            return
        with self._guard:
            wanted, self._waiting = self._waiting and self._file is None, False
            if wanted:
                self._keep(file)
            else:
                file.close()
        if wanted:
            taken()

    def _opened(self) -> IO[str] | None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._path.open("a+", encoding="utf-8")
        except OSError:
            return None

    def _keep(self, file: IO[str]) -> None:
        self._file = file
        with contextlib.suppress(OSError):  # whose it is helps a person, and nothing else
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()


@dataclass(frozen=True, slots=True)
class Instants:
    """When something has to happen; None for nothing."""

    plan_at: datetime | None
    """The end of the plan of the running block."""
    rest_at: datetime | None
    """The end of the break."""
    remind_at: datetime | None = None
    """The next reminder of the body log; none during a block."""
    guard_at: datetime | None = None
    """When the guard has something to tell, or has to be made to last on."""

    def first(self) -> datetime | None:
        """The nearest of them."""
        times = (self.plan_at, self.rest_at, self.remind_at, self.guard_at)
        return min((at for at in times if at is not None), default=None)


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
        guard_at=guard_moments.next_at(services),
    )


def _plan_at(services: Services, block: Block, now: datetime) -> datetime | None:
    if services.focus.waits(block):
        return None  # what an absence was is to be said first
    if measure(block, now).reached_at is not None and not services.focus.is_due(block, now):
        return None  # announced already
    return deadline(block, now)


class Conductor:
    """Keeps one job for each instant, and calls `reach`, `rest_over`, `remind`, `guard` then.

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
        guard: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._lock = lock
        self._clock = clock
        self._wall = SystemClock().now
        """What the scheduler goes by; `clock` may be another one, in tests."""
        self._calls = {PLAN: reach, REST: rest_over}
        if remind is not None:
            self._calls[REMIND] = remind
        if guard is not None:
            self._calls[GUARD] = guard
        self._due = due
        self._scheduler: AsyncIOScheduler | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alarm: ClockAlarm | None = None
        self._set: dict[str, datetime] = {}
        self._at: dict[str, datetime] = {}
        self._looking = self._look_again = False
        self._retry: asyncio.TimerHandle | None = None
        self._one = asyncio.Lock()
        self._again: dict[str, tuple[datetime, int]] = {}
        """What rang and was due again all the same, and how often: it waits longer each time."""

    def begin(self) -> None:
        """Start the scheduler in the running event loop, and try to conduct."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._loop = asyncio.get_running_loop()
        self._scheduler = AsyncIOScheduler(
            event_loop=self._loop,
            timezone="UTC",
            # a look that is asked for while one is under way must not be skipped
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 8},
        )
        self._scheduler.start()
        self._alarm = ClockAlarm()
        if self._alarm.fd is not None:
            self._loop.add_reader(self._alarm.fd, self._clock_changed)
        else:
            self._scheduler.add_job(self.look, "interval", seconds=LOOK_S, id=WATCH)
        self.want()

    @property
    def conducts(self) -> bool:
        """True if this process holds the lock."""
        return self._lock.held

    def want(self) -> None:
        """Conduct from now on, or as soon as whoever conducts goes."""
        if self._loop is None or self._scheduler is None:
            return
        if not self._lock.take():
            self._lock.wait(self._taken)
        self.look_soon()

    def give_way(self) -> None:
        """Let another process conduct, and want it no more."""
        self._lock.free()
        self._unplan()

    def look_soon(self) -> None:
        """Look when the loop next turns; any number of these before it make one look."""
        if self._scheduler is not None:
            at = self._wall()
            self._scheduler.add_job(self.look, "date", run_date=at, id=SOON, replace_existing=True)

    async def look(self) -> None:
        """Ask what is due, and make the jobs of it; nothing where another process conducts.

        What is asked for while one look is under way is one more look after it.
        """
        self._look_again = True
        if self._looking:
            return
        self._looking = True
        try:
            while self._look_again and self._scheduler is not None and self._lock.held:
                self._look_again = False
                self.plan(await self._due())
        except Exception:
            # a fault of ours: what is due is looked for again, and not forgotten
            if self._loop is not None:
                if self._retry is not None:
                    self._retry.cancel()
                self._retry = self._loop.call_later(LOOK_S, self.look_soon)
            raise
        finally:
            self._looking = False

    def plan(self, wanted: Instants) -> None:
        """Make the jobs those of `wanted`; nothing happens to one that is right already."""
        if self._scheduler is None or not self._lock.held:
            return
        all_at = {
            PLAN: wanted.plan_at, REST: wanted.rest_at, REMIND: wanted.remind_at,
            GUARD: wanted.guard_at,
        }  # fmt: skip
        for name in self._calls:
            at = all_at[name]
            # never before: a second early would find nothing to announce
            left = max(timedelta(0), at - self._clock()) if at is not None else timedelta(0)
            run_at = self._wall() + left + timedelta(milliseconds=20) + self._patience(name, at)
            known = self._set.get(name)
            if at is not None and known is not None and abs(run_at - known) < SLACK:
                continue
            self._unplan(name)
            if at is not None:
                self._scheduler.add_job(
                    self._ring, "date", args=[name], run_date=run_at, id=name, replace_existing=True
                )
                self._set[name] = run_at
                self._at[name] = at

    def end(self) -> None:
        """Stop the jobs and free the lock."""
        scheduler, self._scheduler = self._scheduler, None
        if self._retry is not None:
            self._retry.cancel()
        if scheduler is not None and scheduler.running:
            scheduler.shutdown(wait=False)
        if self._alarm is not None and self._loop is not None:
            if self._alarm.fd is not None:
                self._loop.remove_reader(self._alarm.fd)
            self._alarm.close()
            self._alarm = None
        self._lock.free()

    async def _ring(self, name: str) -> None:
        # a coroutine function itself, or the scheduler would run it in a thread and await nothing
        async with self._one:
            if self._scheduler is None or not self._lock.held:
                return
            self._set.pop(name, None)
            at = self._at[name]
            before, times = self._again.get(name, (at, 0))
            self._again[name] = (at, times + 1 if before == at else 1)
            try:
                await self._calls[name]()
            finally:
                self.look_soon()

    def _patience(self, name: str, at: datetime | None) -> timedelta:
        """How much longer an instant waits that rang already and could not be announced."""
        before, times = self._again.get(name, (None, 0))
        if at is None or before != at:
            return timedelta(0)
        return timedelta(seconds=min(LOOK_S, 2**times))

    def _unplan(self, *names: str) -> None:
        for name in names or tuple(self._calls):
            self._set.pop(name, None)
            if self._scheduler is not None and self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)

    def _taken(self) -> None:
        """The lock is ours; called in another thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self.look_soon)

    def _clock_changed(self) -> None:
        """The clock was set, or the machine has slept: what was planned by the old one is void."""
        if self._alarm is not None:
            self._alarm.arm()
            self._unplan()
            self.look_soon()
