"""Whatever goes wrong: one line what, one line what to do, and the ledger as it was."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.block import Plan, PlanKind, Source
from flowtui.core.focus.commands import Interrupt, Pause
from flowtui.ledger.lines import line_of
from flowtui.services.focus.running_block import Draft
from tests.user import Person, Shell

Situation = Callable[[Person], object]


def nothing(_: Person) -> None:
    """An empty home."""


def running(person: Person) -> None:
    """A block since 11:30, with an interruption at 11:40."""
    start = person.ago(30)
    person.services.focus.start(Draft("fuse", plan=Plan(PlanKind.FIXED, 3000)), start)
    person.services.focus.apply(Interrupt(Source.INTERNAL), person.ago(20))


def paused(person: Person) -> None:
    """The same, paused."""
    running(person)
    person.services.focus.apply(Pause())


def a_past(person: Person) -> None:
    """A past block from 10:00 to 11:00."""
    person.past(120, 60, "read")


def two_past(person: Person) -> None:
    """Two past blocks, and a third between them."""
    a_past(person)
    person.past(50, 10, "between")
    person.past(30, 20, "later")


@dataclass(frozen=True)
class Case:
    """What is typed in which situation, and what is said; … stands for any words."""

    words: tuple[str, ...]
    code: int
    what: str
    todo: str
    given: Situation = field(default=nothing)


def case(line: str, code: int, what: str, todo: str, given: Situation = nothing) -> Case:
    """`line` as a shell would split it at blanks; _ stands for a blank."""
    return Case(tuple(w.replace("_", " ") for w in line.split(" ")), code, what, todo, given)


CASES = [
    # words that are none
    case("strat", 2, "there is no command 'strat'; did you mean start?", "flowtui --help"),
    case("xyzzy", 2, "there is no command 'xyzzy'", "flowtui --help"),
    case("start --fro 50m", 2, "no such option…--fro…--for", "start --help"),
    case("log --jsn", 2, "no such option…--jsn…--json", "log --help"),
    case("--hom x log", 2, "no such option…--hom…--home", "flowtui --help"),
    case("extend --jsn 5m", 2, "no such option…--jsn…--json", "extend --help", running),
    case("interrupt", 2, "missing argument…internal|external", "interrupt --help"),
    case("interrupt nobody", 2, "nobody…is not one of…internal", "--help"),
    case("park", 2, "missing argument…TEXT", "park --help"),
    case("stop --outcome doen", 2, "doen…is not one of…done", "stop --help"),
    case("start -m bild", 2, "bild…is not one of…theory", "start --help"),
    case("completions tcsh", 2, "tcsh…is not one of…bash", "--help"),
    case("undo many", 2, "many…is not a valid integer", "undo --help"),
    case("undo 0", 2, "0 is not in the range", "undo --help"),
    case("stop --rating good", 2, "good…is not a valid integer", "stop --help"),
    case("start -c wrok", 2, "unknown context 'wrok'", "did you mean work?"),
    # tags
    case("start -t a[b", 2, "'a[b' is not a tag", "A tag is made of"),
    case("start -t +", 2, "'+' is not a tag", "A tag is made of"),
    case("add --for 5m -t \x1b[31m", 2, "is not a tag", "A tag is made of"),
    case(f"log -t {'x' * 41}", 2, "is not a tag", "A tag is made of"),
    # lengths
    case("start --for -5m", 2, "'-5m' is negative", "Write a length such as"),
    case("start --for 0", 2, "'0' must be at least one second", "Write a length such as"),
    case("start --for 30s", 2, "30 seconds is outside of 1 minute to 24 hours", "50m or 1h30"),
    case("start --for 25h", 2, "'25h' is longer than 24 h", "shorter"),
    case("start --for 999999999999m", 2, "is not a length of time", "Write it as 50m"),
    case("start --for soon", 2, "'soon' is not a length of time", "Write it as 50m"),
    case("start --for 5m --open", 2, "--for and --open cannot be combined", "one of them"),
    case("start --until 12:00", 2, "'12:00' is not in the future", "such as 17:30"),
    case("start --until 25:00", 2, "'25:00' is not a time", "Write it as 09:15"),
    case("start --until 11:00", 2, "not within the 16 hours after the start", "give a later one"),
    case("start --for 5m --until 17:00", 2, "--for and --until cannot", "give one of them"),
    case("extend 0", 2, "'0' must be at least one second", "Write a length such as", running),
    case("extend -2h", 2, "would leave nothing of the plan", "flowtui stop", running),
    case("extend -45m", 2, "would put the end of the plan into the past", "flowtui stop", running),
    case("add --for 0m", 2, "'0m' must be at least one second", "Write a length such as"),
    # when it happened
    case("start --at 12:01", 2, "'12:01' is later than now", "yesterday 12:01"),
    case("start --at in_5m", 2, "'in 5m' is not a time", "Write it as 09:15"),
    case("pause --at 2030-01-01_10:00", 2, "is later than now", "a time gone by", running),
    case("start --at yesterday_11:59", 1, "longer than 24 hours by now", "flowtui add"),
    case("pause --at 11:39", 1, "is before what block", "give a later --at", running),
    case("start --at 10:30", 1, "shares time with block", "flowtui edit", a_past),
    case("start --at 10:59", 1, "shares time with block", "flowtui edit", a_past),
    case("split last --at 11:00", 1, "is not inside block", "flowtui show", a_past),
    case("split last", 2, "missing option…--at", "split --help", a_past),
    # what does not fit
    case("start", 1, "runs already: fuse", "flowtui start --switch", running),
    case("start again --for 5m", 1, "runs already: fuse", "--switch", running),
    case("pause", 1, "no block is running", "flowtui start"),
    case("stop", 1, "no block is running", "flowtui start", a_past),
    case("discard", 1, "no block is running", "flowtui start"),
    case("pause", 1, "is paused already", "flowtui resume", paused),
    case("resume", 1, "is not paused", "flowtui pause", running),
    case("interrupt internal", 1, "is paused; an interruption", "flowtui resume", paused),
    case("back", 1, "has no open interruption", "flowtui interrupt", paused),
    case("park _", 2, "there is no thought to park", "flowtui park TEXT", running),
    case("stop --rating 6", 2, "the rating 6 is not between 1 and 5", "5 is excellent", running),
    case("stop --keep all", 1, "there is no absence", "flowtui status", running),
    case(f"park {'x' * 1001}", 2, "the thought has 1001 characters", "shorten it", running),
    case(f"start {'x' * 301}", 2, "the intention has 301 characters", "shorten it"),
    case("undo", 1, "there is nothing to undo", "undo takes back commands"),
    case("redo", 1, "there is nothing to redo", "redo, what undo took back", a_past),
    # corrections
    case("add", 2, "a past block needs a start", "--start TIME"),
    case("add --start 10:30 --end 11:30", 1, "shares time with block", "flowtui edit", a_past),
    case("add --start 10:30 --for 5m", 1, "shares time with block", "flowtui edit", a_past),
    case("add --start 11:30 --for 2h", 1, "is in the future", "only lie in the past"),
    case("add --start 11:30 --end 11:00", 1, "is not after", "give a later end"),
    case("add --start 10:00 --end 11:00 --for 1h", 2, "one too many", "give two of them"),
    case("add --start 10:00 --at 10:00", 2, "mean the same", "give one of them"),
    case("add --for 5m --rating -1", 2, "-1 is not between 1 and 5", "1 is poor"),
    case("add --for 5m", 1, "shares time with block", "flowtui edit", running),
    case("edit last", 2, "there is nothing to change", "flowtui edit --help", a_past),
    case("edit last --start 11:30", 1, "is not after", "give a later end", a_past),
    case("edit last --end 13:00", 2, "'13:00' is later than now", "yesterday 13:00", a_past),
    case("edit last --start 11:15", 1, "shares time with block", "flowtui edit", two_past),
    case("edit last -t x --no-tags", 2, "cannot be combined", "give one of them", a_past),
    case("edit lll --note n", 1, "unknown block 'lll'", "flowtui log", a_past),
    case("edit running --end 11:50", 1, "has no end to move", "flowtui stop --at", running),
    case("join last last", 2, "cannot be joined with itself", "name two blocks", a_past),
    case("join last running", 1, "there is no block yet", "flowtui start", running),
    case("relabel running 0 away", 1, "has no gap 0: it has 1", "flowtui show", paused),
    case("relabel running 2 away", 1, "has no gap 2: it has 1", "flowtui show", paused),
    case("relabel running 1 --focus", 1, "still lasts", "flowtui resume", paused),
    case("relabel running ² away", 2, "'²' is no gap's number", "flowtui show ID", paused),
    case("relabel running last", 2, "there is nothing to change", "give a cause", paused),
    case("relabel running last away", 1, "has no gap 0: it has none", "flowtui show", running),
    case("delete running", 1, "is running", "flowtui discard", running),
    case("show lll", 1, "unknown block 'lll'", "flowtui log"),
    # days
    case("log --since someday", 2, "'someday' is not a day", "Write it as today"),
    case("log --since 2026-02-30", 2, "is not a day", "Write it as today"),
    case("log --since today --until 2026-03-01", 2, "is before", "exchange --since and --until"),
    # files
    case("import nowhere.json", 1, "nowhere.json", "", a_past),
    case("export no/such/folder/x", 1, "no/such/folder", "", a_past),
    case("config --set goals.day_min -5", 2, "day_min", ""),
    case("config --set nothing 5", 2, "nothing", ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case.words)[:40])
def test_what_cannot_be_meant_is_told_and_changes_nothing(
    person: Person, flow: Shell, case: Case
) -> None:
    case.given(person)
    before, status = person.ledger_bytes(), flow.ok("status", "--json").json

    said = flow(*case.words)

    assert said.code == case.code, said
    assert said.out == ""
    what, todo = said.err.splitlines()
    assert what.startswith("flowtui: ")
    assert all(part in what for part in case.what.split("…")), what
    assert todo.startswith("  ") and case.todo in todo
    assert all(char.isprintable() for char in what + todo)
    assert person.ledger_bytes() == before
    assert flow.ok("status", "--json").json == status


WRITING = [
    ("start", "x"),
    ("add", "--for", "5m"),
]
ON_A_BLOCK = [("pause",), ("park", "x"), ("stop",), ("discard",), ("undo",), ("edit", "running",
    "--note", "n")]  # fmt: skip


def refuse(number: int) -> Callable[..., int]:
    def fail(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("words", WRITING + ON_A_BLOCK, ids=" ".join)
def test_a_full_disk_is_told_and_changes_nothing(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    if words in ON_A_BLOCK:
        running(person)
    before = person.ledger_bytes()
    monkeypatch.setattr("flowtui.ledger.journal.sync_data", refuse(errno.ENOSPC))

    said = flow(*words)

    assert said.code == 1
    what, todo = said.err.splitlines()
    assert "No space left on device; nothing was changed" in what
    assert todo == "  make room on that disk and do it again"
    assert person.ledger_bytes() == before


def test_a_folder_that_can_only_be_read_is_told_and_read(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal comes from the system call itself: root is refused by no mode."""
    running(person)
    before, log = person.ledger_bytes(), flow.ok("log").out
    real = os.open

    def read_only(path: object, flags: int, *rest: int, **more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, flags, *rest, **more)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr("os.open", read_only)

    for words in ON_A_BLOCK:
        said = flow(*words)
        assert said.code == 1, words
        what, todo = said.err.splitlines()
        assert "Read-only file system; nothing was changed" in what
        assert todo.startswith("  make ") and "or name another home with --home DIR" in todo
    assert flow.ok("log").out == log
    assert flow.ok("status").out.startswith("20 min left")
    assert person.ledger_bytes() == before


