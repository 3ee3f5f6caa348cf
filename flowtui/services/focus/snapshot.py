"""What a screen shows, gathered in one go away from the screen's thread, and kept for next time.

The first frame of the app shows the day from a file beside the status file, which is true as long
as the ledger, the settings and the day are those it was made from; the ledger is opened after it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core.day import ONE_DAY
from flowtui.core.errors import FlowError
from flowtui.core.focus.inbox import meant_next
from flowtui.core.focus.measure import measure
from flowtui.core.focus.snapshot import Day, Guarded, Snapshot, from_json, to_json
from flowtui.system.stamp import settings_stamp, stamp

if TYPE_CHECKING:
    # the first frame reads the file and takes no snapshot: it imports none of these
    from flowtui.core.focus.block import Block
    from flowtui.core.focus.inbox import Parked
    from flowtui.core.plan.calendar_event import CalendarEvent
    from flowtui.core.plan.planned_block import Occurrence
    from flowtui.services.focus.breaks import Breaks
    from flowtui.services.focus.presets import Plans
    from flowtui.services.focus.running_block import FocusService
    from flowtui.services.focus.totals import Totals
    from flowtui.services.guard.guard_state import Kept

VERSION = 5
BEFORE = 6
"""Blocks of the day before that are shown below today's."""
NAME = "today.json"
"""In the cache folder."""


class Snapshots:
    """Takes snapshots of the ledger."""

    def __init__(
        self,
        focus: FocusService,
        totals: Totals,
        breaks: Breaks,
        plans: Plans,
        parked: Callable[[], list[Parked]] = list,
        planned: Callable[[], tuple[Occurrence, ...]] = tuple,
        first_block: Callable[[date], str | None] = lambda _: None,
        meetings: Callable[[], tuple[CalendarEvent, ...]] = tuple,
        guarded: Callable[[float], Kept | None] = lambda _: None,
    ) -> None:
        """`parked` gives the thoughts that wait, `first_block` what the check-in before a day
        planned as its first block, `guarded` the guard that is on at an epoch."""
        self._focus = focus
        self._totals = totals
        self._breaks = breaks
        self._plans = plans
        self._parked = parked
        self._planned = planned
        self._first_block = first_block
        self._meetings = meetings
        self._guarded = guarded
        self._version: int | None = None
        """Of the ledger, when the last one was taken."""

    def is_behind(self) -> bool:
        """Whether the ledger holds more than the last snapshot, whoever took that over."""
        self._focus.store.ledger.refresh()
        return self._focus.store.ledger.version != self._version

    def take(self, day: date | None = None) -> Snapshot:
        """Gather a snapshot; `day` is the day to list, None for today."""
        focus, totals = self._focus, self._totals
        focus.store.ledger.refresh()
        version = focus.store.ledger.version
        now = focus.clock.now()
        today = totals.day(now)
        block = focus.store.running()
        parked = self._parked()
        before, days = self._before(today)
        snapshot = Snapshot(
            taken_at=now,
            zone=focus.zone,
            block=block,
            absence=focus.absence() if block is not None else None,
            today=today,
            shown=today if day in (None, today.day) else totals.day(now, day),
            week=totals.week(now),
            rest=self._breaks.current(),
            usual=self._plans.usual_words(),
            cycle=self._plans.cycles.ahead() if block is not None else "",
            planned=self._planned(),
            parked=tuple(parked),
            goes_on=self.goes_on(today, parked),
            tomorrow=self._first_block(today.day + ONE_DAY) or "",
            before=before,
            earlier=tuple(days),
            meetings=self._meetings(),
            guarded=self.guarded() if block is None else None,
        )
        self._version = version
        return snapshot

    def guarded(self) -> Guarded | None:
        """What is kept away now, as it is remembered."""
        kept = self._guarded(self._focus.clock.now().timestamp())
        if kept is None or kept.level != "guard":
            return None
        return Guarded(kept.lists, datetime.fromtimestamp(kept.until, UTC))

    def _before(self, today: Day) -> tuple[Day | None, list[Day]]:
        """The last day of the week before with blocks, its newest ones; and the days before it."""
        days: dict[date, list[Block]] = {}
        for block in self._totals.blocks_before(today.day):
            days.setdefault(self._totals.day_of(block), []).append(block)
        now = self._focus.clock.now()
        made = [
            Day(day, tuple(blocks), sum(measure(block, now).focus_s for block in blocks))
            for day, blocks in sorted(days.items(), reverse=True)
        ]
        if not made:
            return None, []
        newest = made[0].blocks[-BEFORE:]
        focus_s = sum(measure(block, now).focus_s for block in newest)
        return Day(made[0].day, newest, focus_s), made[1:]

    def goes_on(self, today: Day, parked: list[Parked]) -> str:
        """The intention that `S` starts with."""
        planned = self._first_block(today.day) if not today.blocks else None
        return planned or meant_next(parked, today.day) or self._plans.unfinished()


class TodayFile:
    """Keeps the day where the next start of the app finds it."""

    def __init__(self, path: Path, ledger: Path, marks: Callable[[], Mapping[str, object]]) -> None:
        """`ledger` is the folder of the journals: before there is one, nothing is written."""
        self._path = path
        self._ledger = ledger
        self._marks = marks
        self._written: Mapping[str, object] = {}

    def save(self, make: Callable[[], Snapshot]) -> None:
        """Write what `make` gives, unless the file was written for the same state of the ledger.

        Best effort: without it the first frame waits for the ledger.
        """
        if not self._ledger.is_dir():
            return
        marks = dict(self._marks())  # taken before the ledger is read: a later write makes it old
        state = {name: mark for name, mark in marks.items() if name != "anchor"}
        if state == self._written:
            return
        from flowtui.system.files import write_atomic

        data = {"version": VERSION, **marks, "snapshot": to_json(make())}
        with contextlib.suppress(OSError):
            write_atomic(self._path, json.dumps(data, ensure_ascii=False).encode())
            self._written = state


def load(path: str, ledger: str, config: str, now: float) -> Snapshot | None:
    """The snapshot in the file; None if there is none, or it is not true any more at `now`.

    `ledger` and `config` are the folders of the journals and of the settings.
    """
    try:
        data: dict[str, Any] = json.loads(Path(path).read_bytes())
        if data["version"] != VERSION or not data["anchor"] - 2 <= now < data["day_ends"]:
            return None
        if stamp(ledger, data["files"]) != data["stamp"]:
            return None
        if settings_stamp(config) != data["settings"]:
            return None
        return from_json(data["snapshot"])
    except (OSError, LookupError, TypeError, ValueError, FlowError):
        return None
