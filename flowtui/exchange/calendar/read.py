"""What a calendar's text says about a window of days: events, what was left out, remarks."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.calendar_event import CalendarEvent, LeftOut, is_busy
from flowtui.core.text import plain
from flowtui.exchange.calendar.components import CalendarText, EventText, split
from flowtui.exchange.calendar.expand import Dated, occurrences, repeats
from flowtui.exchange.calendar.values import (
    ValueProblem,
    When,
    on_wall_of,
    parse_length,
    parse_when,
)
from flowtui.exchange.calendar.zones import Zones

SERIES_S = 2.0
"""Seconds that one series may take."""
AGAIN_S = 0.5
"""Where its end did not reach it, it is told so again."""
TITLE_LIMIT = 200
_SERIES = {"RRULE", "RDATE", "EXRULE", "RECURRENCE-ID"}
_DAY = timedelta(days=1)


class _TooLongError(BaseException):
    """The time of one series is over; no `except Exception` of a library keeps it."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days asked for, as the owner's zone has them; both ends belong to it."""

    first: date
    last: date
    own: ZoneInfo
    me: tuple[str, ...] = ()
    """Addresses of the owner, whose refusals count."""

    def has(self, start: datetime, end: datetime, day_only: bool) -> bool:
        """Whether an occurrence touches the window."""
        zone = UTC if day_only else self.own
        low = datetime.combine(self.first, time(), zone)
        high = datetime.combine(self.last + _DAY, time(), zone)
        return start < high and (end > low or start >= low)


