"""Declaring an experiment in the app: the form, what it can find at best, then the freeze."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from flowtui.core.errors import FlowError
from flowtui.core.insight import experiment_text
from flowtui.core.insight.association import Finding
from flowtui.core.insight.experiment import Declared
from flowtui.core.insight.variable import Kind
from flowtui.tui import dialogs
from flowtui.tui.insight.experiment_dialog import DESIGNS, TrialDialog, TrialForm

if TYPE_CHECKING:
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

OUTCOMES = {"deep_min": "deep minutes", "commits": "commits", "output": "rating"}
DAYS = 42


async def declare(app: Host, finding: Finding | None, outcome: str) -> bool:
    """Ask, show what it can find, freeze. True if an experiment was declared."""
    form = await app.ask(partial(_first_form, finding, outcome))
    wrong = ""
    while True:
        typed = await app.push_screen_wait(TrialDialog(form, OUTCOMES, wrong))
        if typed is None:
            return False
        form = typed
        try:
            seen = await app.aside(partial(_foreseen, form.declared()))
        except FlowError as error:
            wrong = str(error)
            continue
        asked = dialogs.ConfirmDialog("freeze it like this?", seen)
        if not await app.push_screen_wait(asked):
            wrong = ""
            continue
        try:
            app.said(await app.ask(partial(_declare, form.declared())))
        except FlowError as error:
            wrong = str(error)
            continue
        app.refresh_snapshot()
        return True


def _first_form(finding: Finding | None, outcome: str, services: Services) -> TrialForm:
    factor = habit = ""
    direction = "more"
    if finding is not None:
        factor = finding.factor.label
        direction = "more" if finding.numbers.effect > 0 else "less"
        habit = finding.factor.name if finding.factor.kind is Kind.BINARY else ""
    start = services.today() + timedelta(days=1)
    design = next(iter(DESIGNS))
    return TrialForm(
        factor, "", direction, design, str(DAYS), "", start.isoformat(), outcome, habit
    )


def _foreseen(declared: Declared, services: Services) -> str:
    experiments = _experiments(services)
    return experiment_text.foreseen_words(
        experiments.foresee(declared), experiments.outcome_of(declared)
    )


def _declare(declared: Declared, services: Services) -> str:
    made = _experiments(services).declare(declared)
    return f"declared: {made.declared.factor}, from {made.declared.first}   u takes it back"


def _experiments(services: Services) -> Any:
    from flowtui.services.insight.insight_wiring import insight_of

    return insight_of(services).experiments
