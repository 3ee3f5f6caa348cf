"""Compaction: history that nobody can undo any more is folded into the documents it led to.

A compacted file begins with one line `[{"seq":N,"kept":true,"folded":M,"changes":C}]`. It says up
to which number transactions were folded, how many, and how many changes the new file holds. Then
comes a line for each document that was there at that point, so that damage to one costs one. Then
come the last `KEEP` transactions of the folder. Parts for other files leave `state.jsonl`.

It happens by itself after a transaction, to files in memory, when it is worth while: when more than
half of a file's changes are history, when `state.jsonl` carries more than `MOST_PART_BYTES` for
others, or when an import of more than `CROWD` records can be taken apart, a line for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flowtui.core.errors import LedgerError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.commit import complete
from flowtui.ledger.disk import failed, replacing
from flowtui.ledger.folder import Folder
from flowtui.ledger.kinds import STATE
from flowtui.ledger.lazy import Document
from flowtui.ledger.lines import change_text, header_line, line_of, text_of
from flowtui.ledger.scan import transactions
from flowtui.ledger.storage import JournalStorage


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compaction did to one file."""

    file: str
    """Its name: "state" or a year."""
    bytes_before: int
    bytes_after: int


def compact(folder: Folder, name: str) -> Compacted | None:
    """Under the lock: rewrite one file without history older than the last `KEEP` transactions.

    Returns None, with nothing done, for a file of which each line is a present document. The new
    file is read back and compared before it takes the place of the old one. Raises LedgerError; the
    file is then as it was.
    """
    complete(folder, name)
    storage = folder.open(name)
    if name == STATE:
        settle_parts(folder, storage)
    path, memory = storage.path, storage.memory
    is_tidy = memory.change_count == memory.document_count() and not memory.parts
    if is_tidy and not 0 < memory.crowded_seq <= folder.last_seq() - folder.keep:
        return None
    try:
        before = path.stat().st_size
        with replacing(path, lambda beside: _check(folder, storage, beside)) as file:
            file.writelines(_rewritten(folder, storage))
        after = path.stat().st_size
    except OSError as error:
        raise failed("compact", path, error) from error
    folder.reload(name)
    return Compacted(name, before, after)


def settle_parts(folder: Folder, state: JournalStorage) -> None:
    """Under the lock: make the parts that `state.jsonl` holds last in the files they are for."""
    for name in list(state.memory.parts):
        complete(folder, name)
        folder.sync(name)


def _rewritten(folder: Folder, storage: JournalStorage) -> Iterator[bytes]:
    path, cutoff = storage.path, folder.last_seq() - folder.keep
    tables: dict[str, dict[str, Document]] = {}
    folded = last = later = 0
    for value in transactions(path):
        head = value[0]
        own = [change for change in value[1:] if len(change) == 3]
        if head["seq"] > cutoff and "kept" not in head:
            later += len(own)
            continue
        last = head["seq"]
        folded += head.get("folded", 0) if "kept" in head else 1
        for change in own:
            _fold(tables, change)
    yield header_line(storage.journal.holds)
    if last:
        kept = {"seq": last, "kept": True}
        changes = later + sum(max(len(table), 1) for table in tables.values())
        yield line_of({**kept, "folded": folded, "changes": changes}, [])
        yield from _kept_lines(folder, kept, tables)
    for value in transactions(path):
        if value[0]["seq"] > cutoff and "kept" not in value[0]:
            own = [change for change in value[1:] if len(change) == 3]
            yield line_of(value[0], [change_text(t, key, text_of(d)) for t, key, d in own])


def _kept_lines(
    folder: Folder, head: dict[str, Any], tables: dict[str, dict[str, Document]]
) -> Iterator[bytes]:
    for name, table in tables.items():
        if not table:
            yield line_of(head, [change_text(name, None, "true")])
        for key, document in table.items():
            present = folder.migrations.upgrade(name, document)
            yield line_of(head, [change_text(name, key, text_of(present))])


def _fold(tables: dict[str, dict[str, Document]], change: list[Any]) -> None:
    name, key, document = change
    if key is None and document is None:
        tables.pop(name, None)
        return
    table = tables.setdefault(name, {})
    if key is not None and document is None:
        table.pop(key, None)
    elif key is not None:
        table[key] = document


def _check(folder: Folder, storage: JournalStorage, beside: Path) -> None:
    """Raises LedgerError unless the file `beside` says just what `storage` says."""
    new = JournalStorage(beside, holds=storage.journal.holds, migrations=folder.migrations)
    new.refresh()
    names = storage.table_names()
    agree = (
        new.journal.seq == storage.journal.seq
        and not new.journal.damage
        and sorted(new.table_names()) == sorted(names)
        and all(new.view(name) == storage.view(name) for name in names)
    )
    new.close()
    if not agree:
        raise LedgerError(
            f"{storage.path} was not compacted: the new file did not read back the same",
            "nothing is lost; look at it with: flowtui doctor",
        )
