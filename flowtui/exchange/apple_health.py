"""Apple Health: sleep, workouts and mindful minutes from `export.xml`, alone or in its zip.

Format: `<Record type value startDate endDate sourceName>` and `<Workout workoutActivityType
duration durationUnit>`, dates as "2026-05-01 06:30:00 +0200". The file's name is translated, and
`export_cda.xml` beside it is something else, so the root element decides. Files of a gigabyte are
usual: they are streamed, and only samples of sleep are kept, in 40 bytes each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import Form, Habit
from flowtui.core.errors import FlowError
from flowtui.exchange import exercises
from flowtui.exchange.apple_sleep import SleepSamples, sessions
from flowtui.exchange.dates import FIRST_YEAR, LAST_YEAR, zone_at
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.protocol import Declared, Found, LeftOut, Options, Row, Unread
from flowtui.exchange.sniffing import head_of
from flowtui.exchange.sources import Source, open_source
from flowtui.exchange.xmls import HEAD_LIMIT, begins_with, stream

ROOT = "HealthData"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
MINDFUL = "HKCategoryTypeIdentifierMindfulSession"
EFFORT = "HKQuantityTypeIdentifierWorkoutEffortScore"
SCALE = "apple-effort"
MINDFUL_HABIT = Habit("mindful", Form.DOSE, "Mindful minutes", "min", ask=False)
UNITS = {"min": 60.0, "s": 1.0, "sec": 1.0, "hr": 3600.0, "h": 3600.0}
_WANTED = frozenset(
    (
        *("type", "workoutActivityType", "sourceName"),
        *("startDate", "endDate", "creationDate", "duration", "durationUnit"),
    )
)
_UNWANTED = rb'<Record type="(?!%s)([^"<>\n]*)"' % b"|".join(
    f'{sort}"'.encode() for sort in (SLEEP, MINDFUL, EFFORT)
)
_PLAIN_RECORD = re.compile(_UNWANTED + rb"[^<>\n]*/>")
_FULL_RECORD = re.compile(
    _UNWANTED + rb"[^<>\n]*[^<>\n/]>\s*(?:<MetadataEntry [^<>\n]*/>\s*)*</Record>"
)
MAX_SORTS = 2_000
"""Different types of records that are counted by name; a file with more counts them together."""


class AppleHealth:
    """Apple Health's export."""

    name = "apple-health"
    title = "Apple Health (export.zip or export.xml)"

    def sniff(self, path: Path) -> bool:
        """An XML file with the right root, or an archive or folder that holds one."""
        if path.is_file() and path.suffix.casefold() == ".xml":
            return begins_with(head_of(path, HEAD_LIMIT), ROOT)
        if path.is_dir() or path.suffix.casefold() == ".zip":
            try:
                with open_source(path) as source:
                    return _member(source) is not None
            except FlowError:
                return False
        return False

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every night, workout and mindful session. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        found = _Found(desk)
        with open_source(path) as source:
            member = _member(source)
            if member is None:
                raise FlowError(
                    f"{path} holds no Apple Health export", "in Health: your picture, Export All"
                )
            with source.open(member) as file:
                stream(file, member, ROOT, source.size(member), options, found.tag, found.sieve)
        yield from found.rows()
        yield from sessions(found.sleep, desk)


def _member(source: Source) -> str | None:
    """The largest XML file that really is the export; the archive has others, some large."""
    names = [n for n in source.names() if n.casefold().endswith(".xml")]
    for name in sorted(names, key=source.size, reverse=True)[:20]:
        with source.open(name) as file:
            if begins_with(file.read(HEAD_LIMIT), ROOT):
                return name
    return None


