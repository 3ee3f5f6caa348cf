"""ActivityWatch, Super Productivity and org files.

ActivityWatch's export: `{"buckets": {id: {"type", "events": [{timestamp, duration, data}]}}}`; the
bucket of type `afkstatus` tells when somebody was at the keyboard, `currentwindow` at what. Super
Productivity's backup: tasks with `timeSpentOnDay` in milliseconds, without times of day. Org:
`CLOCK: [2026-03-04 Wed 09:00]--[2026-03-04 Wed 10:30] => 1:30` below its heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.wall_time import place
from flowtui.exchange.dates import read_date, read_moment
from flowtui.exchange.protocol import LeftOut, Options, Unread
from flowtui.exchange.sniffing import head_of
from flowtui.exchange.trackers.timewarrior import read_json
from flowtui.exchange.trackers.tracked import TrackedRow, TrackedTime

JOIN = timedelta(minutes=5)
"""Absences shorter than this do not end a stretch at the keyboard."""
LEAST = timedelta(minutes=10)
"""Shorter stretches at the keyboard are not told as blocks."""
LONGEST = timedelta(hours=24)
FIRST_CLOCK = time(9)
"""Where tracked time without a time of day is laid, end to end."""
_CLOCK = re.compile(
    r"\s*CLOCK: \[(\d{4}-\d\d-\d\d)[^\]\d]*(\d{1,2}:\d\d)\]"
    r"(?:--\[(\d{4}-\d\d-\d\d)[^\]\d]*(\d{1,2}:\d\d)\].*)?"
)
_HEADING = re.compile(r"\*+\s+(?:[A-Z]{2,}\s+)?(?:\[#.\]\s+)?(.*?)(?:\s+:([\w@#%:]+):)?\s*")


class ActivityWatch:
    """ActivityWatch's export of all buckets."""

    name = "activitywatch"
    title = "ActivityWatch (JSON export)"

    def sniff(self, path: Path) -> bool:
        """JSON that begins with buckets."""
        return bool(re.match(rb'\s*\{\s*"buckets"\s*:', head_of(path, 200)))

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """Stretches at the keyboard, by what was mostly in front. Raises FlowError."""
        buckets = read_json(path, dict).get("buckets")
        if not isinstance(buckets, dict):
            raise FlowError(f"{path.name} holds no buckets", "export all buckets as JSON")
        present = _events(buckets, "afkstatus", options)
        if not present:
            raise FlowError(
                f"{path.name} does not tell when somebody was at the keyboard",
                "export all buckets, that of aw-watcher-afk too",
            )
        windows = _events(buckets, "currentwindow", options)
        short = 0
        for start, end in _joined(
            [(s, e) for s, e, data in present if data.get("status") == "not-afk"]
        ):
            if end - start < LEAST:
                short += 1
                continue
            while start < end:
                stop = min(end, start + LONGEST)
                yield TrackedTime(start.isoformat(), start, stop, _mostly(windows, start, stop))
                start = stop
        if short:
            yield LeftOut(f"stretches at the keyboard under {LEAST.seconds // 60} min", short)


Event = tuple[datetime, datetime, dict[str, Any]]


def _events(buckets: dict[str, Any], kind: str, options: Options) -> list[Event]:
    found: list[Event] = []
    for bucket in buckets.values():
        if not isinstance(bucket, dict) or bucket.get("type") != kind:
            continue
        for event in bucket.get("events") or ():
            try:
                start = read_moment(str(event["timestamp"]), options.zone)[0].replace(microsecond=0)
                length = timedelta(seconds=round(float(event["duration"])))
                found.append((start, start + length, dict(event["data"])))
            except (LookupError, TypeError, ValueError, OverflowError, UsageError):
                continue
    return sorted(found, key=lambda event: event[0])


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= JOIN:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif end > start:
            joined.append((start, end))
    return joined


def _mostly(windows: list[Event], start: datetime, end: datetime) -> str:
    spent: Counter[str] = Counter()
    for first, last, data in windows:
        inside = min(last, end) - max(first, start)
        if inside > timedelta():
            spent[str(data.get("app") or "")] += inside.seconds
    return spent.most_common(1)[0][0] if spent else ""


