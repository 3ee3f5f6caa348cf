"""Review as lines of text: the views of a day, a week, a month, a year, and what is told below.

Nothing scores or ranks; rest is rest. A line says what kind it is, so that a front may colour it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flowtui.core.focus.block import Outcome
from flowtui.core.focus.measure import extent, focus_spans, measure
from flowtui.core.plan.planned_block import Standing
from flowtui.core.review.picture import (
    ReviewPicture,
    ReviewView,
    first_shown,
    open_plans,
    rows_of,
)
from flowtui.core.review.summary import LEAST_DAYS, DayFigures
from flowtui.core.review.where_time_went import By, Row, Tone, bars, told
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, middle_cut

HOUR_S = 3600
STEPS = ((4 * HOUR_S, "█"), (2 * HOUR_S, "▓"), (HOUR_S, "▒"), (1, "░"))
"""From so much focus on, the mark of a day in a year; fixed, so that a quiet year looks quiet."""
NOTHING, REST, AWAY = "·", "–", "~"
LEGEND = "· none  ░ to 1 h  ▒ to 2 h  ▓ to 4 h  █ beyond  – rest  ~ away"
SPARKS = "▁▂▃▄▅▆▇█"
OUTCOMES = {Outcome.DONE: "✓ done", Outcome.PARTLY: "◐ partly", Outcome.NOT: "✗ not"}
FOCUS, GAP, MEETING, PLANNED = "▇", "─", "▒", "╌"
HERE = "›"
ENERGY = (1.0, 5.0)
MONTHS = 12


def lines(
    picture: ReviewPicture,
    width: int,
    height: int,
    at: int | None = None,
    by: By = By.ALL,
    plain: bool = False,
) -> list[Row]:
    """The view in at most `height` lines of at most `width` cells; `plain`: in words alone.

    The mark stands on row `at` (a planned block of a day, a day, a week); None for no mark.
    """
    made = {
        ReviewView.DAY: _day,
        ReviewView.WEEK: _week,
        ReviewView.MONTH: _month,
        ReviewView.YEAR: _year,
    }[picture.view](picture, width, at, plain)
    room = height - len(made) - 1
    if by is By.ALL:
        below = told(picture, width, room, plain)
    else:
        below = bars(picture, by, width, plain=plain)
    rows = [*made, Row(""), *below]
    return [
        row if row.beside else Row(middle_cut(row.text, width), row.tone) for row in rows[:height]
    ]


# A day


def _day(picture: ReviewPicture, width: int, at: int | None, plain: bool) -> list[Row]:
    rows = [] if plain else [*_timeline(picture, min(width, 96)), Row("")]
    zone = picture.zone
    for block in picture.blocks:
        span, seen = extent(block, picture.now), measure(block, picture.now)
        start, end = (f"{one.astimezone(zone):%H:%M}" for one in (span.start, span.end))
        mark = OUTCOMES[block.outcome] if block.outcome else ""
        tags = " ".join(f"#{tag}" for tag in block.tags)
        head = f"  {start}–{end}  {minutes(seen.focus_s):>8}  {mark:<9} "
        room = max(8, width - len(head) - cell_count(tags) - 2)
        name = middle_cut(block.intention or "a block", room)
        rows.append(Row(f"{head}{name}  {tags}".rstrip()))
    open_ones = open_plans(picture)
    for one in picture.planned:
        if one.standing is Standing.BEGUN:
            continue
        here = at is not None and one in open_ones and open_ones.index(one) == at
        name = one.plan.intention or "a block"
        text = f"{one.at.astimezone(zone):%H:%M}{'':<6}  {one.standing.value:>9}  {'':<8} {name}"
        rows.append(Row(f"{HERE if here else ' '} {text}", Tone.HERE if here else Tone.QUIET))
    for event in picture.meetings:
        if event.busy:
            start, end = (f"{one.astimezone(zone):%H:%M}" for one in (event.start, event.end))
            text = f"  {start}–{end}    meeting  {'':<9} {event.title or 'busy'}"
            rows.append(Row(text, Tone.QUIET))
    if not picture.blocks and not picture.planned:
        rows.append(Row("  nothing on this day   [ and ] go to others", Tone.QUIET))
    return rows


def _timeline(picture: ReviewPicture, width: int) -> list[Row]:
    """The day as cells, hours above it."""
    count = max(24, width // 24 * 24)
    start = picture.starts_at
    step = timedelta(hours=24) / count

    def place(at: datetime) -> int:
        return min(count, max(0, int((at - start) / step)))

    row = [NOTHING] * count
    for event in picture.meetings:
        if event.busy:
            _fill(row, place(event.start), place(event.end), MEETING)
    for one in open_plans(picture):
        _fill(row, place(one.at), place(one.ends_at or one.at), PLANNED)
    for block in picture.blocks:
        span = extent(block, picture.now)
        _fill(row, place(span.start), place(span.end), GAP)
        for part in focus_spans(block, picture.now):
            _fill(row, place(part.start), place(part.end), FOCUS)
    hour = count // 24
    every = 2 if hour >= 2 else 4
    scale = "".join(
        f"{(start + timedelta(hours=h)).astimezone(picture.zone):%H}".ljust(hour * every)
        for h in range(0, 24, every)
    )
    return [Row(scale[:count], Tone.QUIET), Row("".join(row), Tone.CHART)]


def _fill(row: list[str], first: int, last: int, mark: str) -> None:
    for at in range(first, min(len(row), max(last, first + 1))):
        row[at] = mark


# A week


def _week(picture: ReviewPicture, width: int, at: int | None, plain: bool) -> list[Row]:
    meant = _meant(picture)
    most = max([HOUR_S, *(day.focus_s for day in picture.summary.days), *meant.values()])
    room = max(8, min(90, width - 56))
    rows = []
    for place, day in enumerate(picture.summary.days):
        here = place == at
        bar = "" if plain else f"{_bar(day.focus_s, meant.get(day.day, 0), most, room)}  "
        said = minutes(day.focus_s) if day.focus_s else "rest day" if day.rest else REST
        said = "away" if day.away and not day.focus_s else "" if day.unknown else said
        plan = f"  planned {minutes(meant[day.day])}" if meant.get(day.day) else ""
        marks = ["today"] if day.day == picture.today else []
        marks += ["a long day"] if day.long else []
        marks += ["late"] if day.late else []
        marks += [f"energy {day.energy:g}"] if day.energy is not None else []
        text = f"{day.day:%a}  {bar}{said:>8}{plan}  {'  '.join(marks)}".rstrip()
        rows.append(Row(f"{HERE if here else ' '} {text}", Tone.HERE if here else Tone.PLAIN))
    return rows


def _meant(picture: ReviewPicture) -> dict[date, int]:
    """Planned focus by day, what was let go left out."""
    meant: dict[date, int] = {}
    for one in picture.planned:
        if one.standing is not Standing.LET_GO and one.plan.seconds:
            day = one.at.astimezone(picture.zone).date()
            meant[day] = meant.get(day, 0) + one.plan.seconds
    return meant


def _bar(done: int, meant: int, most: int, room: int) -> str:
    marks = ["━" if at < round(done / most * room) else " " for at in range(room)]
    if meant:
        marks[min(room - 1, round(meant / most * room))] = "│"
    return "".join(marks)


# A month


def _month(picture: ReviewPicture, width: int, at: int | None, plain: bool) -> list[Row]:
    """A row a week, with the sum at its end."""
    days = {day.day: day for day in picture.summary.days}
    weeks = rows_of(picture)
    small = width < 76
    wide = 4 if small else 8
    names = [(weeks[0] + timedelta(days=n)).strftime("%a")[: wide - 1] for n in range(7)]
    rows = [
        Row(f"{'':<8}" + "".join(f"{name:>{wide}}" for name in names) + f"{'sum':>10}", Tone.QUIET)
    ]
    for place, first in enumerate(weeks):
        marks, total = [], 0
        for step in range(7):
            day = days.get(first + timedelta(days=step))
            marks.append("" if day is None else _shade(day) if small else _short(day))
            total += day.focus_s if day is not None else 0
        here = place == at
        text = "".join(f"{mark:>{wide}}" for mark in marks)
        text = f"{first:%d %b}{text}{minutes(total) if total else REST:>10}"
        rows.append(Row(f"{HERE if here else ' '} {text}", Tone.HERE if here else Tone.PLAIN))
    return rows


def _short(day: DayFigures) -> str:
    if day.unknown:
        return ""
    if not day.focus_s:
        return AWAY if day.away else REST if day.rest else NOTHING
    return f"{day.focus_s // HOUR_S}:{day.focus_s % HOUR_S // 60:02d}"


# A year


def _year(picture: ReviewPicture, width: int, at: int | None, plain: bool) -> list[Row]:
    """A column a week, a row a weekday; below it focus and energy by month."""
    if plain:
        return _year_in_words(picture, at)
    days = picture.summary.days
    first, weeks = first_shown(picture), rows_of(picture)
    wide = 2 if width >= 6 + len(weeks) * 2 else 1
    grid = [[" " * wide] * len(weeks) for _ in range(7)]
    for day in days:
        week, weekday = divmod((day.day - first).days, 7)
        grid[weekday][week] = (" " if day.day > picture.today else _shade(day)).ljust(wide)
    rows = [Row("    " + _months(days, first, wide), Tone.QUIET)]
    for weekday, row in enumerate(grid):
        name = f"{first + timedelta(days=weekday):%a}" if weekday % 2 == 0 else ""
        rows.append(Row(f"{name:<4}{''.join(row)}".rstrip(), Tone.CHART))
    rows.append(Row(LEGEND, Tone.QUIET))
    if at is not None and 0 <= at < len(weeks):
        sums = _sum_of_week(picture, weeks[at])
        rows[8:8] = [
            Row(
                f"{'':<4}{'':<{at * wide}}^ the week of {weeks[at]:%-d %b}: {minutes(sums)}"
                if at * wide < len(weeks) * wide - 30
                else f"the week of {weeks[at]:%-d %b}: {minutes(sums)} ^".rjust(at * wide + 5),
                Tone.HERE,
            )
        ]
    return [*rows, Row(""), *_by_month(picture)]


def _year_in_words(picture: ReviewPicture, at: int | None) -> list[Row]:
    """A line for every month with focus, and one for the week under the mark."""
    rows = []
    for number in range(1, MONTHS + 1):
        month = [d for d in picture.summary.days if d.day.month == number and d.focus_s]
        if month:
            total = minutes(sum(day.focus_s for day in month))
            count = "1 day" if len(month) == 1 else f"{len(month)} days"
            rows.append(Row(f"{month[0].day:%b}  {total} on {count}"))
    weeks = rows_of(picture)
    if at is not None and 0 <= at < len(weeks):
        total = minutes(_sum_of_week(picture, weeks[at]))
        rows.append(Row(f"{HERE} the week of {weeks[at]:%-d %b}: {total}", Tone.HERE))
    return rows


def _sum_of_week(picture: ReviewPicture, first: date) -> int:
    week = timedelta(days=7)
    return sum(d.focus_s for d in picture.summary.days if first <= d.day < first + week)


def _by_month(picture: ReviewPicture) -> list[Row]:
    """Focus a week and energy, a spark a month on one axis; each with what it stands on."""
    summary = picture.summary
    gone = [day for day in summary.days if day.day <= picture.today and not day.unknown]
    months = [[day for day in gone if day.day.month == number + 1] for number in range(MONTHS)]
    weekly = [_weekly(month) for month in months]
    known = [value for value in weekly if value is not None]
    rows = []
    if any(known):
        mean = sum(day.focus_s for day in gone) / max(1, len(gone)) * 7
        most = max(known)
        text = "".join(_spark(value, 0, most) for value in weekly)
        rows.append(Row(f"focus   {text}  {minutes(round(mean))} a week"))
    rated = [day.energy for day in gone if day.energy is not None]
    if len(rated) >= LEAST_DAYS:
        means = [_mean([d.energy for d in month if d.energy is not None]) for month in months]
        text = "".join(_spark(value, *ENERGY) for value in means)
        rows.append(Row(f"energy  {text}  {sum(rated) / len(rated):.1f}, n {len(rated)} days"))
    return rows


def _weekly(month: Sequence[DayFigures]) -> float | None:
    return sum(day.focus_s for day in month) / len(month) * 7 if month else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if len(values) >= LEAST_DAYS else None


def _spark(value: float | None, low: float, high: float) -> str:
    if value is None or high <= low:
        return " "
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return SPARKS[min(len(SPARKS) - 1, int(share * len(SPARKS)))]


def _shade(day: DayFigures) -> str:
    if day.unknown:
        return " "
    for least, mark in STEPS:
        if day.focus_s >= least:
            return mark
    return AWAY if day.away else REST if day.rest else NOTHING


def _months(days: Sequence[DayFigures], first: date, wide: int) -> str:
    text = ""
    for day in days:
        if day.day.day == 1:
            at = (day.day - first).days // 7 * wide
            if at >= len(text):
                text = text.ljust(at) + f"{day.day:%b}"[: 3 if wide > 1 else 2] + " "
    return text.rstrip()
