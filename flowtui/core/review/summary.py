"""A stretch of days as figures: for oneself, and reduced to what may be shown to all.

The public form is made from a record without any text field: contexts and tags that were opened by
name, everything else "other work"; lengths to a quarter of an hour, no times of the day, no zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any

from flowtui.core.focus.block import Block, Outcome
from flowtui.core.focus.measure import focus_of
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.review.groups import By, grouped
from flowtui.core.review.shared import SharedKind, SharedThing
from flowtui.core.status_file import minutes

OTHER = "other work"
QUARTER_S = 900
MOST_DAYS = 14
"""So many days are told one by one; of more, weeks or months."""
LEAST_DAYS = 4
"""A mean of fewer days says nothing; the days themselves are told."""
THEORY = ("theory",)
PRACTICE = ("practice", "build")


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day."""

    day: date
    focus_s: int
    blocks: int
    rest: bool = False
    long: bool = False
    energy: float | None = None
    late: bool = False
    """Whether a block ended after the time to wind down."""
    away: bool = False
    """Whether the person was away: nothing was expected."""
    unknown: bool = False
    """Whether it lies before the first block of all: not nothing, but not known."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a stretch of days came to."""

    first: date
    last: date
    days: tuple[DayFigures, ...]
    focus_s: int
    blocks: int
    done: int
    contexts: Mapping[str, int] = field(default_factory=dict)
    """Focus seconds by name, the largest first; so the two below."""
    tags: Mapping[str, int] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    interruptions: int = 0
    commits: int = 0
    insertions: int = 0
    deletions: int = 0
    runs: int = 0
    shared: int = 0
    gave: int = 0
    gave_s: int = 0
    planned: int = 0
    """Planned blocks of the stretch, those let go left out."""
    begun: int = 0
    lines: tuple[str, ...] = ()
    """What was meant and done, a line a block; only for oneself."""
    links: tuple[str, ...] = ()
    """What was shared; only for oneself."""
    ended: tuple[str, ...] = ()
    """Runs that ended, how and how good, in words; only for oneself."""
    taken_up: tuple[str, ...] = ()
    """Thoughts that were parked and became what a block was about; only for oneself."""
    first_weekday: int = 0
    """The first day of a week, Monday = 0: for what is drawn by weeks."""

    @property
    def theory_s(self) -> int:
        """Focus in theory."""
        return sum(self.modes.get(mode, 0) for mode in THEORY)

    @property
    def practice_s(self) -> int:
        """Focus in practice and building."""
        return sum(self.modes.get(mode, 0) for mode in PRACTICE)

    @property
    def working_days(self) -> int:
        """Days with focus."""
        return sum(day.focus_s > 0 for day in self.days)

    @property
    def mean_s(self) -> int | None:
        """Focus of a day that had any; None for fewer than four of them.

        Rest days and days away are left out.
        """
        days = [d.focus_s for d in self.days if d.focus_s and not (d.rest or d.away)]
        return round(sum(days) / len(days)) if len(days) >= LEAST_DAYS else None

    def as_json(self) -> dict[str, Any]:
        """The whole of it, lengths in seconds."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "focus_s": self.focus_s,
            "blocks": self.blocks,
            "done": self.done,
            "days": [
                {
                    "day": day.day.isoformat(),
                    "focus_s": day.focus_s,
                    "blocks": day.blocks,
                    "rest": day.rest,
                    "long": day.long,
                    "energy": day.energy,
                    "late": day.late,
                    "away": day.away,
                    "unknown": day.unknown,
                }
                for day in self.days
            ],
            "mean_s": self.mean_s,
            "contexts": dict(self.contexts),
            "tags": dict(self.tags),
            "modes": dict(self.modes),
            "theory_s": self.theory_s,
            "practice_s": self.practice_s,
            "interruptions": self.interruptions,
            "commits": self.commits,
            "insertions": self.insertions,
            "deletions": self.deletions,
            "runs": self.runs,
            "shared": self.shared,
            "gave": self.gave,
            "gave_s": self.gave_s,
            "planned": self.planned,
            "begun": self.begun,
            "lines": list(self.lines),
            "links": list(self.links),
            "runs_ended": list(self.ended),
            "taken_up": list(self.taken_up),
        }


def summarise(
    blocks: Sequence[Block],
    first: date,
    last: date,
    now: datetime,
    day_of: Callable[[Block], date],
    things: Iterable[SharedThing] = (),
    *,
    rest: Collection[int] = (),
    long_s: int | None = None,
    energy: Mapping[date, float] | None = None,
    late: Collection[date] = (),
    away: Collection[date] = (),
    since: date | None = None,
    runs: int = 0,
    planned: int = 0,
    begun: int = 0,
    ended: Sequence[str] = (),
    parked_before: Iterable[str] = (),
) -> Summary:
    """The figures of the days from `first` to `last`, both included.

    `rest` are weekdays (Monday is 0), `long_s` the focus above which a day is long, `late` the days
    on which a block ended after the time to wind down, `away` those on which one was away;
    before `since` nothing is known. `ended` tells of runs, `parked_before` are thoughts that were
    parked in earlier blocks.
    """
    seconds: Counter[date] = Counter()
    counts: Counter[date] = Counter()
    known: dict[str, int] = {}
    for block in blocks:
        day, known[block.id] = day_of(block), focus_of(block, now)
        seconds[day] += known[block.id]
        counts[day] += 1
    days = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        days.append(
            DayFigures(
                day,
                seconds[day],
                counts[day],
                day.weekday() in rest,
                long_s is not None and seconds[day] > long_s,
                (energy or {}).get(day),
                day in late,
                day in away,
                since is not None and day < since,
            )
        )
    given = list(things)
    gifts = [thing for thing in given if thing.kind is SharedKind.GAVE]
    evidence = [block.evidence for block in blocks if block.evidence is not None]

    def by(what: By) -> dict[str, int]:
        groups = grouped(blocks, what, now, day_of, known=known)
        return {group.key: group.focus_s for group in groups}

    return Summary(
        first,
        last,
        tuple(days),
        seconds.total(),
        len(blocks),
        sum(block.outcome is Outcome.DONE for block in blocks),
        by(By.CONTEXT),
        by(By.TAG),
        by(By.MODE),
        sum(len(block.interruptions) for block in blocks),
        sum(one.commits or 0 for one in evidence),
        sum(one.insertions or 0 for one in evidence),
        sum(one.deletions or 0 for one in evidence),
        runs,
        len(given) - len(gifts),
        len(gifts),
        sum(gift.seconds or 0 for gift in gifts),
        planned,
        begun,
        tuple(_lines(blocks, known)),
        tuple(f"{t.link} {t.note}".strip() for t in given if t.kind is SharedKind.SHARED),
        tuple(ended),
        tuple(_taken_up(blocks, parked_before)),
    )


def _taken_up(blocks: Sequence[Block], before: Iterable[str]) -> list[str]:
    """Intentions that had been parked as thoughts before their block began, each once."""
    parked = {thought.strip().casefold() for thought in before}
    taken: dict[str, None] = {}
    for block in sorted(blocks, key=lambda one: one.started_at):
        if block.intention and block.intention.strip().casefold() in parked:
            taken[block.intention] = None
        parked |= {thought.text.strip().casefold() for thought in block.parked}
    return list(taken)


def public(
    summary: Summary,
    contexts: Collection[str] = (),
    tags: Collection[str] = (),
    lines: Sequence[str] = (),
) -> Summary:
    """`summary` as anybody may see it: no text of the person's, no hours, lengths by quarters.

    `contexts` and `tags` are those that were opened by name, `lines` the only texts that may be
    told, each opened by itself.
    """
    return Summary(
        summary.first,
        summary.last,
        tuple(_public_days(summary.days)),
        quarters(summary.focus_s),
        summary.blocks,
        0,
        _opened(summary.contexts, contexts),
        {name: quarters(s) for name, s in summary.tags.items() if name in tags},
        {name: quarters(s) for name, s in summary.modes.items() if name},
        commits=summary.commits,
        runs=summary.runs,
        shared=summary.shared,
        gave=summary.gave,
        lines=tuple(lines),
        first_weekday=summary.first_weekday,
    )


def _public_days(days: Sequence[DayFigures]) -> Iterator[DayFigures]:
    """Days by quarters of an hour; of many, so that the sum of any stretch is right too."""
    if len(days) <= MOST_DAYS:
        yield from (DayFigures(day.day, quarters(day.focus_s), 0, day.rest) for day in days)
        return
    true_s = told_s = 0
    for day in days:
        true_s += day.focus_s
        shown_s = max(0, quarters(true_s) - told_s) if day.focus_s else 0
        told_s += shown_s
        yield DayFigures(day.day, shown_s, 0, day.rest)


def quarters(seconds: int) -> int:
    """Seconds to the nearest quarter of an hour."""
    return round(seconds / QUARTER_S) * QUARTER_S


def _opened(sums: Mapping[str, int], names: Collection[str]) -> dict[str, int]:
    opened = {name: quarters(seconds) for name, seconds in sums.items() if name in names}
    other = sum(seconds for name, seconds in sums.items() if name not in names)
    if other:
        opened[OTHER] = quarters(other)
    return opened


def _lines(blocks: Iterable[Block], known: Mapping[str, int]) -> list[str]:
    """What was meant, each once, by its first block: how it ended, and how much it took."""
    meant: dict[str, list[Block]] = {}
    for block in blocks:
        if block.intention:
            meant.setdefault(block.intention.strip().casefold(), []).append(block)
    return [_line(same, sum(known[block.id] for block in same)) for same in meant.values()]


def _line(same: Sequence[Block], focus_s: int) -> str:
    """One intention, with how its last block that tells ended: it may have taken several."""
    marks = {Outcome.DONE: "done", Outcome.PARTLY: "partly", Outcome.NOT: "not"}
    ends = [marks[block.outcome] for block in same if block.outcome]
    said = ends[-1:]
    if len(same) > 1:
        said += [f"{len(same)} blocks", minutes(focus_s)]
    mark = f" ({', '.join(said)})" if said else ""
    notes = "; ".join(dict.fromkeys(block.note for block in same if block.note))
    return f"{same[0].intention}{mark}{f': {notes}' if notes else ''}"
