"""What was done, newest first, and what undo and redo would do: read from the journal's own lines.

The rules, in terms of commands (transactions that are not `background`):
- undo takes back the newest command that is not taken back already;
- redo does again the command that was taken back last, until a new command is made;
- transactions of one `group` (the answers of a check-in) are one command;
- both refuse when a record is no longer as the command, or its undoing, left it;
- the last `KEEP` transactions can be taken back; see `flowtui.ledger.fold`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.documents import Document
from flowtui.ledger.lines import parse_line
from flowtui.ledger.migrate import Migrations, without_version
from flowtui.ledger.scan import transactions_backwards

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


@dataclass(frozen=True, slots=True)
class Logged:
    """A transaction as it stands in the journal."""

    head: dict[str, Any]
    raw: bytes

    @property
    def seq(self) -> int:
        """Its number."""
        seq: int = self.head["seq"]
        return seq

    @property
    def group(self) -> str | None:
        """What it is part of; None if it is a command by itself."""
        group: str | None = self.head.get("group")
        return group

    def pairs(self, migrations: Migrations) -> Pairs:
        """What it changed."""
        return [
            (
                kind,
                key,
                before and migrations.upgrade(kind, before),
                document and migrations.upgrade(kind, document),
            )
            for kind, key, document, before in (parse_line(self.raw) or [None])[1:]
            if key is not None
        ]

    def change(self, migrations: Migrations) -> Change:
        """As a person sees it."""
        touched = tuple(
            Touched(kind, id, _plain(before), _plain(after))
            for kind, id, before, after in self.pairs(migrations)
        )
        head = self.head
        return Change(head.get("label", ""), self.seq, _instant(head.get("at")), touched)


def logged(journal: Path, after: int = 0) -> Iterator[Logged]:
    """Every transaction after number `after`, newest first; reads only as far as it is asked."""
    for head, raw in transactions_backwards(journal):
        if head["seq"] <= after:
            return
        yield Logged(head, raw)


def entries(journal: Path, limit: int) -> list[Entry]:
    """The newest `limit` transactions, newest first."""
    listed: list[Entry] = []
    state: dict[int, bool] = {}
    for item in logged(journal):
        if len(listed) >= limit:
            break
        undone = _follow(item.head, state)
        head = item.head
        changes = (parse_line(item.raw) or [None])[1:]
        listed.append(
            Entry(
                seq=item.seq,
                at=_instant(head.get("at")),
                label=head.get("label", ""),
                background="background" in head,
                undoes=head.get("undoes"),
                redoes=head.get("redoes"),
                undone=undone,
                records=tuple((change[0], change[1]) for change in changes if change[1]),
            )
        )
    return listed


def to_undo(journal: Path, steps: int, after: int) -> list[Logged]:
    """The commands that undoing `steps` times would take back, in that order; maybe fewer.

    Those up to number `after` are out of reach. A group counts as one, where its newest part lies.
    """
    commands: dict[int | str, list[Logged]] = {}
    state: dict[int, bool] = {}
    for item in logged(journal, after):
        whole = not any(isinstance(key, str) for key in commands)
        if len(commands) >= steps and whole:
            break
        undone = _follow(item.head, state)
        if not _is_command(item.head) or undone:
            continue
        key = item.group or item.seq
        if key in commands or len(commands) < steps:
            commands.setdefault(key, []).append(item)
    return [item for parts in commands.values() for item in parts]


def to_redo(journal: Path, steps: int, after: int) -> list[Logged]:
    """The commands that redoing `steps` times would do again, in that order; maybe fewer."""
    wanted: list[int] = []
    keys: list[int | str] = []
    commands: dict[int, Logged] = {}
    state: dict[int, bool] = {}
    open_end = True
    for item in logged(journal, after):
        _follow(item.head, state)
        seq = item.head.get("undoes")
        if seq is not None and state[seq] and seq not in wanted and open_end:
            key = item.group or seq
            if key not in keys and len(keys) == steps:
                open_end = False
            else:
                keys += [key] if key not in keys else []
                wanted.append(seq)
        if _is_command(item.head):
            open_end = False
        if item.seq in wanted:
            commands[item.seq] = item
        if len(commands) == len(wanted) and not open_end:
            break
    reached = takewhile(lambda seq: seq in commands, wanted)  # none may be left out
    return [commands[seq] for seq in reached]


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
