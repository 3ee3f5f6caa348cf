"""The regression against the textbook: dense matrices, every rho of the grid, one y at a time."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.insight.gls import RHOS, Floats, Ints, Model, errors_from, independent, innovations


def dense(days: Ints, columns: Floats, y: Floats) -> tuple[float, float, float, float]:
    """Effect and standard error of the last column, rho and sd, by restricted likelihood."""
    n, p = columns.shape
    best: tuple[float, float, float, float, float] | None = None
    for rho in RHOS:
        v = rho ** np.abs(days[:, None] - days[None, :]).astype(float)
        np.fill_diagonal(v, 1.0)
        inverse = np.linalg.inv(v)
        information = columns.T @ inverse @ columns
        beta = np.linalg.solve(information, columns.T @ inverse @ y)
        left = y - columns @ beta
        squares = float(left @ inverse @ left)
        score = (
            np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + (n - p) * np.log(squares)
        )
        if best is None or score < best[0]:
            variance = squares / (n - p)
            se = float(np.sqrt(variance * np.linalg.inv(information)[-1, -1]))
            best = (float(score), float(beta[-1]), se, float(rho), float(np.sqrt(variance)))
    assert best is not None
    return best[1:]


def world(seed: int, n: int, gaps: bool) -> tuple[Ints, Floats, Floats]:
    rng = np.random.default_rng(seed)
    days = np.arange(n)
    if gaps:
        days = np.sort(rng.choice(2 * n, size=n, replace=False))
    x = (rng.normal(size=n) > 0).astype(float)
    columns = np.column_stack([np.ones(n), np.linspace(-1, 1, n), days % 7 >= 5, x])
    noise = errors_from(days, rng.normal(size=(n, 1)), float(rng.uniform(-0.4, 0.8)))[:, 0]
    return days, columns, 120 + 15 * x + 40 * noise


@pytest.mark.parametrize("gaps", [False, True], ids=["every day", "with gaps"])
@pytest.mark.parametrize("n", [20, 45, 90])
def test_effect_error_and_rho_are_those_of_dense_matrices(n: int, gaps: bool) -> None:
    for seed in range(5):
        days, columns, y = world(seed, n, gaps)

        found = Model(days, columns).fit(y[:, None])

        effect, se, rho, sd = dense(days, columns, y)
        assert found.rho[0] == rho
        assert found.effect[0] == pytest.approx(effect, rel=1e-10)
        assert found.se[0] == pytest.approx(se, rel=1e-10)
        assert found.sd[0] == pytest.approx(sd, rel=1e-10)


def test_at_the_rho_that_was_found_all_is_as_statsmodels_has_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        models = pytest.importorskip(
            "statsmodels.regression.linear_model", reason="pip install 'flowtui[oracles]'"
        )
    days, columns, y = world(11, 70, True)

    found = Model(days, columns).fit(y[:, None])

    sigma = found.rho[0] ** np.abs(days[:, None] - days[None, :]).astype(float)
    theirs = models.GLS(y, columns, sigma=sigma).fit()
    assert found.effect[0] == pytest.approx(theirs.params[-1], rel=1e-9)
    assert found.se[0] == pytest.approx(theirs.bse[-1], rel=1e-9)
    assert found.t[0] == pytest.approx(theirs.tvalues[-1], rel=1e-9)
    assert found.sd[0] ** 2 == pytest.approx(theirs.scale, rel=1e-9)


def test_many_outcomes_at_once_give_what_each_gives_alone() -> None:
    days, columns, _ = world(3, 60, True)
    noise = np.random.default_rng(9).normal(size=(60, 40))
    model = Model(days, columns)

    together = model.t_of(noise)

    alone = [dense(days, columns, noise[:, k]) for k in range(40)]
    assert together == pytest.approx([abs(e / se) for e, se, _, _ in alone], rel=1e-8)


def test_all_coefficients_are_those_of_dense_matrices() -> None:
    days, columns, y = world(5, 40, True)

    found, rho = Model(days, columns).coefficients(y)

    v = rho ** np.abs(days[:, None] - days[None, :]).astype(float)
    inverse = np.linalg.inv(v)
    expected = np.linalg.solve(columns.T @ inverse @ columns, columns.T @ inverse @ y)
    assert found == pytest.approx(expected, rel=1e-9)


@given(st.integers(0, 10_000), st.floats(-0.6, 0.95))
def test_innovations_and_errors_are_inverse(seed: int, rho: float) -> None:
    rng = np.random.default_rng(seed)
    days = np.sort(rng.choice(60, size=20, replace=False))
    errors = rng.normal(size=20)

    again = errors_from(days, innovations(days, errors, rho)[:, None], rho)[:, 0]

    assert again == pytest.approx(errors, abs=1e-9)


def test_rebuilt_errors_have_the_correlation_asked_for() -> None:
    rng = np.random.default_rng(1)
    days = np.array([0, 1, 2, 5, 6])

    errors = errors_from(days, rng.normal(size=(5, 200_000)), 0.7)

    expected = 0.7 ** np.abs(days[:, None] - days[None, :])
    assert np.corrcoef(errors) == pytest.approx(expected, abs=0.01)
    assert errors.std(axis=1) == pytest.approx(np.ones(5), abs=0.01)


def test_a_column_that_others_make_up_is_not_independent() -> None:
    a, b = np.array([1.0, 2, 3, 4]), np.array([1.0, 0, 0, 1])

    assert independent([np.ones(4), a, 2 * a - 3, b, np.zeros(4)]) == [0, 1, 3]
