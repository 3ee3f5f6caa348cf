"""What is told of runs, when, and that nothing is told twice; blocks that wait for a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import AtPlan, Source
from flowtui.core.focus.commands import Interrupt, Pause, Resume
from flowtui.core.focus.measure import measure
from flowtui.core.runs.findings.finding import Rule
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.news import News
from flowtui.core.runs.run import Run
from flowtui.core.runs.run_state import RunState
from flowtui.services import bells
from flowtui.services.focus.running_block import Draft
from flowtui.services.runs.board import Board
from flowtui.services.runs.digest import RunTeller
from flowtui.system.notices import Severity
from tests.user import Person


class Desk:
    """A person whose watcher says what the test wants."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.runs = person.services.runs
        self._news: list[News] = []
        self._seq = 1000
        self.show()

    def show(self, *runs: RunGlance) -> None:
        at = self.person.clock.now().timestamp()
        shown = tuple(replace(run, at=at) for run in runs)
        self.runs.board.write(Board(at, 1, shown, news=tuple(self._news)))

    def found(self, rule: Rule, name: str = "gpt") -> None:
        self._seq += 1
        at = self.person.clock.now().timestamp()
        self._news.append(News(self._seq, name * 2, name, rule, f"{rule.value} it is", at, at))
        self.show()

    def told(self) -> list[tuple[str, Severity, bool]]:
        news = bells.run_news(self.person.services)
        return [(news.notice.title, news.notice.severity, news.wanted)] if news else []

    def run(self, id: str = "aaaaaa", name: str = "gpt") -> Run:
        run = Run(id, name, self.person.clock.now(), "UTC")
        self.runs.book.begin(run)
        return run


@pytest.fixture
def desk(person: Person) -> Desk:
    return Desk(person)


def test_outside_of_a_block_everything_is_told_once(desk: Desk) -> None:
    desk.found(Rule.PLATEAU)
    assert desk.told() == [("gpt", Severity.NORMAL, True)]
    assert desk.told() == []
    desk.found(Rule.FINISHED)
    assert desk.told() == [("gpt", Severity.NORMAL, True)]


def test_in_a_block_only_what_is_lost_breaks_through_and_the_rest_waits(desk: Desk) -> None:
    desk.person.begin()
    desk.found(Rule.PLATEAU)
    desk.found(Rule.FINISHED, "vit")
    assert desk.told() == []
    desk.found(Rule.NAN)
    assert desk.told() == [("gpt", Severity.SERIOUS, True)]
    assert desk.told() == []

    assert [n.rule for n in desk.runs.teller.held()] == [Rule.PLATEAU, Rule.FINISHED]
    assert desk.runs.teller.digest() == [
        "gpt: plateau it is (12:00)", "vit: finished it is (12:00)",
    ]  # fmt: skip
    assert desk.runs.teller.digest() == []


def test_a_pause_lets_everything_through(desk: Desk) -> None:
    desk.person.begin()
    desk.person.services.focus.apply(Pause("next"))
    desk.found(Rule.PLATEAU)
    assert desk.told() == [("gpt", Severity.NORMAL, True)]
    desk.person.services.focus.apply(Resume())
    desk.found(Rule.STALLED)
    assert desk.told() == []


def test_what_was_there_before_the_block_is_no_news_of_it(desk: Desk) -> None:
    desk.found(Rule.PLATEAU)
    desk.person.begin()

    assert desk.runs.teller.held() == []


def test_another_process_does_not_tell_it_again(desk: Desk, tmp_path: Path) -> None:
    desk.found(Rule.CRASHED)
    assert desk.told()

    other = desk.person.open().runs
    assert other.teller.fresh(focused=False) == []


def test_a_memory_that_cannot_be_kept_tells_twice_rather_than_never(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "in the way"
    folder.write_text("")
    teller = RunTeller(desk.runs.board, folder / "told.json", ZoneInfo("UTC"))
    desk.found(Rule.CRASHED)

    assert len(teller.fresh(True)) == 1
    assert len(teller.fresh(True)) == 1


def test_what_one_process_told_another_does_not_set_back(desk: Desk) -> None:
    """The app tells of a crash while a command that began before it says what was held."""
    desk.person.begin()
    desk.found(Rule.PLATEAU)
    assert desk.told() == []
    slow = desk.person.open().runs.teller
    known = slow._known()
    desk.found(Rule.CRASHED)
    assert desk.told()

    slow._keep(known["told"], known["told"])

    assert desk.told() == []


def test_hooks_hear_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, int]] = []
    events = desk.person.services.events
    monkeypatch.setattr(events, "tell", lambda name, data: heard.append((name, len(data["news"]))))
    desk.found(Rule.CRASHED)
    desk.told()
    desk.found(Rule.PLATEAU)
    desk.told()

    assert heard == [("run-lost", 1), ("run-news", 1)]


