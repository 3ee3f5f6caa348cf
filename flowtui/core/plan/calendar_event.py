"""One event of a calendar, and whether it keeps its owner from a block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flowtui.core.lazy_dataclass import dataclass

OWN_UID_SUFFIX = "@flowtui"
"""Ends the UID of everything that flowtui writes into a calendar; such events are never busy."""
_NOT_BUSY_WORDS = frozenset({"FREE", "WORKINGELSEWHERE"})
_BUSY_WORDS = frozenset({"BUSY", "OOF"})


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One occurrence; a repeated event has one for each time it takes place."""

    start: datetime
    """Aware, in UTC. That of an event of whole days is midnight in UTC of its first day."""
    end: datetime
    """Aware, in UTC, at or after `start`; the midnight after the last day for whole days."""
    all_day: bool
    floating: bool
    """Written without a zone: it takes place at that time of the day wherever its owner is."""
    busy: bool
    uid: str
    title: str

    def as_json(self) -> dict[str, Any]:
        """As `flowtui calendar read --json` prints it."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "all_day": self.all_day,
            "floating": self.floating,
            "busy": self.busy,
            "uid": self.uid,
            "title": self.title,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CalendarEvent:
        """The inverse of `as_json`. Raises KeyError, TypeError, ValueError on other data."""
        return cls(
            datetime.fromisoformat(data["start"]),
            datetime.fromisoformat(data["end"]),
            bool(data["all_day"]),
            bool(data["floating"]),
            bool(data["busy"]),
            str(data["uid"]),
            str(data["title"]),
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An event, or a whole file, that could not be understood."""

    uid: str
    """Of the event; the name of the file where it is the file that could not be read."""
    why: str


@dataclass(frozen=True, slots=True)
class CalendarReading:
    """What was understood of the calendars within a window of days."""

    events: tuple[CalendarEvent, ...] = ()
    """By start."""
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    """How what is ambiguous was read, a sentence each."""

    def as_json(self) -> dict[str, Any]:
        """As `flowtui calendar read --json` prints it."""
        return {
            "events": [event.as_json() for event in self.events],
            "left_out": [{"uid": item.uid, "why": item.why} for item in self.left_out],
            "remarks": list(self.remarks),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CalendarReading:
        """The inverse of `as_json`. Raises KeyError, TypeError, ValueError on other data."""
        return cls(
            tuple(CalendarEvent.from_json(event) for event in data["events"]),
            tuple(LeftOut(str(item["uid"]), str(item["why"])) for item in data["left_out"]),
            tuple(str(remark) for remark in data["remarks"]),
        )


def is_busy(
    *,
    all_day: bool,
    transparent: bool,
    busy_status: str,
    uid: str,
    declined: Iterable[str] = (),
    me: Iterable[str] = (),
) -> bool:
    """Whether an event keeps its owner from a block.

    Not what is transparent (RFC 5545, 3.8.2.7), what Outlook calls free or working elsewhere
    (`busy_status` of X-MICROSOFT-CDO-BUSYSTATUS), what one of the addresses `me` has declined, a
    whole day unless Outlook calls it busy or out of office, and nothing that flowtui wrote itself.
    """
    status = busy_status.strip().upper()
    if uid.endswith(OWN_UID_SUFFIX) or transparent or status in _NOT_BUSY_WORDS:
        return False
    if {_address(one) for one in declined} & {_address(one) for one in me}:
        return False
    return not all_day or status in _BUSY_WORDS


def _address(text: str) -> str:
    return text.strip().lower().removeprefix("mailto:")
