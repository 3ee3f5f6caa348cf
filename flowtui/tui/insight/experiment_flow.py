"""What Insight asks of the services, and declaring an experiment: form, power, freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from flowtui.core.errors import FlowError
from flowtui.core.insight import experiment_text
from flowtui.core.insight.association import Finding
from flowtui.core.insight.day_table import Kind, Outcome
from flowtui.core.insight.experiment import Declared, Experiment
from flowtui.core.insight.focus_facts import Fact
from flowtui.core.insight.refusal import MIN_DAYS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.insight.child import Cancel, Tell
from flowtui.services.insight.insight_service import Looked
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.wiring import Services
from flowtui.tui import dialogs
from flowtui.tui.insight.experiment_dialog import DESIGNS, TrialDialog, TrialForm

if TYPE_CHECKING:
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

UNDO = "   u takes it back"


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment as the screen shows it."""

    experiment: Experiment
    outcome: Outcome


def look(outcome: str, tell: Tell, cancel: Cancel, services: Services) -> Looked:
    """What goes with `outcome`; writes nothing."""
    return insight_of(services).insight.compute(outcome, tell=tell, cancel=cancel)


def note(found: Looked, services: Services) -> None:
    """Log the questions of a fresh look."""
    insight_of(services).insight.note(found)


def noise(
    outcome: str, tell: Tell, cancel: Cancel, services: Services
) -> tuple[Mapping[str, Any], Outcome]:
    """The noise button's answer, and what it is about."""
    insight = insight_of(services).insight
    return insight.noise(outcome, tell, cancel), insight.outcome_named(outcome)


def facts(services: Services) -> Sequence[Fact]:
    """What blocks alone tell."""
    return insight_of(services).insight.facts()


def trials(services: Services) -> tuple[list[Trial], tuple[int, float] | None]:
    """Every experiment, and how the predictions did."""
    experiments = insight_of(services).experiments
    every = [Trial(e, experiments.outcome_of(e.declared)) for e in experiments.every()]
    return every, experiments.mean_score()


def did(id: str, done: bool, services: Services) -> str:
    """Note what was done today."""
    experiment = insight_of(services).experiments.did(done, None, id)
    return f"noted: today {'with' if done else 'without'} {experiment.declared.factor}{UNDO}"


def stop(id: str, services: Services) -> str:
    """Give an experiment up."""
    stopped = insight_of(services).experiments.stop(id)
    return f"gave up {stopped.declared.factor}{UNDO}"


def read(id: str, tell: Tell, cancel: Cancel, services: Services) -> str:
    """Read the result of an experiment that is over."""
    experiment = insight_of(services).experiments.read(id, tell, cancel)
    return f"read: {experiment.declared.factor}; it stays as it is"


OUTCOMES = {"deep_min": "deep minutes", "commits": "commits", "output": "rating"}
DAYS = 42


async def declare(app: Host, finding: Finding | None, outcome: str) -> bool:
    """Ask, show what it can find, freeze. True if an experiment was declared."""
    form = await app.ask(partial(_first_form, finding, outcome))
    outcomes = await app.ask(_outcomes)
    wrong = ""
    while True:
        typed = await app.push_screen_wait(TrialDialog(form, outcomes, wrong))
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


def _outcomes(services: Services) -> dict[str, str]:
    """What an experiment can be read by: the usual ones, and whatever is recorded often enough."""
    table = insight_of(services).insight.table()
    recorded = {
        column.name: column.outcome.label
        for column in table.columns
        if column.outcome is not None and column.known >= MIN_DAYS and column.name not in OUTCOMES
    }
    return OUTCOMES | recorded


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
