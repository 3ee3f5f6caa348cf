"""What happened: TinyDB over a crash-safe journal, the only writer of user data.

`Ledger` is what services use. `JournalDB(path)`, or `TinyDB(path, storage=JournalStorage)`, is the
same journal with TinyDB's own methods, for one file. Every file can be read without flowtui:

    cut -c10- ledger/2026.jsonl | jq -c '.[1:][] | .[2] // empty'      every version of every record
    cut -c10- ledger/2026.jsonl | jq -c 'select(.[0].label) | .[0]'    what was done, and when
    grep k3mq7x ledger/2026.jsonl | less -S                            the life of one record

The form of a line is in `flowtui.ledger.lines`, what the files are to each other in
`flowtui.ledger.folder`. The names below are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowtui.ledger.ledger import Ledger
    from flowtui.ledger.storage import JournalStorage
    from flowtui.ledger.table import JournalDB, JournalTable
    from flowtui.ledger.transaction import Transaction

__all__ = ["JournalDB", "JournalStorage", "JournalTable", "Ledger", "Transaction"]

_HOMES = {
    "JournalDB": "table",
    "JournalStorage": "storage",
    "JournalTable": "table",
    "Ledger": "ledger",
    "Transaction": "transaction",
}


def __getattr__(name: str) -> Any:
    """The public name, imported now (PEP 562), so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
