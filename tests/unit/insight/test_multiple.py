"""False discovery rates against scipy's, and what further questions do to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.insight.association import Q
from flowtui.insight.missing import adjusted, draws_for

ps = st.lists(st.floats(0.0005, 1.0), min_size=1, max_size=40)


@pytest.mark.parametrize(("any_dependence", "method"), [(False, "bh"), (True, "by")])
def test_adjusted_p_is_that_of_scipy(any_dependence: bool, method: str) -> None:
    stats = pytest.importorskip("scipy.stats", reason="pip install 'flowtui[oracles]'")
    rng = np.random.default_rng(4)
    for m in (1, 2, 7, 40, 200):
        drawn = rng.random(m) ** 2

        found = adjusted(list(drawn), m, any_dependence)

        expected = stats.false_discovery_control(drawn, method=method)
        assert found == pytest.approx(expected, abs=1e-12)


@given(ps, st.integers(0, 50))
def test_more_questions_never_make_a_finding_surer(drawn: list[float], more: int) -> None:
    few, many = adjusted(drawn, len(drawn)), adjusted(drawn, len(drawn) + more)

    assert (many >= few - 1e-12).all()


@given(ps)
def test_questions_that_found_nothing_are_as_ps_of_one(drawn: list[float]) -> None:
    found = adjusted(drawn, len(drawn) + 5)

    assert found == pytest.approx(adjusted([*drawn, 1.0, 1.0, 1.0, 1.0, 1.0], 0)[: len(drawn)])


@given(st.integers(1, 3000))
def test_the_smallest_p_can_always_pass(asked: int) -> None:
    assert 1 / (draws_for(asked, 1999) + 1) <= Q / asked
