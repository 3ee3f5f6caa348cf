"""When a run will end, with the error of that estimate.

What a run takes is its pace and its pauses: evaluations and checkpoints, which come again after so
many steps. Pauses are taken out of the course first and reckoned apart. The pace is that of the
latest half: a run that became slower stays slow. How the times of equal stretches scatter gives the
error: with m stretches of standard deviation s and a rest of r stretches, the sum of the rest
deviates by s * sqrt(r + r*r/m) (the rest's own scatter, and that of the mean it is estimated by),
more where neighbouring stretches are alike. Student's t for 80 % covers small m. A pace may drift
as no stretch shows: so forecasts are made again as of earlier instants of the same run, and the
error grows by as much as they were off (a conformal interval with one guess of what is usual).
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean, median, stdev
from typing import NamedTuple

from flowtui.core.runs.history import History

_T80 = (3.08, 1.89, 1.64, 1.53, 1.48, 1.44, 1.41, 1.40, 1.38, 1.37)
"""Student's t, two-sided 80 %, for 1 to 10 degrees of freedom; 1.28 to 1.36 beyond."""
STRETCHES = 8
ENOUGH = 6
"""Ticks needed before a pace is a pace."""
PAUSE = 4.0
"""An interval so many times as long as usual is a pause."""
MOST_ALIKE = 0.7
OTHER_CLOCK_S = 900.0
"""A file that changed so long after the last instant in it goes by another clock."""
LOOKS_BACK = 8
"""At so many earlier instants a forecast is made again, to see how far off it was."""
SHORTEST_WAY = 0.05
"""Share of the course so far below which a way tells nothing of its pace."""
USUAL = 0.75
"""By so many of its errors a forecast is off (root mean square) whose error holds 80 %."""
NARROWEST = 0.7
FARTHEST = 10.0
WIDEST = 3.0
FLOOR = 0.006
"""Paces drift by this share for reasons that no stretch shows yet: heat, neighbours, data."""


class Eta(NamedTuple):
    """Seconds to the end of the run."""

    left_s: float
    error_s: float | None
    """Half the width of an interval that should hold the true end four times in five; None: the
    figure is the log's own, and it does not say."""


def eta_of(history: History, now_s: float | None) -> Eta | None:
    """The time left at `now_s` (None: as of the last reading); None if nothing tells the whole."""
    whole = history.total_steps if history.step is not None else history.total_epochs
    position = history.position
    if not whole or position is None:
        return _by_word(history, now_s)
    rest = whole - position
    if rest <= 0:
        return Eta(0.0, 0.0)
    ticks = _ticks(history)
    waited = 0.0 if now_s is None or history.last_at is None else max(0.0, now_s - history.last_at)
    if len(ticks) < ENOUGH or ticks[-1].at <= ticks[0].at:
        return _by_word(history, now_s)
    steady, pauses = _apart(ticks, waited)
    pace = _pace(steady, rest)
    if pace is None:
        return _by_word(history, now_s)
    each, paced_s, paced_error = pace
    held_s, held_error = _held(pauses, position, float(whole), ticks[0].step)
    left = paced_s + held_s
    longest = each + max((pause.seconds for pause in pauses), default=0.0)
    left -= min(waited, longest, left)
    if paced_error is None:
        return Eta(left, None)
    scatter = math.hypot(paced_error, held_error, FLOOR * left)
    return Eta(left, _as_before(scatter, left, _missed(ticks, rest)))


def _as_before(scatter: float, left: float, past: list[tuple[float, float]]) -> float:
    """The error that the course promises, wider or narrower as earlier forecasts missed theirs.

    What scatters by chance keeps its error; a pace that drifts missed it before, and will again.
    Never wider than twice what earlier forecasts were off by, nor than all that is left.
    """
    if not past:
        return scatter
    squares = sum(min(abs(missed), FARTHEST) ** 2 for missed, _ in past)
    usual = math.sqrt((squares + USUAL * USUAL) / (len(past) + 1))
    wide = scatter * max(NARROWEST, usual / USUAL)
    off = math.sqrt(fmean([share * share for _, share in past])) * left
    return min(wide, max(scatter, min(WIDEST * off, left)))


