"""Changes to tables that are not written yet, seen as if they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from datetime import date
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.core.kinds import STATE
from flowtui.ledger.contents import Contents, is_number
from flowtui.ledger.documents import Document
from flowtui.ledger.lines import Change, text_of
from flowtui.ledger.migrate import own_copy

Staged = dict[str, Document | None]
"""By key; None stands for a deleted document."""
ALWAYS = ("", "~")
"""Days before and after all others."""


class Staging:
    """What a transaction has changed so far, over the documents as they are.

    `check` is asked about every document that is to be written, and returns it as it shall be.
    """

    def __init__(
        self, contents: Contents, label: str, check: Callable[[str, str, Document], Document]
    ) -> None:
        self.label = label
        self.seq: int | None = None
        """The number it was written under; None until then, or if it changed nothing."""
        self.staged: dict[str, Staged] = {}
        """By table."""
        self.dropped: set[str] = set()
        """Tables that shall be no more; all their documents are staged as deleted."""
        self.contents = contents
        self._check = check
        self._next_ids: dict[str, int] = {}

    def layer(self, table: str, identify: Callable[[str], Any]) -> TableView:
        """A table to change; what is not given to `keep` is forgotten."""
        return TableView(self.contents, table, identify, self.staged.get(table))

    def keep(self, view: TableView) -> None:
        """Take over what was changed in a layer."""
        name = view.name
        for key, document in view.layer.items():
            if document is not None:
                view.layer[key] = self._check(name, key, document)
                if is_number(key):
                    self._next_ids[name] = max(self._next_id(name), int(key) + 1)
        self.staged.setdefault(name, {}).update(view.layer)
        self.dropped.discard(name)

    def drop(self, table: str) -> None:
        """Delete a table with all its documents."""
        view = self.layer(table, str)
        view.clear()
        self.staged.setdefault(table, {}).update(view.layer)
        self.dropped.add(table)

    def become(
        self, table: str, wanted: Mapping[str, Document], base: Mapping[str, Document]
    ) -> None:
        """Stage how `wanted` differs from `base`, which may be older than the table itself.

        Raises LedgerError if a document that is new in `wanted` meanwhile exists.
        """
        view = self.layer(table, str)
        view.layer.update(dict.fromkeys(key for key in base if key not in wanted))
        for key, document in wanted.items():
            if key not in base and key in view and not same(view[key], document):
                raise LedgerError(
                    f"document {key} was added by another process meanwhile; nothing was written",
                    "read again and do it again; JournalTable does that by itself",
                )
            if key not in base or not same(base[key], document):
                view.layer[key] = document
        self.keep(view)

    def take_id(self, table: str) -> int:
        """A whole number that is no key of the table, and will not be given again."""
        next_id = self._next_id(table)
        self._next_ids[table] = next_id + 1
        return next_id

    def changes(self) -> list[Change]:
        """What differs from the documents as they were, to be written.

        Raises TypeError or ValueError for a document that is not JSON.
        """
        changes: list[Change] = []
        for table, staged in self.staged.items():
            count = len(changes)
            for key, document in staged.items():
                before = self.contents.get(table, key)
                if document is None and before is None:
                    continue
                if document is None or before is None or not same(document, before):
                    text = None if document is None else text_of(document)
                    changes.append(Change(table, key, text, self.contents.json(table, key)))
            if table in self.contents.kinds:
                continue
            exists = table in self.contents.tables(STATE)
            if table in self.dropped and exists:
                changes.append(Change(table, None, None))
            elif table not in self.dropped and len(changes) == count and not exists:
                changes.append(Change(table, None, "true"))
        return changes

    def _next_id(self, table: str) -> int:
        return self._next_ids.get(table) or self.contents.next_id(table)


class TableView(MutableMapping[Any, Document]):
    """A table as TinyDB's methods want it, over all its years, each read when it is needed.

    With staged changes it shows them too. Documents that are looked up are the ledger's own; in a
    layer, which is to be changed, each is copied when it is first looked at.
    """

    def __init__(
        self,
        contents: Contents,
        name: str,
        identify: Callable[[str], Any] = str,
        staged: Staged | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        self.name = name
        self.layer: Staged = {}
        """What was changed here."""
        self._contents = contents
        self._identify = identify
        self._staged = staged or {}
        self._read_only = read_only

    def between(self, first: str, last: str) -> Iterator[tuple[str, Document]]:
        """Documents by id, from one day to another, both included; by day and id.

        Reads only the years asked for.
        """
        changed = {**self._staged, **self.layer}
        inside = [
            (document["day"], key)
            for key, document in changed.items()
            if document is not None and first <= document.get("day", "") <= last
        ]
        for home in self._contents.homes(self.name):
            if first[:4] <= home <= last[:4]:
                documents = self._contents.documents(home, self.name)
                rows = [r for r in documents.between(first, last) if r[1] not in changed]
                rows += [row for row in inside if row[0][:4] == home]
                for _, key in sorted(rows):
                    yield key, self._kept(key, documents)
                inside = [row for row in inside if row[0][:4] != home]
        for _, key in sorted(inside):
            yield key, self[key]

    def _kept(self, key: str, documents: Mapping[str, Document]) -> Document:
        staged = self._lookup(key)
        return documents[key] if staged is None else staged

    def _lookup(self, key: str) -> Document | None:
        return self.layer[key] if key in self.layer else self._staged.get(key)

    def __getitem__(self, id: Any) -> Document:
        key = str(id)
        if key in self.layer or key in self._staged:
            document = self._lookup(key)
        else:
            document = self._contents.get(self.name, key)
        if document is None:
            raise KeyError(id)
        if not self._read_only and key not in self.layer:
            document = self.layer[key] = own_copy(document)
        return document

    def __setitem__(self, id: Any, document: Document) -> None:
        self.layer[str(id)] = document

    def __delitem__(self, id: Any) -> None:
        if id not in self:
            raise KeyError(id)
        self.layer[str(id)] = None

    def __contains__(self, id: object) -> bool:
        key = str(id)
        if key in self.layer or key in self._staged:
            return self._lookup(key) is not None
        return self._contents.locate(self.name, key) is not None

    def __iter__(self) -> Iterator[Any]:
        changed = {**self._staged, **self.layer}
        for home in self._contents.homes(self.name):
            for key in self._contents.documents(home, self.name):
                if key not in changed:
                    yield self._identify(key)
                elif changed[key] is not None:
                    yield self._identify(key)
                    del changed[key]
        for key, document in changed.items():
            if document is not None:
                yield self._identify(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Delete every document."""
        self.layer = dict.fromkeys(map(str, list(self)))


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two documents are the same JSON, whatever the order of their keys.

    Python holds 1, 1.0 and True for equal; JSON does not.
    """
    return one == other and _in_order(one) == _in_order(other)


_in_order = json.JSONEncoder(sort_keys=True).encode


def head_of(seq: int, clock: Clock | None, label: str) -> dict[str, Any]:
    """The head of a transaction's line: number, instant (UTC, whole seconds), label."""
    head: dict[str, Any] = {"seq": seq}
    if clock is not None:
        head["at"] = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**head, "label": label} if label else head


def check_day(table: str, document: Mapping[str, Any]) -> None:
    """Raises LedgerError if "day" is not YYYY-MM-DD."""
    text = document.get("day")
    try:
        if isinstance(text, str) and len(text) == len("2026-11-23") and text[4::3] == "--":
            date.fromisoformat(text)
            return
    except ValueError:
        pass
    raise LedgerError(f"{table} {document.get('id')}: 'day' must be YYYY-MM-DD, not {text!r}")
