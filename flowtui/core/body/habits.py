"""Free habits: what a person declares in the configuration or in the app, checked and versioned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from flowtui.core.body.scales import Scale
from flowtui.core.codec import STORED
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line

NAME_LIMIT = 60
_PLAIN = re.compile(r"[^\w]+", re.UNICODE)


class Form(StrEnum):
    """How a habit is answered."""

    YES_NO = "yes_no"
    COUNT = "count"
    DOSE = "dose"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Habit:
    """One declared habit."""

    name: str
    """What it is called everywhere: lower case, words joined by `-`."""
    form: Form = Form.YES_NO
    label: str | None = None
    """As the person wrote it; None: the name."""
    unit: str | None = None
    """Unit of a dose or count (`mg`, `pages`); a dose must have one."""
    low: int = 1
    """Lowest point of a scale."""
    high: int = 5
    """Highest point of a scale."""
    anchors: tuple[tuple[int, str], ...] = ()
    """Words for points of a scale."""
    version: int = 1
    """Raised by whoever changes the words of a scale: it is a new variable then."""
    ask: bool = True
    """Whether the check-in asks for it."""
    archived: bool = False

    @property
    def title(self) -> str:
        """What a person reads."""
        return self.label or self.name

    @property
    def scale(self) -> Scale | None:
        """The scale it is answered on; None for other forms."""
        if self.form is not Form.SCALE:
            return None
        ends = {self.low: str(self.low), self.high: str(self.high)} | dict(self.anchors)
        return Scale(
            f"habit:{self.name}",
            self.version,
            self.title,
            self.low,
            self.high,
            tuple(sorted(ends.items())),
        )


def habit_name(text: str) -> str:
    """`text` as a name: "Vitamin D" becomes "vitamin-d". Raises UsageError if nothing is left."""
    name = _PLAIN.sub("-", one_line(text, "habit's name", NAME_LIMIT).casefold()).strip("-_")
    if not name:
        raise UsageError(f"{text!r} holds no letter to make a habit's name of", "use a word")
    return name


def habits_from(table: Mapping[str, object]) -> tuple[Habit, ...]:
    """Habits from a configuration table, name to settings, in its order.

    `meditate = "yes_no"` is short for `meditate = {form = "yes_no"}`.
    Raises UsageError naming habit and field for anything that cannot be meant.
    """
    habits = [_habit(name, settings) for name, settings in table.items()]
    for at, habit in enumerate(habits):
        if any(other.name == habit.name for other in habits[:at]):
            raise UsageError(f"habit {habit.name!r} is declared twice", "keep one of them")
    return tuple(habits)


@dataclass(frozen=True, slots=True)
class DeclaredHabits:
    """What was declared in the app or came with an import."""

    habits: Mapping[str, Any] = field(default_factory=dict, metadata=STORED)
    """The table that `habits_from` reads."""
    stops: tuple[str, ...] = field(default=(), metadata=STORED)

    def check_stored(self) -> None:
        """Raises UsageError for a habit that cannot be declared."""
        habits_from(self.habits)


Reminded = Mapping[str, str]
"""By event: what it was last told about."""


def table_from(habits: Iterable[Habit]) -> dict[str, object]:
    """The table that `habits_from` reads; what equals a default is left out."""
    table: dict[str, object] = {}
    for habit in habits:
        row: dict[str, object] = {"form": habit.form.value}
        for key, default in _OPTIONAL.items():
            value = getattr(habit, key)
            if value != default:
                row[key] = value
        if habit.anchors:
            row["anchors"] = {str(point): word for point, word in habit.anchors}
        table[habit.name] = row
    return table


_OPTIONAL: dict[str, object] = {
    "label": None,
    "unit": None,
    "low": 1,
    "high": 5,
    "version": 1,
    "ask": True,
    "archived": False,
}


def _habit(name: str, settings: object) -> Habit:
    if isinstance(settings, str):
        settings = {"form": settings}
    if not isinstance(settings, Mapping):
        raise UsageError(f"habit {name!r} must be a word or a table", 'write meditate = "yes_no"')
    fields = dict(settings)
    form = _form(name, fields.pop("form", Form.YES_NO.value))
    anchors = _anchors(name, fields.pop("anchors", {}))
    for key in fields:
        if key not in _OPTIONAL:
            raise UsageError(
                f"habit {name!r} has an unknown field {key!r}",
                f"known fields: form, anchors, {', '.join(_OPTIONAL)}",
            )
    clean = habit_name(name)
    label = _text(name, "label", fields.get("label"))
    habit = Habit(
        name=clean,
        form=form,
        label=label if label is not None or clean == name else name,
        unit=_text(name, "unit", fields.get("unit")),
        low=_int(name, "low", fields.get("low", 1)),
        high=_int(name, "high", fields.get("high", 5)),
        anchors=anchors,
        version=_int(name, "version", fields.get("version", 1)),
        ask=_bool(name, "ask", fields.get("ask", True)),
        archived=_bool(name, "archived", fields.get("archived", False)),
    )
    return _coherent(habit)


def _coherent(habit: Habit) -> Habit:
    if habit.form is Form.DOSE and not habit.unit:
        raise UsageError(f"habit {habit.name!r} is a dose without a unit", 'add unit = "mg"')
    if not 0 <= habit.low < habit.high <= 100:
        raise UsageError(
            f"habit {habit.name!r} has a scale from {habit.low} to {habit.high}",
            "low must be below high, both from 0 to 100",
        )
    stray = [point for point, _ in habit.anchors if not habit.low <= point <= habit.high]
    if stray:
        raise UsageError(
            f"habit {habit.name!r} has a word for {stray[0]}, which is not on its scale",
            f"points go from {habit.low} to {habit.high}",
        )
    if habit.version < 1:
        raise UsageError(f"habit {habit.name!r} has version {habit.version}", "versions start at 1")
    return habit


def _form(name: str, value: object) -> Form:
    try:
        return Form(str(value))
    except ValueError:
        forms = ", ".join(Form)
        raise UsageError(f"habit {name!r} has form {value!r}", f"forms: {forms}") from None


def _anchors(name: str, value: object) -> tuple[tuple[int, str], ...]:
    if not isinstance(value, Mapping):
        raise UsageError(
            f"habit {name!r}: anchors must be a table", 'write anchors = {1 = "none", 5 = "a lot"}'
        )
    pairs: list[tuple[int, str]] = []
    for point, word in value.items():
        if not str(point).isdecimal() or not isinstance(word, str):
            raise UsageError(
                f"habit {name!r}: anchor {point!r} = {word!r} is not a point with a word",
                'write anchors = {1 = "none", 5 = "a lot"}',
            )
        pairs.append((int(str(point)), one_line(word, "anchor word", NAME_LIMIT)))
    return tuple(sorted(pairs))


def _text(name: str, field: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UsageError(f"habit {name!r}: {field} must be a text, not {value!r}")
    return one_line(value, field, NAME_LIMIT) if value else None


def _int(name: str, field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"habit {name!r}: {field} must be a whole number, not {value!r}")
    return value


def _bool(name: str, field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"habit {name!r}: {field} must be true or false, not {value!r}")
    return value
