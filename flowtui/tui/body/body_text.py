"""The views of Body as lines of text: today, week, year, charts, window. Pure; tested as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from textual.content import Content

from flowtui.core.body.day_series import Glance
from flowtui.core.body.entry_days import DayValue, Variable
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.floors import FloorState, FloorWeek, Per
from flowtui.core.body.scales import ENERGY
from flowtui.core.body.validation import hours
from flowtui.core.text import cell_count, end_cut, middle_cut, padded
from flowtui.services.body.body_view import Picture
from flowtui.tui.body import plain_text
from flowtui.tui.focus.block_text import DAYS
from flowtui.tui.widgets import charts

Lines = list[Content]
BLANK = Content("")
LEAST = 10
"""Ratings in an hour below which nothing is said of it, as in Insight."""
NAME = 15
"""Cells of the column of names."""


def today_lines(made: Picture, width: int, height: int, plain: bool = False) -> Lines:
    """Today at a glance, in two columns where there is room; small screens show what is known."""
    glances = made.glance
    if plain:
        known = [(made.titles.get(g.variable, ""), g.text or "not recorded", "") for g in glances]
        return plain_text.pairs(known, width)[: max(1, height)]
    count = 1 if width < 56 else 2
    if count == 1:
        glances = tuple(g for g in glances if g.text is not None) or glances
    half, rows = width // count, -(-len(glances) // count)
    columns: list[Lines] = []
    for first in range(0, len(glances), rows):
        part = glances[first : first + rows]
        name = min(20, max(cell_count(made.titles.get(g.variable, "")) for g in part)) + 2
        columns.append([_glance(g, made, name, half) for g in part])
    lines = [
        Content("").join([column[n] for column in columns if n < len(column)]) for n in range(rows)
    ]
    return lines[: max(1, height)]


def _glance(glance: Glance, made: Picture, name: int, width: int) -> Content:
    title = end_cut(made.titles.get(glance.variable, ""), name - 2)
    text, style = (glance.text, "") if glance.text else (charts.MISSING, "$faint")
    if glance.variable.kind is Kind.ENERGY and len(made.energy) > 1:
        # the day's ratings in their order, each as high as it was
        text += "  " + "".join(charts.EIGHTHS[round(p.value * 8 / 5)] for p in made.energy)
    if glance.value.state is not State.GIVEN and glance.text:
        style = "$muted"
    room = width - name - 2
    said = f"{padded(middle_cut(text, room), room)}  "
    return Content.assemble((padded(title, name), "$muted"), (said, style))


def week_lines(made: Picture, width: int, height: int) -> Lines:
    """The week as a table: a row a variable, a column a day, the mean at the end."""
    wide = width >= 60
    name = NAME if wide else 9
    column = min(16, (width - name - 7) // 7) if wide else 4
    days = [made.week_first + timedelta(days=n) for n in range(7)]
    head: list[tuple[str, str]] = [(" " * name, "")]
    for day in days:
        said = f"{DAYS[day.weekday()]} {day.day}" if column >= 6 else DAYS[day.weekday()][:2]
        style = "bold $accent" if day == made.day else "$muted"
        head.append((f"{said:>{column}}", style))
    if width >= name + 7 * column + 7:
        head.append((f"{'mean':>7}", "$muted"))
    lines = [Content.assemble(*head)]
    for row in made.week:
        parts: list[tuple[str, str]] = [
            (padded(end_cut(made.titles[row.variable], name - 1), name), "$muted")
        ]
        for day, cell in zip(days, row.cells, strict=True):
            text, style = cell_text(cell, row.variable, short=not wide)
            ahead = day > made.today
            parts.append((f"{'' if ahead else text[: column - 1]:>{column}}", style))
        if width >= name + 7 * column + 7:
            parts.append((f"{_mean(row.mean, row.variable):>7}", "$foreground"))
        lines.append(Content.assemble(*parts))
    return lines[:height]


def cell_text(value: DayValue, variable: Variable, short: bool = False) -> tuple[str, str]:
    """A day's value in at most five cells (with `short` three), and its colour."""
    if value.state is None:
        return charts.MISSING, "$faint"
    if value.state is State.SKIPPED:
        return charts.SKIPPED, "$faint"
    if value.state is State.NO:
        return charts.NO, "$muted"
    if value.value is None and variable.part is not None:
        return charts.MISSING, "$faint"  # the night was recorded, its quality was not
    if value.value is None:
        # it happened, and how much of it is not known: no sign may stand for that
        return ("open" if variable.kind is Kind.EATING else "yes")[: 3 if short else 5], "$muted"
    if short and variable.part is None and variable.kind in (Kind.SLEEP, Kind.EATING):
        return f"{value.value:.1f}", "$foreground"
    if short and variable.part is None and variable.kind is Kind.WORKOUT:
        return f"{value.value:.0f}", "$foreground"
    if value.counted and value.value == 1:
        return "1", "$foreground"
    return _number(value.value, variable), "$foreground"


