"""A check-in under way: each answer is on disk as it is given, and all of them are one command.

What is answered anew takes the place of what this check-in said before.
"""

from __future__ import annotations

from datetime import date, datetime

from flowtui.core.body.checkin import OpenCheckin
from flowtui.core.focus.pointers import FirstBlock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.body_log import BodyService
from flowtui.services.body.checkin import FIRST_BLOCK, Checkins, Kept, Put
from flowtui.services.body.entry_store import EntryWriter

OPEN = "checkin"
"""Id of the record of a check-in that was begun and not left."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and when it was given."""

    text: str
    at: datetime
    put: Put


class CheckinSession:
    """The answers about one day."""

    def __init__(self, checkins: Checkins, body: BodyService, day: date) -> None:
        self.day = day
        self._checkins, self._body, self._store = checkins, body, body.store
        self._group: str | None = None
        self._given: dict[str, Answered] = {}
        """By question, in the order in which they were answered first."""
        self._first: FirstBlock | None = None
        """What stood as the first block before."""

    def give(self, name: str, text: str) -> None:
        """Record the answer to the question `name`: a key, a line, or "" to pass it over.

        On disk when this returns. Raises UsageError if it cannot be meant; all stays as it was.
        """
        now = self._store.clock.now()
        if self._group is None:
            self._group = self._joined()
            self._first = self._store.state.get(FIRST_BLOCK)
        with self._store.change(f"check-in of {self.day}", group=self._group) as writer:
            given = dict(self._given)
            if name not in given:
                given[name] = self._answered(writer, name, text, now)
            else:
                # what was answered after it may stand on it: a night's quality on its length
                self._take_back(writer)
                for key, old in self._given.items():
                    said, at = (text, now) if key == name else (old.text, old.at)
                    given[key] = self._answered(writer, key, said, at)
        self._given = given
        self._body.changed()

    def leave(self) -> Kept:
        """The check-in is over: the next one is a command of its own."""
        if self._group is not None:
            with self._store.change("leave the check-in", background=True) as writer:
                writer.state.remove(OPEN)
        put = [answered.put for answered in self._given.values()]
        entries = tuple(entry for one in put for entry in one.entries)
        return Kept(self.day, entries, next((one.first for one in put if one.first), None))

    def _joined(self) -> str:
        """The group of the answers: that of a check-in of this day that broke off, if one did.

        Undo passes over the note of it, so that it never stands in an answer's way.
        """
        known: OpenCheckin | None = self._store.state.get(OPEN)
        if known is not None and known.day == self.day:
            return known.group
        group = f"check-in of {self.day} {self._store.entries.new_id()}"
        with self._store.change("begin the check-in", background=True) as writer:
            writer.state.put(OpenCheckin(self.day, group), id=OPEN)
        return group

    def _answered(self, writer: EntryWriter, name: str, text: str, at: datetime) -> Answered:
        return Answered(text, at, self._checkins.put(writer, name, text, self.day, at))

    def _take_back(self, writer: EntryWriter) -> None:
        for answered in reversed(self._given.values()):
            put = answered.put
            for entry, before in zip(put.entries, put.before, strict=True):
                if before is None:
                    writer.delete(entry)
                else:
                    writer.store.entries.put(before)
            if put.first is not None and self._first is None:
                writer.state.remove(FIRST_BLOCK)
            elif put.first is not None:
                writer.state.put(self._first, id=FIRST_BLOCK)
