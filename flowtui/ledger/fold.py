"""Folding: what the journal led to moves into the files of records; undo keeps its reach.

Every file of records that the journal changes is written anew as of the last transaction, then the
journal with a header that says so and the last `keep` transactions as history. Each is replaced as
a whole, the journal last: until then it is read over the new files and says what they say. So it
does not matter where a fold is interrupted.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.errors import LedgerError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.disk import failed, replacing
from flowtui.ledger.lines import journal_header, seq_of
from flowtui.ledger.records import record_file, record_files, write_records
from flowtui.ledger.scan import Report, whole_lines

if TYPE_CHECKING:
    from flowtui.ledger.storage import JournalStorage


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold did to one file."""

    file: str
    """Its name: "journal", "state" or a year."""
    bytes_before: int
    bytes_after: int


def fold_if_worth_while(storage: JournalStorage) -> None:
    """Fold when the journal has half as many new bytes as the files that would be rewritten."""
    files = record_files(storage.path)
    homes = [files[name] for name in storage.contents.changes if name in files]
    if storage.journal.fresh_bytes * 2 <= sum(_size(path) for path in homes):
        return
    try:
        fold(storage)
    except LedgerError as error:  # the transaction is on disk; folding can wait
        storage.can_fold = False
        storage.notes.append(Report(storage.path, None, 0, 0, error.message, lost=False))


def fold(storage: JournalStorage) -> list[Folded]:
    """Under the lock, with everything read: fold. Returns what was done, maybe nothing.

    Raises LedgerError; what was not replaced by then is as it was.
    """
    journal, contents = storage.journal, storage.contents
    if not journal.exists or not contents.changes:
        return []
    done = []
    try:
        for name in sorted(contents.changes):
            path = record_file(storage.path, name)
            before = _size(path)
            tables = contents.tables(name)
            if contents.damage.get(name):
                from flowtui.ledger.repair import keep_damaged

                storage.notes += keep_damaged(path, storage.clock)
            write_records(path, name, journal.seq, tables, storage.migrations)
            done.append(Folded(name, before, _size(path)))
        before = _size(journal.path)
        history = list(recent_lines(journal.path, journal.seq - storage.keep))
        with replacing(journal.path) as file:
            file.write(journal_header(journal.seq, sum(map(len, history))))
            file.writelines(history)
        done.append(Folded("journal", before, _size(journal.path)))
    except OSError as error:
        raise failed("fold", journal.path, error) from error
    finally:
        news = storage.has_news
        storage.distrust()
        storage.has_news = news
    storage.refresh()
    return done


def recent_lines(path: Path, after: int) -> deque[bytes]:
    """The lines of a journal's transactions after number `after`, each once, with newlines."""
    lines: deque[bytes] = deque()
    last = 0
    for raw in whole_lines(path):
        seq = seq_of(raw)
        if seq is not None and seq > last:
            last = seq
            if seq > after:
                lines.append(raw + b"\n")
    return lines


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
