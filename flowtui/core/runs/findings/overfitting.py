"""Overfitting: validation gets worse while training still gets better."""

from __future__ import annotations

import math
from statistics import fmean

from flowtui.core.runs.findings.curves import costs, noise, smoothed, sure, trend_z
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.findings.subjects import partner_of, validation
from flowtui.core.runs.metric_series import Point
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.observation import Seen

ENOUGH = 8
"""Validations before it can be said."""
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
    if len(curve) < ENOUGH:
        return None
    values = [point.value for point in curve]
    levels = smoothed(values, 3)
    best_at = min(range(1, len(levels)), key=levels.__getitem__)
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
    return Finding(
        Rule.OVERFITTING,
        step,
        sure(rise / needed),
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
    if len(before) < 2 or len(after) < 4:
        return False
    late = after[-max(3, len(after) // 4) :]
    spread = noise([p.value for p in curve]) * math.sqrt(1 / len(before) + 1 / len(late))
    return fmean(before) - fmean(late) > 2 * spread
