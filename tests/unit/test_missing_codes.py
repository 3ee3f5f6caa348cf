"""Numbers that stand for missing: apart from everything else, or values like the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.missing_codes import CODES, missing_codes


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([1, 2, 3], ()),
        ([1, 2, -1], (-1,)),
        ([1, 2, -999, -1], (-1, -999)),
        ([10, 20, 9999], (9999,)),
        ([5000, 9999], ()),
        ([-3, 4, -1], ()),
        ([-1, -999], ()),
        ([], ()),
    ],
)
def test_a_code_is_apart_from_all_that_is_none(values: list[float], codes: tuple[float]) -> None:
    assert missing_codes(values) == codes


@given(st.lists(st.floats(0, 100), min_size=1), st.sets(st.sampled_from([-1.0, -999.0, 99999.0])))
def test_codes_beside_small_numbers_are_all_found(values: list[float], codes: set[float]) -> None:
    assert missing_codes([*values, *codes]) == tuple(c for c in CODES if c in codes)
