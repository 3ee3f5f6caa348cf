"""RescueTime: the report of its analytics, as CSV or JSON, and the archive of one's own data.

The report, by hour or by five minutes: `Date, Time Spent (seconds), Number of People, Activity,
Category, Productivity`, a row for each stretch and activity; the JSON of its API has the same as
`row_headers` and `rows`. The archive is `rescuetime-activity-history.csv`, its columns unnamed:
when with its offset, activity, details, kind, group of kinds, seconds.

What counts as productive (1 or 2; in the archive, which does not say it, what its groups of kinds
count as unless one changes them) is taken together, stretch by stretch; stretches of five minutes
that follow one another are one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.csvs import Line, lines, split_header
from flowtui.exchange.dates import read_moment
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import LeftOut, Options, Unread
from flowtui.exchange.sniffing import head_of, holds, table_header
from flowtui.exchange.sources import open_source
from flowtui.exchange.trackers.timewarrior import read_json
from flowtui.exchange.trackers.tracked import TrackedRow, TrackedTime

HOUR, FIVE = timedelta(hours=1), timedelta(minutes=5)
WHEN, RANK, SPENT = "date", "rank", "time spent (seconds)"
SCORE, KIND, ACTIVITY = "productivity", "category", "activity"
ARCHIVE = "rescuetime-activity-history.csv"
ARCHIVE_COLUMNS = (WHEN, ACTIVITY, "details", KIND, "group", SPENT)
_ARCHIVE_WHEN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d ?[+-]\d\d:?\d\d")
PRODUCTIVE = frozenset(
    ("business", "software development", "design & composition", "reference & learning")
)
"""Groups of kinds that count as productive by RescueTime's own setting."""
GROUPS = PRODUCTIVE | {
    *("communication & scheduling", "social networking", "entertainment", "news & opinion"),
    *("shopping", "utilities", "miscellaneous", "uncategorized", "personal"),
}
_SCORES = {
    "very productive": 2, "productive": 1, "neutral": 0, "distracting": -1, "very distracting": -2,
}  # fmt: skip
"""The words of a report that has no numbers."""


class RescueTime:
    """RescueTime's report and its archive."""

    name = "rescuetime"
    title = "RescueTime (report by hour, or the archive of your data)"

    def sniff(self, path: Path) -> bool:
        """By its columns; the archive by what its first row holds, or by its name."""
        if path.is_dir() or path.suffix.casefold() == ".zip":
            return holds(path, lambda names: any(map(_is_archive, names)))
        head = head_of(path, 2_000).lstrip()
        if head.startswith(b"{"):
            return b'"row_headers"' in head
        header = table_header(path)
        if header is None:
            return False
        names = {name.casefold() for name in header.names}
        return (SPENT in names and bool({WHEN, RANK} & names)) or _is_archived(header.names)

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """A stretch for each hour: what was productive in it, from its beginning on.

        Raises FlowError for a report by day or of sums alone, which does not say when it was, and
        for one that does not tell what was productive.
        """
        names, rows, delimiter = _table(path, options)
        at = {name: names.index(name) for name in dict.fromkeys(names)}
        if WHEN not in at or SPENT not in at:
            raise FlowError(
                f"{path.name} tells sums, not when they were", "export the report by hour"
            )
        marks = column_marks([[row.get(at[SPENT]) for row in rows]], delimiter)[0]
        if SCORE not in at and not any(_group(row, at) for row in rows):
            raise FlowError(
                f"{path.name} does not tell what was productive",
                "export the report by hour, with the productivity of each activity",
            )
        spent: dict[datetime, Counter[str]] = {}
        other = 0
        for row in rows:
            try:
                moment = read_moment(row.get(at[WHEN]), options.zone, options.date_order)[0]
                seconds, score = round(read_number(row.get(at[SPENT]), marks)), _score(row, at)
                if seconds < 0:
                    raise UsageError(f"{row.get(at[SPENT])!r} is no time spent")
            except UsageError as error:
                yield Unread(row.number, row.text, error.message)
                continue
            counts = spent.setdefault(moment, Counter())
            if score < 1:
                other += 1
            else:
                counts[row.get(at.get(KIND)) or row.get(at.get(ACTIVITY))] += seconds
        if _by_day(spent, options):
            raise FlowError(
                f"{path.name} tells whole days, not when in them", "export the report by hour"
            )
        yield from _stretches(spent)
        if other:
            yield LeftOut("rows that RescueTime does not call productive", other)


