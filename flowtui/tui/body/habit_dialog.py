"""Naming a habit, or a thing to stop: its name, how it is answered, its unit."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input

from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.tui.dialogs.base import Dialog, field, labelled
from flowtui.tui.widgets.choice import Choice

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
