"""A lived year in a ledger: blocks and check-ins of a person for whom sleep adds deep minutes.

    python -m tests.sample_year HOME [--days 365] [--until 2026-11-22]

fills FLOWTUI_HOME=HOME. An hour more of sleep adds 25 deep minutes, five other habits nothing. On
one day in twelve nothing at all was recorded.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form, Habit
from flowtui.core.focus.block import Block, EndedBy, Evidence, Mode, Outcome, Plan, PlanKind
from flowtui.core.kinds import BLOCKS, ENTRIES, KINDS
from flowtui.services.wiring import Services, build
from tests import synthetic_days
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import save

HABITS = ("yoga", "walk", "no_sugar", "fasting", "cold_shower")


def live(services: Services, last: date, days: int, seed: int = 7) -> None:
    """`days` days up to `last`, in one transaction."""
    _, columns = synthetic_days.sleepy_year(seed, days)
    first = last - timedelta(days=days - 1)
    names = [name.replace("_", "-") for name in HABITS]
    services.body.log.declare(Habit(name, Form.YES_NO) for name in names)
    with services.store.ledger.transaction("a lived year"):
        for at in range(days):
            day = first + timedelta(days=at)
            if columns["deep_min"][at] is None:
                continue
            slept = columns["slept_well"][at]
            if slept is not None:
                save(
                    services.store.ledger,
                    "entries",
                    KINDS[ENTRIES].encode(night(f"s{at:04}", day, 6.5 + slept)),
                )
            for block in blocks_of(day, columns["deep_min"][at], at):
                save(services.store.ledger, "blocks", KINDS[BLOCKS].encode(block, day))
            for name in HABITS:
                value = columns[name][at]
                if value is not None:
                    entry = answer(f"e{at:04}{name[:4]}", name.replace("_", "-"), day, value > 0)
                    save(services.store.ledger, "entries", KINDS[ENTRIES].encode(entry))


def blocks_of(day: date, minutes: float | None, at: int) -> Sequence[Block]:
    """Two blocks that come to `minutes` of focus; none where it is not known."""
    if not minutes:
        return ()
    half = round(minutes * 60 / 2)
    found = []
    for number, hour in enumerate((9, 14)):
        start = datetime.combine(day, time(hour), UTC)
        found.append(
            Block(
                f"b{at:04}{number}",
                start,
                "UTC",
                "fuse the kernel",
                mode=Mode.THEORY if at % 3 == 0 else Mode.PRACTICE,
                plan=Plan(PlanKind.FIXED, 50 * 60),
                ended_at=start + timedelta(seconds=half),
                ended_by=EndedBy.USER,
                outcome=Outcome.DONE,
                rating=5 if hour == 9 and at % 2 else 3,
                evidence=Evidence(commits=at % 4, insertions=10, deletions=2, files=1),
            )
        )
    return found


def answer(id: str, habit: str, day: date, yes: bool) -> Entry:
    """An evening's yes or no."""
    return Entry(
        id,
        Kind.HABIT,
        day,
        "UTC",
        datetime.combine(day, time(21), UTC),
        State.GIVEN if yes else State.NO,
        name=habit,
        scope=Scope.DAY,
    )


def night(id: str, day: date, hours: float) -> Entry:
    """A night of so many hours that ended on `day`."""
    said = datetime.combine(day, time(21), UTC)
    return Entry(id, Kind.SLEEP, day, "UTC", said, duration_s=round(hours * 3600))


def main() -> None:
    """Fill the home named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 11, 22))
    given = parser.parse_args()
    clock = FakeClock(datetime.combine(given.until + timedelta(days=1), time(12), UTC))
    services = build({"FLOWTUI_HOME": str(given.home), "TZ": "UTC"}, None, clock)
    live(services, given.until, given.days)


if __name__ == "__main__":
    main()
