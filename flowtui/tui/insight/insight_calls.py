"""What Insight asks of the services: calls for the desk's thread, and for one beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flowtui.core.insight.experiment import Experiment
from flowtui.core.insight.focus_facts import Fact
from flowtui.core.insight.variable import Outcome
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.insight.child import Cancel, Tell
from flowtui.services.insight.insight_service import Looked
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.wiring import Services

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
