"""A record that cannot be decoded stops no command, is named by the doctor, and is mended there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tinydb import where

from flowtui.core.errors import FlowError
from flowtui.core.focus.commands import Event
from tests.user import Person, Shell


@pytest.fixture
def ids(person: Person, flow: Shell) -> tuple[str, str]:
    """Ids of a running block with an unknown field and of an entry with a wrong type."""
    flow.ok("start", "one", "--open")
    flow.ok("note", "energy", "4")
    services = person.open()
    block = services.store.need_running().id
    (entry,) = services.body.log.store.every()
    ledger = services.store.ledger
    with ledger.transaction("spoil", background=True):
        ledger.table("blocks").update({"colour": "red"}, where("id") == block)
        ledger.table("entries").update({"value": "four"}, where("id") == entry.id)
    return block, entry.id


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("status", "--json"),
        ("log",),
        ("body",),
        ("note", "coffee"),
        ("eat", "open"),
        ("start", "two", "--open"),
        ("runs",),
        ("export",),
        ("add", "--start", "08:00", "--end", "09:00"),
    ],
)
def test_no_command_is_stopped(flow: Shell, ids: tuple[str, str], command: tuple[str, ...]) -> None:
    said = flow(*command)

    assert said.code == 0, said.err


def test_undo_goes_on_over_a_record_that_cannot_be_decoded(
    flow: Shell, ids: tuple[str, str]
) -> None:
    flow.ok("note", "coffee")

    assert "took back" in flow.ok("undo").err


def test_what_is_left_out_is_told(flow: Shell, ids: tuple[str, str]) -> None:
    assert "the field 'colour' is unknown; it is left out" in flow.ok("log").err


def test_the_doctor_names_id_kind_and_field_and_its_advice_can_be_followed(
    flow: Shell, ids: tuple[str, str]
) -> None:
    block, entry = ids
    told = json.loads(flow("doctor", "--json").out)
    assert [(f["kind"], f["id"], f["field"]) for f in told] == [
        ("blocks", block, "colour"),
        ("entries", entry, "value"),
    ]
    assert told[0]["todo"] == f"mend it: flowtui doctor --edit {block}"

    flow.ok("doctor", "--edit", block, "--unset", "colour")
    flow.ok("doctor", "--edit", entry, "--set", "value=4")

    assert flow.ok("doctor").out == "everything is sound\n"
    assert flow.ok("status", "--json").json["block"]["id"] == block
    flow.ok("undo")
    assert flow("doctor").code == 1


def test_an_edit_that_cannot_be_decoded_is_refused_by_field_and_changes_nothing(
    person: Person, flow: Shell, ids: tuple[str, str]
) -> None:
    before = person.ledger_bytes()

    said = flow("doctor", "--edit", ids[1], "--set", "value=many")

    assert said.code == 1 and "the field 'value' is 'many', must be a number" in said.err
    assert person.ledger_bytes() == before


def test_the_editor_opens_the_record(
    person: Person, flow: Shell, ids: tuple[str, str], tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/\\"four\\"/3/" "$1"\ntouch -d "+5 seconds" "$1"\n')
    editor.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDITOR", str(editor))
        patch.delenv("VISUAL", raising=False)
        flow.ok("doctor", "--edit", ids[1])

    (entry,) = person.open().body.log.store.every()
    assert entry.value == 3


def test_a_record_is_deleted_and_an_unknown_id_is_refused(
    person: Person, flow: Shell, ids: tuple[str, str]
) -> None:
    flow.ok("doctor", "--edit", ids[1], "--delete")

    assert not person.open().body.log.store.entries.has(ids[1])
    said = flow("doctor", "--edit", "nobody")
    assert said.code == 1 and "there is no record 'nobody'" in said.err


def test_a_listener_that_fails_after_the_commit_is_told_and_stops_nothing(
    person: Person,
) -> None:
    heard: list[Event] = []

    def failing(event: Event) -> None:
        raise FlowError("the guard is gone")

    person.services.focus.subscribe(failing, first=True)
    person.services.focus.subscribe(heard.append)

    block = person.begin()

    assert person.open().store.need_running().id == block.id
    assert len(heard) == 1
    assert person.services.mishaps.collect() == ["the guard is gone"]
    assert person.services.mishaps.collect() == []
