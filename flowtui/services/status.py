"""What `flowtui status` says, and the small file from which it is answered."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flowtui.core import glance
from flowtui.core.block import Block
from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.measure import measure
from flowtui.core.view import running_view
from flowtui.services.store import BlockStore
from flowtui.services.totals import Totals
from flowtui.system.files import write_atomic
from flowtui.system.stamp import stamp


class StatusFile:
    """Keeps the status file true to the ledger.

    The file notes size and inode of the ledger's two current files: a reader that finds others
    knows that it is out of date and asks the ledger.
    """

    def __init__(
        self,
        path: Path,
        store: BlockStore,
        clock: Clock,
        rule: DayRule,
        totals: Totals,
        goals: Mapping[str, int | None],
    ) -> None:
        self._path = path
        self._store = store
        self._clock = clock
        self._rule = rule
        self._totals = totals
        self._goals = goals

    def text(self) -> str:
        """The file's text as of now, from the ledger."""
        now = self._clock.now()
        block = self._store.running()
        data = self.data(now, block)
        mark = stamp(str(self._store.ledger.folder), self._year(now))
        return glance.encode(
            self._fields(now, block, data) | {"stamp": mark, "year": self._year(now)},
            json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        )

    def write(self) -> None:
        """Replace the file. Best effort: without it `status` asks the ledger."""
        if not self._store.ledger.folder.is_dir():
            return
        with contextlib.suppress(OSError):
            write_atomic(self._path, self.text().encode())

    def data(self, now: datetime, block: Block | None) -> dict[str, Any]:
        """The object of `status --json`."""
        day, week = self._totals.day(now), self._totals.week(now)
        return {
            "block": running_view(block, now) if block is not None else None,
            "day": {
                "day": day.day.isoformat(),
                "focus_s": day.focus_s,
                "blocks": len(day.blocks),
                "goal_s": self._goals.get("day_s"),
                "week_focus_s": week.focus_s,
                "week_goal_s": self._goals.get("week_s"),
                "energy": None,
            },
            "runs": [],
            "guard": None,
            "eating": None,
        }

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
        }
        if block is None:
            return fields
        seen, gap = measure(block, now), block.open_gap
        return fields | {
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
            "parked": len(block.parked),
            "next_step": gap.note if gap is not None else "",
        }

    def _year(self, now: datetime) -> int:
        return self._rule.day_of(now).year
