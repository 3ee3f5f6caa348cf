"""Reminders of the body log: the check-in, a window about to reach its target, the day's end.

Each is told once, none during a block but a meeting that cuts it; what a block held back is told
at its end, if it still means something then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flowtui.core.body.answers import CHECKIN
from flowtui.core.body.entry import Entry
from flowtui.core.body.habits import Reminded
from flowtui.core.clock import Clock
from flowtui.core.codec import stamp
from flowtui.core.day import ONE_DAY, DayRule
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.status_file import minutes
from flowtui.core.wall_time import place
from flowtui.services.body.body_log import BodyService

CHECK_IN, WINDOW, WIND_DOWN = "check-in", "eating-window", "wind-down"
TOLD = "reminded"
USED_WITHIN = timedelta(days=14)
WIND_DOWN_FOR = timedelta(hours=3)
"""How late it still makes sense to say that the day may end."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be told once, from an instant until another."""

    event: str
    about: str
    """What it is about: a day, or the opening of a window; it is not told of again."""
    at: datetime
    until: datetime
    title: str
    body: str
    keys: str = ""
    """What the app says in place of `body`: its keys rather than commands."""
    in_block: bool = False
    """Whether it is told during a block too: it would be lost otherwise."""
    always: bool = False
    """Whether it comes due even where the settings want no word of it: something is done then."""
    also: tuple[Reminder, ...] = ()
    """What came due beside it, as in a sleep: all of it is told at once."""


class Reminders:
    """Finds what is to be told next, and notes what was."""

    def __init__(
        self,
        body: BodyService,
        clock: Clock,
        rule: DayRule,
        events: Collection[str],
        in_block: Callable[[], bool],
        others: Callable[[], Iterable[Reminder]] = tuple,
    ) -> None:
        """`others` are reminders of other rooms, told by the same rules."""
        self._body = body
        self._clock = clock
        self._rule = rule
        self._events = events
        self._in_block = in_block
        self._others = others

    def next_at(self) -> datetime | None:
        """When the next reminder is due, perhaps gone by; None without any."""
        return min((r.at for r in self._tellable()), default=None)

    def coming(self) -> list[Reminder]:
        """What is still to be told of today and tomorrow, by time; also during a block."""
        return sorted(self._wanted(), key=lambda reminder: reminder.at)

    def ring(self) -> Reminder | None:
        """The reminder that is due, noted as told; None if there is nothing to tell now.

        Of several, as after a sleep, the latest, with all others in `also`.
        """
        now = self._clock.now()
        due = [r for r in self._tellable() if r.at <= now]
        if not due:
            return None
        due.sort(key=lambda r: r.at)
        with self._body.store.change(f"remind of {due[-1].event}", background=True) as writer:
            told: Reminded = writer.state.get(TOLD) or {}
            # another process may have been quicker
            due = [r for r in due if told.get(r.event) != r.about]
            if not due:
                return None
            writer.state.put({**told, **{r.event: r.about for r in due}}, id=TOLD)
        return replace(due[-1], also=tuple(due[:-1]))

    def _tellable(self) -> list[Reminder]:
        """What may be told now or later: during a block only what breaks through."""
        wanted = self._wanted()
        return [r for r in wanted if r.in_block] if self._in_block() else wanted

    def _wanted(self) -> list[Reminder]:
        """What is still to be told, of today and tomorrow."""
        now = self._clock.now()
        told: Reminded = self._body.store.state.get(TOLD) or {}
        today = self._rule.day_of(now)
        found: list[Reminder] = []
        if self._events:
            recent = self._body.store.between(today - USED_WITHIN, today + ONE_DAY)
            for day in (today, today + ONE_DAY):
                found += [*self._check_in(day, recent), *self._wind_down(day)]
            found += self._closing()
        found += self._others()
        return [
            r
            for r in found
            if (r.always or r.event in self._events)
            and told.get(r.event) != r.about
            and now < r.until
        ]

    def _check_in(self, day: date, recent: list[Entry]) -> list[Reminder]:
        wall = self._body.settings.checkin_at
        done = any(e.source.format == CHECKIN.format and e.day == day for e in recent)
        if wall is None or done or not recent:
            return []
        return [
            Reminder(
                CHECK_IN,
                day.isoformat(),
                self._at(day, wall),
                self._rule.bounds(day).end,
                "Time for the check-in",
                "a dozen keys: c, or flowtui checkin",
            )
        ]

    def _wind_down(self, day: date) -> list[Reminder]:
        wall = self._body.settings.wind_down
        if wall is None:
            return []
        at = self._at(day, wall)
        said = "what is open can wait; write it down if it helps"
        until = at + WIND_DOWN_FOR
        return [Reminder(WIND_DOWN, day.isoformat(), at, until, "The day may end", said)]

    def _closing(self) -> list[Reminder]:
        before = self._body.settings.closing_min
        window = self._body.window() if before is not None else None
        if before is None or window is None or not window.open or window.since is None:
            return []
        if window.reached_at is None:
            return []
        at = max(window.since, window.reached_at - timedelta(minutes=before))
        opened = int((window.reached_at - window.since).total_seconds())
        local = window.reached_at.astimezone(self._rule.zone)
        said = f"{minutes(opened)} are reached at {local:%H:%M}"
        title = "The eating window is open"
        return [Reminder(WINDOW, stamp(window.since), at, window.reached_at, title, said)]

    def _at(self, day: date, wall: time) -> datetime:
        on = day + ONE_DAY if wall < self._rule.start else day
        return place(on, wall, self._rule.zone).instant
