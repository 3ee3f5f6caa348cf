"""Numbers that stand for "missing" where a program cannot leave a cell empty."""

from __future__ import annotations

from collections.abc import Iterable

CODES = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0)
"""What programs and people write."""
APART = 3.0
"""So many times larger than everything else a positive code must be."""


def missing_codes(values: Iterable[float]) -> tuple[float, ...]:
    """The codes among `values`, in the order of CODES.

    A code is apart from all that is no code: below zero where nothing else is, or far above
    everything.
    """
    found = set(values)
    others = found.difference(CODES)
    if not others or min(others) < 0:
        return ()
    largest = max(others)
    return tuple(code for code in CODES if code in found and (code < 0 or code > APART * largest))
