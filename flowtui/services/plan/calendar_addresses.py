"""Calendars behind addresses: fetched now and then, the last good copy kept with its age.

An address is a secret, as whoever has it reads the calendar: it stands in the settings alone; its
copy and marks are files that nobody else can read, and errors name the machine, never the address.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from flowtui.core.clock import Clock
from flowtui.system.fetch import FetchError, fetch, host_of
from flowtui.system.files import write_atomic

EVERY = timedelta(minutes=15)
STALE = timedelta(hours=2)
"""From this age on a copy is said to be old."""
_HEAD = b"BEGIN:VCALENDAR"


class CopyState(NamedTuple):
    """The copy of one address."""

    host: str
    path: Path | None
    """None where there was never a good one."""
    fetched_at: datetime | None
    problem: str
    """Why the last look failed; empty if it did not."""


class CalendarAddresses:
    """Fetches addresses and finds their copies."""

    def __init__(self, addresses: Sequence[str], folder: Path, clock: Clock) -> None:
        self._addresses = tuple(addresses)
        self._folder = folder
        self._clock = clock

    @property
    def any(self) -> bool:
        """Whether there are addresses at all."""
        return bool(self._addresses)

    def fetch(self, force: bool = False) -> list[CopyState]:
        """Look at every address whose turn has come, with `force` at each; then all copies."""
        for address in self._addresses:
            kept = self._kept(address)
            tried = _instant(kept.get("tried_at"))
            now = self._clock.now()
            if force or tried is None or not timedelta(0) <= now - tried < EVERY:
                self._look(address, kept, now)
        return self.copies()

    def copies(self) -> list[CopyState]:
        """The copy of every address, without looking at any."""
        found = []
        for address in self._addresses:
            kept, file = self._kept(address), self._file(address, ".ics")
            path = file if file.exists() else None
            state = CopyState(
                host_of(address),
                path,
                _instant(kept.get("fetched_at")),
                str(kept.get("problem", "")),
            )
            found.append(state)
        return found

    def remarks(self) -> list[str]:
        """What is to be said of copies that are missing or old."""
        said = []
        for one in self.copies():
            if one.path is None:
                why = one.problem or "it was not fetched yet: flowtui calendar fetch"
                said.append(f"the calendar of {one.host}: {why}")
            elif one.fetched_at is not None:
                age = self._clock.now() - one.fetched_at
                if age >= STALE:
                    hours = int(age.total_seconds() // 3600)
                    why = f": {one.problem}" if one.problem else ""
                    said.append(f"the calendar of {one.host} is {hours} h old{why}")
        return said

    def _look(self, address: str, kept: dict[str, Any], now: datetime) -> None:
        marks = {str(k): str(v) for k, v in dict(kept.get("marks") or {}).items()}
        file = self._file(address, ".ics")
        told = {**kept, "tried_at": now.isoformat(), "problem": ""}
        try:
            found = fetch(address, marks if file.exists() else {}, self._clock.monotonic)
            if found.data is not None:
                if _HEAD not in found.data[:4096].upper():
                    raise FetchError("what it gives is not a calendar")
                _write_secret(file, found.data)
            told |= {"fetched_at": now.isoformat(), "marks": found.marks}
        except FetchError as error:
            told["problem"] = str(error)
        except OSError as error:
            told["problem"] = f"its copy cannot be written: {error.strerror}"
        try:
            _write_secret(self._file(address, ".json"), json.dumps(told).encode())
        except OSError:
            pass  # a full disk: the copy is as it was, and it is looked at again

    def _kept(self, address: str) -> dict[str, Any]:
        try:
            kept = json.loads(self._file(address, ".json").read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _file(self, address: str, suffix: str) -> Path:
        name = hashlib.sha256(address.encode()).hexdigest()[:24]
        return self._folder / f"{name}{suffix}"


def _write_secret(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomic(path, data)


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