GLANCE = RunGlance("aaaaaa", "gpt", "running", 0, marks=3)


def waiting(desk: Desk, at_most_s: int = 5400) -> str:
    plan = desk.runs.waits.plan("gpt", at_most_s, AtPlan.OVERTIME)
    return desk.person.services.focus.start(Draft("until it evaluates", plan=plan)).id


def test_a_block_that_waits_for_a_run_ends_its_plan_when_the_run_evaluates(desk: Desk) -> None:
    desk.run()
    desk.show(GLANCE)
    id = waiting(desk)
    desk.person.pass_min(20)
    desk.show(GLANCE)
    assert bells.run_arrived(desk.person.services) is None

    desk.show(replace(GLANCE, marks=4))
    assert bells.run_arrived(desk.person.services) == "gpt evaluated or saved"

    block = desk.person.block(id)
    seen = measure(block, desk.person.clock.now())
    assert (seen.planned_s, seen.remaining_s) == (20 * 60, 0)
    assert bells.plan_notice(desk.person.services) is not None
    assert bells.run_arrived(desk.person.services) is None


def test_evaluations_from_before_a_block_do_not_end_it_where_nobody_watched(desk: Desk) -> None:
    desk.run()
    waiting(desk)

    desk.show(GLANCE)
    assert bells.run_arrived(desk.person.services) is None

    desk.show(replace(GLANCE, marks=4))
    assert bells.run_arrived(desk.person.services) == "gpt evaluated or saved"


@pytest.mark.parametrize("state", ["finished", "crashed", "stopped"])
def test_a_block_that_waits_for_a_run_ends_its_plan_when_the_run_ends(
    desk: Desk, state: str
) -> None:
    run = desk.run()
    desk.show(GLANCE)
    waiting(desk)
    desk.person.pass_min(5)
    ended = replace(run, ended_at=desk.person.clock.now(), state=RunState(state))
    desk.runs.book.close(ended)

    assert bells.run_arrived(desk.person.services) == f"gpt {state}"


def test_without_the_run_the_block_lasts_at_most_as_long_as_it_was_said(desk: Desk) -> None:
    desk.run()
    desk.show(GLANCE)
    id = waiting(desk, 1800)
    desk.person.pass_min(31)

    assert bells.run_arrived(desk.person.services) is None  # nobody watches any more
    assert measure(desk.person.block(id), desk.person.clock.now()).overtime_s == 60


def test_undone_the_plan_is_as_it_was_and_stays_so(desk: Desk) -> None:
    desk.run()
    desk.show(GLANCE)
    id = waiting(desk)
    desk.person.pass_min(20)
    desk.show(replace(GLANCE, marks=9))
    bells.run_arrived(desk.person.services)

    [change] = desk.person.services.history.undo()

    assert change.label == "gpt evaluated or saved: plan of block"
    assert desk.person.block(id).plan.seconds == 5400
    assert bells.run_arrived(desk.person.services) is None


def test_an_interruption_stays_where_the_run_gets_on_meanwhile(desk: Desk) -> None:
    desk.run()
    desk.show(GLANCE)
    id = waiting(desk)
    desk.person.pass_min(10)
    desk.person.services.focus.apply(Interrupt(Source.INTERNAL))
    desk.person.pass_min(1)
    desk.show(replace(GLANCE, marks=4))
    bells.run_arrived(desk.person.services)

    assert desk.person.block(id).open_interruption is not None


def test_a_run_that_has_ended_is_nothing_to_wait_for(desk: Desk) -> None:
    run = desk.run()
    desk.runs.book.close(replace(run, ended_at=desk.person.clock.now(), state=RunState.FINISHED))

    with pytest.raises(FlowError, match="run gpt has ended already"):
        desk.runs.waits.plan("gpt", 600, AtPlan.END)
    with pytest.raises(FlowError, match="unknown run 'vit'"):
        desk.runs.waits.plan("vit", 600, AtPlan.END)
