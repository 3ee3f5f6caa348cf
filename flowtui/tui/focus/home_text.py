"""What Focus shows between blocks, as lines of coloured text. Pure; tested as strings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.content import Content

from flowtui.core.focus.day_line import LEGEND, MEANING, day_line
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, fitting, middle_cut, padded
from flowtui.tui.focus.block_text import DAYS

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot, Week
    from flowtui.core.runs.glance import RunGlance

Lines = list[Content]
RUNS, THOUGHTS = 3, 3
"""So many lines at most; how many more there are is said."""
LEAST_NAME = 8
"""Cells of an intention below which it says nothing any more."""
FULL, REST = "━", "─"


def styled_cells(text: str, meanings: dict[str, str]) -> Content:
    """`text` with each sign in the colour of its meaning."""
    parts: list[tuple[str, str]] = []
    for sign in text:
        style = f"${meanings.get(sign, 'line')}"
        if parts and parts[-1][1] == style:
            parts[-1] = (parts[-1][0] + sign, style)
        else:
            parts.append((sign, style))
    return Content.assemble(*parts)


def timeline(snapshot: Snapshot, now: datetime, width: int) -> Lines:
    """The shown day: hours, cells, and what the signs mean where there is more than focus."""
    today = snapshot.shown.day == snapshot.today.day
    planned = [
        one
        for one in snapshot.planned
        if today and one.at.astimezone(snapshot.zone).date() == snapshot.today.day and one.at > now
    ]
    day = snapshot.today.day
    meetings = [
        one
        for one in snapshot.meetings
        if today and one.start.astimezone(snapshot.zone).date() == day
    ]
    line = day_line(
        snapshot.shown.blocks, planned, now, snapshot.zone, max(20, width), today, meetings
    )
    if line is None:
        return []
    lines = [Content.styled(line.scale, "$muted"), styled_cells(line.cells, MEANING)]
    said = [part for part in LEGEND.split("  ") if part[0] in line.used and part[0] != FULL]
    if len(said) > 1:
        lines.append(Content.styled("  ".join([f"{FULL} focus", *said]), "$faint"))
    return lines


def day_ends(now: datetime, zone: ZoneInfo, working: str) -> datetime:
    """When the hours for blocks (such as "09:00-18:00") end today; midnight once they have."""
    local = now.astimezone(zone)
    hour, minute = map(int, working.partition("-")[2].split(":"))
    end = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return end if end > local else local.replace(hour=23, minute=59, second=0, microsecond=0)


def hours(seconds: int) -> str:
    """ "2:10"; "·" for nothing."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}" if seconds >= 60 else "·"


def week_line(week: Week, goal_s: int | None, width: int) -> str:
    """The week in one line: its sum, and each day's hours where there is room for all."""
    head = f"week {minutes(week.focus_s)}" + (f" of {minutes(goal_s)}" if goal_s else "")
    days = [DAYS[(week.first.weekday() + n) % 7] for n in range(7)]
    for name in (head, f"week {hours(week.focus_s)}"):
        for letters in (3, 2):
            each = "  ".join(f"{day[:letters]} {hours(_of(week, n))}" for n, day in enumerate(days))
            if cell_count(whole := f"{name}  {each}") <= width:
                return whole
    return head


def week_bars(week: Week, goal_s: int | None, today: int, width: int) -> Lines:
    """The week as a row a day: name, bar, hours; today is bold."""
    most = max(3600, *(_of(week, n) for n in range(7)))
    room = max(4, width - 4 - 7)
    total = minutes(week.focus_s) + (f" of {minutes(goal_s)}" if goal_s else "")
    lines = [_headed("week", total, width)]
    for n in range(7):
        seconds = _of(week, n)
        done = max(1, round(seconds / most * room)) if seconds else 0
        style = "bold" if n == today else "$foreground"
        lines.append(
            Content.assemble(
                (f"{DAYS[(week.first.weekday() + n) % 7]} ", style if n == today else "$muted"),
                (FULL * done, "$focus"),
                (" " * (room - done), ""),
                (f"{hours(seconds):>7}", style if seconds else "$faint"),
            )
        )
    return lines


