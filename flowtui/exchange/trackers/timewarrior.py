"""Timewarrior: its data files and what `timew export` prints; Watson: its frames and its log.

Timewarrior's data (`2026-03.data`): `inc 20260304T090000Z - 20260304T103000Z # tag "two words" #
annotation`, in UTC. Watson's frames: `[start, stop, project, id, [tags], updated]`, seconds since
1970; `watson log --json`: objects with ISO times.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.dates import read_moment
from flowtui.exchange.protocol import LeftOut, Options, Unread
from flowtui.exchange.sniffing import head_of
from flowtui.exchange.trackers.tracked import TrackedRow, TrackedTime

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_INTERVAL = re.compile(r"inc (\d{8}T\d{6}Z)(?: - (\d{8}T\d{6}Z))?(?: # (.*))?")
JSON_LIMIT = 200 << 20


class Timewarrior:
    """Timewarrior's data, one month's file or the folder of them, and its export."""

    name = "timewarrior"
    title = "Timewarrior (data files, or timew export)"

    def sniff(self, path: Path) -> bool:
        """A folder with months, a file of intervals, a JSON list of them."""
        if path.is_dir():
            return any(path.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].data"))
        head = head_of(path, 400).lstrip()
        return head.startswith(b"inc 2") or (head.startswith(b"[") and b'"start":"' in _tight(head))

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """Every closed interval. Raises FlowError for what is not Timewarrior's."""
        if head_of(path, 64).lstrip().startswith(b"["):
            yield from _export(path)
            return
        files = sorted(path.glob("*-*.data")) if path.is_dir() else [path]
        for file in files:
            for number, line in enumerate(_text(file).splitlines(), start=1):
                if line.strip():
                    yield _interval(number, line.strip())


def _interval(number: int, line: str) -> TrackedRow:
    match = _INTERVAL.fullmatch(line)
    if match is None:
        return Unread(number, line, "is not an interval as Timewarrior writes it")
    if match[2] is None:
        return LeftOut("intervals that still run", 1)
    tags, _sign, annotation = (match[3] or "").partition(" # ")
    try:
        words = shlex.split(tags)
    except ValueError:
        words = tags.split()
    return _made(match[1], match[2], tuple(words), annotation.strip().strip('"'), number, line)


def _export(path: Path) -> Iterator[TrackedRow]:
    for number, row in enumerate(read_json(path, list), start=1):
        if not isinstance(row, dict) or "start" not in row:
            yield Unread(number, str(row), "is not an interval as Timewarrior writes it")
        elif "end" not in row:
            yield LeftOut("intervals that still run", 1)
        else:
            tags = tuple(str(tag) for tag in row.get("tags") or ())
            note = str(row.get("annotation") or "")
            yield _made(str(row["start"]), str(row["end"]), tags, note, number, str(row))


def _made(
    first: str, last: str, tags: tuple[str, ...], note: str, number: int, line: str
) -> TrackedRow:
    start, end = _stamp(first), _stamp(last)
    if start is None or end is None or end <= start:
        return Unread(number, line, "has no length, or times that do not exist")
    # Timewarrior has no field for what was done: its users say it in tags
    text = note or next((tag for tag in tags if " " in tag), "")
    return TrackedTime(first, start, end, text, tuple(t for t in tags if t != text), "", number)


def _stamp(text: str) -> datetime | None:
    match = _STAMP.fullmatch(text)
    try:
        return datetime(*map(int, match.groups()), tzinfo=UTC) if match else None  # type: ignore[arg-type, misc]
    except ValueError:
        return None


class Watson:
    """Watson's frames and the JSON of its log."""

    name = "watson"
    title = "Watson (frames, or watson log --json)"

    def sniff(self, path: Path) -> bool:
        """A JSON list of lists that begin with two times, or of objects with project and stop."""
        head = _tight(head_of(path, 2_000))
        return bool(re.match(rb"\[\[1\d{9}(\.\d+)?,1\d{9}", head)) or (
            head.startswith(b"[{") and b'"project":' in head and b'"stop":' in head
        )

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """Every frame. Raises FlowError for what is not Watson's."""
        for number, row in enumerate(read_json(path, list), start=1):
            try:
                yield _frame(number, row, options)
            except (TypeError, ValueError, LookupError, OverflowError, UsageError):
                yield Unread(number, str(row), "is not a frame as Watson writes it")


def _frame(number: int, row: Any, options: Options) -> TrackedRow:
    if isinstance(row, dict):
        start = read_moment(str(row["start"]), options.zone)[0]
        end = read_moment(str(row["stop"]), options.zone)[0]
        project, key, tags = row["project"], row["id"], row.get("tags") or ()
    else:
        first, last, project, key, tags = row[:5]
        start, end = (datetime.fromtimestamp(int(at), UTC) for at in (first, last))
    if end <= start:
        return Unread(number, str(row), "ends before it starts, or at once")
    return TrackedTime(str(key), start, end, "", tuple(map(str, tags)), str(project), number)


def read_json(path: Path, kind: type) -> Any:
    """The JSON of a file, which must be a `kind`. Raises FlowError."""
    if path.stat().st_size > JSON_LIMIT:
        raise FlowError(f"{path.name} has over {JSON_LIMIT >> 20} MB", "export a shorter time")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise FlowError(f"{path.name} is not whole JSON", "export it again") from None
    if not isinstance(data, kind):
        raise FlowError(f"{path.name} is other JSON than was expected", "check the format's name")
    return data


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _tight(head: bytes) -> bytes:
    return re.sub(rb"\s+", b"", head)
