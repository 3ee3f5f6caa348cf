"""The charts of Body in plain words: a line a month, an hour, a day. Pure; no sign stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from textual.content import Content

from flowtui.core.body.day_series import HeatCell
from flowtui.core.body.entry_kinds import State
from flowtui.core.body.fasting import WindowDay
from flowtui.core.body.validation import hours
from flowtui.core.text import cell_count, middle_cut, padded

Lines = list[Content]
LATEST = 14
"""Days that are told one by one at most."""
WORDS = {State.GIVEN: "known", State.NO: "no", State.SKIPPED: "passed over"}


def months(cells: Sequence[HeatCell], today: date) -> Lines:
    """A line for every month in which anything is known."""
    lines: Lines = []
    for number in range(1, 13):
        gone = [c for c in cells if c.day.month == number and c.day <= today]
        known = [c for c in gone if c.value.state in (State.GIVEN, State.NO)]
        if not known:
            continue
        said = f"{known[0].day:%b}  {len(known)} of {len(gone)} days known"
        values = [c.value.value for c in known if c.value.value is not None]
        if values:
            said += f", mean {sum(values) / len(values):.3g}"
        lines.append(Content(said))
    return lines


def by_hour(means: Sequence[tuple[int, float, int]]) -> Lines:
    """A line for every hour with a rating: the hour, the mean, and of how many."""
    return [Content(f"{hour:02} h  {mean:.1f}, n {count}") for hour, mean, count in means]


def days(values: Sequence[tuple[date, State | None, str]], room: int) -> Lines:
    """A line a day, the latest last, as many as there is room for."""
    return [
        Content(f"{day:%a} {day.day:>2} {day:%b}  {said or not_given(state)}")
        for day, state, said in values[-max(1, min(LATEST, room)) :]
    ]


def not_given(state: State | None) -> str:
    """Why there is no value, in words."""
    return "not recorded" if state is None else WORDS[state]


def windows(rows: Sequence[WindowDay], room: int) -> Lines:
    """A line a day: how long the window was, and the fast before it."""
    told = []
    for row in rows:
        said = hours(row.eaten_s) if row.bars and row.eaten_s is not None else ""
        said = "open" if any(bar.open for bar in row.bars) else said
        if said and row.fast_s is not None:
            said += f", {hours(row.fast_s)} without food before it"
        told.append((row.day, row.state, said))
    return days(told, room)


def pairs(values: Sequence[tuple[str, str, str]], width: int) -> Lines:
    """Names and what is known of them with its colour, one below the other."""
    name = max((cell_count(title) for title, _, _ in values), default=0) + 2
    return [
        Content.assemble(
            (padded(title, name), "$muted"), (middle_cut(text, max(1, width - name)), style)
        )
        for title, text, style in values
    ]
