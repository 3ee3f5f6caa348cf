"""Runs in words: the one line under a block, durations, figures of a steady width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowtui.core.runs.glance import RunGlance
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, end_cut

if TYPE_CHECKING:
    from flowtui.core.runs.run import Run

EIGHTHS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float], width: int) -> str:
    """The course of `values` in at most `width` cells; empty if there is no course yet."""
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2 or width < 2:
        return ""
    if len(finite) > width:
        step = len(finite) / width
        finite = [finite[min(len(finite) - 1, int(i * step))] for i in range(width - 1)] + [
            finite[-1]
        ]
    low, high = min(finite), max(finite)
    if high == low:
        return EIGHTHS[3] * len(finite)
    half = 0.5 if math.isinf(high - low) else 1.0  # the span of floats is wider than a float
    base, span = low * half, high * half - low * half
    return "".join(EIGHTHS[min(7, int((value * half - base) / span * 8))] for value in finite)


def figure(value: float | None) -> str:
    """Four significant digits: "0.4123", "12.35", "1.2e-05", "nan"; empty for None."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return str(float(value))
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        digits = 3 - math.floor(math.log10(abs(value))) if value else 4
        return f"{value:.{max(0, min(digits, 4))}f}"
    return f"{value:.1e}"


def percent(share: float | None) -> str:
    """ "62 %"; empty for None. Never 100 before the end."""
    if share is None:
        return ""
    return f"{100 if share >= 1 else min(99, round(share * 100))} %"


def left(glance: RunGlance) -> str:
    """ "1 h 20 ±4 min left"; empty where nothing tells."""
    if glance.eta_s is None:
        return ""
    return f"{minutes(max(0, round(glance.eta_s)))}{_error(glance.eta_error_s)} left"


def place(glance: RunGlance) -> str:
    """How far it is: per cent, or step or epoch where the whole is not known."""
    if glance.progress is not None:
        return percent(glance.progress)
    if glance.step is not None:
        return f"step {glance.step:,}".replace(",", " ")
    return "" if glance.epoch is None else f"epoch {glance.epoch:g}"


def quality(glance: RunGlance, width: int = 8) -> str:
    """ "val_loss 0.4120 ▂▃▅▆▇ best"; empty where no metric tells."""
    if glance.key is None:
        return ""
    best = "best" if glance.is_best else ""
    parts = (glance.key, figure(glance.last), spark(glance.spark, width), best)
    return " ".join(part for part in parts if part)


def ends(glance: RunGlance, zone: ZoneInfo, block_ends_at: float | None) -> str:
    """ "ends 11:52 ±4 min, after this block"; empty where nothing tells.

    `block_ends_at` is the end of the running block's plan in POSIX seconds, None if it has none.
    """
    end = glance.ends_at
    if end is None or not glance.live:
        return ""
    text = f"ends {clock(end, glance.at, zone)}{_error(glance.eta_error_s)}"
    if block_ends_at is None:
        return text
    error = glance.eta_error_s or 0.0
    if end + error <= block_ends_at:
        return f"{text}, inside this block"
    return f"{text}, after this block" if end - error > block_ends_at else f"{text}, about then"


def silence(glance: RunGlance, zone: ZoneInfo) -> str:
    """ "silent since 14:02, its end is not known" of a run whose state nobody knows; else empty."""
    since = glance.ended_at if glance.silent_since is None else glance.silent_since
    return silence_words(glance.state, since, glance.at, zone)


def silence_words(state: str, since: float | None, now: float, zone: ZoneInfo) -> str:
    """The same of a state and the instant of the last sign of life (POSIX seconds)."""
    if state != "unknown" or since is None:
        return ""
    return f"silent since {clock(since, now, zone)}, its end is not known"


def clock(seconds: float, now: float, zone: ZoneInfo) -> str:
    """An instant for a person: "14:02" of today, "Tue 14:02" of this week, else with the day."""
    when = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    days = (datetime.fromtimestamp(now, UTC).astimezone(zone).date() - when.date()).days
    if days == 0:
        return f"{when:%H:%M}"
    return f"{when:%a %H:%M}" if -7 < days < 7 else f"{when:%Y-%m-%d %H:%M}"


LATE_S = 120.0
"""What was heard of longer ago than this is shown with its age."""


def heard_words(heard: float, now: float, zone: ZoneInfo) -> str:
    """ "just now", "40 s ago", "14:02": when a source was last heard of."""
    age = now - heard
    if age < 5:
        return "just now"
    return f"{age:.0f} s ago" if age < LATE_S else clock(heard, now, zone)


def unheard(glance: RunGlance, zone: ZoneInfo) -> str:
    """ "not heard since 14:02" of a run whose source does not answer; else empty. No verdict."""
    if not glance.where or glance.ended_at is not None:
        return ""
    if glance.heard_at is None:
        return "not heard yet"
    late = glance.at - glance.heard_at > glance.late_s
    return f"not heard since {clock(glance.heard_at, glance.at, zone)}" if late else ""


