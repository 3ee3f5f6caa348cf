"""Corrections keep the rules of a block that was lived through: no second is made or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import (
    Block,
    Cause,
    EndedBy,
    Gap,
    Interruption,
    Mode,
    Outcome,
    Plan,
    PlanKind,
    Source,
    Thought,
    last_instant,
)
from flowtui.core.focus.commands import Finish, Interrupt, Lose, Park, Pause, Resume, Return
from flowtui.core.focus.edit import Changes, added, edit, join, overlapping, relabel, split
from flowtui.core.focus.measure import focus_spans, interrupted_s, measure
from flowtui.core.span import Span, intersect, total_s, union
from tests.unit.focus.blocks import NINE, at, begin, do, fixed, lives

LATER = at(7 * 24 * 60)
ended_lives = lives(ended=True)
shares = st.floats(0.001, 0.999)


def ended(minutes: float = 60, id: str = "aaaaaa") -> Block:
    """An hour from nine, a pause from 9:20 to 9:30 in it."""
    block = do(do(begin(id=id), Pause("next"), 20), Resume(), 30)
    return do(block, Finish(), minutes)


def focus_s(block: Block) -> int:
    return measure(block, LATER).focus_s


def shifted_to(block: Block, start: datetime, id: str) -> Block:
    """The same hour at another time, by editing both of its ends, without its gaps."""
    assert block.ended_at is not None
    moved = replace(block, id=id, gaps=(), interruptions=(), parked=())
    length = block.ended_at - block.started_at
    return edit(moved, Changes(started_at=start, ended_at=start + length), LATER)


def assert_sound(block: Block) -> None:
    """What holds for every block, lived through or corrected."""
    assert block.ended_at is not None
    assert block.started_at < block.ended_at
    assert last_instant(block) == block.ended_at
    assert all(gap.end is not None for gap in block.gaps)
    for gap in block.gaps:
        assert gap.end is not None
        assert block.started_at <= gap.start <= gap.end <= block.ended_at
    assert all(a.end is not None and a.end <= b.start for a, b in pairwise(block.gaps))
    for noted in block.interruptions:
        assert block.started_at <= noted.at <= block.ended_at
        assert noted.returned_at is None or noted.at <= noted.returned_at <= block.ended_at
    assert all(block.started_at <= t.at <= block.ended_at for t in block.parked)


@given(ended_lives, shares)
def test_the_halves_of_a_split_add_up_to_the_whole(
    life: tuple[Block, datetime], share: float
) -> None:
    block, _ = life
    assert block.ended_at is not None
    cut = block.started_at + (block.ended_at - block.started_at) * share
    cut = cut.replace(microsecond=0)
    assume(block.started_at < cut < block.ended_at)

    first, second = split(block, cut, "bbbbbb")

    assert focus_s(first) + focus_s(second) == focus_s(block)
    assert union([*focus_spans(first, LATER), *focus_spans(second, LATER)]) == union(
        focus_spans(block, LATER)
    )
    assert (first.started_at, first.ended_at, second.started_at, second.ended_at) == (
        block.started_at,
        cut,
        cut,
        block.ended_at,
    )
    assert_sound(first)
    assert_sound(second)
    assert len(first.parked) + len(second.parked) == len(block.parked)


@given(ended_lives, shares)
def test_what_was_split_can_be_joined_again(life: tuple[Block, datetime], share: float) -> None:
    block, _ = life
    assert block.ended_at is not None
    cut = block.started_at + (block.ended_at - block.started_at) * share
    cut = cut.replace(microsecond=0)
    assume(block.started_at < cut < block.ended_at)

    whole = join(*split(block, cut, "bbbbbb"))

    assert focus_spans(whole, LATER) == focus_spans(block, LATER)
    assert (whole.id, whole.started_at, whole.ended_at) == (
        block.id,
        block.started_at,
        block.ended_at,
    )
    assert (whole.outcome, whole.rating, whole.note) == (block.outcome, block.rating, block.note)
    assert whole.parked == block.parked


@given(ended_lives, st.integers(0, 4 * 3600))
def test_a_join_keeps_every_second_of_focus(life: tuple[Block, datetime], apart: int) -> None:
    first, _ = life
    assert first.ended_at is not None
    second = shifted_to(first, first.ended_at + timedelta(seconds=apart), "bbbbbb")
    assume((second.ended_at or LATER) - first.started_at <= timedelta(hours=24))

    joined = join(second, first)

    assert joined.id == first.id
    assert focus_s(joined) == focus_s(first) + focus_s(second)
    assert measure(joined, LATER).paused_s == measure(first, LATER).paused_s + apart
    assert_sound(joined)


@given(ended_lives, st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_times_that_are_moved_keep_everything_inside(
    life: tuple[Block, datetime], start: int, end: int
) -> None:
    block, _ = life
    assert block.ended_at is not None
    began = block.started_at + timedelta(seconds=start)
    over = block.ended_at + timedelta(seconds=end)
    assume(began < over and over - began <= timedelta(hours=24))

    moved = edit(block, Changes(started_at=began, ended_at=over), LATER)

    assert (moved.started_at, moved.ended_at) == (began, over)
    assert_sound(moved)
    both = [s for s in focus_spans(block, LATER) if s.clip(_window(moved)) is not None]
    assert intersect(focus_spans(moved, LATER), _window(block)) == intersect(both, _window(moved))


def _window(block: Block) -> Span:
    assert block.ended_at is not None
    return Span(block.started_at, block.ended_at)


@given(ended_lives, ended_lives, st.integers(-20_000, 20_000))
def test_blocks_overlap_exactly_where_they_share_a_second(
    one: tuple[Block, datetime], other: tuple[Block, datetime], seconds: int
) -> None:
    first = one[0]
    second = shifted_to(other[0], other[0].started_at + timedelta(seconds=seconds), "bbbbbb")
    assert first.ended_at is not None and second.ended_at is not None

    found = overlapping(first, [second], LATER)

    shared = min(first.ended_at, second.ended_at) - max(first.started_at, second.started_at)
    assert (found is not None) == (shared > timedelta(0))


def test_blocks_that_touch_do_not_overlap_and_a_running_one_reaches_to_now() -> None:
    running = do(begin(id="bbbbbb"), Interrupt(Source.INTERNAL), 5)
    before = replace(ended(), started_at=at(-60), ended_at=at(0), gaps=())
    inside = replace(ended(), started_at=at(30), ended_at=at(40), gaps=())

    assert overlapping(before, [running], at(90)) is None
    assert overlapping(inside, [running], at(90)) == running
    assert overlapping(inside, [running], at(20)) is None
    assert overlapping(running, [running], at(20)) is None


def test_a_split_gives_the_second_half_what_was_said_at_the_end() -> None:
    block = replace(ended(), outcome=Outcome.PARTLY, rating=2, note="slow", tags=("cuda",))

    first, second = split(block, at(25), "bbbbbb")

    assert (first.outcome, first.rating, first.note) == (None, None, "")
    assert (second.outcome, second.rating, second.note) == (Outcome.PARTLY, 2, "slow")
    assert first.tags == second.tags == ("cuda",)
    assert [(g.start, g.end, g.note) for g in first.gaps] == [(at(20), at(25), "next")]
    assert [(g.start, g.end, g.note) for g in second.gaps] == [(at(25), at(30), "next")]


def test_an_interruption_over_the_cut_ends_there_in_the_first_half() -> None:
    block = do(do(begin(), Interrupt(Source.EXTERNAL, "phone"), 10), Return(), 20)

    first, second = split(do(block, Finish(), 40), at(15), "bbbbbb")

    assert [i.returned_at for i in first.interruptions] == [at(15)]
    assert second.interruptions == ()


def test_what_lies_between_joined_blocks_becomes_a_gap() -> None:
    first = ended()
    second = replace(ended(id="bbbbbb"), started_at=at(75), ended_at=at(90), gaps=(), tags=("x",))

    joined = join(first, second)

    assert joined.gaps[-1] == Gap(at(60), at(75), Cause.AWAY)
    assert joined.tags == ("x",)
    assert focus_s(joined) == (50 + 15) * 60


def test_a_block_is_not_joined_with_itself_nor_over_more_than_a_day() -> None:
    far = replace(ended(id="bbbbbb"), started_at=at(23 * 60), ended_at=at(25 * 60), gaps=())

    with pytest.raises(UsageError, match="cannot be joined with itself"):
        join(ended(), ended())
    with pytest.raises(FlowError, match="longer than 24 hours"):
        join(ended(), far)
    with pytest.raises(FlowError, match="still runs"):
        join(ended(), begin(id="bbbbbb"))


@pytest.mark.parametrize("minutes", [-1, 0, 60, 61])
def test_a_block_is_split_only_inside(minutes: int) -> None:
    with pytest.raises(FlowError, match="is not inside block aaaaaa"):
        split(ended(), at(minutes), "bbbbbb")


def test_a_running_block_is_not_split() -> None:
    with pytest.raises(FlowError, match="still runs"):
        split(begin(), at(10), "bbbbbb")


def test_a_gap_gets_another_cause_or_is_given_back_and_taken_again() -> None:
    block = ended()

    named = relabel(block, 1, Cause.AWAY, None, "door bell")
    given_back = relabel(block, 1, None, True)

    assert (named.gaps[0].cause, named.gaps[0].note) == (Cause.AWAY, "door bell")
    assert focus_s(named) == focus_s(block) == 50 * 60
    assert focus_s(given_back) == 60 * 60
    assert relabel(given_back, 1, None, False) == block


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_a_gap_that_is_not_there_is_told_with_how_many_there_are(number: int) -> None:
    with pytest.raises(FlowError, match=f"has no gap {number}: it has 1"):
        relabel(ended(), number, Cause.AWAY, None)


def test_a_gap_that_still_lasts_is_not_given_back() -> None:
    """It would leave a block that counts and is paused at once, and takes no command."""
    block = do(begin(), Pause(), 10)

    with pytest.raises(FlowError, match="gap 1 of block aaaaaa still lasts"):
        relabel(block, 1, None, True)
    assert relabel(block, 1, Cause.AWAY, None).gaps[0].cause is Cause.AWAY


def test_an_interruption_before_the_moved_start_is_no_part_of_the_block() -> None:
    block = do(do(begin(), Interrupt(Source.INTERNAL), 10), Return(), 12)
    block = do(do(block, Interrupt(Source.EXTERNAL), 29), Return(), 33)
    block = do(do(block, Park("look at lr"), 5 + 30), Finish(), 60)

    moved = edit(block, Changes(started_at=at(30)), LATER)

    assert moved.interruptions == (Interruption(at(30), Source.EXTERNAL, "", at(33)),)
    assert interrupted_s(moved, LATER) == 180
    assert moved.parked == (Thought(at(35), "look at lr"),)


def test_the_start_of_a_running_block_can_be_moved() -> None:
    block = do(begin(), Pause(), 10)

    later = edit(block, Changes(started_at=at(15)), at(20))
    earlier = edit(begin(), Changes(started_at=at(-30)), at(20))

    assert later.gaps == (Gap(at(15), None, Cause.PAUSE),)
    assert measure(later, at(20)).focus_s == 0
    assert measure(earlier, at(20)).focus_s == 50 * 60


def test_a_start_moved_past_the_planned_end_reaches_the_plan_at_once() -> None:
    block = begin(Plan(PlanKind.UNTIL, until=at(30)))

    moved = edit(block, Changes(started_at=at(40)), at(50))

    assert measure(moved, at(50)).reached_at == at(40)
    assert measure(moved, at(50)).overtime_s == 600


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(rating=0), "not between 1 and 5"),
        (Changes(rating=6), "not between 1 and 5"),
        (Changes(started_at=at(60)), "is not after"),
        (Changes(ended_at=at(0)), "is not after"),
        (Changes(ended_at=LATER + timedelta(seconds=1)), "in the future"),
        (Changes(started_at=at(-24 * 60)), "longer than 24 hours"),
        (Changes(note="x" * 2001), "2001 characters"),
        (Changes(intention="x" * 301), "301 characters"),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused(changes: Changes, said: str) -> None:
    with pytest.raises(FlowError, match=said):
        edit(ended(), changes, LATER)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(ended_at=at(5)), "has no end to move"),
        (Changes(started_at=at(11)), "in the future"),
        (Changes(started_at=at(10 - 24 * 60 - 1)), "longer than 24 hours"),
    ],
)
def test_a_running_block_refuses_times_that_cannot_be(changes: Changes, said: str) -> None:
    with pytest.raises(FlowError, match=said):
        edit(begin(), changes, at(10))


def test_what_is_not_given_stays_and_an_empty_text_empties() -> None:
    block = replace(
        ended(), note="slow", mode=Mode.BUILD, rating=3, outcome=Outcome.DONE, tags=("a", "b")
    )

    assert edit(block, Changes(), LATER) == block
    changed = edit(block, Changes(note="", clear=frozenset({"mode"}), tags=("c", "c")), LATER)

    assert (changed.note, changed.mode, changed.tags) == ("", None, ("c",))
    assert (changed.rating, changed.outcome) == (3, Outcome.DONE)


def test_a_past_block_is_checked_like_any_other() -> None:
    past = Block("aaaaaa", NINE, "UTC", ended_at=at(30))

    block = added(past, at(30))

    assert (block.added, block.ended_by) == (True, EndedBy.USER)
    with pytest.raises(FlowError, match="in the future"):
        added(past, at(29))
    with pytest.raises(FlowError, match="is not after"):
        added(replace(past, ended_at=NINE), at(30))
    with pytest.raises(FlowError, match="longer than 24 hours"):
        added(replace(past, ended_at=at(24 * 60 + 1)), LATER)


@given(ended_lives, st.sampled_from(Cause))
def test_a_given_back_gap_is_worth_its_length(life: tuple[Block, datetime], cause: Cause) -> None:
    block, _ = life
    assume(block.gaps)
    for number, gap in enumerate(block.gaps, 1):
        assert gap.end is not None
        changed = relabel(block, number, cause, True)

        assert focus_s(changed) - focus_s(block) == total_s(
            intersect([_span(gap)], _window(block))
        ) * (not gap.focus)


def _span(gap: Gap) -> Span:
    assert gap.end is not None
    return Span(gap.start, gap.end)


def test_a_sleep_found_late_never_reaches_beyond_the_block() -> None:
    block = do(begin(fixed(50)), Lose(at(-10), at(5), Cause.SLEEP), 10)

    assert block.gaps == (Gap(at(0), at(5), Cause.SLEEP),)
