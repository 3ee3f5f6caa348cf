"""Round numbers along an axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.runs.ticks import tick_words, ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 10, 6, [0, 2, 4, 6, 8, 10]),
        (0.31, 1.53, 7, [0.4, 0.6, 0.8, 1.0, 1.2, 1.4]),
        (5, 5, 4, [5]),
        (0, float("nan"), 4, []),
        (-1, 1, 3, [-1, 0, 1]),
    ],
)
def test_ticks_are_round(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_ticks_keep_to_their_number_and_place(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)

    assert 1 <= len(found) <= most
    assert found == sorted(found)
    slack = 1e-6 * max(1.0, abs(low), span)
    assert all(low - slack <= place <= low + span + slack for place in found)


def test_words_have_the_digits_that_tell_them_apart() -> None:
    assert tick_words([0.2, 0.4, 0.6]) == ["0.2", "0.4", "0.6"]
    assert tick_words([0, 500, 1000]) == ["0", "500", "1000"]
    assert tick_words([2e-5, 4e-5]) == ["2e-05", "4e-05"]
    assert tick_words([]) == []
