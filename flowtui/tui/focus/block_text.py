"""The words of the screens: times, rows and lines, from measures. Pure; tested as strings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block, Outcome, PlanKind, Source, State
from flowtui.core.focus.measure import Measure, deadline, interrupted_s, measure
from flowtui.core.status_file import clock, minutes
from flowtui.core.zones import elsewhere, zone_or_utc

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Week

MARKS = {Outcome.DONE: "✓ done", Outcome.PARTLY: "◐ partly", Outcome.NOT: "✗ not"}
EIGHTHS = " ▁▂▃▄▅▆▇█"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def big_time(seen: Measure, style: str) -> tuple[str, str]:
    """The large figure and the words beside it, for a way of showing the clock.

    Seconds shows all; minutes and five (steps of five minutes) round what is left up and what is
    done down; bar and none show no figure.
    """
    if style in ("bar", "none"):
        return "", ""
    over = seen.state is State.OVERTIME or seen.overtime_s > 0
    left = seen.remaining_s is not None and not over
    seconds = seen.remaining_s if left else (seen.overtime_s if over else seen.focus_s)
    assert seconds is not None
    if left:
        unit = f"left of {minutes(seen.planned_s)}"
    elif over:
        unit = f"over {minutes(seen.planned_s)}"
    else:
        unit = "of focus"
    if style == "seconds":
        return ("+" if over else "") + clock(seconds), unit
    step = 300 if style == "five" else 60
    rounded = -(-seconds // step) if left else seconds // step
    shown = rounded * step // 60
    return f"{'+' if over else ''}{shown}", f"min {unit}"


def state_word(block: Block, seen: Measure) -> str:
    """What the block does now, in a word or two."""
    if seen.state is State.PAUSED:
        return "paused"
    if block.open_interruption is not None:
        wandered = block.open_interruption.source is Source.INTERNAL
        return "wandered" if wandered else "called away"
    return "overtime" if seen.state is State.OVERTIME else "focus"


def share(seen: Measure) -> float | None:
    """How much of the plan is done, 0 to 1; None for an open-ended block."""
    if not seen.planned_s or seen.remaining_s is None:
        return None
    return max(0.0, min(1.0, 1 - seen.remaining_s / seen.planned_s))


def end_line(block: Block, now: datetime, zone: ZoneInfo) -> str:
    """When it began and when the plan will be reached."""
    began = f"since {block.started_at.astimezone(zone):%H:%M}"
    seen = measure(block, now)
    if seen.state is State.PAUSED and block.open_gap is not None:
        lasted = int((now - block.open_gap.start).total_seconds())
        return f"{began} · paused {minutes(max(0, lasted))} · space goes on"
    end = deadline(block, now)
    if end is None:
        return f"{began} · open-ended"
    waits = f"{block.plan.run_name} gets on, or " if block.plan.run and seen.remaining_s else ""
    verb = "reached" if seen.overtime_s or seen.remaining_s == 0 else "until"
    return f"{began} · {verb} {waits}{end.astimezone(zone):%H:%M}"


def tally(block: Block, now: datetime) -> list[str]:
    """Interruptions, thoughts and gaps, those that there are."""
    parts = []
    noted = len(block.interruptions)
    if noted:
        away = minutes(interrupted_s(block, now))
        last = block.interruptions[-1]
        reason = f"{last.reason}, " if last.reason else ""
        still = "away" if last.returned_at is None else "back after"
        parts.append(f"{count(noted, 'interruption')} ({reason}{still} {away})")
    if block.parked:
        parts.append(f"{count(len(block.parked), 'thought')} parked")
    paused = measure(block, now).paused_s
    if paused:
        parts.append(f"{minutes(paused)} in gaps")
    return parts


def row(block: Block, now: datetime, here: ZoneInfo) -> tuple[str, str, str, str, str]:
    """A block in a list: from–to, focus, outcome, rating, intention with tags.

    Its times are those of where it began; where that is not `here`, its zone is said.
    """
    zone = zone_or_utc(block.zone)
    end = f"{block.ended_at.astimezone(zone):%H:%M}" if block.ended_at else "now"
    mark = MARKS[block.outcome] if block.outcome else ("" if block.ended_at else "▶ running")
    tags = " ".join(f"#{tag}" for tag in block.tags)
    where = elsewhere(block.zone, block.started_at, here)
    said = "  ".join(p for p in (block.intention or "no intention", tags, where) if p)
    return (
        f"{block.started_at.astimezone(zone):%H:%M}–{end}",
        minutes(measure(block, now).focus_s),
        mark,
        f"{block.rating}/5" if block.rating else "",
        said,
    )


def against(seconds: int, goal_s: int | None) -> str:
    """Focus against a goal: "2 h 10 of 4 h 00", or just the focus."""
    return f"{minutes(seconds)} of {minutes(goal_s)}" if goal_s else minutes(seconds)


def week_bars(week: Week) -> str:
    """The week day by day: "Mon ▃ Tue ▅ Wed ·", the tallest bar being the fullest day."""
    most = max((*week.by_day.values(), 1))
    parts = []
    for offset in range(7):
        day = week.first.fromordinal(week.first.toordinal() + offset)
        seconds = week.by_day.get(day, 0)
        height = max(1, round(8 * seconds / most)) if seconds else 0
        parts.append(f"{DAYS[day.weekday()]} {EIGHTHS[height] if height else '·'}")
    return "  ".join(parts)


def count(number: int, noun: str) -> str:
    """A number and its noun: "1 block", "2 blocks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def plan_word(block: Block) -> str:
    """The plan of a block in words."""
    if block.plan.run:
        return f"until {block.plan.run_name} gets on, at most {minutes(block.plan.seconds)}"
    if block.plan.kind is PlanKind.FIXED:
        return minutes(block.plan.seconds)
    if block.plan.kind is PlanKind.UNTIL and block.plan.until is not None:
        return f"until {block.plan.until.astimezone(zone_or_utc(block.zone)):%H:%M}"
    return "open-ended"
