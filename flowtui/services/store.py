"""The generic store: records of one kind as values, through the ledger's TinyDB table.

A record that cannot be decoded is left out and reported by the ledger, as a damaged line is; it
stops no command. Writing belongs into a transaction: `with store.change("label"): ...`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Generic, TypeVar

from tinydb import where
from tinydb.queries import QueryInstance

from flowtui.core.codec import RecordError
from flowtui.core.errors import FlowError
from flowtui.core.kinds import KINDS
from flowtui.ledger.ledger import Document, Ledger
from flowtui.ledger.staging import Staging
from flowtui.ledger.table import JournalTable

T = TypeVar("T")
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0/o and 1/l/i: ids are typed by hand."""


class Store(Generic[T]):
    """The records of one kind; `T` is the class of the kind, Any where each id has its own."""

    def __init__(self, ledger: Ledger, kind: str, see: str = "flowtui doctor") -> None:
        self.ledger = ledger
        self.kind = KINDS[kind]
        self._see = see
        """The command that shows the ids."""
        self._issued: set[str] = set()

    @property
    def table(self) -> JournalTable:
        """The TinyDB table."""
        return self.ledger.table(self.kind.name)

    # Reading

    def get(self, id: str) -> T | None:
        """The value with this id; None if there is none, or if it cannot be decoded."""
        return next(iter(self._decoded(filter(None, [self.table.get(doc_id=id)]))), None)

    def has(self, id: str) -> bool:
        """Whether there is a record with this id, be it one that can be decoded or not."""
        return self.table.get(doc_id=id) is not None

    def search(self, query: QueryInstance) -> list[T]:
        """The values whose records match a TinyDB query."""
        return list(self._decoded(self.table.search(query)))

    def between(self, first: date, last: date) -> list[T]:
        """The values filed under the days from `first` to `last`, by day and id."""
        return self.search(days(first, last))

    def rows_between(self, first: date, last: date) -> list[Document]:
        """The records of those days as they are stored: for whoever needs few of them."""
        return list(self.table.search(days(first, last)))

    def decoded(self, rows: Iterable[Document]) -> list[T]:
        """The values of `rows`; what cannot be decoded is left out and reported."""
        return list(self._decoded(rows))

    def every(self) -> list[T]:
        """All values of all years."""
        return list(self._decoded(self.table))

    def by_id(self, text: str, among: Callable[[], list[T]] | None = None) -> T:
        """The value whose id is `text`, or the only one of `among` whose id begins with it.

        Raises FlowError if there is none, or several, RecordError if it cannot be decoded.
        """
        record = self.table.get(doc_id=text) if text else None
        if record is not None:
            return self._decode(record)
        values: list[Any] = list((among or self.every)()) if text else []
        matches = [value for value in values if value.id.startswith(text)]
        if len(matches) == 1:
            match: T = matches[0]
            return match
        word = self.kind.word
        if matches:
            plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
            ids = ", ".join(value.id for value in matches[:5])
            raise FlowError(f"several {plural} begin with {text!r}: {ids}", "give more letters")
        raise FlowError(f"unknown {word} {text!r}", f"see the ids: {self._see}")

    def _decode(self, record: Document) -> T:
        try:
            value: T = self.kind.decode(record)
        except RecordError as error:
            error.hint = f"mend it: flowtui doctor --edit {record.doc_id}"
            raise
        return value

    def _decoded(self, records: Iterable[Document]) -> Iterator[T]:
        for record in records:
            try:
                yield self._decode(record)
            except RecordError as error:
                self.ledger.skip(self.kind.name, record, error)

    # Writing

    @contextmanager
    def change(
        self, label: str, background: bool = False, group: str | None = None
    ) -> Iterator[Staging]:
        """One transaction; nothing is written if the body raises.

        With `background` no command of the person caused it, and undo passes it over. Those of one
        `group` are one command.
        """
        with self.ledger.transaction(label, background=background, group=group) as staging:
            yield staging

    def new_id(self) -> str:
        """Six letters that no record of the kind has yet."""
        while True:
            id = "".join(secrets.choice(LETTERS) for _ in range(6))
            if id not in self._issued and not self.has(id):
                self._issued.add(id)
                return id

    def put(self, value: T, day: date | None = None, id: str = "") -> None:
        """File `value`, under the logical `day` if it does not carry its own."""
        record = self.kind.encode(value, day, id)
        self.table.replace(Document(record, doc_id=record["id"]))

    def remove(self, id: str) -> None:
        """Delete a record; nothing happens where there is none."""
        self.table.remove(doc_ids=[id])


def days(first: date, last: date) -> QueryInstance:
    """The query for records filed under the days from `first` to `last`, both included."""
    return (where("day") >= first.isoformat()) & (where("day") <= last.isoformat())
