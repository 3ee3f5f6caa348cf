"""The hosts file: our lines behind everybody else's, and the file exactly as it was afterwards.

It is written in place, never replaced: inode, owner, mode and attributes stay, and sandboxes that
bind the file see it too. The journal makes good for what such a write lacks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from . import files, hosts_text
from .errors import Damaged, GuardError
from .files import Meta
from .journal import APPLIED, RESTORING, Journal, Record
from .proof import EXACT, FAILED, GONE, MERGED, Proof

KIND = "hosts"


def apply(journal: Journal, path: Path, names: dict[str, str]) -> Record:
    """Send `names` (name to address) nowhere; returns the record.

    Raises GuardError where the file is not one that can be changed so: then nothing was.
    """
    fd = _open(path)
    try:
        original, meta = files.read_fd(fd), files.meta(fd)
        token = os.urandom(8).hex()
        tail = hosts_text.tail(original, token, names)
        _fits(path, len(original) + len(tail))
        record = journal.prepare(
            KIND,
            path=str(path),
            original=journal.keep(original),
            size=len(original),
            token=token,
            tails=[journal.keep(tail)],
            meta=meta.plain(),
        )
        try:
            files.write_all(fd, tail, len(original))
            os.fsync(fd)
        except OSError as error:
            _undo_write(fd, original, meta)
            journal.done(record)
            raise GuardError("hosts", f"{path} could not be written: {error.strerror}") from None
    finally:
        os.close(fd)
    return journal.note(record, state=APPLIED)


def change(journal: Journal, record: Record, names: dict[str, str]) -> Record:
    """Let the segment hold `names` instead, in one step that opens nothing.

    Where others have changed the file meanwhile, theirs stays and the segment is put anew.
    """
    path = Path(record["path"])
    original = journal.bytes_of(record["original"])
    tail = hosts_text.tail(original, record["token"], names)
    known = [tail_name for tail_name in record["tails"] if tail_name != files.digest(tail)]
    _fits(path, len(original) + len(tail))
    fd = _open(path)
    try:
        now = files.read_fd(fd)
        record = journal.note(record, tails=[journal.keep(tail), *known][:8])
        tails = [journal.bytes_of(name) for name in record["tails"]]
        if hosts_text.is_torn(now, original, tails):
            wanted = original + tail
        else:
            wanted = _replanted(now, record, tails, tail)
        _rewrite(fd, now, wanted)
    finally:
        os.close(fd)
    return journal.note(record, state=APPLIED)


def intact(journal: Journal, record: Record) -> bool:
    """True if our segment stands in the file as it was written, each line of it."""
    now = files.read(Path(record["path"])) or b""
    tail = journal.bytes_of(record["tails"][0])
    wanted = hosts_text.segment_of(tail, record["token"])
    return hosts_text.segment_of(now, record["token"]) == wanted


_looks: dict[str, tuple[object, bool]] = {}
_names: dict[str, list[str]] = {}


def looks_intact(journal: Journal, record: Record) -> bool:
    """`intact`, the file read anew only when something has happened to it: it may be large."""
    try:
        seen = Path(record["path"]).stat()
    except OSError:
        return False
    now = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    look = (*now, str(record["tails"]))
    before = _looks.get(record["path"])
    if before is None or before[0] != look:
        _looks[record["path"]] = before = (look, intact(journal, record))
    return before[1]


def inside(journal: Journal, record: Record) -> list[str]:
    """The names that our segment sends nowhere."""
    tail = record["tails"][0]
    if tail not in _names:
        lines = hosts_text.lines_of(journal.bytes_of(tail), record["token"])
        _names.clear()
        _names[tail] = list(dict.fromkeys(line.split()[1].decode() for line in lines))
    return _names[tail]


def replant(journal: Journal, record: Record) -> Record:
    """Put the segment anew after somebody has meddled with it."""
    path = Path(record["path"])
    tails = [journal.bytes_of(name) for name in record["tails"]]
    fd = _open(path)
    try:
        now = files.read_fd(fd)
        original = journal.bytes_of(record["original"])
        if hosts_text.is_torn(now, original, tails):
            wanted = original + tails[0]
        else:
            wanted = _replanted(now, record, tails, tails[0])
        _rewrite(fd, now, wanted)
    finally:
        os.close(fd)
    return record


def restore(journal: Journal, record: Record, mend: bool = False) -> Proof:
    """Put the file back; needs the journal alone, and may be done again and again.

    Without foreign changes the file is as it was, byte for byte, times too. With `mend`, lines of
    ours are taken out even where their marks are damaged.
    """
    path, meta = Path(record["path"]), Meta.from_plain(record["meta"])
    original = journal.bytes_of(record["original"])
    before = files.digest(original)
    try:
        fd = files.open_plain(path, writing=True)
    except FileNotFoundError:
        journal.done(record)
        return Proof(KIND, str(path), GONE, before, None, "somebody has removed the file")
    except OSError as error:
        return Proof(KIND, str(path), FAILED, before, None, f"cannot be opened: {error.strerror}")
    try:
        record = journal.mark(record, RESTORING)
        proof = _put_back(fd, path, original, meta, record, journal, mend)
    except OSError as error:
        return Proof(KIND, str(path), FAILED, before, None, f"cannot be written: {error.strerror}")
    finally:
        os.close(fd)
    if proof.settled:
        journal.done(record)
    return proof


def diff(journal: Journal, record: Record) -> list[str]:
    """The lines that `restore(mend=True)` would take out."""
    now = files.read(Path(record["path"])) or b""
    left = hosts_text.mended(now, record["token"], _ours(journal, record)).splitlines()
    gone = [line.decode("utf-8", "replace") for line in now.splitlines() if line not in left]
    return [f"- {line}" for line in gone]


def _put_back(
    fd: int,
    path: Path,
    original: bytes,
    meta: Meta,
    record: Record,
    journal: Journal,
    mend: bool,
) -> Proof:
    before, now = files.digest(original), files.read_fd(fd)
    tails = [journal.bytes_of(name) for name in record["tails"]]
    if now == original or hosts_text.is_torn(now, original, tails):
        if now != original:
            os.ftruncate(fd, len(original))
            os.fsync(fd)
        same_file = os.fstat(fd).st_ino == meta.ino
        if same_file:
            os.utime(fd, ns=(meta.atime_ns, meta.mtime_ns))
        after = files.digest(files.read_fd(fd))
        note = "" if same_file else "somebody has replaced the file by one that was the same"
        return Proof(KIND, str(path), EXACT if after == before else FAILED, before, after, note)
    ours, glued = _ours(journal, record), tails[0].startswith(b"\n")
    try:
        if mend:
            left = hosts_text.mended(now, record["token"], ours)
        else:
            left = hosts_text.without(now, record["token"], ours, glued)
    except Damaged as error:
        return Proof(KIND, str(path), FAILED, before, files.digest(now), error.message)
    _rewrite(fd, now, left)
    note = "changes that others made meanwhile were kept"
    return Proof(KIND, str(path), MERGED, before, files.digest(left), note)


def text(path: Path) -> bytes:
    """The bytes of the file. Raises GuardError where it is not one that could be changed."""
    fd = _open(path)
    try:
        return files.read_fd(fd)
    except OSError as error:
        raise GuardError("hosts", f"{path} cannot be read: {error.strerror}") from None
    finally:
        os.close(fd)


def _open(path: Path) -> int:
    try:
        return files.open_plain(path, writing=True)
    except FileNotFoundError:
        raise GuardError("hosts", f"there is no {path}") from None
    except OSError as error:
        if path.is_symlink():
            raise GuardError("hosts", f"{path} is a link: something else looks after it") from None
        raise GuardError("hosts", f"{path} cannot be changed: {error.strerror}") from None


def _replanted(now: bytes, record: Record, tails: list[bytes], tail: bytes) -> bytes:
    """`now` with all of ours taken out and the segment put at its end."""
    token = record["token"]
    ours = _lines(tails, token)
    try:
        rest = hosts_text.without(now, token, ours, glued=False)
    except Damaged:
        rest = hosts_text.mended(now, token, ours)
    glue = b"\n" if rest and not rest.endswith(b"\n") else b""
    return rest + glue + hosts_text.segment_of(tail, token) + b"\n"


def _ours(journal: Journal, record: Record) -> set[bytes]:
    return _lines(map(journal.bytes_of, record["tails"]), record["token"])


def _lines(tails: Iterable[bytes], token: str) -> set[bytes]:
    """The lines of all tails: nearly the same in each, so each is held once."""
    lines: set[bytes] = set()
    for tail in tails:
        lines.update(hosts_text.lines_of(tail, token))
    return lines


def _fits(path: Path, size: int) -> None:
    """Refuse to make a file so large that it would not be read again, to be put back."""
    if size > files.MAX_BYTES:
        most = files.MAX_BYTES >> 20
        raise GuardError("hosts", f"{path} would be larger than {most} MiB with these names")


def _rewrite(fd: int, now: bytes, wanted: bytes) -> None:
    """Turn `now` into `wanted` in place, touching nothing before their first difference."""
    if now == wanted:
        return
    same = hosts_text.common(now, wanted)
    files.write_all(fd, wanted[same:], same)
    if len(now) > len(wanted):
        os.ftruncate(fd, len(wanted))
    os.fsync(fd)


def _undo_write(fd: int, original: bytes, meta: Meta) -> OSError | None:
    try:
        os.ftruncate(fd, len(original))
        os.utime(fd, ns=(meta.atime_ns, meta.mtime_ns))
        os.fsync(fd)
    except OSError as error:
        return error
    return None