def test_a_home_that_is_a_file_is_told(person: Person, flow: Shell) -> None:
    person.home.write_text("a file")

    said = flow("start")

    assert said.code == 1
    _, what, todo = said.err.splitlines()  # the first is of the settings, which are there too
    assert str(person.home) in what and "Not a directory" in what
    assert todo.startswith("  ")
    assert person.home.read_text() == "a file"


@pytest.mark.parametrize(
    "words",
    [("status",), ("log",), ("show",), ("start",), ("stop",), ("undo",), ("add", "--for", "5m")],
    ids=" ".join,
)
def test_a_ledger_of_a_newer_version_is_left_alone(
    person: Person, flow: Shell, words: tuple[str, ...]
) -> None:
    running(person)
    for file in person.services.paths.ledger_dir.glob("*.jsonl"):
        rest = file.read_bytes().split(b"\n", 1)[1]
        file.write_bytes(line_of({"format": 99, "ledger": file.stem}, []) + rest)
    before = person.ledger_bytes()

    said = flow(*words)

    assert (said.code, said.out) == (1, "")
    what, todo = said.err.splitlines()
    assert "was written by a newer flowtui; nothing was changed" in what
    assert todo == "  update flowtui: pip install -U flowtui"
    assert person.ledger_bytes() == before


