"""One journal file: read on from where it was left, add a line that lasts or leaves no trace.

Invariants: bytes before `offset` have been read; `offset` is the end of a line; a line is added
only under the lock and only after everything before it was read. Reading changes nothing on disk.
"""

from __future__ import annotations

import enum
import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from flowtui.core.errors import LedgerError
from flowtui.ledger.disk import failed, sync_data, sync_folder
from flowtui.ledger.lines import (
    Single,
    check_format,
    header_line,
    is_whole,
    parse_lines,
    single,
    split_lines,
)
from flowtui.ledger.report import Report

_CHUNK_BYTES = 1 << 20


class News(enum.Enum):
    """What `Journal.poll` found."""

    SAME = "same"
    GREW = "grew"
    REPLACED = "replaced"


class Line(NamedTuple):
    """One transaction as it stands in the file."""

    start: int
    length: int
    value: list[Any] | Single


class Journal:
    """The file at `path`, which need not exist. `holds`: its name in a ledger, None outside one."""

    def __init__(self, path: Path, holds: str | None = None) -> None:
        self.path = path
        self.holds = holds
        self.owner: str | None = None
        """What the file itself says it holds."""
        self.events: list[Report] = []
        """What was cut off or set aside by this object."""
        self.exists = False
        """Whether the file was there when it was last looked at."""
        self._descriptor: int | None = None
        self._reset()

    def _reset(self) -> None:
        self.close()
        self.exists = False
        self.offset = 0
        self.seq = 0
        self.line_count = 0
        self.torn_bytes = 0
        self.damage: list[Report] = []
        self._anchor = (0, b"")
        self._seen: os.stat_result | None = None
        self._ends_clean = True

    @property
    def is_open(self) -> bool:
        """Whether it can be told what was added to the file; else all of it must be read anew."""
        return self._descriptor is not None

    def close(self) -> None:
        """Let go of the file; the next `poll` opens it anew."""
        descriptor, self._descriptor = getattr(self, "_descriptor", None), None
        self._writable = False
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        """A database that was forgotten rather than closed shall not keep its file open."""
        self.close()

    def poll(self) -> News:
        """Look whether there is something to read; after REPLACED all of it is to be read anew."""
        try:
            found = self.path.stat()
            if self._descriptor is not None and self._continues(found):
                self._seen = found
                return News.SAME if found.st_size == self.offset else News.GREW
            self._reset()
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            self._seen = os.fstat(self._descriptor)
            self.exists = True
        except (FileNotFoundError, NotADirectoryError):
            was_there = self.exists
            self._reset()
            return News.REPLACED if was_there else News.SAME
        except OSError as error:
            raise failed("read", self.path, error) from error
        return News.REPLACED

    def _continues(self, found: os.stat_result) -> bool:
        """Whether the file is the one that was read, with the last line where it was read.

        That is not so after a compaction, nor if a writer took its line back after a failed sync
        and another line came.
        """
        seen = self._seen
        if seen is None or self._descriptor is None or found.st_size < self.offset:
            return False
        if (found.st_ino, found.st_dev) != (seen.st_ino, seen.st_dev):
            return False
        if found.st_mtime_ns == seen.st_mtime_ns and found.st_size == seen.st_size:
            return True
        start, checksum = self._anchor
        return os.pread(self._descriptor, len(checksum), start) == checksum

    def read_new(self) -> Iterator[list[Line]]:
        """The transactions after `offset`, in batches. A torn last line is left alone.

        A last line that lacks only its newline is whole: its checksum says so.
        Raises NewerLedgerError for a file of a newer format, LedgerError if it cannot be read.
        """
        while self._descriptor is not None:
            data = self._read_chunk()
            if not data:
                break
            end = data.rfind(b"\n") + 1
            if end:
                batch = self._take(data[:end].split(b"\n")[:-1])
                self._ends_clean = True
            elif split_lines(data):
                batch = self._take([data])
                self.offset -= 1
                self.torn_bytes = 0
                self._ends_clean = False
            else:
                break
            if batch:
                yield batch

    def _read_chunk(self) -> bytes:
        """At least one line if there is one; sets `torn_bytes` to what follows the last one."""
        assert self._descriptor is not None
        size = _CHUNK_BYTES
        try:
            while True:
                data = os.pread(self._descriptor, size, self.offset)
                if len(data) < size or b"\n" in data:
                    break
                size *= 4
        except OSError as error:
            raise failed("read", self.path, error) from error
        self.torn_bytes = 0 if b"\n" in data else len(data)
        return data

    def _take(self, raws: list[bytes]) -> list[Line]:
        """Check `raws`, which stand at `offset`, and step over them."""
        good: list[bytes] = []
        starts: list[int] = []
        start = self.offset
        if not self._ends_clean and not raws[0]:
            raws = raws[1:]  # the newline that the last line lacked when it was read
            start += 1
        for raw in raws:
            self.line_count += 1
            if is_whole(raw):
                good.append(raw)
                starts.append(start)
            elif raw:
                pieces = split_lines(raw)
                self._note_damage(start, raw, lost=not pieces)
                for piece in pieces:
                    good.append(piece)
                    starts.append(start + raw.index(piece))
            start += len(raw) + 1
        lines: list[Line] = []
        values = [single(raw) for raw in good]
        others = iter(parse_lines([r for r, one in zip(good, values, strict=True) if one is None]))
        for raw, at, one in zip(good, starts, values, strict=True):
            value = next(others) if one is None else one
            if value is None:
                self._note_damage(at, raw, lost=True)
            elif self._is_next(value):
                lines.append(Line(at, len(raw), value))
        if good:
            self._anchor = (starts[-1], good[-1][:8])
        self.offset = start
        return lines

    def _is_next(self, value: list[Any] | Single) -> bool:
        """Whether a line is a transaction to apply; remembers its number."""
        if isinstance(value, Single):
            seq, kept = value.seq, value.kept
        elif "seq" in value[0]:
            seq, kept = value[0]["seq"], "kept" in value[0]
        else:
            check_format(value[0], self.path)
            self.owner = value[0].get("ledger")
            return False
        # Kept lines share one number; any other line that does not go up is a copy of an old one.
        if seq < self.seq or (seq == self.seq and not kept):
            return False
        self.seq = seq
        return True

    def _note_damage(self, start: int, raw: bytes, lost: bool) -> None:
        what = "a damaged line" if lost else "a damaged end of line; both its lines are whole"
        self.damage.append(Report(self.path, self.line_count, start, len(raw), what, lost))

    def rewind(self) -> None:
        """Have `read_new` begin at the first line again."""
        kept = self._descriptor, self._writable, self._seen, self.exists
        self._descriptor = None
        self._reset()
        self._descriptor, self._writable, self._seen, self.exists = kept

    def read_line(self, start: int, length: int) -> list[Any] | None:
        """The transaction at a place `read_new` told; None if it is no longer whole."""
        if self._descriptor is None:
            return None
        raw = os.pread(self._descriptor, length, start)
        return parse_lines([raw])[0] if is_whole(raw) else None

    def append(self, line: bytes, seq: int, *, durable: bool = True) -> Line:
        """Add `line` with one write and, if `durable`, one sync; call it under the lock, read up.

        Cuts off a torn last line first. Raises LedgerError; the file is then as it was.
        """
        if seq <= self.seq:
            raise LedgerError(
                f"{self.path} has transaction {self.seq} already; {seq} was not written",
                "this is a mistake in flowtui: run flowtui doctor, and tell us what it says",
            )
        created = not self.exists
        before = self._missing()
        data = before + line
        try:
            descriptor = self._open_to_write(created)
            self._refuse_strangers(descriptor)
        except OSError as error:
            raise failed("write to", self.path, error) from error
        try:
            if self.torn_bytes:
                os.ftruncate(descriptor, self.offset)
                self._note_cut()
            if os.write(descriptor, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if durable:
                sync_data(descriptor)
            if created:
                sync_folder(self.path.parent)
        except BaseException as error:
            self._take_back(descriptor, created)
            if isinstance(error, OSError):
                raise failed("write to", self.path, error) from error
            raise
        start = self.offset + len(before)
        self.offset += len(data)
        self.seq = seq
        self._anchor = (start, line[:8])
        self._ends_clean = True
        self.line_count += 1
        if start == len(before) and before:
            self.line_count += 1
            self.owner = self.holds
        return Line(start, len(line) - 1, [])

    def _open_to_write(self, create: bool) -> int:
        """The descriptor, able to append. A file that is to be created must not be there yet."""
        if self._descriptor is None or not self._writable:
            flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
            flags |= os.O_CREAT | os.O_EXCL if create else 0
            descriptor = os.open(self.path, flags, 0o600)
            if self._descriptor is not None:
                os.close(self._descriptor)
            self._descriptor, self._writable, self.exists = descriptor, True, True
            self._seen = os.fstat(descriptor)
        return self._descriptor

    def _missing(self) -> bytes:
        """What must come before the next line: the header, or the newline of the last one."""
        if self.offset == 0:
            return header_line(self.holds)
        return b"" if self._ends_clean else b"\n"

    def _refuse_strangers(self, descriptor: int) -> None:
        """Raises OSError if the file was changed or replaced without the lock."""
        found, mine = self.path.stat(), os.fstat(descriptor)
        if not os.path.samestat(found, mine) or mine.st_size != self.offset + self.torn_bytes:
            raise OSError(errno.ESTALE, "another program changed it; do it again")

    def _take_back(self, descriptor: int, created: bool) -> None:
        """Undo a write that failed on its way to the disk. Raises LedgerError if that fails too."""
        try:
            if created:
                self.path.unlink(missing_ok=True)
                self._reset()
            else:
                os.ftruncate(descriptor, self.offset)
                with suppress(OSError):  # or a power cut might bring the line back
                    sync_data(descriptor)
        except OSError as error:
            raise LedgerError(
                f"could not write to {self.path}, nor cut off what was half written: "
                f"{error.strerror or error}",
                "the disk itself may have failed; then run: flowtui doctor",
            ) from error

    def _note_cut(self) -> None:
        what = "an unfinished last line was cut off"
        place = (self.path, self.line_count + 1, self.offset, self.torn_bytes)
        self.events.append(Report(*place, what, lost=False))
        self.torn_bytes = 0

    def sync(self) -> None:
        """Make what was added without `durable` last. Raises LedgerError."""
        try:
            if self._descriptor is not None:
                sync_data(self._descriptor)
        except OSError as error:
            raise failed("sync", self.path, error) from error
