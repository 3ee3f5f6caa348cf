"""The words of one quick-log line: numbers, lengths, clock times, days, taken one after another.

A clock time means the current logical day unless a day is named; one that would lie ahead is
left to the record's own check, which refuses the future.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, timezone

from flowtui.core.body.clock_ranges import over_night, plain_ranges
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.scales import Scale
from flowtui.core.body.validation import long_ago
from flowtui.core.body.writer import Pen
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import UsageError
from flowtui.core.length_grammar import NUMBER, length_s, parse_number
from flowtui.core.time_grammar import AGO_LIMIT_S, CLOCK, WEEKDAYS, read_clock, weekday_of
from flowtui.core.wall_time import Placed, place

YES = frozenset(("yes", "y", "done", "did"))
NO = frozenset(("no", "n", "none"))
_ASLEEP = frozenset(("sleep", "slept"))
SKIP = frozenset(("skip", "skipped", "-"))
_CLOCK_RE = re.compile(rf"@?({CLOCK})")
_RANGE_RE = re.compile(rf"({CLOCK})[-–]({CLOCK})")
_DISTANCE_RE = re.compile(rf"{NUMBER}(?:km|k|mi|miles?|met(?:er|re)s?|yards?)")
_DATE_RE = re.compile(r"\d{4}-\d\d-\d\d")
_DATED_RE = re.compile(rf"(\d{{4}}-\d\d-\d\d)[tT]({CLOCK})")
_HALF_RE = re.compile(r"[ap]m")
_HOUR_RE = re.compile(r"@?(?:0?[1-9]|1[0-2])(?::[0-5]\d)?")
_WHOLE_DAYS = ("today", "yesterday", *WEEKDAYS)


class Tokens:
    """What is left of one line. Everything taken is noted in `understood`."""

    def __init__(
        self, text: str, pen: Pen, day: date | None = None, about: Kind | None = None
    ) -> None:
        """`day` is the logical day it is about; None: the day that it names, or today.

        `about`: of what it tells, where no word of its own says so.
        """
        body, dash, note = text.partition(" -- ")
        self.text = text
        self.note: str | None = note.strip() or None if dash else None
        self.pen = pen
        self.remarks: list[str] = []
        self.understood: list[str] = []
        self.said_no = False
        if body.split()[:1] != ["worked"]:  # free text
            words = body.casefold().split()
            asleep = about is Kind.SLEEP or not _ASLEEP.isdisjoint(words)
            eating = about is Kind.EATING or words[:1] in (["eat"], ["eating"])
            guesses: list[str] = []
            body = plain_ranges(body, eating, asleep, guesses)
            self.remarks += [f"read as {one}; write am and pm to mean another" for one in guesses]
        self._left = _words(body)
        self.ago_s = self._take_ago()
        self.day = day or self._take_day() or self._day_ago()

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
        value = parse_number(self.peek())
        if value is not None:
            self.word()
        return value

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
        pattern = re.compile(rf"(?:{letter}|{word})=?({NUMBER})", re.IGNORECASE)
        for at, text in enumerate(self._left):
            match = pattern.fullmatch(text)
            if match:
                self._took(at)
                return parse_number(match[1])
            after = self._left[at + 1] if at + 1 < len(self._left) else ""
            if text.casefold() == word and parse_number(after) is not None:
                self._took(at)
                return parse_number(self._took(at))
        return None

    def length_s(self, unit_s: int) -> int | None:
        """Takes a length (`45m`, `1h30`, `7,5 hours`, or a number of `unit_s`) in seconds."""
        if self.peek() and _DISTANCE_RE.fullmatch(self.peek()):
            raise UsageError(
                f"{self.peek()} is a distance; a length of time is needed",
                "write it as 45m or 1h30",
            )
        for count in (4, 3, 2, 1):
            words = " ".join(self._left[:count]).casefold()
            seconds = length_s(words) if len(self._left) >= count and ":" not in words else None
            if seconds is None:
                continue
            value = parse_number(words)
            for _ in range(count):
                self.word()
            return seconds if value is None else round(value * unit_s)
        return None

    def given_at(self) -> datetime | None:
        """Takes a clock time or `20m ago` from wherever it stands; None if there is none."""
        if self.ago_s is not None:
            return self.pen.now - timedelta(seconds=self.ago_s)
        for at, text in enumerate(self._left):
            if text.casefold() == "now" and self.day in (None, self.pen.today):
                self._took(at)
                return self.pen.now
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

        The other end is the nearest one that makes sense: before midnight or after it. Raises
        UsageError for one over midnight of `NIGHT` or longer, unless am and pm say so.
        """
        for at, text in enumerate(self._left):
            match = _RANGE_RE.fullmatch(text.casefold())
            if match:
                self._took(at)
                first, second = match.groups()
                found = self._night(first, second) if ends_on_day else self._from(first, second)
                if not (_HALF_RE.search(first) and _HALF_RE.search(second)):
                    self._not_over_night(match[0], *found)
                return found
        return None

    def finish(self) -> None:
        """Raises UsageError if anything is left that was not understood."""
        rest = " ".join(self._left)
        if any(_RANGE_RE.fullmatch(word.casefold()) for word in self._left):
            raise UsageError(f"{rest!r} is a stretch of time; this takes one time", "such as 15:30")
        if rest:
            raise UsageError(f"{rest!r} was not understood", None)

    def _took(self, at: int) -> str:
        text = self._left.pop(at).casefold()
        self.understood.append(text)
        return text

    def _take_day(self) -> date | None:
        """A whole name or a date anywhere; a short name at an end, or just before a clock time."""
        free_text = self._left[:1] == ["worked"]
        ends = (0, len(self._left) - 1)
        for at in sorted(range(len(self._left)), key=lambda at: at not in ends):
            word = self._left[at].casefold()
            after = self._left[at + 1].casefold() if at + 1 < len(self._left) else ""
            dated = word in _WHOLE_DAYS or _DATE_RE.fullmatch(word)
            timed = _CLOCK_RE.fullmatch(after) or _RANGE_RE.fullmatch(after)
            if at not in ends and (free_text or not (dated or timed)):
                continue
            day = self._day_from(word)
            if day is not None:
                self._took(at)
                return day
        return None

    def _day_ago(self) -> date | None:
        """The day that `3 days ago` lies on, for what has a day and no time; None for today."""
        if self.ago_s is None:
            return None
        day = self.pen.rule.day_of(self.pen.now - timedelta(seconds=self.ago_s))
        return day if day != self.pen.today else None

    def _day_from(self, word: str) -> date | None:
        today = self.pen.today
        if word in ("today", "yesterday"):
            return today if word == "today" else today - ONE_DAY
        if _DATE_RE.fullmatch(word):
            try:
                day = date.fromisoformat(word)
            except ValueError:
                raise UsageError(f"{word!r} is not a date", "write it as 2026-03-29") from None
            if long_ago(day.year) or day.year > today.year + 1:
                raise UsageError(f"{word!r} is too far away", "check the year")
            return day
        weekday = weekday_of(word)
        if weekday is None or word not in (WEEKDAYS[weekday], WEEKDAYS[weekday][:3]):
            return None
        return today - timedelta(days=(today.weekday() - weekday) % 7)

    def _take_ago(self) -> int | None:
        lower = [word.casefold() for word in self._left]
        if "ago" not in lower[1:] or lower[:1] == ["worked"]:
            return None
        end = lower.index("ago", 1)
        for count in (4, 3, 2, 1):
            seconds = length_s(" ".join(lower[end - count : end])) if count <= end else None
            if seconds is None:
                continue
            if not 0 < seconds <= AGO_LIMIT_S:
                break
            self.understood.append(" ".join(lower[end - count : end + 1]))
            del self._left[end - count : end + 1]
            return seconds
        raise UsageError(f"{lower[end - 1]} ago is not a length", "write 20m ago or 1h30 ago")

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

    def _not_over_night(self, text: str, start: datetime, end: datetime) -> None:
        zone = self.pen.rule.zone
        first, last = start.astimezone(zone), end.astimezone(zone)
        if over_night(first.hour * 60 + first.minute, last.hour * 60 + last.minute):
            said = "-".join(
                f"{t.hour % 12 or 12}:{t:%M}{'ap'[t.hour // 12]}m" for t in (first, last)
            )
            raise UsageError(
                f"{text!r} is a stretch of 16 h or more over midnight",
                f"write am and pm if that is meant: {said}",
            )

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


def _words(line: str) -> list[str]:
    """The words of a line; `5 pm` is one, and a date with its time, `2026-11-20T09:15`, is two."""
    words: list[str] = []
    for word in line.split():
        dated = _DATED_RE.fullmatch(word)
        if word.casefold() in ("am", "pm") and words and _HOUR_RE.fullmatch(words[-1]):
            words[-1] += word
        elif dated is not None:
            words += dated.groups()
        else:
            words.append(word)
    return words


def _wall(clock: str) -> tuple[time, timedelta | None]:
    """Hours and minutes of a clock time, and its UTC offset if it names one."""
    read = read_clock(clock)
    if read is None:
        raise UsageError(f"{clock!r} is not a time of day", "write it as 7:05, 7:05pm or 19:05")
    return read.time, read.offset
