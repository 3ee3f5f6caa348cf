"""One reader for each kind of quick-log phrase: takes words, gives one entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from flowtui.core.body import eating
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.body.scales import EFFORT, ENERGY, OUTPUT, QUALITY, SUGAR, Scale
from flowtui.core.body.tokens import Tokens
from flowtui.core.body.writer import Pen
from flowtui.core.errors import UsageError
from flowtui.core.text import one_line

CUPS = ("coffee", "espresso", "tea", "matcha", "mate", "cola")
"""Drinks that count as one cup of caffeine."""
METRES_S = 3 * 3600
"""Seconds; a bare `400m` longer than this is more likely metres than minutes."""
PLURALS = {f"{cup}s": cup for cup in CUPS}


def answered(kind: Kind, state: State, tokens: Tokens, pen: Pen, name: str | None = None) -> Entry:
    """A no or a skip for the day."""
    return pen.write(
        kind, state=state, name=name, day=tokens.day, scope=Scope.DAY, note=tokens.note
    )


def rated(kind: Kind, scale: Scale, scope: Scope) -> Callable[[Tokens, Pen], Entry]:
    """A reader of ratings: `energy 4`, `sugar none`."""

    def read(tokens: Tokens, pen: Pen) -> Entry:
        state = tokens.state()
        if state is None:
            value = tokens.rating(scale)
            if kind is not Kind.SUGAR or value > 0:
                at = tokens.at() if scope is Scope.ONE else None
                return pen.write(
                    kind,
                    day=tokens.day,
                    at=at,
                    value=value,
                    scale=scale.id,
                    scope=scope,
                    note=tokens.note,
                )
        return answered(kind, state or State.NO, tokens, pen)

    return read


def sleep(tokens: Tokens, pen: Pen) -> Entry:
    """`sleep 23:40-7:05 q4`, `sleep 7.5`, `sleep 7h30 q3`, `sleep no`."""
    state = tokens.state()
    if state is not None:
        return answered(Kind.SLEEP, state, tokens, pen)
    marked = tokens.marked("q", "quality")
    quality = None if marked is None else int(QUALITY.check(marked, "quality of sleep"))
    start, end = tokens.span(ends_on_day=True) or (None, None)
    seconds = tokens.length_s(3600) if start is None else None
    return pen.write(
        Kind.SLEEP,
        day=tokens.day,
        start=start,
        end=end,
        duration_s=seconds,
        quality=quality,
        scale=QUALITY.id if quality is not None else None,
        scope=Scope.ONE if seconds is None else Scope.DAY,
        note=tokens.note,
    )


def workout(
    tokens: Tokens,
    pen: Pen,
    name: str | None = None,
    effort: float | None = None,
    began: datetime | None = None,
) -> Entry:
    """`yoga 30 e6`, `run 18:00-18:45`, `workout climbing 1h30 e8`, `workout no`.

    `effort` and `began` are those given beside the words.
    """
    state = tokens.state()
    if state is not None:
        return answered(Kind.WORKOUT, state, tokens, pen, name)
    name = name or habit_name(tokens.word())
    marked = tokens.marked("e", "effort")
    effort = marked if effort is None else effort
    if effort is not None:
        EFFORT.check(effort, "effort")
    start, end = tokens.span() or (None, None)
    at = tokens.given_at() or began if start is None else None
    before = len(tokens.understood)
    seconds = tokens.length_s(60) if start is None else None
    typed = "".join(tokens.understood[before:])
    if seconds is not None and seconds > METRES_S and re.fullmatch(r"[\d.,]+m", typed):
        raise UsageError(
            f"{typed} may be metres: a workout needs its length in time",
            f"{name} {typed}in for {typed[:-1]} minutes",
        )
    if start is None and seconds is None:
        raise UsageError(f"{name} needs a length", f"{name} 30, {name} 45m e6, {name} 18:00-18:30")
    if at is not None and seconds is not None:
        start, end, seconds = at, at + timedelta(seconds=seconds), None
    return pen.write(
        Kind.WORKOUT,
        name=name,
        day=tokens.day,
        start=start,
        end=end,
        duration_s=seconds,
        effort=effort,
        scale=EFFORT.id if effort is not None else None,
        note=tokens.note,
    )


def caffeine(tokens: Tokens, pen: Pen, drink: str | None, count: float | None = None) -> Entry:
    """`coffee`, `2 coffees`, `tea 15:30`, `caffeine 3`, `no coffee`."""
    state = tokens.state()
    if state is None:
        cups = count if count is not None else tokens.maybe_number()
        if cups != 0:
            return pen.write(
                Kind.CAFFEINE,
                name=drink,
                value=1.0 if cups is None else cups,
                day=tokens.day,
                at=tokens.at(),
                note=tokens.note,
            )
    return answered(Kind.CAFFEINE, state or State.NO, tokens, pen)


def eat(tokens: Tokens, pen: Pen, log: Iterable[Entry]) -> Entry:
    """`eat open`, `eat close 20:15`, `eat 12:00-20:00`, `eat no`."""
    state = tokens.state()
    if state is not None:
        return answered(Kind.EATING, state, tokens, pen)
    span = tokens.span()
    if span is not None:
        window = pen.write(Kind.EATING, start=span[0], end=span[1], note=tokens.note)
        return eating.check_window(window, log)
    given = tokens.given_at()
    if given is None and tokens.day not in (None, pen.today):
        raise UsageError(f"at what time on {tokens.day}?", "eat close 20:15 yesterday")
    moment = given or pen.now
    verb = "" if tokens.done else tokens.word()
    if verb in ("open", "opened", "start"):
        return eating.open_window(log, moment, pen)
    if verb in ("close", "closed", "stop", "end"):
        return eating.close_window(log, moment, pen)
    raise UsageError("eat what?", "eat open, eat close 20:15, eat 12:00-20:00, eat no")


def worked(tokens: Tokens, pen: Pen) -> Entry:
    """`worked phone in the other room`: the line on what worked."""
    parts = (tokens.all_text(), tokens.note)
    text = one_line(" -- ".join(part for part in parts if part), "line on what worked")
    return pen.write(Kind.WORKED, day=tokens.day, note=text or None, scope=Scope.DAY)


def habit(declared: Habit, tokens: Tokens, pen: Pen) -> Entry:
    """`meditate`, `meditate no`, `vitamin-d 2000`, `pages 30 yesterday`."""
    state = tokens.state(yes=True)
    at = tokens.given_at()
    value: float | None = None
    if state is None and declared.form is not Form.YES_NO:
        value = tokens.rating(declared.scale) if declared.scale else tokens.number()
        if declared.unit and tokens.peek() == declared.unit.casefold():
            tokens.word()
        if value == 0 and declared.scale is None:
            state, value = State.NO, None
    elif state is State.GIVEN and declared.form is not Form.YES_NO:
        raise UsageError(f"{declared.title} needs a number", f"{declared.name} 3")
    if state in (State.NO, State.SKIPPED):
        return answered(Kind.HABIT, state, tokens, pen, declared.name)
    scale = declared.scale
    return pen.write(
        Kind.HABIT,
        name=declared.name,
        value=value,
        unit=declared.unit if scale is None and value is not None else None,
        scale=scale.id if scale else None,
        day=tokens.day,
        at=at,
        note=tokens.note,
    )


def stop(name: str, tokens: Tokens, pen: Pen) -> Entry:
    """`phone-in-bed 2`, `phone-in-bed no`: how often it happened all the same."""
    state = tokens.state(yes=True)
    at = tokens.given_at()
    times = tokens.maybe_number() if state is None else None
    if times == 0:
        state = State.NO
    if state in (State.NO, State.SKIPPED):
        return answered(Kind.STOP, state, tokens, pen, name)
    return pen.write(
        Kind.STOP, name=name, value=times or 1.0, day=tokens.day, at=at, note=tokens.note
    )


RATED: dict[str, Callable[[Tokens, Pen], Entry]] = {
    "energy": rated(Kind.ENERGY, ENERGY, Scope.ONE),
    "output": rated(Kind.OUTPUT, OUTPUT, Scope.DAY),
    "sugar": rated(Kind.SUGAR, SUGAR, Scope.DAY),
    "sleep": sleep,
    "slept": sleep,
    "worked": worked,
}
"""Phrases that begin with their kind."""
