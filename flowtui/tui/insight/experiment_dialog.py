"""Declaring an experiment: what is tried, on which outcome, how long, and one's own prediction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from textual.widget import Widget
from textual.widgets import Input

from flowtui.core.errors import UsageError
from flowtui.core.insight.experiment import Declared, Design, Direction
from flowtui.core.lazy_dataclass import dataclass
from flowtui.tui.dialogs.base import Dialog, field, labelled
from flowtui.tui.widgets.choice import Choice

DESIGNS = {"pairs of days": Design.PAIRS, "blocks of 3": Design.BLOCKS}


@dataclass(frozen=True, slots=True)
class TrialForm:
    """An experiment as typed."""

    factor: str
    hypothesis: str
    direction: str
    design: str
    days: str
    predicted: str
    start: str
    outcome: str
    habit: str = ""

    def declared(self) -> Declared:
        """What is meant. Raises UsageError naming the field."""
        return Declared(
            self.factor,
            self.outcome,
            Direction(self.direction),
            DESIGNS[self.design],
            self._start(),
            _number(self.days, "days"),
            _number(self.predicted.rstrip(" %"), "prediction"),
            self.hypothesis,
            self.habit,
        )

    def _start(self) -> date:
        try:
            return date.fromisoformat(self.start)
        except ValueError:
            raise UsageError(f"{self.start!r} is not a day", "such as 2026-11-23") from None


def _number(text: str, what: str) -> int:
    if not text.isdecimal():
        raise UsageError(f"{what}: {text!r} is not a whole number", "such as 42")
    return int(text)


class TrialDialog(Dialog[TrialForm]):
    """Asks for an experiment."""

    title_text = "an experiment on yourself"
    hint = "enter see what it can find   tab next   ← → choose   esc leave"

    def __init__(self, form: TrialForm, outcomes: dict[str, str], wrong: str = "") -> None:
        """`outcomes`: name of each outcome to its label."""
        super().__init__()
        self._typed, self._outcomes, self._wrong = form, outcomes, wrong

    def form(self) -> Iterable[Widget]:
        """What is tried first, how sure one is last."""
        typed = self._typed
        yield field("try", "factor", typed.factor, "no phone before noon")
        yield field("because", "hypothesis", typed.hypothesis, "in your own words, or nothing")
        labels = list(self._outcomes.values())
        yield labelled("outcome", Choice(labels, self._outcomes.get(typed.outcome), id="outcome"))
        ways = [way.value for way in Direction]
        yield labelled("expect", Choice(ways, typed.direction, id="direction"))
        yield labelled("dealt in", Choice(list(DESIGNS), typed.design, id="design"))
        yield field("days", "days", typed.days, "42")
        yield field("first day", "start", typed.start, "2026-11-23")
        yield field("how sure", "predicted", typed.predicted, "per cent; scored at the end")

    def on_mount(self) -> None:
        """Begin with what is tried; say why an earlier form was refused."""
        from flowtui.core.errors import FlowError

        self.query_one("#factor", Input).focus()
        if self._wrong:
            self.complain(FlowError(self._wrong))

    def answer(self) -> TrialForm:
        """What was typed. Raises UsageError for what cannot be meant."""
        label = self.query_one("#outcome", Choice).value
        name = next((n for n, text in self._outcomes.items() if text == label), "deep_min")
        form = TrialForm(
            self.text("factor"),
            self.text("hypothesis"),
            self.query_one("#direction", Choice).value or "more",
            self.query_one("#design", Choice).value or next(iter(DESIGNS)),
            self.text("days"),
            self.text("predicted"),
            self.text("start"),
            name,
            self._typed.habit,
        )
        if not form.factor:
            raise UsageError("there is nothing to try", "say what is done on days with it")
        if not form.predicted:
            self.query_one("#predicted", Input).focus()
            raise UsageError("how sure are you that it will show?", "1 to 99, before it begins")
        form.declared()
        return form
