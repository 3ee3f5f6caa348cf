"""What `flowtui status` says, and the small file from which it is answered."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core import status_file
from flowtui.core.body.fasting import LONG_FAST_NOTE, LONG_WINDOW_NOTE, WindowNow
from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.focus.block import Block
from flowtui.core.focus.block_json import iso, running_view
from flowtui.core.focus.measure import interrupted_s, measure
from flowtui.core.focus.pointers import Break
from flowtui.services.body.body_log import BodyGlance
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.focus.totals import Totals
from flowtui.services.guard.guard_json import remembered
from flowtui.services.guard.guard_state import Kept
from flowtui.system.files import write_atomic
from flowtui.system.stamp import settings_stamp, stamp

if TYPE_CHECKING:
    from flowtui.core.focus.away import Away

LEDGER_FILES = "journal"
"""Names of the files of the ledger that every change shows in."""


class StatusFile:
    """Keeps the status file true to the ledger.

    The file notes size and inode of those ledger files that its numbers come from, and the same of
    the settings: a reader that finds others knows that it is out of date and asks the ledger.
    """

    def __init__(
        self,
        path: Path,
        store: BlockStore,
        clock: Clock,
        rule: DayRule,
        totals: Totals,
        goals: Mapping[str, int | None],
        config_dir: Path,
        body: Callable[[datetime], BodyGlance],
        guard: Callable[[float], Kept | None],
        unicode: bool = True,
    ) -> None:
        self._path = path
        self._store = store
        self._clock = clock
        self._rule = rule
        self._totals = totals
        self._goals = goals
        self._body = body
        self._guard = guard
        self._unicode = unicode
        self.as_seen: Callable[[Block], Block] = lambda block: block
        """The running block as it is shown, while it is to be said what an absence was."""
        # as they were when `goals` were read
        self.offered: Callable[[Block], Away | None] = lambda block: None
        """Time away from the running block that is offered as a gap."""
        self.rest: Callable[[], Break | None] = lambda: None
        """The break that is on or just over."""
        self._settings = settings_stamp(str(config_dir))

    def text(self) -> str:
        """The file's text as of now, from the ledger."""
        marks = self.marks()
        self._store.ledger.refresh()
        now = self._clock.now()
        block = self._store.running()
        if block is not None:
            block = self.as_seen(block)
        seen = self._body(now)
        data = self._data(now, block, seen)
        return status_file.encode(
            self._fields(now, block, data)
            | _eating_fields(seen)
            | _guard_fields(self._guard(now.timestamp()))
            | {key: marks[key] for key in ("files", "stamp", "settings")},
            json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        )

    def marks(self) -> dict[str, Any]:
        """The state of the ledger, the settings and the day from which numbers are taken now."""
        now = self._clock.now()
        self._store.ledger.refresh()
        return {
            "anchor": int(now.timestamp()),
            "day_ends": int(self._rule.bounds(self._rule.day_of(now)).end.timestamp()),
            "files": LEDGER_FILES,
            # taken before the ledger is read: what another process writes meanwhile makes it old
            "stamp": stamp(str(self._store.ledger.folder), LEDGER_FILES),
            "settings": self._settings,
        }

    def write(self) -> None:
        """Replace the file. Best effort: without it `status` asks the ledger."""
        if not self._store.ledger.folder.is_dir():
            return
        with contextlib.suppress(OSError):
            write_atomic(self._path, self.text().encode())

    def _data(self, now: datetime, block: Block | None, body: BodyGlance) -> dict[str, Any]:
        """The object of `status --json`."""
        day, week = self._totals.day(now), self._totals.week(now)
        lost_s = self._open_s(block, now)
        in_day = block is not None and self._store.day_of(block) == day.day
        return {
            "block": running_view(block, now) if block is not None else None,
            "day": {
                "day": day.day.isoformat(),
                "focus_s": day.focus_s - (lost_s if in_day else 0),
                "blocks": len(day.blocks),
                "goal_s": self._goals.get("day_s"),
                "week_focus_s": week.focus_s - lost_s,
                "week_goal_s": self._goals.get("week_s"),
                "energy": body.energy,
            },
            "runs": [],
            "guard": remembered(self._guard(now.timestamp()), now),
            "eating": _eating_view(body.window, self._rule.zone.key),
            "away": self._offer_view(block),
            "break": _rest_view(self.rest(), now, self._rule.zone.key),
        }

    def _offer_view(self, block: Block | None) -> dict[str, Any] | None:
        offered = self.offered(block) if block is not None else None
        return None if offered is None else offered.view(self._rule.zone.key)

    def _open_s(self, shown: Block | None, now: datetime) -> int:
        """Seconds of the running block that are shown as a gap and not recorded yet."""
        block = self._store.running()
        if shown is None or block is None:
            return 0
        first, last = self._totals.week_bounds(now)
        if not first <= self._store.day_of(block) <= last:
            return 0
        return measure(block, now).focus_s - measure(shown, now).focus_s

    def _fields(
        self, now: datetime, block: Block | None, data: dict[str, Any]
    ) -> dict[str, object]:
        day = data["day"]
        fields: dict[str, object] = {
            "anchor": int(now.timestamp()),
            "day": day["day"],
            "day_ends": int(self._rule.bounds(self._rule.day_of(now)).end.timestamp()),
            "day_focus_s": day["focus_s"],
            "day_blocks": day["blocks"],
            "day_goal_s": day["goal_s"],
            "week_focus_s": day["week_focus_s"],
            "week_goal_s": day["week_goal_s"],
            "ascii": int(not self._unicode),
        }
        if block is None:
            rest = self.rest()
            return fields | _rest_fields(rest, now)
        offered = self.offered(block)
        seen, gap = measure(block, now), block.open_gap
        filed, week = self._store.day_of(block), self._totals.week(now)
        return fields | {
            "in_day": int(filed.isoformat() == day["day"]),
            "in_week": int(week.first <= filed <= week.last),
            "state": seen.state.value,
            "id": block.id,
            "intention": block.intention,
            "then": block.then,
            "tags": " ".join(f"#{tag}" for tag in block.tags),
            "context": block.context,
            "mode": block.mode.value if block.mode else "",
            "plan": block.plan.kind.value,
            "planned_s": seen.planned_s,
            "focus_s": seen.focus_s,
            "paused_s": seen.paused_s,
            "overtime_s": seen.overtime_s,
            "remaining_s": seen.remaining_s,
            "gap_s": None if gap is None else int((now - gap.start).total_seconds()),
            "interruptions": len(block.interruptions),
            "interrupted_s": interrupted_s(block, now),
            "away": int(block.open_interruption is not None),
            "parked": len(block.parked),
            "next_step": gap.note if gap is not None else "",
            "offer": "" if offered is None else offered.words(self._rule.zone),
        }


