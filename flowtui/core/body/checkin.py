"""The evening's check-in as data: which questions, in which order, what is known already.

One key is an answer; Enter keeps what is known, or records that the question was skipped.
Questions that were never reached stay missing. Which of the three it was is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from flowtui.core.body.day_text import value_text
from flowtui.core.body.entry_days import MISSING, BodyLog, DayValue, Variable, variable_from
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.habits import Form, Habit
from flowtui.core.body.scales import ENERGY, OUTPUT, QUALITY, SUGAR, Scale
from flowtui.core.body.writer import Pen
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass

PLAN = "plan"
"""Id of the question for tomorrow's first block, the only one that makes no entry."""
DEFAULT_ORDER = (
    "energy",
    "output",
    "sleep",
    "sleep.quality",
    "workout",
    "eating",
    "caffeine",
    "sugar",
    "habit",
    "stop",
    "worked",
    PLAN,
)


class Ask(StrEnum):
    """What an answer looks like."""

    SCALE = "scale"
    YES_NO = "yes_no"
    COUNT = "count"
    HOURS = "hours"
    AMOUNT = "amount"
    WORKOUT = "workout"
    WINDOW = "window"
    LINE = "line"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class OpenCheckin:
    """A check-in that was begun and not left: it is gone on with after a crash."""

    day: date
    group: str
    """The one command that its answers are."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key that answers a question."""

    key: str
    label: str
    state: State = State.GIVEN
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a check-in."""

    id: str
    """The variable's id, or `plan`."""
    prompt: str
    ask: Ask
    keys: tuple[Key, ...]
    """Keys that answer at once; any other text is read as the quick-log grammar reads it."""
    variable: Variable | None
    known: DayValue = MISSING
    """What the day's entries say already."""
    known_text: str | None = None
    yesterday: DayValue = MISSING
    yesterday_text: str | None = None
    context: str | None = None
    """What else is known: the day's blocks beside output, for example."""
    habit: Habit | None = None

    @property
    def needs_answer(self) -> bool:
        """Whether nothing is known yet, so that Enter would skip it."""
        return self.known.state is None


@dataclass(frozen=True, slots=True)
class CheckinPlan:
    """What a person wants to be asked."""

    order: tuple[str, ...] = ()
    """Ids asked first, in this order; `habit` and `stop` stand for all of theirs."""
    hidden: frozenset[str] = frozenset()
    """Ids never asked."""
    habits: tuple[Habit, ...] = ()
    stops: tuple[str, ...] = ()
    """The stop-doing list."""
    eating: bool = False
    """Whether the eating window is kept at all; off unless switched on."""


def questions(
    log: BodyLog,
    day: date,
    pen: Pen,
    plan: CheckinPlan,
    context: Mapping[str, str] | None = None,
    choices: Sequence[str] = (),
) -> tuple[Question, ...]:
    """The check-in of `day` as of `pen.now`.

    `context` holds a line for a question's id (`output`: "3 blocks, 2 h 40 min"); `choices` are
    intentions offered for tomorrow's first block. Raises UsageError for an unknown id in the
    order or in what is hidden.
    """
    made = []
    for name in ids(plan):
        question = question_of(name, plan, choices)
        if question.variable is not None:
            question = _filled(question, log, day, pen)
        made.append(replace(question, context=(context or {}).get(name)))
    return tuple(made)


def ids(plan: CheckinPlan) -> list[str]:
    """Ids of the questions of `plan`, in the order they are asked."""
    own = {
        "habit": [f"habit:{h.name}" for h in plan.habits if h.ask and not h.archived],
        "stop": [f"stop:{item}" for item in plan.stops],
    }
    known = [name for group in DEFAULT_ORDER for name in own.get(group, [group])]
    for name in (*plan.order, *plan.hidden):
        if name not in known and name not in own:
            raise UsageError(
                f"the check-in has no question {name!r}", f"questions: {', '.join(known)}"
            )
    wanted = [name for group in plan.order for name in own.get(group, [group])]
    hidden = {name for group in plan.hidden for name in own.get(group, [group])}
    if not plan.eating:
        hidden.add("eating")
    return [name for name in dict.fromkeys([*wanted, *known]) if name not in hidden]