class SuperProductivity:
    """Super Productivity's backup."""

    name = "super-productivity"
    title = "Super Productivity (backup)"

    def sniff(self, path: Path) -> bool:
        """JSON with tasks that have `timeSpentOnDay`."""
        if not head_of(path, 1).startswith(b"{") or path.stat().st_size > 50 << 20:
            return False
        return b'"timeSpentOnDay"' in path.read_bytes()

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """Each task's time of each day, laid end to end from 09:00. Raises FlowError."""
        data = read_json(path, dict)
        inner = data.get("data")
        data = inner if isinstance(inner, dict) else data
        names = _titles(data, "project"), _titles(data, "tag")
        ends: dict[date, datetime] = {}
        laid = 0
        for task in sorted(_tasks(data), key=lambda task: str(task.get("created", ""))):
            for day_text, ms in dict(task.get("timeSpentOnDay") or {}).items():
                made = _spent(task, day_text, ms, names, ends, options)
                laid += isinstance(made, TrackedTime)
                if made is not None:
                    yield made
        if laid:
            yield LeftOut(
                "times of day: Super Productivity keeps only how long; "
                "days are laid end to end from 09:00",
                laid,
            )


def _tasks(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Tasks of the day and of the archives; a task with sub-tasks has their sum, and is passed."""
    places = [data.get("task"), data.get("taskArchive")]
    for archive in ("archiveYoung", "archiveOld"):
        held = data.get(archive)
        places.append(held.get("task") if isinstance(held, dict) else None)
    for place_ in places:
        entities = place_.get("entities") if isinstance(place_, dict) else None
        for task in (entities or {}).values():
            if isinstance(task, dict) and not task.get("subTaskIds"):
                yield task


def _titles(data: dict[str, Any], kind: str) -> dict[str, str]:
    held = data.get(kind)
    entities = held.get("entities") if isinstance(held, dict) else None
    return {
        str(id): str(one.get("title") or "")
        for id, one in (entities or {}).items()
        if isinstance(one, dict)
    }


def _spent(
    task: dict[str, Any],
    day_text: str,
    ms: object,
    names: tuple[dict[str, str], dict[str, str]],
    ends: dict[date, datetime],
    options: Options,
) -> TrackedRow | None:
    title = str(task.get("title") or "")
    try:
        day = read_date(day_text)
        seconds = round(float(str(ms)) / 1000)
    except (UsageError, ValueError, OverflowError):
        return Unread(0, f"{title} {day_text}: {ms}", "is not a day with its time")
    if seconds < 60:
        return None
    start = ends.get(day) or place(day, FIRST_CLOCK, options.zone).instant
    end = ends[day] = start + timedelta(seconds=min(seconds, 24 * 3600))
    projects, tags = names
    found = tuple(tags[str(id)] for id in task.get("tagIds") or () if tags.get(str(id)))
    project = projects.get(str(task.get("projectId")), "")
    return TrackedTime(f"{task.get('id')}|{day}", start, end, title, found, project)


class OrgClock:
    """Clock lines of an org file, or of a folder of them."""

    name = "org"
    title = "org clock lines (.org)"

    def sniff(self, path: Path) -> bool:
        """A file of org's with a clock line."""
        return path.suffix.casefold() == ".org" and b"CLOCK: [" in head_of(path, 1 << 20)

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """Every closed clock line, under its heading."""
        files = sorted(path.rglob("*.org")) if path.is_dir() else [path]
        for file in files:
            title, tags = "", ()
            for number, line in enumerate(
                file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
            ):
                if line.startswith("*") and (match := _HEADING.fullmatch(line)):
                    title = match[1].strip()
                    tags = tuple(filter(None, (match[2] or "").split(":")))
                elif "CLOCK:" in line:
                    yield _clock(line, number, title, tags, options)


def _clock(
    line: str, number: int, title: str, tags: tuple[str, ...], options: Options
) -> TrackedRow:
    match = _CLOCK.fullmatch(line.rstrip())
    if match is None:
        return Unread(number, line.strip(), "is not a clock line")
    if match[3] is None:
        return LeftOut("clocks that still run", 1)
    try:
        start, end = (read_moment(f"{match[n]} {match[n + 1]}", options.zone)[0] for n in (1, 3))
    except UsageError as error:
        return Unread(number, line.strip(), error.message)
    if end <= start:
        return Unread(number, line.strip(), "ends before it starts, or at once")
    return TrackedTime(f"{start.isoformat()}|{title}", start, end, title, tags, "", number)
