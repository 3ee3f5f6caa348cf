"""Short ways to say when and what, for the tests of the body log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from flowtui.core.body.entry import Entry
from flowtui.core.body.quick_line import NO_WORDS, Words, parse
from flowtui.core.body.writer import Pen
from flowtui.core.day import DayRule

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    """`2026-03-29 00:30` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    """`2026-03-29 12:00` on the clock of `zone`, as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def ids(prefix: str = "e") -> Callable[[], str]:
    """A source of ids e0, e1, ..."""
    numbers = count()
    return lambda: f"{prefix}{next(numbers)}"


def pen(now: datetime, zone: ZoneInfo = BERLIN, start: time = time(4), prefix: str = "e") -> Pen:
    """A pen as of `now`."""
    return Pen(now, DayRule(zone, start), ids(prefix))


def log(lines: list[str], writer: Pen, words: Words = NO_WORDS) -> list[Entry]:
    """Entries of quick-log lines, each seeing the ones before; a changed window replaces itself."""
    entries: dict[str, Entry] = {}
    for line in lines:
        for entry in parse(line, writer, words, entries.values()).entries:
            entries[entry.id] = entry
    return list(entries.values())


def day(text: str) -> date:
    """`2026-03-29` as a date."""
    return date.fromisoformat(text)
