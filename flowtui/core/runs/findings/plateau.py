"""Plateau: what matters has not improved for a long part of the run."""

from __future__ import annotations

import math
from statistics import fmean

from flowtui.core.runs.findings.curves import costs, noise, smoothed, sure, trend_z
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.findings.subjects import training, validation
from flowtui.core.runs.metric_series import Point
from flowtui.core.runs.observation import Seen

ENOUGH = 40
ENOUGH_RARE = 16
"""Of validations fewer will do."""
SHARE = 0.4
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
    if track is None or track.series.n < ENOUGH_RARE:
        track, enough = training(seen.history), ENOUGH
    if track is None or track.bad_since is not None:
        return None
    curve = costs(track)
    if len(curve) < enough:
        return None
    values = [point.value for point in curve]
    part = values[-max(enough // 2, int(len(values) * SHARE)) :]
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
