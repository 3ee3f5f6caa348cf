"""Where rows of a file become entries: provenance, a stable id, the day, the checks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Unpack

from flowtui.core.body.entry import Entry, Provenance, day_of
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.validation import check
from flowtui.core.body.writer import whole
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import plain
from flowtui.exchange.protocol import Fields, Found, Options, Unread

CHUNK = 1 << 20
TEXT_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes the entries of one file."""

    format: str
    file: str
    file_hash: str
    options: Options

    def entry(
        self, line: int, key: str, kind: Kind, text: str, **fields: Unpack[Fields]
    ) -> Found | Unread:
        """The row's entry, or why it cannot be one.

        `key` names the row within the format and stays the same from export to export; the id is
        made from it, so that a second import finds every row known. `text` is the row as a person
        would recognise it.
        """
        try:
            return Found(self._checked(line, key, kind, fields), line)
        except UsageError as error:
            return Unread(line, text, error.message)

    def unread(self, line: int, text: str, why: str) -> Unread:
        """A row that could not be understood."""
        return Unread(line, text, why)

    def _checked(self, line: int, key: str, kind: Kind, fields: Fields) -> Entry:
        options = self.options
        entry = Entry(
            id=entry_id(self.format, key),
            kind=kind,
            day=fields.get("day") or whole(options.now).date(),
            zone=fields.get("zone") or options.zone.key,
            recorded_at=whole(options.now),
            state=fields.get("state") or State.GIVEN,
            at=_whole(fields.get("at")),
            start=_whole(fields.get("start")),
            end=_whole(fields.get("end")),
            end_zone=fields.get("end_zone"),
            name=shown(fields.get("name")),
            value=fields.get("value"),
            unit=shown(fields.get("unit")),
            quality=fields.get("quality"),
            effort=fields.get("effort"),
            duration_s=fields.get("duration_s"),
            scope=fields.get("scope") or Scope.ONE,
            scale=fields.get("scale"),
            note=shown(fields.get("note")),
            source=Provenance(
                self.format, key, self.file, self.file_hash, line, shown(fields.get("app"))
            ),
        )
        check(entry, options.now)
        entry = check(replace(entry, day=day_of(entry, options.day_start)), options.now)
        return replace(entry, recorded_at=self._recorded(entry, fields.get("recorded_at")))

    def _recorded(self, entry: Entry, given: datetime | None) -> datetime:
        """When it was written down over there; else when it was over. The same at every import."""
        over = DayRule(self.options.zone, self.options.day_start).bounds(entry.day).end
        moment = given or entry.end or entry.at or over - timedelta(seconds=1)
        return min(whole(moment), whole(self.options.now))


def entry_id(format_name: str, key: str) -> str:
    """The id of the row called `key` in `format_name`; the same in every import."""
    return f"{format_name}-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def desk_for(format_name: str, path: Path, options: Options) -> Desk:
    """A desk for `path`, with the file's hash in every provenance."""
    return Desk(format_name, path.name, file_hash(path), options)


def file_hash(path: Path) -> str:
    """First 16 hex digits of the SHA-256 of a file; of a folder, of its names and sizes.

    Raises FlowError if it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        if path.is_dir():
            for item in sorted(p for p in path.rglob("*") if p.is_file()):
                digest.update(f"{item.relative_to(path)}\0{item.stat().st_size}\n".encode())
            return digest.hexdigest()[:16]
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror or error}") from None
    return digest.hexdigest()[:16]


def _whole(instant: datetime | None) -> datetime | None:
    return None if instant is None else whole(instant)


def shown(text: str | None) -> str | None:
    """A text of a file on one line, cut rather than refused: it was written elsewhere.

    Characters that a terminal would obey become blanks. None where nothing is left.
    """
    if not text:
        return None
    line = " ".join(plain(text).split())
    return line[:TEXT_LIMIT] or None
