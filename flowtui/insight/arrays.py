"""Names for the arrays of this package."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
"""Of any shape; NaN is missing."""
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
