"""Facts from the blocks alone, each with its n and an interval, or what it still needs.

They describe; hours and lengths were chosen by the person, so none of them is an effect.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import sqrt
from statistics import fmean, median, stdev

from flowtui.core.focus.block import Block, Cause, Mode
from flowtui.core.focus.measure import extent, focus_spans, measure
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span, intersect, total_s
from flowtui.core.zones import zone_or_utc

LEAST = 10
"""Blocks (interruptions, days) below which nothing is said."""
SLOT_H = 3
LENGTHS_MIN = ((0, 30), (30, 60), (60, 90), (90, 24 * 60))
RESAMPLES = 499
T = {10: 2.26, 15: 2.14, 20: 2.09, 30: 2.05, 60: 2.0, 10**9: 1.96}
"""97.5 % points of Student's t, by n up to which they are used."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that blocks tell."""

    name: str
    sentence: str
    n: int
    value: float | None = None
    """None where there is not enough to say it."""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    details: tuple[str, ...] = ()
    """Lines that stand under the sentence."""


def focus_facts(
    blocks: Sequence[Block],
    now: datetime,
    day_of: Callable[[Block], date],
    guarded: Mapping[str, str] | None = None,
) -> tuple[Fact, ...]:
    """All of them, from ended blocks that were lived here, not imported from a time tracker.

    `guarded`: ids of blocks with a guard, to its level.
    """
    ended = [b for b in blocks if b.ended_at is not None and not b.imported]
    return (
        best_hours(ended, now),
        turning_length(ended, now),
        return_time(ended),
        theory_share(ended, now, day_of),
        waiting_share(ended, now, day_of),
        guard_difference(ended, now, guarded or {}),
    )


