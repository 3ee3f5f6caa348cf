"""Insight on a ledger: the day table, the log of questions, the cache, cancelling, experiments."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.habits import Form, Habit
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.insight.experiment import Declared, Design, Direction, Stage
from flowtui.core.kinds import BLOCKS, ENTRIES, KINDS
from flowtui.services.guard.guard_state import Kept
from flowtui.services.insight import insight_service as module
from flowtui.services.insight.child import Cancel, Cancelled, compute
from flowtui.services.insight.insight_wiring import InsightServices, insight_of
from flowtui.services.insight.questions import GuardedBlocks
from tests.sample_year import answer, blocks_of, live
from tests.unit.ledger.helpers import get, save
from tests.user import NOON, Person

TODAY = NOON.date()
LAST = TODAY - timedelta(days=1)


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "flowtui")


def insight(person: Person) -> InsightServices:
    """Insight as another process finds the home."""
    return insight_of(person.open())


def put(person: Person, *entries: Entry) -> None:
    with person.services.store.ledger.transaction("test"):
        for entry in entries:
            save(person.services.store.ledger, "entries", KINDS[ENTRIES].encode(entry))


def rated(id: str, day: date, value: int, scale: str = "energy@1", late: bool = False) -> Entry:
    at = datetime.combine(day, time(12), UTC)
    return Entry(
        id, Kind.ENERGY, day, "UTC", at, at=at, value=value, scale=scale, late=late
    )  # fmt: skip


def work(person: Person, day: date, minutes: float, at: int) -> None:
    with person.services.store.ledger.transaction("test"):
        for block in blocks_of(day, minutes, at):
            save(person.services.store.ledger, "blocks", KINDS[BLOCKS].encode(block, day))


# The day table


def test_a_day_has_minutes_blocks_and_what_was_recorded(person: Person) -> None:
    person.services.body.log.declare([Habit("yoga", Form.YES_NO)])
    work(person, LAST, 100, 1)
    put(person, answer("a1", "yoga", LAST, True), rated("e1", LAST, 4))

    table = insight(person).insight.table()

    row = {column.name: column.values[-1] for column in table.columns}
    assert table.days == (LAST,)
    assert row["deep_min"] == 100
    assert (row["blocks"], row["commits"], row["interruptions"]) == (2, 2, 0)
    assert row["longest_min"] == 50
    assert (row["habit:yoga"], row["energy"], row["output"]) == (1, 4, None)


def test_a_recorded_day_without_a_block_is_zero_and_an_empty_day_is_missing(person: Person) -> None:
    work(person, LAST - timedelta(days=3), 50, 1)
    put(person, rated("e1", LAST - timedelta(days=1), 3))

    table = insight(person).insight.table()

    assert table.column("deep_min").values == (50, None, 0, None)
    assert table.column("energy").values == (None, None, 3, None)


def test_missing_no_and_passed_over_are_three_things(person: Person) -> None:
    days = [LAST - timedelta(days=k) for k in range(4)][::-1]
    no = answer("a2", "yoga", days[1], False)
    put(person, answer("a1", "yoga", days[0], True), no)
    put(person, replace(no, id="a3", day=days[2], state=State.SKIPPED), rated("e1", days[3], 3))

    assert insight(person).insight.table().column("habit:yoga").values == (1, 0, None, None)


def test_a_changed_scale_is_another_variable_and_that_is_said(person: Person) -> None:
    days = [LAST - timedelta(days=k) for k in range(4)][::-1]
    old = [rated(f"e{k}", day, 2) for k, day in enumerate(days[:2])]
    new = [rated(f"f{k}", day, 4, "energy@2") for k, day in enumerate(days[2:])]
    put(person, *old, *new)

    column = insight(person).insight.table().column("energy")

    assert list(column.values) == [None, None, 4, 4]
    assert column.note.startswith(f"its scale changed to energy@2 after {days[1]}")


def test_what_was_written_down_late_can_be_left_out(person: Person) -> None:
    put(person, rated("e1", LAST, 3, late=True), rated("e2", LAST - timedelta(days=1), 2))
    service = insight(person).insight

    assert service.table().column("energy").values == (2, 3)
    assert service.table(on_time=True).column("energy").values == (2, None)


def test_the_week_in_which_the_clocks_change_is_seven_rows(person: Person) -> None:
    night = Person(person.home.parent / "berlin", NOON + timedelta(days=40), "Europe/Berlin")
    for k in range(7):
        work(night, date(2026, 3, 26) + timedelta(days=k), 60, k)

    table = insight(night).insight.table(date(2026, 4, 1))

    assert len(table.days) == 7
    assert list(table.column("deep_min").values) == [60] * 7


# Asking


@pytest.fixture
def year(person: Person) -> Person:
    """A person with 150 lived days up to yesterday."""
    live(person.services, LAST, 150)
    return person


def test_sleep_is_found_and_five_habits_that_do_nothing_are_not(year: Person) -> None:
    looked = insight(year).insight.look()

    whole = looked.insight
    assert [f.factor.name for f in whole.passed] == ["sleep"]
    found = whole.passed[0].numbers
    assert found.low < 25 < found.high
    assert whole.asked == 11 == len(whole.findings)
    assert looked.through == date(2026, 3, 1)


def test_every_question_is_logged_for_ever_and_undo_passes_it_over(year: Person) -> None:
    services = insight(year)
    services.insight.look()
    own, others = services.insight.questions.asked("deep_min")

    services.insight.look("commits")

    assert (len(own), others) == (11, 0)
    asked = insight(year).insight.look().insight.asked
    assert asked == 22
    year.services.history.undo()
    assert insight(year).insight.questions.asked("deep_min") == (own, 11)


def test_the_same_question_is_answered_from_the_cache(
    year: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = insight(year).insight.look()
    monkeypatch.setattr(module, "compute", _never)

    again = insight(year).insight.look()

    assert again.insight == first.insight
    assert again.fresh is None


def test_another_day_is_another_question(year: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    insight(year).insight.look()
    put(year, rated("e1", LAST - timedelta(days=10), 3))
    monkeypatch.setattr(module, "compute", _never)

    with pytest.raises(AssertionError):
        insight(year).insight.look()


def test_within_a_week_new_days_change_nothing(year: Person) -> None:
    """Looking every day would be many looks; the results are those of the last whole week."""
    before = insight(year).insight.look().insight
    work(year, TODAY, 600, 999)
    year.clock.advance(24 * 3600)

    assert insight(year).insight.look().insight == before


def test_a_damaged_cache_is_computed_again(year: Person) -> None:
    first = insight(year).insight.look()
    for file in (year.services.paths.cache_dir / "insight").glob("*.json"):
        file.write_text("{")

    assert insight(year).insight.look().insight == first.insight


def test_an_empty_ledger_has_no_answer_and_nothing_is_created(person: Person) -> None:
    looked = insight(person).insight.look()

    assert (looked.insight.findings, looked.insight.refused) == ((), ())
    assert not person.home.exists()


def test_noise_is_tried_and_logs_no_question(year: Person) -> None:
    service = insight(year).insight

    found = service.noise()

    assert found["shuffles"] == 20
    assert found["plain_claims"] > found["passed"]
    assert service.questions.asked("deep_min") == (set(), 0)


def test_too_few_days_for_noise_say_so(person: Person) -> None:
    live(person.services, LAST, 20)

    with pytest.raises(FlowError, match="too few to be moved"):
        insight(person).insight.noise()


# The computing process


def _never(*arguments: Any, **named: Any) -> Any:
    raise AssertionError("it was computed")


def test_progress_is_told_up_to_the_end(year: Person) -> None:
    told: list[tuple[int, int, str]] = []

    insight(year).insight.look(tell=lambda *said: told.append(said))

    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][0] == told[-1][1]


def test_a_cancelled_computation_ends_at_once_and_keeps_nothing(year: Person) -> None:
    cancel = Cancel()
    begun = threading.Event()

    def stop(done: int, total: int, what: str) -> None:
        begun.set()
        cancel()

    with pytest.raises(Cancelled):
        insight(year).insight.look(tell=stop, cancel=cancel)

    assert begun.is_set()
    assert insight(year).insight.questions.asked("deep_min") == (set(), 0)
    assert not (year.services.paths.cache_dir / "insight").exists()


def test_cancelled_before_it_began_it_never_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = Cancel()
    cancel()
    monkeypatch.setattr("flowtui.services.insight.child.subprocess.Popen", _never)

    with pytest.raises(Cancelled):
        compute("study", {}, None, cancel)


def test_a_process_that_dies_is_told_with_its_last_words() -> None:
    with pytest.raises(FlowError, match="ended with status 1: KeyError"):
        compute("study", {})


def test_a_process_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")

    with pytest.raises(FlowError, match="did not start"):
        compute("study", {})


# The guard of a block


def test_the_guard_of_a_block_is_noted_once_and_undo_passes_it_over(person: Person) -> None:
    block = person.begin()
    guard = person.services.guard
    guard.state.write(Kept(block.id, ("news",), "soft", "guard"))
    notes = GuardedBlocks(person.services.store.ledger, guard.state)
    notes.note()
    before = person.ledger_bytes()

    notes.note()

    assert person.ledger_bytes() == before
    assert notes.levels() == {block.id: "guard"}
    assert [c.label for c in person.services.history.undo()] == ["start block"]


# Experiments


def declared(**changes: Any) -> Declared:
    plain = Declared(
        "no phone before noon", "deep_min", Direction.MORE, Design.PAIRS,
        TODAY + timedelta(days=1), 28, 70, "mornings decide", "habit:no-phone",
    )  # fmt: skip
    return replace(plain, **changes)


def live_through(person: Person, effect: float, seed: int = 3) -> Any:
    """A simulated person follows the arms of the declared experiment, with two slips."""
    import random

    dice = random.Random(seed)
    experiments = insight(person).experiments
    experiment = experiments.every()[0]
    for at in range(experiment.declared.days):
        person.clock.advance(24 * 3600)
        today = insight(person).experiments.today()
        slot = experiment.slot(today)
        assert slot is not None
        slip = at in (4, 17)
        done = bool(slot.arm) != slip
        work(person, today, 120 + 30 * dice.gauss(0, 1) + effect * done, 5000 + at)
        put(person, answer(f"p{at}", "no-phone", today, done))
    person.clock.advance(24 * 3600)
    return experiment


def scored(person: Person) -> list[float]:
    """How many predictions were scored, and their mean."""
    return list(insight(person).experiments.mean_score() or ())


def test_a_whole_experiment_from_declaration_to_score(person: Person) -> None:
    put(person, answer("p", "no-phone", LAST, True))
    work(person, LAST, 100, 1)
    experiments = insight(person).experiments
    seen = experiments.foresee(declared())
    made = experiments.declare(declared(), seed="a")
    assert (seen["pairs"], made.declared.days) == (14, 28)

    live_through(person, 60)
    read = insight(person).experiments.read()

    result = read.result
    assert result is not None
    assert (result["assigned"]["n"], result["assigned"]["n_pairs"]) == (28, 14)
    assert result["assigned"]["p"] < 0.05
    # two slips: per protocol two pairs are left out, and the effect is not watered down by them
    assert result["protocol"]["n"] == 24
    assert result["protocol"]["effect"] > result["assigned"]["effect"]
    assert scored(person) == pytest.approx([1, 0.09])
    assert insight(person).experiments.every()[0].stage(TODAY + timedelta(days=40)) is Stage.READ


def test_an_experiment_about_nothing_proves_the_person_wrong(person: Person) -> None:
    work(person, LAST, 100, 1)
    insight(person).experiments.declare(declared(habit="", predicted=90), seed="b")

    live_through(person, 0)
    read = insight(person).experiments.read()

    assert read.result is not None
    assert read.result["assigned"]["p"] > 0.05
    assert read.result.get("protocol") is None
    assert scored(person) == pytest.approx([1, 0.81])


def test_nothing_is_read_before_the_last_day_is_over(person: Person) -> None:
    experiments = insight(person).experiments
    experiments.declare(declared(habit=""))
    person.clock.advance(10 * 24 * 3600)

    with pytest.raises(FlowError, match="has 19 days to go"):
        insight(person).experiments.read()


def test_one_experiment_at_a_time(person: Person) -> None:
    experiments = insight(person).experiments
    experiments.declare(declared(habit=""))

    with pytest.raises(FlowError, match="runs until"):
        experiments.declare(declared(factor="cold shower", habit=""))

    experiments.stop()
    experiments.declare(declared(factor="cold shower", habit=""))


def test_what_was_given_up_is_never_read_and_can_be_taken_back(person: Person) -> None:
    experiments = insight(person).experiments
    experiments.declare(declared(habit=""))
    experiments.stop(why="flu")

    with pytest.raises(FlowError, match="was given up"):
        experiments.read(experiments.every()[0].id)
    person.services.store.ledger.refresh()
    person.services.history.undo()
    assert insight(person).experiments.live()[0].stopped_on is None


def test_what_was_done_is_noted_for_its_own_days_alone(person: Person) -> None:
    experiments = insight(person).experiments
    experiments.declare(declared(habit=""))
    with pytest.raises(UsageError, match="is not a day of experiment"):
        experiments.did(True)
    person.clock.advance(2 * 24 * 3600)
    experiments = insight(person).experiments

    noted = experiments.did(False, TODAY + timedelta(days=1))

    assert noted.actual == {TODAY + timedelta(days=1): False}
    with pytest.raises(UsageError, match="is in the future"):
        experiments.did(True, TODAY + timedelta(days=5))


def test_a_changed_schedule_is_noticed(person: Person) -> None:
    experiments = insight(person).experiments
    made = experiments.declare(declared(habit=""))
    with person.services.store.ledger.transaction("tamper"):
        record = get(person.services.store.ledger, "experiments", made.id)
        assert record is not None
        save(person.services.store.ledger, "experiments", {**record, "seed": "mine"})
    person.clock.advance(40 * 24 * 3600)

    with pytest.raises(FlowError, match="not as it was declared"):
        insight(person).experiments.read()


def test_an_unknown_outcome_is_refused_with_the_nearest(year: Person) -> None:
    with pytest.raises(UsageError, match="unknown column 'deep_mni'") as caught:
        insight(year).experiments.declare(declared(outcome="deep_mni", habit=""))

    assert caught.value.hint == "did you mean deep_min?"
