"""Which day an entry belongs to, and what its one number is."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.body.entry import amount, day_of, length_s, load, sleep_day
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.day import DayRule
from tests.unit.body.entries import BERLIN, day, local, pen, utc

NOW = local("2026-06-10 22:00")


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("03:59", "2026-06-09"), ("04:00", "2026-06-10"), ("04:01", "2026-06-10")],
)
def test_the_day_turns_at_four_to_the_minute(clock: str, expected: str) -> None:
    entry = pen(NOW).write(Kind.ENERGY, value=3, at=local(f"2026-06-10 {clock}"))

    assert entry.day == day(expected)
    assert day_of(entry) == day(expected)


def test_another_day_start_moves_the_day_but_not_the_instant() -> None:
    entry = pen(NOW).write(Kind.ENERGY, value=3, at=local("2026-06-10 03:30"))

    assert day_of(entry, time(3)) == day("2026-06-10")
    assert entry.at == local("2026-06-10 03:30")


@pytest.mark.parametrize(
    ("woke", "expected"),
    [
        ("2026-06-10 00:00", "2026-06-10"),
        ("2026-06-10 03:30", "2026-06-10"),
        ("2026-06-10 07:05", "2026-06-10"),
        ("2026-06-09 23:59", "2026-06-09"),
    ],
)
def test_a_sleep_belongs_to_the_morning_of_waking(woke: str, expected: str) -> None:
    """Early rising before four is the same morning, not yesterday's sleep."""
    assert sleep_day(local(woke), DayRule(BERLIN)) == day(expected)


def test_an_evening_nap_stays_on_its_day_when_days_begin_at_midnight() -> None:
    assert sleep_day(local("2026-06-10 22:30"), DayRule(BERLIN, time(0))) == day("2026-06-10")


def test_a_night_worker_who_wakes_long_before_the_day_starts_slept_for_the_day_before() -> None:
    rule = DayRule(BERLIN, time(12))

    assert sleep_day(local("2026-06-10 11:00"), rule) == day("2026-06-10")
    assert sleep_day(local("2026-06-10 07:00"), rule) == day("2026-06-09")


def test_a_flown_night_belongs_to_the_morning_at_the_place_of_waking() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    writer = pen(utc("2026-06-10 12:00"), tokyo)
    sleep = writer.write(Kind.SLEEP, start=utc("2026-06-09 14:00"), end=utc("2026-06-09 18:30"))

    assert sleep.end is not None
    assert sleep.day == sleep.end.astimezone(tokyo).date() == day("2026-06-10")


def test_a_sleep_over_the_spring_change_lasts_what_really_passed() -> None:
    sleep = pen(NOW).write(
        Kind.SLEEP, start=local("2026-03-28 23:00"), end=local("2026-03-29 07:00")
    )

    assert length_s(sleep) == 7 * 3600


def test_a_sleep_over_the_autumn_change_lasts_what_really_passed() -> None:
    writer = pen(local("2026-10-25 20:00"))
    sleep = writer.write(Kind.SLEEP, start=local("2026-10-24 23:00"), end=local("2026-10-25 07:00"))

    assert length_s(sleep) == 9 * 3600


def test_no_counts_as_zero_and_skipped_counts_as_nothing() -> None:
    writer = pen(NOW)
    none = writer.write(Kind.CAFFEINE, state=State.NO, scope=Scope.DAY)
    skipped = writer.write(Kind.CAFFEINE, state=State.SKIPPED, scope=Scope.DAY)

    assert amount(none) == 0.0
    assert amount(skipped) is None


def test_load_is_effort_times_minutes_and_unknown_without_either() -> None:
    writer = pen(NOW)
    hard = writer.write(Kind.WORKOUT, name="run", duration_s=45 * 60, effort=7)
    unrated = writer.write(Kind.WORKOUT, name="run", duration_s=45 * 60)

    assert load(hard) == 315
    assert load(unrated) is None


def test_time_asleep_may_be_shorter_than_the_time_from_start_to_end() -> None:
    sleep = pen(NOW).write(
        Kind.SLEEP,
        start=local("2026-06-09 23:00"),
        end=local("2026-06-10 07:00"),
        duration_s=7 * 3600,
    )

    assert length_s(sleep) == 7 * 3600


def test_what_is_written_after_the_day_is_over_is_marked_late() -> None:
    at_boundary = local("2026-06-10 04:00")

    assert pen(at_boundary).write(Kind.OUTPUT, value=3, day=day("2026-06-09"), scope=Scope.DAY).late
    before = pen(at_boundary - timedelta(minutes=1))
    assert not before.write(Kind.OUTPUT, value=3, day=day("2026-06-09"), scope=Scope.DAY).late
