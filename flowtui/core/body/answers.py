"""From a key pressed in the check-in to the entry it makes, or to tomorrow's first block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from flowtui.core.body import phrases
from flowtui.core.body.checkin import PLAN, Ask, Key, Question
from flowtui.core.body.day_text import scale_of
from flowtui.core.body.eating import windows
from flowtui.core.body.entry import Entry, Provenance
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.quick_line import parts
from flowtui.core.body.scales import QUALITY
from flowtui.core.body.tokens import Tokens
from flowtui.core.body.writer import Pen
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line

ENTER = ""
"""What Enter alone gives: keep what is known, else skip."""
CHECKIN = Provenance("checkin")


@dataclass(frozen=True, slots=True)
class Planned:
    """Tomorrow's first block, as chosen at the end of today."""

    day: date
    intention: str


Answer = tuple[Entry, ...] | Planned
"""Entries to write (an id that exists is replaced; none: nothing changes), or the plan."""


def answer(
    question: Question, text: str, day: date, pen: Pen, of_day: Iterable[Entry] = ()
) -> Answer:
    """What `text` (a key, a line, or ENTER) answers to `question` about `day`.

    `of_day` are the day's entries. Raises UsageError for a key the question does not have.
    """
    pen = replace(pen, source=CHECKIN)
    text = text.strip()
    if question.id == PLAN:
        return _planned(question, text, day)
    variable = question.variable
    if variable is None:
        raise UsageError(f"the question {question.id!r} asks for nothing")
    if text == ENTER:
        if question.known.state is not None or variable.part is not None:
            return ()
        return (
            pen.write(
                variable.kind, name=variable.name, state=State.SKIPPED, day=day, scope=Scope.DAY
            ),
        )
    key = next((k for k in question.keys if k.key == text.casefold()), None)
    if key is not None:
        return _keyed(question, key, day, pen, list(of_day))
    if question.ask is Ask.HOURS and text == "0":
        raise UsageError("no sleep at all is a no", "write no; ten hours are 10")
    if question.ask is Ask.LINE:
        line = one_line(text, "line on what worked")
        return (pen.write(variable.kind, note=line, day=day, scope=Scope.DAY),)
    return _typed(question, text, day, pen, list(of_day))


def _keyed(question: Question, key: Key, day: date, pen: Pen, of_day: list[Entry]) -> Answer:
    variable = question.variable
    if variable is None:
        return ()
    kind = variable.kind
    if key.state is not State.GIVEN:
        return (pen.write(kind, name=variable.name, state=key.state, day=day, scope=Scope.DAY),)
    if variable.part == "quality":
        return (_rated_sleep(int(key.value or 0), day, pen, of_day),)
    if kind is Kind.SLEEP:
        seconds = round((key.value or 0) * 3600)
        return (pen.write(kind, duration_s=seconds, day=day, scope=Scope.DAY),)
    shipped, own = scale_of(variable), question.habit.scale if question.habit else None
    scale = own or shipped
    value = 1.0 if kind is Kind.STOP and key.value is None else key.value
    now = pen.now if kind is Kind.ENERGY and day == pen.today else None
    last = question.known.last_at if kind is Kind.CAFFEINE else None
    return (
        pen.write(
            kind,
            name=variable.name,
            value=value,
            unit=question.habit.unit if question.habit and value is not None and not own else None,
            scale=scale.id if scale else None,
            day=day,
            at=now or last,
            scope=Scope.ONE if kind is Kind.ENERGY else Scope.DAY,
        ),
    )


def _rated_sleep(quality: int, day: date, pen: Pen, of_day: list[Entry]) -> Entry:
    """The day's one sleep with its quality; a record of its own where there is none, or several."""
    sleeps = [e for e in of_day if e.kind is Kind.SLEEP and e.state is State.GIVEN]
    if len(sleeps) == 1:
        return replace(sleeps[0], quality=quality, scale=QUALITY.id)
    return pen.write(Kind.SLEEP, quality=quality, scale=QUALITY.id, day=day)


def _quality(text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a quality of sleep", "from 1 to 5") from None
    return int(QUALITY.check(number, "quality of sleep"))


def _typed(question: Question, text: str, day: date, pen: Pen, of_day: list[Entry]) -> Answer:
    """What the quick-log grammar makes of `text`, read as what the question asks for."""
    variable = question.variable
    if variable is None:
        return ()
    if variable.part == "quality":
        return (_rated_sleep(_quality(text), day, pen, of_day),)
    texts = parts(text) if variable.kind is Kind.WORKOUT else [text]
    known, kind = windows(of_day), variable.kind
    entries = [_read(question, Tokens(part, pen, day, kind), pen, known) for part in texts]
    whole = variable.kind in (Kind.CAFFEINE, Kind.HABIT, Kind.STOP)
    return tuple(replace(e, scope=Scope.DAY) if whole else e for e in entries)


def _read(question: Question, tokens: Tokens, pen: Pen, log: list[Entry]) -> Entry:
    """The entry that the words are for this question. Raises UsageError if any is left over."""
    variable = question.variable
    assert variable is not None
    if variable.kind is Kind.HABIT and question.habit is not None:
        entry = phrases.habit(question.habit, tokens, pen)
    elif variable.kind is Kind.STOP and variable.name is not None:
        entry = phrases.stop(variable.name, tokens, pen)
    elif variable.kind is Kind.CAFFEINE:
        entry = phrases.caffeine(tokens, pen, None)
    elif variable.kind is Kind.EATING:
        entry = phrases.eat(tokens, pen, log)
    elif variable.kind is Kind.WORKOUT:
        entry = phrases.workout(tokens, pen)
    else:
        entry = phrases.RATED[variable.kind.value](tokens, pen)
    tokens.finish()
    return entry


def _planned(question: Question, text: str, day: date) -> Answer:
    if text == ENTER:
        return ()
    chosen = next((k.label for k in question.keys if k.key == text), text)
    return Planned(day + ONE_DAY, one_line(chosen, "intention"))
