"""A file elsewhere as a file here, byte by byte, whatever happens to the connection between.

What was fetched is appended at once, so the next offset is where ours begins plus how long it is:
after a crash, a lost line or a new process nothing is missing and nothing is there twice. A file
that was cut or replaced begins anew under a new inode, which every reader of logs understands.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import Any

MARKS = "mirror.json"
CUT_FROM = 64 << 20
"""A log of words that is larger when first seen is fetched from near its end."""
TAIL = 4 << 20
TAIL_BYTES = 64
BEFORE = ".1"
"""Ending of the part of a long log that came before the one that grows."""
WHOLE = (".wandb", ".csv", ".jsonl", ".json", ".gz")
"""Files that mean nothing without their beginning."""


class Mirror:
    """One file of another machine, mirrored in a folder of its own."""

    def __init__(self, folder: Path, there: str) -> None:
        self.there = there
        self.folder = folder / _folder_name(there)
        self.path = self.folder / _file_name(there)
        self.start = 0
        """Where ours begins in the one over there."""
        self.mark: Any = None
        """By what the one over there is known: device, inode, first bytes."""
        self.problem = ""
        self.changed_at: float | None = None
        self.size: int | None = None
        """How long it is over there."""
        self._known()

    @property
    def offset(self) -> int:
        """From where it goes on over there."""
        try:
            return self.start + self.path.stat().st_size
        except OSError:
            return self.start

    def question(self, key: str) -> list[Any]:
        """What the follower is asked about it; the last is a hash of the 64 bytes before."""
        tail = ""
        try:
            with self.path.open("rb") as file:
                length = file.seek(0, 2)
                if length >= TAIL_BYTES:
                    file.seek(length - TAIL_BYTES)
                    tail = hashlib.sha1(file.read(TAIL_BYTES)).hexdigest()
        except OSError:
            length = 0
        return [key, self.there, self.start + length, self.mark, tail]

    @property
    def behind(self) -> bool:
        """True if some of it is still over there alone."""
        return self.size is not None and self.size > self.offset

    def take(self, answer: dict[str, Any], data: bytes, skew_s: float) -> None:
        """Take what was answered; `skew_s` is our clock less theirs. Raises OSError."""
        self.problem = str(answer.get("problem", ""))
        if self.problem:
            return
        size, start = int(answer["size"]), int(answer["start"])
        first = self.mark is None
        if answer.get("anew"):
            self._begin(0, answer["mark"])
        elif first:
            self._begin(self._first_start(size), answer["mark"])
        elif self.mark != answer["mark"]:
            self.mark = answer["mark"]  # it has grown its first bytes
            self._note()
        if data and start == self.offset:
            self._append(data)
            if not self._whole and self.offset - self.start > CUT_FROM:
                self._begin(self.offset, answer["mark"], keep=True)
        self.size = size
        self.changed_at = float(answer["mtime"]) + skew_s
        with contextlib.suppress(OSError):
            os.utime(self.path, (self.changed_at, self.changed_at))

    def _first_start(self, size: int) -> int:
        return 0 if self._whole or size <= CUT_FROM else size - TAIL

    @property
    def _whole(self) -> bool:
        name = self.path.name
        return name.endswith(WHOLE) or "tfevents" in name

    def _begin(self, start: int, mark: Any, keep: bool = False) -> None:
        """An empty file of its own; with `keep` the one before lies beside, as if rotated."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self.path.with_name(f".{self.path.name}.new")
        beside.write_bytes(b"")
        if keep:
            self.path.replace(self.path.with_name(f"{self.path.name}{BEFORE}"))
        self.start, self.mark = start, mark
        # emptied first, noted then: were we to die between the two, all is fetched again
        beside.replace(self.path)
        self._note()

    def _append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def _note(self) -> None:
        beside = self.folder / f".{MARKS}.new"
        text = json.dumps({"there": self.there, "start": self.start, "mark": self.mark})
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.folder / MARKS)

    def _known(self) -> None:
        try:
            data = json.loads((self.folder / MARKS).read_text(encoding="utf-8"))
            self.start, self.mark = int(data["start"]), data["mark"]
        except (OSError, ValueError, KeyError, TypeError):
            self.start, self.mark = 0, None
            with contextlib.suppress(OSError):
                self.path.unlink()  # nobody knows what it is part of


def _file_name(there: str) -> str:
    """The last part of a path over there, as a name that is safe here: readers go by its ending."""
    name = PurePosixPath(there).name.replace("\0", "")[-100:]
    return "log" if name in ("", ".", "..", MARKS) or name.startswith(".") else name


def _folder_name(there: str) -> str:
    """A short name that differs for each path, and no path in it."""
    return base64.b32encode(hashlib.sha1(there.encode()).digest()[:10]).decode().lower()


def mirrored(folder: Path) -> list[str]:
    """The files that are mirrored under a folder, in the order in which they were begun."""
    marks = sorted(folder.glob(f"*/{MARKS}"), key=lambda path: path.stat().st_ctime_ns)
    found = []
    for mark in marks:
        try:
            there = json.loads(mark.read_text(encoding="utf-8"))["there"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        found.append(str(mark.parent / _file_name(str(there))))
    return [path for path in found if Path(path).exists()]
