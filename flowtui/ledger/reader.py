"""Looking records up by id and by day, in what is kept and in what a transaction changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flowtui.core.errors import LedgerError
from flowtui.ledger.folder import Folder
from flowtui.ledger.kinds import STATE, Kind
from flowtui.ledger.lazy import Document
from flowtui.ledger.migrate import without_version

Record = dict[str, Any]


class Reader:
    """The records of a ledger. What it returns are copies of the caller's own."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def get(self, kind: str, id: str) -> Record | None:
        """The record with this id, or None."""
        document = self._document(self._kind(kind), id)
        return None if document is None else without_version(document)

    def find(self, kind: str, first: date, last: date) -> list[Record]:
        """Records of a dated kind from day `first` to day `last`, both included, by day and id."""
        if not self._kind(kind).dated:
            raise LedgerError(f"{kind} has no days: ask for all of it")
        changed = self._changed(kind)
        low, high = first.isoformat(), last.isoformat()
        found = [d for d in self._folder.between(kind, first, last) if d["id"] not in changed]
        found += [d for d in changed.values() if d is not None and low <= d["day"] <= high]
        return [without_version(d) for d in sorted(found, key=_by_day)]

    def all(self, kind: str) -> list[Record]:
        """Every record of a kind without a date, by id."""
        if self._kind(kind).dated:
            raise LedgerError(f"{kind} is kept by day: ask for a span of days")
        merged = {**dict(self._folder.open(STATE).view(kind).items()), **self._changed(kind)}
        return [without_version(d) for _, d in sorted(merged.items()) if d is not None]

    def _document(self, kind: Kind, id: str) -> Document | None:
        return self._kept(kind, id)[1]

    def _kept(self, kind: Kind, id: str) -> tuple[str | None, Document | None]:
        """The file that holds a record, and the record; not to be changed."""
        name = self._folder.locate(kind, id)
        return name, None if name is None else self._folder.document(name, kind.name, id)

    def _changed(self, kind: str) -> Mapping[str, Document | None]:
        """What a transaction did to records of `kind`; None stands for a deleted one."""
        return {}

    def _kind(self, name: str) -> Kind:
        try:
            return self._folder.kinds[name]
        except KeyError:
            known = ", ".join(self._folder.kinds)
            raise LedgerError(f"the ledger keeps no {name!r}", f"it keeps: {known}") from None


def _by_day(document: Mapping[str, Any]) -> tuple[str, str]:
    return document["day"], document["id"]


def documents(folder: Folder, kind: Kind) -> Iterator[Document]:
    """Every record of a kind as kept, a year at a time; not to be changed."""
    if kind.dated:
        yield from folder.between(kind.name, date.min, date.max)
    else:
        yield from folder.open(STATE).view(kind.name).values()