def _rest_fields(rest: Break | None, now: datetime) -> dict[str, object]:
    if rest is None:
        return {}
    left_s = max(0, int((rest.ends_at - now).total_seconds()))
    return {"rest_until": int(rest.ends_at.timestamp()), "rest_left_s": left_s}


def _rest_view(rest: Break | None, now: datetime, zone: str) -> dict[str, Any] | None:
    """The `break` object: null where none is on."""
    if rest is None:
        return None
    return {
        "started_at": iso(rest.started_at, zone),
        "ends_at": iso(rest.ends_at, zone),
        "left_s": max(0, int((rest.ends_at - now).total_seconds())),
    }


def _eating_view(window: WindowNow | None, zone: str) -> dict[str, Any] | None:
    """The `eating` object: null where no window is kept."""
    if window is None:
        return None
    return {
        "open": window.open,
        "since": iso(window.since, zone) if window.since else None,
        "elapsed_s": window.elapsed_s,
        "target_s": window.target_s,
        "left_s": window.left_s,
        "past_s": window.past_s,
        "reached_at": iso(window.reached_at, zone) if window.reached_at else None,
        "certain": window.certain,
        "note": window.note,
    }


def _guard_fields(kept: Kept | None) -> dict[str, object]:
    if kept is None:
        return {}
    return {
        "guard_until": int(kept.until),
        "guard_lists": " ".join(kept.lists),
        "guard_level": kept.level,
        "attempts": kept.attempts,
    }


def _eating_fields(body: BodyGlance) -> dict[str, object]:
    fields: dict[str, object] = {"energy": body.energy}
    window = body.window
    if window is None or window.since is None:
        return fields
    return fields | {
        "eat_state": "open" if window.open else "closed",
        "eat_since": int(window.since.timestamp()),
        "eat_elapsed_s": window.elapsed_s,
        "eat_target_s": window.target_s,
        "eat_line": int(body.spoken),
        "eat_note": LONG_WINDOW_NOTE if window.open else LONG_FAST_NOTE,
    }
