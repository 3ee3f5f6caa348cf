"""Theory and practice: one cup of each, as a line, where modes are used at all."""

from __future__ import annotations

from collections.abc import Mapping

from flowtui.core.focus.block import Mode
from flowtui.core.status_file import minutes

LEANS = 3
"""From so many times the other on, a week leans to one side."""
LEAST_S = 2 * 3600
"""Less than that of both together says nothing."""


def ratio(by_mode: Mapping[str, int]) -> str:
    """ "theory 45 min : practice 2 h 10"; empty where neither was done."""
    theory, practice = _both(by_mode)
    if not theory and not practice:
        return ""
    return f"theory {minutes(theory)} : practice {minutes(practice)}"


def leaning(by_mode: Mapping[str, int]) -> str:
    """The ratio with the side to which the week leans; empty where it does not."""
    theory, practice = _both(by_mode)
    if theory + practice < LEAST_S:
        return ""
    less, more = sorted((theory, practice))
    if more < LEANS * less:
        return ""
    side = "theory" if theory > practice else "practice"
    return f"{ratio(by_mode)}   the week leans to {side}"


def _both(by_mode: Mapping[str, int]) -> tuple[int, int]:
    """Building is practice."""
    practice = by_mode.get(Mode.PRACTICE.value, 0) + by_mode.get(Mode.BUILD.value, 0)
    return by_mode.get(Mode.THEORY.value, 0), practice
