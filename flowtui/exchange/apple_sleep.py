"""Nights out of Apple's sleep samples: overlapping stages of several devices, one entry a night.

Samples of one source that lie close together are one session; its length asleep is their union.
Where sessions of several sources share time, the one that knows stages is kept, then the longest.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span, total_s, union
from flowtui.exchange.dates import zone_at
from flowtui.exchange.desk import Desk
from flowtui.exchange.protocol import LeftOut, Row

_PREFIX = "HKCategoryValueSleepAnalysis"
IN_BED, AWAKE, ASLEEP, STAGED = range(4)
VALUES = {
    f"{_PREFIX}InBed": IN_BED,
    f"{_PREFIX}Awake": AWAKE,
    f"{_PREFIX}Asleep": ASLEEP,
    f"{_PREFIX}AsleepUnspecified": ASLEEP,
    f"{_PREFIX}AsleepCore": STAGED,
    f"{_PREFIX}AsleepDeep": STAGED,
    f"{_PREFIX}AsleepREM": STAGED,
}
GAP_S = 2 * 3600
"""Samples further apart than this belong to two sessions."""
_WIDTH = 5


class SleepSamples:
    """Samples of sleep, source by source, in 40 bytes each: start, end, sort, offset, line."""

    def __init__(self) -> None:
        self._data: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._data.values())) // _WIDTH

    def add(self, value: str, source: str, start: datetime, end: datetime, line: int) -> bool:
        """Keeps a sample. False for a sort that is not known."""
        sort = VALUES.get(value)
        if sort is None:
            return False
        offset = end.utcoffset() or timedelta(0)
        self._data.setdefault(source, array("q")).extend(
            (
                int(start.timestamp()),
                int(end.timestamp()),
                sort,
                int(offset.total_seconds()),
                line,
            )
        )
        return True

    def by_source(self) -> Iterator[tuple[str, list[Sample]]]:
        """Samples of one source after the other, by start. One source is held at a time."""
        for source, data in self._data.items():
            samples = [Sample(*data[i : i + _WIDTH]) for i in range(0, len(data), _WIDTH)]
            yield source, sorted(samples, key=lambda s: (s.start, s.end, s.sort))


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample, in seconds since 1970."""

    start: int
    end: int
    sort: int
    offset_s: int
    line: int


@dataclass(frozen=True, slots=True)
class Session:
    """One source's sleep without a long gap."""

    source: str
    start: int
    end: int
    asleep_s: int | None
    """None where only the time in bed is known."""
    staged: bool
    offset_s: int
    """UTC offset at the end."""
    line: int

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """What makes one source better than another for the same night."""
        return self.staged, self.asleep_s is not None, self.asleep_s or self.end - self.start


def sessions(samples: SleepSamples, desk: Desk) -> Iterator[Row]:
    """An entry for every night and nap, and how many sessions of other sources were left out."""
    found = [s for source, of in samples.by_source() for s in _sessions(source, of)]
    other = 0
    for group in _sharing(found):
        best = max(group, key=lambda s: s.rank)
        other += len(group) - 1
        yield _entry(best, desk)
    if other:
        yield LeftOut("sleep seen by a second source as well", other)


def _sessions(source: str, samples: list[Sample]) -> Iterator[Session]:
    """Sessions are made of being asleep; time in bed stands in where a source knows no more."""
    asleep = [s for s in samples if s.sort in (ASLEEP, STAGED)]
    bed = [s for s in samples if s.sort == IN_BED]
    made = [_session(source, group, True) for group in _close(asleep)]
    yield from made
    for group in _close(bed):
        session = _session(source, group, False)
        if not any(m.start < session.end and session.start < m.end for m in made):
            yield session


def _close(samples: list[Sample]) -> Iterator[list[Sample]]:
    group: list[Sample] = []
    reach = 0
    for sample in samples:
        if group and sample.start - reach > GAP_S:
            yield group
            group = []
        group.append(sample)
        reach = max(reach if len(group) > 1 else 0, sample.end)
    if group:
        yield group


def _session(source: str, group: list[Sample], asleep: bool) -> Session:
    last = max(group, key=lambda s: s.end)
    return Session(
        source,
        group[0].start,
        last.end,
        total_s(union(Span(_at(s.start), _at(s.end)) for s in group)) if asleep else None,
        any(s.sort == STAGED for s in group),
        last.offset_s,
        group[0].line,
    )


def _sharing(found: list[Session]) -> Iterator[list[Session]]:
    group: list[Session] = []
    reach = 0
    for session in sorted(found, key=lambda s: (s.start, s.end)):
        if group and session.start >= reach:
            yield group
            group = []
        group.append(session)
        reach = max(reach if len(group) > 1 else 0, session.end)
    if group:
        yield group


def _entry(session: Session, desk: Desk) -> Row:
    start, end = _at(session.start), _at(session.end)
    zone = zone_at(end, timedelta(seconds=session.offset_s), desk.options.zone)
    return desk.entry(
        session.line,
        f"sleep|{start:%Y-%m-%dT%H:%M:%S}|{session.source}",
        Kind.SLEEP,
        f"sleep {start} to {end} by {session.source}",
        start=start,
        end=end,
        zone=zone,
        duration_s=session.asleep_s,
        app=session.source,
        note=None if session.asleep_s is not None else "time in bed",
    )


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