def _of(week: Week, offset: int) -> int:
    return week.by_day.get(week.first + timedelta(days=offset), 0)


def _headed(title: str, right: str, width: int) -> Content:
    gap = max(1, width - len(title) - cell_count(right))
    return Content.assemble((title, "$accent"), (" " * gap, ""), (right, "$muted"))


def run_lines(runs: Sequence[RunGlance], zone: ZoneInfo, width: int) -> Lines:
    """A line each run that is under way: name, how far, how good, when done."""
    live = [run for run in runs if run.live]
    if not live:
        return []
    from flowtui.core.runs import run_text

    names = min(18, max(cell_count(run.name) for run in live))
    lines: Lines = []
    for run in live[:RUNS]:
        name = padded(middle_cut(run.name, names), names)
        far = f"{run_text.place(run):>5}"
        tail = [run_text.ends(run, zone, None), run_text.quality(run)]
        text = ""
        for part in tail:
            longer = f"{text}  {part}" if text else part
            if part and cell_count(longer) <= width - names - 8:
                text = longer
        lines.append(Content.assemble((name, ""), (f" {far}  ", "$focus"), (text, "$muted")))
    if len(live) > RUNS:
        lines.append(Content.styled(f"and {len(live) - RUNS} more   2 shows all", "$muted"))
    return lines


def guard_lines(snapshot: Snapshot, now: datetime, width: int) -> Lines:
    """What is kept away though no block runs, and until when; nothing once that has gone by."""
    guarded = snapshot.guarded
    if guarded is None or guarded.until <= now:
        return []
    until = f"until {guarded.until.astimezone(snapshot.zone):%H:%M}"
    names = middle_cut(" ".join(guarded.lists) or "apps", width - len(until) - 13)
    return [Content(f"{names} kept away {until}")]


def thought_lines(snapshot: Snapshot, width: int, most: int = THOUGHTS) -> Lines:
    """Thoughts that wait, newest first, `most` of them at most."""
    parked = snapshot.parked
    if not parked:
        return []
    shown = parked[::-1][:most]
    more = len(parked) - len(shown)
    lines = [Content.styled(middle_cut(one.text, width), "") for one in shown]
    if more:
        lines.append(Content.styled(f"and {more} more", "$muted"))
    return lines


def tomorrow_line(snapshot: Snapshot, width: int) -> str:
    """Tomorrow's first block: what the check-in said, else what is planned first."""
    first = snapshot.today.day + timedelta(days=1)
    for one in snapshot.planned:
        local = one.at.astimezone(snapshot.zone)
        if local.date() == first:
            what = snapshot.tomorrow or one.plan.intention or "a block"
            return middle_cut(f"{local:%H:%M} {what}", width)
    return middle_cut(snapshot.tomorrow, width)


def plans_tomorrow(snapshot: Snapshot) -> bool:
    """Whether the list of what is planned names tomorrow's first block already."""
    today = snapshot.today.day
    return any(one.at.astimezone(snapshot.zone).date() > today for one in snapshot.planned)


def section(title: str, lines: Lines, width: int, right: str = "") -> Lines:
    """A heading with its lines and an empty line behind; nothing where there are none."""
    return [_headed(title, right, width), *lines, Content("")] if lines else []


def offer_line(snapshot: Snapshot, width: int) -> str:
    """The keys that begin a block, and what each begins; what has no room is left out whole."""
    usual, goes_on, plans = snapshot.usual, snapshot.goes_on, "enter plans a block"
    if not goes_on:
        starts = f"S starts {usual}"
        whole = f"{plans}   {starts} at once"
        return whole if cell_count(whole) <= width else fitting([plans, starts], width)
    for tail in (f", {usual}", ""):
        head = f"{plans}   S goes on: "
        room = width - cell_count(head) - cell_count(tail)
        if room >= min(LEAST_NAME, cell_count(goes_on)):
            return f"{head}{middle_cut(goes_on, room)}{tail}"
    return fitting([plans, "S goes on"], width)
