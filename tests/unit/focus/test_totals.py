"""Focus of days and weeks: one answer everywhere, as long as the nights really were."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.cli.focus.prompt import quick_status
from flowtui.core.focus.block import Mode
from flowtui.core.focus.commands import Pause
from flowtui.core.focus.measure import measure
from flowtui.services.focus.running_block import Draft
from flowtui.services.insight.day_rows import day_table
from tests.user import Person, Shell

WARSAW = "Europe/Warsaw"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lived(person: Person, start: str, hours: float, draft: Draft | None = None) -> str:
    """A past block from `start` (UTC), so many hours long."""
    began = utc(start)
    return person.services.history.add(draft or Draft(), began, began + timedelta(hours=hours)).id


def views(person: Person, day: date) -> dict[str, tuple[int, list[str]]]:
    """Focus in seconds, and ids, of a day: as the list, the header, the log and insight say."""
    services, now = person.services, person.clock.now()
    seen = services.snapshots.take(day).shown
    logged = services.store.on_days(day, day)
    table = day_table(
        services.store.blocks.every(), [], services.body.log.names(), services.rule, day, now
    )
    row = table.days.index(day) if day in table.days else None
    deep_s = 0
    if row is not None:
        deep = next(c for c in table.columns if c.name == "deep_min")
        deep_s = round((deep.values[row] or 0) * 60)
    week = services.totals.week(now, day)
    return {
        "header": (seen.focus_s, [b.id for b in seen.blocks]),
        "list": (sum(measure(b, now).focus_s for b in seen.blocks), [b.id for b in seen.blocks]),
        "log": (sum(measure(b, now).focus_s for b in logged), [b.id for b in logged]),
        "insight": (deep_s, [b.id for b in logged]),
        "week": (week.by_day.get(day, 0), [b.id for b in logged]),
    }


def test_a_block_over_four_in_the_morning_counts_whole_on_the_day_it_began(
    tmp_path: Path,
) -> None:
    person = Person(tmp_path / "home", utc("2026-03-04T12:00"))
    id = lived(person, "2026-03-04T03:15", 2)

    assert set(map(str, views(person, date(2026, 3, 3)).values())) == {str((7200, [id]))}
    assert set(map(str, views(person, date(2026, 3, 4)).values())) == {str((0, []))}


@pytest.mark.parametrize("home", ["Asia/Tokyo", "America/Los_Angeles", "UTC"])
def test_a_journey_changes_no_day_that_is_past(tmp_path: Path, home: str) -> None:
    """A block at nine in the morning in Tokyo is one of that morning's day from everywhere."""
    there = Person(tmp_path / "home", utc("2026-03-06T12:00"), "Asia/Tokyo")
    id = lived(there, "2026-03-04T00:00", 1)

    person = Person(tmp_path / "home", utc("2026-03-06T12:00"), home)

    assert set(map(str, views(person, date(2026, 3, 4)).values())) == {str((3600, [id]))}
    assert set(map(str, views(person, date(2026, 3, 3)).values())) == {str((0, []))}


def test_status_counts_a_running_block_on_the_day_it_began(tmp_path: Path, flow: Shell) -> None:
    person = flow.person
    person.clock.set_wall(utc("2026-03-04T03:30"))
    flow.ok("start", "late", "--detach")
    person.pass_min(15)
    assert flow.ok("status", "--format", "{day_focus_s}").out == "900\n"
    person.pass_min(75)  # past four

    for way in (
        flow.ok("status", "--json").json,
        json.loads(quick_status(["status", "--json"]) or ""),
    ):
        assert (way["day"]["day"], way["day"]["focus_s"]) == ("2026-03-04", 0)
        assert way["day"]["week_focus_s"] == way["block"]["focus_s"] == 90 * 60
    person.pass_min(10)
    assert (quick_status(["status", "--format", "{day_focus_s} {focus_s}"])) == "0 6000\n"


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2026-03-28", 23), ("2026-10-24", 25), ("2026-06-01", 24)],
)
def test_a_night_when_the_clocks_change_is_as_long_as_it_is(
    tmp_path: Path, night: str, hours: int
) -> None:
    """Four blocks fill the logical day; their focus is its true length."""
    day = date.fromisoformat(night)
    person = Person(tmp_path / "home", utc(night) + timedelta(days=3), WARSAW)
    bounds = person.services.rule.bounds(day)
    part = (bounds.end - bounds.start) / 4
    for n in range(4):
        start = bounds.start + n * part
        person.services.history.add(Draft(), start, start + part)

    seen = person.services.totals.day(person.clock.now(), day)

    assert (seen.focus_s, len(seen.blocks)) == (hours * 3600, 4)
    neighbours = (day - timedelta(days=1), day + timedelta(days=1))
    assert [person.services.totals.day(person.clock.now(), d).focus_s for d in neighbours] == [0, 0]


