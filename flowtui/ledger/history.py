"""What was done, newest first, and what undo and redo would do: read from the journal's own lines.

The rules, in terms of commands (transactions that are not `background`):
- undo takes back the newest command that is not taken back already;
- redo does again the command that was taken back last, until a new command is made;
- both refuse when a record is no longer as the command, or its undoing, left it;
- commands that compaction folded cannot be taken back; see `flowtui.ledger.compact`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from itertools import takewhile
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.folder import Folder
from flowtui.ledger.lazy import Document
from flowtui.ledger.lines import parse_line
from flowtui.ledger.migrate import without_version
from flowtui.ledger.scan import transactions, transactions_backwards

Pairs = list[tuple[str, str, Document | None, Document | None]]
"""Kind, id, and the record as it is stored, before and after."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One record that a transaction changed."""

    kind: str
    id: str
    before: dict[str, Any] | None
    """None: there was none."""
    after: dict[str, Any] | None
    """None: it was deleted."""


@dataclass(frozen=True, slots=True)
class Change:
    """A command with the records it touched, as they were before and after it."""

    label: str
    seq: int
    at: datetime | None
    """When it was made; None if that was not written down."""
    touched: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction in the history."""

    seq: int
    at: datetime | None
    label: str
    background: bool
    """Made by no command, so undo passes it over."""
    undoes: int | None
    """The number of the command that it took back."""
    redoes: int | None
    """The number of the command that it did again."""
    undone: bool
    """Whether it is a command that is taken back at present."""
    records: tuple[tuple[str, str], ...]
    """Kind and id of each record it touched."""


@dataclass(slots=True)
class Logged:
    """A transaction as it stands in one or several files."""

    head: dict[str, Any]
    lines: dict[str, bytes] = field(default_factory=dict)
    """By the name of the file they stand in."""

    @property
    def seq(self) -> int:
        """Its number."""
        seq: int = self.head["seq"]
        return seq

    def documents(self) -> dict[tuple[str, str, str], Document | None]:
        """What it wrote, by kind, id and the file it belongs in."""
        found: dict[tuple[str, str, str], Document | None] = {}
        for home, raw in self.lines.items():
            for change in (parse_line(raw) or [None])[1:]:
                if change[1] is not None:
                    target = change[3] if len(change) > 3 else home
                    found[change[0], change[1], target] = change[2]
        return found


def logged(folder: Folder) -> Iterator[Logged]:
    """Every transaction that was not folded, newest first; reads only as far as it is asked."""
    lines = heapq.merge(*(_lines(folder, name) for name in folder.names()), key=lambda x: -x[0])
    last: Logged | None = None
    for seq, name, head, raw in lines:
        if last is None or last.seq != seq:
            if last is not None:
                yield last
            last = Logged(head)
        if "files" in head:
            last.head = head
        last.lines[name] = raw
    if last is not None:
        yield last


def entries(folder: Folder, limit: int) -> list[Entry]:
    """The newest `limit` transactions, newest first."""
    found: list[Entry] = []
    state: dict[int, bool] = {}
    for item in logged(folder):
        if len(found) >= limit:
            break
        undone = _follow(item.head, state)
        head = item.head
        found.append(
            Entry(
                seq=item.seq,
                at=_instant(head.get("at")),
                label=head.get("label", ""),
                background="background" in head,
                undoes=head.get("undoes"),
                redoes=head.get("redoes"),
                undone=undone,
                records=tuple(dict.fromkeys((kind, id) for kind, id, _ in item.documents())),
            )
        )
    return found


def to_undo(folder: Folder, steps: int) -> list[Logged]:
    """The commands that undoing `steps` times would take back, in that order; maybe fewer."""
    found: list[Logged] = []
    state: dict[int, bool] = {}
    for item in _window(folder):
        if len(found) >= steps:
            break
        undone = _follow(item.head, state)
        if _is_command(item.head) and not undone:
            found.append(item)
    return found


def to_redo(folder: Folder, steps: int) -> list[Logged]:
    """The commands that redoing `steps` times would do again, in that order; maybe fewer."""
    wanted: list[int] = []
    found: dict[int, Logged] = {}
    state: dict[int, bool] = {}
    open_end = True
    for item in _window(folder):
        _follow(item.head, state)
        seq = item.head.get("undoes")
        if seq is not None and state[seq] and seq not in wanted and open_end:
            wanted.append(seq)
        if _is_command(item.head):
            open_end = False
        if item.seq in wanted[:steps]:
            found[item.seq] = item
        if len(found) == min(steps, len(wanted)) and not open_end:
            break
    reached = takewhile(lambda seq: seq in found, wanted[:steps])  # none may be left out
    return [found[seq] for seq in reached]


def change_of(folder: Folder, item: Logged) -> tuple[Change, Pairs]:
    """A transaction as a person sees it, and as documents: kind, id, before, after."""
    after = item.documents()
    before: dict[tuple[str, str, str], Document] = {}
    for name in {target for _, _, target in after}:
        for value in transactions(folder.file(name)):
            if value[0]["seq"] >= item.seq:
                break
            for change in value[1:]:
                place = (change[0], change[1], name)
                if place in after and len(change) == 3:
                    before[place] = change[2]
    pairs: dict[tuple[str, str], tuple[Document | None, Document | None]] = {}
    for kind, id, name in after:
        was, became = pairs.get((kind, id), (None, None))
        pairs[kind, id] = (was or before.get((kind, id, name)), became or after[kind, id, name])
    upgrade = folder.migrations.upgrade
    found = [
        (kind, id, was and upgrade(kind, was), became and upgrade(kind, became))
        for (kind, id), (was, became) in pairs.items()
    ]
    touched = tuple(Touched(kind, id, _plain(was), _plain(new)) for kind, id, was, new in found)
    head = item.head
    return Change(head.get("label", ""), item.seq, _instant(head.get("at")), touched), found


def _window(folder: Folder) -> Iterator[Logged]:
    oldest = folder.last_seq() - folder.keep
    for item in logged(folder):
        if item.seq <= oldest:
            return
        yield item


def _lines(folder: Folder, name: str) -> Iterator[tuple[int, str, dict[str, Any], bytes]]:
    for head, raw in transactions_backwards(folder.file(name)):
        yield head["seq"], name, head, raw


def _follow(head: dict[str, Any], state: dict[int, bool]) -> bool:
    """Note what a transaction, met newest first, says of others; whether it is itself undone."""
    if "undoes" in head:
        state.setdefault(head["undoes"], True)
    if "redoes" in head:
        state.setdefault(head["redoes"], False)
    return state.get(head["seq"], False)


def _is_command(head: dict[str, Any]) -> bool:
    return not head.keys() & {"background", "undoes", "redoes"}


def _plain(document: Document | None) -> dict[str, Any] | None:
    return None if document is None else without_version(document)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
