"""A body record as a plain dict and back: strict, versioned, the field named in every error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from flowtui.core.body.entry import HAND, Entry, Provenance
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.errors import FlowError

T = TypeVar("T")

SCHEMA = 1
"""Version of the record's form; raised with every change of it."""

_INSTANTS = ("at", "start", "end")
_TEXTS = ("end_zone", "name", "unit", "scale", "note")
_SOURCE = ("key", "file", "file_hash", "app")
_PLAIN = (
    *("schema", "id", "kind", "day", "zone", "recorded_at", "state", "scope", "late", "source"),
    *("value", "quality", "effort", "duration_s"),
)
_FIELDS = frozenset((*_PLAIN, *_INSTANTS, *_TEXTS))


def to_record(entry: Entry) -> dict[str, object]:
    """`entry` as a dict of JSON values. What is None, or the usual, is left out."""
    record: dict[str, object] = {
        "schema": SCHEMA,
        "id": entry.id,
        "kind": entry.kind.value,
        "day": entry.day.isoformat(),
        "zone": entry.zone,
        "recorded_at": stamp(entry.recorded_at),
    }
    if entry.state is not State.GIVEN:
        record["state"] = entry.state.value
    if entry.scope is not Scope.ONE:
        record["scope"] = entry.scope.value
    if entry.late:
        record["late"] = True
    for field in _INSTANTS:
        instant: datetime | None = getattr(entry, field)
        if instant is not None:
            record[field] = stamp(instant)
    for field in ("value", "effort"):
        number: float | None = getattr(entry, field)
        if number is not None:
            record[field] = int(number) if number == int(number) else number
    for field in (*_TEXTS, "quality", "duration_s"):
        if getattr(entry, field) is not None:
            record[field] = getattr(entry, field)
    if entry.source != Provenance(HAND):
        record["source"] = _source_record(entry.source)
    return record


def from_record(record: Mapping[str, object]) -> Entry:
    """The entry that `to_record` wrote. Raises FlowError naming the record and the field."""
    read = _Reader(record)
    unknown = sorted(set(record) - _FIELDS)
    if unknown:
        raise read.error(unknown[0], "is unknown")
    schema = read.take("schema", int)
    if schema != SCHEMA:
        raise read.error("schema", f"is {schema}, this flowtui reads {SCHEMA}")
    return Entry(
        id=read.take("id", str),
        kind=read.word("kind", Kind),
        day=read.day("day"),
        zone=read.take("zone", str),
        recorded_at=read.instant("recorded_at"),
        state=read.word("state", State) if "state" in record else State.GIVEN,
        at=read.maybe_instant("at"),
        start=read.maybe_instant("start"),
        end=read.maybe_instant("end"),
        end_zone=read.maybe("end_zone", str),
        name=read.maybe("name", str),
        value=read.number("value"),
        unit=read.maybe("unit", str),
        quality=read.maybe("quality", int),
        effort=read.number("effort"),
        duration_s=read.maybe("duration_s", int),
        scope=read.word("scope", Scope) if "scope" in record else Scope.ONE,
        scale=read.maybe("scale", str),
        late=read.maybe("late", bool) or False,
        note=read.maybe("note", str),
        source=_source(read),
    )


def stamp(instant: datetime) -> str:
    """An instant as it is stored: `2026-11-23T03:38:04Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _source_record(source: Provenance) -> dict[str, object]:
    record: dict[str, object] = {"format": source.format}
    for field in (*_SOURCE, "line"):
        if getattr(source, field) is not None:
            record[field] = getattr(source, field)
    return record


def _source(read: _Reader) -> Provenance:
    raw = read.record.get("source")
    if raw is None:
        return Provenance(HAND)
    if not isinstance(raw, Mapping):
        raise read.error("source", "is not a table")
    inner = _Reader(raw, f"{read.name} source")
    unknown = sorted(set(raw) - {"format", "line", *_SOURCE})
    if unknown:
        raise inner.error(unknown[0], "is unknown")
    return Provenance(
        inner.take("format", str),
        inner.maybe("key", str),
        inner.maybe("file", str),
        inner.maybe("file_hash", str),
        inner.maybe("line", int),
        inner.maybe("app", str),
    )


class _Reader:
    """Takes fields of one record, each with its type, and names the field that fails."""

    def __init__(self, record: Mapping[str, object], name: str | None = None) -> None:
        self.record = record
        self.name = name or f"body record {record.get('id', '(no id)')}"

    def error(self, field: str, why: str) -> FlowError:
        return FlowError(
            f"{self.name}: field {field!r} {why}", "flowtui doctor tells which line it is"
        )

    def take(self, field: str, kind: type[T]) -> T:
        if field not in self.record:
            raise self.error(field, "is missing")
        value = self.record[field]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(field, f"is {value!r}, not {kind.__name__}")
        return value

    def maybe(self, field: str, kind: type[T]) -> T | None:
        return None if field not in self.record else self.take(field, kind)

    def number(self, field: str) -> float | None:
        value = self.record.get(field)
        if value is None and field not in self.record:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(field, f"is {value!r}, not a number")
        return float(value)

    def word(self, field: str, kind: Callable[[str], T]) -> T:
        try:
            return kind(self.take(field, str))
        except ValueError:
            raise self.error(field, f"is {self.record[field]!r}, an unknown word") from None

    def day(self, field: str) -> date:
        try:
            return date.fromisoformat(self.take(field, str))
        except ValueError:
            raise self.error(field, f"is {self.record[field]!r}, not a date") from None

    def instant(self, field: str) -> datetime:
        text = self.take(field, str)
        try:
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise self.error(field, f"is {text!r}, not as 2026-11-23T03:38:04Z") from None

    def maybe_instant(self, field: str) -> datetime | None:
        return None if field not in self.record else self.instant(field)
