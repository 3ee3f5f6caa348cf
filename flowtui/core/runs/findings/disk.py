"""Disk: it is full, or will be before the run is done."""

from __future__ import annotations

from statistics import median

from flowtui.core.runs.eta import eta_of
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import ENDED, state_of

FULL_BYTES = 200 * 2**20
FULL_SHARE = 0.001
SPAN_S = 1800.0
"""Checkpoints that come and go make a saw-tooth; less than this does not show whether it falls."""
AHEAD_S = 6 * 3600.0
"""Where the run's end is not known: full within so long is worth a word."""


def disk_full(seen: Seen) -> Finding | None:
    """A finding while next to nothing is free where the run writes."""
    if not seen.disk or state_of(seen) in ENDED:
        return None
    last = seen.disk[-1]
    if last.free_bytes > max(FULL_BYTES, min(FULL_SHARE * last.total_bytes, 2**30)):
        return None
    return Finding(
        Rule.DISK_FULL,
        seen.history.position,
        0.99,
        {"free_bytes": last.free_bytes, "path": last.path},
        f"the disk of {last.path} is full: {last.free_bytes / 2**20:.0f} MiB are free",
    )


def disk_filling(seen: Seen) -> Finding | None:
    """A finding if at its present pace the disk is full before the run's end, or within six hours.

    The pace is the median of the slopes from early to late readings (Theil and Sen), so that one
    large file that was written and removed counts for nothing. The least pace of both halves is
    taken: a burst that is over does not go on. And the highest and lowest of the second half must
    lie below those of the first: checkpoints that come and go change neither.
    """
    if len(seen.disk) < 6 or state_of(seen) in ENDED or disk_full(seen) is not None:
        return None
    points = [(reading.at.timestamp(), float(reading.free_bytes)) for reading in seen.disk]
    if points[-1][0] - points[0][0] < SPAN_S:
        return None
    half = len(points) // 2
    early, late = [free for _, free in points[:half]], [free for _, free in points[half:]]
    if max(late) >= max(early) or min(late) >= min(early):
        return None
    pace = min(-_slope(points), -_slope(points[:half]), -_slope(points[half:]))
    if pace <= 0:
        return None
    left_s = points[-1][1] / pace
    eta = eta_of(seen.history, seen.now_s)
    ahead = AHEAD_S if eta is None else min(48 * 3600.0, eta.left_s)
    if left_s >= ahead:
        return None
    return Finding(
        Rule.DISK_FILLING,
        seen.history.position,
        0.8,
        {"free_bytes": points[-1][1], "bytes_per_s": pace, "full_in_s": round(left_s)},
        f"the disk will be full in {left_s / 3600:.1f} h "
        f"({points[-1][1] / 2**30:.1f} GiB free, {pace * 3600 / 2**30:.1f} GiB an hour)",
    )


def _slope(points: list[tuple[float, float]]) -> float:
    half = len(points) // 2
    slopes = [
        (late[1] - early[1]) / (late[0] - early[0])
        for early, late in zip(points[:half], points[-half:], strict=True)
        if late[0] > early[0]
    ]
    return median(slopes) if slopes else 0.0
