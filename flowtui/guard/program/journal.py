"""The write-ahead journal: what a thing was like is on disk before it is touched.

One small file a resource, with a checksum, and the original bytes in a file named by their hash.
A record leaves only when its resource was restored and looked at again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from . import files
from .errors import Damaged

PREPARED, APPLIED, RESTORING = "prepared", "applied", "restoring"
Record = dict[str, Any]


def pack(body: Any) -> bytes:
    """JSON with its checksum before it."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return files.digest(text).encode() + b"\n" + text + b"\n"


def unpack(data: bytes, what: str) -> Any:
    """What `pack` was given. Raises Damaged."""
    check, newline, text = data.partition(b"\n")
    if not newline or not text.endswith(b"\n") or files.digest(text[:-1]).encode() != check:
        raise Damaged(f"{what} is damaged", "nothing was changed; see: flowtui guard doctor")
    return json.loads(text)


class Journal:
    """The records in `folder`, which only root may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blobs = folder / "blobs"
        self.problems: list[str] = []
        """Records that could not be read, in words; they are kept as they are."""

    def open(self) -> None:
        """Make the folders. Raises OSError."""
        for folder in (self.folder, self._blobs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def records(self) -> list[Record]:
        """All records, oldest first; a damaged one is told of in `problems`."""
        self.problems = []
        found: list[Record] = []
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            data = files.read(path)
            try:
                record = unpack(data or b"", str(path))
                found.append(dict(record, n=int(path.name.split("-")[0])))
            except (Damaged, ValueError) as error:
                self.problems.append(str(error))
        return found

    def of(self, kind: str) -> list[Record]:
        """The records of one kind."""
        return [record for record in self.records() if record["kind"] == kind]

    def prepare(self, kind: str, **facts: Any) -> Record:
        """Write a new record; only then may its resource be touched. Raises OSError."""
        numbers = [int(path.name.split("-")[0]) for path in self.folder.glob("*.json")]
        record: Record = dict(facts, kind=kind, state=PREPARED, n=max(numbers, default=0) + 1)
        self._write(record)
        return record

    def note(self, record: Record, **facts: Any) -> Record:
        """Write a record anew with other facts. Raises OSError."""
        changed = dict(record, **facts)
        self._write(changed)
        return changed

    def mark(self, record: Record, state: str) -> Record:
        """Note how far a restore is, if the disk takes it: a full one must not stop a restore."""
        try:
            return self.note(record, state=state)
        except OSError:
            return dict(record, state=state)

    def done(self, record: Record) -> None:
        """Forget a record whose resource is as it was. Raises OSError."""
        files.remove(self._path(record))
        kept = {word for other in self.records() for word in _blobs_of(other)}
        if self.problems:
            return  # a record that cannot be read may need any of them
        for path in self._blobs.iterdir():
            if path.name not in kept:
                os.unlink(path)

    def keep(self, data: bytes) -> str:
        """Keep bytes; the word under which `bytes_of` gives them back. Raises OSError."""
        name = files.digest(data)
        if not (self._blobs / name).exists():
            files.replace(self._blobs / name, data)
        return name

    def bytes_of(self, name: str) -> bytes:
        """Bytes that were kept. Raises Damaged."""
        data: bytes | None = files.read(self._blobs / name)
        if data is None or files.digest(data) != name:
            raise Damaged(f"the original of a file is lost: {self._blobs / name}")
        return data

    def _path(self, record: Record) -> Path:
        return self.folder / f"{record['n']:06d}-{record['kind']}.json"

    def _write(self, record: Record) -> None:
        files.replace(self._path(record), pack(record))


def _blobs_of(record: Record) -> list[str]:
    named = [record.get("original"), *record.get("tails", ())]
    return [word for word in named if isinstance(word, str)]