def question_of(name: str, plan: CheckinPlan, choices: Sequence[str]) -> Question:
    if name == PLAN:
        keys = tuple(Key(str(n), text) for n, text in enumerate(choices[:9], start=1))
        return Question(PLAN, "Tomorrow's first block?", Ask.CHOICE, keys, None)
    if name.startswith("habit:"):
        habit = next(h for h in plan.habits if name == f"habit:{h.name}")
        return _habit_question(name, habit)
    variable = variable_from(name)
    if variable.kind is Kind.STOP:
        prompt = f"Did it happen: {variable.name}?"
        return Question(name, prompt, Ask.COUNT, _YES_NO + _counts(1), variable)
    prompt, ask, keys = _SHIPPED[name]
    return Question(name, prompt, ask, keys, variable)


def _habit_question(name: str, habit: Habit) -> Question:
    variable = Variable(Kind.HABIT, habit.name)
    ask, keys = {
        Form.YES_NO: (Ask.YES_NO, _YES_NO),
        Form.COUNT: (Ask.COUNT, _counts(0)),
        Form.DOSE: (Ask.AMOUNT, (Key("n", "none", State.NO),)),
        Form.SCALE: (Ask.SCALE, _points(habit.scale) if habit.scale else ()),
    }[habit.form]
    prompt = f"{habit.title}, {habit.unit}?" if habit.unit else f"{habit.title}?"
    return Question(name, prompt, ask, keys, variable, habit=habit)


def _filled(question: Question, log: BodyLog, day: date, pen: Pen) -> Question:
    variable = question.variable
    if variable is None:
        return question
    scale = question.habit.scale if question.habit else None
    known, before = log.value(day, variable), log.value(day - ONE_DAY, variable)
    if variable.part is not None and known.value is None and known.state is State.GIVEN:
        known = MISSING
    if variable.part is not None and before.value is None and before.state is State.GIVEN:
        before = MISSING
    return replace(
        question,
        known=known,
        known_text=value_text(known, variable, pen.rule.zone, scale),
        yesterday=before,
        yesterday_text=value_text(before, variable, pen.rule.zone, scale),
    )


def _points(scale: Scale) -> tuple[Key, ...]:
    """Digits of a scale; 10 is on the key 0, and a scale's 0 too where it ends below 10."""
    points = range(scale.low, min(scale.high, 10) + 1)
    keys = []
    for point in points:
        if point == 10 and scale.low == 0:
            continue
        state = State.NO if point == 0 and scale.name == "sugar" else State.GIVEN
        value = None if state is State.NO else float(point)
        keys.append(Key(str(point % 10), scale.word(point) or str(point), state, value))
    return tuple(keys)


def _counts(first: int) -> tuple[Key, ...]:
    none = (Key("0", "none", State.NO),) if first == 0 else ()
    return none + tuple(Key(str(n), str(n), State.GIVEN, float(n)) for n in range(1, 10))


_YES_NO = (Key("y", "yes"), Key("n", "no", State.NO))
_HOURS = tuple(Key(str(n), f"{n} h", State.GIVEN, float(n)) for n in range(3, 10))
_SHIPPED: dict[str, tuple[str, Ask, tuple[Key, ...]]] = {
    "energy": (ENERGY.question, Ask.SCALE, _points(ENERGY)),
    "output": (OUTPUT.question, Ask.SCALE, _points(OUTPUT)),
    "sleep": ("How long did you sleep?", Ask.HOURS, _HOURS),
    "sleep.quality": (QUALITY.question, Ask.SCALE, _points(QUALITY)),
    "workout": ("Any workout?", Ask.WORKOUT, (Key("n", "none", State.NO),)),
    "eating": ("Eating window?", Ask.WINDOW, (Key("n", "ate nothing", State.NO),)),
    "caffeine": ("How many cups of caffeine?", Ask.COUNT, _counts(0)),
    "sugar": (SUGAR.question, Ask.SCALE, _points(SUGAR)),
    "worked": ("What worked?", Ask.LINE, ()),
}
