"""What a key pressed in the check-in does: answers at once, is collected, or begins a typed answer.

A key that could be the beginning of a longer answer never answers by itself: `1` of 12 cups, `n` of
`nordic 30`. It is collected until Enter, or until nothing was pressed for a while.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from flowtui.core.body.checkin import Ask, Question
from flowtui.core.lazy_dataclass import dataclass

HALF = "+"
"""Adds half an hour to the hours that were typed."""
NUMERIC = (Ask.COUNT, Ask.AMOUNT, Ask.HOURS)
"""Answers are numbers of any length."""
WORDS = (Ask.WINDOW, Ask.LINE, Ask.CHOICE)
"""Answers may begin with any key."""
POINTS = ".,"


class Does(StrEnum):
    """What a key does."""

    ANSWER = "answer"
    COLLECT = "collect"
    """More may follow; without more it is the answer after a pause."""
    TYPE = "type"
    """A line is typed; Enter alone ends it."""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a key."""

    does: Does
    text: str
    """The answer as far as it goes."""


def press(question: Question, offers: Collection[str], begun: str, char: str) -> Pressed:
    """What the printable key `char` does after `begun` was collected (empty: nothing yet).

    `offers` are keys that repeat an earlier answer.
    """
    if begun:
        return _further(question, begun, char)
    folded = char.casefold()
    numeric = question.ask in NUMERIC
    if numeric and (char.isdecimal() or char in POINTS):
        return Pressed(Does.COLLECT, char)
    if folded in {key.key for key in question.keys} or folded in offers:
        return Pressed(Does.COLLECT if _may_go_on(question, folded) else Does.ANSWER, folded)
    if char == " ":
        return Pressed(Does.TYPE, "")
    if question.ask in (*WORDS, *NUMERIC, Ask.WORKOUT) and (not numeric or char.isalpha()):
        return Pressed(Does.TYPE, char)
    return Pressed(Does.REFUSE, char)


def _further(question: Question, begun: str, char: str) -> Pressed:
    text = begun + char
    if question.ask is Ask.HOURS and char == HALF and begun.isdecimal():
        return Pressed(Does.ANSWER, f"{begun}.5")
    number = char.isdecimal() or char in POINTS
    if number and (question.ask in NUMERIC or question.ask is Ask.SCALE):
        return Pressed(Does.COLLECT, text)
    return Pressed(Does.TYPE, text)


def finished(text: str) -> bool:
    """Whether what was collected can be an answer: `7` and `7,5`, not `7,`."""
    return text[-1:] not in POINTS


def _may_go_on(question: Question, key: str) -> bool:
    """Whether a longer answer can begin with `key`."""
    if question.ask in WORDS:
        return True
    if question.ask is Ask.WORKOUT:
        return key.isalpha()
    scale = question.habit.scale if question.habit else None
    if question.ask is not Ask.SCALE or scale is None or not key.isdecimal():
        return False
    longer = any(
        len(str(point)) > 1 and str(point).startswith(key)
        for point in range(scale.low, scale.high + 1)
    )
    return longer or scale.step < 1
