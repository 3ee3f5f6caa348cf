"""Days of a person who imported a year of sleep and has used flowtui for some weeks of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.day import DayRule
from flowtui.core.focus.block import Block, EndedBy
from flowtui.core.insight.day_table import Factor
from flowtui.insight.table import Days, on_calendar
from flowtui.services.body.habit_catalog import Names
from flowtui.services.insight.day_rows import day_table
from tests.synthetic_days import FIRST, ar1


def tracked(
    habit_days: int, block_days: int, rng: np.random.Generator
) -> tuple[Days, list[Factor]]:
    """Sleep of a year, as imported, and blocks on four of five of the last days: unrelated.

    The days are those of the ledger's own table.
    """
    rule, noon = DayRule(ZoneInfo("UTC")), datetime(2025, 1, 6, 12, tzinfo=UTC)
    hours = 7.5 + 0.8 * ar1(rng, habit_days, 0.6)[:, 0]
    minutes = np.maximum(5, 120 + 40 * ar1(rng, block_days, 0.3)[:, 0])
    dates = [FIRST + timedelta(days=k) for k in range(habit_days)]
    entries = [
        Entry(str(k), Kind.SLEEP, day, "UTC", noon, duration_s=round(3600 * float(hours[k])))
        for k, day in enumerate(dates)
    ]
    blocks = []
    for k in range(block_days):
        if k and rng.random() < 0.2:
            continue
        began = noon + timedelta(days=habit_days - block_days + k)
        end = began + timedelta(minutes=float(minutes[k]))
        blocks.append(Block(str(k), began, "UTC", ended_at=end, ended_by=EndedBy.USER))
    table = day_table(blocks, entries, Names((), ()), rule, dates[-1], noon + timedelta(days=400))
    deep = table.outcome("deep_min")
    chosen = [c for c in table.factors() if c.factor is not None and c.factor.source == "body log"]
    days = on_calendar(table.days, deep.values, {c.name: c.values for c in chosen})
    return days, [c.factor for c in chosen if c.factor is not None]
