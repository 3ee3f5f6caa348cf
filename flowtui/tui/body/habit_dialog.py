"""Naming a habit, or a thing to stop: its name, how it is answered, its unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Input, Label

from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.body.quick_line import RESERVED, free_name
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.length_grammar import parse_number
from flowtui.tui.dialogs.base import Dialog, field, labelled
from flowtui.tui.widgets.choice import Choice

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"
STOP = "stop doing"
WORDS = {"yes or no": Form.YES_NO, "count": Form.COUNT, "dose": Form.DOSE, "1 to 5": Form.SCALE}


@dataclass(frozen=True, slots=True)
class HabitForm:
    """A habit as typed."""

    name: str
    form: str
    unit: str

    def habit(self) -> Habit:
        """The habit that is meant. Raises UsageError for a dose without a unit."""
        clean, form = habit_name(self.name), WORDS[self.form]
        if form is Form.DOSE and not self.unit:
            raise UsageError("a dose needs its unit", "such as mg")
        unit = self.unit if form in (Form.COUNT, Form.DOSE) else None
        return Habit(clean, form, self.name if self.name != clean else None, unit or None)


class HabitDialog(Dialog[HabitForm]):
    """Asks for a habit."""

    title_text = "a habit of your own"
    hint = "enter save   tab next   ← → choose   esc leave"

    def __init__(self, form: HabitForm | None = None) -> None:
        super().__init__()
        self._typed = form or HabitForm("", next(iter(WORDS)), "")

    def form(self) -> Iterable[Widget]:
        """Name, form, unit."""
        yield field("name", "name", self._typed.name, "meditate, vitamin d, phone in bed")
        yield labelled("answered", Choice([*WORDS, STOP], self._typed.form, id="form"))
        yield field("unit", "unit", self._typed.unit, "of a count or dose: pages, mg")

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#name", Input).focus()

    def answer(self) -> HabitForm:
        """What was typed. Raises UsageError for what cannot be meant."""
        word = self.query_one("#form", Choice).value or STOP
        form = HabitForm(self.text("name"), word, self.text("unit"))
        habit_name(form.name)
        if form.form != STOP:
            form.habit()
        return form


def declare(form: HabitForm, services: Services) -> str:
    """Declare what was typed; returns what to say. Raises FlowError for a name that is taken."""
    if form.form == STOP:
        services.body.log.declare(stops=[form.name])
        return f"on the stop-doing list: {habit_name(form.name)}{UNDO}"
    habit: Habit = form.habit()
    if habit.name in RESERVED:
        habit = replace(habit, name=free_name(habit.name), label=habit.title)
    services.body.log.declare([habit])
    called = f" as {habit.name}" if habit.label and habit.label in RESERVED else ""
    return f"declared {habit.title}{called}; the check-in asks for it{UNDO}"


@dataclass(frozen=True, slots=True)
class UnitForm:
    """A unit as typed."""

    unit: str
    times: str

    def factor(self) -> float:
        """What every value is multiplied by. Raises UsageError for what is no number."""
        above, _, below = (self.times or "1").partition("/")
        times, parts = parse_number(above.strip()), parse_number(below.strip() or "1")
        if times is None or not parts:
            raise UsageError(f"{self.times!r} is not a number", "from min to h: 1/60")
        return times / parts


class UnitDialog(Dialog[UnitForm]):
    """Asks for another unit, and what the values that are there are multiplied by."""

    hint = "enter save   tab next   esc leave"

    def __init__(self, name: str, form: UnitForm) -> None:
        super().__init__()
        self.title_text = f"count {name} in another unit"
        self._typed = form

    def form(self) -> Iterable[Widget]:
        """Unit and factor."""
        yield field("unit", "unit", self._typed.unit, "h, pages, mg")
        yield field("times", "times", self._typed.times, "1 keeps the values; from min to h 1/60")

    def on_mount(self) -> None:
        """Begin with the unit."""
        self.query_one("#unit", Input).focus()

    def answer(self) -> UnitForm:
        """What was typed. Raises UsageError for what cannot be meant."""
        form = UnitForm(self.text("unit"), self.text("times"))
        if not form.unit:
            raise UsageError("a unit needs a name", "such as h, pages, mg")
        form.factor()
        return form


STAY, GO = "stay", "go too"


class DeleteDialog(Dialog[bool]):
    """Asks before a name is forgotten; answers whether its records go too."""

    hint = "enter delete   ← → choose   esc no"

    def __init__(self, name: str, records: int) -> None:
        super().__init__()
        self.title_text = f"delete {name}?"
        self._records = records

    def form(self) -> Iterable[Widget]:
        """What becomes of the records."""
        yield Label(
            f"it has {self._records} records; u brings all back", classes="about", markup=False
        )
        yield labelled("records", Choice([STAY, GO], STAY, id="records"))

    def on_mount(self) -> None:
        """Begin with the choice."""
        self.query_one("#records", Choice).focus()

    def answer(self) -> bool:
        """Whether the records go."""
        return self.query_one("#records", Choice).value == GO
