"""Changing a ledger's folder: one transaction at a time, over all its files or none.

A transaction over several files is committed by one line in `state.jsonl`; see
`flowtui.ledger.folder` for what that line and the parts that follow it look like.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flowtui.core.errors import LedgerError
from flowtui.ledger.disk import failed, make_folder, sync_folder
from flowtui.ledger.folder import LOADED_YEARS, Folder
from flowtui.ledger.kinds import STATE
from flowtui.ledger.lines import Edit, text_of
from flowtui.ledger.look import look

Edits = dict[str, list[Edit]]
"""Changes by the name of the file they belong in."""


@contextmanager
def writing(folder: Folder) -> Iterator[None]:
    """Hold the lock, with everything read that others wrote. Raises LedgerError."""
    make_folder(folder.path)
    folder.warm_up()
    with folder.lock:
        if folder.lock.abandoned:
            _sync_all(folder)
        folder.be_current()
        yield


def commit(folder: Folder, head: dict[str, Any], edits: Edits) -> None:
    """Under the lock: write one transaction. Raises LedgerError.

    Unless it raises, all of it is on disk; if it raises, nothing is.
    """
    names = list(dict.fromkeys([STATE, *edits] if len(edits) > 1 else edits))
    try:
        if len(names) <= LOADED_YEARS:  # else each is read, added to, and let go of in turn
            for name in names:
                folder.open(name)
        for name in edits:
            complete(folder, name)
        if len(edits) == 1:
            with folder.to_write(names[0]) as storage:
                storage.commit(head, edits[names[0]])
        else:
            _commit_across(folder, head, edits)
    except BaseException:  # an interruption may come when it is on disk and not in memory
        folder.distrust(names)
        raise
    folder.note_commit(names, head["seq"])


def complete(folder: Folder, name: str) -> None:
    """Under the lock: add to a file the parts that `state.jsonl` has for it."""
    if not folder.missing_parts(name, 0):
        return
    with folder.to_write(name) as storage:
        for part in folder.missing_parts(name, storage.journal.seq):
            value = folder.read_part(part)
            head = {**value[0], "part": True}
            head.pop("files", None)
            own = [c for c in value[1:] if len(c) > 3 and c[3] == name]
            storage.commit(head, [Edit(c[0], c[1], text_of(c[2])) for c in own], durable=False)


def _sync_all(folder: Folder) -> None:
    """After a writer died: what it wrote must last before anything is built on it."""
    for name in look(folder.path):
        folder.sync(name)
    try:
        sync_folder(folder.path)
    except OSError as error:
        raise failed("sync", folder.path, error) from error


def _commit_across(folder: Folder, head: dict[str, Any], edits: Edits) -> None:
    years = sorted(name for name in edits if name != STATE)
    whole = list(edits.get(STATE, []))
    for name in years:
        whole += [edit._replace(target=name) for edit in edits[name]]
    folder.open(STATE).commit({**head, "files": years}, whole)
    for name in years:
        with folder.to_write(name) as storage:
            try:
                storage.commit({**head, "part": True}, edits[name], durable=False)
            except LedgerError:  # a full disk: it stands in state.jsonl, and is added later
                folder.show_parts(name, storage)
