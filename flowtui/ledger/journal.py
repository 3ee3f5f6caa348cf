"""The one writable file: read on from where it was left, add a line that lasts or leaves no trace.

Its first line says up to which transaction the files of records hold everything (`folded`), and how
many bytes of lines up to there follow it (`history`): they are kept to be undone, and not read.

Invariants: bytes before `offset` have been read or are history; `offset` is the end of a line; a
line is added only under the lock and only after everything before it was read. Reading changes
nothing on disk.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from flowtui.core.errors import LedgerError
from flowtui.ledger.disk import failed, sync_data, sync_folder
from flowtui.ledger.lines import (
    Insert,
    News,
    Transaction,
    check_format,
    head_of,
    insert_of,
    is_whole,
    journal_header,
    parse_lines,
    seq_of,
    split_lines,
)
from flowtui.ledger.scan import Report

NAME = "journal.jsonl"
_CHUNK_BYTES = 1 << 20
_HEADER_BYTES = 512


class Journal:
    """The journal at `path`, which need not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events: list[Report] = []
        """What was cut off or set aside by this object."""
        self.exists = False
        """Whether the file was there when it was last looked at."""
        self.folded_without = 0
        """What a new file says in its header: records up to there are in other files."""
        self._descriptor: int | None = None
        self._reset()

    def _reset(self) -> None:
        self.close()
        self.exists = False
        self.offset = 0
        self.seq = 0
        self.folded = 0
        self.fresh_bytes = 0
        """Bytes of lines that are not folded."""
        self.torn_bytes = 0
        self.damage: list[Report] = []
        self._anchor = (0, b"")
        self._seen: os.stat_result | None = None
        self._ends_clean = True
        self._first = 0

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

    # Reading

    def poll(self) -> News:
        """Look whether there is something to read; after REPLACED all of it is to be read anew.

        Raises NewerLedgerError for a file of a newer format, LedgerError if it cannot be read.
        """
        try:
            present = self.path.stat()
            if self._descriptor is not None and self._continues(present):
                self._seen = present
                return News.SAME if present.st_size == self.offset else News.GREW
            self._reset()
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            self._seen = os.fstat(self._descriptor)
            self.exists = True
            self._read_header(self._seen.st_size)
        except (FileNotFoundError, NotADirectoryError):
            was_there = self.exists
            self._reset()
            return News.REPLACED if was_there else News.SAME
        except OSError as error:
            raise failed("read", self.path, error) from error
        return News.REPLACED

    def _continues(self, present: os.stat_result) -> bool:
        """Whether the file is the one that was read, with the last line where it was read.

        That is not so after a fold, nor if a writer took its line back after a failed sync and
        another line came.
        """
        seen = self._seen
        if seen is None or self._descriptor is None or present.st_size < self.offset:
            return False
        if (present.st_ino, present.st_dev) != (seen.st_ino, seen.st_dev):
            return False
        if present.st_mtime_ns == seen.st_mtime_ns and present.st_size == seen.st_size:
            return True
        start, checksum = self._anchor
        return os.pread(self._descriptor, len(checksum), start) == checksum

    def _read_header(self, size: int) -> None:
        """Step over the history, if the header tells how long it is and it is there."""
        assert self._descriptor is not None
        raw, newline, _ = os.pread(self._descriptor, _HEADER_BYTES, 0).partition(b"\n")
        if not newline or not is_whole(raw):
            return
        head = head_of(raw)
        check_format(head, self.path)
        folded, history = head.get("folded"), head.get("history")
        if type(folded) is not int or type(history) is not int:
            return
        self._first = len(raw) + 1
        start = self._first + history
        if start <= size and os.pread(self._descriptor, 1, start - 1) == b"\n":
            self.offset = start
            self.seq = self.folded = folded
            self._anchor = (0, raw[:8])

    def read_new(self) -> Iterator[list[Transaction]]:
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

    def _take(self, raws: list[bytes]) -> list[Transaction]:
        """Check `raws`, which stand at `offset`, and step over them."""
        good: list[tuple[int, bytes]] = []
        start = self.offset
        if not self._ends_clean and not raws[0]:
            raws = raws[1:]  # the newline that the last line lacked when it was read
            start += 1
        for raw in raws:
            if is_whole(raw):
                good.append((start, raw))
            elif raw:
                pieces = split_lines(raw)
                self._note_damage(start, raw, lost=not pieces)
                good += [(start + raw.index(piece), piece) for piece in pieces]
            start += len(raw) + 1
        if good:
            place, raw = good[-1]
            self._anchor = (place, raw[:8])
        self.fresh_bytes += start - self.offset
        self.offset = start
        return self._parsed(good)

    def _parsed(self, good: list[tuple[int, bytes]]) -> list[Transaction]:
        inserts = [insert_of(raw) for _, raw in good]
        rest = [raw for (_, raw), insert in zip(good, inserts, strict=True) if insert is None]
        parsed = iter(parse_lines(rest))
        lines: list[Transaction] = []
        for (start, raw), insert in zip(good, inserts, strict=True):
            value: Transaction | None = next(parsed) if insert is None else insert
            if value is None:
                self._note_damage(start, raw, lost=True)
            elif self._is_next(value):
                lines.append(value)
        return lines

    def _is_next(self, value: Transaction) -> bool:
        """Whether a line is a transaction to apply; remembers its number."""
        if isinstance(value, Insert):
            seq = value.seq
        elif "seq" in value[0]:
            seq = value[0]["seq"]
        else:
            check_format(value[0], self.path)
            return False
        if seq <= self.seq:  # a copy of an old line
            return False
        self.seq = seq
        return True

    def _note_damage(self, start: int, raw: bytes, lost: bool) -> None:
        what = "a damaged line" if lost else "a damaged end of line; both its lines are whole"
        self.damage.append(Report(self.path, self._line(start), start, len(raw), what, lost))

    def _line(self, start: int) -> int | None:
        """The number, from 1, of the line at byte `start`."""
        if self._descriptor is None:
            return None
        return os.pread(self._descriptor, start, 0).count(b"\n") + 1

    # Writing

    def append(self, line: bytes) -> None:
        """Add `line` with one write and one sync; call it under the lock, read up.

        Cuts off a torn last line first. Raises LedgerError; the file is then as it was.
        """
        seq = seq_of(line)
        if seq is None or seq <= self.seq:
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
            sync_data(descriptor)
            if created:
                sync_folder(self.path.parent)
        except BaseException as error:
            self._take_back(descriptor, created)
            if isinstance(error, OSError):
                raise failed("write to", self.path, error) from error
            raise
        self._anchor = (self.offset + len(before), line[:8])
        self.offset += len(data)
        self.fresh_bytes += len(data)
        self.seq = seq
        self._ends_clean = True
        if created:
            self.folded = self.folded_without
            self._first = len(before)

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
            return journal_header(self.folded_without)
        return b"" if self._ends_clean else b"\n"

    def _refuse_strangers(self, descriptor: int) -> None:
        """Raises OSError if the file was changed or replaced without the lock."""
        named, mine = self.path.stat(), os.fstat(descriptor)
        if not os.path.samestat(named, mine) or mine.st_size != self.offset + self.torn_bytes:
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
        line = self._line(self.offset)
        self.events.append(Report(self.path, line, self.offset, self.torn_bytes, what, lost=False))
        self.torn_bytes = 0

    def sync(self) -> None:
        """Make what others added last. Raises LedgerError."""
        try:
            if self._descriptor is not None:
                sync_data(self._descriptor)
        except OSError as error:
            raise failed("sync", self.path, error) from error
