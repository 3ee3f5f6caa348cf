"""What every record written by hand is written with: the instant, the day rule, a source of ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from flowtui.core.body.entry import BY_HAND, Entry, Provenance, day_of
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.validation import check
from flowtui.core.day import DayRule
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes records as of one instant and place."""

    now: datetime
    rule: DayRule
    """Day rule of the place where the person is."""
    new_id: Callable[[], str]
    source: Provenance = BY_HAND

    @property
    def today(self) -> date:
        """The logical day of `now`."""
        return self.rule.day_of(self.now)

    def write(
        self,
        kind: Kind,
        *,
        day: date | None = None,
        state: State = State.GIVEN,
        at: datetime | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        name: str | None = None,
        value: float | None = None,
        unit: str | None = None,
        quality: int | None = None,
        effort: float | None = None,
        duration_s: int | None = None,
        scope: Scope = Scope.ONE,
        scale: str | None = None,
        note: str | None = None,
    ) -> Entry:
        """A checked record. `day` files what has no instant; None: today.

        Instants are cut to whole seconds. Raises UsageError as `checks.check` does.
        """
        entry = Entry(
            id=self.new_id(),
            kind=kind,
            day=day or self.today,
            zone=self.rule.zone.key,
            recorded_at=whole(self.now),
            state=state,
            at=whole(at) if at else None,
            start=whole(start) if start else None,
            end=whole(end) if end else None,
            name=name,
            value=value,
            unit=unit,
            quality=quality,
            effort=effort,
            duration_s=duration_s,
            scope=scope,
            scale=scale,
            note=one_line(note, "note", NOTE_LIMIT) if note else None,
            source=self.source,
        )
        check(entry, self.now)
        entry = check(replace(entry, day=day_of(entry, self.rule.start)), self.now)
        return replace(entry, late=self.is_late(entry.day))

    def is_late(self, day: date) -> bool:
        """Whether `day` is over, so that what is written now relies on memory."""
        return self.now >= self.rule.bounds(day).end


NOTE_LIMIT = 2000
"""Characters of a note."""


def whole(instant: datetime) -> datetime:
    """`instant` in UTC, cut to whole seconds."""
    return instant.astimezone(UTC).replace(microsecond=0)
