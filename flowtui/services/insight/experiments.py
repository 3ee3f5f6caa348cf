"""Experiments in the ledger: declared, followed day by day, read once at the end, scored."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.insight.day_table import DayTable, Outcome
from flowtui.core.insight.experiment import (
    Declared,
    Experiment,
    Stage,
    brier,
    came_true,
    checked,
    fingerprint,
    schedule,
)
from flowtui.core.kinds import EXPERIMENTS
from flowtui.core.text import one_line
from flowtui.ledger.ledger import Ledger
from flowtui.services.insight.child import Cancel, Tell, compute
from flowtui.services.insight.insight_service import InsightService
from flowtui.services.store import LETTERS, Store

LIVE = (Stage.AHEAD, Stage.RUNNING, Stage.OVER)
Json = dict[str, Any]


class Experiments:
    """Commands on experiments. All raise FlowError and then leave everything as it was."""

    def __init__(
        self, ledger: Ledger, insight: InsightService, clock: Clock, rule: DayRule
    ) -> None:
        self._experiments: Store[Experiment] = Store(ledger, EXPERIMENTS)
        self._insight = insight
        self._clock, self._rule = clock, rule

    # Reading

    def today(self) -> date:
        """The logical day of now."""
        return self._rule.day_of(self._clock.now())

    def every(self) -> list[Experiment]:
        """All, the newest first."""
        return sorted(self._experiments.every(), key=lambda e: (e.declared_at, e.id), reverse=True)

    def live(self) -> list[Experiment]:
        """Those that are ahead, running, or over and not read yet."""
        today = self.today()
        return [e for e in self.every() if e.stage(today) in LIVE]

    def by_id(self, text: str = "") -> Experiment:
        """The one whose id begins with `text`; without, the only live one, else the newest.

        Raises FlowError if there is none, or several.
        """
        every = self.every()
        found = [e for e in every if e.id.startswith(text)] if text else self.live() or every[:1]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(e.id for e in found[:5])
            raise FlowError(f"several experiments could be meant: {ids}", "give the id")
        which = f"unknown experiment {text!r}" if text else "there is no experiment yet"
        raise FlowError(which, "see: flowtui experiment list, or declare one: experiment new")

    def outcome_of(self, declared: Declared) -> Outcome:
        """The outcome with its label and unit; its bare name where nothing is recorded yet."""
        return self._insight.outcome_named(declared.outcome)

    def mean_score(self) -> tuple[int, float] | None:
        """How many predictions were scored, and their mean score; None without any."""
        scores = [
            brier(e.declared.predicted, came_true(e.declared, e.result["assigned"]))
            for e in self.every()
            if e.result is not None and e.result.get("assigned") is not None
        ]
        return (len(scores), sum(scores) / len(scores)) if scores else None

    def foresee(self, declared: Declared, cancel: Cancel | None = None) -> Json:
        """Power and the smallest reachable p, from the last half year of ordinary days."""
        declared = checked(declared, self.today())
        table = self._insight.table()
        self._check_names(table, declared)
        values: Sequence[float | None] = ()
        if table.columns:
            values = table.outcome(declared.outcome).values
        question = {
            "days": [day.isoformat() for day in table.days[-180:]],
            "values": list(values[-180:]),
            "design": declared.design.value,
            "length": declared.days,
        }
        return compute("power", question, None, cancel)

    # Writing

    def declare(self, declared: Declared, seed: str | None = None) -> Experiment:
        """Freeze it. One experiment on one outcome at a time; `seed` only for tests."""
        declared = checked(declared, self.today())
        self._check_names(self._insight.table(), declared)
        seed = seed or secrets.token_hex(8)
        slots = schedule(declared.design, declared.first, declared.days, seed)
        with self._experiments.change(f"declare experiment {declared.factor}"):
            self._no_other(declared, slots[-1].day)
            made = Experiment(
                self._new_id(),
                declared,
                seed,
                fingerprint(declared.plain(), slots),
                self._clock.now().replace(microsecond=0),
            )
            self._experiments.put(made)
        return made

    def did(self, done: bool, day: date | None = None, id: str = "") -> Experiment:
        """Note what was really done on `day` (default today), whatever was assigned."""
        experiment, day = self.by_id(id), day or self.today()
        if experiment.stage(self.today()) not in LIVE:
            raise FlowError(f"experiment {experiment.id} is closed", "see: flowtui experiment list")
        if experiment.slot(day) is None:
            raise UsageError(
                f"{day} is not a day of experiment {experiment.id} "
                f"({experiment.declared.first} to {experiment.last})",
                "name one of its days: --day DAY",
            )
        if day > self.today():
            raise UsageError(f"{day} is in the future", "say it on the day, or later")
        label = f"note {'with' if done else 'without'} {experiment.declared.factor} on {day}"
        return self._put(replace(experiment, actual={**experiment.actual, day: done}), label)

    def stop(self, id: str = "", why: str = "") -> Experiment:
        """Give it up. No result is read: to stop when it looks good is to fool oneself."""
        experiment, today = self.by_id(id), self.today()
        stage = experiment.stage(today)
        if stage not in LIVE:
            raise FlowError(f"experiment {experiment.id} is closed already", None)
        if stage is Stage.OVER:
            raise FlowError(
                f"experiment {experiment.id} is complete",
                f"read its result: flowtui experiment show {experiment.id}",
            )
        changed = replace(experiment, stopped_on=today, why_stopped=one_line(why, "reason"))
        return self._put(changed, f"give up experiment {experiment.declared.factor}")

    def read(
        self, id: str = "", tell: Tell | None = None, cancel: Cancel | None = None
    ) -> Experiment:
        """The result, computed once all its days are over, and kept with its score."""
        experiment, today = self.by_id(id), self.today()
        stage = experiment.stage(today)
        if stage is Stage.READ:
            return experiment
        if stage is Stage.STOPPED:
            raise FlowError(
                f"experiment {experiment.id} was given up on {experiment.stopped_on}",
                "no result is read of it; declare it anew if you want to know",
            )
        if stage is not Stage.OVER:
            left = (experiment.last - today).days + 1
            raise FlowError(
                f"experiment {experiment.id} has {left} {'day' if left == 1 else 'days'} to go",
                "looking before the end makes the result worth less, so nothing is shown",
            )
        if not experiment.genuine:
            raise FlowError(
                f"experiment {experiment.id} is not as it was declared: its fingerprint differs",
                "somebody changed it in the ledger; see: flowtui doctor",
            )
        result = compute("trial", self._question(experiment), tell, cancel)
        if result["assigned"] is None:
            raise FlowError(
                f"experiment {experiment.id} has too few days with {experiment.declared.outcome}",
                "two whole pairs of days are needed; add what is missing: flowtui add",
            )
        label = f"read experiment {experiment.declared.factor}"
        return self._put(replace(experiment, result=result), label)

    def actual_of(self, experiment: Experiment, table: DayTable) -> dict[date, bool]:
        """What was really done: as said, else as the habit's records have it."""
        done: dict[date, bool] = {}
        habit = experiment.declared.habit
        if habit and any(c.name == habit for c in table.columns):
            values = zip(table.days, table.column(habit).values, strict=True)
            done = {day: value > 0 for day, value in values if value is not None}
        return {**done, **experiment.actual}

    def _question(self, experiment: Experiment) -> Json:
        table = self._insight.table(experiment.last)
        column = table.outcome(experiment.declared.outcome)
        known = dict(zip(table.days, column.values, strict=True))
        done = self.actual_of(experiment, table)
        slots = experiment.slots
        return {
            "days": [slot.day.isoformat() for slot in slots],
            "arm": [slot.arm for slot in slots],
            "pair": [slot.pair for slot in slots],
            "counts": [slot.counts for slot in slots],
            "values": [known.get(slot.day) for slot in slots],
            "actual": [_bit(done.get(slot.day)) for slot in slots] if done else None,
        }

    def _check_names(self, table: DayTable, declared: Declared) -> None:
        if table.columns:
            table.outcome(declared.outcome)
            if declared.habit:
                table.column(declared.habit)

    def _no_other(self, declared: Declared, last: date) -> None:
        today = self.today()
        for other in self._experiments.every():
            if other.stage(today) not in (Stage.AHEAD, Stage.RUNNING):
                continue
            if other.declared.first <= last and declared.first <= other.last:
                raise FlowError(
                    f"experiment {other.id} ({other.declared.factor}) runs until {other.last}",
                    "one at a time, or neither can be told apart; begin after it: --start DAY",
                )

    def _put(self, experiment: Experiment, label: str) -> Experiment:
        with self._experiments.change(label):
            self._experiments.put(experiment)
        return experiment

    def _new_id(self) -> str:
        while True:
            id = "x" + "".join(secrets.choice(LETTERS) for _ in range(4))
            if not self._experiments.has(id):
                return id


def _bit(done: bool | None) -> int | None:
    return None if done is None else int(done)
