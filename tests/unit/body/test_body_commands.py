"""The body log from the shell: what is typed, what is told, what the ledger then holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from tests.user import NOON, Person, Shell


def entries(person: Person) -> list[Entry]:
    return person.open().body.log.store.every()


def one(person: Person) -> Entry:
    (entry,) = entries(person)
    return entry


def test_a_quick_line_is_recorded_and_its_undo_named(flow: Shell, person: Person) -> None:
    said = flow.ok("note", "yoga", "30", "e6")

    assert said.out == ""
    assert said.err == "logged yoga 30 min effort 6; take it back: flowtui undo\n"
    assert (one(person).name, one(person).effort) == ("yoga", 6.0)


def test_json_is_the_record_with_local_instants(flow: Shell) -> None:
    (record,) = flow.ok("note", "energy 4", "--at", "09:15", "--json").json

    assert record["at"] == "2026-03-04T09:15:00+00:00"
    assert (record["kind"], record["value"], record["late"]) == ("energy", 4, False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("note", "energy 11"), "not on the scale 1 to 5"),
        (("note", "sleep 30h"), "longer than 24 h"),
        (("note", "yoga 30 e11"), "not on the scale 0 to 10"),
        (("note", "energy 4 23:00"), "lies in the future"),
        (("note", "coffee", "--at", "2026-03-05 08:00"), "later than now"),
        (("note", "yogaa 30"), "is not known"),
        (("workout", "yoga", "30m", "--effort", "11"), "not on the scale"),
        (("workout", "yoga", "30m", "--effort", "-1"), "not on the scale"),
        (("workout", "yoga"), "needs a length"),
        (("workout", "yoga", "30h"), "longer than 24 h"),
        (("eat", "close"), "no eating window is open"),
        (("eat", "edit"), "nothing to change"),
        (("eat", "edit", "--closed", "11:00", "--reopen"), "cannot be combined"),
        (("eat", "open", "--at", "25:00"), "not a time"),
        (("habit", "meditate"), "there is no habit"),
        (("habit", "iron", "--new", "dose"), "needs its unit"),
        (("habit", "iron", "--new", "mood"), "invalid value"),
        (("habit", "x", "--new", "count", "--stop"), "one too many"),
        (("checkin", "energy=6"), "not on the scale"),
        (("checkin", "energy"), "is not an answer"),
        (("checkin", "energy="), "is not an answer"),
        (("checkin", "mood=3"), "no question 'mood'"),
        (("checkin", "energy=3", "energy=4"), "answered twice"),
        (("checkin", "--day", "7d", "energy=3"), "more than a day"),
        (("body", "--since", "2026-13-01"), "is not a day"),
        (("body", "--since", "today", "--until", "yesterday"), "is before"),
        (("import",), "import what"),
        (("import", "a", "b", "c"), "one name too many"),
        (("import", "nope", "x.csv"), "unknown import format"),
        (("export", "--tidy"), "needs a folder"),
    ],
)
def test_wrong_usage_is_two_lines_exit_2_and_nothing_recorded(
    flow: Shell, person: Person, arguments: tuple[str, ...], told: str
) -> None:
    said = flow(*arguments)

    assert said.code == 2, said
    assert told in said.err.lower()
    assert 1 <= len(said.err.splitlines()) <= 2 and "Traceback" not in said.err
    assert person.ledger_bytes() == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ("body", "edit", "zzzzzz", "coffee"),
        ("body", "delete", "last"),
        ("eat", "edit", "--opened", "11:00"),
        ("habit", "meditate", "--archive"),
        ("import", "nothing-here.csv"),
        ("checkin",),
    ],
)
def test_what_cannot_be_done_is_one_line_and_what_to_do_with_exit_1(
    flow: Shell, person: Person, arguments: tuple[str, ...]
) -> None:
    said = flow(*arguments)

    assert said.code == 1, said
    assert len(said.err.splitlines()) == 2
    assert person.ledger_bytes() == {}


def test_the_eating_window_from_opening_to_history(flow: Shell, person: Person) -> None:
    flow.ok("eat", "open", "--at", "09:00")
    assert "window open 3 h 00" in flow.ok("status", "--format", "{eating}").out
    person.pass_min(60)
    flow.ok("eat", "close")

    window = one(person)
    assert (window.start, window.end) == (NOON.replace(hour=9), NOON.replace(hour=13))
    flow.ok("eat", "edit", "--opened", "08:30", "--closed", "12:00")
    assert flow.ok("eat").out.startswith("closed 1 h")
    days = flow.ok("eat", "history", "--json").json
    assert (days[-1]["eaten_s"], days[-2]["state"], len(days)) == (3.5 * 3600, None, 14)
    assert "not logged" in flow.ok("eat", "history", "--since", "yesterday").out
    flow.ok("eat", "edit", window.id, "--reopen")
    assert flow.ok("eat", "--json").json["open"] is True


def test_status_has_the_eating_object_and_the_line_only_when_asked(
    flow: Shell, person: Person
) -> None:
    assert flow.ok("status", "--json").json["eating"] is None
    person.configure('[body]\ntargets = "16:8"\n')
    flow.ok("note", "energy 2, energy 4")
    flow.ok("eat", "open", "--at", "09:00")

    seen = flow.ok("status", "--json").json
    assert seen["day"]["energy"] == 3.0
    eating = seen["eating"]
    assert (eating["open"], eating["elapsed_s"], eating["left_s"]) == (True, 10800, 18000)
    assert eating["reached_at"] == "2026-03-04T17:00:00+00:00"
    assert "window" not in flow.ok("status").out
    person.configure('[body]\ntargets = "16:8"\nstatus_line = true\n')
    assert flow.ok("status").out.strip().endswith("window open 3 h 00, 5 h 00 left")


def test_a_workout_with_at_began_then(flow: Shell, person: Person) -> None:
    flow.ok("workout", "yoga", "30m", "--effort", "6", "--at", "yesterday 18:00")

    entry = one(person)
    start = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
    assert (entry.start, entry.late, entry.effort) == (start, True, 6.0)
    assert entry.end == start.replace(minute=30)


def test_a_habit_is_declared_recorded_listed_and_archived(flow: Shell, person: Person) -> None:
    flow.ok("habit", "Vitamin D", "--new", "dose", "--unit", "IU")
    flow.ok("habit", "phone in bed", "--stop")
    flow.ok("habit", "vitamin-d", "2000")
    flow.ok("habit", "Phone in bed", "no")

    assert {(e.name, e.value, e.state) for e in entries(person)} == {
        ("vitamin-d", 2000.0, State.GIVEN),
        ("phone-in-bed", None, State.NO),
    }
    listed = flow.ok("habit", "--json").json
    assert listed["stops"] == ["phone-in-bed"]
    assert listed["habits"][0]["unit"] == "IU"
    flow.ok("habit", "vitamin-d", "--archive")
    assert "archived" in flow.ok("habit").out
    assert "declare it: flowtui habit iron --new yes_no" in flow("habit", "iron").err


def test_the_check_in_from_the_shell_marks_late_answers(flow: Shell, person: Person) -> None:
    flow.ok("checkin", "energy=4", "sleep=7.5", "output=3", "quality=4", "worked=phone away")
    said = flow.ok("checkin", "--day", "yesterday", "output=2", "plan=fuse it")

    assert "kept output 2, late" in said.err
    assert "the next day's first block: fuse it" in said.err
    by_kind = {e.kind: e for e in entries(person) if not e.late}
    assert by_kind[Kind.SLEEP].duration_s == 27000
    assert by_kind[Kind.SLEEP].quality == 4
    assert by_kind[Kind.WORKED].note == "phone away"


def test_the_questions_can_be_listed(flow: Shell) -> None:
    flow.ok("note", "coffee")

    listed = {q["id"]: q for q in flow.ok("checkin", "--list", "--json").json}

    assert listed["caffeine"]["known"] == "1 cup, last 12:00"
    assert listed["energy"]["keys"]["4"] == "good"
    assert "caffeine  1 cup" in flow.ok("checkin", "--list").out


def test_body_shows_days_entries_and_what_is_missing(flow: Shell, person: Person) -> None:
    flow.ok("note", "yoga 30 e6, no coffee, sugar skip")

    out = flow.ok("body", "--since", "yesterday").out
    assert "Tue 2026-03-03  nothing recorded" in out
    assert "sugar skipped · caffeine no" in out
    days = flow.ok("body", "--json").json["days"]
    assert days[-1]["values"]["caffeine"] == {
        "state": "no", "value": 0.0, "unit": "cups", "late": False,
    }  # fmt: skip
    assert days[-1]["values"]["sugar"]["value"] is None
    assert "energy" not in days[-1]["values"]


def test_any_entry_is_edited_deleted_and_brought_back(flow: Shell, person: Person) -> None:
    (record,) = flow.ok("note", "yoga 30 e6", "--json").json

    assert flow.ok("body", "edit", record["id"]).out == "workout yoga 30m e6 2026-03-04\n"
    flow.ok("body", "edit", "last", "yoga 45 e7")
    assert one(person).duration_s == 2700
    assert flow("body", "edit", "last", "coffee").code == 2
    flow.ok("body", "delete", record["id"][:3])
    assert entries(person) == []
    flow.ok("undo", "2")
    assert one(person).duration_s == 1800


def test_looking_creates_nothing(flow: Shell, person: Person) -> None:
    for arguments in (("body",), ("eat",), ("habit",), ("eat", "history"), ("checkin", "--list")):
        flow.ok(*arguments)

    assert not person.services.paths.ledger_dir.exists()


def test_the_text_behind_two_dashes_is_kept_without_quotes(flow: Shell, person: Person) -> None:
    """The parser of commands took the dashes away, and the note was no word of the line."""
    flow.ok("note", "energy", "3", "--", "tired", "--", "so", "-tired")
    flow.ok("note", "--at", "8:00", "--", "coffee")
    flow.ok("note", "energy 4 -- quoted")
    entries = person.services.body.log.store
    entries.ledger.refresh()
    assert {(e.value, e.note) for e in entries.every()} == {
        (3, "tired -- so -tired"), (1, None), (4, "quoted"),
    }  # fmt: skip
