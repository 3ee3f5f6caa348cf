"""NaN: a loss or gradient is not a number, or infinite, and stays so."""

from __future__ import annotations

import math

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import better_of, words_of
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import ENDED, RunState, state_of

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
