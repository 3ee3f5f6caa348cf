"""What tests of the ledger share: a ledger in a folder of its own, and short records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flowtui.ledger.kinds import KINDS
from flowtui.ledger.ledger import Ledger
from tests.fakes import FakeClock

ALWAYS = (date.min, date.max)


def open_ledger(folder: Path, **more: Any) -> Ledger:
    """A ledger as a process that starts now would open it."""
    return Ledger(folder, FakeClock(), **more)


def block(id: str, day: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    """A record of a dated kind."""
    return {"id": id, "day": day, **more}


def put(ledger: Ledger, *records: Mapping[str, Any], label: str = "put") -> None:
    """One command that puts blocks."""
    with ledger.transaction(label) as transaction:
        for record in records:
            transaction.put("blocks", record)


def everything(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """All records, by kind and id."""
    return {
        kind.name: {
            record["id"]: record
            for record in (ledger.find(kind.name, *ALWAYS) if kind.dated else ledger.all(kind.name))
        }
        for kind in KINDS.values()
    }


def bytes_in(folder: Path) -> dict[str, bytes]:
    """The ledger's files as they are on disk; without the lock and the lists of ids."""
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}
