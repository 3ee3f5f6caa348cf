"""The files of a calendar: one .ics, or a folder of them as vdirsyncer keeps it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from flowtui.core.plan.calendar_event import LeftOut as LeftOut
from flowtui.core.text import plain

SIZE_LIMIT = 20 << 20
"""Bytes of one file."""
FILES_LIMIT = 50_000
_KIND = re.compile(rb"BEGIN:V(CALENDAR|EVENT)", re.IGNORECASE)
_SUFFIXES = (".ics", ".ical", ".ifb", ".icalendar")


class FileProblem(Exception):
    """A file that cannot be read as a calendar, in words."""


def files_of(path: Path) -> Iterator[Path]:
    """The calendar files of `path`: itself, or those in the folder and in its folders."""
    if not path.is_dir():
        yield path
        return
    count = 0
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES) and not name.startswith("."):
                count += 1
                if count > FILES_LIMIT:
                    return
                yield Path(folder, name)


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a calendar file. Raises FileProblem."""
    try:
        # a pipe must not hold anything up
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FileProblem(f"it cannot be read: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise FileProblem("it is not a file")
        if found.st_size > SIZE_LIMIT:
            raise FileProblem(f"it has {found.st_size >> 20} MB; {SIZE_LIMIT >> 20} MB are read")
        try:
            data = file.read(SIZE_LIMIT)
        except OSError as error:
            raise FileProblem(f"it cannot be read: {error.strerror}") from None
    yield from _lines(data)


def _lines(data: bytes) -> Iterator[str]:
    encoding = _encoding(data)
    if encoding.startswith("utf-16"):
        yield from data.decode(encoding, "replace").splitlines()
        return
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not _KIND.search(data):
        if not head:
            raise FileProblem("it is empty")
        what = "it is a web page" if head[:1] == b"<" else "it begins with "
        first = "" if head[:1] == b"<" else repr(plain(head[:40].decode(encoding, "replace"), 30))
        raise FileProblem(f"it is not a calendar: {what}{first}")
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while start < len(data):
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        # some programs end lines with a carriage return alone
        yield from data[start:end].decode(encoding, "replace").rstrip("\r").split("\r")
        start = end + 1


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # cut in the middle of a character, or an old program
        return "utf-8" if not _high_alone(data) else "cp1252"
    return "utf-8"


def _high_alone(data: bytes) -> bool:
    """Whether bytes beyond ASCII stand as in a one-byte encoding rather than damaged UTF-8."""
    good = data.decode("utf-8", "ignore")
    return sum(1 for char in good if char > "\x7f") == 0