class _Found:
    """Takes the tags as they come and keeps the few that matter."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sleep = SleepSamples()
        self._workouts: list[tuple[int, dict[str, str]]] = []
        self._mindful: list[tuple[int, dict[str, str]]] = []
        self._efforts: dict[tuple[str, str], float] = {}
        self._left: Counter[str] = Counter()
        self._dropped: Counter[bytes] = Counter()
        self._unread: list[Unread] = []

    def tag(self, name: str, attributes: list[str], line: int) -> None:
        """One start tag; `type` is the first attribute of a record as Apple writes it."""
        if name == "Record":
            sort = attributes[1] if attributes and attributes[0] == "type" else None
            if sort is None:
                sort = _dict(attributes).get("type", "records without a type")
            if sort == SLEEP:
                self._sleep(_dict(attributes), line)
            elif sort == MINDFUL:
                self._mindful.append((line, _few(attributes)))
            elif sort == EFFORT:
                self._effort(_dict(attributes))
            else:
                self._left[sort if len(self._left) < MAX_SORTS else "other records"] += 1
        elif name == "Workout":
            self._workouts.append((line, _few(attributes)))

    def sieve(self, piece: bytes) -> bytes:
        """Counts and drops records nobody wants, in a third of the time that parsing them takes.

        An attribute cannot hold a raw `<`, so a match is always one whole element; whatever is
        written in another way, or cut by the end of the piece, is left to the parser.
        """
        parts = _PLAIN_RECORD.split(piece)
        self._dropped.update(parts[1::2])
        if len(self._dropped) > MAX_SORTS:
            self._dropped = Counter({b"other records": self._dropped.total()})
        return _FULL_RECORD.sub(self._drop, b"".join(parts[::2]))

    def _drop(self, match: re.Match[bytes]) -> bytes:
        self._dropped[match[1]] += 1
        return b"\n" * match[0].count(b"\n")

    def rows(self) -> Iterator[Row]:
        """What was kept, once the file is known to be whole."""
        for line, fields in self._workouts:
            yield self._workout(line, fields)
        if self._mindful:
            yield Declared(MINDFUL_HABIT)
        for line, fields in self._mindful:
            yield self._session(line, fields)
        yield from self._unread
        for name, count in self._dropped.items():
            self._left[name.decode("utf-8", "replace")] += count
        for sort, count in self._left.most_common():
            yield LeftOut(sort, count)

    def _sleep(self, fields: dict[str, str], line: int) -> None:
        start, end = _moment(fields, "startDate"), _moment(fields, "endDate")
        if start is None or end is None or end < start:
            self._unread.append(self.desk.unread(line, _text(fields), "has no start and end"))
            return
        source = fields.get("sourceName", "")
        if not self.sleep.add(fields.get("value", ""), source, start, end, line):
            self._unread.append(
                self.desk.unread(line, _text(fields), f"sleep of sort {fields.get('value')!r}")
            )

    def _effort(self, fields: dict[str, str]) -> None:
        try:
            value = round(float(fields.get("value", "")) * 2) / 2
        except (ValueError, OverflowError):
            return
        self._efforts[(fields.get("startDate", ""), fields.get("endDate", ""))] = value

    def _workout(self, line: int, fields: dict[str, str]) -> Found | Unread:
        start, end = _moment(fields, "startDate"), _moment(fields, "endDate")
        if start is None or end is None or end < start:
            return self.desk.unread(line, _text(fields), "has no start and end")
        effort = self._efforts.get((fields.get("startDate", ""), fields.get("endDate", "")))
        name = exercises.apple(fields.get("workoutActivityType", ""))
        app = fields.get("sourceName")
        return self.desk.entry(
            line,
            f"workout|{start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}|{name}|{app}",
            Kind.WORKOUT,
            _text(fields),
            start=start,
            end=end,
            zone=zone_at(start, start.utcoffset(), self.desk.options.zone),
            duration_s=_moving(fields, end - start),
            name=name,
            effort=effort,
            scale=SCALE if effort is not None else None,
            app=app,
            recorded_at=_moment(fields, "creationDate"),
        )

    def _session(self, line: int, fields: dict[str, str]) -> Found | Unread:
        start, end = _moment(fields, "startDate"), _moment(fields, "endDate")
        if start is None or end is None or end < start:
            return self.desk.unread(line, _text(fields), "has no start and end")
        app = fields.get("sourceName")
        return self.desk.entry(
            line,
            f"mindful|{start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}|{app}",
            Kind.HABIT,
            _text(fields),
            at=start,
            zone=zone_at(start, start.utcoffset(), self.desk.options.zone),
            name=MINDFUL_HABIT.name,
            value=round((end - start).total_seconds() / 60, 2),
            unit=MINDFUL_HABIT.unit,
            app=app,
            recorded_at=_moment(fields, "creationDate"),
        )


def _dict(attributes: list[str]) -> dict[str, str]:
    return dict(zip(attributes[::2], attributes[1::2], strict=True))


def _few(attributes: list[str]) -> dict[str, str]:
    """The attributes that are used later; a workout's device alone is longer than all of them."""
    return {name: text for name, text in _dict(attributes).items() if name in _WANTED}


def _moment(fields: dict[str, str], name: str) -> datetime | None:
    """`2026-05-01 06:30:00 +0200` as an instant with its offset; None for anything else."""
    text = fields.get(name, "")
    try:
        moment = datetime.fromisoformat(f"{text[:19]}{text[20:]}" if text[19:20] == " " else text)
    except ValueError:
        return None
    sane = moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR
    return moment if sane else None


def _moving(fields: dict[str, str], whole: timedelta) -> int | None:
    """Time moving in seconds, pauses left out; None where it is not told."""
    try:
        seconds = float(fields.get("duration", "")) * UNITS[fields.get("durationUnit", "min")]
    except (ValueError, KeyError):
        return None
    return min(round(seconds), int(whole.total_seconds()))


def _text(fields: dict[str, str]) -> str:
    what = fields.get("type") or fields.get("workoutActivityType", "")
    return f"{what} {fields.get('startDate', '?')} to {fields.get('endDate', '?')}"
