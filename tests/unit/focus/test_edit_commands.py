"""Corrections from the command line, each with the way back."""

from __future__ import annotations

import pytest

from flowtui.core.focus.block import Cause, Mode, Outcome
from flowtui.core.focus.measure import measure
from tests.unit import schemas
from tests.user import NOON, Person, Shell


def focus_min(person: Person, id: str) -> int:
    return measure(person.block(id), NOON).focus_s // 60


@pytest.mark.parametrize(
    ("words", "start", "minutes"),
    [
        (("--start", "09:00", "--end", "10:30"), "09:00", 90),
        (("--start", "09:00", "--for", "90m"), "09:00", 90),
        (("--end", "10:30", "--for", "90m"), "09:00", 90),
        (("--for", "90m"), "10:30", 90),
        (("--start", "11:15"), "11:15", 45),
        (("--at", "11:15"), "11:15", 45),
    ],
)
def test_a_past_block_is_added_by_two_of_three(
    flow: Shell, words: tuple[str, ...], start: str, minutes: int
) -> None:
    added = flow.ok("add", "read", "--json", *words).json

    schemas.check(added, schemas.BLOCK)
    assert added["started_at"] == f"2026-03-04T{start}:00+00:00"
    assert (added["focus_s"], added["added"]) == (minutes * 60, True)


def test_a_past_block_has_everything_that_a_lived_one_has(person: Person, flow: Shell) -> None:
    said = flow.ok(
        "add", "read", "it", "--for", "45m", "-t", "paper", "-c", "own", "-m", "theory",
        "--outcome", "partly", "--rating", "3", "--note", "hard",
    )  # fmt: skip

    block = person.services.store.by_id("last")
    assert said.err == f"added {block.id} read it, 45 min of focus; take it back: flowtui undo\n"
    assert (block.intention, block.tags, block.context, block.mode) == (
        "read it", ("paper",), "own", Mode.THEORY,
    )  # fmt: skip
    assert (block.outcome, block.rating, block.note) == (Outcome.PARTLY, 3, "hard")


def test_an_edit_changes_what_is_given_and_nothing_else(person: Person, flow: Shell) -> None:
    id = person.past(120, 60).id

    flow.ok("edit", id[:4], "--intention", "else", "--rating", "5", "-t", "x", "--start", "09:30")
    changed = flow.ok("edit", "last", "--no-tags", "--note", "n", "--json").json

    schemas.check(changed, schemas.BLOCK)
    assert (changed["intention"], changed["rating"], changed["tags"], changed["note"]) == (
        "else", 5, [], "n",
    )  # fmt: skip
    assert changed["focus_s"] == 90 * 60


def test_the_start_of_a_running_block_is_corrected(person: Person, flow: Shell) -> None:
    person.begin(50)
    person.pass_min(10)

    flow.ok("edit", "running", "--start", "11:45")

    block = person.open().store.need_running()
    assert block.started_at == NOON.replace(hour=11, minute=45)


def test_a_block_is_cut_in_two_and_joined_again(person: Person, flow: Shell) -> None:
    id = person.past(120, 60).id

    said = flow.ok("split", id, "--at", "10:20").err
    words = said.split()
    first, second = words[2], words[4].rstrip(";")

    assert (focus_min(person, first), focus_min(person, second)) == (20, 40)
    joined = flow.ok("join", second, first, "--json").json
    assert (joined["id"], joined["focus_s"]) == (id, 3600)


def test_a_gap_is_relabelled_by_number_or_as_the_last(person: Person, flow: Shell) -> None:
    id = flow.ok("start", "--open", "--json", "--at", "1h ago").json["id"]
    flow.ok("pause", "--at", "50m ago")
    flow.ok("resume", "--at", "40m ago")
    flow.ok("pause", "--at", "20m ago")
    flow.ok("resume", "--at", "10m ago")

    flow.ok("relabel", id, "1", "away", "--note", "door")
    flow.ok("relabel", "running", "last", "--focus")

    gaps = person.block(id).gaps
    assert [(g.cause, g.note, g.focus) for g in gaps] == [
        (Cause.AWAY, "door", False),
        (Cause.PAUSE, "", True),
    ]
    flow.ok("relabel", id, "2", "--no-focus")
    assert focus_min(person, id) == 40


def test_a_block_is_deleted_and_brought_back(person: Person, flow: Shell) -> None:
    block = person.past(120, 60)

    assert f"deleted {block.id} read" in flow.ok("delete", block.id).err
    assert flow("show", block.id).code == 1
    said = flow.ok("undo")

    assert said.err == f"took back: delete block {block.id}; the other way: flowtui redo\n"
    assert flow.ok("redo").err.startswith(f"did again: delete block {block.id}")


def test_several_are_taken_back_at_once(person: Person, flow: Shell) -> None:
    ids = [person.past(120 - 10 * n, 5).id for n in range(3)]

    said = flow.ok("undo", "2").err.splitlines()

    assert [line.split()[4].rstrip(";") for line in said] == [ids[2], ids[1]]
    assert flow.ok("redo", "9").err.count("did again") == 2


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_it_is_said_where_there_is_nothing_to_take_back(flow: Shell, verb: str) -> None:
    said = flow(verb)

    assert said.code == 1
    assert said.err.startswith(f"flowtui: there is nothing to {verb}\n  undo takes back")
