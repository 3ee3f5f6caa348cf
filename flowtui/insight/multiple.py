"""False discovery rate over all questions ever asked: Benjamini-Hochberg and Benjamini-Yekutieli.

Benjamini and Hochberg 1995, JRSS B 57; Benjamini and Yekutieli 2001, Annals of Statistics 29.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from flowtui.core.insight.association import Q
from flowtui.insight.arrays import Floats


def adjusted(ps: Sequence[float], asked: int, any_dependence: bool = False) -> Floats:
    """Adjusted p of each of `ps`, with `asked` >= len(ps) questions in all.

    Questions beyond `ps` count as having found nothing. With `any_dependence` by Benjamini and
    Yekutieli, which holds however the tests hang together.
    """
    m = max(asked, len(ps))
    values = np.asarray(ps, dtype=float)
    order = np.argsort(values)
    factor = float(sum(1.0 / i for i in range(1, m + 1))) if any_dependence else 1.0
    raised = values[order] * m * factor / np.arange(1, len(values) + 1)
    stepped = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    result = np.empty_like(stepped)
    result[order] = stepped
    return result


def draws_for(asked: int, least: int) -> int:
    """Refits enough that the smallest p can still pass among `asked` questions; odd thousands."""
    # twice over, so that a single unlucky refit does not hide a finding
    needed = math.ceil(2 * asked / Q)
    return max(least, -(-needed // 1000) * 1000 - 1)
