"""Short logs of many forms say what was found right by eye (tests/logs/forms)."""

from __future__ import annotations

import pytest

from tests.logs.forms import forms, right, said

FORMS = forms()
RIGHT = right()


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_says_what_is_right_and_nothing_else(name: str) -> None:
    assert said(FORMS[name]) == RIGHT[name]


def test_every_form_has_its_right_values() -> None:
    assert sorted(FORMS) == sorted(RIGHT)
    assert len(FORMS) > 120
