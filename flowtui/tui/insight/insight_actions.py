"""What the keys do in Insight: look, break off, try on noise, put to the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message

from flowtui.core.errors import FlowError
from flowtui.core.insight.day_table import Outcome
from flowtui.core.insight.experiment import Stage
from flowtui.core.insight.refusal import MIN_DAYS
from flowtui.tui import dialogs
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.insight import experiment_flow
from flowtui.tui.insight.experiment_flow import Trial
from flowtui.tui.shell.early_keys import asks

if TYPE_CHECKING:
    from flowtui.core.insight.focus_facts import Fact
    from flowtui.services.insight.child import Cancel
    from flowtui.services.insight.insight_service import Looked

OUTCOMES = ("deep_min", "commits", "output")


class View(StrEnum):
    """The views of Insight, in their order."""

    PATTERNS = "patterns"
    EXPERIMENTS = "experiments"
    FOCUS = "focus"
    NOISE = "noise"


VIEWS = tuple(View)


class Progressed(Message):
    """The computation went on; only the latest matters."""

    def can_replace(self, message: Message) -> bool:
        """A later one makes an earlier one worthless."""
        return isinstance(message, Progressed)


class InsightActions(FlowScreen):
    """Commands on insight, and what was found."""

    view = View.PATTERNS
    outcome = OUTCOMES[0]
    looked: Looked | None = None
    """What was found; None before the first."""
    _known_outcomes: Sequence[str] = ()
    """What else was recorded often enough, as of the last look."""
    noise: Mapping[str, Any] | None = None
    noise_outcome: Outcome | None = None
    facts: Sequence[Fact] = ()
    trials: Sequence[Trial] = ()
    score: tuple[int, float] | None = None
    progress: tuple[int, int, str] | None = None
    """What is done, what there is to do, what comes next; None while nothing is computed."""
    wrong = ""
    """Why there is nothing to show."""
    _cancel: Cancel | None = None

    def show(self) -> None:
        """Show what is known."""
        raise NotImplementedError

    @property
    def chosen(self) -> str | None:
        """Id of the chosen line."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Back from a dialog or another mode: the days may have changed."""
        self.look()

    def on_unmount(self) -> None:
        """Nothing is computed for a screen that is gone."""
        self._break_off()

    def look(self) -> None:
        """Ask again for what the view shows; what is known already is there at once."""
        if self.view is View.PATTERNS:
            self._look_at_patterns()
        elif self.view is View.EXPERIMENTS:
            self._look_at_trials()
        elif self.view is View.FOCUS:
            self._look_at_focus()
        else:
            self.show()

    @work(exclusive=True, group="insight", exit_on_error=False)
    async def _look_at_patterns(self) -> None:
        cancel = self._begin()
        try:
            look = partial(experiment_flow.look, self.outcome, self._tell, cancel)
            found = await self.flow.aside(look)
            await self.ask(partial(experiment_flow.note, found))
        except FlowError as error:
            self._end(cancel, error)
            return
        self.looked, self.wrong = found, ""
        self._end(cancel)

    @work(exclusive=True, group="insight-trials", exit_on_error=False)
    async def _look_at_trials(self) -> None:
        try:
            self.trials, self.score = await self.ask(experiment_flow.trials)
        except FlowError as error:
            self._complain(error)
            return
        self.show()

    @work(exclusive=True, group="insight-focus", exit_on_error=False)
    async def _look_at_focus(self) -> None:
        try:
            self.facts = await self.flow.aside(experiment_flow.facts)
        except FlowError as error:
            self._complain(error)
            return
        self.show()

    @work(exclusive=True, group="insight", exit_on_error=False)
    async def action_insight_noise(self) -> None:
        """Try it on noise."""
        self.view = View.NOISE
        cancel = self._begin()
        try:
            noise = partial(experiment_flow.noise, self.outcome, self._tell, cancel)
            found = await self.flow.aside(noise)
        except FlowError as error:
            self._end(cancel, error)
            return
        self.noise, self.noise_outcome = found
        self.wrong = ""
        self._end(cancel)

    def action_insight_cancel(self) -> None:
        """Break the computation off."""
        self._break_off()

    def action_insight_next(self) -> None:
        """The next view, round and round."""
        self._turn(1)

    def action_insight_before(self) -> None:
        """The view before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        self.view = VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]
        self.wrong = ""
        self.show()
        self.look()

    def action_insight_outcome(self) -> None:
        """The next outcome: each one that is asked about makes findings harder to come by."""
        every = self._outcomes()
        at = every.index(self.outcome) if self.outcome in every else -1
        self.outcome = every[(at + 1) % len(every)]
        self.looked = self.noise = None
        self.show()
        self.look()

    def _outcomes(self) -> list[str]:
        """The outcomes of every ledger, then whatever is recorded often enough to be one."""
        columns = self.looked.table.columns if self.looked is not None else ()
        own = [c.name for c in columns if c.outcome is not None and c.known >= MIN_DAYS]
        if columns:
            self._known_outcomes = own
        return list(dict.fromkeys([*OUTCOMES, *self._known_outcomes]))

    def action_insight_open(self) -> None:
        """All about the chosen pattern, or the result of the chosen experiment."""
        if self.view is View.EXPERIMENTS:
            self._read_trial()
            return
        looked, id = self.looked, self.chosen
        if looked is None or id is None or self.view is not View.PATTERNS:
            return
        found = next((f for f in looked.insight.findings if f"{f.factor.name}|{f.lag}" == id), None)
        if found is not None:
            from flowtui.tui.insight.pair_screen import PairScreen

            self.app.push_screen(PairScreen(found, looked))

    @asks
    async def action_trial_new(self) -> None:
        """Declare an experiment, from the chosen pattern where one is chosen."""
        from flowtui.tui.insight.experiment_flow import declare

        looked, id = self.looked, self.chosen if self.view is View.PATTERNS else None
        finding = None
        if looked is not None and id is not None:
            every = looked.insight.findings
            finding = next((f for f in every if f"{f.factor.name}|{f.lag}" == id), None)
        if await declare(self.flow, finding, self.outcome):
            self.view = View.EXPERIMENTS
            self.look()

    @work(group="command", exit_on_error=False)
    async def action_trial_did(self) -> None:
        """Note that it was done today."""
        await self._did(True)

    @work(group="command", exit_on_error=False)
    async def action_trial_left(self) -> None:
        """Note that it was left today."""
        await self._did(False)

    async def _did(self, done: bool) -> None:
        trial = self._trial()
        if trial is None:
            return
        if await self.perform(partial(experiment_flow.did, trial.experiment.id, done)):
            self.look()

    @asks
    async def action_trial_stop(self) -> None:
        """Give the chosen experiment up, after asking."""
        trial = self._trial()
        if trial is None:
            return
        about = f"{trial.experiment.declared.factor}; no result is read then"
        dialog = dialogs.ConfirmDialog("give this experiment up?", about)
        if await self.app.push_screen_wait(dialog):
            await self.perform(partial(experiment_flow.stop, trial.experiment.id))
            self.look()

    @work(exclusive=True, group="insight", exit_on_error=False)
    async def _read_trial(self) -> None:
        trial = self._trial()
        if trial is None:
            return
        if trial.experiment.stage(self._today()) is not Stage.OVER:
            self.show()
            return
        cancel = self._begin()
        try:
            read = partial(experiment_flow.read, trial.experiment.id, self._tell, cancel)
            said = await self.ask(read)
        except FlowError as error:
            self._end(cancel, error)
            return
        self._end(cancel)
        self.flow.said(said)
        self.look()

    def _trial(self) -> Trial | None:
        if self.view is not View.EXPERIMENTS:
            return None
        return next((t for t in self.trials if t.experiment.id == self.chosen), None)

    def _today(self) -> date:
        snapshot = self.flow.snapshot
        return snapshot.today.day if snapshot is not None else self.flow.clock.now().date()

    def _tell(self, done: int, total: int, what: str) -> None:
        self.progress = (done, total, what)
        self.post_message(Progressed())

    def on_progressed(self) -> None:
        """Show how far it is."""
        self.show()

    def _begin(self) -> Cancel:
        from flowtui.services.insight.child import Cancel

        self._break_off()
        self._cancel = Cancel()
        self.progress = (0, 0, "")
        self.wrong = ""
        self.show()
        return self._cancel

    def _end(self, cancel: Cancel, error: FlowError | None = None) -> None:
        if self._cancel is not cancel:
            return  # another computation took its place
        self._cancel, self.progress = None, None
        if error is not None:
            self._complain(error)
        elif self.is_mounted:
            self.show()

    def _complain(self, error: FlowError) -> None:
        self.wrong = str(error)
        if self.is_mounted:
            self.show()

    def _break_off(self) -> None:
        if self._cancel is not None:
            self._cancel()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What concerns an experiment is for the view that lists them."""
        if action in ("trial_did", "trial_left", "trial_stop"):
            return self.view is View.EXPERIMENTS
        if action == "insight_open":
            return self.view in (View.PATTERNS, View.EXPERIMENTS)
        if action == "insight_cancel":
            return self.progress is not None
        return True
