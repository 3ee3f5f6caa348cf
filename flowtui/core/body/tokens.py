"""The words of one quick-log line: numbers, lengths, clock times, days, taken one after another.

A clock time means the current logical day unless a day is named; one that would lie ahead is
left to the record's own check, which refuses the future.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, timezone

from flowtui.core.body.entry_kinds import State
from flowtui.core.body.scales import Scale
from flowtui.core.body.validation import long_ago
from flowtui.core.body.writer import Pen
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import UsageError
from flowtui.core.wall_time import Placed, place

YES = frozenset(("yes", "y", "done", "did"))
NO = frozenset(("no", "n", "none"))
SKIP = frozenset(("skip", "skipped", "-"))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?:am|pm)?(?:[+-]\d\d:\d\d)?|(?:0?[1-9]|1[0-2])(?:am|pm)"
_CLOCK_RE = re.compile(rf"@?({_CLOCK})")
_RANGE_RE = re.compile(rf"({_CLOCK})[-–]({_CLOCK})")
_NUMBER_RE = re.compile(r"\d+(?:\.\d+)?")
_LENGTH_RE = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h(?:(?P<hm>[0-5]?\d)(?:m|min)?)?|(?P<m>\d+(?:\.\d+)?)(?:m|min|mins))"
)
_PARTS_RE = re.compile(r"(\d+)(?::(\d\d))?(am|pm)?([+-]\d\d:\d\d)?")


class Tokens:
    """What is left of one line. Everything taken is noted in `understood`."""

    def __init__(self, text: str, pen: Pen) -> None:
        body, dash, note = text.partition(" -- ")
        self.text = text
        self.note: str | None = note.strip() or None if dash else None
        self.pen = pen
        self.remarks: list[str] = []
        self.understood: list[str] = []
        self.said_no = False
        self._left = body.split()
        self.day = self._take_day()
        self.ago_s = self._take_ago()

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self._left

    def peek(self) -> str:
        """The next word in lower case; empty at the end."""
        return self._left[0].casefold() if self._left else ""

    def word(self) -> str:
        """Takes the next word, in lower case. Raises UsageError at the end."""
        if not self._left:
            raise UsageError("something is missing at the end", None)
        return self._took(0)

    def all_text(self) -> str:
        """Takes everything that is left, as it was typed."""
        text, self._left = " ".join(self._left), []
        return text

    def take_name(self, names: Collection[str]) -> str | None:
        """Takes the longest run of words that is one of `names` (words joined by `-`)."""
        for count in range(len(self._left), 0, -1):
            name = "-".join(self._left[:count]).casefold()
            if name in names:
                del self._left[:count]
                self.understood.append(name)
                return name
        return None

    def state(self, *, yes: bool = False) -> State | None:
        """Takes a yes, no or skip if one stands here (or a `no` stood before everything)."""
        if self.said_no:
            return State.NO
        sets = ((NO, State.NO), (SKIP, State.SKIPPED), (YES if yes else frozenset(), State.GIVEN))
        for words, state in sets:
            if self.peek() in words:
                self.word()
                return state
        return None

    def maybe_number(self) -> float | None:
        """Takes the next word if it is a plain number."""
        if _NUMBER_RE.fullmatch(self.peek()):
            return float(self.word())
        return None

    def number(self) -> float:
        """Takes a plain number. Raises UsageError if another word stands here."""
        value = self.maybe_number()
        if value is None:
            raise UsageError(f"a number is needed, not {self.peek() or 'nothing'!r}", None)
        return value

    def rating(self, scale: Scale) -> float:
        """Takes a number or an anchor word of `scale`, and checks that it is on it."""
        name = scale.name.replace("-", " ")
        for point, anchor in scale.anchors:
            words = anchor.casefold().split()
            if [w.casefold() for w in self._left[: len(words)]] == words:
                for _ in words:
                    self.word()
                return float(point)
        return scale.check(self.number(), name)

    def marked(self, letter: str, word: str) -> float | None:
        """Takes `e6`, `e=6`, `effort=6` or `effort 6` from wherever it stands."""
        pattern = re.compile(rf"(?:{letter}|{word})=?(\d+(?:\.\d+)?)", re.IGNORECASE)
        for at, text in enumerate(self._left):
            match = pattern.fullmatch(text)
            if match:
                self._took(at)
                return float(match[1])
            after = self._left[at + 1] if at + 1 < len(self._left) else ""
            if text.casefold() == word and _NUMBER_RE.fullmatch(after):
                self._took(at)
                return float(self._took(at))
        return None

    def length_s(self, unit_s: int) -> int | None:
        """Takes a length (`45m`, `1h30`, `7.5h`, or a plain number of `unit_s`) in seconds."""
        match = _LENGTH_RE.fullmatch(self.peek())
        if match:
            self.word()
            minutes = float(match["m"] or match["hm"] or 0)
            return round(float(match["h"] or 0) * 3600 + minutes * 60)
        value = self.maybe_number()
        if value is None:
            return None
        unit = self.peek()
        for words, seconds in ((("h", "hours", "hour"), 3600), (("m", "min", "minutes"), 60)):
            if unit in words:
                self.word()
                return round(value * seconds)
        return round(value * unit_s)

    def given_at(self) -> datetime | None:
        """Takes a clock time or `20m ago` from wherever it stands; None if there is none."""
        if self.ago_s is not None:
            return self.pen.now - timedelta(seconds=self.ago_s)
        for at, text in enumerate(self._left):
            match = _CLOCK_RE.fullmatch(text.casefold())
            if not match:
                continue
            if at and self._left[at - 1].casefold() == "at":
                del self._left[at - 1]
                at -= 1
            self._took(at)
            return self._placed(self._on_day(match[1])).instant
        return None

    def at(self) -> datetime | None:
        """The clock time on the line, else now; None on a line about another day."""
        given = self.given_at()
        if given is not None:
            return given
        return self.pen.now if self.day in (None, self.pen.today) else None

    def span(self, *, ends_on_day: bool = False) -> tuple[datetime, datetime] | None:
        """Takes `18:00-18:30` from wherever it stands. `ends_on_day`: the day is that of the end.

        The other end is the nearest one that makes sense: before midnight or after it.
        """
        for at, text in enumerate(self._left):
            match = _RANGE_RE.fullmatch(text.casefold())
            if match:
                self._took(at)
                return self._night(*match.groups()) if ends_on_day else self._from(*match.groups())
        return None

    def finish(self) -> None:
        """Raises UsageError if anything is left that was not understood."""
        if self._left:
            raise UsageError(f"{' '.join(self._left)!r} was not understood", None)

    def _took(self, at: int) -> str:
        text = self._left.pop(at).casefold()
        self.understood.append(text)
        return text

    def _take_day(self) -> date | None:
        for at in dict.fromkeys((0, len(self._left) - 1)):
            day = self._day_from(self._left[at].casefold()) if self._left else None
            if day is not None:
                self._took(at)
                return day
        return None

    def _day_from(self, word: str) -> date | None:
        today = self.pen.today
        if word in ("today", "yesterday"):
            return today if word == "today" else today - ONE_DAY
        if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            try:
                day = date.fromisoformat(word)
            except ValueError:
                raise UsageError(f"{word!r} is not a date", "write it as 2026-03-29") from None
            if long_ago(day.year) or day.year > today.year + 1:
                raise UsageError(f"{word!r} is too far away", "check the year")
            return day
        for number, name in enumerate(_WEEKDAYS):
            if word in (name, name[:3]):
                return today - timedelta(days=(today.weekday() - number) % 7)
        return None

    def _take_ago(self) -> int | None:
        if len(self._left) < 2 or self._left[-1].casefold() != "ago":
            return None
        match = _LENGTH_RE.fullmatch(self._left[-2].casefold())
        if not match:
            raise UsageError(f"{self._left[-2]!r} ago is no length", "write 20m ago or 1h30 ago")
        self._took(len(self._left) - 1)
        self._took(len(self._left) - 1)
        return round(float(match["h"] or 0) * 3600 + float(match["m"] or match["hm"] or 0) * 60)

    def _on_day(self, clock: str) -> Placed:
        """`clock` within the logical day the line is about."""
        day = self.day or self.pen.today
        wall, _ = _wall(clock)
        night = wall < self.pen.rule.start
        found = self._place(day + ONE_DAY if night else day, clock, self.pen.now)
        if night and self.day is None and found.instant > self.pen.now:
            # said at noon, 3:30 is the night just gone, though that was still yesterday
            return self._place(day, clock, self.pen.now)
        return found

    def _from(self, first: str, second: str) -> tuple[datetime, datetime]:
        start = self._placed(self._on_day(first)).instant
        on = start.astimezone(self.pen.rule.zone).date()
        end = self._place(on, second, None)
        if end.instant <= start:
            end = self._place(on + ONE_DAY, second, None)
        return start, self._placed(end).instant

    def _night(self, first: str, second: str) -> tuple[datetime, datetime]:
        local = self.pen.now.astimezone(self.pen.rule.zone).date()
        end = self._place(self.day or local, second, self.pen.now)
        if self.day is None and end.instant > self.pen.now and local > self.pen.today:
            end = self._place(self.pen.today, second, self.pen.now)
        stop = self._placed(end).instant
        on = stop.astimezone(self.pen.rule.zone).date()
        start = self._place(on, first, stop)
        if start.instant >= stop:
            start = self._place(on - ONE_DAY, first, stop)
        return self._placed(start).instant, stop

    def _place(self, day: date, clock: str, not_after: datetime | None) -> Placed:
        wall, offset = _wall(clock)
        if offset is not None:
            return Placed(datetime.combine(day, wall, timezone(offset)).astimezone(UTC))
        return place(day, wall, self.pen.rule.zone, not_after)

    def _placed(self, found: Placed) -> Placed:
        if found.remark and found.remark not in self.remarks:
            self.remarks.append(found.remark)
        return found


def _wall(clock: str) -> tuple[time, timedelta | None]:
    """Hours and minutes of a clock time, and its UTC offset if it names one."""
    match = _PARTS_RE.fullmatch(clock)
    if match is None:
        raise UsageError(f"{clock!r} is no time", "write it as 7:05")
    hour, minute, half, offset = int(match[1]), int(match[2] or 0), match[3], match[4]
    if half:
        if not 1 <= hour <= 12:
            raise UsageError(f"{clock!r} is no time", "write it as 7:05pm or 19:05")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23:
        raise UsageError(f"{clock!r} is no time", "hours go from 0 to 23")
    delta = None
    if offset:
        sign = -1 if offset[0] == "-" else 1
        delta = sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return time(hour, minute), delta
