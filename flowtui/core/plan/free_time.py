"""What meetings leave of a day: free stretches, fragments, clashes, the next gap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.span import Span

FRAGMENT = timedelta(hours=1)
"""A free stretch shorter than this is too short to get into deep work."""
BEFORE_MEETING = timedelta(minutes=5)
"""A block until a meeting ends so long before it."""
LEAST_BLOCK = timedelta(minutes=10)
"""A meeting sooner than this is not worth a block before it."""


@dataclass(frozen=True, slots=True)
class FreeStretch:
    """Time between meetings."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    @property
    def fragment(self) -> bool:
        """Whether it is too short for deep work."""
        return self.length < FRAGMENT


def busy_spans(events: Iterable[CalendarEvent]) -> list[Span]:
    """The times at which meetings keep one busy, without overlap, ascending."""
    spans: list[Span] = []
    for event in sorted((e for e in events if e.busy), key=lambda e: e.start):
        if spans and event.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, event.end))
        elif event.end > event.start:
            spans.append(Span(event.start, event.end))
    return spans


def free_stretches(
    events: Iterable[CalendarEvent], start: datetime, end: datetime
) -> list[FreeStretch]:
    """What is free from `start` to `end` (aware), ascending; with what is busy, all of it."""
    stretches, at = [], start
    for span in busy_spans(events):
        if span.start > at and at < end:
            stretches.append(FreeStretch(at, min(span.start, end)))
        at = max(at, span.end)
    if at < end:
        stretches.append(FreeStretch(at, end))
    return stretches


def clash(start: datetime, end: datetime, events: Iterable[CalendarEvent]) -> CalendarEvent | None:
    """The first meeting that shares time with a block from `start` to `end`; None if none does."""
    return next(
        (
            event
            for event in sorted(events, key=lambda e: e.start)
            if event.busy and event.start < end and event.end > max(start, event.start)
        ),
        None,
    )


def next_gap(
    after: datetime, length: timedelta, events: Iterable[CalendarEvent], until: datetime
) -> datetime | None:
    """When a stretch of `length` is free next, from `after` on and over by `until`."""
    for stretch in free_stretches(events, after, until):
        if stretch.length >= length:
            return stretch.start
    return None


def next_meeting(
    now: datetime, events: Iterable[CalendarEvent], least: timedelta = LEAST_BLOCK
) -> CalendarEvent | None:
    """The next meeting that leaves room for a block of `least` before it."""
    room = now + least + BEFORE_MEETING
    coming = [event for event in events if event.busy and not event.all_day and event.start >= room]
    return min(coming, key=lambda event: event.start, default=None)
