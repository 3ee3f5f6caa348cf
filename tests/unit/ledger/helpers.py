"""What tests of the ledger share: a ledger in a folder of its own, and short records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tinydb import where

from flowtui.core.kinds import KINDS
from flowtui.ledger.doctor import Finding
from flowtui.ledger.doctor import check as check_kinds
from flowtui.ledger.ledger import Document, Ledger
from flowtui.ledger.migrate import Migrations, without_version
from tests.fakes import FakeClock

ALWAYS = (date.min, date.max)
PLAIN = {name: replace(kind, model="", by_id=False) for name, kind in KINDS.items()}
"""The kinds there are, holding records of any form."""
Record = dict[str, Any]


def open_ledger(folder: Path, **more: Any) -> Ledger:
    """A ledger as a process that starts now would open it."""
    return Ledger(folder, FakeClock(), **{"kinds": PLAIN, **more})


def check(folder: Path, migrations: Migrations | None = None) -> list[Finding]:
    """What the doctor says, of records of any form."""
    return check_kinds(folder, PLAIN, migrations)


def block(id: str, day: str = "2026-03-02", **more: Any) -> Record:
    """A record of a dated kind."""
    return {"id": id, "day": day, **more}


def save(ledger: Ledger, kind: str, record: Mapping[str, Any]) -> None:
    """Add or replace a record, in the transaction that is open."""
    ledger.table(kind).replace(Document(dict(record), doc_id=record.get("id", "")))


def put(ledger: Ledger, *records: Mapping[str, Any], label: str = "put") -> None:
    """One command that puts blocks."""
    with ledger.transaction(label):
        for record in records:
            save(ledger, "blocks", record)


def get(ledger: Ledger, kind: str, id: str) -> Record | None:
    """The record with this id, without its version."""
    document = ledger.table(kind).get(doc_id=id)
    return None if document is None else without_version(document)


def find(ledger: Ledger, kind: str, first: date = date.min, last: date = date.max) -> list[Record]:
    """Records of the days from `first` to `last`."""
    days = (where("day") >= str(first)) & (where("day") <= str(last))
    return [without_version(document) for document in ledger.table(kind).search(days)]


def every(ledger: Ledger, kind: str) -> list[Record]:
    """Every record of a kind, by id."""
    records = [without_version(document) for document in ledger.table(kind)]
    return sorted(records, key=lambda record: str(record["id"]))


def everything(ledger: Ledger) -> dict[str, dict[str, Record]]:
    """All records, by kind and id."""
    return {kind: {record["id"]: record for record in every(ledger, kind)} for kind in KINDS}


def bytes_in(folder: Path) -> dict[str, bytes]:
    """The ledger's files as they are on disk; without the lock and the lists of ids."""
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*") if path.is_file()}