def test_a_week_adds_up_by_day_context_and_mode(tmp_path: Path) -> None:
    person = Person(tmp_path / "home", utc("2026-03-08T20:00"))  # a Sunday
    lived(person, "2026-03-02T09:00", 1, Draft(mode=Mode.BUILD))
    lived(person, "2026-03-05T09:00", 2, Draft(context="own"))
    lived(person, "2026-03-08T09:00", 0.5, Draft(mode=Mode.BUILD))
    lived(person, "2026-03-01T09:00", 4)  # the Sunday before

    week = person.services.totals.week(person.clock.now())

    assert (week.first, week.last, week.blocks) == (date(2026, 3, 2), date(2026, 3, 8), 3)
    assert week.focus_s == sum(week.by_day.values()) == 3.5 * 3600
    assert week.by_day == {date(2026, 3, 2): 3600, date(2026, 3, 5): 7200, date(2026, 3, 8): 1800}
    assert week.by_context == {"work": 5400, "own": 7200}
    assert week.by_mode == {"build": 5400, "": 7200}


def test_a_block_over_the_end_of_the_week_counts_in_the_week_it_began(tmp_path: Path) -> None:
    person = Person(tmp_path / "home", utc("2026-03-10T12:00"))
    lived(person, "2026-03-09T02:00", 4)  # Monday morning, from before four
    totals = person.services.totals

    before = totals.week(person.clock.now(), date(2026, 3, 8))
    after = totals.week(person.clock.now())

    assert (before.focus_s, before.blocks) == (4 * 3600, 1)
    assert (after.focus_s, after.blocks) == (0, 0)
    assert before.by_context == {"work": 4 * 3600}


def test_a_week_starts_where_the_settings_say(tmp_path: Path) -> None:
    person = Person(tmp_path / "home", utc("2026-03-08T20:00"))
    person.configure('[day]\nweek_starts = "sunday"\n')

    week = person.services.totals.week(person.clock.now())

    assert (week.first, week.last) == (date(2026, 3, 8), date(2026, 3, 14))


def test_a_day_starts_where_the_settings_say(tmp_path: Path) -> None:
    person = Person(tmp_path / "home", utc("2026-03-04T12:00"))
    person.configure('[day]\nstart = "00:00"\n')
    lived(person, "2026-03-04T01:00", 1)

    assert person.services.totals.day(person.clock.now()).focus_s == 3600


def test_a_week_over_new_year_takes_both_files(tmp_path: Path) -> None:
    person = Person(tmp_path / "home", utc("2026-01-02T12:00"))
    lived(person, "2025-12-30T09:00", 1)
    lived(person, "2026-01-01T09:00", 1)

    week = person.services.totals.week(person.clock.now())

    assert (week.first, week.focus_s, week.blocks) == (date(2025, 12, 29), 7200, 2)


def test_what_runs_counts_up_to_now_and_not_in_a_pause(person: Person) -> None:
    person.begin(None)
    person.pass_min(20)
    person.services.focus.apply(Pause())
    person.pass_min(20)

    assert person.services.totals.day(person.clock.now()).focus_s == 1200
    assert person.services.totals.week(person.clock.now()).focus_s == 1200


def test_days_without_focus_are_left_out_of_a_stretch(person: Person) -> None:
    person.past(60, 30)
    person.past(60 + 3 * 1440, 30)
    today = person.services.today()

    sums = person.services.totals.by_day(person.clock.now(), today - timedelta(days=5), today)

    assert sums == {today: 1800, today - timedelta(days=3): 1800}
