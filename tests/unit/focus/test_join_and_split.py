"""Joining and splitting keep what they touch: intentions, plans, and what was produced."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block, Evidence, Plan, PlanKind
from flowtui.core.focus.block_check import faults
from flowtui.core.focus.edit import join, split
from flowtui.core.focus.measure import measure
from flowtui.services.focus.running_block import Draft
from tests.unit.focus.blocks import at, begin, fixed, lives
from tests.user import Person, Shell


def ended(block: Block, minutes: float, **fields: object) -> Block:
    """`block` ended so many minutes after nine, with fields set."""
    return replace(block, ended_at=at(minutes), **fields)  # type: ignore[arg-type]


def test_both_intentions_and_all_evidence_are_kept_by_a_join() -> None:
    one = ended(begin(fixed(50)), 50, intention="port", then="if a, b", note="first",
                evidence=Evidence(2, 10, 1, 3, ("b", "a")))  # fmt: skip
    two = replace(ended(begin(fixed(25), "bbbbbb"), 90, intention="test", note="second",
                        evidence=Evidence(1, 5, None, 1, ("c",))), started_at=at(60))  # fmt: skip

    joined = join(two, one)

    assert (joined.id, joined.intention, joined.then) == ("aaaaaa", "port · test", "if a, b")
    assert joined.note == "first · second"
    assert joined.evidence == Evidence(3, 15, 1, 4, ("c", "b", "a"))
    assert joined.plan == fixed(75)
    long = join(replace(one, intention="x" * 200), replace(two, intention="y" * 200))
    assert long.intention == "x" * 200 and "y" * 200 in long.note


@pytest.mark.parametrize(
    ("plan", "minutes", "plans"),
    [
        (fixed(50), 20, (fixed(20), fixed(30))),
        (fixed(30), 40, (fixed(30), Plan())),
        (Plan(PlanKind.UNTIL, until=at(45)), 20,
         (Plan(PlanKind.UNTIL, until=at(20)), Plan(PlanKind.UNTIL, until=at(45)))),
        (Plan(PlanKind.UNTIL, until=at(30)), 40, (Plan(PlanKind.UNTIL, until=at(30)), Plan())),
        (Plan(), 20, (Plan(), Plan())),
    ],
)  # fmt: skip
def test_a_plan_is_cut_with_its_block(plan: Plan, minutes: int, plans: tuple[Plan, Plan]) -> None:
    first, second = split(ended(begin(plan), 60), at(minutes), "bbbbbb")

    assert (first.plan, second.plan) == plans


@given(lives(ended=True), st.floats(0.05, 0.95))
def test_a_split_loses_nothing_and_breaks_no_rule(
    life: tuple[Block, datetime], share: float
) -> None:
    block, now = life
    assert block.ended_at is not None
    length = (block.ended_at - block.started_at).total_seconds()
    assume(length >= 10)
    place = block.started_at + timedelta(seconds=int(length * share) or 1)

    first, second = split(block, place, "bbbbbb")

    assert not faults(first, now) and not faults(second, now)
    both = measure(first, now).focus_s + measure(second, now).focus_s
    assert both == measure(block, now).focus_s
    again = join(first, second)
    assert measure(again, now).focus_s == measure(block, now).focus_s
    assert len(again.parked) == len(block.parked)
    assert again.intention == block.intention and not faults(again, now)


def test_each_half_gets_the_evidence_of_its_own_time(person: Person) -> None:
    block = person.past(60, 60)
    history = person.services.history
    with person.services.store.change("evidence") as writer:
        writer.put(replace(block, evidence=Evidence(3)))

    def collect(part: Block, until: datetime | None) -> Evidence:
        return Evidence(1 if part.started_at == block.started_at else 2)

    first, second = history.split(block.id, person.ago(40), collect)

    assert (first.evidence, second.evidence) == (Evidence(1), Evidence(2))
    joined = history.join(first.id, second.id)
    assert joined.evidence is not None and joined.evidence.commits == 3


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_home_without_locks_is_refused_plainly_and_the_doctor_tells(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    person.past(60, 30)
    before = person.ledger_bytes()

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("fcntl.flock", refuse)
    monkeypatch.setattr("fcntl.lockf", refuse)

    said = flow("start", "x", "--detach")
    assert said.code == 1 and "has no locks" in said.err and "FLOWTUI_HOME" in said.err
    assert len(said.err.splitlines()) == 2
    assert person.ledger_bytes() == before
    assert flow.ok("log").out  # reading works
    told = flow("doctor")
    assert told.code == 1 and "has no locks" in told.out
    with pytest.raises(FlowError, match="has no locks"):
        person.services.focus.start(Draft("x"))
