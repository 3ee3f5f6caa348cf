"""The block's state machine: what each command does, what it refuses, and what always holds."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import (
    AtPlan,
    Block,
    Cause,
    EndedBy,
    EndReason,
    Outcome,
    Plan,
    PlanKind,
    Source,
    State,
)
from flowtui.core.focus.commands import (
    Command,
    EventKind,
    Extend,
    Finish,
    Interrupt,
    Judge,
    Lose,
    Park,
    Pause,
    Reach,
    Resume,
    Return,
    Shift,
    Start,
)
from flowtui.core.focus.measure import deadline, end_reason, focus_spans, interrupted_s, measure
from flowtui.core.focus.step import start, step
from flowtui.core.kinds import BLOCKS, KINDS
from flowtui.core.span import total_s
from tests.unit.focus.blocks import NINE, at, begin, commands, do, fixed, lives


def test_focus_is_the_time_without_the_gaps() -> None:
    block = do(do(begin(), Pause("write the test"), 20), Resume(), 30)

    seen = measure(block, at(40))

    assert (seen.focus_s, seen.paused_s, seen.remaining_s) == (30 * 60, 10 * 60, 20 * 60)
    assert seen.state is State.RUNNING
    assert block.gaps[0].note == "write the test"


def test_the_plan_is_reached_later_by_the_length_of_a_pause() -> None:
    block = do(begin(), Pause(), 20)
    assert deadline(block, at(25)) is None

    block = do(block, Resume(), 30)
    assert deadline(block, at(31)) == at(60)


def test_focus_beyond_the_plan_is_overtime() -> None:
    seen = measure(begin(), at(65))

    assert (seen.state, seen.overtime_s, seen.remaining_s) == (State.OVERTIME, 15 * 60, 0)
    assert seen.reached_at == at(50)


def test_a_block_until_a_time_is_not_extended_by_a_pause() -> None:
    block = begin(Plan(PlanKind.UNTIL, until=at(60)))
    block = do(do(block, Pause(), 10), Resume(), 40)

    assert deadline(block, at(41)) == at(60)
    assert measure(block, at(45)).remaining_s == 15 * 60


def test_a_block_set_to_end_at_its_plan_ends_there_however_late_it_is_noticed() -> None:
    block = begin(Plan(PlanKind.FIXED, 3000, at_plan=AtPlan.END))

    block, events = step(block, Reach(), at(55))

    assert (block.ended_at, block.ended_by) == (at(50), EndedBy.PLAN)
    assert end_reason(block) is EndReason.COMPLETED
    assert [e.kind for e in events] == [EventKind.PLAN_REACHED, EventKind.FINISHED]


def test_the_end_of_a_plan_is_announced_only_once_it_is_reached() -> None:
    with pytest.raises(FlowError, match="has not reached its plan"):
        step(begin(), Reach(), at(49))
    assert [e.kind for e in step(begin(), Reach(), at(50))[1]] == [EventKind.PLAN_REACHED]


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [(49, EndReason.STOPPED), (50, EndReason.COMPLETED), (51, EndReason.OVERTIME)],
)
def test_the_end_tells_how_it_relates_to_the_plan(minutes: int, reason: EndReason) -> None:
    assert end_reason(do(begin(), Finish(), minutes)) is reason


def test_an_interruption_leaves_the_clock_running_and_its_return_is_timed() -> None:
    block = do(begin(), Interrupt(Source.EXTERNAL, "phone"), 10)
    block = do(block, Return(), 12)

    assert measure(block, at(20)).focus_s == 20 * 60
    assert interrupted_s(block, at(20)) == 120


def test_whoever_pauses_has_returned_from_the_interruption() -> None:
    block = do(do(begin(), Interrupt(Source.INTERNAL), 10), Pause(), 13)

    assert block.interruptions[0].returned_at == at(13)


def test_fifteen_minutes_more_in_overtime_count_from_now() -> None:
    block = do(begin(), Extend(900), 60)

    assert deadline(block, at(60)) == at(75)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (Resume(), "is not paused"),
        (Return(), "no open interruption"),
        (Park("  "), "no thought"),
        (Extend(-3600), "would leave nothing of the plan"),
        (Extend(-45 * 60), "into the past"),
        (Finish(rating=6), "not between 1 and 5"),
        (Park("x" * 1001), "1001 characters"),
    ],
)
def test_a_command_that_does_not_fit_is_refused(command: Command, said: str) -> None:
    with pytest.raises(FlowError, match=said):
        step(begin(), command, at(10))


def test_a_paused_block_refuses_a_second_pause_and_interruptions() -> None:
    block = do(begin(), Pause(), 5)

    with pytest.raises(FlowError, match="paused already"):
        step(block, Pause(), at(6))
    with pytest.raises(FlowError, match="while the clock runs"):
        step(block, Interrupt(Source.INTERNAL), at(6))


def test_nothing_is_noted_before_what_the_block_knows() -> None:
    with pytest.raises(FlowError, match="is before what block aaaaaa last noted"):
        step(do(begin(), Pause(), 10), Resume(), at(9))


def test_a_command_that_comes_too_early_is_told_in_the_hours_of_the_block() -> None:
    block = step(begin(zone="Asia/Kathmandu"), Pause(), at(10))[0]

    with pytest.raises(FlowError, match=r"2026-03-02 14:54:00 is before .*\(2026-03-02 14:55:00\)"):
        step(block, Resume(), at(9))


def test_an_ended_block_takes_a_judgement_and_nothing_else() -> None:
    block = do(begin(), Finish(), 50)

    with pytest.raises(FlowError, match="has ended"):
        step(block, Pause(), at(51))
    assert do(block, Judge(Outcome.DONE, 4), 99).rating == 4


def test_an_open_ended_block_has_nothing_to_extend() -> None:
    with pytest.raises(FlowError, match="open-ended"):
        step(begin(Plan()), Extend(60), at(1))


@pytest.mark.parametrize("seconds", [-60, 0, 59, 24 * 3600 + 1])
def test_an_absurd_length_is_refused_before_anything_starts(seconds: int) -> None:
    with pytest.raises(UsageError, match="1 minute to 24 hours"):
        start(Start("a", "UTC", plan=Plan(PlanKind.FIXED, seconds)), NINE)


def test_a_block_of_more_than_a_day_is_not_recorded() -> None:
    with pytest.raises(FlowError, match="longer than 24 hours"):
        step(begin(), Finish(), at(24 * 60 + 1))


def test_a_late_gap_takes_only_what_no_gap_has_yet() -> None:
    block = do(do(begin(), Pause("x"), 10), Resume(), 20)

    block = do(block, Lose(at(5), at(25), Cause.SLEEP), 30)

    assert [(g.start, g.end, g.cause) for g in block.gaps] == [
        (at(5), at(10), Cause.SLEEP),
        (at(10), at(20), Cause.PAUSE),
        (at(20), at(25), Cause.SLEEP),
    ]


def test_escape_sequences_in_texts_never_reach_the_terminal() -> None:
    block, _ = start(Start("a", "UTC", "red \x1b[31m\a alert\nnext"), NINE)

    assert block.intention == "red [31m alert next"


@given(lives(), st.integers(-100_000, 100_000))
def test_a_changed_clock_moves_no_duration(life: tuple[Block, object], seconds: int) -> None:
    block, _ = life
    if block.ended_at is not None:
        return
    moment = at(24 * 60)

    moved, _ = step(block, Shift(seconds), moment)

    later = moment + timedelta(seconds=seconds)
    assert measure(moved, later).focus_s == measure(block, moment).focus_s
    assert measure(moved, later).paused_s == measure(block, moment).paused_s
    assert measure(moved, later).overtime_s == measure(block, moment).overtime_s
    assert measure(moved, later).planned_s == measure(block, moment).planned_s


@given(lives())
def test_a_block_comes_back_from_the_ledger_as_it_was(life: tuple[Block, object]) -> None:
    block, _ = life

    assert KINDS[BLOCKS].decode(KINDS[BLOCKS].encode(block, NINE.date())) == block


class BlockMachine(RuleBasedStateMachine):
    """Random lives of a block: what holds after every step, accepted or refused."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NINE
        self.block = begin(fixed(50))

    @rule(seconds=st.integers(0, 5000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(command=commands)
    def a_command_is_given(self, command: Command) -> None:
        before = self.block
        try:
            self.block, events = step(self.block, command, self.now)
        except FlowError:
            assert self.block == before
        else:
            assert all(event.block == self.block for event in events)

    @rule(back=st.integers(0, 4000), cause=st.sampled_from(Cause))
    def something_is_found_out_later(self, back: int, cause: Cause) -> None:
        if self.block.ended_at is None:
            lost = Lose(self.now - timedelta(seconds=back), self.now, cause)
            self.block, _ = step(self.block, lost, self.now)

    @precondition(lambda self: self.block.ended_at is None)
    @rule()
    def it_ends(self) -> None:
        if (self.now - NINE).total_seconds() <= 86_400:
            self.block, _ = step(self.block, Finish(), self.now)

    @invariant()
    def focus_and_gaps_make_up_the_whole(self) -> None:
        seen = measure(self.block, self.now)
        end = self.block.ended_at or self.now
        assert seen.focus_s + seen.paused_s == int((end - NINE).total_seconds())
        assert seen.focus_s == total_s(focus_spans(self.block, self.now))
        assert 0 <= seen.overtime_s <= seen.focus_s

    @invariant()
    def gaps_are_in_order_and_only_the_last_is_open(self) -> None:
        gaps = self.block.gaps
        assert all(g.end is not None for g in gaps[:-1])
        assert all(a.end is not None and a.end <= b.start for a, b in pairwise(gaps))

    @invariant()
    def plan_and_overtime_agree(self) -> None:
        seen = measure(self.block, self.now)
        assert seen.planned_s is not None and seen.remaining_s is not None
        assert seen.focus_s == seen.planned_s - seen.remaining_s + seen.overtime_s


TestBlockMachine = BlockMachine.TestCase
