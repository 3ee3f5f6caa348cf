"""A year of entries over five zones and every clock change: exact to the minute."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from flowtui.core.body.day_series import days_between, nights
from flowtui.core.body.entry import Entry, day_of, length_s
from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.fasting import fast_before, window_history
from flowtui.core.body.writer import Pen
from flowtui.core.day import DayRule
from flowtui.core.kinds import ENTRIES, KINDS
from tests.unit.body.entries import ids

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Auckland",
    )
]
"""Changes of an hour in both halves of the year, one of half an hour, one zone without."""
EPOCH = datetime(2025, 12, 31, 12, tzinfo=UTC)
YEAR = days_between(date(2026, 1, 1), date(2026, 12, 31))
END = datetime(2027, 1, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Life:
    """Entries, and for each the minutes since EPOCH it was made of."""

    entries: list[Entry]
    sleeps: list[tuple[int, int, ZoneInfo]]
    windows: list[tuple[int, int, ZoneInfo]]
    moments: list[tuple[int, ZoneInfo]]


def live(seed: int) -> Life:
    """A year made of minutes: everything is known as a number before it is an entry."""
    rnd = random.Random(seed)
    stays = sorted(rnd.sample(range(20, 340), 9))
    places = [rnd.choice(ZONES) for _ in range(10)]
    new_id = ids()
    life = Life([], [], [], [])
    closed = -1
    for number, day in enumerate(YEAR):
        zone = places[sum(number >= stay for stay in stays)]
        pen = Pen(END, DayRule(zone), new_id)
        wake = _minute(day, rnd.randrange(5 * 60, 10 * 60), zone)
        asleep = wake - rnd.randrange(240, 600)
        life.sleeps.append((asleep, wake, zone))
        life.entries.append(pen.write(Kind.SLEEP, start=_at(asleep), end=_at(wake)))
        opened = max(wake + rnd.randrange(0, 300), closed + 1)
        closed = opened + rnd.randrange(30, 1200)
        life.windows.append((opened, closed, zone))
        life.entries.append(pen.write(Kind.EATING, start=_at(opened), end=_at(closed)))
        for _ in range(3):
            moment = wake + rnd.randrange(0, 1380)
            life.moments.append((moment, zone))
            life.entries.append(pen.write(Kind.ENERGY, value=3, at=_at(moment)))
    return life


def _minute(day: date, minutes: int, zone: ZoneInfo) -> int:
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), zone)
    return int((wall.astimezone(UTC) - EPOCH).total_seconds()) // 60


def _at(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def _calendar_day(minute: int, zone: ZoneInfo) -> date:
    """The logical day told another way: four hours off the clock on the wall."""
    wall = _at(minute).astimezone(zone).replace(tzinfo=None)
    return (wall - timedelta(hours=4)).date()


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_a_year_over_five_zones_is_exact_to_the_minute(seed: int) -> None:
    """Days, sleep, windows and fasts against plain arithmetic on minutes.

    One stretch by hand, Berlin, the night of 2026-03-29 when 02:00 became 03:00:
    a window open on Saturday from 18:00 (17:00 UTC) to 01:30 (00:30 UTC) lasts 7 h 30 min and is
    Saturday's. Sleep from 01:45 (00:45 UTC) to 08:15 (06:15 UTC) lasts 5 h 30 min, though the
    clocks say 6 h 30 min, and is Sunday's. The next window opens at 12:00 (10:00 UTC): the fast
    was 9 h 30 min, though the clocks say 10 h 30 min. The test below this one checks these.
    """
    life = live(seed)
    body = BodyLog(life.entries)
    sleep: dict[date, int] = {}
    for start, end, zone in life.sleeps:
        woke = _at(end).astimezone(zone).date()
        sleep[woke] = sleep.get(woke, 0) + end - start

    energies = [e for e in life.entries if e.kind is Kind.ENERGY]
    for entry, (minute, zone) in zip(energies, life.moments, strict=True):
        assert day_of(entry) == entry.day == _calendar_day(minute, zone)
    slept = nights(body, sleep)
    assert {n.day: n.asleep_s for n in slept} == {d: m * 60 for d, m in sleep.items()}
    assert sum(n.asleep_s or 0 for n in slept) == 60 * sum(e - s for s, e, _ in life.sleeps)
    _windows_agree(life)
    assert [KINDS[ENTRIES].decode(KINDS[ENTRIES].encode(e)) for e in life.entries] == life.entries


def _windows_agree(life: Life) -> None:
    eaten: dict[date, int] = {}
    for opened, closed, zone in life.windows:
        day = _calendar_day(opened, zone)
        eaten[day] = eaten.get(day, 0) + closed - opened
    rule = DayRule(ZONES[0])
    rows = window_history(life.entries, sorted(eaten), END, rule)
    assert {r.day: r.eaten_s for r in rows} == {d: m * 60 for d, m in eaten.items()}
    first_of_day: dict[date, int] = {}
    for number, (opened, _, zone) in enumerate(life.windows):
        first_of_day.setdefault(_calendar_day(opened, zone), number)
    fasts = {r.day: r.fast_s for r in rows}
    for day, number in first_of_day.items():
        if number:
            before = life.windows[number - 1]
            gap = life.windows[number][0] - before[1]
            fast = fast_before(life.entries[max(0, 5 * number - 30) : 5 * number + 5], day)
            assert fast is not None
            assert fast.seconds == gap * 60
            assert fasts[day] == (gap * 60 if fast.certain else None)


def test_the_night_worked_by_hand() -> None:
    """The example of the property test's docstring, figure by figure."""
    berlin = ZONES[0]
    pen = Pen(datetime(2026, 3, 29, 20, tzinfo=UTC), DayRule(berlin), ids())
    eating = pen.write(
        Kind.EATING,
        start=datetime(2026, 3, 28, 18, 0, tzinfo=berlin),
        end=datetime(2026, 3, 29, 1, 30, tzinfo=berlin),
    )
    sleep = pen.write(
        Kind.SLEEP,
        start=datetime(2026, 3, 29, 1, 45, tzinfo=berlin),
        end=datetime(2026, 3, 29, 8, 15, tzinfo=berlin),
    )
    noon = pen.write(
        Kind.EATING,
        start=datetime(2026, 3, 29, 12, 0, tzinfo=berlin),
        end=datetime(2026, 3, 29, 20, 0, tzinfo=berlin),
    )
    fast = fast_before([eating, noon], date(2026, 3, 29))

    assert (eating.day, length_s(eating)) == (date(2026, 3, 28), 7 * 3600 + 1800)
    assert (sleep.day, length_s(sleep)) == (date(2026, 3, 29), 5 * 3600 + 1800)
    assert BodyLog([sleep]).value(date(2026, 3, 29), Variable(Kind.SLEEP)).value == 5.5
    assert fast is not None
    assert (fast.seconds, fast.certain) == (9 * 3600 + 1800, True)


def test_a_week_of_days_over_each_clock_change_adds_up_to_what_passed() -> None:
    """Seven days hold 167 hours in spring and 169 in autumn; every minute is on one of them."""
    berlin = DayRule(ZONES[0])
    for first, hours in ((date(2026, 3, 25), 167), (date(2026, 10, 21), 169)):
        start, end = berlin.start_of(first), berlin.start_of(first + timedelta(days=7))
        minutes = [start + timedelta(minutes=n) for n in range(hours * 60)]

        assert minutes[-1] + timedelta(minutes=1) == end
        counts = [berlin.day_of(m) for m in minutes]
        assert [counts.count(d) for d in days_between(first, first + timedelta(days=6))] == [
            int(berlin.bounds(d).seconds / 60)
            for d in days_between(first, first + timedelta(days=6))
        ]