def _number(number: float, variable: Variable) -> str:
    if variable.part is None and variable.kind in (Kind.SLEEP, Kind.EATING):
        minutes = round(number * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if variable.part is None and variable.kind is Kind.WORKOUT:
        minutes = round(number)
        return f"{minutes // 60}:{minutes % 60:02}"
    if variable.kind in (Kind.HABIT, Kind.WORKED) and number == 1:
        return "✓"
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def _mean(mean: float | None, variable: Variable) -> str:
    if mean is None:
        return charts.MISSING
    if variable.part is None and variable.kind in (Kind.SLEEP, Kind.EATING, Kind.WORKOUT):
        return _number(mean, variable)
    return f"{mean:.0f}" if mean >= 100 else f"{mean:.1f}"


def year_lines(
    made: Picture,
    chosen: int,
    width: int,
    height: int,
    first_weekday: int,
    plain: bool = False,
) -> Lines:
    """Heatmaps from the chosen variable on, as many as fit; each with what it holds in words."""
    chosen %= max(1, len(made.year))
    if height < 9 and not plain:
        # the weekdays alone; whose year it is stands above
        return charts.heat(made.year[chosen].cells, width, first_weekday, made.today)[1:][:height]
    lines: Lines = []
    for place in range(len(made.year)):
        heat = made.year[(chosen + place) % len(made.year)]
        told = plain_text.months(heat.cells, made.today) if plain else []
        if lines and len(lines) + (2 + len(told) if plain else 10) > height:
            break
        gone = [c for c in heat.cells if c.day <= made.today]
        known = sum(c.value.state in (State.GIVEN, State.NO) for c in gone)
        skipped = sum(c.value.state is State.SKIPPED for c in gone)
        missing = len(gone) - known - skipped
        said = f"{known} of {len(gone)} days known, {missing} not recorded, {skipped} passed over"
        title = (
            f"{padded(end_cut(heat.title, NAME), NAME)} ",
            "bold $accent" if place == 0 else "bold",
        )
        if lines:
            lines.append(BLANK)
        lines.append(
            Content.assemble(title, (said if width >= 70 else f"{known}/{len(gone)}", "$muted"))
        )
        lines += told if plain else charts.heat(heat.cells, width, first_weekday, made.today)
    if len(lines) + 2 <= height:
        lines += [BLANK, _names(made, chosen, width)]
    return lines[:height]


def _names(made: Picture, chosen: int, width: int) -> Content:
    """What there is a year of, the chosen one marked; from the chosen one on where not all fit."""
    titles = [heat.title for heat in made.year]
    first = 0 if sum(cell_count(t) + 2 for t in titles) <= width else chosen
    parts: list[Content] = []
    for place, title in list(enumerate(titles))[first:]:
        style = "bold $accent" if place == chosen else "$muted"
        if sum(p.cell_length + 2 for p in parts) + cell_count(title) > width:
            break
        parts.append(Content.styled(title, style))
    return Content("  ").join(parts)


def charts_lines(made: Picture, width: int, height: int, plain: bool = False) -> Lines:
    """Energy over the day, sleep and load day by day; fewer where there is little room."""
    if plain:
        return _charts_in_words(made, width, height)
    parts = 3 if height >= 13 else 2 if height >= 7 else 1
    tall = max(2, min(12, (height - parts * 2 - 1) // parts))
    lines = _energy(made, width, tall)
    if parts > 1:
        lines += [BLANK, *_sleep(made, width, tall)]
    if parts > 2:
        lines += [BLANK, *_load(made, width, tall)]
    return lines[:height]


def _charts_in_words(made: Picture, width: int, height: int) -> Lines:
    """The same three, each under its title in words."""
    rated = [(h.hour, h.mean, h.n) for h in made.hours if h.mean is not None and h.n]
    rated = rated[: max(1, height // 3)]
    room = (height - len(rated) - 5) // 2
    nights = [
        (n.day, n.state, hours(n.asleep_s) if n.asleep_s is not None else "") for n in made.nights
    ]
    loads = [(d.day, d.state, f"{d.load:.0f}" if d.load is not None else "") for d in made.loads]
    titled = (_energy(made, width, 2)[0], _sleep(made, width, 2)[0], _load(made, width, 2)[0])
    parts = (plain_text.by_hour(rated), plain_text.days(nights, room), plain_text.days(loads, room))
    lines: Lines = []
    for title, told in zip(titled, parts, strict=True):
        lines += [*([BLANK] if lines else []), title, *told]
    return lines[:height]


def _energy(made: Picture, width: int, tall: int) -> Lines:
    by_hour = {h.hour: h for h in made.hours}
    wide = max(1, min(5, width // 24))
    order = [(made.start.hour + n) % 24 for n in range(24)]
    means = [by_hour[h].mean if h in by_hour else None for h in order]
    states = [State.GIVEN if m is not None else None for m in means]
    count = sum(h.n for h in made.hours)
    able = [h for h in made.hours if h.n >= LEAST]
    # one hour alone is the highest of nothing
    best = max(able, key=lambda h: (h.mean, h.n)) if len(able) > 1 else None
    said = f"{count} ratings in {len(made.days)} days" if count else "no ratings with a time yet"
    if best is not None:
        word = ENERGY.word(round(best.mean)) or ""
        said += f", highest at {best.hour:02} h: {best.mean:.1f} {word}".rstrip()
    title = _titled("energy by hour", said, width)
    bars = charts.columns(means, states, tall - 1, 0, 5, wide)
    return [title, *bars, charts.hour_scale(made.start, 24 * wide)]


def _sleep(made: Picture, width: int, tall: int) -> Lines:
    seen = made.nights[-_fitting(width) :]
    asleep = [n.asleep_s / 3600 if n.asleep_s is not None else None for n in seen]
    known = [h for h in asleep if h]
    said = f"no sleep recorded in {len(seen)} nights"
    if known:
        mean = hours(round(sum(known) / len(known) * 3600))
        said = f"mean {mean}, {len(known)} of {len(seen)} nights known"
        rated = [n.quality for n in seen if n.quality is not None]
        said += f", quality {sum(rated) / len(rated):.1f}" if rated else ""
    top = max((*known, 8.0))
    bars = charts.columns(asleep, [n.state for n in seen], tall, 0, top, _wide(width))
    return [_titled("sleep", said, width), *bars]


def _load(made: Picture, width: int, tall: int) -> Lines:
    seen = made.loads[-_fitting(width) :]
    loaded = [d.load for d in seen]
    known = [v for v in loaded if v]
    said = f"no effort recorded in {len(seen)} days"
    week = seen[-1].week_load if seen else None
    if known:
        said = f"{len(known)} days with a workout"
        said += f", last 7 days {week:.0f}" if week is not None else ""
    # a workout whose effort is not known has a length and no load: drawn as passed over, not as 0
    states = [d.state if d.load is not None else (d.state and State.SKIPPED) for d in seen]
    bars = charts.columns(loaded, states, tall, 0, max((*known, 1.0)), _wide(width))
    return [_titled("load", said + " (effort × min)", width), *bars]


def _wide(width: int) -> int:
    return max(1, min(3, width // 56))


def _fitting(width: int) -> int:
    return max(14, min(56, width // _wide(width)))


def window_lines(made: Picture, width: int, height: int, plain: bool = False) -> Lines:
    """Windows as bars over the clock, the newest day last: its length, and the fast before it."""
    if not any(row.bars for row in made.windows):
        said = f"no window in the last {len(made.windows)} days   w opens one now, and closes it"
        later = "or afterwards, as a line:   eat 12:00-20:00 yesterday"
        return [Content(end_cut(said, width)), Content.styled(end_cut(later, width), "$muted")]
    if plain:
        return plain_text.windows(made.windows, height)
    left, right = 8, (22 if width >= 60 else 6)
    bar = max(12, width - left - right)
    scale = Content.assemble((" " * left, ""), charts.hour_scale(made.start, bar))
    if width >= 60:
        scale = Content.assemble(scale, (f"{'window':>9}{'before it':>13}", "$muted"))
    lines = [scale]
    for row in made.windows[-max(1, height - 1) :]:
        day = f"{DAYS[row.day.weekday()]} {row.day.day:>2}"
        eaten = _hm(row.eaten_s) if row.bars else ""
        if any(b.open for b in row.bars):
            eaten = "open"
        fast = _hm(row.fast_s)
        style = "bold $accent" if row.day == made.today else "$muted"
        tail = f"{eaten:>9}{fast:>13}" if width >= 60 else f"{eaten:>6}"
        lines.append(Content.assemble((f"{day:<{left}}", style), charts.window_bar(row, bar), tail))
    return lines


def _hm(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 3600}:{seconds % 3600 // 60:02}"


def floor_words(floors: Sequence[FloorWeek], strange: Sequence[str] = ()) -> list[str]:
    """Each floor in a few words: what is done, what is enough, and the days that ask nothing.

    `strange` ones name a habit that there is not.
    """
    said = [f"floor {text!r} names no habit" for text in strange]
    for week in floors:
        floor, name = week.floor, week.floor.variable.name or week.floor.variable.kind.value
        bound = f" ≥ {floor.at_least:g}" if floor.at_least is not None else ""
        bound = f" ≤ {floor.at_most:g}" if floor.at_most is not None else bound
        unit = " days" if floor.per is Per.DAYS else f" {floor.variable.unit or ''}".rstrip()
        on = " on" if floor.per is Per.DAYS else ""
        text = f"{name}{bound}{on} {week.done:g} of {week.needed:g}{unit}"
        if week.state is FloorState.MET:
            text += " ✓ enough"
        elif week.state is FloorState.EXCUSED:
            text = f"{name}: nothing asked this week"
        said.append(text)
    rest = floors[0].rest if floors else ()
    if rest:
        said.append(f"rest {' '.join(DAYS[d.weekday()] for d in rest)}")
    away = floors[0].travel if floors else ()
    if away:
        said.append(f"away {' '.join(DAYS[d.weekday()] for d in away)}")
    return said


def _titled(name: str, said: str, width: int) -> Content:
    said = end_cut(said, width - NAME - 1)
    return Content.assemble((f"{padded(name, NAME)} ", "bold"), (said, "$muted"))
