"""`flowtui plan` and `flowtui calendar`: what a person types, and what is recorded."""

from __future__ import annotations

import pytest

from tests.user import Person, Shell

MEETING = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:stand-up
SUMMARY:stand-up
DTSTART:20260304T140000Z
DTEND:20260304T143000Z
END:VEVENT
END:VCALENDAR
"""


def test_a_block_is_planned_listed_moved_begun_and_skipped(flow: Shell, person: Person) -> None:
    plan = flow.ok("plan", "add", "weekdays 13:00 for 90m", "fuse", "the", "kernel", "-t", "cuda",
                   "--json").json  # fmt: skip
    assert (plan["when"], plan["planned_s"], plan["tags"]) == ("weekdays 13:00", 5400, ["cuda"])
    assert plan["intention"] == "fuse the kernel"

    flow.ok("plan", "move", f"{plan['id']}@2026-03-05", "2026-03-05", "15:00")
    flow.ok("plan", "skip", plan["id"], "2026-03-06")
    person.pass_min(61)
    block = flow.ok("plan", "begin", "--json").json
    assert (block["intention"], block["planned_s"]) == ("fuse the kernel", 5400)

    told = flow.ok("plan", "list", "--until", "2026-03-06", "--json").json
    assert [(o["at"][:16], o["standing"], o["moved"]) for o in told["occurrences"]] == [
        ("2026-03-04T13:00", "begun", False),
        ("2026-03-05T15:00", "planned", True),
        ("2026-03-06T13:00", "let go", False),
    ]
    assert told["occurrences"][0]["block"] == block["id"]


def test_what_is_due_is_offered_again_later(flow: Shell, person: Person) -> None:
    flow.ok("plan", "add", "13:00 for 50m", "read")
    assert "no planned block is due" in flow("plan", "later").err
    person.pass_min(60)
    assert "13:30" in flow.ok("plan", "later", "--by", "30m").err


def test_a_plan_is_changed_and_removed_and_both_are_taken_back(flow: Shell) -> None:
    plan = flow.ok("plan", "add", "mon,thu 14:00", "read", "--json").json
    changed = flow.ok("plan", "edit", plan["id"], "--when", "mon 15:00", "--for", "open",
                      "--intention", "write", "--json").json  # fmt: skip
    assert (changed["when"], changed["planned_s"]) == ("mon 15:00", None)
    assert changed["intention"] == "write"
    flow.ok("plan", "remove", plan["id"])
    assert flow.ok("plan", "list", "--json").json["plans"] == []
    flow.ok("undo", "2")
    assert flow.ok("plan", "list", "--json").json["plans"] == [plan]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "soonish"),
        ("add", "weekdays 25:00"),
        ("add", "11:00"),
        ("add", "weekdays 9:00 for -5m"),
        ("add", "weekdays 9:00 for 90m", "--for", "50m"),
        ("add", "weekdays 9:00", "--guard", "nothing-of-that-name"),
        ("add", "weekdays 9:00", "-c", "nowhere"),
        ("move", "nobody", "tomorrow"),
        ("edit", "nobody"),
        ("skip", "nobody"),
        ("remove", "nobody"),
        ("list", "--from", "2026-03-05", "--until", "2026-03-04"),
    ],
)
def test_bad_words_are_one_line_and_nothing_is_recorded(
    flow: Shell, person: Person, arguments: tuple[str, ...]
) -> None:
    before = person.ledger_bytes()
    said = flow("plan", *arguments)
    assert said.code in (1, 2)
    assert said.err.startswith("flowtui: ")
    assert "Traceback" not in said.err
    assert person.ledger_bytes() == before


def test_a_plan_that_meets_a_meeting_is_told_with_the_next_gap(flow: Shell, person: Person) -> None:
    file = person.home / "work.ics"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MEETING)
    person.configure(f"[plan]\ncalendars = ['{file}']\n")
    said = flow.ok("plan", "add", "13:30 for 90m", "fuse")
    assert "clashes with stand-up, 14:00 to 14:30" in said.err
    assert "14:30" in said.err.rpartition("there is room at")[2]


def test_a_block_until_the_meeting_ends_five_minutes_before_it(flow: Shell, person: Person) -> None:
    assert "no calendar is set" in flow("start", "--until", "meeting", "--detach").err
    file = person.home / "work.ics"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MEETING)
    person.configure(f"[plan]\ncalendars = ['{file}']\n")
    block = flow.ok("start", "--until", "meeting", "--detach", "--json").json
    assert block["remaining_s"] == 115 * 60


def test_a_calendar_is_read_and_nothing_is_recorded(flow: Shell, person: Person) -> None:
    file = person.home.parent / "work.ics"
    file.write_text(MEETING)
    told = flow.ok("calendar", "read", str(file), "--from", "2026-03-04", "--until", "20260305",
                   "--json").json  # fmt: skip
    assert told == {
        "events": [
            {
                "start": "2026-03-04T14:00:00+00:00",
                "end": "2026-03-04T14:30:00+00:00",
                "all_day": False,
                "floating": False,
                "busy": True,
                "uid": "stand-up",
                "title": "stand-up",
            }
        ],
        "left_out": [],
        "remarks": [],
    }
    assert not person.services.paths.ledger_dir.exists()


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("page.ics", "<html>log in</html>", "it is a web page"),
        ("words.txt", "hello", "it begins with 'hello'"),
        ("empty.ics", "", "it is empty"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_in_one_line(
    flow: Shell, person: Person, name: str, text: str, why: str
) -> None:
    file = person.home.parent / name
    file.write_text(text)
    said = flow("calendar", "read", str(file))
    assert said.code == 1
    assert why in said.err


def test_calendars_of_the_settings_are_kept_until_a_file_changes(
    flow: Shell, person: Person
) -> None:
    folder = person.home / "calendars" / "work"
    folder.mkdir(parents=True)
    (folder / "one.ics").write_text(MEETING)
    person.configure(f"[plan]\ncalendars = ['{folder.parent}', '/nowhere/at/all.ics']\n")
    for expected in ("stand-up", "retro"):
        told = flow.ok("calendar", "show", "--json").json
        assert [event["title"] for event in told["events"]] == [expected]
        assert told["left_out"] == [{"uid": "/nowhere/at/all.ics", "why": "it is not there"}]
        (folder / "one.ics").write_text(MEETING.replace("SUMMARY:stand-up", "SUMMARY:retro"))
