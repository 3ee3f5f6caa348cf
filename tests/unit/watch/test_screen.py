"""The end of a log as a terminal would show it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.watch.screen import WIDEST, rendered


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"\r 10%|#    |\r 90%|#### |\nnext", [" 90%|#### |", "next"]),
        (b"long line\rshort\n", ["shortline"]),
        (b"bar\r        \rtext\n", ["text"]),
        (b"\x1b[1m\x1b[32mbold\x1b[0m\x1b]0;title\x07 end\n", ["bold end"]),
        (b"ab\b\bcd\n", ["cd"]),
        (b"outer\ninner\x1b[A\router 2\n", ["outer 2"]),
        (b"bell\x07 null\x00\n", ["bell null"]),
        ("é ▌ 漢".encode()[:-1], ["é ▌ �"]),
        (b"", []),
        (b"\n\n\n", []),
    ],
)
def test_overwritten_text_is_gone(data: bytes, lines: list[str]) -> None:
    assert rendered(data) == lines


def test_a_first_line_that_began_earlier_is_dropped() -> None:
    assert rendered(b"half a line\nwhole\n", cut=True) == ["whole"]


@given(st.binary(max_size=4000))
def test_garbage_is_shown_in_printable_lines_of_bounded_width(data: bytes) -> None:
    for line in rendered(data):
        assert len(line) <= WIDEST
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line if char != "\t")
