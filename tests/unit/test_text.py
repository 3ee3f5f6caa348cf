"""Text from outside: nothing of it reaches a terminal that the terminal would obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.text import one_line, plain, plain_lines

OBEYED = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in ("Cc", "Zl", "Zp")]
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;ZXZpbA==", ""),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x9b31mred", "red"),
        ("\x9d0;title\x9cname", "name"),
        ("\x1b(0box\x1bc", "box"),
        ("a\rb\nc\td\x08e", "a b c d e"),
        ("lone \x1b", "lone"),
        ("exe\u202egnp.sh", "exe gnp.sh"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("\ud800half", "half"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
        ("ünïcode 漢字 ✓", "ünïcode 漢字 ✓"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
    ],
)
def test_text_from_outside_becomes_one_line_that_no_terminal_obeys(text: str, line: str) -> None:
    assert plain(text) == line


@given(st.text(st.one_of(st.characters(), st.sampled_from([*OBEYED, *TURNING, "\x1b", "["]))))
def test_no_text_leaves_anything_to_obey(text: str) -> None:
    for shown in (plain(text), one_line(text, "text", 10**6)):
        assert not set(shown) & {*OBEYED, *TURNING}
        assert plain(shown) == shown
    assert not set(plain_lines(text)) & ({*OBEYED, *TURNING} - {"\n"})


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert plain("x" * 50, 10) == "x" * 9 + "…"
    assert plain("x" * 10, 10) == "x" * 10


def test_lines_keep_their_ends_and_indentation() -> None:
    assert plain_lines("Traceback:\r\n  File \x1b[1ma\x1b[0m\n\n") == "Traceback:\n  File a\n\n"
