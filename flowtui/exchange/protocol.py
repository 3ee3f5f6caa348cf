"""What every import format offers, and the kinds of rows it gives.

A format only reads. It never writes to a ledger, and nothing of a file counts before the whole
file has been read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol, TypedDict
from zoneinfo import ZoneInfo

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Scope, State
from flowtui.core.body.habits import Habit
from flowtui.core.day import DAY_START
from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass


class CancelledImportError(FlowError):
    """The person stopped the import; nothing was imported."""


class Watch(Protocol):
    """Looks on while a file is read."""

    def progress(self, done: int, total: int) -> None:
        """Called now and then with bytes read and bytes in all (0: not known)."""
        ...

    def cancelled(self) -> bool:
        """Whether to stop; asked at every call of `progress`."""
        ...


class Unwatched:
    """A watch that does nothing."""

    def progress(self, done: int, total: int) -> None:
        """Nobody looks on."""

    def cancelled(self) -> bool:
        """Never."""
        return False


@dataclass(frozen=True, slots=True)
class Options:
    """What a format cannot know from the file alone."""

    now: datetime
    zone: ZoneInfo
    """Where the person was, for formats that name no zone."""
    day_start: time = DAY_START
    columns: Mapping[str, str] = field(default_factory=dict)
    """Generic CSV: column header (or `#3`) to role; empty: guessed."""
    words: Mapping[str, float] = field(default_factory=dict)
    """Daylio: the person's own names of moods to 1-5, in lower case."""
    unnamed_is_no: bool = False
    """Daylio: an activity that no entry of a day names was not done."""
    date_order: str | None = None
    """`dmy` or `mdy` for dates such as 3/4/2026; None: taken from the file if it shows."""
    watch: Watch = field(default_factory=Unwatched)

    def tick(self, done: int, total: int) -> None:
        """Reports progress. Raises CancelledImportError if the person stopped the import."""
        self.watch.progress(done, total)
        if self.watch.cancelled():
            raise CancelledImportError("the import was stopped", "nothing was imported")


@dataclass(frozen=True, slots=True)
class Found:
    """A row that became an entry."""

    entry: Entry
    line: int
    """Line or row of the file, from 1."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that could not be understood; it is listed, never guessed at."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of a sort that has no place in the body log, or that were not asked for."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Declared:
    """A habit that entries of the file refer to."""

    habit: Habit


Row = Found | Unread | LeftOut | Declared


class Format(Protocol):
    """One program's export."""

    @property
    def name(self) -> str:
        """What is typed: `flowtui import NAME FILE`."""
        ...

    @property
    def title(self) -> str:
        """What a person reads."""
        ...

    def sniff(self, path: Path) -> bool:
        """Whether `path` looks like this format. Reads the beginning only, raises nothing."""
        ...

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """All rows. Raises FlowError for a file that is damaged, cut short or something else."""
        ...


class Fields(TypedDict, total=False):
    """As in `flowtui.core.body.entry.Entry`; what is left out is None or the usual."""

    day: date | None
    zone: str | None
    recorded_at: datetime | None
    state: State | None
    at: datetime | None
    start: datetime | None
    end: datetime | None
    end_zone: str | None
    name: str | None
    value: float | None
    unit: str | None
    quality: int | None
    effort: float | None
    duration_s: int | None
    scope: Scope | None
    scale: str | None
    note: str | None
    app: str | None
