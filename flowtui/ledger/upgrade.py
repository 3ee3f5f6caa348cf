"""A ledger of format 1, as flowtui 0.1 wrote it: read as it is, and brought to format 2 by a write.

There, each year and `state.jsonl` was a journal of its own. A line over several files stood in
`state.jsonl`, named them in its head ("files") and held their changes with the file as a fourth
element; each file then got a line with its own part ("part"), or lacked it. Compacted files begin
with documents in lines that share one number ("kept").

The new files are written beside the old ones, as `2025.jsonl.migrated`, each read back and
compared. The journal comes last: the moment it has its name, they count and the old ones do not.
Then the old files move into the folder `format-1`, where they stay until the person deletes them,
and the new ones take their names. Whoever writes next goes on where this was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core.errors import LedgerError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.contents import Contents
from flowtui.ledger.disk import BESIDE, failed, make_folder, replacing, sync_folder
from flowtui.ledger.documents import Document, Documents
from flowtui.ledger.fold import recent_lines
from flowtui.ledger.journal import NAME
from flowtui.ledger.lines import Change, journal_header, line_of, parse_line, text_of
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.records import MIGRATED, format_of, plain_files, write_records
from flowtui.ledger.scan import RawLine, Report, raw_lines, whole_pieces

if TYPE_CHECKING:
    from flowtui.ledger.storage import JournalStorage

OLD_FOLDER = "format-1"
_STATE = "state"
Step = tuple[dict[str, Any], list[list[Any]]]
"""Head and changes of a transaction, those of one file."""
Place = tuple[str, str]
"""Table and id."""


@dataclass
class Old:
    """What the files of a ledger of format 1 add up to."""

    homes: dict[str, dict[Place, Document]] = field(default_factory=dict)
    """The documents of each file."""
    seq: int = 0
    damage: list[Report] = field(default_factory=list)
    heads: dict[int, dict[str, Any]] = field(default_factory=dict)
    changed: dict[int, dict[Place, list[Document | None]]] = field(default_factory=dict)
    """By number of the transaction: before and after of each document."""

    def fill(self, contents: Contents) -> None:
        """Give every document to `contents`."""
        contents.is_old = True
        for home, documents in self.homes.items():
            for (table, key), document in documents.items():
                contents.fill(home, table, key, document)

    def history(self, keep: int) -> Iterator[bytes]:
        """The lines of the newest `keep` transactions, as format 2 has them."""
        for seq in sorted(self.heads):
            if seq > self.seq - keep:
                texts = [
                    Change(table, key, _text(after), _text(before)).text()
                    for (table, key), (before, after) in self.changed.get(seq, {}).items()
                ]
                yield line_of(self.heads[seq], texts)


def signature(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when a file of records does: names, sizes, times and inodes."""
    found = []
    for name, path in plain_files(folder).items():
        stat = path.stat()
        found.append((name, stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return tuple(found)


def read_old(folder: Path, migrations: Migrations) -> Old:
    """Everything in a ledger of format 1. Changes nothing. Raises LedgerError."""
    old = Old()
    steps: dict[str, list[Step]] = {}
    promised: dict[str, list[Step]] = {}
    for name, path in plain_files(folder).items():
        try:
            steps[name] = list(_steps(path, old, promised if name == _STATE else {}))
        except OSError as error:
            raise failed("read", path, error) from error
    for name in {**steps, **promised}:
        own = steps.get(name, [])
        newest = own[-1][0]["seq"] if own else 0
        own += [step for step in promised.get(name, []) if step[0]["seq"] > newest]
        old.homes[name] = _replay(own, old)
    return old


def _steps(path: Path, old: Old, promised: dict[str, list[Step]]) -> Iterator[Step]:
    """The transactions of one file, with its own changes; those for others go to `promised`."""
    last = 0
    for line in raw_lines(path):
        pieces = whole_pieces(line.raw)
        if pieces != [line.raw]:
            old.damage.append(_damaged(path, line, lost=not pieces))
        for value in map(parse_line, pieces):
            head = value[0] if value is not None else {}
            seq = head.get("seq", 0)
            if value is None or seq < last or (seq == last and "kept" not in head):
                continue
            last = seq
            old.seq = max(old.seq, seq)
            yield head, [change for change in value[1:] if len(change) == 3]
            for target in head.get("files", ()):
                theirs = [c[:3] for c in value[1:] if len(c) > 3 and c[3] == target]
                promised.setdefault(target, []).append((head, theirs))


def _replay(steps: list[Step], old: Old) -> dict[Place, Document]:
    """The documents that the steps of one file lead to; notes what each step changed."""
    documents: dict[Place, Document] = {}
    for head, changes in steps:
        seq = head["seq"]
        if "kept" not in head:
            told = {key: item for key, item in head.items() if key not in ("files", "part")}
            old.heads.setdefault(seq, told)
        for table, key, document in changes:
            if key is None:
                continue
            before = documents.pop((table, key), None) if document is None else None
            if document is not None:
                before = documents.get((table, key))
                documents[table, key] = document
            if "kept" not in head:
                pair = old.changed.setdefault(seq, {}).setdefault((table, key), [None, None])
                pair[0], pair[1] = pair[0] or before, pair[1] or document
    return documents


def complete(storage: JournalStorage) -> None:
    """Under the lock: bring a ledger to format 2, or go on with it. Raises LedgerError."""
    folder = storage.path
    try:
        if storage.contents.is_old:
            _migrate(storage)
        elif not storage.journal.exists:
            return
        _switch(folder)
    except OSError as error:
        raise failed("bring to its new form", folder, error) from error
    if storage.contents.is_old:
        what = f"was brought to a new form; the former files are in {OLD_FOLDER}"
        storage.notes.append(Report(folder, None, 0, 0, what, lost=False))
        storage.notes += storage.contents.reports()
        storage.distrust()
        storage.refresh()


def _migrate(storage: JournalStorage) -> None:
    folder, migrations = storage.path, storage.migrations
    for left_over in (*folder.glob(f"*{MIGRATED}"), *folder.glob(f"*{MIGRATED}{BESIDE}")):
        left_over.unlink()
    old = read_old(folder, migrations)
    for name, documents in old.homes.items():
        tables: dict[str, Documents] = {}
        for (table, key), document in documents.items():
            present = migrations.present(table, document)
            tables.setdefault(table, Documents()).put(key, present)
        write_records(folder / f"{name}.jsonl{MIGRATED}", name, old.seq, tables, migrations)
    history = list(old.history(storage.keep))

    def check(beside: Path) -> None:
        if list(recent_lines(beside, 0)) != history:
            raise LedgerError(
                f"{folder} was not brought to its new form: it did not read back the same",
                "nothing is lost; look at it with: flowtui doctor",
            )

    with replacing(folder / NAME, check) as file:
        file.write(journal_header(old.seq, sum(map(len, history))))
        file.writelines(history)


def _switch(folder: Path) -> None:
    """Give the new files the names of the old ones, which move away."""
    moved = sorted(folder.glob(f"*.jsonl{MIGRATED}"))
    if not moved:
        return
    away = folder / OLD_FOLDER
    make_folder(away)
    for path in moved:
        present = path.with_name(path.name.removesuffix(MIGRATED))
        if present.exists() and format_of(present)[0] != 2:
            present.replace(_free(away / present.name))
            sync_folder(away)
        path.replace(present)
        sync_folder(folder)


def _free(path: Path) -> Path:
    """`path`, or with a number behind it if there is such a file."""
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _damaged(path: Path, line: RawLine, lost: bool) -> Report:
    what = "a damaged line" if lost else "a damaged end of line; nothing is lost"
    return Report(path, line.number, line.start, len(line.raw), what, lost and line.ended)


def _text(document: Document | None) -> str | None:
    return None if document is None else text_of(document)