def waits(glance: RunGlance, zone: ZoneInfo) -> str:
    """ "starts about 14:20" of a run in a queue, by the scheduler's estimate; else empty."""
    if glance.state != "pending" or glance.starts_at is None or glance.starts_at < glance.at:
        return ""
    return f"starts about {clock(glance.starts_at, glance.at, zone)}"


def state_words(glance: RunGlance) -> str:
    """The state, with what is known of an end: "crashed, exit 1", "crashed, SIGKILL"."""
    said = glance.state not in ("running", "finished", "unknown") or "life" in glance.queue
    if glance.queue and said:
        return f"stalled, {glance.queue}" if glance.state == "stalled" else glance.queue
    if glance.exit_status in (None, 0) or glance.state not in ("crashed", "stopped"):
        return glance.state
    assert glance.exit_status is not None
    from flowtui.core.runs.run_state import signal_name

    name = signal_name(glance.exit_status)
    return f"{glance.state}, {name or f'exit {glance.exit_status}'}"


GROUPS = ("running", "in the queue", "end not known", "ended today", "older")


def group_of(glance: RunGlance, zone: ZoneInfo) -> str:
    """The heading under which a list shows the run; one of GROUPS."""
    if glance.ended_at is None:
        if glance.state == "pending":
            return GROUPS[1]
        return GROUPS[0] if glance.live else GROUPS[2]
    ended = datetime.fromtimestamp(glance.ended_at, UTC).astimezone(zone).date()
    today = datetime.fromtimestamp(glance.at, UTC).astimezone(zone).date()
    return GROUPS[3] if ended == today else GROUPS[4]


def grouped(runs: Sequence[RunGlance], zone: ZoneInfo) -> list[tuple[str, list[RunGlance]]]:
    """Headings and their runs in the order of GROUPS, empty ones left out.

    Where runs are told of from elsewhere, those that have not ended stand by where they are.
    """
    found: dict[str, dict[str, list[RunGlance]]] = {name: {} for name in GROUPS}
    beyond = any(run.where for run in runs)
    for run in runs:
        group = group_of(run, zone)
        where = (run.where or "here") if beyond and run.ended_at is None else ""
        found[group].setdefault(where, []).append(run)
    return [
        (f"{group}, {where}" if where else group, places[where])
        for group, places in found.items()
        for where in sorted(places, key=lambda place: (place != "here", place))
    ]


def record_words(run: Run) -> str:
    """ "resnet-b finished, val_loss 0.4120, best 0.4100": what became of a run that is over."""
    words = f"{run.name} {run.state or 'ended'}"
    measured = next((metric for metric in run.metrics if metric.best is not None), None)
    if measured is None:
        return words
    best = "" if measured.last == measured.best else f", best {figure(measured.best)}"
    return f"{words}, {measured.name} {figure(measured.last)}{best}"


def line(
    glance: RunGlance, zone: ZoneInfo, block_ends_at: float | None, width: int, others: int = 0
) -> str:
    """One line for a run under a block; what matters less is left out first."""
    lost = next((s for _, severity, s in glance.findings if severity == "serious"), "")
    state = "" if glance.state == "running" else state_words(glance)
    state = ", ".join(w for w in (state, waits(glance, zone), unheard(glance, zone)) if w)
    more = f"+{others} more" if others else ""
    known = [glance.name, state, place(glance)]
    parts = [
        [*known, quality(glance), ends(glance, zone, block_ends_at), more],
        [*known, quality(glance, 0), ends(glance, zone, block_ends_at), more],
        [*known, quality(glance, 0), ends(glance, zone, None), more],
        [*known, quality(glance, 0), more],
        known,
        [glance.name, state],
    ]
    if lost:
        parts = [[glance.name, lost, more], [glance.name, lost], *parts[4:]]
    for words in parts:
        text = "  ".join(word for word in words if word)
        if cell_count(text) <= width:
            return text
    return end_cut(text, width)


def under_block(
    runs: Sequence[RunGlance],
    zone: ZoneInfo,
    since: float,
    block_ends_at: float | None,
    width: int,
) -> str:
    """The line for the run that matters most during a block; empty if none does.

    Those that are lost come first, then those under way, then what ended since the block began
    (`since`, POSIX seconds); the newest of each.
    """
    shown = [run for run in runs if run.live or (run.ended_at or 0) >= since]
    if not shown:
        return ""
    first = max(shown, key=lambda run: (_is_lost(run), run.live, run.started_at or 0))
    text = line(first, zone, block_ends_at, max(1, width - 6), len(shown) - 1)
    return f"run   {text}"


def _is_lost(run: RunGlance) -> bool:
    return any(severity == "serious" for _, severity, _ in run.findings)


def _error(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f" ±{max(1, round(seconds / 60))} min" if seconds >= 30 else " ±1 min"