def _missed(ticks: list[_Tick], rest: float) -> list[tuple[float, float]]:
    """How forecasts from earlier instants went, each for as long a way in proportion.

    By how many of its own errors each was off, and by what share of what it foresaw.
    """
    first, last = ticks[0].step, ticks[-1].step
    found: list[tuple[float, float]] = []
    for look in range(1, LOOKS_BACK + 1):
        known = ticks[: len(ticks) * (look + 2) // (LOOKS_BACK + 4)]
        if len(known) < ENOUGH or known[-1].at <= known[0].at:
            continue
        at = known[-1].step
        goal = min(last, at + rest * (at - first) / (last - first))
        if goal - at < SHORTEST_WAY * (last - first):
            continue
        steady, pauses = _apart(known, 0.0)
        pace = _pace(steady, goal - at)
        if pace is None or pace[2] is None:
            continue
        held_s, held_error = _held(pauses, at, goal, first)
        foresaw = pace[1] + held_s
        off = _when(ticks, goal) - known[-1].at - foresaw
        if foresaw > 0:
            error = math.hypot(pace[2], held_error, FLOOR * foresaw)
            found.append((off / error, off / foresaw))
    return found


def _by_word(history: History, now_s: float | None) -> Eta | None:
    if history.eta_s is None:
        return None
    waited = 0.0 if now_s is None or history.last_at is None else now_s - history.last_at
    return Eta(max(0.0, history.eta_s - max(0.0, waited)), None)


def asked_at(history: History, now_s: float, changed_s: float | None) -> float:
    """The instant to ask at, where a log's own instants are not those of its file.

    A log that was copied, or whose stamps are in another zone, was last written long after its last
    stamp says: what it has waited is counted from when the file changed.
    """
    last = history.last_at
    if last is None or changed_s is None or changed_s - last < OTHER_CLOCK_S:
        return now_s
    return last + max(0.0, now_s - changed_s)


class _Tick(NamedTuple):
    step: float
    at: float


class _Pause(NamedTuple):
    step: float
    """After this step it was made."""
    seconds: float
    """How much longer than usual the way to the next step took."""


def _ticks(history: History) -> list[_Tick]:
    """When it stood where; of what was written at one instant the last step."""
    found: list[_Tick] = []
    last = history.ticks.last_value()
    places = [(p.step, p.at) for p in history.ticks.all_places()]
    if history.position is not None:
        places.append((history.position, last))
    for step, at in places:
        if at is None or (found and (step <= found[-1].step or at < found[-1].at)):
            continue
        if found and at == found[-1].at:
            found.pop()
        found.append(_Tick(step, at))
    return found


def _apart(ticks: list[_Tick], waited: float) -> tuple[list[_Tick], list[_Pause]]:
    """The course without its pauses, and these. A wait that is longer than any is one under way."""
    paces = [(b.at - a.at) / (b.step - a.step) for a, b in pairwise(ticks)]
    usual = median(paces)
    pauses: list[_Pause] = []
    steady, gone = [ticks[0]], 0.0
    for (a, b), pace in zip(pairwise(ticks), paces, strict=True):
        if usual > 0 and pace > PAUSE * usual:
            more = (pace - usual) * (b.step - a.step)
            pauses.append(_Pause(a.step, more))
            gone += more
        steady.append(_Tick(b.step, b.at - gone))
    if len(pauses) * 3 > len(paces):
        return ticks, []  # it goes by fits and starts: these are its pace
    spacing = (ticks[-1].step - ticks[0].step) / len(paces)
    longest = max((pause.seconds for pause in pauses), default=0.0)
    if waited - usual * spacing > max(longest, PAUSE * usual * spacing):
        pauses.append(_Pause(ticks[-1].step, 1.3 * waited))
    return steady, pauses


def _pace(ticks: list[_Tick], rest: float) -> tuple[float, float, float | None] | None:
    """Seconds from tick to tick, for the rest, and the error of that; None if it stands still."""
    spacing = (ticks[-1].step - ticks[0].step) / (len(ticks) - 1)
    late = ticks[len(ticks) // 2 :] if len(ticks) >= 4 * ENOUGH else ticks
    pace = (late[-1].at - late[0].at) / (late[-1].step - late[0].step)
    if pace <= 0:
        return None
    seconds = _stretches(ticks, min(2 * STRETCHES, len(ticks) - 1))
    if len(seconds) < 3:
        return pace * spacing, pace * rest, None
    length = (ticks[-1].step - ticks[0].step) / len(seconds)
    number, known = rest / length, len(seconds) if late is ticks else len(seconds) / 2
    freedom = len(seconds) - 1
    t = _T80[freedom - 1] if freedom <= len(_T80) else 1.33
    scatter = math.sqrt(number + number * number / known)
    return pace * spacing, pace * rest, t * stdev(seconds) * scatter * _alike(seconds)


def _stretches(ticks: list[_Tick], count: int) -> list[float]:
    """Seconds that each of `count` equal stretches took."""
    first = ticks[0].step
    length = (ticks[-1].step - first) / count
    edges = [_when(ticks, first + length * k) for k in range(count + 1)]
    return [max(0.0, b - a) for a, b in pairwise(edges)]


def _alike(values: list[float]) -> float:
    """How much more sums scatter because neighbours are alike (a first-order autoregression)."""
    mean = fmean(values)
    square = sum((v - mean) ** 2 for v in values)
    if square <= 0 or len(values) < STRETCHES:
        return 1.0
    likeness = sum((a - mean) * (b - mean) for a, b in pairwise(values)) / square
    likeness = min(MOST_ALIKE, max(0.0, likeness))  # of few values it is far from sure
    return math.sqrt((1 + likeness) / (1 - likeness))


def _held(pauses: list[_Pause], position: float, whole: float, first: float) -> tuple[float, float]:
    """Seconds that the pauses to come will take, and the error of that (80 %)."""
    if not pauses:
        return 0.0, 0.0
    lengths = [pause.seconds for pause in pauses[-16:]]
    mean, n = fmean(lengths), len(lengths)
    spread = stdev(lengths) if n > 2 else 0.4 * mean
    count, unsure = _to_come([pause.step for pause in pauses], position, whole, first)
    t = _T80[n - 2] if 2 < n <= len(_T80) + 1 else 1.33 if n > 2 else 1.6
    variance = spread * spread * (count + count * count / n) + unsure * (mean * mean)
    return mean * count, t * math.sqrt(variance)


def _to_come(
    steps: list[float], position: float, whole: float, first: float
) -> tuple[float, float]:
    """How many pauses are to come, and the variance of that: those at even distances are sure."""
    gaps = [b - a for a, b in pairwise([first, *steps])]
    period = median(gaps[1:]) if len(gaps) > 1 else gaps[0]
    if period <= 0:
        return 0.0, 0.0
    even = all(abs(gap / period - round(gap / period)) < 0.2 and gap > 0.5 * period
               for gap in gaps[1:])  # fmt: skip
    if len(gaps) > 1 and not even:
        rate = len(steps) / max(1e-9, position - first)
        return rate * (whole - position), rate * (whole - position)
    count = math.floor((whole - steps[-1]) / period + 0.05)
    return max(0.0, float(count)), 0.0 if len(gaps) > 2 else 0.25 * count


def _when(ticks: list[_Tick], step: float) -> float:
    """The instant at which `step` was passed, between the ticks around it."""
    before = ticks[0]
    for tick in ticks:
        if tick.step >= step:
            span = tick.step - before.step
            share = (step - before.step) / span if span > 0 else 1.0
            return before.at + share * (tick.at - before.at)
        before = tick
    return before.at
