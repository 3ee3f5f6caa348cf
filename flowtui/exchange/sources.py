"""One way to look into a file, a folder or a zip archive, with archives held to safe limits.

Members are only ever read as streams; nothing is unpacked under a name from the archive. An
archive that names a path outside itself, or promises more than it can honestly hold, is refused
as a whole.
"""

from __future__ import annotations

import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from flowtui.core.errors import FlowError

MAX_MEMBERS = 200_000
MAX_RATIO = 250
"""Unpacked to packed size; health exports reach about 40, deflate's limit is 1032."""
RATIO_FROM = 8 << 20
"""Unpacked bytes below which no ratio is suspicious."""
COPY = 1 << 20
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error)
"""What zipfile raises for headers that contradict each other, besides its own error."""
_DRIVE = re.compile(r"[A-Za-z]:")


class Source(Protocol):
    """Something that holds named files."""

    def names(self) -> list[str]:
        """Names of all files, `/` between folders."""
        ...

    def size(self, name: str) -> int:
        """Unpacked size in bytes."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """The file as a stream of bytes; the caller closes it."""
        ...


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """A source for `path`: folder, zip archive, or a file that holds just itself.

    Raises FlowError if it cannot be read, is cut short, or is an archive beyond the limits.
    """
    try:
        if path.is_dir():
            yield _Folder(path)
        elif zipfile.is_zipfile(path):
            with _opened(path) as archive:
                yield _Archive(path, archive)
        elif looks_zipped(path):
            raise FlowError(
                f"{path} is a zip archive cut short", "copy or download it again; nothing was read"
            )
        else:
            path.stat()
            yield _File(path)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged(path, error) from None
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror or error}") from None


@contextmanager
def unpacked(source: Source, name: str, limit: int) -> Iterator[Path]:
    """A private copy of one member as a file, gone afterwards. For formats that need to seek.

    Raises FlowError if it is larger than `limit` bytes or than the free space.
    """
    size = source.size(name)
    with tempfile.TemporaryDirectory(prefix="flowtui-import-") as folder:
        free = shutil.disk_usage(folder).free
        if size > min(limit, free):
            raise FlowError(
                f"{name} is {size >> 20} MiB unpacked, more than can be read",
                f"the limit is {min(limit, free) >> 20} MiB; free some space, or unpack it first",
            )
        target = Path(folder) / "member"
        with source.open(name) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, COPY)
        yield target


def looks_zipped(path: Path) -> bool:
    """Whether a file begins as zip archives do."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [self._path.name]

    def size(self, name: str) -> int:
        return self._path.stat().st_size

    def open(self, name: str) -> IO[bytes]:
        return self._path.open("rb")


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._files = {
            str(p.relative_to(path).as_posix()): p
            for p in sorted(path.rglob("*"))
            if p.is_file() and not p.is_symlink()
        }

    def names(self) -> list[str]:
        return list(self._files)

    def size(self, name: str) -> int:
        return self._files[name].stat().st_size

    def open(self, name: str) -> IO[bytes]:
        return self._files[name].open("rb")


class _Archive:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise FlowError(f"{path} holds {len(infos)} files", f"at most {MAX_MEMBERS} are read")
        for info in infos:
            _check_name(path, info)
        # members that share bytes would unpack the same bytes again and again
        if sum(info.compress_size for info in infos) > path.stat().st_size:
            raise FlowError(
                f"{path} holds files that overlap, as zip bombs do", "nothing was unpacked"
            )
        self._infos = {i.filename: i for i in infos if not i.is_dir()}
        for info in self._infos.values():
            _check_size(path, info)

    def names(self) -> list[str]:
        return list(self._infos)

    def size(self, name: str) -> int:
        return self._infos[name].file_size

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(self._infos[name])
        except _DAMAGED as error:
            raise _damaged(self._path, error) from None


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> FlowError:
    return FlowError(f"{path} is damaged: {error}", "copy or export it again; nothing was imported")


def _check_name(path: Path, info: zipfile.ZipInfo) -> None:
    name = info.orig_filename.replace("\\", "/")
    outside = name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name)
    if outside or "\0" in info.orig_filename:
        raise FlowError(
            f"{path} holds {info.orig_filename!r}, a path that leads out of it",
            "no honest export does; nothing was unpacked",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise FlowError(f"{path} holds {name!r}, a link", "nothing was unpacked")


def _check_size(path: Path, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise FlowError(f"{info.filename} in {path} is encrypted", "unpack it first")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FlowError(
            f"{info.filename} in {path} is packed in a way no export is", "unpack it first"
        )
    ratio = info.file_size / max(1, info.compress_size)
    if info.file_size > RATIO_FROM and ratio > MAX_RATIO:
        raise FlowError(
            f"{info.filename} in {path} would grow {ratio:.0f}-fold to "
            f"{info.file_size >> 20} MiB, as zip bombs do",
            "nothing was unpacked; if the file is honest, unpack it first",
        )
