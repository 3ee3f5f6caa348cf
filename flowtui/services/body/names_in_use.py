"""Names that a live experiment reads its days by: they stay what they are until it is over.

What an experiment declares is frozen under its fingerprint, so it cannot follow another name.
"""

from __future__ import annotations

from flowtui.core.body.entry_days import Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError
from flowtui.core.insight.experiment import Experiment, Stage
from flowtui.core.kinds import EXPERIMENTS
from flowtui.services.body.entry_store import EntryStore
from flowtui.services.store import Store

_DONE = (Stage.READ, Stage.STOPPED)


def user_of(store: EntryStore, kind: Kind, name: str) -> Experiment | None:
    """The experiment, not read and not given up, whose outcome or habit is `name`; or None."""
    called = {Variable(kind, name).id}
    if name not in set(Kind):
        called.add(name)  # short for it, unless it is a column of its own, such as `sleep`
    experiments: Store[Experiment] = Store(store.ledger, EXPERIMENTS)
    today = store.today()
    for experiment in experiments.every():
        declared = experiment.declared
        names = {declared.outcome, declared.habit}
        if not called.isdisjoint(names) and experiment.stage(today) not in _DONE:
            return experiment
    return None


def refuse_in_use(store: EntryStore, kind: Kind, name: str) -> None:
    """Raises FlowError naming the experiment that uses `name`, and what to do."""
    experiment = user_of(store, kind, name)
    if experiment is None:
        return
    id, factor = experiment.id, experiment.declared.factor
    if experiment.stage(store.today()) is Stage.OVER:
        hint = f"read its result first: flowtui experiment show {id}"
    else:
        hint = f"wait until {experiment.last} is over, or give it up: flowtui experiment stop {id}"
    raise FlowError(f"experiment {id} ({factor}) uses {name}", hint)
