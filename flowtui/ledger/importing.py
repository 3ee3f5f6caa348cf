"""Reading back what an export wrote, the JSON file or the TinyDB file, as one undoable command.

A record that is there already, the same, is left alone, so importing twice changes nothing. One
that differs is left alone too unless the caller says `replace`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import field
from pathlib import Path
from typing import Any

from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.export import EXPORT_FORMAT
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.stream import items
from flowtui.ledger.transaction import Transaction

_PROBLEMS_LISTED = 100


@dataclass(slots=True)
class KindCounts:
    """What importing did, or would do, to one kind."""

    added: int = 0
    replaced: int = 0
    same: int = 0
    """There already, just so."""
    kept: int = 0
    """There already, different, and left as they are."""


@dataclass(slots=True)
class Imported:
    """What importing did, or would do."""

    kinds: dict[str, KindCounts] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """Records that were not taken, one sentence each; the first hundred."""
    problem_count: int = 0
    seq: int | None = None
    """The number of the transaction; None if nothing was written."""

    def refuse(self, sentence: str) -> None:
        """Count a record that was not taken."""
        self.problem_count += 1
        if len(self.problems) < _PROBLEMS_LISTED:
            self.problems.append(sentence)


def import_file(
    ledger: Ledger, path: Path, *, dry_run: bool = False, replace: bool = False
) -> Imported:
    """Add the records of an export to the ledger; with `dry_run` only count.

    It is one command: one undo takes all of it back.
    Raises LedgerError, with nothing changed, if the file is not an export of flowtui, and
    NewerLedgerError if a newer flowtui wrote it.
    """
    result = Imported()
    opened: AbstractContextManager[Transaction]
    opened = ledger.trial() if dry_run else ledger.transaction(f"import {path.name}")
    with opened as transaction:
        for place, (kind, document) in enumerate(_documents(path), 1):
            try:
                _take(transaction, kind, document, replace, result)
            except NewerLedgerError:
                raise
            except LedgerError as error:
                result.refuse(f"record {place}: {error.message}")
    result.seq = transaction.seq
    return result


def _take(
    transaction: Transaction, kind: str, document: Any, replace: bool, result: Imported
) -> None:
    if not isinstance(document, dict):
        raise LedgerError(f"{kind} holds something that is no record")
    record = transaction.from_storage(kind, document)
    differs = transaction.differs(kind, record)
    if differs is None or (differs and replace):
        transaction.put(kind, record)
    counts = result.kinds.setdefault(kind, KindCounts())
    counts.added += differs is None
    counts.replaced += differs is True and replace
    counts.kept += differs is True and not replace
    counts.same += differs is False


def _documents(path: Path) -> Iterator[tuple[str, Any]]:
    for key, value, is_record in items(path):
        if is_record:
            yield key, value
        elif key == "format" and isinstance(value, int) and value > EXPORT_FORMAT:
            raise NewerLedgerError(
                f"{path} was written by a newer flowtui; nothing was changed",
                "update flowtui: pip install -U flowtui",
            )
