"""The policy file of one browser: put beside the administrator's, and taken away again.

It appears and goes as a whole. The folder's own times come back too, if nobody else changed it.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import files, policy_text
from .errors import GuardError
from .journal import APPLIED, RESTORING, Journal, Record
from .policy_text import Rules
from .proof import EXACT, FAILED, GONE, MERGED, Proof

KIND = "policy"
MODE = 0o644


def apply(journal: Journal, browser: str, folder: Path, rules: Rules) -> Record:
    """Put our policy into `folder`; returns the record. Raises GuardError if that cannot be."""
    data = wanted(folder, rules)
    path = folder / policy_text.FILE
    try:
        original = files.read(path)
        seen = os.stat(folder, follow_symlinks=False)
        record = journal.prepare(
            KIND,
            browser=browser,
            path=str(path),
            original=None if original is None else journal.keep(original),
            meta=None if original is None else _meta(path),
            planned=[files.digest(data)],
            folder_times=[seen.st_atime_ns, seen.st_mtime_ns],
            entries=_entries(folder),
        )
    except OSError as error:
        raise GuardError("policy", f"{path} cannot be read: {error.strerror}") from None
    try:
        files.replace(path, data, MODE)
    except OSError as error:
        restore(journal, record)
        raise GuardError("policy", f"{path} could not be written: {error.strerror}") from None
    return journal.note(record, state=APPLIED)


def change(journal: Journal, record: Record, rules: Rules) -> Record:
    """Put another policy in the place of ours, in one step. Raises OSError."""
    path = Path(record["path"])
    data = wanted(path.parent, rules)
    if files.read(path) == data:
        return record
    planned = [files.digest(data), *record["planned"]][:8]
    record = journal.note(record, planned=list(dict.fromkeys(planned)))
    files.replace(path, data, MODE)
    return journal.note(record, state=APPLIED)


def intact(record: Record, rules: Rules) -> bool:
    """True if our file is there and says what it should beside the administrator's of now."""
    path = Path(record["path"])
    try:
        return files.read(path) == wanted(path.parent, rules)
    except OSError:
        return False


def overridden(record: Record) -> str:
    """The name of a file that is read after ours and takes its place; empty without one."""
    folder = Path(record["path"]).parent
    try:
        others = sorted(_others(folder).items(), reverse=True)
    except OSError:
        return ""
    for name, data in others:
        if name > policy_text.FILE and policy_text.says(data):
            return name
    return ""


def wanted(folder: Path, rules: Rules) -> bytes:
    """The bytes that our file in `folder` should have. Raises OSError."""
    return policy_text.merged(rules, policy_text.effective(_others(folder)))


def restore(journal: Journal, record: Record) -> Proof:
    """Take our file away; a file that others put in its place is kept aside, not lost."""
    path, before = Path(record["path"]), record["original"]
    record = journal.mark(record, RESTORING)
    try:
        proof = _put_back(journal, record, path, before)
        _folder_times(path.parent, record)
    except FileNotFoundError:
        proof = Proof(KIND, str(path), GONE, before, None, "somebody has removed the folder")
    except OSError as error:
        return Proof(KIND, str(path), FAILED, before, None, f"cannot be changed: {error.strerror}")
    if proof.settled:
        journal.done(record)
    return proof


def _put_back(journal: Journal, record: Record, path: Path, before: str | None) -> Proof:
    files.remove(path.with_name(f".{path.name}.new"))
    now = files.read(path)
    note, how = "", EXACT
    if now is not None and files.digest(now) not in [*record["planned"], before]:
        journal.keep(now)
        aside = journal.folder.parent / f"kept-{files.digest(now)[:12]}.json"
        files.replace(aside, now)
        note, how = f"somebody had changed our file: kept as {aside}", MERGED
    if before is None:
        files.remove(path)
    elif now is None or files.digest(now) != before:
        meta = files.Meta.from_plain(record["meta"])
        files.replace(path, journal.bytes_of(before), meta.mode)
        os.chown(path, meta.uid, meta.gid, follow_symlinks=False)
        os.utime(path, ns=(meta.atime_ns, meta.mtime_ns), follow_symlinks=False)
    left = files.read(path)
    after = None if left is None else files.digest(left)
    return Proof(KIND, str(path), how if after == before else FAILED, before, after, note)


def _folder_times(folder: Path, record: Record) -> None:
    if _entries(folder) == record["entries"]:
        atime_ns, mtime_ns = record["folder_times"]
        os.utime(folder, ns=(atime_ns, mtime_ns))


def _entries(folder: Path) -> list[list[object]]:
    """Name, inode and time of all that lies in `folder` beside ours."""
    found: list[list[object]] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name not in (policy_text.FILE, f".{policy_text.FILE}.new"):
                seen = entry.stat(follow_symlinks=False)
                found.append([entry.name, seen.st_ino, seen.st_mtime_ns])
    return found


def _others(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        # hidden ones too: Chromium reads every regular file
        if path.name in (policy_text.FILE, f".{policy_text.FILE}.new") or not path.is_file():
            continue
        try:
            data = path.read_bytes()  # an administrator's link is followed, as Chromium does
        except OSError:
            continue
        if len(data) <= files.MAX_BYTES:
            found[path.name] = data
    return found


def _meta(path: Path) -> dict[str, object]:
    fd = files.open_plain(path, writing=False)
    try:
        return files.meta(fd).plain()
    finally:
        os.close(fd)
