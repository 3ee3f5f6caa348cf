"""TinyDB's table and database over a journal: the same methods, each costing what it touches.

Differences from TinyDB's own table: ids are given under the lock, so two processes never give the
same one; a query sees what other processes wrote; documents handed out share nothing with the
database. A key that is no whole number is a string id, as all records of a ledger have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from flowtui.ledger.draft import is_number
from flowtui.ledger.migrate import own_copy
from flowtui.ledger.storage import JournalStorage

Fields = Mapping[Any, Any] | Callable[[MutableMapping[Any, Any]], None]


def document_id(key: Any) -> Any:
    """The id that a key in the file stands for: a whole number if it is one, else the text."""
    if isinstance(key, str):
        return int(key) if is_number(key) else key
    return key


class JournalTable(Table):
    """A table whose changes are one line each in the journal.

    Over any other storage, a middleware for instance, it is TinyDB's own table.
    """

    document_id_class = staticmethod(document_id)  # type: ignore[assignment]  # a type in TinyDB

    def __init__(self, storage: Any, name: str, *args: Any, **kwargs: Any) -> None:
        self._journal = storage if isinstance(storage, JournalStorage) else None
        self._cached_version = -1
        super().__init__(storage, name, *args, **kwargs)

    def insert(self, document: Mapping[Any, Any]) -> int:
        """See `tinydb.table.Table.insert`; the id is free in every process."""
        if self._journal is None:
            return super().insert(document)
        with self._journal.transaction():
            return super().insert(document)

    def update(
        self,
        fields: Fields,
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        """See `tinydb.table.Table.update`; only documents that match are copied."""
        if self._journal is None or cond is None or doc_ids is not None:
            return super().update(fields, cond, doc_ids)
        with self._journal.transaction():
            return super().update(fields, doc_ids=self._matching(cond))

    def upsert(self, document: Mapping[Any, Any], cond: QueryLike | None = None) -> list[int]:
        """See `tinydb.table.Table.upsert`; looking and writing are one transaction."""
        if self._journal is None:
            return super().upsert(document, cond)
        with self._journal.transaction():
            return super().upsert(document, cond)

    def remove(
        self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None
    ) -> list[int]:
        """See `tinydb.table.Table.remove`."""
        if self._journal is None or cond is None or doc_ids is not None:
            return super().remove(cond, doc_ids)
        with self._journal.transaction():
            return super().remove(doc_ids=self._matching(cond))

    def search(self, cond: QueryLike) -> list[Document]:
        """See `tinydb.table.Table.search`; cached answers are dropped when anything changed."""
        if self._journal is not None:
            self._journal.refresh()
            if self._journal.in_transaction or self._cached_version != self._journal.memory.version:
                self.clear_cache()
                self._cached_version = self._journal.memory.version
        return [_own(found) for found in super().search(cond)]

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """See `tinydb.table.Table.get`."""
        found = super().get(*args, **kwargs)
        return [_own(item) for item in found] if isinstance(found, list) else found and _own(found)

    def __iter__(self) -> Iterator[Document]:
        return map(_own, super().__iter__())

    def _matching(self, cond: QueryLike) -> list[int]:
        return [document_id(k) for k, document in self._read_table().items() if cond(document)]

    def _get_next_id(self) -> int:
        if self._journal is None:
            next_id: int = super()._get_next_id()  # type: ignore[no-untyped-call]  # TinyDB's
            return next_id
        with self._journal.transaction() as draft:
            return draft.take_id(self.name)

    def _read_table(self) -> dict[str, Mapping[Any, Any]]:
        if self._journal is None:
            return super()._read_table()
        return self._journal.documents(self.name)  # type: ignore[return-value]  # never changed

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        if self._journal is None:
            super()._update_table(updater)
            return
        with self._journal.transaction() as draft:
            table = draft.table(self.name, document_id)
            updater(table)
            draft.keep(self.name, table)
        self.clear_cache()


def _own(document: Document) -> Document:
    """A document that may be changed without changing the database."""
    return Document(own_copy(dict(document)), document.doc_id)


class JournalDB(TinyDB):
    """`JournalDB(path)`: a TinyDB whose file is a journal."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]  # JSONStorage in TinyDB
