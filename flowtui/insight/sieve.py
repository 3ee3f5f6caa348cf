"""The test: |t| of one column against a sieve bootstrap of the model without it.

Buehlmann 1997, Bernoulli 3(2), with an AR(1) as the sieve: innovations of the reduced model are
drawn anew, errors rebuilt, and everything refitted, rho included. What the reduced model explains
drops out of t, so only the rebuilt errors need be fitted. The interval is effect +- t* se, with
t* the quantile of |t| among the refits.
"""

from __future__ import annotations

import numpy as np

from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Floats, Ints, Model, errors_from, innovations

LEVEL = 0.95
CELLS = 4_000_000
"""Numbers held by one batch of refits; bounds the memory for long histories."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One effect with its test and its interval, in the outcome's units."""

    effect: float
    se: float
    low: float
    high: float
    p: float
    """At least 1 / (draws + 1)."""
    rho: float
    sd: float
    """Marginal standard deviation of the errors."""


def tested(
    days: Ints, base: Floats, x: Floats, y: Floats, draws: int, rng: np.random.Generator
) -> Tested:
    """The effect of `x` (n) on `y` (n) beside `base` (n, p), with `draws` refits."""
    model = Model(days, np.column_stack([base, x]))
    found = model.fit(y[:, None])
    beyond = refits(y, model, draws, rng)
    t = abs(float(found.t[0]))
    # a tie that rounding broke is still a tie
    reached = int(np.count_nonzero(beyond >= t * (1 - 1e-9)))
    reach = float(np.quantile(beyond, LEVEL)) * float(found.se[0])
    effect = float(found.effect[0])
    return Tested(
        effect=effect,
        se=float(found.se[0]),
        low=effect - reach,
        high=effect + reach,
        p=(1 + reached) / (draws + 1),
        rho=float(found.rho[0]),
        sd=float(found.sd[0]),
    )


def refits(y: Floats, model: Model, draws: int, rng: np.random.Generator) -> Floats:
    """|t| of `model`'s last column in `draws` worlds where it does nothing."""
    days, reduced = model.days, model.without_last()
    coefficients, rho = reduced.coefficients(y)
    fresh = innovations(days, y - reduced.columns @ coefficients, rho)
    fresh = (fresh - fresh.mean()) * np.sqrt(reduced.n / (reduced.n - reduced.p))
    found: list[Floats] = []
    batch = max(1, min(draws, CELLS // reduced.n))
    for first in range(0, draws, batch):
        count = min(batch, draws - first)
        drawn = rng.integers(0, reduced.n, size=(reduced.n, count))
        found.append(model.t_of(errors_from(days, fresh[drawn], rho)))
    return np.concatenate(found)
