"""A log that was packed: with gzip, or a tracker's in a zip archive. It is read once as it is."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from flowtui.core.runs.reading import Item, Notice, NoticeKind
from flowtui.watch.backdate import backdated
from flowtui.watch.readers.frames import thin
from flowtui.watch.readers.protocol import Reader
from flowtui.watch.readers.registry import HEAD, reader_for
from flowtui.watch.readers.textlog import TextLog
from flowtui.watch.readers.trackers import MEMBERS

PACKED = (".gz", ".zip")
MOST = 2**31
"""Bytes of an unpacked log that are read: a small file may hold any number of them."""
CHUNK = 2**20
MANY = 2**18
"""From so much at once on, bars are thinned."""
GZIP = 31
"""What zlib calls a stream with gzip's head and end."""


class PackedSource:
    """What a packed log says, all of it at the first look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: Reader | None = None
        self._formats: tuple[str, ...] = ()
        self._changed_at: float | None = None
        self._problem: str | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def formats(self) -> Sequence[str]:
        """The formats met in it."""
        return self._formats

    @property
    def changed_at(self) -> float | None:
        """Its time of change, POSIX seconds."""
        return self._changed_at

    @property
    def problem(self) -> str | None:
        """Why it cannot be read; None if it can."""
        return self._problem

    @property
    def behind(self) -> bool:
        """Nothing is left for later."""
        return False

    def look(self) -> list[Item]:
        """All that it says, up to where it is damaged."""
        items: list[Item] = []
        try:
            self._changed_at = self._path.stat().st_mtime
            with self._path.open("rb") as file:
                unpacked = _member if self._path.suffix == ".zip" else _unpacked
                for data in unpacked(file):
                    if not self._read(data, items):
                        break
            if self._reader is None and self._problem is None:
                items += self._trouble("it holds no log of a training")
        except (EOFError, zlib.error, zipfile.BadZipFile):
            items += self._trouble("it is packed, and damaged")
        except FileNotFoundError:
            items += self._trouble("it is gone")
        except OSError as error:
            items += self._trouble(error.strerror or "it cannot be read")
        return backdated(items, self._changed_at)

    def poll(self) -> list[Item]:
        """Nothing new comes."""
        return []

    def close(self) -> list[Item]:
        """What its last line says, though it has no end."""
        return [] if self._reader is None else self._reader.close()

    def state(self) -> dict[str, Any]:
        """That it was read, and what in."""
        return {"formats": list(self._formats), "changed_at": self._changed_at}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._formats = tuple(map(str, state.get("formats", ())))
        self._changed_at = state.get("changed_at")

    def _read(self, data: bytes, items: list[Item]) -> bool:
        """Read a piece; False if the file is no log."""
        if self._reader is None:
            self._reader = reader_for(data[:HEAD], self._path.stem)
        if self._reader is None:
            items += self._trouble("it looks like no log of a training")
            return False
        large = isinstance(self._reader, TextLog) and not self._reader.is_wide
        items += self._reader.feed(thin(data) if large and len(data) >= MANY else data)
        self._formats = tuple(self._reader.formats)
        return True

    def _trouble(self, what: str) -> list[Item]:
        self._problem = what
        return [Notice(NoticeKind.DAMAGE, f"{self._path}: {what}")]


def holds_run(path: Path) -> bool:
    """True for an archive with the metrics of a tracker in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.rpartition("/")[2] in MEMBERS for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        return False


def _member(file: BinaryIO) -> Iterator[bytes]:
    """What a tracker's archive holds of metrics, in pieces; nothing is unpacked under any name."""
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.rpartition("/")[2] in MEMBERS]
        for name in names[:1]:
            done = 0
            with archive.open(name) as member:
                while done < MOST and (data := member.read(CHUNK)):
                    done += len(data)
                    yield data


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    """The text in pieces; raises EOFError at the end of what is cut off."""
    unpacker, done = zlib.decompressobj(GZIP), 0
    left = file.read(CHUNK)
    if not left:
        raise EOFError
    while left and done < MOST:
        data = unpacker.decompress(left, CHUNK)
        done += len(data)
        left = unpacker.unconsumed_tail or unpacker.unused_data
        if unpacker.eof and left:  # packed in several parts
            unpacker = zlib.decompressobj(GZIP)
        left = left or file.read(CHUNK)
        if data:
            yield data
    if not unpacker.eof and done < MOST:
        raise EOFError
