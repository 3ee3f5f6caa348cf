"""Training curves: what the rules ask of them, not-a-number, and a loss that rises away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.history import History
from flowtui.core.runs.metric_series import Point
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import (
    Better,
    Split,
    base_of,
    better_of,
    key_metric,
    partner,
    split_of,
    words_of,
)
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import ENDED, RunState, state_of

_MAD_TO_SD = 1.4826


def costs(track: Track) -> list[Point]:
    """The curve, turned so that lower is better; empty if the direction is not known."""
    if track.better is None:
        return []
    sign = -1.0 if track.better is Better.HIGHER else 1.0
    return [Point(p.step, p.at, sign * p.value) for p in track.series.means()]


def noise(values: Sequence[float]) -> float:
    """Standard deviation of the noise, from the differences of neighbours (trends drop out)."""
    steps = [b - a for a, b in pairwise(values)]
    if len(steps) < 3:
        return 0.0
    middle = median(steps)
    return _MAD_TO_SD * median(abs(step - middle) for step in steps) / math.sqrt(2)


def smoothed(values: Sequence[float], width: int) -> list[float]:
    """Running medians over `width` values that end at each place (fewer at the beginning)."""
    return [median(values[max(0, k - width + 1) : k + 1]) for k in range(len(values))]


def trend_z(values: Sequence[float]) -> float:
    """Mann and Kendall's statistic: above 2 the values rise, below -2 they fall, else no trend.

    Of more than 60 values the means of 60 stretches are taken. Source: Kendall, Rank Correlation
    Methods.
    """
    if len(values) > 60:
        size = len(values) / 60
        values = [
            fmean(values[int(k * size) : max(int(k * size) + 1, int((k + 1) * size))])
            for k in range(60)
        ]
    n = len(values)
    if n < 4:
        return 0.0
    s = 0
    for k, early in enumerate(values):
        for late in values[k + 1 :]:
            s += (late > early) - (late < early)
    if s == 0:
        return 0.0
    spread = math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return (s - math.copysign(1, s)) / spread


def sure(ratio: float, least: float = 0.6) -> float:
    """A confidence from `least` at the threshold (ratio 1) towards 0.99."""
    return round(min(0.99, 1 - (1 - least) / math.pow(max(1.0, ratio), 1.5)), 2)


ADVERSARIAL = {"g", "d", "gen", "disc", "generator", "discriminator", "adv", "critic", "gan"}
"""Losses of players against each other: up or down, neither is good or bad."""


def validation(history: History) -> Track | None:
    """The validation metric that matters most."""
    names = [name for name in history.metrics if split_of(name) is Split.VALIDATION]
    key = key_metric(names)
    return history.metrics[key] if key is not None else None


def training(history: History) -> Track | None:
    """The training loss; of several the one that is simply called loss, or has the most values."""
    losses = [
        track
        for track in history.metrics.values()
        if track.better is Better.LOWER
        and split_of(track.name) in (Split.TRAIN, None)
        and not ADVERSARIAL & set(words_of(track.name))
    ]
    plain = [track for track in losses if base_of(track.name) in ("loss", "smooth loss", "lm loss")]
    return max(plain or losses, key=lambda track: track.n, default=None)


def partner_of(track: Track, history: History) -> Track | None:
    """The training metric that belongs to a validation metric, or else the training loss."""
    name = partner(track.name, history.metrics)
    return history.metrics[name] if name is not None else training(history)


SURE_AFTER = 3
"""Mixed precision skips a step now and then: one bad value alone is no verdict on a loss."""


def nan(seen: Seen) -> Finding | None:
    """A finding while the values of a metric that matters are not finite.

    One value is enough where it is the run's last word or the metric is a validation metric logged
    once an epoch and had been finite before; otherwise SURE_AFTER in a row. A gradient norm alone
    (which mixed precision lets overflow) must stay bad for ten.
    """
    found = [track for track in seen.history.metrics.values() if _is_bad(track, seen)]
    if not found:
        return None
    first = min(found, key=lambda t: (t.bad_since or 0.0, better_of(t.name) is None))
    names = ", ".join(track.name for track in found[:3])
    word = _word(found)
    since = first.bad_since
    where = "" if since is None else f" since step {since:g}"
    return Finding(
        Rule.NAN,
        since,
        0.99 if first.bad_run >= SURE_AFTER else 0.9,
        {"metric": first.name, "values": float(first.nonfinite), "last_finite": last_finite(first)},
        f"{names} {'are' if len(found) > 1 else 'is'} {word}{where}",
    )


def _word(found: list[Track]) -> str:
    infinite = [track.last is not None and math.isinf(track.last) for track in found]
    return "infinite" if all(infinite) else "not finite" if any(infinite) else "NaN"


def last_finite(track: Track) -> float | None:
    """The last value that was a number."""
    places = track.series.all_places()
    return places[-1].mean if places else None


def _is_bad(track: Track, seen: Seen) -> bool:
    if track.bad_since is None:
        return False
    if better_of(track.name) is None:
        gradient = {"grad", "gradient", "norm"} & set(words_of(track.name))
        return bool(gradient) and track.bad_run >= 10 and track.series.n > 0
    ended = state_of(seen) in ENDED or state_of(seen) is RunState.UNKNOWN
    return track.bad_run >= SURE_AFTER or ended or _is_slow(track, seen)


def _is_slow(track: Track, seen: Seen) -> bool:
    """True for what is measured so rarely that waiting for three of it would waste the night."""
    others = max((t.n for t in seen.history.metrics.values()), default=0)
    return track.series.n > 0 and (track.n <= 20 or track.n * 10 <= others)


ENOUGH = 24
"""Points before a curve can be said to diverge."""


def diverging(seen: Seen) -> Finding | None:
    """A finding while the loss lies far above its best level and still rises, or stays up.

    Far is: half of all that was gained, eight times the noise, and twice the highest
    excursion that the run had recovered from before (warm restarts, oscillation). Spikes are no
    levels: running medians are compared.
    """
    track = training(seen.history)
    if track is None or track.bad_since is not None:
        return None
    curve = costs(track)
    if len(curve) < ENOUGH:
        return None
    values = [point.value for point in curve]
    width = max(5, len(values) // 20)
    levels = smoothed(values, width)[width - 1 :]
    recent = levels[-1]
    best_at = min(range(len(levels)), key=levels.__getitem__)
    best, first = levels[best_at], levels[0]
    rise = recent - best
    since = len(levels) - 1 - best_at
    gain = first - best
    needed = max(0.5 * gain, 8 * noise(values), 2.0 * _excursion(levels), 0.02 * abs(best))
    if since < 2 * width or rise <= needed or needed <= 0:
        return None
    if trend_z(levels[best_at:]) < 2.5 or levels[-1] < max(levels[best_at:]) - 0.5 * rise:
        return None
    step = curve[best_at + width - 1].step
    return Finding(
        Rule.DIVERGING,
        step,
        sure(rise / needed),
        {"metric": track.name, "best_level": best, "level": recent, "rise": rise},
        f"{track.name} has risen from {best:.4g} to {recent:.4g} since step {step:g}",
    )


def _excursion(levels: list[float]) -> float:
    """The highest rise above the best level so far that was made good again."""
    best, top, largest = levels[0], levels[0], 0.0
    for level in levels:
        if level <= best:
            largest = max(largest, top - best)
            best = top = level
        top = max(top, level)
    return largest