class Reader:
    """Reads calendars into one list."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.events: list[CalendarEvent] = []
        self.left_out: list[LeftOut] = []
        self.remarks: list[str] = []

    def read(self, lines: Iterable[str]) -> None:
        """Add what the lines of one file say."""
        window = self._window
        for calendar in split(lines, window.first - 2 * _DAY, window.last + 2 * _DAY):
            self._calendar(calendar)

    def _calendar(self, calendar: CalendarText) -> None:
        window = self._window
        around = datetime.combine(window.first, time(12), UTC)
        zones = Zones(calendar.zones, window.own, around, calendar.zone_name)
        for uid, group in _groups(calendar.events):
            try:
                # a single event has nothing to count: the watch would cost more than the reading
                single = len(group) == 1 and not _SERIES & group[0].properties.keys()
                with nullcontext() if single else _limit(SERIES_S):
                    self._group(uid, group, zones)
            except _TooLongError:
                self._leave_out(uid, f"it took more than {SERIES_S:g} s to work out")
            except ValueProblem as problem:
                self._leave_out(uid, str(problem))
            except Exception as error:  # one bad series costs itself alone
                self._leave_out(uid, f"it cannot be understood: {plain(str(error), 120)}")
        self.remarks += zones.remarks
        if calendar.no_properties:
            lines = "line" if calendar.no_properties == 1 else "lines"
            self.remarks.append(f"{calendar.no_properties} {lines} of no known form passed over")

    def _group(self, uid: str, group: Sequence[EventText], zones: Zones) -> None:
        dated = []
        for event in group:
            try:
                dated.append(self._dated(event, zones))
            except ValueProblem as problem:
                self._leave_out(uid, str(problem))
        overrides = [one for one in dated if one.replaces is not None]
        masters = _current([one for one in dated if one.replaces is None])
        found: list[CalendarEvent] = []
        if not masters:
            found += [self._event(one, one.start.wall, one.start, zones) for one in overrides]
        for index, master in enumerate(masters):
            # of several events under one UID the first has the changes
            own = overrides if index == 0 else []
            found += [
                self._event(one, wall, master.start, zones)
                for one, wall in self._occurrences(master, own, zones)
                if not one.cancelled
            ]
        if not masters:
            found = [e for e, one in zip(found, overrides, strict=True) if not one.cancelled]
        self.events += [one for one in found if self._window.has(one.start, one.end, one.all_day)]

    def _occurrences(
        self, master: Dated, overrides: Sequence[Dated], zones: Zones
    ) -> list[tuple[Dated, datetime]]:
        own = self._window.own
        if repeats(master):
            zone = None if master.start.day_only else master.start.zone or own
            first, last = (
                datetime.combine(day, time(), own).astimezone(zone).replace(tzinfo=None)
                if zone is not None
                else datetime.combine(day, time())
                for day in (self._window.first, self._window.last + _DAY)
            )
            return occurrences(master, overrides, zones, own, first, last)
        replaced = {
            on_wall_of(one.replaces, master.start, own)
            for one in overrides
            if one.replaces is not None
        }
        singles = [(one, on_wall_of(one.start, master.start, own)) for one in overrides]
        if master.start.wall not in replaced:
            singles.append((master, master.start.wall))
        return singles

    def _dated(self, event: EventText, zones: Zones) -> Dated:
        if not event.closed:
            raise ValueProblem("it is cut off")
        given = event.first("DTSTART")
        if given is None:
            raise ValueProblem("it has no start")
        start = parse_when(given, zones, "its start")
        replaces = event.first("RECURRENCE-ID")
        return Dated(
            event,
            *self._span(event, start, zones),
            None if replaces is None else parse_when(replaces, zones, "its RECURRENCE-ID"),
            replaces is not None
            and replaces.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        )

    def _span(self, event: EventText, start: When, zones: Zones) -> tuple[When, timedelta]:
        """Start and length; an end before the start means that the two were swapped."""
        own, given, length = self._window.own, event.first("DTEND"), event.first("DURATION")
        if given is not None:
            end = parse_when(given, zones, "its end")
            if start.day_only:
                end = When(end.wall.replace(hour=0, minute=0, second=0), True, None)
            elif end.day_only:
                end = When(end.wall, False, start.zone)
            if end.instant(own) < start.instant(own):
                self.remarks.append(
                    f"{_name(event)} ends before it starts: the two were taken the other way round"
                )
                start, end = end, start
            elapsed = end.instant(own) - start.instant(own)
        elif length is not None:
            elapsed = parse_length(length.value)
            if elapsed < timedelta():
                start = start._replace(wall=start.wall + elapsed)
                elapsed = -elapsed
        else:
            elapsed = timedelta()
        if start.day_only:
            elapsed = max(_DAY, timedelta(days=-(-elapsed // _DAY)))
        return start, elapsed

    def _event(self, dated: Dated, wall: datetime, series: When, zones: Zones) -> CalendarEvent:
        """The occurrence of `dated` that is at `wall` in the zone of the series."""
        own, event = self._window.own, dated.event
        if dated.replaces is not None and not dated.and_later:
            when = dated.start  # its own words, in its own zone
        else:
            when = When(wall, series.day_only, series.zone)
        start = when.instant(own)
        end = start + dated.lengths.get(wall, dated.length)
        uid = plain(event.text("UID"), 200)
        declined = [
            one.value
            for one in event.properties.get("ATTENDEE", [])
            if one.parameters.get("PARTSTAT", "").upper() == "DECLINED"
        ]
        return CalendarEvent(
            start,
            end,
            when.day_only,
            not when.day_only and when.zone is None,
            is_busy(
                all_day=when.day_only,
                transparent=event.text("TRANSP").upper() == "TRANSPARENT",
                busy_status=event.text("X-MICROSOFT-CDO-BUSYSTATUS"),
                uid=uid,
                declined=declined,
                me=self._window.me,
            ),
            uid,
            " ".join(plain(event.text("SUMMARY"), TITLE_LIMIT).split()),
        )

    def _leave_out(self, uid: str, why: str) -> None:
        self.left_out.append(LeftOut(plain(uid, 200) or "without a UID", why))


def _groups(events: Iterable[EventText]) -> Iterator[tuple[str, list[EventText]]]:
    """Events by UID, in the order of the file; one without a UID stands alone."""
    groups: dict[str, list[EventText]] = {}
    alone = []
    for event in events:
        uid = event.text("UID")
        if uid:
            groups.setdefault(uid, []).append(event)
        else:
            alone.append(event)
    yield from groups.items()
    for event in alone:
        yield event.uid, [event]


def _current(masters: list[Dated]) -> list[Dated]:
    """The newest revision of an event; several events under one UID stay, each once."""
    newest = max((one.sequence for one in masters), default=0)
    kept: dict[object, Dated] = {}
    for one in masters:
        if one.sequence == newest:
            rules = tuple(rule.value for rule in one.event.properties.get("RRULE", []))
            kept[one.start.wall, one.start.day_only, rules] = one
    return list(kept.values())


def _name(event: EventText) -> str:
    return repr(plain(event.text("SUMMARY") or event.uid, 60))


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raises _TooLongError in the main thread after so many seconds."""

    def end(_signal: int, _frame: object) -> None:
        raise _TooLongError

    former = signal.signal(signal.SIGALRM, end)
    collects = gc.isenabled()
    gc.disable()  # what is raised while a forgotten object is cleared away would be lost
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        if collects:
            gc.enable()
