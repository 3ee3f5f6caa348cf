"""The ledger for other programs: as one JSON file, as a TinyDB file, as CSV. Never all in memory.

The JSON file is `{"flowtui": "export", "format": 1, "exported_at": ..., "blocks": [...], ...}` with
one record on a line; `flowtui.ledger.importing` reads it back. The TinyDB file is what stock
`TinyDB(FILE)` opens, a table for each kind. Both carry each record's version in "v".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flowtui.ledger.csv_table import TableWriter
from flowtui.ledger.disk import failed, replacing
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.lines import text_of

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
    """Write one row a record; see `flowtui.ledger.csv_table`."""
    counts: Counts = {}
    writer = TableWriter(write)
    with ledger.snapshot() as records:
        for kind in ledger.kinds():
            counts[kind.name] = 0
            for record in records(kind.name):
                writer.put(kind.name, record)
                counts[kind.name] += 1
    return counts


def export_to(path: Path, exporter: Exporter, ledger: Ledger) -> Counts:
    """Write an export to a file, which is replaced as a whole. Raises LedgerError."""
    try:
        with replacing(path) as file:
            return exporter(ledger, lambda text: file.write(text.encode()))
    except OSError as error:
        raise failed("write", path, error) from error


def _utc(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
