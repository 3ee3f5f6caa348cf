"""Names for the arrays of this package."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flowtui.core.lazy_dataclass import dataclass

Floats = npt.NDArray[np.floating[Any]]
"""Of any shape; NaN is missing."""
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


RHOS: Floats = np.linspace(-0.6, 0.96, 40)
"""The grid. Below -0.6 lies nothing that days do; above 0.96 a year is too short to tell."""
TOLERANCE = 1e-8
"""A column whose part beyond the columns before it is smaller than this adds nothing."""


@dataclass(frozen=True, slots=True)
class Fits:
    """Estimates of the last column's coefficient, one for each of k outcomes; arrays of shape k."""

    effect: Floats
    se: Floats
    t: Floats
    rho: Floats
    sd: Floats
    """Marginal standard deviation of the errors."""


class Model:
    """A design on given days, whitened at every rho of the grid."""

    def __init__(self, days: Ints, columns: Floats, rhos: Floats = RHOS) -> None:
        """`days` (n): ascending whole numbers; `columns` (n, p): of full rank, p < n."""
        self.days, self.columns, self.rhos = days, columns, rhos
        self.n, self.p = columns.shape
        gaps = np.diff(days)
        self.kinds, self._kind_of = np.unique(gaps, return_inverse=True)
        carry = rhos[:, None] ** gaps[None, :]
        scale = 1.0 / np.sqrt(1.0 - carry**2)
        white = np.repeat(columns[None], len(rhos), axis=0)
        white[:, 1:] = (columns[1:] - carry[:, :, None] * columns[:-1]) * scale[:, :, None]
        q, self._r = np.linalg.qr(white)
        # rows of Q'W, so that Q'Wy is one product for all rhos
        rows = q.copy()
        rows[:, 1:] *= scale[:, :, None]
        rows[:, :-1] -= (carry * scale)[:, :, None] * q[:, 1:]
        self._rows = np.ascontiguousarray(np.swapaxes(rows, 1, 2)).reshape(-1, self.n)
        self._log_scale = np.log(scale).sum(axis=1)
        self._logs = self._log_determinants()

    def without_last(self) -> Model:
        """The model without its last column: the leading part of what is factored already."""
        less = object.__new__(Model)
        less.days, less.columns, less.rhos = self.days, self.columns[:, :-1], self.rhos
        less.n, less.p = self.n, self.p - 1
        less.kinds, less._kind_of = self.kinds, self._kind_of
        less._r = self._r[:, :-1, :-1]
        rows = self._rows.reshape(len(self.rhos), self.p, self.n)[:, :-1]
        less._rows = np.ascontiguousarray(rows).reshape(-1, self.n)
        less._log_scale = self._log_scale
        less._logs = less._log_determinants()
        return less

    def _log_determinants(self) -> Floats:
        """log |V| + log |X'V^-1 X| at every rho."""
        corners = np.abs(np.diagonal(self._r, axis1=1, axis2=2))
        found: Floats = -2.0 * self._log_scale + 2.0 * np.log(corners).sum(axis=1)
        return found

    def fit(self, outcomes: Floats) -> Fits:
        """The last column's effect on each column of `outcomes` (n, k)."""
        shift, rest = self._near(outcomes)
        best, projected, squares = self._choose(rest)
        at = np.arange(rest.shape[1])
        corner = self._r[best, -1, -1]
        sd = np.sqrt(squares / (self.n - self.p))
        effect = shift[-1] + projected[best, -1, at] / corner
        se = sd / np.abs(corner)
        return Fits(effect, se, effect / se, self.rhos[best], sd)

    def t_of(self, noise: Floats) -> Floats:
        """|t| of the last column for each column of `noise` (n, k), which no column explains."""
        best, projected, squares = self._choose(noise)
        top = projected[best, -1, np.arange(noise.shape[1])]
        values: Floats = np.abs(top) / np.sqrt(squares / (self.n - self.p))
        return values

    def coefficients(self, outcome: Floats) -> tuple[Floats, float]:
        """All coefficients (p) for one outcome (n), and its rho."""
        shift, rest = self._near(outcome[:, None])
        best, projected, _ = self._choose(rest)
        k = int(best[0])
        found: Floats = shift[:, 0] + np.linalg.solve(self._r[k], projected[k, :, 0])
        return found, float(self.rhos[k])

    def _near(self, outcomes: Floats) -> tuple[Floats, Floats]:
        """Ordinary least squares first: what is left is small, and no digits are lost."""
        shift = np.asarray(np.linalg.lstsq(self.columns, outcomes, rcond=None)[0], dtype=np.float64)
        return shift, outcomes - self.columns @ shift

    def _choose(self, outcomes: Floats) -> tuple[Ints, Floats, Floats]:
        """For each outcome: index of the best rho, Q'Wy at every rho, residual squares there."""
        k = outcomes.shape[1]
        projected = (self._rows @ outcomes).reshape(len(self.rhos), self.p, k)
        squares = self._quadratic(outcomes) - np.einsum("rpk,rpk->rk", projected, projected)
        np.maximum(squares, np.finfo(float).tiny, out=squares)
        score = self._logs[:, None] + (self.n - self.p) * np.log(squares)
        best = np.argmin(score, axis=0)
        return best, projected, squares[best, np.arange(k)]

    def _quadratic(self, outcomes: Floats) -> Floats:
        """y'V^-1 y at every rho, (rhos, k), from three sums for each length of gap."""
        squares = outcomes**2
        total = np.repeat(squares[:1], len(self.rhos), axis=0)
        products = outcomes[1:] * outcomes[:-1]
        for at, gap in enumerate(self.kinds):
            here = self._kind_of == at
            now, before = squares[1:][here].sum(axis=0), squares[:-1][here].sum(axis=0)
            both = products[here].sum(axis=0)
            carry = (self.rhos**gap)[:, None]
            total += (now - 2.0 * carry * both + carry**2 * before) / (1.0 - carry**2)
        return total


def innovations(days: Ints, errors: Floats, rho: float) -> Floats:
    """`errors` (n) with what each carries over from the one before taken out, in errors' units."""
    carry = rho ** np.diff(days)
    fresh = errors.copy()
    fresh[1:] = (errors[1:] - carry * errors[:-1]) / np.sqrt(1.0 - carry**2)
    return fresh


def errors_from(days: Ints, fresh: Floats, rho: float) -> Floats:
    """The inverse of `innovations` for each column of `fresh` (n, k)."""
    carry = rho ** np.diff(days)
    scale = np.sqrt(1.0 - carry**2)
    errors = fresh.copy()
    for at in range(1, len(errors)):
        errors[at] *= scale[at - 1]
        errors[at] += carry[at - 1] * errors[at - 1]
    return errors


def independent(columns: list[Floats]) -> list[int]:
    """Places of the columns (each n) that are no combination of those before them."""
    kept: list[int] = []
    basis: list[Floats] = []
    for at, column in enumerate(columns):
        size = float(np.linalg.norm(column))
        rest = column.astype(float)
        for _ in range(2):  # twice is enough against rounding
            for direction in basis:
                rest = rest - (direction @ rest) * direction
        left = float(np.linalg.norm(rest))
        if size > 0 and left > TOLERANCE * size:
            kept.append(at)
            basis.append(rest / left)
    return kept
