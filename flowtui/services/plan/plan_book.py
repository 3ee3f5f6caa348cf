"""Planned blocks: kept, moved, let go, begun. Each change is one transaction and one undo.

What is kept are plans and what was answered; occurrences follow from them, and whether one was
begun is known by the block that was begun for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tinydb import where

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Plan, PlanKind
from flowtui.core.kinds import ANSWERS, PLANS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.planned_block import (
    Answer,
    AnswerKind,
    Occurrence,
    PlannedBlock,
    Standing,
    Surroundings,
    occurrence_id,
    occurrences,
    offer_ends_at,
)
from flowtui.core.text import one_line
from flowtui.core.wall_time import place
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.listeners import Listeners
from flowtui.services.store import Store, days

MOVE_LIMIT = timedelta(days=60)
"""How far from its day an occurrence can be moved."""
AHEAD = timedelta(days=14)
"""How far ahead the next occurrence is looked for, at first."""
FAR_AHEAD = timedelta(days=400)
LATER = timedelta(minutes=15)
SEE = "flowtui plan list"


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of a plan that was taken away."""

    plan: PlannedBlock
    kept_until: date | None
    """The last day of what is kept because it lies behind; None if nothing does."""


class PlanBook:
    """Reads and writes planned blocks."""

    def __init__(
        self,
        blocks: BlockStore,
        clock: Clock,
        zone: ZoneInfo,
        rest: Collection[int] = (),
        away: Callable[[date, date], Collection[date]] = lambda first, last: (),
    ) -> None:
        self._blocks = blocks
        self._clock = clock
        self._zone = zone
        self._rest = frozenset(rest)
        self._away = away
        self._plans: Store[PlannedBlock] = Store(blocks.ledger, PLANS, SEE)
        self._answers: Store[Answer] = Store(blocks.ledger, ANSWERS, SEE)
        self.listeners: Listeners[[]] = Listeners()

    # Reading

    def every(self) -> list[PlannedBlock]:
        """All plans, those by a rule after single days, each by its time."""
        plans = self._plans.every()
        return sorted(
            plans, key=lambda p: (p.schedule.repeats, str(p.schedule.on), p.schedule.minute)
        )

    def by_id(self, text: str) -> PlannedBlock:
        """The plan whose id is or begins with `text`. Raises FlowError."""
        return self._plans.by_id(text)

    def today(self) -> date:
        """The day on the wall of now."""
        return self._clock.now().astimezone(self._zone).date()

    def between(self, first: date, last: date) -> list[Occurrence]:
        """What is planned from `first` to `last`, days on the wall, both included; by time."""
        plans = self._plans.every()
        if not plans:
            return []
        answers = {a.id: a for a in self._answers.between(first - MOVE_LIMIT, last + MOVE_LIMIT)}
        around = Surroundings(
            self._clock.now(), self._zone, self._rest, frozenset(self._away(first, last))
        )
        return occurrences(plans, answers, self._begun(first, last), first, last, around)

    def day(self, step: int = 0) -> list[Occurrence]:
        """What is planned for today, or `step` days later."""
        day = self.today() + timedelta(days=step)
        return self.between(day, day)

    def due(self) -> Occurrence | None:
        """The one that is on offer now."""
        today = self.today()
        found = self.between(today - timedelta(days=1), today)
        return next((one for one in found if one.standing is Standing.DUE), None)

    def coming(self) -> Occurrence | None:
        """The next one whose time is yet to come, if it comes within a year."""
        today, now = self.today(), self._clock.now()
        for reach in (AHEAD, FAR_AHEAD):
            for one in self.between(today, today + reach):
                if one.standing is Standing.PLANNED and one.at > now:
                    return one
        return None

    def occurrence(self, text: str) -> Occurrence:
        """The occurrence named PLAN@DAY, or the one due or next of a plan. Raises FlowError."""
        name, _at, day = text.partition("@")
        plan = self.by_id(name)
        if day:
            try:
                return self._of_day(plan, date.fromisoformat(day))
            except ValueError:
                raise UsageError(f"{day!r} is not a day", "write it as 2026-12-01") from None
        today = self.today()
        for first, last in (
            (today - timedelta(days=1), today + AHEAD),
            (today + AHEAD, today + FAR_AHEAD),
        ):
            for one in self.between(first, last):
                if one.plan.id == plan.id and one.standing in (Standing.DUE, Standing.PLANNED):
                    return one
        raise FlowError(
            f"plan {plan.id} has nothing to come", f"name a day: {plan.id}@{today}; see: {SEE}"
        )

    def _of_day(self, plan: PlannedBlock, day: date) -> Occurrence:
        answer = self._answers.get(occurrence_id(plan.id, day))
        at = day
        if answer is not None and answer.to is not None:
            at = answer.to.astimezone(self._zone).date()
        for one in self.between(at, at):
            if one.plan.id == plan.id and one.day == day:
                return one
        raise FlowError(f"plan {plan.id} does not happen on {day}", f"see its days: {SEE}")

    def _begun(self, first: date, last: date) -> dict[str, str]:
        """Ids of blocks by the occurrence that they were begun for."""
        around = days(first - timedelta(days=2), last + timedelta(days=2))
        rows = self._blocks.blocks.table.search(around & where("planned").exists())
        return {str(row["planned"]): str(row["id"]) for row in rows}

    # Writing

    def add(self, draft: PlannedBlock) -> PlannedBlock:
        """Keep a plan; its id and when it was made are given here.

        Raises UsageError for a day that has gone by, or a text that is too long.
        """
        return self.add_all([draft])[0]

    def add_all(
        self, drafts: Sequence[PlannedBlock], group: str | None = None
    ) -> list[PlannedBlock]:
        """Keep several plans as one command, or as a part of the commands of `group`; see `add`."""
        now = self._clock.now()
        for draft in drafts:
            schedule = draft.schedule
            if schedule.on is not None and self._wall(schedule.on, schedule.clock) <= now:
                raise UsageError(
                    f"{schedule.on} {schedule.clock:%H:%M} has gone by",
                    "enter what was done with: flowtui add",
                )
        label = "plan a block" if len(drafts) == 1 else f"plan {len(drafts)} blocks"
        made_at = now.replace(microsecond=0)
        with self._plans.change(label, group=group):
            plans = [
                replace(_checked(draft), id=self._plans.new_id(), made_at=made_at)
                for draft in drafts
            ]
            for plan in plans:
                self._plans.put(plan)
        self.listeners.tell()
        return plans

    def edit(self, changed: PlannedBlock) -> PlannedBlock:
        """Keep `changed` in place of the plan with its id."""
        with self._plans.change(f"change plan {changed.id}"):
            self._plans.put(_checked(changed))
        self.listeners.tell()
        return changed

    def remove(self, plan: PlannedBlock) -> Removed:
        """Take a plan away from now on.

        What lies behind stays known: a rule that has begun ends with yesterday.
        """
        yesterday = self.today() - timedelta(days=1)
        made = plan.made_at.astimezone(self._zone).date() if plan.made_at else yesterday
        behind = list(plan.schedule.days(made, yesterday))
        kept = behind[-1] if behind and plan.schedule.repeats else None
        with self._plans.change(f"remove plan {plan.id}"):
            if kept is not None:
                self._plans.put(replace(plan, schedule=replace(plan.schedule, last=kept)))
            else:
                self._plans.remove(plan.id)
                for row in self._answers.table.search(where("plan") == plan.id):
                    self._answers.remove(str(row["id"]))
        self.listeners.tell()
        return Removed(plan, kept)

    def has(self, id: str) -> bool:
        """Whether there is a plan with this id."""
        return self._plans.has(id)

    def forget(self, id: str, group: str) -> None:
        """Take a plan away as if it had never been made, as a part of the command `group`."""
        with self._plans.change(f"remove plan {id}", group=group):
            self._plans.remove(id)
        self.listeners.tell()

    def let_go(self, one: Occurrence) -> Answer:
        """Not this time. Raises FlowError if it was begun."""
        return self._answer(one, AnswerKind.LET_GO, None)

    def move(self, one: Occurrence, to: datetime) -> Answer:
        """To another time, aware and to come, at most 60 days from its day. Raises FlowError."""
        now = self._clock.now()
        if to <= now:
            local = to.astimezone(self._zone)
            raise UsageError(f"{local:%Y-%m-%d %H:%M} has gone by", "give a time to come")
        if abs(to.astimezone(self._zone).date() - one.day) > MOVE_LIMIT:
            raise UsageError(
                f"{to.astimezone(self._zone):%Y-%m-%d} is more than {MOVE_LIMIT.days} days away",
                "let it go and plan another: flowtui plan add",
            )
        return self._answer(one, AnswerKind.MOVED, to)

    def later(self, one: Occurrence, by: timedelta = LATER) -> Answer:
        """Offer it again a little later, counted from now."""
        return self.move(one, self._clock.now().replace(microsecond=0) + by)

    def _answer(self, one: Occurrence, kind: AnswerKind, to: datetime | None) -> Answer:
        if one.standing is Standing.BEGUN:
            raise FlowError(
                f"{one.id} was begun: block {one.block}", f"see: flowtui show {one.block}"
            )
        now = self._clock.now().replace(microsecond=0)
        answer = Answer(one.id, one.plan.id, one.day, kind, now, to)
        word = "let go of" if kind is AnswerKind.LET_GO else "move"
        with self._answers.change(f"{word} planned block {one.id}"):
            self._answers.put(answer, one.day)
        self.listeners.tell()
        return answer

    def plan_of(self, one: Occurrence, keep_end: bool = False) -> Plan:
        """The plan of a block that is begun for it now: its length, with `keep_end` its end."""
        if one.plan.seconds is None:
            return Plan()
        end = one.at + timedelta(seconds=one.plan.seconds)
        if keep_end and end > self._clock.now() + timedelta(minutes=1):
            return Plan(PlanKind.UNTIL, until=end)
        return Plan(PlanKind.FIXED, one.plan.seconds)

    def offer_until(self, one: Occurrence) -> datetime:
        """Until when it is offered."""
        return offer_ends_at(one)

    def _wall(self, day: date, clock: time) -> datetime:
        return place(day, clock, self._zone).instant


def _checked(plan: PlannedBlock) -> PlannedBlock:
    """`plan` with texts of one line. Raises UsageError."""
    return replace(
        plan,
        intention=one_line(plan.intention, "intention"),
        then=one_line(plan.then, "if-then plan"),
    )