def damage(person: Person) -> Path:
    """A block's line in the middle of the year is not what was written."""
    for n in range(4):
        person.past(100 - 20 * n, 10, f"block {n}")
    file = person.services.paths.ledger_dir / "journal.jsonl"
    file.write_bytes(file.read_bytes().replace(b"block 1", b"block !"))
    return file


def test_a_damaged_line_is_told_once_by_each_command_until_it_is_set_aside(
    person: Person, flow: Shell
) -> None:
    file = damage(person)
    before = file.read_bytes()
    told = f"{file}, line 3: a damaged line; see: flowtui doctor\n"

    assert flow.ok("log", "--json").err == told
    assert [b["intention"] for b in flow.ok("log", "--json").json] == [
        "block 0", "block 2", "block 3",
    ]  # fmt: skip
    assert flow.ok("show", "last").err == told
    assert file.read_bytes() == before

    started = flow.ok("start", "on", "--open").err.splitlines()
    assert started[-1] == (
        f"{file}, line 3: a damaged line was set aside in {file.name}.damaged; see: flowtui doctor"
    )
    assert sum("damaged" in line for line in started) == 1
    assert flow.ok("log").err == ""
    note = json.loads((file.parent / "journal.jsonl.damaged").read_text())
    assert (note["line"], "block !" in note["text"]) == (3, True)


