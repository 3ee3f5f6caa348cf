"""Plateau: what matters has not improved for a long part of the run."""

from __future__ import annotations

from statistics import fmean

from flowtui.core.runs.findings.curves import costs, noise, sure, trend_z
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.findings.subjects import training, validation
from flowtui.core.runs.seen import Seen

ENOUGH = 40
ENOUGH_RARE = 16
"""Of validations fewer will do."""
SHARE = 0.4
"""The latest part of the run that must show no improvement."""


def plateau(seen: Seen) -> Finding | None:
    """A finding while the latest part of the curve is flat, after the run had improved before.

    Flat is: no trend, its second half is not better than its first by more than chance (z 1.5), and
    by less than one part in two hundred of all that was gained.
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
    early, late = part[:half], part[half:]
    better = fmean(early) - fmean(late)
    spread = noise(values) * (1 / len(early) + 1 / len(late)) ** 0.5
    gain = fmean(values[: max(2, len(values) // 20)]) - fmean(part)
    if gain <= 5 * noise(values) or better > 1.5 * spread or better > gain / 200:
        return None
    if abs(trend_z(part)) > 2.0:
        return None
    step = curve[-len(part)].step
    return Finding(
        Rule.PLATEAU,
        step,
        sure(1 + gain / (200 * max(abs(better), gain / 1000)) / 4, 0.6),
        {"metric": track.name, "best": track.best, "gain": gain, "change": -better},
        f"{track.name} has not improved since step {step:g} (best {track.best:.4g})",
    )
