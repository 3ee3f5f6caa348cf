"""Many blocks changed at once: which are meant, what changes, and one undo for all of it."""

from __future__ import annotations

import pytest

from flowtui.core.focus.block import Block
from tests.user import Person, Shell


def lived(person: Person, flow: Shell) -> list[str]:
    """Five past blocks and one that runs; their ids, oldest first."""
    flow.ok("add", "read", "--at", "yesterday 08:00", "--for", "1h", "-t", "c", "-m", "theory")
    flow.ok("add", "port [x]", "--at", "yesterday 10:00", "--for", "1h", "-t", "c", "-t", "tok")
    flow.ok("add", "loss spike", "--at", "07:00", "--for", "30m", "-t", "c++", "-c", "own")
    flow.ok("add", "write", "--at", "09:00", "--for", "30m", "--note", "the LOSS again")
    flow.ok("start", "run", "--detach", "-t", "c")
    return [b.id for b in sorted(blocks(person).values(), key=lambda b: b.started_at)]


def blocks(person: Person) -> dict[str, Block]:
    return {block.id: block for block in person.open().store.blocks.every()}


def test_a_tag_is_renamed_everywhere_in_one_undo(person: Person, flow: Shell) -> None:
    ids = lived(person, flow)
    flow.ok("plan", "add", "weekdays 09:00 for 90m", "fuse", "-t", "c")
    before = person.ledger_bytes()

    shown = flow.ok("edit", "--where", "tag=c", "--drop-tag", "c", "--add-tag", "C#", "--dry-run")
    assert len(shown.out.splitlines()) == 3 and "would be changed" in shown.err
    assert person.ledger_bytes() == before
    said = flow.ok("edit", "--where", "tag=c", "--drop-tag", "c", "--add-tag", "C#")

    assert "3 blocks and 1 plan changed" in said.err
    tags = [blocks(person)[id].tags for id in ids]
    assert tags == [("c#",), ("tok", "c#"), ("c++",), (), ("c#",)]
    assert '"c#"' in str(flow.ok("plan", "list", "--json").json).replace("'", '"')
    flow.ok("undo")
    assert [blocks(person)[id].tags for id in ids] == [("c",), ("c", "tok"), ("c++",), (), ("c",)]


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        (["tag=c"], [0, 1, 4]),
        (["tag=c", "tag=tok"], [1]),
        (["context=own"], [2]),
        (["mode=theory"], [0]),
        (["mode=none"], [1, 2, 3, 4]),
        (["text=loss"], [2, 3]),
        (["text=[x]"], [1]),
        (["since=today"], [2, 3, 4]),
        (["until=yesterday", "tag=c"], [0, 1]),
        (["outcome=none", "text=write"], [3]),
    ],
)
def test_what_is_meant_is_what_all_of_it_holds_for(
    person: Person, flow: Shell, where: list[str], meant: list[int]
) -> None:
    ids = lived(person, flow)
    pairs = [word for each in where for word in ("--where", each)]

    flow.ok("edit", *pairs, "--context", "own", "--add-tag", "x")

    assert [ids.index(id) for id in ids if "x" in blocks(person)[id].tags] == meant
    assert {blocks(person)[ids[n]].context for n in meant} == {"own"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--where", "colour=red", "--add-tag", "x"], "says not which blocks"),
        (["--where", "tag", "--add-tag", "x"], "says not which blocks"),
        (["--where", "tag=c"], "nothing to change"),
        (["last", "--where", "tag=c", "--add-tag", "x"], "name one block"),
        (["--add-tag", "x"], "name one block"),
        (["--where", "tag=c", "--start", "09:00"], "are for one block"),
        (["last", "--dry-run", "--add-tag", "x"], "belongs to --where"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    person: Person, flow: Shell, words: list[str], why: str
) -> None:
    lived(person, flow)
    before = person.ledger_bytes()

    said = flow("edit", *words)

    assert said.code == 2 and why in said.err
    assert person.ledger_bytes() == before


@pytest.mark.parametrize("name", ["outcome", "rating", "mode", "note", "then"])
def test_what_was_said_of_a_block_can_be_taken_off(person: Person, flow: Shell, name: str) -> None:
    given = {"outcome": "done", "rating": "4", "mode": "build", "note": "x", "then": "if a, b"}
    flow.ok("add", "read", "--at", "08:00", "--for", "1h")
    flow.ok("edit", "last", *[w for key, value in given.items() for w in (f"--{key}", value)])

    flow.ok("edit", "last", "--clear", name)

    view = flow.ok("show", "last", "--json").json
    assert not view.pop(name)
    assert all(view[other] for other in given if other != name)
    assert flow("edit", "last", "--clear", name, f"--{name}", given[name]).code == 2
