"""Columns that answer yes or no, known by their cells: a table of habits names no roles."""

from __future__ import annotations

from collections.abc import Sequence

from flowtui.core.body.habits import habit_name
from flowtui.core.errors import UsageError
from flowtui.exchange.dates import plain
from flowtui.exchange.roles import LENGTHS, NO, ONE, SKIP, YES, ZERO
from flowtui.exchange.units import split_unit

_MARKS = " ?¿!¡"
_ANSWERS = {*YES, *NO, *SKIP, *ONE, *ZERO}
ODD = 5
"""So many answers must stand beside each cell that is none."""
_RATED = ("energy", "output", "sugar", "caffeine")
"""Roles of numbers, which no column of words can have."""


def are_answers(texts: Sequence[str]) -> bool:
    """Whether a column has nothing but yes, no, 1 and 0, or skipped days beside them.

    Of ten years some cells hold other words ("maybe"): one in `ODD`, told with their rows.
    """
    words = [plain(text).casefold() for text in texts]
    known = [word in _ANSWERS for word in words]
    odd = [word for word, is_known in zip(words, known, strict=True) if not is_known]
    answers = len(words) - len(odd) - sum(word in SKIP for word in words)
    if odd and any(word[:1].isdigit() or word[:1] in "+-.,−" for word in odd):
        return False
    return answers > 0 and len(odd) * ODD <= answers


def answer_role(header: str, role: str | None, texts: Sequence[str]) -> str | None:
    """`habit:NAME` for a column whose cells answer yes or no; else `role`, what its name suggests.

    A column of a name that says nothing needs a word, or both 1 and 0: a column of ones alone
    could be anything. `Workout` with 1 and 0 is no workout of a minute.
    """
    words = {plain(text).casefold() for text in texts}
    said = bool(words & (YES | NO))
    if role is None:
        shown = said or (bool(words & set(ONE)) and bool(words & set(ZERO)))
    else:
        shown = role in LENGTHS or (role in _RATED and bool(words & YES))
    if not shown or not are_answers(texts):
        return role
    try:
        return f"habit:{habit_name(split_unit(header)[0].strip(_MARKS))}"
    except UsageError:
        return role