def _table(path: Path, options: Options) -> tuple[list[str], list[Line], str]:
    """Names of the columns in lower case, the rows, and what parts their cells."""
    if path.is_file() and head_of(path, 2_000).lstrip().startswith(b"{"):
        return _api(path)
    with open_source(path) as source:
        held = source.names()
        alone = path.is_file() and len(held) == 1
        found = next((name for name in held if alone or _is_archive(name)), None)
        if found is None:
            raise FlowError(f"{path.name} holds no {ARCHIVE}", "name the file itself")
        with source.open(found) as file:
            header, body = split_header(lines(file, found, source.size(found), options))
            rows = list(body)
    if _is_archived(header.names):
        first = Line(1, header.names, header.raw)
        return list(ARCHIVE_COLUMNS), [first, *rows], header.delimiter
    return [name.casefold() for name in header.names], rows, header.delimiter


def _api(path: Path) -> tuple[list[str], list[Line], str]:
    """The answer of the API: names and rows. Raises FlowError for other JSON."""
    data = read_json(path, dict)
    names, rows = data.get("row_headers"), data.get("rows")
    if not isinstance(names, list) or not isinstance(rows, list):
        raise FlowError(f"{path.name} is no report of RescueTime", "export it again")
    made = [
        Line(number, tuple(map(str, row)))
        for number, row in enumerate(rows, 1)
        if isinstance(row, list)
    ]
    return [str(name).casefold() for name in names], made, ","


def _is_archive(name: str) -> bool:
    return name.rsplit("/", 1)[-1].casefold() == ARCHIVE


def _is_archived(cells: Sequence[str]) -> bool:
    """Whether a first row is one of the archive: when with its offset, words, seconds."""
    return (
        len(cells) == len(ARCHIVE_COLUMNS)
        and _ARCHIVE_WHEN.fullmatch(cells[0]) is not None
        and cells[-1].isdecimal()
    )


def _score(row: Line, at: Mapping[str, int]) -> float:
    """How productive, from -2 to 2. Raises UsageError for what says nothing."""
    if SCORE not in at:
        return 1.0 if _group(row, at) in PRODUCTIVE else 0.0
    text = row.get(at[SCORE])
    word = text.casefold().removesuffix("time").strip()
    return _SCORES[word] if word in _SCORES else read_number(text, Marks.POINT)


def _group(row: Line, at: Mapping[str, int]) -> str:
    """The group of kinds of a row; empty where none is named."""
    cells = (row.get(at.get(name)).casefold() for name in ("group", KIND))
    return next((cell for cell in cells if cell in GROUPS), "")


def _by_day(spent: dict[datetime, Counter[str]], options: Options) -> bool:
    """Whether every row is at a midnight; one night alone may have been worked through."""
    local = [moment.astimezone(options.zone) for moment in spent]
    midnight = all((at.hour, at.minute) == (0, 0) for at in local)
    long = any(counts.total() > HOUR.total_seconds() for counts in spent.values())
    return bool(local) and midnight and (long or len(local) > 1)


def _stretches(spent: dict[datetime, Counter[str]]) -> Iterable[TrackedTime]:
    """One for each hour; of five minutes each, one for those that follow one another."""
    by_five = any(moment.minute for moment in spent)
    step = FIVE if by_five else HOUR
    start: datetime | None = None
    last: datetime | None = None
    counts: Counter[str] = Counter()
    for moment, held in sorted(spent.items()):
        if not held:
            continue
        if start is not None and last is not None and (not by_five or moment - last > step):
            yield _made(start, counts)
            start, counts = None, Counter()
        start = start or moment
        last = moment
        limit = int(step.total_seconds())
        share = min(1.0, limit / held.total()) if held.total() else 0.0
        for what, seconds in held.items():
            counts[what] += round(seconds * share)
    if start is not None and counts.total() > 0:
        yield _made(start, counts)


def _made(start: datetime, counts: Counter[str]) -> TrackedTime:
    end = start + timedelta(seconds=counts.total())
    return TrackedTime(start.isoformat(), start, end, counts.most_common(1)[0][0])
