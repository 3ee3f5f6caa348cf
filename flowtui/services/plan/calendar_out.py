"""Blocks and plans written into a calendar, for phones and for whoever asks for a meeting."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.plan.calendar_event import OWN_UID_SUFFIX
from flowtui.core.plan.calendar_text import BUSY, OutEvent, calendar_text, written
from flowtui.core.plan.planned_block import Standing
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.plan.plan_book import PlanBook
from flowtui.system.files import write_atomic

BACK = timedelta(days=60)
AHEAD = timedelta(weeks=4)
OPEN_END = timedelta(hours=1)
"""Shown length of a planned block without an end."""
_SUFFIX = ".ics"


class Wrote(NamedTuple):
    """What was written."""

    path: Path
    events: int
    changed: int
    """Files, of a folder; 1 or 0 for a single file."""


class CalendarOut:
    """Writes a file, or a folder with one file an event as vdirsyncer keeps it."""

    def __init__(
        self, blocks: BlockStore, book: PlanBook, clock: Clock, titles: Collection[str] = ()
    ) -> None:
        """`titles` are the contexts whose intentions are told; all else is called busy."""
        self._blocks = blocks
        self._book = book
        self._clock = clock
        self._titles = frozenset(titles)

    def events(self) -> list[OutEvent]:
        """Blocks of the last 60 days and plans of four weeks, by start."""
        today = self._book.today()
        found = []
        for block in self._blocks.between(today - BACK, today + timedelta(days=1)):
            if block.ended_at is not None and block.ended_at > block.started_at:
                title = self._title(block.context, block.intention)
                uid = f"{block.id}{OWN_UID_SUFFIX}"
                found.append(OutEvent(uid, block.started_at, block.ended_at, title))
        for one in self._book.between(today, today + AHEAD):
            if one.standing in (Standing.PLANNED, Standing.DUE):
                uid = f"{one.plan.id}-{one.day}{OWN_UID_SUFFIX}"
                end = one.ends_at or one.at + OPEN_END
                title = self._title(one.plan.context, one.plan.intention)
                found.append(OutEvent(uid, one.at, end, title, free=True))
        return sorted(found, key=lambda event: (event.start, event.uid))

    def write(self, path: Path) -> Wrote:
        """Write all events to `path`. Raises FlowError; then the former files are as they were."""
        events = self.events()
        try:
            if path.is_dir():
                return Wrote(path, len(events), self._write_folder(path, events))
            former = written(_read(path))
            text = calendar_text(events, former, self._clock.now())
            changed = text != _read(path)
            if changed:
                write_atomic(path, text.encode())
            return Wrote(path, len(events), int(changed))
        except OSError as error:
            raise FlowError(
                f"{path} cannot be written: {error.strerror}", "name another file or folder"
            ) from None

    def _write_folder(self, folder: Path, events: list[OutEvent]) -> int:
        """One file an event; of ours what is gone is cancelled, others' files are left alone."""
        changed = 0
        names = {f"{event.uid}{_SUFFIX}": event for event in events}
        for file in sorted(folder.glob(f"*{OWN_UID_SUFFIX}{_SUFFIX}")):
            if file.name not in names:
                changed += self._cancel(file)
        for name, event in names.items():
            changed += self._put(folder / name, event)
        return changed

    def _put(self, file: Path, event: OutEvent) -> int:
        before = _read(file)
        text = calendar_text([event], written(before), self._clock.now())
        if text == before:
            return 0
        write_atomic(file, text.encode())
        return 1

    def _cancel(self, file: Path) -> int:
        """An event that ended long ago stays as it is; one that is gone is told as cancelled."""
        before = _read(file)
        for uid, event in written(before).items():
            values = dict(line.partition(":")[::2] for line in event.lines)
            start, end = (_instant(values.get(name, "")) for name in ("DTSTART", "DTEND"))
            if start is None or end is None or end < self._clock.now() - BACK:
                return 0
            gone = OutEvent(uid, start, end, BUSY, free=True, cancelled=True)
            return self._put(file, gone)
        return 0

    def _title(self, context: str, intention: str) -> str:
        return (intention or BUSY) if context in self._titles else BUSY


def _read(path: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_bytes().decode()
    return ""


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
