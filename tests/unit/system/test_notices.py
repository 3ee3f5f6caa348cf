"""Calling the user: one way at a time, the next where it fails, and the words kept whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowtui.settings.sections import Notices
from flowtui.system.desktop import commands
from flowtui.system.notices import (
    Channel,
    Delivery,
    Notice,
    Notifier,
    Severity,
    Wanted,
    channels,
    run_command,
)

NASTY = '-e "quit" $(id) `id` \\n \\" \'; & <b>x</b> %s żółw'
KITTY = {"TERM": "xterm-kitty"}
BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}


@dataclass(frozen=True)
class Ways:
    desktop: bool = True
    terminal: bool = True
    bell: bool = False


def program(folder: Path, name: str, status: int = 0) -> Path:
    """A program that notes its arguments in `folder`/NAME.json and ends with `status`."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"open({str(folder / (name + '.json'))!r}, 'w').write(json.dumps(sys.argv[1:]))\n"
        f"sys.exit({status})\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def said(folder: Path, name: str) -> list[str]:
    arguments: list[str] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return arguments


def test_the_settings_say_which_ways_are_wanted() -> None:
    wanted: Wanted = Notices(desktop=False)
    assert channels(wanted, {}) == (Channel.TERMINAL, Channel.BELL)


@pytest.mark.parametrize(
    ("ways", "env", "expected"),
    [
        (Ways(), {}, "desktop terminal bell"),
        (Ways(), {"SSH_CONNECTION": "x"}, "terminal desktop bell"),
        (Ways(terminal=False), {}, "desktop"),
        (Ways(terminal=False, bell=True), {}, "desktop bell"),
        (Ways(False, False, True), {}, "bell"),
        (Ways(False, False, False), {}, ""),
    ],
)
def test_the_ways_are_tried_in_the_order_in_which_they_can_be_heard(
    ways: Ways, env: dict[str, str], expected: str
) -> None:
    assert " ".join(channels(ways, env)) == expected


def test_notify_send_gets_every_word_as_an_argument(tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    program(bin, "notify-send")
    env = {**BUS, "PATH": str(bin)}
    sent = Notifier(Ways(), env, None, platform="linux").send(
        Notice("--title", NASTY, Severity.SERIOUS)
    )
    assert sent == Delivery((Channel.DESKTOP,))
    body = NASTY.replace("\\", "\\\\").replace("&", "&amp;")
    body = body.replace("<", "&lt;").replace(">", "&gt;")
    assert said(bin, "notify-send") == [
        "--app-name=flowtui", "--urgency=critical", "--", "--title", body,
    ]  # fmt: skip


def test_osascript_gets_the_words_apart_from_the_script(tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    program(bin, "osascript")
    sent = Notifier(Ways(), {"PATH": str(bin)}, None, platform="darwin").send(
        Notice("Plan reached", NASTY)
    )
    assert sent == Delivery((Channel.DESKTOP,))
    arguments = said(bin, "osascript")
    assert arguments[-2:] == ["Plan reached", "–" + NASTY[1:]]
    assert not any("Plan" in word or "quit" in word for word in arguments[:-2])
    assert arguments[0:2] == ["-e", "on run argv"]


def test_where_one_program_fails_the_next_is_tried(tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    program(bin, "notify-send", status=1)
    program(bin, "gdbus")
    env = {**BUS, "PATH": str(bin)}
    assert Notifier(Ways(), env, None, platform="linux").send(Notice("a")).by == (Channel.DESKTOP,)
    assert said(bin, "gdbus")[-5] == '"a"'


def test_where_the_desktop_is_silent_the_terminal_speaks(tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    program(bin, "notify-send", status=1)
    written: list[str] = []
    env = {**BUS, **KITTY, "PATH": str(bin)}
    sent = Notifier(Ways(), env, written.append, platform="linux").send(Notice("a"))
    assert sent == Delivery((Channel.TERMINAL,), ("desktop: notify-send did not show it",))
    assert written[0].startswith("\x1b]99;")


def test_where_nothing_can_show_it_the_bell_rings_and_the_reasons_are_told() -> None:
    written: list[str] = []
    sent = Notifier(Ways(), {"PATH": ""}, written.append, platform="linux").send(Notice("a"))
    assert written == ["\x07"]
    assert sent == Delivery(
        (Channel.BELL,),
        (
            "desktop: there is no session bus here",
            "terminal: this terminal is not known to show notices",
        ),
    )


def test_a_bus_without_a_program_is_told_as_such() -> None:
    sent = Notifier(Ways(terminal=False), {**BUS, "PATH": ""}, None, platform="linux").send(
        Notice("a")
    )
    assert sent == Delivery((), ("desktop: neither notify-send, gdbus nor busctl is installed",))


def test_the_bell_rings_besides_if_it_is_wanted() -> None:
    written: list[str] = []
    sent = Notifier(Ways(desktop=False, bell=True), KITTY, written.append).send(Notice("a"))
    assert sent == Delivery((Channel.TERMINAL, Channel.BELL))
    assert written[-1] == "\x07"


def test_nothing_wanted_means_nothing_done() -> None:
    def never(command: Sequence[str]) -> str:
        raise AssertionError(command)

    written: list[str] = []
    notifier = Notifier(Ways(False, False, False), {**BUS, **KITTY}, written.append, never)
    assert notifier.send(Notice("a")) == Delivery(())
    assert written == []


def test_a_terminal_that_is_gone_is_a_reason_and_no_crash() -> None:
    def gone(characters: str) -> None:
        raise OSError(5, "Input/output error")

    sent = Notifier(Ways(desktop=False), KITTY, gone).send(Notice("a"))
    assert sent.by == ()
    assert sent.problems == tuple(
        f"{way}: the terminal is gone: Input/output error" for way in ("terminal", "bell")
    )


def test_a_command_that_fails_or_is_missing_gives_none(tmp_path: Path) -> None:
    assert run_command(["/nonexistent"], {}) is None
    assert run_command(["false"], {"PATH": "/usr/bin:/bin"}) is None
    assert run_command(["echo", "ż"], {"PATH": "/usr/bin:/bin"}) == "ż\n"
    assert run_command(["echo", "a\0b"], {"PATH": "/usr/bin:/bin"}) is None


def test_a_bus_by_its_socket_counts(tmp_path: Path) -> None:
    notice = Notice("a")
    env = {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert commands(notice, "linux", env, lambda name: True) == []
    (tmp_path / "bus").touch()
    programs = [command[0] for command in commands(notice, "linux", env, lambda name: True)]
    assert programs == ["notify-send", "gdbus", "busctl"]
