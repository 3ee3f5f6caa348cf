"""TinyDB's table and database over a journal: the same methods, each costing what it touches.

    ledger.table("blocks").search(where("day") == "2026-11-23")       reads this year alone
    ledger.table("entries").search((where("day") >= a) & (where("kind") == "energy"))

Differences from TinyDB's own table: ids are given under the lock, so two processes never give the
same one; documents handed out share nothing with the database; an id may be a text, as all records
of a ledger have; a query that names days opens only their years; `replace` puts a whole document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from flowtui.ledger.contents import is_number
from flowtui.ledger.migrate import own_copy
from flowtui.ledger.staging import ALWAYS
from flowtui.ledger.storage import JournalStorage

Fields = Mapping[Any, Any] | Callable[[MutableMapping[Any, Any]], None]


def document_id(key: Any) -> Any:
    """The id that a key in the file stands for: a whole number if it is one, else the text."""
    if isinstance(key, str):
        return int(key) if is_number(key) else key
    return key


def text_id(key: Any) -> Any:
    """The id in a table of records, where every id is a text."""
    return str(key)


class JournalTable(Table):
    """A table whose changes are one line each in the journal, or part of a transaction's.

    Over any other storage, a middleware for instance, it is TinyDB's own table.
    """

    document_id_class = staticmethod(document_id)  # type: ignore[assignment]  # a type in TinyDB

    def __init__(self, storage: Any, name: str, *args: Any, **kwargs: Any) -> None:
        self._journal = storage if isinstance(storage, JournalStorage) else None
        kind = self._journal.kinds.get(name) if self._journal is not None else None
        self._is_dated = kind is not None and kind.dated
        if kind is not None:
            self.document_id_class = text_id
        super().__init__(storage, name, *args, **kwargs)

    def insert(self, document: Mapping[Any, Any]) -> int:
        """See `tinydb.table.Table.insert`; the id is free in every process."""
        if self._journal is None:
            return super().insert(document)
        with self._journal.joined():
            return super().insert(document)

    def replace(self, document: Document) -> None:
        """Put a whole document, whether there is one with its id or not."""
        if self._journal is None:
            with_id = self.get(doc_id=document.doc_id)
            if with_id is not None:
                self.remove(doc_ids=[document.doc_id])
            self.insert(document)
            return
        self._update_table(lambda table: table.update({document.doc_id: dict(document)}))

    def update(
        self,
        fields: Fields,
        cond: QueryLike | None = None,
        doc_ids: Iterable[Any] | None = None,
    ) -> list[int]:
        """See `tinydb.table.Table.update`; only documents that match are copied."""
        if self._journal is None or cond is None or doc_ids is not None:
            return super().update(fields, cond, doc_ids)
        with self._journal.joined():
            return super().update(fields, doc_ids=self._matching(cond))

    def upsert(self, document: Mapping[Any, Any], cond: QueryLike | None = None) -> list[int]:
        """See `tinydb.table.Table.upsert`; looking and writing are one transaction."""
        if self._journal is None:
            return super().upsert(document, cond)
        with self._journal.joined():
            return super().upsert(document, cond)

    def remove(
        self, cond: QueryLike | None = None, doc_ids: Iterable[Any] | None = None
    ) -> list[int]:
        """See `tinydb.table.Table.remove`."""
        if self._journal is None or cond is None or doc_ids is not None:
            return super().remove(cond, doc_ids)
        with self._journal.joined():
            return super().remove(doc_ids=self._matching(cond))

    def search(self, cond: QueryLike) -> list[Document]:
        """See `tinydb.table.Table.search`; by day and id in a table that is kept by day."""
        if self._journal is None:
            return super().search(cond)
        with self._journal.threads:
            return [_own(key, document) for key, document in self._matches(cond)]

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """See `tinydb.table.Table.get`."""
        if self._journal is None:
            return super().get(*args, **kwargs)
        cond = args[0] if args else kwargs.get("cond")
        with self._journal.threads:
            if cond is not None and len(args) < 2 and kwargs.keys() <= {"cond"}:
                first = next(self._matches(cond), None)
                return None if first is None else _own(*first)
            result = super().get(*args, **kwargs)
        if isinstance(result, list):
            return [_own(item.doc_id, item) for item in result]
        return result and _own(result.doc_id, result)

    def __iter__(self) -> Iterator[Document]:
        if self._journal is None:
            yield from super().__iter__()
            return
        with self._journal.threads:
            rows = [_own(key, document) for key, document in self._rows(*ALWAYS)]
        yield from rows

    def _rows(self, first: str, last: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        """Id and document, the ledger's own; of the days from `first` to `last` if it has days."""
        assert self._journal is not None
        view = self._journal.view(self.name, self.document_id_class)
        return view.between(first, last) if self._is_dated else iter(view.items())

    def _matches(self, cond: QueryLike) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        days = days_of(getattr(cond, "_hash", None)) if self._is_dated else ALWAYS
        return (row for row in self._rows(*days) if cond(row[1]))

    def _matching(self, cond: QueryLike) -> list[int]:
        return [key for key, _ in self._matches(cond)]

    def _get_next_id(self) -> int:
        if self._journal is None:
            next_id: int = super()._get_next_id()  # type: ignore[no-untyped-call]  # TinyDB's
            return next_id
        with self._journal.joined() as staging:
            return staging.take_id(self.name)

    def _read_table(self) -> dict[str, Mapping[Any, Any]]:
        if self._journal is None:
            return super()._read_table()
        return self._journal.view(self.name)  # type: ignore[return-value]  # never changed

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        if self._journal is None:
            super()._update_table(updater)
            return
        with self._journal.joined() as staging:
            layer = staging.layer(self.name, self.document_id_class)
            updater(layer)
            staging.keep(layer)


def days_of(hashed: Any) -> tuple[str, str]:
    """The first and the last day that a query can match, told by what TinyDB hashes of it.

    `ALWAYS` where it does not say. Each document is still asked whether it matches.
    """
    first, last = ALWAYS
    if not isinstance(hashed, tuple) or not hashed:
        return ALWAYS
    if hashed[0] == "and" and len(hashed) == 2:
        for part in hashed[1]:
            low, high = days_of(part)
            first, last = max(first, low), min(last, high)
        return first, last
    if len(hashed) != 3 or hashed[1] != ("day",) or not isinstance(hashed[2], str):
        return ALWAYS
    if hashed[0] in ("==", ">=", ">"):
        first = hashed[2]
    if hashed[0] in ("==", "<=", "<"):
        last = hashed[2]
    return first, last


def _own(key: Any, document: Mapping[str, Any]) -> Document:
    """A document that may be changed without changing the database."""
    return Document(own_copy(dict(document)), key)


class JournalDB(TinyDB):
    """`JournalDB(folder)`: a TinyDB whose folder holds a journal."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]  # JSONStorage in TinyDB
