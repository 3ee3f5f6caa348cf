"""Our own table of entries read back: every record with its id, exactly as it was exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import Form, Habit
from flowtui.core.body.validation import check
from flowtui.core.errors import FlowError
from flowtui.core.kinds import ENTRIES, KINDS
from flowtui.exchange.csvs import Header, Line, lines, needs, split_header
from flowtui.exchange.protocol import Declared, Found, Options, Row, Unread
from flowtui.exchange.sniffing import has_columns, table_header
from flowtui.exchange.tidy import DERIVED, ENTRY_COLUMNS, SCHEMA, unsafe

_NUMBERS = ("value", "effort")
_WHOLE = ("quality", "duration_s")
_SOURCE = {
    "source_key": "key",
    "source_file": "file",
    "source_hash": "file_hash",
    "source_app": "app",
}


class Tidy:
    """flowtui's own table of entries."""

    name = "flowtui"
    title = "flowtui's own entries.csv"

    def sniff(self, path: Path) -> bool:
        """A table with all our columns."""
        return has_columns(table_header(path), list(ENTRY_COLUMNS))

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every record. Raises FlowError for a damaged table."""
        units: dict[str, Habit] = {}
        try:
            with path.open("rb") as file:
                header, body = split_header(lines(file, path.name, path.stat().st_size, options))
                needs(header, list(ENTRY_COLUMNS), path.name)
                for row in body:
                    made = _entry(header, row, options)
                    if isinstance(made, Found) and made.entry.kind is Kind.HABIT:
                        _note(units, made)
                    yield made
        except OSError as error:
            raise FlowError(f"{path} cannot be read: {error.strerror or error}") from None
        yield from (Declared(habit) for habit in units.values())


def _entry(header: Header, row: Line, options: Options) -> Found | Unread:
    cells = {name: unsafe(row.get(header.at(name))) for name in ENTRY_COLUMNS}
    record: dict[str, object] = {}
    source: dict[str, object] = {"format": cells.pop("source")}
    line = cells.pop("source_line")
    schema = cells.pop("schema")
    try:
        if schema != str(SCHEMA):
            raise FlowError(f"schema {schema!r} is unknown, must be {SCHEMA}")
        if line:
            source["line"] = int(line)
        for name, text in cells.items():
            if not text or name in DERIVED:
                continue
            if name in _SOURCE:
                source[_SOURCE[name]] = text
            elif name in _NUMBERS:
                record[name] = float(text)
            elif name in _WHOLE:
                record[name] = int(text)
            elif name == "late":
                record[name] = text == "1"
            else:
                record[name] = text
        record["source"] = source
        return Found(check(KINDS[ENTRIES].decode(record), options.now), row.number)
    except FlowError as error:
        return Unread(row.number, row.text, error.message)
    except ValueError as error:
        return Unread(row.number, row.text, str(error))


def _note(units: dict[str, Habit], made: Found) -> None:
    """The habit that an entry belongs to, as far as the entry shows what it is."""
    entry = made.entry
    name = entry.name or ""
    if name not in units or units[name].form is Form.YES_NO:
        form = Form.YES_NO if entry.value is None else Form.COUNT
        units[name] = Habit(name, form, unit=entry.unit)
