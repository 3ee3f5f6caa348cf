"""`display.unicode = false`: nothing but ASCII is drawn, and nothing moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from flowtui.core.ascii_text import to_ascii
from tests.user import Person, Shell

# skin tones have no width of their own: they belong to the sign before them
SIGNS = st.characters(
    categories=["So", "Sm", "Po", "Pd", "Pi", "Pf", "Sc", "Sk", "Ps", "Pe"],
    exclude_characters="\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff",
)


@given(st.text(SIGNS))
def test_every_sign_becomes_ascii_of_the_same_width(text: str) -> None:
    assert to_ascii(text).isascii()
    assert cell_len(to_ascii(text, cell_len)) == sum(map(cell_len, text))


@given(st.text(st.characters(categories=["L", "Nd", "Zs"], exclude_characters="\u00a0")))
def test_what_somebody_wrote_in_letters_is_left_alone(text: str) -> None:
    assert "".join(c for c in to_ascii(text) if c.isalnum()) == "".join(
        c for c in text if c.isalnum()
    )


def test_the_levels_of_a_curve_stay_apart() -> None:
    assert len(set(to_ascii("▁▂▃▄▅▆▇█"))) == 8


@pytest.mark.parametrize("words", [["log"], ["show", "last"], ["status"], ["doctor"], ["body"]])
def test_commands_draw_in_ascii_where_the_settings_say_so(
    person: Person, flow: Shell, words: list[str]
) -> None:
    person.configure("[display]\nunicode = false\n")
    person.past(120, 60)
    person.begin(50, "fuse the kernel")
    flow.ok("note", "energy 4 -- fine")

    answer = flow(*words)

    assert (answer.out + answer.err).isascii(), answer.out + answer.err
