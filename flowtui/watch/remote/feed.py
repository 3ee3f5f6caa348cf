"""The thread that follows one origin: asks at its pace, keeps the latest, counts what it asked.

Whoever reads never waits. An origin that hangs holds up nobody but its own thread; one that is gone
is asked more and more rarely. The latest report stays, with its age.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from flowtui.core.clock import Clock
from flowtui.core.runs.pace import Account, Pace, Spent
from flowtui.core.runs.report import Report
from flowtui.watch.remote.origin import Origin, OriginError, Want

AGAIN_S = 60.0
"""While a person looks on, a lost connection to a host is tried again at least so often."""


class Feed:
    """Follows one origin for as long as it is wanted."""

    def __init__(
        self, origin: Origin, clock: Clock, chance: Callable[[], float] = random.random
    ) -> None:
        self.origin = origin
        self.account = Account(origin.name, origin.floor_s)
        self._clock = clock
        self._chance = chance
        self._pace = Pace(origin.floor_s)
        self._lock = threading.Lock()
        self._wants: tuple[Want, ...] = ()
        self._near = self._more = False
        self._until = 0.0
        """Until when the origin asks to be left alone, monotonic."""
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def want(self, wants: Sequence[Want], near: bool, more: bool = False) -> None:
        """Follow these from now on; `near` while a person looks on. Starts the thread.

        `more`: the origin is asked on behalf of another one too.
        """
        self.choose(wants, near, more)
        if (wants or more) and self._thread is None:
            name = f"flowtui-{self.origin.name}"
            self._thread = threading.Thread(target=self._follow, name=name, daemon=True)
            self._thread.start()

    def choose(self, wants: Sequence[Want], near: bool, more: bool = False) -> None:
        """The same without a thread: `round` has to be called."""
        with self._lock:
            new = {want.id for want in wants} - {want.id for want in self._wants}
            woken = bool(new) or (near and not self._near)
            woken = woken or (more and not self._more)
            self._wants, self._near, self._more = tuple(wants), near, more
        if woken and not self._pace.failures:
            self._wake.set()

    def report(self, id: str) -> Report:
        """The latest of a run, with what is wrong with its source now."""
        known = self.origin.report(id) or Report()
        problem = known.problem if known.over else self.account.problem or known.problem
        return replace(known, problem=problem, wait_s=self.account.wait_s)

    def end(self) -> None:
        """Ask no more; does not wait for an origin that hangs."""
        self._stop.set()
        self._wake.set()

    def round(self) -> float:
        """Ask once; seconds until the next time. The thread does nothing else."""
        with self._lock:
            wants, near = self._wants, self._near
        began = self._clock.monotonic()
        try:
            spent = self.origin.read(wants)
        except OriginError as error:
            took = self._clock.monotonic() - began
            # what a connection takes to fail is no work of anybody's
            connects = getattr(self.origin, "connects", False)
            self._pace.fail(0.0 if error.told or connects else took)
            self.account.fail(self._now(), str(error), Spent(1, took))
            self._until = self._clock.monotonic() + error.wait_s
        except Exception as error:  # a fault of ours in one origin stops no other
            self._pace.fail(0.0)
            self.account.fail(self._now(), f"{self.origin.name}: {error!r}", Spent(1))
        else:
            self._pace.answer(spent)
            if spent.requests:
                self.account.answer(self._now(), spent)
        floor = self.origin.near_s if near else self.origin.floor_s
        asked_for = max(0.0, self._until - self._clock.monotonic())
        wait_s = self._pace.wait_s(floor, self._chance())
        if near and getattr(self.origin, "connects", False):
            wait_s = min(wait_s, AGAIN_S)
        self.account.wait_s = max(asked_for, wait_s)
        return self.account.wait_s

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _follow(self) -> None:
        while not self._stop.is_set():
            if not self._wants and not self._more:
                self._wake.wait(1.0)
                self._wake.clear()
                continue
            self._wake.clear()
            wait_s = self.round()
            # a person who comes to look is served soon, though never against the pace of the server
            least = min(wait_s, self._pace.wait_s(self.origin.near_s, 0.5))
            least = max(least, self._until - self._clock.monotonic())
            if not self._stop.wait(least) and least < wait_s:
                self._wake.wait(wait_s - least)
        self.origin.close()
