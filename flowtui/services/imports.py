"""Importing from other programs: a plan that writes nothing, then one transaction.

A file that breaks off, or a person who stops it, leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.body_log import BodyService

if TYPE_CHECKING:  # the formats bring zip, XML and SQLite along: only an import needs them
    from flowtui.exchange.csv_map import Preview
    from flowtui.exchange.plan import ImportPlan as ImportPlan
    from flowtui.exchange.protocol import Options, Watch
    from flowtui.exchange.trackers.tracked import Tracker as Tracker


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person said about a file."""

    path: Path
    format: str | None = None
    """Name of its format; None: by the look of the file."""
    columns: Mapping[str, str] | None = None
    """Generic CSV: column to role."""
    words: Mapping[str, float] | None = None
    """Daylio: names of moods to 1-5."""
    date_order: str | None = None
    unnamed_is_no: bool = False
    """Daylio: an activity that no entry of a day names was not done."""
    zone: ZoneInfo | None = None
    """Where the person was; None: where they are."""


def format_name(word: str) -> str:
    """The full name of the format that `word` names. Raises UsageError for an unknown one."""
    from flowtui.exchange.registry import format_named
    from flowtui.exchange.trackers.registry import TRACKERS, tracker_named

    if tracker_named(word) is not None:
        return word
    try:
        return format_named(word).name
    except UsageError as error:
        names = ", ".join(one.name for one in TRACKERS)
        error.hint = f"{error.hint}; time trackers: {names}"
        raise


def is_of_another_program(path: Path) -> bool:
    """Whether `path` looks like a body log of another program; any table could, so none counts."""
    from flowtui.exchange.registry import format_named, format_of

    try:
        return format_of(path) not in (format_named("csv"), format_named("flowtui"))
    except FlowError:
        return False


def tracker_for(format: str | None, path: Path) -> Tracker | None:
    """The time tracker named, or whose export `path` looks like; None for any other file."""
    from flowtui.exchange.registry import format_named, format_of
    from flowtui.exchange.trackers.registry import tracker_named, tracker_of

    if format is not None:
        return tracker_named(format)
    found = tracker_of(path)
    if found is None:
        return None
    try:
        other = format_of(path)
    except FlowError:
        return found
    # the generic table takes everything; any other format of ours knows its own better
    return found if other is format_named("csv") else None


class Imports:
    """Plans and carries out imports."""

    def __init__(self, body: BodyService, clock: Clock, rule: DayRule) -> None:
        self._body = body
        self._clock = clock
        self._rule = rule

    def options(self, ask: Ask, watch: Watch | None = None) -> Options:
        """What the formats are told."""
        from flowtui.exchange.protocol import Options, Unwatched

        return Options(
            self._clock.now(),
            ask.zone or self._rule.zone,
            self._rule.start,
            ask.columns or {},
            {name.casefold(): value for name, value in (ask.words or {}).items()},
            ask.unnamed_is_no,
            ask.date_order,
            watch or Unwatched(),
        )

    def plan(self, ask: Ask, watch: Watch | None = None) -> ImportPlan:
        """What importing would do; writes nothing. Raises FlowError for what cannot be read."""
        from flowtui.exchange.plan import plan_import
        from flowtui.exchange.registry import format_named, format_of

        # of no other format a person says what its columns are
        format = ask.format or ("csv" if ask.columns else None)
        reader = format_named(format) if format else format_of(ask.path)
        known = {entry.id: entry for entry in self._body.store.every()}
        habits = self._body.names().habits
        return plan_import(ask.path, reader, self.options(ask, watch), known, habits)

    def preview(self, ask: Ask) -> Preview:
        """How the columns of a table would be read. Raises FlowError for what cannot be read."""
        from flowtui.exchange.csv_map import CsvMap

        return CsvMap().preview(ask.path, self.options(ask))

    def carry_out(self, plan: ImportPlan) -> int:
        """Write the plan's new entries and habits as one command; returns how many entries.

        What another process brought in since the plan was made is left alone.
        """
        if not plan.new and not plan.habits:
            return 0
        count = 0
        with self._body.store.change(f"import {plan.format} {plan.file}") as writer:
            for entry in plan.new:
                if not self._body.store.entries.has(entry.id):
                    writer.put(entry)
                    count += 1
            known = self._body.declared.names(writer)
            fresh = [h for h in plan.habits if known.habit(h.name) is None]
            if fresh:
                self._body.declared.add(writer, fresh)
        self._body.changed()
        return count
