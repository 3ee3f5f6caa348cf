"""The sample: complete, true to the defaults, and readable as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from flowtui.settings.config import Config, option_names, parse
from flowtui.settings.sample import literal, sample

FILE = Path("sample.toml")


def test_the_sample_as_it_stands_changes_nothing() -> None:
    assert parse(sample(), FILE) == (Config(), [])


def test_every_line_taken_out_of_its_comment_is_the_default() -> None:
    opened = re.sub(r"^#(?=[a-z_]+ = )", "", sample(), flags=re.MULTILINE)
    assert opened != sample()
    assert parse(opened, FILE) == (Config(), [])
    table = tomllib.loads(opened)
    for name, _ in option_names():
        section, _, key = name.partition(".")
        assert key in table[section]
    assert set(table["contexts"]["own"]) == set(table["contexts"]["work"])


def test_every_comment_fits_on_a_screen() -> None:
    assert max(len(line) for line in sample().splitlines() if line.startswith("# ")) <= 88


@given(st.text() | st.booleans() | st.integers(-9, 9) | st.lists(st.text(max_size=3)))
def test_what_is_written_as_toml_is_read_back(value: object) -> None:
    assert tomllib.loads(f"a = {literal(value)}")["a"] == value
