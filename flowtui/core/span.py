"""Half-open stretches of time, [start, end), and the few operations that totals are made of.

Every function returns new values; lists of spans come back sorted and disjoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` up to, not including, `end`; both aware. Empty where they are equal."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a span cannot end at {self.end} before it starts at {self.start}")

    @property
    def seconds(self) -> int:
        """Length in whole seconds, rounded down."""
        return int((self.end - self.start) / timedelta(seconds=1))

    def overlaps(self, other: Span) -> bool:
        """True where the two share more than a point."""
        return max(self.start, other.start) < min(self.end, other.end)

    def clip(self, window: Span) -> Span | None:
        """The part inside `window`; None where nothing is left."""
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Span(start, end) if start < end else None


def union(spans: Iterable[Span]) -> list[Span]:
    """Everything covered by any of `spans`: sorted, merged where they touch, without empty ones."""
    merged: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def subtract(base: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of `base` after taking out `holes`."""
    left = union(base)
    for hole in union(holes):
        kept: list[Span] = []
        for span in left:
            if not span.overlaps(hole):
                kept.append(span)
                continue
            if span.start < hole.start:
                kept.append(Span(span.start, hole.start))
            if hole.end < span.end:
                kept.append(Span(hole.end, span.end))
        left = kept
    return left


def intersect(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of `spans` inside `window`."""
    return [part for span in union(spans) if (part := span.clip(window)) is not None]


def total_s(spans: Sequence[Span]) -> int:
    """Summed length in whole seconds of spans that do not overlap."""
    return sum(span.seconds for span in spans)


def instant_after(spans: Sequence[Span], seconds: int) -> datetime | None:
    """The instant at which `seconds` of the spans have been used up; None if they are shorter."""
    left = seconds
    for span in spans:
        if span.seconds >= left:
            return span.start + timedelta(seconds=left)
        left -= span.seconds
    return None
