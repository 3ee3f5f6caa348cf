"""The ledger for other programs: as one JSON file, as a TinyDB file, as CSV. Never all in memory.

The JSON file is `{"flowtui": "export", "format": 1, "exported_at": ..., "blocks": [...], ...}` with
one record on a line; `flowtui.ledger.importing` reads it back. The TinyDB file is what stock
`TinyDB(FILE)` opens, a table for each kind. Both carry each record's version in "v".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowtui.ledger.disk import failed, replacing
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.lines import text_of
from flowtui.ledger.migrate import without_version

EXPORT_FORMAT = 1

Write = Callable[[str], object]
Counts = dict[str, int]
"""Records written, by kind."""
Exporter = Callable[[Ledger, Write], Counts]


def export_json(ledger: Ledger, write: Write) -> Counts:
    """Write every record as one JSON object; see the top of this module."""
    counts: Counts = {}
    at = ledger.clock.now().astimezone(UTC)
    write(f'{{"flowtui": "export", "format": {EXPORT_FORMAT}, "exported_at": "{_utc(at)}"')
    with ledger.snapshot() as records:
        for kind in ledger.kinds():
            write(f",\n{text_of(kind.name)}: [")
            counts[kind.name] = 0
            for record in records(kind.name):
                write(",\n" if counts[kind.name] else "\n")
                write(text_of(record))
                counts[kind.name] += 1
            write("\n]")
    write("}\n")
    return counts


def export_tinydb(ledger: Ledger, write: Write) -> Counts:
    """Write every record as a file that stock TinyDB opens, with ids counted from 1."""
    counts: Counts = {}
    write("{")
    with ledger.snapshot() as records:
        for place, kind in enumerate(ledger.kinds()):
            write(f"{', ' if place else ''}{text_of(kind.name)}: {{")
            counts[kind.name] = 0
            for record in records(kind.name):
                counts[kind.name] += 1
                comma = "" if counts[kind.name] == 1 else ", "
                write(f'{comma}"{counts[kind.name]}": {text_of(record)}')
            write("}")
    write("}")
    return counts


def export_csv(ledger: Ledger, write: Write) -> Counts:
    """Write one row a record: the kind under "table", then each field that any record has.

    Texts and numbers stand as they are, null and missing fields are empty, true, false, lists and
    records stand as JSON text.
    """
    counts: Counts = {}
    with ledger.snapshot() as records:
        columns: dict[str, None] = {"table": None, "id": None, "day": None}
        for kind in ledger.kinds():
            for record in records(kind.name):
                columns.update(dict.fromkeys(without_version(record)))
        row = io.StringIO()
        writer = csv.DictWriter(row, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for kind in ledger.kinds():
            counts[kind.name] = 0
            for record in records(kind.name):
                cells = {key: _cell(value) for key, value in without_version(record).items()}
                writer.writerow({**cells, "table": kind.name})
                counts[kind.name] += 1
                write(row.getvalue())
                row.seek(0)
                row.truncate()
        write(row.getvalue())
    return counts


def export_to(path: Path, exporter: Exporter, ledger: Ledger) -> Counts:
    """Write an export to a file, which is replaced as a whole. Raises LedgerError."""
    try:
        with replacing(path) as file:
            return exporter(ledger, lambda text: file.write(text.encode()))
    except OSError as error:
        raise failed("write", path, error) from error


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return value if type(value) in (str, int, float) else text_of(value)


def _utc(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
