"""The README says what the code does, and its two set-up commands are exactly two."""

from __future__ import annotations

import re

from tests.readme_tables import README, filled

TEXT = README.read_text(encoding="utf-8")


def test_the_tables_of_keys_and_commands_are_those_of_the_code() -> None:
    """Mend with: python -m tests.readme_tables"""
    assert filled(TEXT) == TEXT


def test_there_are_exactly_two_set_up_commands() -> None:
    assert len(re.findall(r"^python3 -m venv .*$", TEXT, re.M)) == 2


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)

    assert pictures
    for picture in pictures:
        path = README.parent / picture.replace("%5B", "[").replace("%5D", "]")
        assert path.is_file(), picture
