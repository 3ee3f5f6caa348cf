"""What the guard did, one JSON object a line, for people and for `doctor`; bounded."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from . import files, journal
from .errors import Damaged

MOST_BYTES = 256 * 1024
Fact = dict[str, Any]


class Log:
    """Appends to `folder/guard.log`; never raises: a full disk must not stop a restore."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "guard.log"

    def say(self, wall: float, event: str, **facts: Any) -> None:
        """Note an event at a wall time."""
        line = json.dumps({"at": round(wall), "event": event, **facts}) + "\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            fd = os.open(self._path, flags, 0o600)
            try:
                os.write(fd, line.encode())
                size = os.fstat(fd).st_size
            finally:
                os.close(fd)
            if size > MOST_BYTES:
                os.rename(self._path, self._path.with_suffix(".log.1"))
        except OSError:
            return

    def last(self, most: int = 20) -> list[Fact]:
        """The newest events, oldest first."""
        try:
            data = files.read(self._path) or b""
        except OSError:
            return []
        found: list[Fact] = []
        for line in data.splitlines()[-most:]:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found


class History:
    """Wall times of ends before the time, by kind: "firm" and "emergency"."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "history.json"

    def of(self, kind: str) -> list[float]:
        """The wall times noted."""
        try:
            raw = files.read(self._path)
            body = {} if raw is None else journal.unpack(raw, str(self._path))
            return [float(at) for at in body.get(kind, [])]
        except (OSError, Damaged, TypeError, ValueError, AttributeError):
            return []

    def add(self, kind: str, wall: float) -> None:
        """Note one more. Raises OSError."""
        body = {name: self.of(name)[-50:] for name in ("firm", "emergency")}
        body[kind] = [*body[kind], wall]
        files.replace(self._path, journal.pack(body))


class Proofs:
    """How the last lease was put back."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "proof.json"

    def write(self, body: dict[str, Any]) -> None:
        """Keep it; a full disk loses it, no more."""
        try:
            files.replace(self._path, journal.pack(body))
        except OSError:
            return

    def read(self) -> Any:
        """The last one, or None."""
        try:
            raw = files.read(self._path)
            return None if raw is None else journal.unpack(raw, str(self._path))
        except (OSError, Damaged):
            return None
