"""Planned blocks: what is on offer when, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.commands import Extend, Pause
from flowtui.core.focus.snapshot import from_json as snapshot_from
from flowtui.core.focus.snapshot import to_json as snapshot_json
from flowtui.core.plan.planned_block import (
    Occurrence,
    PlannedBlock,
    Standing,
    Surroundings,
    occurrences,
)
from flowtui.core.plan.schedule import EVERY_DAY, Schedule, parse_schedule
from flowtui.services import bells
from flowtui.services.plan import calendars as calendars_module
from flowtui.services.plan.begin_planned import begin_planned
from flowtui.services.plan.plan_book import PlanBook
from tests.user import NOON, Person

TODAY = NOON.date()
"""A Wednesday, in UTC."""


def planned(
    words: str, minutes: int | None = 90, intention: str = "fuse the kernel"
) -> PlannedBlock:
    seconds = minutes * 60 if minutes else None
    return PlannedBlock("", parse_schedule(words, TODAY), seconds, intention)


def standings(book: PlanBook, first: int = 0, last: int = 6) -> list[str]:
    found = book.between(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    return [f"{one.at:%d %H:%M} {one.standing.value}" for one in found]


def test_a_planned_block_is_offered_from_its_time_until_half_its_length_is_gone(
    person: Person,
) -> None:
    book = person.services.plan_book
    book.add(planned("13:00"))
    assert book.due() is None
    person.pass_min(60)
    assert book.due() is not None
    person.pass_min(44)
    assert book.due() is not None
    person.pass_min(1)
    assert book.due() is None
    assert standings(book) == ["04 13:00 not begun"]


def test_a_short_block_is_offered_for_a_quarter_of_an_hour(person: Person) -> None:
    book = person.services.plan_book
    book.add(planned("13:00", minutes=10))
    person.pass_min(74)
    assert book.due() is not None
    person.pass_min(1)
    assert book.due() is None


def test_only_the_latest_of_several_is_due_after_a_sleep(person: Person) -> None:
    book = person.services.plan_book
    for clock in ("13:00", "13:30", "14:00"):
        book.add(planned(clock))
    person.pass_min(130)
    assert standings(book) == ["04 13:00 not begun", "04 13:30 not begun", "04 14:00 due"]


def test_what_is_begun_is_begun_and_the_block_knows_it(person: Person) -> None:
    book = person.services.plan_book
    book.add(planned("13:00"))
    person.pass_min(66)
    due = book.due()
    assert due is not None
    begun = begin_planned(person.services, due)
    assert (begun.block.intention, begun.block.plan.seconds) == ("fuse the kernel", 5400)
    assert begun.block.planned == due.id
    assert standings(book) == ["04 13:00 begun"]
    with pytest.raises(FlowError, match="was begun"):
        book.let_go(book.day()[0])


def test_a_late_start_keeps_the_length_or_the_end(person: Person) -> None:
    book = person.services.plan_book
    book.add(planned("13:00"))
    person.pass_min(70)
    due = book.due()
    assert due is not None
    assert book.plan_of(due).seconds == 5400
    assert book.plan_of(due, keep_end=True).until == NOON + timedelta(minutes=150)


def test_moved_let_go_and_undone(person: Person) -> None:
    book = person.services.plan_book
    plan = book.add(planned("weekdays 14:00 until 2026-03-06"))
    book.move(book.occurrence(plan.id), NOON + timedelta(days=3))
    book.let_go(book.occurrence(f"{plan.id}@2026-03-05"))
    assert standings(book) == ["05 14:00 let go", "06 14:00 planned", "07 12:00 planned"]
    person.services.history.undo()
    assert standings(book) == ["05 14:00 planned", "06 14:00 planned", "07 12:00 planned"]
    person.services.history.undo()
    assert standings(book)[0] == "04 14:00 planned"


def test_later_is_counted_from_now(person: Person) -> None:
    book = person.services.plan_book
    book.add(planned("13:00"))
    person.pass_min(62)
    due = book.due()
    assert due is not None
    book.later(due)
    assert book.due() is None
    person.pass_min(15)
    again = book.due()
    assert again is not None and again.id == due.id and again.moved


def test_a_rule_gives_way_to_rest_days_and_a_named_day_does_not(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    person.configure('[day]\nrest_days = ["saturday", "sunday"]\n')
    book = person.services.plan_book
    book.add(planned("daily 9:00 until 2026-03-09"))
    book.add(planned("2026-03-07 10:00"))
    book.add(planned("sat 11:00 until 2026-03-09"))
    assert [text for text in standings(book) if text[:2] in ("07", "08")] == [
        "07 09:00 rest day", "07 10:00 planned", "07 11:00 planned", "08 09:00 rest day",
    ]  # fmt: skip


def test_what_had_gone_by_when_it_was_planned_is_not_held_against_anybody(person: Person) -> None:
    book = person.services.plan_book
    book.add(planned("daily 9:00 until 2026-03-06"))
    assert standings(book, first=-7) == ["05 09:00 planned", "06 09:00 planned"]


def test_a_plan_that_is_removed_keeps_what_lies_behind(person: Person) -> None:
    book = person.services.plan_book
    plan = book.add(planned("daily 13:00"))
    person.pass_min(3 * 24 * 60)
    removed = book.remove(plan)
    assert removed.kept_until == TODAY + timedelta(days=2)
    assert standings(book) == [f"0{day} 13:00 not begun" for day in (4, 5, 6)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("2026-03-29 02:30", "01:30"), ("2026-10-25 02:30", "00:30"), ("2026-03-29 03:00", "01:00")],
)
def test_an_hour_on_the_night_when_clocks_change_is_read_and_said(
    tmp_path: Path, words: str, expected: str
) -> None:
    person = Person(tmp_path / "home", zone="Europe/Berlin")
    book = person.services.plan_book
    plan = book.add(planned(words))
    one = book.occurrence(plan.id)
    assert f"{one.at:%H:%M}" == expected
    assert bool(one.remark) == ("02:30" in words)


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "America/Havana"])
def test_a_plan_at_midnight_happens_once_every_day_where_clocks_change_at_midnight(
    zone: str,
) -> None:
    plan = PlannedBlock("p", Schedule(0, weekdays=EVERY_DAY), 3000)
    around = Surroundings(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo(zone))
    found = occurrences([plan], {}, {}, date(2026, 1, 1), date(2026, 12, 31), around)
    assert len({one.day for one in found}) == len(found)
    gaps = {(b.at - a.at) for a, b in pairwise(found)}
    assert gaps <= {timedelta(hours=h) for h in (23, 24, 25)}
    assert len(found) == 365


@pytest.mark.parametrize(
    ("words", "why"), [("11:00", "has gone by"), ("2026-03-03 9:00", "has gone by")]
)
def test_the_past_is_not_planned(person: Person, words: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        person.services.plan_book.add(planned(words))


@given(
    starts=st.lists(st.integers(0, 48 * 60), min_size=1, max_size=8),
    length=st.sampled_from([None, 60, 3000, 86400]),
    minute=st.integers(0, 72 * 60),
)
def test_at_most_one_is_due_and_it_is_the_latest(
    starts: list[int], length: int | None, minute: int
) -> None:
    midnight = datetime(2026, 3, 4, tzinfo=UTC)
    plans = [
        PlannedBlock(
            f"p{n}", Schedule(s % 1440, on=(midnight + timedelta(minutes=s)).date()), length
        )
        for n, s in enumerate(starts)
    ]
    now = midnight + timedelta(minutes=minute)
    found: list[Occurrence] = occurrences(
        plans, {}, {}, date(2026, 3, 1), date(2026, 3, 9), Surroundings(now, ZoneInfo("UTC"))
    )
    due = [one for one in found if one.standing is Standing.DUE]
    assert len(due) <= 1
    assert all(one.at > now for one in found if one.standing is Standing.PLANNED)
    gone = [one.at for one in found if one.at <= now]
    assert all(one.at == max(gone) for one in due)


def test_a_planned_block_is_announced_once_and_again_after_it_was_moved(person: Person) -> None:
    book, reminders = person.services.plan_book, person.services.body.reminders
    book.add(planned("13:00"))
    assert reminders.next_at() == NOON + timedelta(hours=1)
    assert reminders.ring() is None
    person.pass_min(60)
    told = reminders.ring()
    assert told is not None and told.title == "13:00 fuse the kernel, 1 h 30"
    assert reminders.ring() is None
    due = book.due()
    assert due is not None
    book.later(due)
    person.pass_min(15)
    again = reminders.ring()
    assert again is not None and again.title.startswith("13:15")


def test_a_planned_block_is_held_back_while_another_runs_and_dropped_when_it_is_too_late(
    person: Person,
) -> None:
    book, reminders = person.services.plan_book, person.services.body.reminders
    book.add(planned("13:00"))
    person.begin(120)
    person.pass_min(60)
    assert reminders.ring() is None
    person.pass_min(46)
    person.services.focus.finish()
    assert reminders.ring() is None


MEETINGS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:stand-up
SUMMARY:stand-up
DTSTART:20260304T123000Z
DTEND:20260304T130000Z
END:VEVENT
BEGIN:VEVENT
UID:late
SUMMARY:talk
DTSTART:20260304T150000Z
DTEND:20260304T160000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def meeting_person(tmp_path: Path) -> Person:
    """Whose calendar has a meeting at 12:30 and one at 15:00."""
    file = tmp_path / "work.ics"
    file.write_text(MEETINGS)
    settings = tmp_path / "flowtui" / "config" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[plan]\ncalendars = ["{file}"]\n')
    person = Person(tmp_path / "flowtui")
    person.services.calendars.renew()
    return person


def test_a_meeting_that_cuts_a_block_is_told_of_once_five_minutes_before(
    meeting_person: Person,
) -> None:
    person, reminders = meeting_person, meeting_person.services.body.reminders
    assert reminders.next_at() is None  # without a block a meeting cuts nothing
    person.begin(50)
    assert reminders.next_at() == NOON + timedelta(minutes=25)
    assert reminders.ring() is None
    person.pass_min(25)
    told = reminders.ring()
    assert told is not None and told.title == "12:30 stand-up"
    assert reminders.ring() is None and reminders.next_at() is None


def test_a_block_that_ends_before_the_meeting_or_is_paused_hears_nothing_of_it(
    meeting_person: Person,
) -> None:
    person, reminders = meeting_person, meeting_person.services.body.reminders
    person.begin(30)
    assert reminders.next_at() is None
    person.services.focus.apply(Extend(20 * 60))
    assert reminders.next_at() is not None
    person.services.focus.apply(Pause())
    assert reminders.next_at() is None


def test_what_is_known_of_calendars_is_read_again_only_where_a_file_has_changed(
    meeting_person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calendars, today = meeting_person.services.calendars, NOON.date()
    asked: list[object] = []
    real = calendars_module._asked

    def counted(question: dict[str, object], env: dict[str, str]) -> object:
        asked.append(question)
        return real(question, env)

    monkeypatch.setattr(calendars_module, "_asked", counted)
    assert [event.title for event in calendars.known(today, today)] == ["stand-up", "talk"]
    calendars.renew()
    tomorrow = today + timedelta(days=1)
    assert calendars.days(tomorrow, tomorrow).events == () and asked == []
    (tmp_path / "work.ics").write_text(MEETINGS.replace("stand-up", "moved on"))
    calendars.renew()
    assert len(asked) == 1 and calendars.known(today, today)[0].title == "moved on"
    snapshot = meeting_person.services.snapshots.take()
    assert [event.title for event in snapshot.meetings] == ["moved on", "talk"]
    assert snapshot_from(snapshot_json(snapshot)).meetings == snapshot.meetings


def test_what_a_sleep_missed_is_told_in_one_notice(person: Person) -> None:
    """Three plans and the day's end came due asleep: the one that is still on offer leads."""
    person.configure('[body]\nwind_down = "15:50"\n')
    services = person.open()
    services.body.log.write("energy 4")
    for clock in ("13:00", "14:00", "15:55"):
        services.plan_book.add(planned(clock, intention=f"at {clock}"))
    person.clock.sleep(4 * 3600)
    notice = bells.reminder_notice(services)
    assert notice is not None and notice.title.startswith("15:55 at 15:55")
    assert notice.body.endswith("also: The day may end") and notice.buttons == bells.OFFER
    assert bells.reminder_notice(services) is None
    assert bells.reminder_notice(person.open()) is None
