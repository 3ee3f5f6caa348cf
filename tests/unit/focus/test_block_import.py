"""Reading blocks back: the rules of a block hold for a file too, and the doctor knows them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from flowtui.core.focus.block import Block
from flowtui.core.focus.block_check import faults, mended
from flowtui.core.focus.commands import Finish, Pause, Resume
from flowtui.core.focus.step import step
from flowtui.ledger.ledger import Document
from flowtui.services.focus.block_store import BlockStore
from tests.unit.focus.blocks import lives
from tests.user import Person, Shell

DAY = "2026-03-03"


def record(id: str = "aaaaaa", **fields: Any) -> dict[str, Any]:
    """A sound block of an hour, yesterday, with some fields otherwise."""
    sound = {
        "id": id,
        "day": DAY,
        "started_at": f"{DAY}T09:00:00Z",
        "ended_at": f"{DAY}T10:00:00Z",
        "ended_by": "user",
        "zone": "UTC",
        "intention": "read",
        "context": "work",
        "plan": {"kind": "open"},
    }
    return {**sound, **fields}


def export(tmp_path: Path, *records: dict[str, Any], at: str = f"{DAY}T12:00:00Z") -> str:
    """A file as an export writes it."""
    file = tmp_path / "export.json"
    whole = {"flowtui": "export", "format": 1, "exported_at": at, "blocks": list(records)}
    file.write_text(json.dumps(whole))
    return str(file)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("ends before it starts", {"ended_at": f"{DAY}T08:00:00Z"}),
    ("in the future", {"day": "2026-03-05", "started_at": "2026-03-05T09:00:00Z",
                       "ended_at": "2026-03-05T10:00:00Z"}),
    ("in the future", {"started_at": "2026-03-04T11:30:00Z", "ended_at": "2026-03-04T13:00:00Z"}),
    ("longer than 24 hours", {"ended_at": "2026-03-04T09:30:00Z"}),
    ("a gap outside", {"gaps": [{"start": f"{DAY}T08:00:00Z", "end": f"{DAY}T08:10:00Z",
                                 "cause": "pause"}]}),
    ("a gap outside", {"gaps": [{"start": f"{DAY}T09:50:00Z", "end": f"{DAY}T10:10:00Z",
                                 "cause": "pause"}]}),
    ("gap that ends before", {"gaps": [{"start": f"{DAY}T09:50:00Z", "end": f"{DAY}T09:10:00Z",
                                        "cause": "pause"}]}),
    ("without an end", {"gaps": [{"start": f"{DAY}T09:50:00Z", "end": None, "cause": "pause"}]}),
    ("overlap", {"gaps": [{"start": f"{DAY}T09:10:00Z", "end": f"{DAY}T09:30:00Z",
                           "cause": "pause"},
                          {"start": f"{DAY}T09:20:00Z", "end": f"{DAY}T09:40:00Z",
                           "cause": "away"}]}),
    ("an interruption outside", {"interruptions": [{"at": f"{DAY}T08:00:00Z",
                                                    "source": "internal"}]}),
    ("a thought outside", {"parked": [{"at": f"{DAY}T11:00:00Z", "text": "x"}]}),
    ("control characters", {"intention": "read \x1b[31mred"}),
    ("control characters", {"note": "a\x07b"}),
    ("control characters", {"tags": ["a\u202eb"]}),
    ("rated 9", {"rating": 9}),
    ("must be the name of a time zone", {"zone": "/etc/passwd"}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "fields"), WRONG)
def test_a_block_that_breaks_a_rule_is_left_out_and_named(
    person: Person, flow: Shell, tmp_path: Path, why: str, fields: dict[str, Any]
) -> None:
    sound = record("bbbbbb", started_at=f"{DAY}T14:00:00Z", ended_at=f"{DAY}T15:00:00Z")

    said = flow.ok("import", "flowtui", export(tmp_path, record(**fields), sound))

    assert "not taken" in said.err and why in said.err and "aaaaaa" in said.err
    assert [block.id for block in person.open().store.blocks.every()] == ["bbbbbb"]
    assert flow("doctor").out == "everything is sound\n"


def test_blocks_that_share_time_are_left_out_whichever_holds_the_time(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    there = person.past(27 * 60, 60)  # 09:00 to 10:00 yesterday
    clash = record("aaaaaa", started_at=f"{DAY}T09:59:00Z", ended_at=f"{DAY}T10:30:00Z")
    free = record("bbbbbb", started_at=f"{DAY}T10:00:00Z", ended_at=f"{DAY}T10:30:00Z")
    second = record("cccccc", started_at=f"{DAY}T10:10:00Z", ended_at=f"{DAY}T10:20:00Z")

    said = flow.ok("import", "flowtui", export(tmp_path, clash, free, second))

    assert f"block aaaaaa shares time with block {there.id}" in said.err
    assert "block cccccc shares time with block bbbbbb" in said.err
    assert {b.id for b in person.open().store.blocks.every()} == {there.id, "bbbbbb"}


def test_a_block_that_ran_when_the_file_was_written_has_ended_then(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    """Importing it leaves nothing behind that no command can end."""
    person.begin(None)
    person.pass_min(30)
    person.services.focus.apply(Pause())
    person.pass_min(10)
    file = tmp_path / "running.json"
    flow.ok("export", str(file))
    other = Person(tmp_path / "other", person.clock.now() + timedelta(days=3))
    flow.person = other
    other.clock.advance(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowtui.services.wiring.SystemClock", lambda: other.clock)
        patch.setenv("FLOWTUI_HOME", str(other.home))
        flow.ok("import", "flowtui", str(file))
        again = flow.ok("import", "flowtui", str(file))
        (block,) = other.open().store.blocks.every()
        assert block.ended_at == person.clock.now()
        assert block.gaps[-1].end == block.ended_at
        assert "1 added" not in again.err
        assert other.open().store.running() is None
        assert flow("doctor").out == "everything is sound\n"
        flow.ok("start", "next", "--detach")


def test_what_runs_here_is_not_replaced_by_a_file(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    person.begin(None)
    file = tmp_path / "running.json"
    flow.ok("export", str(file))
    person.pass_min(30)
    flow.ok("pause")

    said = flow.ok("import", "flowtui", str(file), "--replace")

    assert "runs here" in said.err
    flow.ok("resume")
    flow.ok("stop")
    assert flow("doctor").out == "everything is sound\n"


def test_an_unknown_zone_is_kept_and_shown_in_utc(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    flow.ok("import", "flowtui", export(tmp_path, record(zone="Mars/Phobos")))

    assert "unknown on this machine; times in UTC" in flow.ok("show", "aaaaaa").out
    assert "09:00" in flow.ok("log", "--since", "7d").out
    assert flow.ok("log", "--since", "7d", "--json").json[0]["zone"] == "Mars/Phobos"
    flow.ok("edit", "aaaaaa", "--end", "10:30")
    said = flow("doctor")
    assert said.code == 0 and "unknown on this machine" in said.out
    flow.ok("doctor", "--edit", "aaaaaa", "--set", "zone=Europe/Berlin")
    assert flow("doctor").out == "everything is sound\n"


def put(store: BlockStore, *records: dict[str, Any]) -> None:
    """Write records as a program that keeps no rules would."""
    with store.ledger.transaction("by hand"):
        for each in records:
            store.blocks.table.replace(Document(each, doc_id=each["id"]))


@pytest.mark.parametrize(("why", "fields"), [w for w in WRONG if "before" not in w[0]][:-1])
def test_the_doctor_sees_what_the_import_refuses(
    person: Person, flow: Shell, why: str, fields: dict[str, Any]
) -> None:
    put(person.services.store, record(**fields))

    said = flow("doctor")

    assert said.code == 1 and why in said.out and "aaaaaa" in said.out
    if "--repair" in said.out:
        flow("doctor", "--repair")
        assert flow("doctor").out == "everything is sound\n"
        flow.ok("undo")
        assert flow("doctor").code == 1


def test_the_doctor_sees_blocks_that_share_time_and_one_without_an_end(
    person: Person, flow: Shell
) -> None:
    stray = record("bbbbbb", ended_at=None, ended_by=None, started_at=f"{DAY}T08:00:00Z",
                   parked=[{"at": f"{DAY}T08:20:00Z", "text": "kept"}])  # fmt: skip
    put(person.services.store, record(), record("cccccc"), stray)

    said = flow("doctor").out
    assert "block bbbbbb has no end, and is not the one that runs" in said
    assert "shares time with block" in said
    flow("doctor", "--repair")
    (mended_one,) = [b for b in person.open().store.blocks.every() if b.id == "bbbbbb"]
    assert mended_one.ended_at == datetime.fromisoformat(f"{DAY}T08:20:00Z")
    flow.ok("edit", "cccccc", "--start", "10:00", "--end", "11:00")
    assert flow("doctor").out == "everything is sound\n"


@pytest.mark.parametrize("ended", [False, True])
def test_a_pause_of_less_than_a_second_is_no_fault_and_stays(ended: bool) -> None:
    start = datetime.fromisoformat(f"{DAY}T08:00:00+00:00")
    block = Block("aaaaaa", start, "UTC")
    block, _ = step(block, Pause(), start)
    block, _ = step(block, Resume(), start)
    if ended:
        block, _ = step(block, Finish(), start)
    assert len(block.gaps) == 1 and block.gaps[0].start == block.gaps[0].end
    assert faults(block, start) == [] and mended(block) == block


@given(lives())
def test_no_command_breaks_a_rule(life: tuple[Block, datetime]) -> None:
    block, now = life

    assert faults(block, now) == []
    assert mended(block) == block
