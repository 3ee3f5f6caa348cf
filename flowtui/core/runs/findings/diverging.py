"""Diverging: the training loss rises away from where it had been, and does not come back."""

from __future__ import annotations

from flowtui.core.runs.findings.curves import costs, noise, smoothed, sure, trend_z
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.findings.subjects import training
from flowtui.core.runs.observation import Seen

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
