"""Follows one file that grows: rotation, truncation, rewriting, deletion, half lines.

Where it stands is an offset in a file with an identity (device, inode, first bytes). A file that
was rotated away, or copied and cut, is read to its end where it lies now, if that is beside it; one
that shrank, or whose first bytes changed, is read anew. Nothing is held open between two polls.
"""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from flowtui.core.runs.reading import Item, Notice, NoticeKind
from flowtui.watch import bulk
from flowtui.watch.backdate import backdated
from flowtui.watch.readers.frames import thin
from flowtui.watch.readers.protocol import Reader
from flowtui.watch.readers.registry import HEAD, reader_for, reader_named
from flowtui.watch.readers.textlog import TextLog
from flowtui.watch.readers.wide import wide_of
from flowtui.watch.rotated import rest_of

CHUNK = 2**20
PER_POLL = 16 * 2**20
"""At most so much in one poll; the rest comes with the next ones."""
MANY = 2**18
"""From so much at once on, bars are thinned."""
_IDENTITY = 64


class FileSource:
    """A log file, read from where the last poll ended."""

    def __init__(self, path: Path, reader: Reader | None = None) -> None:
        self._path = path
        self._reader = reader
        self._offset = 0
        self._file: tuple[int, int] | None = None
        self._first = b""
        self._changed_at: float | None = None
        self._problem: str | None = None
        self._quiet = False

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def formats(self) -> Sequence[str]:
        """The formats met so far."""
        return () if self._reader is None else self._reader.formats

    @property
    def title(self) -> str | None:
        """The run's name as the file itself has it; None if it has none."""
        title: str | None = getattr(self._reader, "run_name", None)
        return title

    @property
    def changed_at(self) -> float | None:
        """Its time of change, POSIX seconds."""
        return self._changed_at

    @property
    def problem(self) -> str | None:
        """Why it cannot be read just now; None if it can."""
        return self._problem

    @property
    def behind(self) -> bool:
        """True if the last poll left some for the next."""
        return not self._quiet

    def look(self) -> list[Item]:
        """All that it says so far, of huge text logs head, tail and samples."""
        opened = self._open()
        if isinstance(opened, str):
            return self._trouble(opened)
        items: list[Item] = []
        with opened as file:
            size = self._identify(file)
            reader = self._need_reader(file)
            if reader is None:
                return self._trouble("it looks like no log of a training")
            if isinstance(reader, TextLog) and wide_of(os.pread(file.fileno(), HEAD, 0)) is None:
                for piece in bulk.pieces(file, size):
                    items += reader.feed(piece)
            else:
                file.seek(0)
                self._read(file, reader, size, items)
            self._offset = size
        return backdated(items, self._changed_at)

    def poll(self) -> list[Item]:
        """What is new; at most PER_POLL bytes of it (see `behind`)."""
        opened = self._open()
        if isinstance(opened, str):
            return self._trouble(opened)
        items: list[Item] = []
        with opened as file:
            known, first = self._file, self._first
            size = self._identify(file)
            if known is not None:
                self._restart_if_other(file, known, first, size, items)
            if size > self._offset:
                reader = self._need_reader(file)
                if reader is None:
                    return self._trouble("it looks like no log of a training")
                file.seek(self._offset)
                self._offset += self._read(file, reader, min(size - self._offset, PER_POLL), items)
            elif isinstance(self._reader, TextLog):
                items += self._reader.settle()
            self._quiet = self._offset >= size
        return items

    def close(self) -> list[Item]:
        """What the last line says, though it has no end."""
        return [] if self._reader is None else self._reader.close()

    def state(self) -> dict[str, Any]:
        """Offset, identity and the reader's state."""
        return {
            "offset": self._offset,
            "file": self._file,
            "first": base64.b64encode(self._first).decode("ascii"),
            "reader": None if self._reader is None else self._reader.name,
            "state": None if self._reader is None else self._reader.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`; with one that does not fit all is read anew."""
        try:
            reader = None if state["reader"] is None else reader_named(str(state["reader"]))
            if reader is not None:
                reader.restore(state["state"])
            offset, first = int(state["offset"]), base64.b64decode(state["first"])
            file = None if state["file"] is None else (int(state["file"][0]), int(state["file"][1]))
        except (KeyError, TypeError, ValueError):
            return
        self._offset, self._first, self._file, self._reader = offset, first, file, reader

    def _open(self) -> BinaryIO | str:
        """The file, or why it cannot be opened."""
        try:
            if not stat.S_ISREG(self._path.stat().st_mode):
                return "it is no file"
            return self._path.open("rb", buffering=0)
        except FileNotFoundError:
            return "it is gone"
        except PermissionError:
            return "there is no permission to read it"
        except OSError as error:
            return error.strerror or "it cannot be read"

    def _identify(self, file: BinaryIO) -> int:
        seen = os.fstat(file.fileno())
        self._problem = None
        self._file = (seen.st_dev, seen.st_ino)
        self._changed_at = seen.st_mtime
        if len(self._first) < _IDENTITY or self._offset > seen.st_size:
            self._first = os.pread(file.fileno(), _IDENTITY, 0)
        return seen.st_size

    def _restart_if_other(
        self, file: BinaryIO, known: tuple[int, int], first: bytes, size: int, items: list[Item]
    ) -> None:
        now = os.pread(file.fileno(), _IDENTITY, 0)
        if known == self._file and size >= self._offset and now.startswith(first):
            return
        self._rotated(known, first, items)
        self._first, self._offset = now, 0
        anew = getattr(self._reader, "anew", None)
        if anew is not None:
            anew()
        elif isinstance(self._reader, TextLog):
            items += self._reader.close()
        else:
            self._reader = None

    def _rotated(self, known: tuple[int, int], first: bytes, items: list[Item]) -> None:
        """The rest of what was here before, from where it lies now; lost if it is not beside."""
        if self._reader is None:
            return
        # tables of several runs begin alike, and are written anew as a whole
        begins = first if isinstance(self._reader, TextLog) else b""
        old = rest_of(self._path, known, begins, self._offset)
        if old is not None:
            with old:
                self._read(old, self._reader, PER_POLL, items)

    def _need_reader(self, file: BinaryIO) -> Reader | None:
        if self._reader is None:
            head = os.pread(file.fileno(), HEAD, 0)
            self._reader = reader_for(head, self._path.name)
        return self._reader

    def _read(self, file: BinaryIO, reader: Reader, length: int, items: list[Item]) -> int:
        done = 0
        while done < length:
            data = file.read(min(CHUNK, length - done))
            if not data:
                break
            done += len(data)
            if isinstance(reader, TextLog) and not reader.is_wide and len(data) >= MANY:
                data = thin(data)  # nobody could have seen all these frames of a bar
            items += reader.feed(data)
        return done

    def _trouble(self, what: str) -> list[Item]:
        """Say what is wrong, once."""
        said, self._problem, self._quiet = self._problem, what, True
        return [] if said == what else [Notice(NoticeKind.DAMAGE, f"{self._path}: {what}")]
