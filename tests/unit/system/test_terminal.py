"""Notices as escape sequences: nothing in a text can end one, and each terminal gets its own."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.text import is_shown
from flowtui.system.desktop import Notice, Severity, plain
from flowtui.system.terminal import (
    SCREEN_CHUNK,
    Dialect,
    Osc,
    Tmux,
    Wrap,
    dialect,
    encode,
    tmux_answers,
    wrapped,
)


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"TERM": "xterm-kitty"}, Dialect(Osc.NINETY_NINE)),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Dialect(Osc.NINETY_NINE)),
        ({"TERM": "xterm-ghostty"}, Dialect(Osc.SEVEN77)),
        ({"TERM": "foot-extra"}, Dialect(Osc.SEVEN77)),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Dialect(Osc.SEVEN77)),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Dialect(Osc.NINE)),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Dialect(Osc.NINE)),
        ({"TERM": "rxvt-unicode-256color"}, Dialect(Osc.SEVEN77)),
        (
            {"TERM": "screen.xterm-256color", "LC_TERMINAL": "iTerm2"},
            Dialect(Osc.NINE, Wrap.SCREEN),
        ),
        ({"TERM": "xterm-kitty", "STY": "1.a"}, Dialect(Osc.NINETY_NINE, Wrap.SCREEN)),
    ],
)
def test_each_terminal_gets_the_sequence_that_it_knows(
    env: dict[str, str], expected: Dialect
) -> None:
    assert dialect(env) == expected


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"TERM": "linux"},
        {"TERM": "xterm-256color"},
        {"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"},
        {"TERM": "alacritty"},
        {"TERM": "xterm-kitty", "ZELLIJ": "0"},
    ],
)
def test_a_terminal_that_might_print_the_sequence_gets_none(env: dict[str, str]) -> None:
    assert dialect(env).osc is None
    assert dialect(env).reason


IN_TMUX = {"TMUX": "/tmp/tmux/default,1,0", "TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}


@pytest.mark.parametrize(
    ("tmux", "osc", "reason"),
    [
        (Tmux("xterm-kitty", "", "on", True), Osc.NINETY_NINE, ""),
        (Tmux("xterm-256color", "iTerm2 3.5.2", "on", True), Osc.NINE, ""),
        (Tmux("xterm-256color", "WezTerm 20240203", "all", False), Osc.SEVEN77, ""),
        (Tmux("xterm-kitty", "", "", True), Osc.NINETY_NINE, ""),
        (Tmux("xterm-kitty", "", "off", True), None, "allow-passthrough on"),
        (Tmux("xterm-kitty", "", "on", False), None, "not in front"),
        (Tmux("xterm-256color", "", "on", True), None, "not known to show notices"),
        (None, None, "did not say"),
    ],
)
def test_through_tmux_the_terminal_around_it_counts(
    tmux: Tmux | None, osc: Osc | None, reason: str
) -> None:
    how = dialect(IN_TMUX, tmux)
    assert how.osc is osc
    assert reason in how.reason
    assert how.wrap is (Wrap.TMUX if osc else Wrap.NONE)


def test_a_mark_of_the_outer_terminal_helps_where_tmux_knows_no_name() -> None:
    env = {**IN_TMUX, "WEZTERM_PANE": "0"}
    assert dialect(env, Tmux("xterm-256color", "", "on", True)).osc is Osc.SEVEN77


def test_the_answers_of_tmux_are_read_by_their_place() -> None:
    asked: list[list[str]] = []

    def run(command: object) -> str:
        asked.append(list(command))  # type: ignore[call-overload] # a sequence
        return "xterm-kitty\tkitty(0.35)\ton\t1\t1\t3.4\n"

    env = {**IN_TMUX, "TMUX_PANE": "%3"}
    assert tmux_answers(env, run) == Tmux("xterm-kitty", "kitty(0.35)", "on", True)
    assert asked[0][:5] == ["tmux", "display-message", "-p", "-t", "%3"]
    assert tmux_answers(env, lambda command: None) is None
    assert tmux_answers(env, lambda command: "what?") is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("xterm\t\t\t1\t1\t3.2a", Tmux("xterm", "", "", True)),
        ("xterm\t\t\t1\t1\t3.3a", Tmux("xterm", "", "off", True)),
        ("xterm\t\t\t1\t1\tnext-3.6", Tmux("xterm", "", "off", True)),
        ("xterm\t\tall\t0\t1\t3.4", Tmux("xterm", "", "all", False)),
        ("xterm\t\ton\t1\t0\t3.4", Tmux("xterm", "", "on", False)),
    ],
)
def test_before_3_3_tmux_lets_everything_through(line: str, expected: Tmux) -> None:
    assert tmux_answers(IN_TMUX, lambda command: line) == expected


NOTICE = Notice("Plan reached", "50 min of focus", Severity.NORMAL)


def test_a_notice_is_spelled_out_in_each_sequence() -> None:
    assert encode(NOTICE, Dialect(Osc.NINE)) == "\x1b]9;Plan reached: 50 min of focus\x07"
    assert (
        encode(NOTICE, Dialect(Osc.SEVEN77)) == "\x1b]777;notify;Plan reached;50 min of focus\x07"
    )
    kitty = encode(NOTICE, Dialect(Osc.NINETY_NINE))
    title, body = re.findall(r"\x1b\]99;([^\x07]*)\x07", kitty)
    assert base64.b64decode(title.partition(";")[2]).decode() == "Plan reached"
    assert base64.b64decode(body.partition(";")[2]).decode() == "50 min of focus"
    assert ":u=1:d=0:" in title
    assert ":d=1:" in body
    assert title.split(":")[0] == body.split(":")[0]
    assert encode(NOTICE, Dialect(None)) == ""


def test_a_title_alone_is_one_finished_sequence() -> None:
    assert encode(Notice("Break"), Dialect(Osc.NINE)) == "\x1b]9;Break\x07"
    assert encode(Notice("Break"), Dialect(Osc.NINETY_NINE)).count("\x1b]99;") == 1
    assert ":d=1:" in encode(Notice("Break"), Dialect(Osc.NINETY_NINE))


def test_what_looks_like_a_command_or_a_separator_is_defused() -> None:
    assert encode(Notice("4;1;50"), Dialect(Osc.NINE)) == "\x1b]9;4,1;50\x07"
    assert encode(Notice("a;b", "c;d"), Dialect(Osc.SEVEN77)) == "\x1b]777;notify;a,b;c,d\x07"


def test_tmux_and_screen_get_their_wrapping() -> None:
    assert wrapped("\x1b]9;x\x07", Wrap.TMUX) == "\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\"
    assert wrapped("\x1b]9;x\x07", Wrap.SCREEN) == "\x1bP\x1b]9;x\x07\x1b\\"


@given(st.text(), st.text(), st.sampled_from(Osc), st.sampled_from(Severity))
def test_no_text_can_break_out_of_its_sequence(
    title: str, body: str, osc: Osc, severity: Severity
) -> None:
    written = encode(Notice(title, body, severity), Dialect(osc))
    inner = re.sub(r"\x1b\]|\x07", "", written)
    assert all(map(is_shown, inner))
    assert written.count("\x1b") == written.count("\x07") <= 2


@given(st.text(min_size=300))
def test_screen_gets_pieces_that_it_can_hold(body: str) -> None:
    bare = encode(Notice("t", body), Dialect(Osc.NINETY_NINE))
    written = encode(Notice("t", body), Dialect(Osc.NINETY_NINE, Wrap.SCREEN))
    pieces = [piece.removeprefix("\x1bP") for piece in written.split("\x1b\\")[:-1]]
    assert "".join(pieces) == bare
    assert all(len(piece.encode()) <= SCREEN_CHUNK for piece in pieces)


@given(st.text(), st.integers(1, 50))
def test_a_plain_text_is_short_printable_and_stays_as_it_is(text: str, limit: int) -> None:
    once = plain(text, limit)
    assert len(once) <= limit
    assert all(map(is_shown, once))
    assert plain(once, limit) == once


def test_a_plain_text_keeps_letters_and_loses_commands() -> None:
    assert plain("  zażółć\n\tgęślą\x1b[31m \u202ejaźń\x9b ", 40) == "zażółć gęślą jaźń"
    assert plain("abcdef", 4) == "abc…"
