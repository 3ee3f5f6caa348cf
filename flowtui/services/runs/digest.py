"""Tells of runs, quietly: in focus only what is truly lost, and once; all else in one digest.

What was told is kept in a small file by the number of the last news, so that neither a restart nor
a second process tells it again.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flowtui.core.runs.findings.finding import Severity
from flowtui.core.runs.news import News, at_once, digest, held
from flowtui.services.runs.board import BoardFile
from flowtui.system.files import write_atomic

SERIOUS, NEWS = "run-lost", "run-news"
"""Names of the notices, for settings and hooks."""


class RunTeller:
    """Knows what was told already."""

    def __init__(self, board: BoardFile, file: Path, zone: ZoneInfo) -> None:
        self._board = board
        self._file = file
        self._zone = zone

    def fresh(self, focused: bool) -> list[News]:
        """What is to be told at this moment, and from now on counts as told.

        `focused`: a block runs and is not paused. Only the process that may ring asks this.
        """
        known, news = self._known(), self._board.read().news
        now = at_once(news, known["told"], focused)
        last = max((n.seq for n in news), default=0)
        if last > known["told"]:
            # what is not told now waits for the digest
            self._keep(told=last, digested=known["digested"] if focused else last)
        return now

    def held(self) -> list[News]:
        """What waits for the end of the block or a pause."""
        return held(self._board.read().news, self._known()["digested"])

    def waiting(self) -> list[str]:
        """What waits, one line a run; it goes on waiting."""
        return digest(self.held(), self._clock)

    def digest(self) -> list[str]:
        """What waited, one line a run; from now on nothing waits any more."""
        waiting = self.held()
        if waiting:
            known = self._known()
            self._keep(known["told"], max(n.seq for n in waiting))
        return digest(waiting, self._clock)

    def begin_block(self) -> None:
        """A block begins: what was there before it is not news of it."""
        last = max((n.seq for n in self._board.read().news), default=0)
        known = self._known()
        if last > known["digested"]:
            self._keep(known["told"], last)

    def _clock(self, seconds: float) -> str:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone(self._zone):%H:%M}"

    def _known(self) -> dict[str, int]:
        try:
            data = json.loads(self._file.read_bytes())
            return {"told": int(data["told"]), "digested": int(data["digested"])}
        except (OSError, ValueError, KeyError, TypeError):
            return {"told": 0, "digested": 0}

    def _keep(self, told: int, digested: int) -> None:
        """Remember it; two processes may do so at once, and what either told stays told."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._file.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                known = self._known()
                data = {
                    "told": max(told, known["told"]), "digested": max(digested, known["digested"]),
                }  # fmt: skip
                write_atomic(self._file, json.dumps(data).encode())
        except OSError:
            pass  # a full disk: it may be told twice, which is better than never


def headline(news: Sequence[News]) -> tuple[str, str]:
    """Title and text of one notice about all of `news`."""
    first = max(news, key=lambda n: n.severity is Severity.SERIOUS)
    title = first.name or first.rule.value
    more = len(news) - 1
    return title, first.sentence + (f" (and {more} more)" if more else "")