def test_the_doctor_tells_of_a_damaged_line_and_repairs_it(person: Person, flow: Shell) -> None:
    file = damage(person)

    said = flow("doctor")

    assert said.code == 1
    assert said.err == ""
    assert f"damage  {file}, line 3: " in said.out
    assert "flowtui doctor --repair" in said.out
    assert flow("doctor", "--repair").code == 0
    assert [b["intention"] for b in flow.ok("log", "--json").json] == [
        "block 0", "block 2", "block 3",
    ]  # fmt: skip


def test_a_prompt_is_not_told_of_damage(person: Person, flow: Shell) -> None:
    damage(person)

    assert flow.ok("status").err == ""
    assert flow.ok("status", "--json").err == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[goals]\nday_min = ", "is not TOML"),
        ("[goals\n", "is not TOML"),
        ("[goals]\nday_min = -3\n", "goals.day_min: -3 is not"),
        ("[goals]\nday_mni = 3\n[blocks]\nat_plan = 1\n", "goals.day_mni: unknown"),
        ("\x00\x01", "is not TOML"),
    ],
)
def test_half_written_settings_are_told_once_and_the_defaults_stand_in(
    person: Person, flow: Shell, text: str, told: str
) -> None:
    person.configure(text)

    said = flow.ok("start", "x", "--detach")

    lines = said.err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{person.services.paths.config_file}: ") and told in lines[0]
    assert lines[0].endswith("the default is used, see: flowtui doctor")
    assert ("(and 1 more)" in lines[0]) == ("at_plan" in text)
    assert lines[1].endswith("until 12:50")
    assert flow.ok("status").err == ""
    assert told in flow.ok("config").err
    assert flow("config", "--check").code == 2
    assert any(told.split(": ")[-1] in item["what"] for item in flow.ok("doctor", "--json").json)
    assert flow.ok("stop").err.count(str(person.services.paths.config_file)) == 1


def test_settings_that_are_a_folder_or_no_text_are_told(person: Person, flow: Shell) -> None:
    file = person.services.paths.config_file
    file.mkdir(parents=True)
    assert "Is a directory" in flow.ok("start").err
    file.rmdir()
    file.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in flow.ok("stop").err


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_jumps_a_day_leaves_no_command_refused(
    person: Person, flow: Shell, days: int
) -> None:
    flow.ok("start", "--for", "50m")
    for words in (("interrupt", "internal"), ("back",), ("pause",), ("resume",), ("stop",)):
        person.pass_min(5)
        person.clock.set_wall(person.clock.now() + timedelta(days=days))

        said = flow.ok(*words)

        assert f"the clock was set {'ahead' if days > 0 else 'back'} by 24 h 00" in said.err
    [found] = flow.ok("log", "--since", "2w", "--json").json
    assert found["focus_s"] == 20 * 60
    assert found["ended_at"][:16] == f"{person.clock.now():%Y-%m-%dT%H:%M}"


def test_a_clock_set_back_across_a_reboot_is_told_with_a_way_out(
    person: Person, flow: Shell
) -> None:
    """Nobody can tell by how much: a flat battery leaves no boot time to compare with."""
    person.begin(None)
    person.pass_min(10)
    person.clock.reboot(60)
    person.clock.set_wall(person.clock.now() - timedelta(days=1))

    said = flow("stop")

    assert said.code == 1
    what, todo = said.err.splitlines()
    assert "2026-03-03 12:11:00 is before what block" in what
    assert todo == (
        "  give a later --at; if the clock was set back: flowtui edit running --start TIME"
    )
    flow.ok("edit", "running", "--start", "12:00")
    flow.ok("stop")


def test_two_starts_at_once_leave_one_block(person: Person) -> None:
    """Two shells, at the same moment, for real."""
    env = os.environ | person.env
    shells = [
        subprocess.Popen(
            [sys.executable, "-m", "flowtui", "start", name, "--detach"],
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    said = [shell.communicate(timeout=60)[1] for shell in shells]

    assert sorted(shell.returncode for shell in shells) == [0, 1]
    refused = next(err for shell, err in zip(shells, said, strict=True) if shell.returncode)
    assert "runs already" in refused
