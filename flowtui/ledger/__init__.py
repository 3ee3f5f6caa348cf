"""What happened: TinyDB over a crash-safe journal, the only writer of user data.

`Ledger` is what services use: a `TinyDB` with transactions, undo and a table for each kind.
`TinyDB(folder, storage=JournalStorage)` opens the same folder. On disk, readable without flowtui:

    journal.jsonl   what was done lately, a transaction a line: what changed, and what it was before
    2026.jsonl      the records of a year, one a line, up to the last fold of the journal
    state.jsonl     the same of what has no date

    cut -c10- ledger/2026.jsonl | jq -c '.[2] // empty'                 the records of a year
    cut -c10- ledger/journal.jsonl | jq -c 'select(.[0].label) | .[0]'  what was done, and when
    grep -h k3mq7x ledger/*.jsonl | less -S                             the life of one record

How it is put together, from the disk up: `disk`, `lock`, `lines`, `scan`; `journal`, `records` and
`documents`; `contents` (both in memory); `staging` (what a transaction changes); `storage`, `table`
and `ledger` (TinyDB). Beside them `history`, `fold`, `upgrade`, `migrate`, `repair`, `doctor`,
`export`, `importing`. The names below are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowtui.ledger.ledger import Ledger
    from flowtui.ledger.storage import JournalStorage
    from flowtui.ledger.table import JournalDB, JournalTable

__all__ = ["JournalDB", "JournalStorage", "JournalTable", "Ledger"]

_HOMES = {
    "JournalDB": "table",
    "JournalStorage": "storage",
    "JournalTable": "table",
    "Ledger": "ledger",
}


def __getattr__(name: str) -> Any:
    """The public name, imported now (PEP 562), so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
