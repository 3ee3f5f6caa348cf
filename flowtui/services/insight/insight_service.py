"""Insight: asks the computing process about the ledger's days, or about any table of days.

Results are those of the last whole week, so that looking again within a week is not a second look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule, week_of
from flowtui.core.errors import FlowError
from flowtui.core.insight.association import Insight
from flowtui.core.insight.day_table import Column, DayTable, Outcome
from flowtui.core.insight.focus_facts import Fact, focus_facts
from flowtui.core.insight.messages import insight_from, question_json
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.entry_store import EntryStore
from flowtui.services.body.habit_catalog import Declared
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.insight.child import Cache, Cancel, Tell, compute
from flowtui.services.insight.day_rows import OUT_OF_BLOCKS, PRIMARY, TRACKED, day_table
from flowtui.services.insight.questions import GuardedBlocks, Questions
from flowtui.services.insight.tables import Foreign

Json = dict[str, Any]
KNOWN = {
    "deep_min": ("deep minutes", "min"),
    "commits": ("commits", "commits"),
    "output": ("your rating of output", "1-5"),
}
"""Outcomes of every ledger: label and unit. The first is the primary one."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was asked, and the answer."""

    insight: Insight
    table: DayTable
    through: date
    """Last day that was looked at."""
    fresh: Fresh | None = None
    """What is to be noted, if it was not known before."""

    @property
    def aside(self) -> int:
        """Days of time imported from time trackers that are not looked at."""
        asked = self.insight.outcome.name
        if asked == TRACKED or asked not in OUT_OF_BLOCKS:
            return 0
        return sum(c.known for c in self.table.columns if c.name == TRACKED)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An answer that was just computed."""

    question: Json
    """As it will be asked the next time."""
    answer: Json


class InsightService:
    """Associations, the noise button and the facts of focus. All raise FlowError."""

    def __init__(
        self,
        store: BlockStore,
        entries: EntryStore,
        declared: Declared,
        guarded: GuardedBlocks,
        cache: Cache,
        clock: Clock,
        rule: DayRule,
        first_weekday: int,
    ) -> None:
        self.questions = Questions(store.ledger, clock)
        self._store, self._entries, self._declared = store, entries, declared
        self._guarded = guarded
        self._cache, self._clock, self._rule = cache, clock, rule
        self._first_weekday = first_weekday

    def through(self) -> date:
        """The last day of the last whole week."""
        today = self._rule.day_of(self._clock.now())
        return week_of(today, self._first_weekday)[0] - timedelta(days=1)

    def table(self, last: date | None = None, on_time: bool = False) -> DayTable:
        """The ledger's days up to `last`, by default the last whole day."""
        now = self._clock.now()
        last = last or self._rule.day_of(now) - timedelta(days=1)
        blocks = self._store.between(date.min, date.max)
        return day_table(
            blocks, self._entries.every(), self._declared.names(), self._rule, last, now, on_time
        )

    def outcome_named(self, name: str) -> Outcome:
        """An outcome with its label and unit; its bare name where nothing is recorded yet."""
        table = self.table()
        if name not in KNOWN or any(c.name == name for c in table.columns):
            found = table.outcome(name).outcome
            if found is not None:
                return found
        label, unit = KNOWN.get(name, (name, ""))
        return Outcome(name, label, unit)

    def facts(self) -> tuple[Fact, ...]:
        """What blocks alone tell."""
        blocks = self._store.between(date.min, date.max)
        guarded = self._guarded.levels()
        return focus_facts(blocks, self._clock.now(), self._store.day_of, guarded)

    def look(
        self,
        outcome: str = PRIMARY,
        factors: Sequence[str] = (),
        on_time: bool = False,
        tell: Tell | None = None,
        cancel: Cancel | None = None,
    ) -> Looked:
        """Every factor (or those named) with `outcome`; what is tested is logged for ever."""
        looked = self.compute(outcome, factors, on_time, tell, cancel)
        self.note(looked)
        return looked

    def compute(
        self,
        outcome: str = PRIMARY,
        factors: Sequence[str] = (),
        on_time: bool = False,
        tell: Tell | None = None,
        cancel: Cancel | None = None,
    ) -> Looked:
        """As `look`, but writes nothing: `note` must follow."""
        through = self.through()
        table = self.table(through, on_time)
        if not table.columns and outcome in KNOWN:
            return Looked(_nothing_yet(outcome), table, through)
        target = table.outcome(outcome)
        chosen = _beside(table, target, tuple(factors))
        own, others = self.questions.asked(target.name)
        question = _question(table, target, chosen, own, others)
        known = self._cache.get("study", question)
        if known is not None:
            return Looked(insight_from(known), table, through)
        answer = compute("study", question, tell, cancel)
        found = insight_from(answer)
        # what was just asked is asked from now on: the same question then finds this answer
        own |= {f.key for f in found.findings}
        again = _question(table, target, chosen, own, others)
        return Looked(found, table, through, Fresh(again, answer))

    def note(self, looked: Looked) -> None:
        """Log the questions of a fresh look for ever, and keep its answer."""
        if looked.fresh is None:
            return
        found = looked.insight
        self.questions.add(found.outcome.name, (f.key for f in found.findings))
        self._cache.put("study", looked.fresh.question, looked.fresh.answer)

    def noise(
        self, outcome: str = PRIMARY, tell: Tell | None = None, cancel: Cancel | None = None
    ) -> Json:
        """The ledger's days with every habit moved against the output."""
        table = self.table(self.through())
        if not table.columns:
            raise FlowError(
                "there is not a day yet to be tried on noise", "record some: flowtui start"
            )
        target = table.outcome(outcome)
        question = _question(table, target, _beside(table, target, ()), set(), 0)
        return self._kept("noise", question, tell, cancel)

    def look_at(
        self,
        foreign: Foreign,
        outcome: str,
        factors: Sequence[str] = (),
        tell: Tell | None = None,
        cancel: Cancel | None = None,
    ) -> Looked:
        """Any table of days; nothing of it is logged or kept."""
        table = foreign.table
        target = table.outcome(outcome)
        chosen = _beside(table, target, tuple(factors))
        question = _question(table, target, chosen, set(), 0)
        found = insight_from(compute("study", question, tell, cancel))
        unread = foreign.unread if not factors else ()
        return Looked(replace(found, refused=(*found.refused, *unread)), table, table.days[-1])

    def _kept(
        self, task: str, question: Mapping[str, Any], tell: Tell | None, cancel: Cancel | None
    ) -> Json:
        known = self._cache.get(task, question)
        if known is None:
            known = compute(task, question, tell, cancel)
            self._cache.put(task, question, known)
        return known


def _beside(table: DayTable, target: Column, names: tuple[str, ...]) -> list[Column]:
    """The factors asked about: those named, else all that are not counted out of blocks."""
    found = table.factors(names)
    if names:
        return found
    return [c for c in found if c.factor and c.factor.source != "blocks" and c.name != target.name]


def _question(
    table: DayTable,
    target: Column,
    chosen: Sequence[Column],
    own: set[tuple[str, int]],
    others: int,
) -> Json:
    assert target.outcome is not None
    factors = [(c.factor, c.values, c.note) for c in chosen if c.factor is not None]
    return question_json(table.days, target.outcome, target.values, factors, sorted(own), others)


def _nothing_yet(outcome: str) -> Insight:
    label, unit = KNOWN.get(outcome, (outcome, ""))
    return Insight(Outcome(outcome, label, unit), 0, None, None, 0, (), (), ())
