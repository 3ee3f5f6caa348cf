"""What one command does to the ledger: collected here, written as one, or forgotten as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flowtui.core.errors import LedgerError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.draft import same
from flowtui.ledger.folder import Folder
from flowtui.ledger.kinds import Kind, file_for
from flowtui.ledger.lazy import Document
from flowtui.ledger.lines import Edit, text_of
from flowtui.ledger.migrate import without_version
from flowtui.ledger.reader import Reader, Record


@dataclass(slots=True)
class _Staged:
    """A record that the transaction touched."""

    old_file: str | None
    old: Document | None
    file: str | None = None
    text: str | None = None
    """What it becomes, as JSON; None deletes it. Parsed when looked at: an import has many."""

    @property
    def new(self) -> Document | None:
        """What it becomes; a copy of its own."""
        document: Document | None = None if self.text is None else json.loads(self.text)
        return document


class Transaction(Reader):
    """Reads the ledger with its own changes in it. Get one from `Ledger.transaction`."""

    def __init__(self, folder: Folder, label: str) -> None:
        super().__init__(folder)
        self.label = label
        self.seq: int | None = None
        """The number it was written under; None until then, or if it changed nothing."""
        self._staged: dict[tuple[str, str], _Staged] = {}
        self._over = False

    def put(self, kind: str, record: Mapping[str, Any]) -> None:
        """Add a record, or replace the one with its id, wherever that one is filed.

        Raises LedgerError, naming the field, if it has no usable "id" or "day" or is not JSON.
        """
        of_kind = self._kind(kind)
        file = file_for(of_kind, record)
        try:
            text = text_of(self._folder.migrations.stamp(kind, record))
        except (TypeError, ValueError) as error:
            raise LedgerError(f"{kind} {record['id']} cannot be stored: {error}") from error
        self._stage(of_kind, record["id"], file, text)

    def differs(self, kind: str, record: Mapping[str, Any]) -> bool | None:
        """Whether the record with the same id is another one; None if there is none."""
        of_kind = self._kind(kind)
        file_for(of_kind, record)
        present = self._document(of_kind, record["id"])
        if present is None:
            return None
        return not same(present, self._folder.migrations.stamp(kind, record))

    def from_storage(self, kind: str, document: Mapping[str, Any]) -> Record:
        """What `Ledger.snapshot` gave, maybe of an older version, as a record for `put`."""
        self._kind(kind)
        return without_version(self._folder.migrations.upgrade(kind, dict(document)))

    def delete(self, kind: str, id: str) -> None:
        """Remove a record. Raises LedgerError if there is none with this id."""
        of_kind = self._kind(kind)
        if self._document(of_kind, id) is None:
            raise LedgerError(f"there is no record {id!r} in {kind}", "it may be deleted already")
        self._stage(of_kind, id, None, None)

    def swap(self, kind: str, id: str, old: Document | None, new: Document | None) -> bool:
        """Set a record to `new` if it is as `old` (None: it does not exist); else return False."""
        of_kind = self._kind(kind)
        present = self._document(of_kind, id)
        if (present is None or old is None) and present is not old:
            return False
        if present is not None and old is not None and not same(present, old):
            return False
        if new is None:
            self._stage(of_kind, id, None, None)
        else:
            self._stage(of_kind, id, file_for(of_kind, new), text_of(new))
        return True

    def edits(self) -> dict[str, list[Edit]]:
        """What is to be written, by file; empty if nothing differs from before."""
        found: dict[str, list[Edit]] = {}
        for (kind, id), staged in self._staged.items():
            old, text, moved = staged.old, staged.text, staged.old_file != staged.file
            if not moved and (old is None or text is None or same(old, json.loads(text))):
                continue
            if moved and staged.old_file is not None:
                found.setdefault(staged.old_file, []).append(Edit(kind, id, "null"))
            if staged.file is not None and text is not None:
                found.setdefault(staged.file, []).append(Edit(kind, id, text))
        return found

    def end(self) -> None:
        """From now on every use of it is refused."""
        self._over = True

    def _stage(self, kind: Kind, id: str, file: str | None, text: str | None) -> None:
        staged = self._staged.get((kind.name, id))
        if staged is None:
            staged = self._staged[kind.name, id] = _Staged(*self._kept(kind, id))
        staged.file, staged.text = file, text

    def _document(self, kind: Kind, id: str) -> Document | None:
        staged = self._staged.get((kind.name, id))
        return staged.new if staged is not None else super()._document(kind, id)

    def _changed(self, kind: str) -> Mapping[str, Document | None]:
        return {id: s.new for (of_kind, id), s in self._staged.items() if of_kind == kind}

    def _kind(self, name: str) -> Kind:
        if self._over:
            raise LedgerError(f"the transaction {self.label!r} is over")
        return super()._kind(name)
