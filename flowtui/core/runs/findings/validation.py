"""Validation curves: overfitting, a plateau, better or worse than the baseline run."""

from __future__ import annotations

import math
from statistics import fmean

from flowtui.core.runs.findings.curves import (
    costs,
    noise,
    partner_of,
    smoothed,
    sure,
    training,
    trend_z,
    validation,
)
from flowtui.core.runs.findings.few_values import flat_from_start, rise_since, scatter
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.history import History
from flowtui.core.runs.metric_series import Point
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import Better, key_metric
from flowtui.core.runs.observation import Seen

ENOUGH = 8
"""Validations before it can be said."""
FEWEST = 4
"""The same where each is worse than the one before."""
AFTER = 5
"""Validations after the best one before it can be said."""


def overfitting(seen: Seen) -> Finding | None:
    """A finding while validation is worse than its best by more than its noise, and rises.

    The best of many noisy values is too good: its running median is compared. The training metric
    must have improved since, by its own noise; without one there is no verdict.
    """
    track = validation(seen.history)
    train = None if track is None else partner_of(track, seen.history)
    if track is None or train is None or train is track or track.bad_since is not None:
        return None
    curve = costs(track)
    values = [point.value for point in curve]
    if FEWEST <= len(curve) < 2 * ENOUGH:
        place = rise_since(values)
        if place is not None and _improved(train, curve[place].step):
            return _overfit(track, train, curve[place].step, 0.8, scatter(values[place:]))
    if len(curve) < ENOUGH:
        return None
    levels = smoothed(values, 3)
    best_at = min(range(len(levels)), key=levels.__getitem__)
    after = values[best_at + 1 :]
    if len(after) < max(AFTER, len(values) // 10):
        return None
    spread = noise(values)
    last = after[-max(3, len(after) // 3) :]
    rise = fmean(last) - levels[best_at]
    needed = max(3.0 * spread, 0.02 * abs(levels[best_at]), 0.03 * (levels[0] - levels[best_at]))
    step = curve[best_at].step
    if rise <= needed or trend_z(after) < 2.0 or not _improved(train, step):
        return None
    return _overfit(track, train, step, sure(rise / needed), spread)


def _overfit(track: Track, train: Track, step: float, confidence: float, spread: float) -> Finding:
    return Finding(
        Rule.OVERFITTING,
        step,
        confidence,
        {
            "metric": track.name,
            "best": track.best,
            "last": track.last,
            "noise": spread,
            "training_metric": train.name,
        },
        f"{track.name} gets worse since step {step:g} ({track.best:.4g} to {track.last:.4g}) "
        f"while {train.name} still improves",
    )


def _improved(train: Track, step: float) -> bool:
    """True if training got better since `step`, by more than its noise would."""
    curve: list[Point] = costs(train)
    before = [p.value for p in curve if p.step <= step][-8:]
    after = [p.value for p in curve if p.step > step]
    if not before or len(after) < 3:
        return False
    late = after[-max(3, len(after) // 4) :]
    spread = noise([p.value for p in curve]) * math.sqrt(1 / len(before) + 1 / len(late))
    return fmean(before) - fmean(late) > 2 * spread


ENOUGH_FOR_PLATEAU = 40
ENOUGH_RARE = 16
"""Of validations fewer will do."""
PLATEAU_SHARE = 0.4
"""The latest part of the run that must show no improvement."""
SURE_Z = 3.5
KEPT = 0.12
"""More than this share of what was promised is an improvement."""


def plateau(seen: Seen) -> Finding | None:
    """A finding while the latest part of the curve is flat though its past promised more.

    Learning curves fall with the logarithm of the steps or a power of them, so slowing down is no
    plateau. What the slope over log(step) before the latest part promises for it must be three
    times what noise could hide, and hardly any of it may have come. A curve that is worse than it
    was is none either: other rules speak of that.
    """
    track, enough = validation(seen.history), ENOUGH_RARE
    if track is not None and track.bad_since is None and (found := _never_better(track)):
        return found
    if track is None or track.series.n < ENOUGH_RARE:
        track, enough = training(seen.history), ENOUGH_FOR_PLATEAU
    if track is None or track.bad_since is not None:
        return None
    curve = costs(track)
    if len(curve) < enough:
        return None
    values = [point.value for point in curve]
    part = values[-max(enough // 2, int(len(values) * PLATEAU_SHARE)) :]
    half = len(part) // 2
    better = fmean(part[:half]) - fmean(part[half:])
    error = noise(values) * math.sqrt(1 / half + 1 / (len(part) - half))
    promised = _promised(curve, len(part))
    if promised is None or promised < SURE_Z * error or better > KEPT * promised:
        return None
    levels = smoothed(values, 5)
    flat = levels[-len(part) :]
    if abs(trend_z(part)) > 2.0 or max(flat) - min(flat) > 4 * noise(values):
        return None
    if fmean(part) > min(levels) + 2 * noise(values):
        return None
    step = curve[-len(part)].step
    return Finding(
        Rule.PLATEAU,
        step,
        sure(promised / (SURE_Z * error) if error else 10.0),
        {"metric": track.name, "best": track.best, "promised": promised, "gained": better},
        f"{track.name} has not improved since step {step:g} (best {track.best:.4g})",
    )


def _never_better(track: Track) -> Finding | None:
    """A finding for a validation curve that lies level since its first value."""
    curve = costs(track)
    low, high = track.min or 0.0, track.max or 0.0
    bounded = track.better is Better.HIGHER and low >= 0.0 and high <= 1.0
    gain = flat_from_start(curve, bounded)
    if gain is None:
        return None
    return Finding(
        Rule.PLATEAU,
        curve[0].step,
        0.7,
        {"metric": track.name, "best": track.best, "validations": float(len(curve)), "most": gain},
        f"{track.name} has not improved in {len(curve)} validations (best {track.best:.4g})",
    )


def _promised(curve: list[Point], part: int) -> float | None:
    """What the latest `part` points should have gained from half to half, by the slope before."""
    before = [p for p in curve[len(curve) // 20 : -part] if p.step > 0]
    after = curve[-part:]
    if len(before) < 6:
        return None
    slopes = []
    third = len(before) // 3
    for early, late in ((before[:third], before[-third:]), (before[third:-third], before[-third:])):
        width = _place(late) - _place(early)
        if width > 0:
            slopes.append((_level(early) - _level(late)) / width)
    if not slopes:
        return None
    half = len(after) // 2
    return min(slopes) * (_place(after[half:]) - _place(after[:half]))


def _place(points: list[Point]) -> float:
    return fmean(math.log(p.step) for p in points)


def _level(points: list[Point]) -> float:
    return fmean(p.value for p in points)


ENOUGH_FOR_BASELINE = 5
SHARE = 0.15
"""The latest part of the run that is compared."""
SIGMAS = 4.0


def against_baseline(seen: Seen) -> Finding | None:
    """A finding while the key metric differs from the baseline's by more than the noise of both.

    The latest part of the run (at least five values) is compared step by step; nearly all of it
    must lie on the same side. Without a common metric, or beyond the baseline's last step, it is
    silent.
    """
    base = seen.baseline
    if base is None or base is seen.history:
        return None
    name = _common(seen.history, base)
    if name is None:
        return None
    track = seen.history.metrics[name]
    ours, theirs = costs(track), costs(base.metrics[name])
    pairs = _pairs(ours[-max(ENOUGH_FOR_BASELINE, int(len(ours) * SHARE)) :], theirs)
    if len(pairs) < ENOUGH_FOR_BASELINE or len(theirs) < ENOUGH_FOR_BASELINE:
        return None
    gaps = [mine - other for mine, other in pairs]
    gap = fmean(gaps)
    spread = (noise([p.value for p in ours]) ** 2 + noise([p.value for p in theirs]) ** 2) ** 0.5
    needed = max(SIGMAS * spread / len(gaps) ** 0.5, 0.002 * abs(fmean([o for _, o in pairs])))
    same_side = sum((g > 0) == (gap > 0) for g in gaps)
    if abs(gap) <= needed or same_side < 0.9 * len(gaps):
        return None
    better = gap < 0
    sign = -1.0 if track.better is Better.HIGHER else 1.0
    word = "better" if better else "worse"
    value = sign * fmean([mine for mine, _ in pairs])
    other = sign * fmean([theirs_then for _, theirs_then in pairs])
    whom = seen.baseline_name or "the baseline"
    return Finding(
        Rule.BETTER if better else Rule.WORSE,
        ours[-len(pairs)].step,
        sure(abs(gap) / needed),
        {
            "metric": name,
            "difference": sign * gap,
            "noise": spread / len(gaps) ** 0.5,
            "value": value,
            "baseline": other,
            "at_step": ours[-1].step,
        },
        f"{name} is {word} than {whom} at the same step: {value:.4g} against {other:.4g}",
    )


def _common(ours: History, theirs: History) -> str | None:
    """The key metric that both have."""
    return key_metric(name for name in ours.metrics if name in theirs.metrics)


def _pairs(ours: list[Point], theirs: list[Point]) -> list[tuple[float, float]]:
    """Our value and theirs at the same step, between their neighbours; steps that both have."""
    found: list[tuple[float, float]] = []
    at = 0
    for point in ours:
        while at + 1 < len(theirs) and theirs[at + 1].step < point.step:
            at += 1
        if at + 1 >= len(theirs):
            break
        left, right = theirs[at], theirs[at + 1]
        if not left.step <= point.step <= right.step:
            continue
        span = right.step - left.step
        share = (point.step - left.step) / span if span > 0 else 1.0
        found.append((point.value, left.value + share * (right.value - left.value)))
    return found
