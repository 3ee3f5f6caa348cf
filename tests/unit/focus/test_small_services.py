"""Breaks, contexts, plans, events and the heart: small services, each with its promise."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import AtPlan, Mode, Plan, PlanKind, Source
from flowtui.core.focus.commands import Extend, Interrupt, Park, Pause, Return
from flowtui.services.focus.contexts import ContextRule, Contexts
from flowtui.services.focus.running_block import Draft
from flowtui.system import heartbeat
from tests.user import NOBODY, NOON, Person

# Breaks


def test_a_break_is_on_until_it_is_over_and_rings_once(person: Person) -> None:
    breaks = person.services.breaks
    assert breaks.current() is None and breaks.ring() is None

    chosen = breaks.start(300)

    assert person.open().breaks.current() == chosen
    assert chosen.ends_at == NOON + timedelta(minutes=5)
    assert breaks.ring() is None
    person.pass_min(5)
    assert breaks.ring() == replace(chosen, rung=True)
    assert breaks.ring() is None
    assert person.open().breaks.ring() is None


def test_starting_a_block_ends_the_break_for_good(person: Person) -> None:
    """Otherwise it would be announced when the block ends, an hour too late."""
    person.services.breaks.start(300)
    person.pass_min(2)
    person.begin()
    person.pass_min(50)
    assert person.services.breaks.ring() is None

    person.services.focus.finish()

    assert person.services.breaks.current() is None
    assert person.services.breaks.ring() is None
    assert person.services.heart.last() is None


def test_undoing_the_start_gives_the_break_back(person: Person) -> None:
    chosen = person.services.breaks.start(300)
    person.begin()

    person.services.history.undo()

    assert person.services.breaks.current() == chosen


def test_a_break_that_has_long_been_over_is_no_break(person: Person) -> None:
    person.services.breaks.start(300)
    person.pass_min(5 + 59)
    assert person.services.breaks.current() is not None
    person.pass_min(1)

    assert person.services.breaks.current() is None
    assert person.services.breaks.ring() is None


def test_a_break_can_be_ended_early_and_taken_back(person: Person) -> None:
    chosen = person.services.breaks.start(300)
    person.services.breaks.stop()
    assert person.open().breaks.current() is None
    before = person.ledger_bytes()
    person.services.breaks.stop()
    assert person.ledger_bytes() == before

    person.services.history.undo()

    assert person.services.breaks.current() == chosen


@pytest.mark.parametrize("seconds", [-1, 0, 59, 4 * 3600 + 1])
def test_a_break_of_an_absurd_length_is_refused(person: Person, seconds: int) -> None:
    with pytest.raises(UsageError, match="outside of 1 minute to 4 hours"):
        person.services.breaks.start(seconds)

    assert person.ledger_bytes() == {}


@pytest.mark.parametrize(("focus", "rest"), [(0, 5), (25, 5), (26, 8), (50, 8), (51, 10)])
def test_the_suggested_break_follows_the_focus(person: Person, focus: int, rest: int) -> None:
    assert person.services.breaks.suggest(focus * 60) == rest * 60


# Contexts


def contexts(**folders: str) -> Contexts:
    return Contexts({name: ContextRule((Path(folder),)) for name, folder in folders.items()})


def test_the_context_that_owns_a_folder_most_closely_is_taken() -> None:
    known = contexts(work="/src", own="/src/toys", lab="/data")

    assert known.named(None, "/src/kernel/deep") == "work"
    assert known.named(None, "/src/toys/x") == "own"
    assert known.named(None, "/src/toys") == "own"
    assert known.named(None, "/src/toysoldiers") == "work"
    assert known.named(None, "/elsewhere") == "work"
    assert known.named(None, "") == "work"
    assert known.named("lab", "/src/toys") == "lab"


def test_without_a_context_called_work_the_first_one_stands_in() -> None:
    assert contexts(lab="/data", own="/toys").named(None, "/elsewhere") == "lab"


def test_a_folder_that_is_a_link_is_owned_by_where_it_leads(tmp_path: Path) -> None:
    real = tmp_path / "disk" / "toys"
    real.mkdir(parents=True)
    link = tmp_path / "toys"
    link.symlink_to(real)

    assert contexts(work="/src", own=str(link)).named(None, str(real / "x")) == "own"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("wrok", "did you mean work?"), ("zzz", "there are: work, own")],
)
def test_an_unknown_context_is_told_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"unknown context {name!r}") as told:
        contexts(work="/src", own="/toys").named(name, "")

    assert told.value.hint is not None and told.value.hint.startswith(hint)


def test_a_context_fills_in_its_mode_and_tags() -> None:
    known = Contexts({"own": ContextRule((), Mode.CURIOSITY, ("own", "b"))})

    assert known.filled("own", None, ("b", "c")).tags == ("own", "b", "c")
    assert known.filled("own", None, ()).default_mode is Mode.CURIOSITY
    assert known.filled("own", Mode.BUILD, ()).default_mode is Mode.BUILD
    assert known.filled("gone", None, ("x",)) == ContextRule(tags=("x",))
    assert known.folders("gone") == ()


# Plans


def test_the_usual_plan_is_that_of_the_last_block_that_was_lived(person: Person) -> None:
    plans = person.services.plans
    assert plans.usual() == Plan(PlanKind.FIXED, 3000)
    person.begin(90)
    person.services.focus.finish()
    person.pass_min(60)
    person.past(30, 20)

    assert plans.usual() == Plan(PlanKind.FIXED, 5400)
    assert plans.in_words(plans.usual()) == "1 h 30"


def test_a_fixed_time_of_the_day_is_never_usual(person: Person) -> None:
    until = NOON + timedelta(hours=2)
    person.services.focus.start(Draft(plan=Plan(PlanKind.UNTIL, until=until)))
    person.services.focus.finish()

    assert person.services.plans.usual() == person.services.plans.default()


def test_settings_decide_length_and_what_happens_at_the_end(person: Person) -> None:
    person.configure('[blocks]\ndefault_min = "open"\nat_plan = "end"\n')
    plans = person.services.plans

    assert plans.default() == Plan() and plans.in_words(plans.default()) == "open-ended"
    assert (plans.at_plan(None), plans.at_plan(True), plans.at_plan(False)) == (
        AtPlan.END,
        AtPlan.END,
        AtPlan.OVERTIME,
    )


def test_tags_and_intentions_are_offered_by_use(person: Person) -> None:
    for n, tags in enumerate([("a",), ("b", "a"), ("c",), ("b", "a")]):
        draft = Draft(f"intention {n % 3}", tags=tags)
        person.services.history.add(draft, person.ago(100 - 10 * n), person.ago(95 - 10 * n))

    assert person.services.plans.tags() == ["a", "b", "c"]
    assert person.services.plans.intentions() == ["intention 0", "intention 2", "intention 1"]


# Events


def hook(person: Person, name: str) -> Path:
    """A hook that appends what it reads to a file."""
    folder, out = person.services.paths.hooks_dir, person.home / f"{name}.out"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\ncat >> "{out}"\n')
    path.chmod(0o755)
    return out


def test_hooks_hear_of_each_event_with_the_block_as_it_is_then(person: Person) -> None:
    names = ["block-start", "block-interrupt", "block-return", "block-pause", "block-end"]
    outs = [hook(person, name) for name in names]
    focus = person.services.focus
    person.begin(50)
    for command in (Interrupt(Source.EXTERNAL, "phone"), Return(), Park("x"), Extend(60), Pause()):
        person.pass_min(5)
        focus.apply(command)
    person.pass_min(5)
    focus.finish()
    assert person.services.hooks.close(30)

    told = [json.loads(out.read_text()) for out in outs]

    assert [each["event"] for each in told] == names
    assert [each["block"]["state"] for each in told] == ["running"] * 3 + ["paused", "ended"]
    assert [each["block"]["focus_s"] for each in told] == [0, 300, 600, 1500, 1500]
    assert [each["reason"] for each in told] == [None] * 4 + ["stopped"]
    assert told[0]["at"] == "2026-03-04T12:00:00+00:00"
    assert told[-1]["block"]["ended_at"] == "2026-03-04T12:30:00+00:00"
    assert told[1]["block"]["interruptions"][0]["reason"] == "phone"


@pytest.mark.parametrize(
    ("minutes", "reason"), [(49, "stopped"), (50, "completed"), (51, "overtime")]
)
def test_a_hook_is_told_how_the_end_relates_to_the_plan(
    person: Person, minutes: int, reason: str
) -> None:
    heard: list[object] = []
    person.services.events._run = lambda name, data: heard.append(data.get("reason"))
    person.begin(50)
    person.pass_min(minutes)

    person.services.focus.finish()

    assert heard == [None, reason]


def test_what_nobody_may_hear_of_is_not_told(person: Person) -> None:
    heard: list[str] = []
    person.services.events._run = lambda name, data: heard.append(name)
    person.begin(50)
    for command in (Park("a secret"), Extend(60)):
        person.services.focus.apply(command)
    person.past(90, 10)

    assert heard == ["block-start"]


# The heart


def test_a_beat_says_who_is_there_by_all_clocks(person: Person) -> None:
    app = person.open(attended=True)
    block = person.begin()
    assert app.heart.beat(block.id)

    beat = person.services.heart.last()

    assert beat is not None
    assert (beat.block_id, beat.pid, beat.attended, beat.orderly) == (
        block.id,
        os.getpid(),
        True,
        False,
    )
    assert beat.reading == person.services.heart.reading()
    assert person.services.heart.alive(beat)
    mode = stat.S_IMODE(person.services.paths.heartbeat_file.stat().st_mode)
    assert mode == 0o600


def test_a_command_never_takes_a_block_from_an_app(person: Person) -> None:
    block = person.begin()
    person.look_after()
    before = person.services.heart.last()

    assert not person.services.heart.beat(block.id)
    assert person.services.heart.last() == before


def test_an_app_that_leaves_says_whether_the_block_shall_run_alone(person: Person) -> None:
    block = person.begin()
    app = person.open(attended=True)
    app.heart.beat(block.id)

    app.heart.goodbye(leave_running=True)
    beat = app.heart.last()
    assert beat is not None and (beat.attended, beat.orderly) == (False, True)

    app.heart.beat(block.id)
    app.heart.goodbye(leave_running=False)
    beat = app.heart.last()
    assert beat is not None and (beat.attended, beat.orderly) == (True, True)


def test_another_process_says_no_goodbye_for_an_app(person: Person) -> None:
    person.begin()
    person.look_after()
    before = person.services.heart.last()

    person.services.heart.goodbye(leave_running=True)
    assert person.services.heart.last() == before

    person.services.heart.stop()
    person.services.heart.goodbye(leave_running=True)
    assert person.services.heart.last() is None


def test_a_process_that_ended_is_not_alive(person: Person) -> None:
    person.begin()
    person.look_after()
    beat = person.services.heart.last()
    assert beat is not None and beat.pid == NOBODY
    assert not person.services.heart.alive(beat)


def test_a_process_id_that_was_given_again_is_another_process(person: Person) -> None:
    block = person.begin()
    app = person.open(attended=True)
    app.heart.beat(block.id)
    beat = app.heart.last()
    assert beat is not None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        start = heartbeat.pid_start(child.pid)
        assert app.heart.alive(replace(beat, pid=child.pid, pid_start=start))
        assert not app.heart.alive(replace(beat, pid=child.pid, pid_start=start + 1))
    finally:
        child.communicate()
    assert not app.heart.alive(replace(beat, pid=child.pid, pid_start=start))


def test_nobody_is_alive_from_before_a_reboot(person: Person) -> None:
    block = person.begin()
    app = person.open(attended=True)
    person.clock.advance(500)
    app.heart.beat(block.id)
    beat = app.heart.last()
    assert beat is not None
    person.clock.reboot(60)
    nameless = replace(beat, reading=replace(beat.reading, boot_id=person.clock.boot_id()))

    assert not app.heart.alive(beat)
    assert not app.heart.alive(nameless)  # told by its boot time alone


def test_the_end_of_a_block_leaves_no_heartbeat(person: Person) -> None:
    person.begin()
    assert person.services.heart.last() is not None
    person.services.focus.finish()

    assert person.services.heart.last() is None
    person.services.heart.stop()
