"""What is not tested, and the reason that is given: a refusal is an answer."""

from __future__ import annotations


def deterministic_checks() -> float:
    return 1.0