def best_hours(blocks: Sequence[Block], now: datetime) -> Fact:
    """The part of the day whose blocks were rated highest."""
    slots: dict[int, list[float]] = defaultdict(list)
    for block in blocks:
        if block.rating is not None and not block.entered:
            hour = block.started_at.astimezone(zone_or_utc(block.zone)).hour
            slots[hour // SLOT_H].append(float(block.rating))
    rated = sum(map(len, slots.values()))
    able = {slot: ratings for slot, ratings in slots.items() if len(ratings) >= LEAST}
    if len(able) < 2:
        return _short("best hours", rated, f"{LEAST} rated blocks in each of two parts of the day")
    best = max(able, key=lambda slot: fmean(able[slot]))
    rest = [r for slot, ratings in slots.items() if slot != best for r in ratings]
    value, low, high = _mean(able[best])
    hours = f"{best * SLOT_H:02}:00 to {(best + 1) * SLOT_H:02}:00"
    ahead = low > fmean(rest)
    said = (
        f"Blocks begun {hours} were rated {value:.1f} of 5 "
        f"({low:.1f} to {high:.1f}, {len(able[best])} blocks), all others {fmean(rest):.1f}"
        f"{'.' if ahead else ': no part of the day stands out for certain.'}"
    )
    return Fact("best hours", said, len(able[best]), value, low, high, "1-5")


def turning_length(blocks: Sequence[Block], now: datetime) -> Fact:
    """From which length on blocks are rated lower, or interrupted more."""
    bands: dict[tuple[int, int], list[Block]] = {band: [] for band in LENGTHS_MIN}
    for block in blocks:
        minutes = measure(block, now).focus_s / 60
        band = next(b for b in LENGTHS_MIN if b[0] <= minutes < b[1] or b == LENGTHS_MIN[-1])
        if block.rating is not None and minutes >= 5:
            bands[band].append(block)
    able = {band: found for band, found in bands.items() if len(found) >= LEAST}
    n = sum(map(len, bands.values()))
    if len(able) < 2:
        return _short("length", n, f"{LEAST} rated blocks in each of two lengths")
    told = []
    for band, found in able.items():
        value, low, high = _mean([float(b.rating or 0) for b in found])
        told.append((band, value, low, high, _an_hour(found, now), len(found)))
    best = max(told, key=lambda each: each[1])
    # each mean outside the other's interval: overlap is no difference to speak of
    later = [e for e in told if e[0] > best[0] and e[3] < best[1] and e[1] < best[2]]
    details = tuple(
        f"{_band(b):>9}  rated {v:.1f} ({lo:.1f} to {hi:.1f})  {o:.1f} interruptions/h  {k} blocks"
        for b, v, lo, hi, o, k in told
    )
    said = (
        f"Blocks of {later[0][0][0]} min and more were rated lower than those of {_band(best[0])}."
        if later
        else "No length stands out."
    )
    return Fact("length", said, n, best[1], best[2], best[3], "1-5", details)


def return_time(blocks: Iterable[Block]) -> Fact:
    """Minutes from an interruption to the return."""
    minutes = sorted(
        (i.returned_at - i.at).total_seconds() / 60
        for b in blocks
        for i in b.interruptions
        if i.returned_at is not None
    )
    n = len(minutes)
    if n < LEAST:
        return _short("return", n, f"{LEAST} interruptions with a return")
    # the interval of a median by order statistics, normal approximation
    reach = 0.98 * sqrt(n)
    low = minutes[max(0, int(n / 2 - reach))]
    high = minutes[min(n - 1, int(n / 2 + reach))]
    value = median(minutes)
    said = f"Back {value:.0f} min after an interruption ({low:.0f} to {high:.0f}, {n} of them)."
    return Fact("return", said, n, value, low, high, "min")


def theory_share(blocks: Sequence[Block], now: datetime, day_of: Callable[[Block], date]) -> Fact:
    """The share of theory in theory and practice, by focus."""
    days: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for block in blocks:
        if block.mode in (Mode.THEORY, Mode.PRACTICE, Mode.BUILD):
            seconds = measure(block, now).focus_s
            days[day_of(block)][0] += seconds if block.mode is Mode.THEORY else 0.0
            days[day_of(block)][1] += seconds
    return _share(
        "theory to practice",
        list(days.values()),
        "of theory and practice was theory",
        f"{LEAST} days with blocks of theory, practice or build",
    )


def waiting_share(blocks: Sequence[Block], now: datetime, day_of: Callable[[Block], date]) -> Fact:
    """The share of block time that was waiting for a training run."""
    days: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for block in blocks:
        window = extent(block, now)
        waits = [
            Span(g.start, g.end)
            for g in block.gaps
            if g.cause is Cause.RUN and g.end is not None and not g.focus
        ]
        days[day_of(block)][0] += total_s(intersect(waits, window))
        days[day_of(block)][1] += window.seconds
    return _share(
        "waiting on runs",
        list(days.values()),
        "of the time in blocks was waiting on a run",
        f"{LEAST} days with blocks",
    )


def guard_difference(blocks: Sequence[Block], now: datetime, guarded: Mapping[str, str]) -> Fact:
    """Rating and interruptions of blocks with the guard and without it.

    Only blocks since the first guarded one count: before, nobody could choose.
    """
    needs = f"{LEAST} rated blocks with the guard and {LEAST} without"
    first = min((b.started_at for b in blocks if b.id in guarded), default=None)
    rated = [b for b in blocks if first and b.started_at >= first and b.rating is not None]
    arms = {on: [b for b in rated if (guarded.get(b.id) == "guard") is on] for on in (True, False)}
    if min(map(len, arms.values())) < LEAST:
        return _short("guard", len(arms[True]), needs)
    told, means = [], {}
    for on, found in arms.items():
        value, low, high = _mean([float(b.rating or 0) for b in found])
        means[on] = (value, low, high)
        often = _an_hour(found, now)
        told.append(
            f"{'with' if on else 'without':>9}  rated {value:.1f} ({low:.1f} to {high:.1f})  "
            f"{often:.1f} interruptions/h  {len(found)} blocks"
        )
    (with_it, low, high), (without, _, _) = means[True], means[False]
    apart = not low <= without <= high
    way = "higher" if with_it > without else "lower"
    said = (
        f"Guarded blocks were rated {way}. You chose when to guard, so this is no effect."
        if apart
        else "Guarded blocks and others do not differ for certain."
    )
    return Fact("guard", said, len(arms[True]), with_it, low, high, "1-5", tuple(told))


def _an_hour(blocks: Sequence[Block], now: datetime) -> float:
    hours = sum(measure(b, now).focus_s for b in blocks) / 3600
    return sum(len(b.interruptions) for b in blocks) / hours if hours else 0.0


def stretches_s(block: Block, now: datetime) -> list[int]:
    """Seconds of each stretch of focus that neither a gap nor an interruption broke."""
    found: list[int] = []
    for span in focus_spans(block, now):
        cuts = sorted(i.at for i in block.interruptions if span.start < i.at < span.end)
        edges = [span.start, *cuts, span.end]
        found += [Span(a, b).seconds for a, b in pairwise(edges)]
    return found


def _share(name: str, days: list[list[float]], what: str, needs: str) -> Fact:
    """A ratio of sums over days, its interval by drawing days anew."""
    whole = sum(day[1] for day in days)
    if len(days) < LEAST or whole <= 0:
        return _short(name, len(days), needs)
    value = sum(day[0] for day in days) / whole
    rng = random.Random(1)  # a display must not change between two looks
    drawn = []
    for _ in range(RESAMPLES):
        again = rng.choices(days, k=len(days))
        total = sum(day[1] for day in again)
        drawn.append(sum(day[0] for day in again) / total if total else 0.0)
    drawn.sort()
    low, high = drawn[round(0.025 * (RESAMPLES - 1))], drawn[round(0.975 * (RESAMPLES - 1))]
    said = f"{value:.0%} {what} ({low:.0%} to {high:.0%}, {len(days)} days)."
    return Fact(name, said, len(days), 100 * value, 100 * low, 100 * high, "%")


def _mean(values: Sequence[float]) -> tuple[float, float, float]:
    n = len(values)
    t = next(point for upto, point in T.items() if n <= upto)
    reach = t * stdev(values) / sqrt(n)
    value = fmean(values)
    return value, max(1.0, value - reach), min(5.0, value + reach)


def _short(name: str, n: int, needs: str) -> Fact:
    return Fact(name, f"Not enough data: it takes {needs}.", n)


def _band(band: tuple[int, int]) -> str:
    return f"{band[0]}+ min" if band[1] > 200 else f"{band[0]}-{band[1]} min"
