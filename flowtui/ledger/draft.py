"""Changes to tables that are not written yet, seen as if they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from flowtui.ledger.lines import Edit, text_of
from flowtui.ledger.migrate import own_copy

Document = dict[str, Any]
Staged = dict[str, Document | None]
"""By key; None stands for a deleted document."""


class Draft:
    """What a transaction has changed so far, over the tables as they are."""

    def __init__(
        self, base: Mapping[str, Mapping[str, Document]], next_id: Callable[[str], int]
    ) -> None:
        self.staged: dict[str, Staged] = {}
        """By table."""
        self.dropped: set[str] = set()
        """Tables that shall be no more; all their documents are staged as deleted."""
        self._base = base
        self._base_next_id = next_id
        self._next_ids: dict[str, int] = {}

    def table(self, name: str, identify: Callable[[str], Any]) -> DraftTable:
        """A table to change, as it is by now; what is not given to `keep` is forgotten."""
        return DraftTable(self._base.get(name, {}), dict(self.staged.get(name, {})), identify)

    def keep(self, name: str, table: DraftTable) -> None:
        """Take over what was changed in `table`."""
        for key, document in table.staged.items():
            if document is not None and is_number(key):
                self._next_ids[name] = max(self._next_id(name), int(key) + 1)
        self.staged[name] = table.staged
        self.dropped.discard(name)

    def take_id(self, table: str) -> int:
        """A whole number that is no key of the table, and will not be given again."""
        next_id = self._next_id(table)
        self._next_ids[table] = next_id + 1
        return next_id

    def documents(self, name: str) -> Mapping[str, Document]:
        """A table as it would be after the transaction. Not to be changed."""
        base, staged = self._base.get(name, {}), self.staged.get(name)
        return Overlay(base, staged) if staged else base

    def names(self) -> list[str]:
        """The tables there would be after the transaction."""
        return [name for name in {**self._base, **self.staged} if name not in self.dropped]

    def become(
        self,
        wanted: Mapping[str, Mapping[str, Document]],
        base: Mapping[str, Mapping[str, Document]],
    ) -> None:
        """Stage how `wanted` differs from `base`, which may be older than the tables themselves.

        Raises KeyError with the key if a document that is new in `wanted` meanwhile exists.
        """
        for name in base:
            if name not in wanted:
                self.staged[name] = dict.fromkeys(self.documents(name))
                self.dropped.add(name)
        for name, table in wanted.items():
            old, present = base.get(name, {}), self.documents(name)
            staged: Staged = {key: None for key in old if key not in table}
            for key, document in table.items():
                if key not in old and key in present and not same(present[key], document):
                    raise KeyError(key)
                if key not in old or not same(old[key], document):
                    staged[key] = document
            if staged or name not in base:
                self.staged[name] = {**self.staged.get(name, {}), **staged}
                self.dropped.discard(name)

    def edits(self) -> list[Edit]:
        """What differs from the tables as they were, to be written.

        Raises TypeError or ValueError for a document that is not JSON.
        """
        found: list[Edit] = []
        for name, staged in self.staged.items():
            before = self._base.get(name)
            if name in self.dropped:
                found += [Edit(name, None, "null")] * (before is not None)
                continue
            count = len(found)
            for key, document in staged.items():
                old = before.get(key) if before is not None else None
                if document is None and old is not None:
                    found.append(Edit(name, key, "null"))
                elif document is not None and (old is None or not same(document, old)):
                    found.append(Edit(name, key, text_of(document)))
            if before is None and len(found) == count:
                found.append(Edit(name, None, "true"))
        return found

    def _next_id(self, table: str) -> int:
        return self._next_ids.get(table) or self._base_next_id(table)


class DraftTable(MutableMapping[Any, Document]):
    """A table as TinyDB's updaters want it: documents by id, to be changed in place.

    A document is copied when it is first looked at, so the cost is that of what is touched.
    """

    def __init__(
        self, base: Mapping[str, Document], staged: Staged, identify: Callable[[str], Any]
    ) -> None:
        self.staged = staged
        self._base = base
        self._identify = identify

    def __getitem__(self, id: Any) -> Document:
        key = str(id)
        if key in self.staged:
            document = self.staged[key]
            if document is None:
                raise KeyError(id)
            return document
        copy: Document = own_copy(self._base[key])
        self.staged[key] = copy
        return copy

    def __setitem__(self, id: Any, document: Document) -> None:
        self.staged[str(id)] = document

    def __delitem__(self, id: Any) -> None:
        if id not in self:
            raise KeyError(id)
        self.staged[str(id)] = None

    def __contains__(self, id: object) -> bool:
        key = str(id)
        return self.staged[key] is not None if key in self.staged else key in self._base

    def __iter__(self) -> Iterator[Any]:
        for key in self._base:
            if self.staged.get(key, self) is not None:
                yield self._identify(key)
        for key, document in self.staged.items():
            if document is not None and key not in self._base:
                yield self._identify(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Delete every document."""
        self.staged = dict.fromkeys([*self._base, *self.staged])


class Overlay(Mapping[str, Document]):
    """A table with staged changes over it, without a copy of either."""

    def __init__(self, base: Mapping[str, Document], staged: Staged) -> None:
        self._base = base
        self._staged = staged

    def __getitem__(self, key: str) -> Document:
        document = self._staged[key] if key in self._staged else self._base[key]
        if document is None:
            raise KeyError(key)
        return document

    def __iter__(self) -> Iterator[str]:
        for key in self._base:
            if key not in self._staged or self._staged[key] is not None:
                yield key
        for key, document in self._staged.items():
            if document is not None and key not in self._base:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)


def is_number(key: str) -> bool:
    """Whether a key is one that TinyDB counts with."""
    return key.isascii() and key.isdigit()


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two documents are the same JSON, whatever the order of their keys.

    Python holds 1, 1.0 and True for equal; JSON does not.
    """
    return one == other and _in_order(one) == _in_order(other)


_in_order = json.JSONEncoder(sort_keys=True).encode
