"""A day's check-in as data: its questions, what one key repeats, and what an answer comes to."""

from __future__ import annotations

from datetime import date

from flowtui.core.body.answers import ENTER, Planned, answer
from flowtui.core.body.checkin import Ask, Question
from flowtui.core.body.eating import check_window, close_window, open_one, windows
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.entry_line import corrected
from flowtui.core.body.phrases import eat
from flowtui.core.body.quick_line import Words
from flowtui.core.body.tokens import Tokens
from flowtui.core.body.writer import Pen
from flowtui.core.lazy_dataclass import dataclass

CLOSE = "close"
"""The answer that closes the open window now."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that one key gives though the question has no such key by itself."""

    key: str
    label: str
    text: str
    """What it stands for, as typed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what one key can repeat."""

    question: Question
    offers: tuple[Offer, ...] = ()
    yesterday: str = ""
    """What the day before said; empty if it said nothing."""

    def meant(self, text: str) -> str:
        """`text`, or what it stands for if it is the key of an offer."""
        return next((o.text for o in self.offers if o.key == text), text)

    def stands_for(self, text: str) -> str:
        """`text` as it can be kept later: what an offer's or a choice's key stands for may change
        with every answer."""
        if self.question.ask is Ask.CHOICE:
            return next((k.label for k in self.question.keys if k.key == text), text)
        return self.meant(text)


@dataclass(frozen=True, slots=True)
class Known:
    """What an answer is read with."""

    pen: Pen
    of_day: tuple[Entry, ...]
    """Records of the day."""
    eating: tuple[Entry, ...]
    """Records of the eating window that may matter."""
    words: Words


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day's check-in."""

    day: date
    today: date
    late: bool
    """Whether the day is over: answers are marked as late."""
    asked: tuple[Asked, ...]
    known: Known

    def tried(self, asked: Asked, text: str) -> tuple[Entry, ...] | Planned:
        """What `text` would answer; writes nothing. Raises UsageError if it cannot be meant."""
        return resolved(asked, text, self.day, self.known)


def resolved(asked: Asked, text: str, day: date, known: Known) -> tuple[Entry, ...] | Planned:
    """The records that `text` (a key, a line, or ENTER) makes as the answer about `day`."""
    question, text = asked.question, asked.meant(text.strip())
    kind = question.variable.kind if question.variable else None
    if kind is not Kind.EATING or text == ENTER:
        return answer(question, text, day, known.pen, known.of_day)
    current = open_one(known.eating)
    if text == CLOSE and current is not None and day == known.pen.today:
        return (close_window(known.eating, known.pen.now, known.pen),)
    logged = windows(known.of_day)
    if len(logged) == 1 and text != "n":
        others = [window for window in known.eating if window.id != logged[0].id]
        tokens = Tokens(text, known.pen, day, kind)
        window = eat(tokens, known.pen, others)
        tokens.finish()
        return (corrected(logged[0], window, known.pen, others),)
    made = answer(question, text, day, known.pen, known.of_day)
    if not isinstance(made, Planned):
        for window in windows(made):
            check_window(window, known.eating)
    return made
