"""Sixty days of a life that nobody lives, in one transaction, with one pattern that is true.

An hour more of sleep adds `PER_HOUR_MIN` deep minutes; coffee, walks, sugar and meditation are
dealt by chance and go with nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.scales import ENERGY, SUGAR
from flowtui.core.focus.block import (
    Block,
    Cause,
    EndedBy,
    Evidence,
    Fate,
    Gap,
    Interruption,
    Mode,
    Outcome,
    Plan,
    PlanKind,
    Source,
    Thought,
)
from flowtui.core.focus.pointers import FirstBlock

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

DAYS = 60
PER_HOUR_MIN = 38
"""The true pattern."""
SEED = 11
USUAL_SLEEP_H = 7.1

WORK = (
    ("fuse the attention kernel", ("cuda",), Mode.PRACTICE),
    ("find the loss spike", ("resnet",), Mode.PRACTICE),
    ("port the tokenizer tests", ("tok",), Mode.BUILD),
    ("data loader without copies", ("data",), Mode.BUILD),
    ("ablate the warm-up", ("resnet",), Mode.PRACTICE),
    ("clean the evaluation set", ("data",), Mode.BUILD),
    ("answer the reviewers", ("paper",), Mode.SHARE),
)
OWN = (
    ("read the flash attention paper", ("paper",), Mode.THEORY),
    ("lecture 7: diffusion", ("course",), Mode.THEORY),
    ("write the post on bf16", ("post",), Mode.SHARE),
)
THOUGHTS = (
    "try bf16 accumulators",
    "ask Ana about the eval set",
    "book the train",
    "the seed is not set in the loader",
    "plot the gradient norms once more",
    "is the test set shuffled?",
    "answer the mail from Oslo",
    "a smaller vocabulary would do",
    "read that paper on warm-up",
)
REASONS = ("phone", "a question from the desk beside", "post")
BETWEEN = timedelta(minutes=12)
STARTS = (time(8, 40), time(11, 0), time(14, 10), time(16, 30))


class MadeUpLife:
    """Writes the days up to now into a ledger."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._zone = services.zone
        self._today = services.today()
        self._now = services.clock.now().replace(microsecond=0)
        self._dice = random.Random(SEED)
        self._number = 0
        self._thoughts = 0

    def write(self) -> None:
        """All of it, as one change."""
        services = self._services
        services.body.log.declare([_habit("meditate")])
        with services.store.change("a made-up life") as writer:
            for back in range(DAYS, -1, -1):
                day = self._today - timedelta(days=back)
                slept = max(5.0, min(9.0, self._dice.gauss(USUAL_SLEEP_H, 0.85)))
                for block in self._blocks(day, slept):
                    writer.put(block)
                for entry in self._entries(day, slept):
                    services.body.log.store.entries.put(entry)
            tomorrow = self._today + timedelta(days=1)
            first = FirstBlock(tomorrow, "the last ablation, then the table")
            writer.state.put(first, id="first-block")

    def _id(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number:05d}"

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(self._now.tzinfo)

    def _blocks(self, day: date, slept: float) -> Iterator[Block]:
        dice, weekend = self._dice, day.weekday() >= 5
        usual = 60 if weekend else 205
        minutes = usual + PER_HOUR_MIN * (slept - USUAL_SLEEP_H) + dice.gauss(0, 22)
        count = 1 if weekend else dice.choice((2, 3, 3))
        minutes = max(25.0, minutes)
        shares = [dice.uniform(0.8, 1.2) for _ in range(count)]
        free = self._at(day, STARTS[0])
        for number, share in enumerate(shares):
            context = "own" if weekend or (number == 2 and dice.random() < 0.5) else "work"
            start = self._at(day, STARTS[number]) + timedelta(minutes=dice.randrange(20))
            start = max(start, free)
            focus = timedelta(minutes=round(minutes * share / sum(shares)))
            block = self._block(start, focus, context, number)
            if block.ended_at is not None and block.ended_at <= self._now:
                free = block.ended_at + BETWEEN
                yield block

    def _block(self, start: datetime, focus: timedelta, context: str, number: int) -> Block:
        dice = self._dice
        intention, tags, mode = dice.choice(OWN if context == "own" else WORK)
        gaps, noted, parked = [], [], []
        lately = self._today - start.astimezone(self._zone).date() <= timedelta(days=1)
        end = start + focus
        middle = start + focus / 2
        if dice.random() < 0.35:
            length = timedelta(minutes=dice.randrange(6, 19))
            gaps.append(Gap(middle, middle + length, Cause.PAUSE, note="write the backward pass"))
            end += length
        elif dice.random() < 0.45:
            back = middle + timedelta(minutes=dice.randrange(1, 5))
            source = dice.choice((Source.INTERNAL, Source.EXTERNAL))
            reason = dice.choice(REASONS) if source is Source.EXTERNAL else ""
            noted.append(Interruption(middle, source, reason, back))
        if lately or dice.random() < 0.2:
            fate = None if lately else Fate.DROPPED
            parked.append(Thought(middle, THOUGHTS[self._thoughts % len(THOUGHTS)], fate))
            self._thoughts += 1
        rating = min(5, max(2, round(dice.gauss(4.2 if number == 0 else 3.5, 0.7))))
        outcome = dice.choices((Outcome.DONE, Outcome.PARTLY, Outcome.NOT), (7, 3, 1))[0]
        if lately:
            outcome = Outcome.PARTLY if number else Outcome.DONE
        commits = dice.randrange(4) if mode in (Mode.PRACTICE, Mode.BUILD) else 0
        return Block(
            self._id("b"),
            start,
            self._zone.key,
            intention,
            "if I want to check the loss, then I look at the line below" if number == 0 else "",
            tags,
            context,
            mode,
            Plan(PlanKind.FIXED, 50 * 60 if focus < timedelta(minutes=60) else 90 * 60),
            ended_at=end,
            ended_by=EndedBy.USER,
            gaps=tuple(gaps),
            interruptions=tuple(noted),
            parked=tuple(parked),
            outcome=outcome,
            rating=rating,
            evidence=Evidence(commits, commits * 41, commits * 12, commits) if commits else None,
        )

    def _entries(self, day: date, slept: float) -> Iterator[Entry]:
        dice, said = self._dice, self._at(day, time(21, 30))
        if day == self._today:
            yield self._sleep(day, slept)
            return
        if dice.random() < 0.06:
            return  # a day on which nobody wrote anything down
        yield self._sleep(day, slept)
        at = self._at(day, time(10, 30))
        value = float(dice.choice((2, 3, 3, 4, 4, 5)))
        yield self._entry(Kind.ENERGY, day, at, at=at, value=value, scale=ENERGY.id)
        cups = float(dice.choice((1, 2, 2, 3)))
        yield self._entry(Kind.CAFFEINE, day, said, value=cups, scope=Scope.DAY)
        done = dice.random() < 0.5
        state = State.GIVEN if done else State.NO
        yield self._entry(Kind.HABIT, day, said, state=state, name="meditate", scope=Scope.DAY)
        state = State.GIVEN if dice.random() < 0.35 else State.NO
        sweet = float(dice.choice((1, 2))) if state is State.GIVEN else None
        yield self._entry(
            Kind.SUGAR, day, said, state=state, value=sweet, scope=Scope.DAY, scale=SUGAR.id
        )
        if dice.random() < 0.45:
            start = self._at(day, time(18, 20))
            name, minutes = dice.choice((("yoga", 30), ("run", 40), ("walk", 50)))
            length = timedelta(minutes=minutes)
            effort = float(dice.randrange(2, 8))
            yield self._entry(
                Kind.WORKOUT, day, start + length,
                start=start, end=start + length, name=name, effort=effort,
            )  # fmt: skip

    def _sleep(self, day: date, slept: float) -> Entry:
        woke = self._at(day, time(7, 5))
        seconds = round(slept * 12) * 300
        quality = min(5, max(1, round(self._dice.gauss(slept - 3.4, 0.6))))
        return self._entry(Kind.SLEEP, day, woke, duration_s=seconds, quality=quality)

    def _entry(self, kind: Kind, day: date, said: datetime, **fields: Any) -> Entry:
        return Entry(self._id("e"), kind, day, self._zone.key, said, **fields)


def _habit(name: str) -> Any:
    from flowtui.core.body.habits import Form, Habit

    return Habit(name, Form.YES_NO)
