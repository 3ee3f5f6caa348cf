"""Long days, work on rest days and late blocks, each beside the energy of the day after.

Facts without a reproach: what a day took may be seen the day after. A mean is told from four days
on, below that the days themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowtui.core.review.summary import LEAST_DAYS, DayFigures

TOLD = 3
Chosen = Callable[[DayFigures], bool]

KINDS: tuple[tuple[str, str, Chosen], ...] = (
    ("long day", "long days", lambda day: day.long),
    ("rest day worked", "rest days worked", lambda day: day.rest and day.focus_s > 0),
    ("late block", "days with a late block", lambda day: day.late),
)


def beside_next_day(days: Sequence[DayFigures]) -> list[str]:
    """A sentence for each kind there was; empty where there was none."""
    said = []
    for one, many, chosen in KINDS:
        times = [at for at, day in enumerate(days) if chosen(day)]
        if not times:
            continue
        head = f"1 {one}" if len(times) == 1 else f"{len(times)} {many}"
        after = [days[at + 1].energy for at in times if at + 1 < len(days)]
        told = _energy([value for value in after if value is not None], days)
        said.append(f"{head}{told}")
    return said


def _energy(after: list[float], days: Sequence[DayFigures]) -> str:
    if not after:
        return ""
    if len(after) < LEAST_DAYS:
        shown = ", ".join(f"{value:g}" for value in after[-TOLD:])
        return f"; energy the day after {shown}"
    every = [day.energy for day in days if day.energy is not None]
    return (
        f"; energy the day after {sum(after) / len(after):.1f} (n {len(after)}), "
        f"all days {sum(every) / len(every):.1f} (n {len(every)})"
    )
