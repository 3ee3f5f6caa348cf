"""The table of failure modes names tests that there are, and leaves no mode out."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_failure_mode_has_a_line_and_every_test_it_names_exists() -> None:
    text = (TESTS / "faults/GUARD.md").read_text()

    assert [int(n) for n in re.findall(r"^\| (\d+) \|", text, re.M)] == list(range(1, 30))
    file = ""
    for named, test in re.findall(r"`([\w/]+\.py)?(?:::(\w+))?`", text):
        file = named or file
        if not named and not test:
            continue
        source = (TESTS / file).read_text()
        assert not test or f"def {test}(" in source, f"{file}::{test}"
