"""Blocks and plans as a calendar: read back by two libraries, telling nobody what was not asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.core.plan.calendar_text import LINE_BYTES, OutEvent, calendar_text, folded, written
from flowtui.exchange.calendar.read import Reader, Window
from flowtui.services.plan.calendar_out import CalendarOut
from flowtui.services.plan.planning_line import planned_from_line
from tests.user import NOON, Person

LATER = NOON + timedelta(minutes=5)


def out(person: Person, *titles: str) -> CalendarOut:
    services = person.services
    return CalendarOut(services.store, services.plan_book, services.clock, titles)


def lived(person: Person) -> None:
    person.past(300, 60, "fuse, the; kernel")
    planned_from_line(person.services, "tomorrow 9:00 for 90m: read\\write")


def by_icalendar(text: str) -> list[tuple[str, datetime, datetime, str]]:
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return [
        (str(e["UID"]), e.decoded("DTSTART"), e.decoded("DTEND"), str(e["SUMMARY"])) for e in events
    ]


def by_flowtui(text: str) -> list[tuple[str, datetime, datetime, str]]:
    reader = Reader(Window(date(1970, 1, 2), date(2100, 1, 1), ZoneInfo("Asia/Tokyo")))
    reader.read(text.splitlines())
    assert reader.left_out == [] and not any(event.busy for event in reader.events)
    return [(e.uid, e.start, e.end, e.title) for e in reader.events]


def test_two_libraries_read_what_was_written(person: Person, tmp_path: Path) -> None:
    lived(person)
    file = tmp_path / "out.ics"
    assert out(person, "work").write(file).events == 2
    text = file.read_bytes().decode()
    assert by_icalendar(text) == by_flowtui(text)
    assert [title for *_, title in by_icalendar(text)] == ["fuse, the; kernel", "read\\write"]
    assert [start for _, start, *_ in by_icalendar(text)] == [
        NOON - timedelta(hours=5), NOON + timedelta(hours=21),
    ]  # fmt: skip


def test_titles_are_busy_unless_their_context_was_asked_for(person: Person, tmp_path: Path) -> None:
    lived(person)
    out(person, "own").write(tmp_path / "out.ics")
    assert b"kernel" not in (tmp_path / "out.ics").read_bytes()
    assert (tmp_path / "out.ics").read_bytes().count(b"SUMMARY:busy") == 2


def test_a_revision_is_counted_only_where_something_changed(person: Person, tmp_path: Path) -> None:
    lived(person)
    file = tmp_path / "out.ics"
    out(person).write(file)
    before = file.read_bytes()
    person.pass_min(5)
    assert out(person).write(file).changed == 0
    assert file.read_bytes() == before
    book = person.services.plan_book
    book.move(book.day(1)[0], NOON + timedelta(days=2))
    assert out(person).write(file).changed == 1
    assert sorted(event.sequence for event in written(file.read_bytes().decode()).values()) == [
        0,
        1,
    ]


def test_in_a_folder_what_is_gone_is_cancelled_and_others_files_stay(
    person: Person, tmp_path: Path
) -> None:
    lived(person)
    folder = tmp_path / "vdir"
    folder.mkdir()
    (folder / "meeting.ics").write_text("not ours")
    assert out(person).write(folder).changed == 2
    book = person.services.plan_book
    book.remove(book.every()[0])
    assert out(person).write(folder).changed == 1
    assert out(person).write(folder).changed == 0
    texts = [file.read_text() for file in sorted(folder.glob("*@flowtui.ics"))]
    assert sum("STATUS:CANCELLED" in text for text in texts) == 1
    assert (folder / "meeting.ics").read_text() == "not ours"


def test_the_calendar_of_the_settings_follows_every_change(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "mine.ics"
    person.configure(f'[plan]\npublish = "{file}"\npublish_titles = ["work"]\n')
    lived(person)
    assert len(by_icalendar(file.read_text())) == 2
    person.services.history.undo()
    assert len(by_icalendar(file.read_text())) == 1


def test_a_file_that_cannot_be_written_is_one_line(person: Person, tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="cannot be written"):
        out(person).write(Path("/proc/no.ics"))


TEXTS = st.text(max_size=200)


@given(st.lists(TEXTS, max_size=5), st.integers(0, 10**6))
def test_any_title_is_read_back_and_no_line_is_too_long(titles: list[str], minutes: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    events = [
        OutEvent(f"{n}@flowtui", start, start + timedelta(hours=1), title)
        for n, title in enumerate(titles)
    ]
    text = calendar_text(events, {}, LATER)
    assert all(len(line.encode()) <= LINE_BYTES for line in text.split("\r\n"))
    assert len(by_icalendar(text)) == len(titles) == len(by_flowtui(text))
    assert calendar_text(events, written(text), NOON) == text


@given(TEXTS)
def test_folding_changes_nothing(line: str) -> None:
    assert folded(line).replace("\r\n ", "") == line or "\r\n " in line
