"""Cycles of work and break: what is meant by their words, where one stands, and what begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import AtPlan, Plan, PlanKind
from flowtui.core.focus.cycle import Cycle, read_cycle
from flowtui.services.bells import plan_notice, rest_notice
from flowtui.services.focus.running_block import Draft
from tests.user import Person

POMODORO = '[blocks]\ncycle = "25/5 x4"\n'


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("50/10", Cycle(3000, 600)),
        ("25/5 x4", Cycle(1500, 300, 4, 900)),
        ("25/5 ×4", Cycle(1500, 300, 4, 900)),
        ("25/5x4", Cycle(1500, 300, 4, 900)),
        (" 25 / 5 X 4 / 20 ", Cycle(1500, 300, 4, 1200)),
        ("90/60 x2", Cycle(5400, 3600, 2, 7200)),
    ],
)
def test_a_cycle_is_read_as_it_is_written(text: str, cycle: Cycle) -> None:
    assert read_cycle(text) == cycle


@pytest.mark.parametrize(
    "text", ["", "50", "50/0", "0/5", "500/5", "25/5 x1", "25/5 x99", "25/5/5", "25-5", "25/5 x4/0"]
)
def test_what_is_no_cycle_is_refused_with_its_forms(text: str) -> None:
    with pytest.raises(UsageError, match=r"50/10|\d") as refused:
        read_cycle(text)
    assert "25/5 x4" in str(refused.value)


@given(st.integers(1, 240), st.integers(1, 40), st.none() | st.integers(2, 12))
def test_what_is_shown_of_a_cycle_is_read_back(focus: int, rest: int, rounds: int | None) -> None:
    written = f"{focus}/{rest}" + (f" x{rounds}" if rounds else "")
    assert read_cycle(read_cycle(written).words) == read_cycle(written)


def test_four_blocks_make_a_round_with_a_longer_break_behind_the_last(person: Person) -> None:
    person.configure(POMODORO)
    services, rests, places = person.services, [], []
    for _ in range(5):
        assert services.plans.usual() == Plan(PlanKind.FIXED, 1500)
        places.append(services.plans.usual_words())
        person.begin(25)
        person.pass_min(25)
        services.focus.finish()
        rest = services.breaks.current()
        assert rest is not None
        rests.append(rest.seconds)
        person.pass_min(rest.seconds / 60)

    assert rests == [300, 300, 300, 900, 300]
    assert places == [f"25 min, {n} of 4" for n in (1, 2, 3, 4, 1)]


def test_a_break_begins_with_the_end_of_its_block_and_one_undo_takes_both_back(
    person: Person,
) -> None:
    person.configure(POMODORO)
    block = person.begin(25)
    person.pass_min(25)
    person.services.focus.finish()

    person.services.history.undo()

    assert person.block(block.id).ended_at is None
    assert person.open().breaks.current() is None


def test_no_block_begins_by_itself_however_long_the_break_is_over(person: Person) -> None:
    person.configure(POMODORO)
    person.begin(25)
    person.pass_min(25)
    person.services.focus.finish()
    person.pass_min(5)

    notice = rest_notice(person.services)

    assert notice is not None
    assert notice.body == "5 min of rest; next 25 min, 2 of 4, when you begin it"
    person.pass_min(50)
    assert person.open().store.running() is None


def test_a_block_that_ends_at_its_plan_begins_its_break_too(person: Person) -> None:
    person.configure(POMODORO + 'at_plan = "end"\n')
    plan = Plan(PlanKind.FIXED, 1500, at_plan=AtPlan.END)
    person.services.focus.start(Draft("read", plan=plan))
    person.pass_min(25)

    notice = plan_notice(person.services)

    rest = person.services.breaks.current()
    assert rest is not None and rest.seconds == 300
    assert notice is not None and notice.body.endswith("a break of 5 min has begun")


def test_a_block_given_up_early_is_no_block_of_the_round_and_has_no_break(person: Person) -> None:
    person.configure(POMODORO)
    person.begin(25)
    person.pass_min(5)
    person.services.focus.finish()

    assert person.services.breaks.current() is None
    assert person.services.plans.usual_words() == "25 min, 1 of 4"


def test_a_long_time_away_begins_a_new_round_and_an_added_block_counts_for_none(
    person: Person,
) -> None:
    person.configure(POMODORO)
    person.past(200, 60)
    assert person.services.cycles.number() == 1
    person.begin(25)
    person.pass_min(25)
    person.services.focus.finish()
    assert person.services.cycles.number() == 2
    person.pass_min(50)
    assert person.services.cycles.number() == 1


def test_without_a_cycle_all_is_as_it_was(person: Person) -> None:
    person.begin(25)
    person.pass_min(25)
    person.services.focus.finish()

    assert person.services.breaks.current() is None
    assert person.services.plans.usual_words() == "25 min"
    assert person.services.breaks.suggest(25 * 60) == 300
    assert person.services.snapshots.take().cycle == ""


def test_a_cycle_that_is_chosen_holds_at_once_and_in_the_next_process(person: Person) -> None:
    person.services.cycles.choose("50/10")

    assert person.services.plans.usual() == Plan(PlanKind.FIXED, 3000)
    assert person.open().config.blocks.cycle == "50/10"
    person.begin(50)
    assert person.services.snapshots.take().cycle == "then a break of 10 min"
    with pytest.raises(UsageError):
        person.services.cycles.choose("50")
    assert person.services.cycles.choose("none") is None
    assert person.open().config.blocks.cycle is None


def test_a_break_of_an_end_long_past_does_not_begin(person: Person) -> None:
    person.configure(POMODORO)
    person.begin(25)
    person.pass_min(60)
    person.services.focus.finish(person.clock.now() - timedelta(minutes=30))

    assert person.services.breaks.current() is None


@pytest.mark.parametrize("step_s", [3600, -3600, 7, -7])
def test_the_break_of_a_cycle_is_as_long_as_meant_when_the_clock_is_set(
    person: Person, step_s: int
) -> None:
    person.configure(POMODORO)
    person.begin(25)
    person.pass_min(25)
    person.services.focus.finish()
    person.clock.set_wall(person.clock.now() + timedelta(seconds=step_s))
    rest = person.services.breaks.current()
    assert rest is not None and rest.ends_at - person.clock.now() == timedelta(minutes=5)
    person.pass_min(5)
    assert person.services.breaks.ring() is not None


def test_a_short_block_behind_a_whole_round_is_offered_the_short_break(person: Person) -> None:
    person.configure(POMODORO)
    services = person.services
    for _ in range(4):
        person.begin(25)
        person.pass_min(25)
        services.focus.finish()
        rest = services.breaks.current()
        assert rest is not None
        person.pass_min(rest.seconds / 60)
    assert services.breaks.suggest(25 * 60) == 900
    person.begin(25)
    person.pass_min(2)
    assert services.cycles.ahead() == "1 of 4, then a break of 5 min"

    services.focus.finish()

    assert services.breaks.suggest(2 * 60) == 300


def test_a_cycle_that_another_process_chooses_holds_in_one_that_is_open(person: Person) -> None:
    other = person.open()
    person.services.cycles.choose("25/5 x4")
    assert other.plans.usual_words() == "25 min, 1 of 4"
    person.begin(25)
    person.pass_min(25)
    other.focus.finish()
    rest = person.open().breaks.current()
    assert rest is not None and rest.seconds == 300
    person.services.cycles.choose("none")
    assert other.cycles.cycle is None
    other.cycles.choose("50/10")
    assert person.services.cycles.cycle == Cycle(3000, 600)


def test_a_settings_file_that_cannot_be_read_leaves_the_cycle_as_it_was(person: Person) -> None:
    person.configure(POMODORO)
    file = person.services.paths.config_file
    file.write_text("[blocks\n", encoding="utf-8")
    assert person.services.cycles.cycle == Cycle(1500, 300, 4, 900)
    file.write_text('[blocks]\ncycle = "a"\n', encoding="utf-8")
    assert person.services.cycles.cycle == Cycle(1500, 300, 4, 900)
    file.write_text('[blocks]\ncycle = "50/10"\nnever_heard_of = 1\n', encoding="utf-8")
    assert person.services.cycles.cycle == Cycle(3000, 600)
    file.unlink()
    assert person.services.cycles.cycle is None


def test_imported_time_is_no_block_of_the_round(person: Person) -> None:
    person.configure(POMODORO)
    services = person.services
    for back in (90, 60, 30):
        block = replace(person.past(back, 25), added=False, imported="toggl")
        with services.store.change("import") as writer:
            writer.put(block)

    assert services.cycles.number() == 1
    assert services.breaks.suggest(25 * 60) == 300


def test_a_block_that_is_deleted_takes_the_break_along_that_began_with_its_end(
    person: Person,
) -> None:
    person.configure(POMODORO)
    older = person.past(200, 60)
    block = person.begin(25)
    person.pass_min(25)
    person.services.focus.finish()
    person.pass_min(1)

    person.services.history.delete(older.id)
    assert person.open().breaks.current() is not None
    person.services.history.delete(block.id)
    assert person.open().breaks.current() is None
    person.services.history.undo()
    assert person.open().breaks.current() is not None
