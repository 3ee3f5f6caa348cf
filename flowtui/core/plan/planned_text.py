"""What is planned, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flowtui.core.plan.planned_block import Occurrence, Standing, stand
from flowtui.core.status_file import minutes
from flowtui.core.text import middle_cut

SHOWN = 5
"""Lines at most; how many more there are is said in the last."""
KEYS = "B begins   W in 15 min   M moves   N not today"


def planned_lines(
    planned: Iterable[Occurrence], now: datetime, zone: ZoneInfo, width: int
) -> list[str]:
    """What is still open of today and tomorrow, at most `SHOWN` lines of at most `width` cells.

    What is due is first, with the keys that answer it.
    """
    today = now.astimezone(zone).date()
    found = [
        one
        for one in stand(planned, now)
        if one.standing in (Standing.PLANNED, Standing.DUE, Standing.NOT_BEGUN)
    ]
    lines, former = [], None
    for one in found:
        local = one.at.astimezone(zone)
        day = "today" if local.date() == today else f"{local:%A}".lower()
        length = minutes(one.plan.seconds) if one.plan.seconds else "open"
        standing = {Standing.DUE: "now", Standing.NOT_BEGUN: "not begun"}.get(one.standing, "")
        head = f"{day if day != former else '':<10}{local:%H:%M}  {length:>8}  "
        former = day
        tail = f"  {standing}" if standing else ""
        if one.standing is Standing.DUE and width >= 100:
            tail += f"   {KEYS}"
        name = middle_cut(one.plan.intention or "a block", max(8, width - len(head) - len(tail)))
        lines.append(f"{head}{name}{tail}")
        if one.standing is Standing.DUE and width < 100:
            indent = 10 if width >= 10 + len(KEYS) else max(0, width - len(KEYS))
            lines.append(f"{'':<{indent}}{KEYS}"[:width])
    if len(lines) > SHOWN:
        more = len(lines) - SHOWN + 1
        lines = [*lines[: SHOWN - 1], f"{'':<10}and {more} more   flowtui plan list"]
    return lines
