"""Commands on the running block, as a person types them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.block import Cause, EndedBy, Mode, Outcome, PlanKind
from flowtui.core.focus.measure import measure
from tests.unit import schemas
from tests.user import NOON, Person, Shell


def test_a_block_from_start_to_end(person: Person, flow: Shell) -> None:
    started = flow.ok(
        "start", "fuse", "the", "kernel", "--for", "50m", "-t", "cuda,triton", "-t", "#A",
        "-m", "practice", "--then", "if X, then Y",
    )  # fmt: skip
    assert started.out == ""
    id = person.services.focus.current()
    assert id is not None
    assert f"started {id.id} fuse the kernel, until 12:50" in started.err
    person.pass_min(10)
    assert "interruption 1 noted" in flow.ok("interrupt", "external", "phone", "call").err
    person.pass_min(2)
    assert flow.ok("back").err == "back after 2 min\n"
    assert flow.ok("park", "try", "bf16").err == "parked, 1 in all\n"
    assert flow.ok("extend", "10m").err == "10 min longer, until 13:00\n"
    assert flow.ok("extend", "-5m").err == "5 min shorter, until 12:55\n"
    person.pass_min(3)
    assert flow.ok("pause", "write", "the", "test").err == "paused after 15 min of focus\n"
    person.pass_min(10)
    resumed = flow.ok("resume").err.splitlines()
    assert resumed[:2] == ["resumed, until 13:05", "next: write the test"]
    person.pass_min(45)

    ended = flow.ok("stop", "--outcome", "done", "--rating", "4", "--note", "good")

    assert ended.err.splitlines() == [
        f"ended {id.id} fuse the kernel: 1 h 00 of focus, 5 min of it overtime, 10 min in gaps",
        "parked: try bf16",
    ]
    block = person.block(id.id)
    assert (block.tags, block.mode) == (("cuda", "triton", "a"), Mode.PRACTICE)
    assert (block.outcome, block.rating, block.note) == (Outcome.DONE, 4, "good")
    assert block.then == "if X, then Y"
    assert block.folder == str(person.home.parent)


@pytest.mark.parametrize(
    ("words", "kind", "planned_s", "said"),
    [
        ((), PlanKind.FIXED, 3000, "until 12:50"),
        (("--for", "1h30"), PlanKind.FIXED, 5400, "until 13:30"),
        (("--for", "25"), PlanKind.FIXED, 1500, "until 12:25"),
        (("--open",), PlanKind.OPEN, None, "open-ended"),
        (("--until", "13:10"), PlanKind.UNTIL, 4200, "until 13:10"),
        (("--until", "in 20m"), PlanKind.UNTIL, 1200, "until 12:20"),
    ],
)
def test_a_plan_is_given_in_one_of_three_ways(
    person: Person,
    flow: Shell,
    words: tuple[str, ...],
    kind: PlanKind,
    planned_s: int | None,
    said: str,
) -> None:
    assert said in flow.ok("start", *words).err

    block = person.services.focus.current()

    assert block is not None and block.plan.kind is kind
    assert measure(block, NOON).planned_s == planned_s


def test_the_context_of_the_folder_gives_mode_and_tags(person: Person, flow: Shell) -> None:
    folder = person.home.parent
    person.configure(
        f'[contexts.own]\nfolders = ["{folder}"]\ndefault_mode = "curiosity"\ntags = ["toy"]\n'
    )

    flow.ok("start", "-t", "x")

    block = person.services.focus.current()
    assert block is not None
    assert (block.context, block.mode, block.tags) == ("own", Mode.CURIOSITY, ("toy", "x"))


def test_every_command_can_be_told_when_it_happened(person: Person, flow: Shell) -> None:
    flow.ok("start", "--at", "50m ago", "--for", "1h")
    flow.ok("interrupt", "internal", "--at", "40m ago")
    flow.ok("back", "--at", "38m ago")
    flow.ok("park", "x", "--at", "11:23")
    flow.ok("pause", "--at", "11:30")
    flow.ok("resume", "--at", "2026-03-04T12:40:00+01:00")
    flow.ok("extend", "5m", "--at", "2m ago")
    flow.ok("stop", "--at", "1m ago")

    block = person.services.store.by_id("last")
    assert measure(block, NOON).focus_s == (20 + 19) * 60
    assert block.interruptions[0].returned_at == person.ago(38)
    assert block.parked[0].at == person.ago(37)


@pytest.mark.parametrize(
    "words",
    [
        ("start", "x", "--at", "10m ago"),
        ("pause", "next"),
        ("resume",),
        ("interrupt", "internal", "thought"),
        ("back",),
        ("park", "later"),
        ("extend", "15m"),
    ],
)
def test_a_running_block_is_printed_as_json(flow: Shell, words: tuple[str, ...]) -> None:
    before = {"resume": ["pause"], "back": ["interrupt external"]}.get(words[0], [])
    if words[0] != "start":
        flow.ok("start", "x", "--at", "10m ago")
    for command in before:
        flow.ok(*command.split())

    said = flow.ok(*words, "--json")

    schemas.check(said.json, schemas.RUNNING)
    assert said.err == ""


def test_the_end_of_a_block_is_printed_as_json(person: Person, flow: Shell) -> None:
    flow.ok("start", "--open")
    person.pass_min(5)

    ended = flow.ok("stop", "--json").json

    schemas.check(ended, schemas.BLOCK)
    assert (ended["focus_s"], ended["state"], ended["end_reason"]) == (300, "ended", "completed")


def test_without_a_terminal_the_block_runs_without_the_app(flow: Shell) -> None:
    assert "no terminal here: the block runs without the app" in flow.ok("start").err
    assert "no terminal" not in flow.ok("start", "--switch", "--detach").err


def test_a_switch_ends_the_running_block(person: Person, flow: Shell) -> None:
    first = flow.ok("start", "one", "--json").json
    person.pass_min(5)

    flow.ok("start", "two", "--switch")

    assert person.block(first["id"]).ended_by is EndedBy.SWITCH


def test_a_start_that_is_refused_leaves_an_absence_to_be_asked_about(
    person: Person, flow: Shell
) -> None:
    person.begin(None)
    person.look_after()
    person.pass_min(60)
    before = person.ledger_bytes()

    assert flow("start", "another").code == 1

    assert person.ledger_bytes() == before
    assert person.services.focus.absence() is not None


def test_a_block_can_be_started_where_the_folder_is_gone(
    person: Person, flow: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    flow.ok("start", "x")

    block = person.services.focus.current()
    assert block is not None and block.folder == ""


def test_a_discarded_block_is_gone_until_undo(person: Person, flow: Shell) -> None:
    started = flow.ok("start", "oops", "--json").json

    said = flow.ok("discard")

    assert said.err == f"discarded {started['id']} oops; take it back: flowtui undo\n"
    assert person.services.focus.current() is None
    flow.ok("undo")
    assert person.services.focus.current() is not None


# What happened while nobody looked


def test_sleep_is_told_before_the_command_that_found_it(person: Person, flow: Shell) -> None:
    flow.ok("start", "--open")
    person.clock.sleep(3600)

    said = flow.ok("pause")

    assert said.err.splitlines() == [
        "the machine slept 1 h 00: that became a gap; take it back: flowtui undo",
        "paused after 0 min of focus",
    ]


@pytest.mark.parametrize(("days", "way"), [(1, "ahead"), (-1, "back")])
def test_a_clock_that_jumps_a_day_is_told_and_followed(
    person: Person, flow: Shell, days: int, way: str
) -> None:
    flow.ok("start", "--for", "50m")
    person.pass_min(20)
    person.clock.set_wall(person.clock.now() + timedelta(days=days))

    said = flow.ok("stop")

    assert said.err.splitlines() == [
        f"the clock was set {way} by 24 h 00: the block moved with it, and is as long as it was; "
        "take it back: flowtui undo",
        f"ended {person.services.store.by_id('last').id}: 20 min of focus",
    ]


def test_a_clock_that_jumped_while_the_app_was_dead_is_told_with_the_gap(
    person: Person, flow: Shell
) -> None:
    block = person.begin(None)
    person.pass_min(10)
    person.look_after()
    person.pass_min(30)
    person.clock.set_wall(person.clock.now() - timedelta(days=1))

    said = flow.ok("stop").err.splitlines()

    assert said[0].startswith("the clock was set back by 24 h 00")
    assert said[1] == (
        f"12:10 to 12:40 became a gap (crash); it was focus? flowtui relabel {block.id} 1 --focus"
    )
    assert said[2] == f"ended {block.id} fuse the kernel: 10 min of focus, 30 min in gaps"


def test_the_time_after_a_crash_becomes_a_gap_and_the_way_back_is_told(
    person: Person, flow: Shell
) -> None:
    block = person.begin(None)
    person.pass_min(10)
    person.look_after()
    person.pass_min(30)

    said = flow.ok("pause", "lunch").err

    way_back = f"flowtui relabel {block.id} 1 --focus"
    assert f"12:10 to 12:40 became a gap (crash); it was focus? {way_back}" in said
    person.pass_min(5)
    flow.ok(*way_back.split()[1:])
    assert [g.focus for g in person.block(block.id).gaps] == [True, False]
    assert measure(person.block(block.id), person.clock.now()).focus_s == 40 * 60


@pytest.mark.parametrize(
    ("at", "gaps", "focus_min"),
    [
        ("12:05", [], 5),
        ("12:10", [], 10),
        ("12:25", [(10, 25)], 10),
        ("12:40", [(10, 40)], 10),
    ],
)
def test_a_block_is_ended_at_any_time_around_a_crash(
    person: Person, flow: Shell, at: str, gaps: list[tuple[int, int]], focus_min: int
) -> None:
    """The absence reaches only up to the instant that the person names."""
    block = person.begin(None)
    person.pass_min(10)
    person.look_after()
    person.pass_min(30)

    flow.ok("stop", "--at", at)

    ended = person.block(block.id)
    found = [
        ((g.start - NOON).seconds // 60, ((g.end or NOON) - NOON).seconds // 60) for g in ended.gaps
    ]
    assert found == gaps
    assert measure(ended, person.clock.now()).focus_s == focus_min * 60


def test_an_interruption_from_before_a_crash_leaves_the_question_open(
    person: Person, flow: Shell
) -> None:
    person.begin(None)
    person.pass_min(10)
    person.look_after()
    person.pass_min(30)

    flow.ok("interrupt", "external", "--at", "12:04")

    assert person.services.focus.absence() is not None


@pytest.mark.parametrize(("keep", "minutes"), [("heartbeat", 10), ("plan", 50), ("all", 70)])
def test_a_crash_is_closed_as_the_person_says(
    person: Person, flow: Shell, keep: str, minutes: int
) -> None:
    block = person.begin(50)
    person.pass_min(10)
    person.look_after()
    person.pass_min(60)

    flow.ok("stop", "--keep", keep, "--outcome", "partly")

    ended = person.block(block.id)
    assert measure(ended, person.clock.now()).focus_s == minutes * 60
    assert (ended.outcome, ended.ended_by) == (Outcome.PARTLY, EndedBy.RECOVERY)


def test_a_crash_of_last_friday_can_still_be_closed_after_a_plain_stop(
    person: Person, flow: Shell
) -> None:
    """The refusal must not use up what its own advice needs."""
    block = person.begin(50)
    person.pass_min(10)
    person.look_after()
    person.pass_min(3 * 1440)
    before = person.ledger_bytes()

    refused = flow("stop")

    assert refused.code == 1
    assert refused.err.splitlines() == [
        f"flowtui: block {block.id} would be longer than 24 hours",
        "  say when it ended: flowtui stop --at TIME, or after a crash --keep heartbeat",
    ]
    assert person.ledger_bytes() == before
    flow.ok("stop", "--keep", "heartbeat")
    assert measure(person.block(block.id), person.clock.now()).focus_s == 600


def test_a_crash_of_last_friday_can_be_closed_by_naming_a_time(person: Person, flow: Shell) -> None:
    block = person.begin(50)
    person.pass_min(10)
    person.look_after()
    person.pass_min(3 * 1440)

    flow.ok("stop", "--at", "2026-03-04 12:30")

    assert person.block(block.id).gaps[0].cause is Cause.CRASH
    assert measure(person.block(block.id), person.clock.now()).focus_s == 600


def test_there_is_nothing_to_keep_where_nothing_crashed(person: Person, flow: Shell) -> None:
    person.begin(50)

    said = flow("stop", "--keep", "all")

    assert (said.code, said.err.splitlines()[0]) == (
        1,
        "flowtui: there is no absence to recover from",
    )
    assert flow("stop", "--keep", "all", "--at", "12:00").code == 2


def test_an_end_before_a_sleep_cuts_what_was_noted_later(person: Person, flow: Shell) -> None:
    """The block began at 12:00; nobody was there from 18:30 to 20:00, nor after 18:00."""
    flow.ok("start", "x", "--open", "--detach")
    person.pass_min(390)
    flow.ok("park", "a thought")
    person.clock.sleep(90 * 60)
    person.pass_min(10)

    said = flow.ok("stop", "--at", "18:00")

    ended = person.open().store.last_ended()[0]
    assert measure(ended, person.clock.now()).focus_s == 6 * 3600
    assert ended.gaps == () and ended.parked[0].text == "a thought"
    assert "6 h 00 of focus" in said.err


@pytest.mark.parametrize("value", ["Mars/Phobos", "nonsense"])
def test_an_unknown_tz_is_told_in_one_line(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TZ", value)

    said = flow.ok("log")

    assert f"TZ is '{value}', no time zone known here" in said.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("log", "--since", "7"), "7d is that many days"),
        (("log", "--since", "20 nov"), "2026-11-20"),
        (("log", "--since", "2026/11/20"), "2026-11-20"),
        (("park", "x", "--at", "7"), "7:00, 7am or 7pm"),
        (("park", "x", "--at", "20.11. 10:00"), "year, month, day"),
        (("extend", "-200m"), "end the block"),
    ],
)
def test_what_is_nearly_right_is_told_how_to_write_it(
    person: Person, flow: Shell, words: tuple[str, ...], hint: str
) -> None:
    flow.ok("start", "x", "--for", "50m", "--detach")
    said = flow(*words)

    assert said.code == 2 and hint in said.err
    assert len(said.err.strip().splitlines()) == 2
