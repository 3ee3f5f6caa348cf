"""A block survives what terminals do: closed, killed, stopped, resized, doubled."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import BIN, PROMPT, Terminal, Terminals, alive, until


def raw_blocks(home: Path) -> dict[str, dict[str, Any]]:
    """Blocks as the ledger's own lines have them, read as the README says: cut and jq."""
    if shutil.which("jq") is None:
        pytest.skip("needs jq (apt install jq)")
    journal = home / "data" / "ledger" / "journal.jsonl"
    command = f"cut -c10- '{journal}' | jq -c '.[1:][]'"
    lines = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    changes = map(json.loads, lines.stdout.splitlines())
    return {id: record for kind, id, record, *_ in changes if kind == "blocks"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def raw_focus_s(record: dict[str, Any]) -> int:
    """End less start less gaps, by hand."""
    whole = instant(record["ended_at"]) - instant(record["started_at"])
    gaps = [
        instant(gap["end"]) - instant(gap["start"])
        for gap in record.get("gaps", [])
        if not gap.get("focus")
    ]
    return int(whole.total_seconds()) - sum(int(gap.total_seconds()) for gap in gaps)


def test_a_block_from_the_first_key_over_two_closed_terminals_to_its_end(
    person: Terminals,
) -> None:
    """The one test that waits: a terminal must be closed for longer than `stale_after_s`."""
    first = person.open()
    first.type('flowtui start "fuse the kernel" --at "59m48s ago" --for 1h -t cuda')
    first.see("fuse the kernel", "#cuda", "focus", "left of 1 h 00")
    first.press("o")
    first.see("called away: r when you are back")
    first.press("r")
    first.see("what it was")
    first.press("Escape")
    first.gone("what it was")
    first.see("back after")
    first.press("Space")
    first.see("next step, shown when you resume")
    first.type("write the backward pass")
    first.see("next: write the backward pass", "paused")
    pid = person.attended().pid

    first.close()
    until(lambda: not alive(pid))
    second = person.open()
    second.type("flowtui")
    second.see("next: write the backward pass", "space goes on")
    assert "your block is still here" not in second.screen()  # a pause needs no question
    second.press("Space")
    second.see("the clock runs")
    second.gone("space goes on")
    pid = person.attended().pid

    second.close()
    until(lambda: not alive(pid))
    beat = person.beat()
    assert beat is not None and beat.attended and beat.orderly
    time.sleep(16)
    third = person.open()
    third.type("flowtui")
    third.see("your block is still here", "the terminal or the machine was closed")
    third.press("Enter")
    third.gone("your block is still here")
    until(lambda: len(person.json("status")["block"]["gaps"]) == 2)
    third.see("focus", "min left of 1 h 00")
    third.see("overtime", "over 1 h 00")
    until(lambda: person.json("status")["block"]["overtime_s"] > 0)
    third.press("f")
    third.see("outcome", "unsaid", "1 h 00 of focus")
    third.press("d")
    third.press("Enter")
    third.see("ended after")
    third.press("q")
    third.see(PROMPT.strip())

    [shown] = person.json("log")
    raw = raw_blocks(person.home)[shown["id"]]
    assert shown["focus_s"] == raw_focus_s(raw)
    assert shown["paused_s"] == sum(
        int((instant(g["end"]) - instant(g["start"])).total_seconds()) for g in raw["gaps"]
    )
    assert shown["focus_s"] == 3600 + shown["overtime_s"]
    assert [gap["cause"] for gap in shown["gaps"]] == ["pause", "closed"]
    assert shown["gaps"][0]["note"] == raw["gaps"][0]["note"] == "write the backward pass"
    closed = shown["gaps"][1]
    assert 16 <= (instant(closed["end"]) - instant(closed["start"])).total_seconds() <= 30
    assert [i["source"] for i in shown["interruptions"]] == ["external"]
    assert (shown["outcome"], shown["end_reason"], shown["ended_by"]) == (
        "done", "overtime", "user",
    )  # fmt: skip


def test_a_killed_app_is_told_and_the_block_ends_where_it_was_last_alive(
    person: Terminals,
) -> None:
    person.run("start", "find the spike", "--at", "30m ago", "--detach")
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("find the spike", "focus")
    beat = person.attended()

    os.kill(beat.pid, signal.SIGKILL)
    until(lambda: not alive(beat.pid))
    person.age_beat(600)
    aged = person.beat()
    assert aged is not None and not aged.orderly
    again = person.open()
    again.type("flowtui")
    again.see("your block is still here", "flowtui was killed", "10 min")
    again.press("j", "j")
    again.press("Enter")
    again.see("enter plans a block")

    [shown] = person.json("log")
    raw = raw_blocks(person.home)[shown["id"]]
    assert shown["ended_by"] == "recovery"
    assert instant(raw["ended_at"]) == aged.reading.wall.replace(microsecond=0)
    assert shown["focus_s"] == raw_focus_s(raw)
    assert 1190 <= shown["focus_s"] <= 1230


def test_an_app_that_is_asked_to_end_leaves_in_order(person: Terminals) -> None:
    person.run("start", "x", "--detach")
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("focus")
    pid = person.attended().pid

    os.kill(pid, signal.SIGTERM)

    until(lambda: not alive(pid))
    beat = person.beat()
    assert beat is not None and (beat.attended, beat.orderly) == (True, True)
    terminal.see(PROMPT.strip())
    terminal.type("stty -a | grep -o ' echo ' && echo sane-$((40 + 2))")
    terminal.see("sane-42")
    assert person.json("status")["block"]["state"] == "running"


def test_an_app_whose_terminal_hangs_up_ends_by_itself_and_in_order(person: Terminals) -> None:
    """With exit code 0: the watchdog for programs that hang gives another."""
    person.run("start", "x", "--detach")
    pid, master = pty.fork()
    if pid == 0:
        os.execve(BIN / "flowtui", ["flowtui"], {**person.env, "TERM": "xterm-256color"})
    enough = threading.Event()
    reading = threading.Thread(target=drain, args=(master, enough))
    reading.start()
    try:
        assert person.attended().pid == pid
    finally:
        enough.set()
        reading.join()
        os.close(master)  # the kernel sends SIGHUP, and SIGCONT so that a stopped one hears it
        _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    last = person.beat()
    assert last is not None and (last.attended, last.orderly) == (True, True)


def drain(master: int, enough: threading.Event) -> None:
    """Read what a terminal would show, until it is enough."""
    with suppress(OSError):
        while not enough.is_set():
            if select.select([master], [], [], 0.1)[0]:
                os.read(master, 65536)


def test_an_app_goes_to_the_background_and_comes_back(person: Terminals) -> None:
    person.run("start", "x", "--detach")
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("o called")
    pid = person.attended().pid

    terminal.press("C-z")
    terminal.see("Stopped")
    terminal.type("echo shell-$((40 + 2))")
    terminal.see("shell-42")
    assert alive(pid)
    terminal.type("fg")
    terminal.gone("shell-42")
    terminal.see("█", "left of", "o called")  # whole again before any key
    terminal.press("o")
    terminal.see("called away", "o called")

    assert person.json("status")["block"]["gaps"] == []
    terminal.press("q")
    terminal.see("the block goes on")


def test_a_start_on_a_terminal_opens_the_app_and_leaving_lets_the_block_go_on(
    person: Terminals,
) -> None:
    terminal = person.open()
    terminal.type("flowtui start fuse it --for 25m")
    terminal.see("fuse it", "left of 25 min")

    terminal.press("q")
    terminal.see("the block goes on; come back: flowtui, end it: flowtui stop", PROMPT.strip())
    beat = person.beat()
    assert beat is not None and (beat.attended, beat.orderly) == (False, True)
    assert person.json("status")["block"]["intention"] == "fuse it"
    terminal.type("flowtui stop --outcome not")

    terminal.see("ended", "fuse it")
    [shown] = person.json("log")
    assert (shown["outcome"], shown["gaps"]) == ("not", [])
    assert shown["focus_s"] == raw_focus_s(raw_blocks(person.home)[shown["id"]])


def test_a_block_is_planned_started_and_discarded_by_keys(person: Terminals) -> None:
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("no block yet")
    terminal.press("Enter")
    terminal.see("a block of deep work")
    terminal.type("read the paper")
    terminal.see("read the paper", "left of 50 min")
    assert person.json("status")["block"]["planned_s"] == 3000

    terminal.press("X")
    terminal.see("discard this block?")
    terminal.press("Enter")
    terminal.see("no block yet")
    assert person.json("log") == []
    terminal.press("u")
    terminal.see("read the paper", "focus")
    assert person.json("status")["block"]["intention"] == "read the paper"


def test_two_terminals_show_one_block(person: Terminals) -> None:
    one, two = person.open(), person.open()
    one.type("flowtui")
    two.type("flowtui")
    one.see("no block yet")
    two.see("no block yet")

    person.run("start", "shared", "--detach")
    one.see("shared", "focus")
    two.see("shared", "focus")
    one.press("Space")
    one.see("next step")
    one.type("go on here")
    two.see("next: go on here", "paused")
    two.press("Space")
    one.gone("next: go on here")
    person.run("park", "from outside")
    one.see("1 thought parked")
    two.see("1 thought parked")
    person.run("stop")

    one.see("enter plans a block")
    two.see("enter plans a block")


def cells(terminal: Terminal) -> tuple[int, int]:
    """Width of the widest line and number of lines on the screen."""
    lines = terminal.screen().split("\n")[:-1]
    return max(map(len, lines)), len(lines)


def test_a_terminal_is_made_small_and_large_again(person: Terminals) -> None:
    person.run("start", "fuse the attention kernel", "--for", "50m", "--detach")
    terminal = person.open()
    terminal.type("flowtui")
    before = terminal.see("fuse the attention kernel", "█", "space pause")

    terminal.resize(40, 12)
    terminal.gone("█")
    small = terminal.see("fuse", "left of 50 min")
    width, height = cells(terminal)
    assert width <= 40 and height == 12
    assert "Traceback" not in small
    terminal.resize(80, 24)

    terminal.see("█", "space pause")
    until(lambda: _still(terminal.screen()) == _still(before), terminal.screen)


def _still(screen: str) -> list[str]:
    """What does not change with the time: the big figure may go on by a minute."""
    return [line.rstrip() for line in screen.splitlines() if not re.search("[█╗╝╔╚║═]|today", line)]


def test_a_light_theme_is_light(person: Terminals) -> None:
    person.configure('[display]\ntheme = "day"\n')
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("no block yet")

    painted = terminal.screen(colours=True)

    backgrounds = re.findall(r"48;2;(\d+);(\d+);(\d+)", painted)
    assert backgrounds
    assert all(min(map(int, rgb)) > 150 for rgb in backgrounds)


@pytest.mark.parametrize(
    ("more", "files", "told"),
    [
        ('[display]\ntheme = "mine"\n', {"mine.toml": "name = \n[colors"}, "mine.toml"),
        ('[display]\ntheme = "nihgt"\n', {}, "did you mean night?"),
        ("[goals]\nday_min = ", {}, "is not TOML"),
    ],
)
def test_a_broken_theme_or_setting_is_told_and_the_app_starts(
    person: Terminals, more: str, files: dict[str, str], told: str
) -> None:
    person.configure(more)
    themes = person.home / "config" / "themes"
    themes.mkdir()
    for name, text in files.items():
        (themes / name).write_text(text)
    terminal = person.open()

    terminal.type("flowtui")

    screen = terminal.see("no block yet", "enter plans")
    until(lambda: told in terminal.floating(), terminal.screen)
    assert "Traceback" not in screen
    terminal.press("Enter")
    terminal.see("a block of deep work")
