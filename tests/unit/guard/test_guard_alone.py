"""The guard without a block: for a while, and ahead of a block that is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flowtui.core.guard.protection import Choice
from flowtui.core.plan.planned_block import Occurrence, PlannedBlock
from flowtui.guard.client import Client
from flowtui.guard.program import names
from flowtui.services import bells
from flowtui.services.plan.begin_planned import begin_planned
from flowtui.services.plan.planning_line import when_and_length
from tests.unit.guard.test_block_guard import Guarded
from tests.unit.guard.test_block_guard import guarded as guarded
from tests.user import Shell


def planned(
    guarded: Guarded, at: str = "13:00", arm: bool = True, strictness: str = "", name: str = "news"
) -> Occurrence:
    """A planned block of 90 minutes with the guard on from its time."""
    schedule, seconds = when_and_length(guarded.person.services, f"{at} for 90m", None)
    draft = PlannedBlock("", schedule, seconds, "write", guard=(name,), arm=arm,
                         strictness=strictness)  # fmt: skip
    services = guarded.person.services
    return services.plan_book.occurrence(services.plan_book.add(draft).id)


def due(guarded: Guarded, minutes: float = 60) -> bells.Notice:
    """Time passes, and what is due is told."""
    guarded.person.pass_min(minutes)
    notice = bells.reminder_notice(guarded.person.services)
    assert notice is not None
    return notice


def test_a_guard_without_a_block_keeps_away_until_its_time(guarded: Guarded) -> None:
    armed = guarded.guard.arm_alone(Choice(("news",)), 1800)

    assert guarded.world.blocks("news.test") and guarded.left_s() == 1800
    assert armed.view is not None and armed.view.lists == ("news",)
    view = guarded.guard.view(None)
    assert view is not None and view.left_s == 1800, "a look does not let go of it"
    guarded.person.pass_min(31)
    assert guarded.guard.view(None) is None and not guarded.world.blocks("news.test")


def test_a_block_takes_it_over_and_its_end_ends_it(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",)), 7200)
    guarded.person.pass_min(10)
    guarded.begin(50)

    assert guarded.left_s() == 6600, "what was promised is not made shorter"
    assert guarded.guard.state.read() is not None
    guarded.person.services.focus.finish()
    assert not guarded.world.blocks("news.test")


def test_a_longer_block_makes_it_last_as_long(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",)), 1200)
    guarded.begin(90)

    assert guarded.left_s() == 5400


def test_a_block_without_a_guard_leaves_it_on(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",)), 7200)
    block = guarded.person.begin(25)

    assert guarded.guard.view(block) is not None and guarded.world.blocks("news.test")
    guarded.person.services.focus.finish()
    assert guarded.world.blocks("news.test")


def test_the_guard_of_a_planned_block_is_on_from_its_time(guarded: Guarded) -> None:
    planned(guarded)

    notice = due(guarded)

    assert guarded.world.blocks("news.test") and guarded.left_s() == 5400
    assert "news kept away already" in notice.body and "news kept away already" in notice.keys
    assert guarded.person.services.snapshots.take().guarded is not None
    assert bells.reminder_notice(guarded.person.services) is None


def test_late_it_is_on_for_what_is_left_of_the_plan(guarded: Guarded) -> None:
    planned(guarded)
    due(guarded, 60 + 30)
    assert guarded.left_s() == 3600


def test_begun_late_the_block_keeps_it_for_its_whole_length(guarded: Guarded) -> None:
    one = planned(guarded)
    due(guarded)
    guarded.person.pass_min(20)
    begin_planned(guarded.person.services, one)

    assert guarded.left_s() == 5400
    guarded.person.services.focus.finish()
    assert not guarded.world.blocks("news.test")


@pytest.mark.parametrize("word", ["skip", "later"])
def test_not_today_and_later_give_it_back(guarded: Guarded, word: str) -> None:
    one = planned(guarded)
    due(guarded)
    bells.answer_offer(guarded.person.services, one.id, word)

    assert not guarded.world.blocks("news.test")
    if word == "later":
        due(guarded, 15)
        assert guarded.world.blocks("news.test") and guarded.left_s() == 5400


def test_a_plan_without_it_puts_nothing_on(guarded: Guarded) -> None:
    planned(guarded, arm=False)
    due(guarded)
    assert not guarded.world.blocks("news.test")


def test_it_is_put_on_where_no_word_of_it_is_wanted(guarded: Guarded) -> None:
    planned(guarded)
    guarded.person.configure("[notices]\nevents = []\n")
    guarded.person.services.guard.client = guarded.guard.client
    guarded.person.services.guard.quietness = guarded.still
    guarded.person.pass_min(60)

    assert bells.due(guarded.person.services).remind_at is not None
    assert bells.reminder_notice(guarded.person.services) is None
    assert guarded.world.blocks("news.test")


def test_during_a_block_it_waits(guarded: Guarded) -> None:
    planned(guarded)
    guarded.person.pass_min(50)
    guarded.person.begin(30)
    guarded.person.pass_min(20)
    assert bells.reminder_notice(guarded.person.services) is None
    assert not guarded.world.blocks("news.test")
    guarded.person.services.focus.finish()
    due(guarded, 5)
    assert guarded.left_s() == 5400 - 15 * 60


def test_without_a_guard_the_offer_says_what_that_means(guarded: Guarded) -> None:
    guarded.guard.client = Client(guarded.person.home / "no-guard")
    planned(guarded)
    assert "sites stay reachable" in due(guarded).body.lower()


def test_arm_in_the_shell_says_what_came_of_it(
    guarded: Guarded, flow_of: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "flowtui.services.guard.guard_wiring.Client", lambda *_: guarded.guard.client
    )
    guarded.person.past(120, 30)
    said = flow_of.ok("guard", "arm", "news", "--for", "30m", "--json").json
    assert said["level"] == "guard" and said["left_s"] == 1800
    written = guarded.person.services.paths.status_file.read_text()
    assert '"lists":["news"]' in written and '"block":null,"mine":true' in written
    assert "longer than 24 hours" in flow_of("guard", "arm", "news", "--for", "25h").err
    guarded.person.begin(25)
    assert "a guard goes with it" in flow_of("guard", "arm", "news").err


@pytest.fixture
def flow_of(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Commands on the home of `guarded`."""
    return Shell(guarded.person, monkeypatch, capsys)


def test_a_plan_with_arm_and_nothing_to_keep_away_is_refused(flow_of: Shell) -> None:
    assert "--arm needs a list" in flow_of("plan", "add", "13:00 for 50m", "x", "--arm").err
    plan = flow_of.ok(
        "plan", "add", "13:00 for 50m", "x", "--arm", "--guard", "news", "--json"
    ).json
    assert plan["arm"] is True
    assert flow_of.ok("plan", "edit", plan["id"], "--no-arm", "--json").json["arm"] is False


def test_the_time_of_the_guard_is_that_of_the_plan(guarded: Guarded) -> None:
    one = planned(guarded)
    assert one.ends_at is not None and one.ends_at - one.at == timedelta(minutes=90)


def lease(guarded: Guarded) -> dict[str, Any]:
    """The lease that is on."""
    held: dict[str, Any] = guarded.guard.client.ask("status")["lease"]
    return held


def a_list(guarded: Guarded, name: str, text: str) -> None:
    (guarded.person.services.paths.lists_dir / f"{name}.toml").write_text(text)


def test_not_today_takes_nothing_from_a_guard_that_was_put_on_by_hand(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",)), 4 * 3600)
    one = planned(guarded)
    due(guarded)
    bells.answer_offer(guarded.person.services, one.id, "skip")
    assert guarded.world.blocks("news.test") and guarded.left_s() == 3 * 3600


def test_of_two_plans_each_gives_back_its_own_part_alone(guarded: Guarded) -> None:
    a_list(guarded, "video", 'sites = ["video.test"]\n')
    first, second = planned(guarded), planned(guarded, "14:00", name="video")
    due(guarded)
    due(guarded)
    bells.answer_offer(guarded.person.services, second.id, "skip")
    assert guarded.world.blocks("news.test"), "the first is meant to last to half past two"
    guarded.person.services.plan_book.let_go(first)
    assert not guarded.world.blocks("news.test") and not guarded.world.blocks("video.test")


@pytest.mark.parametrize("strictness", ["firm", "hard"])
def test_a_soft_guard_gives_way_to_a_stricter_one_that_keeps_what_it_kept(
    guarded: Guarded, strictness: str
) -> None:
    a_list(guarded, "video", 'sites = ["video.test"]\n')
    guarded.guard.arm_alone(Choice(("video",)), 7200)
    block = guarded.person.begin(50)
    armed = guarded.guard.arm(block, Choice(("news",), strictness))
    assert lease(guarded)["strictness"] == strictness and armed.view is not None
    assert guarded.world.blocks("news.test") and guarded.world.blocks("video.test")
    assert guarded.left_s() == 3000, "a strict one outlives no block"


def test_a_plan_that_is_hard_is_hard_over_a_soft_guard(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",)), 2 * 3600)
    planned(guarded, strictness="hard")
    assert "news kept away already" in due(guarded).body
    assert lease(guarded)["strictness"] == "hard"


def test_a_stricter_guard_stays_and_says_so(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",), "firm"), 3600)
    armed = guarded.guard.arm(guarded.person.begin(50), Choice(("news",), "hard"))
    assert "the guard stays firm, as it was put on" in armed.sentences


def test_a_list_of_the_only_sites_is_on_over_a_soft_guard_and_told_of_over_a_firm_one(
    guarded: Guarded,
) -> None:
    a_list(guarded, "deep", 'only = true\nsites = ["work.test"]\n')
    guarded.guard.arm_alone(Choice(("news",)), 3600)
    guarded.guard.arm(guarded.person.begin(50), Choice(("deep",)))
    assert lease(guarded)["only"]
    guarded.person.services.focus.finish()

    guarded.guard.arm_alone(Choice(("news",), "firm"), 3600)
    armed = guarded.guard.arm(guarded.person.begin(50), Choice(("deep",)))
    assert any("other sites stay open" in said for said in armed.sentences)


def test_what_is_refused_in_part_leaves_the_lease_ones_own(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MAX_NAMES", 5000)
    a_list(guarded, "big", f"sites = {[f'a{n}.test' for n in range(5000)]}\n")
    guarded.guard.arm_alone(Choice(("big",)), 1800)
    armed = guarded.guard.arm(guarded.person.begin(50), Choice(("news",)))
    kept = guarded.guard.state.read()
    assert kept is not None and kept.lease and kept.level == "guard"
    assert any(said.startswith("news: ") for said in armed.sentences)
    guarded.person.services.focus.finish()
    assert guarded.guard.client.ask("status")["lease"] is None


def test_after_a_block_whose_end_was_not_heard_it_is_put_on_all_the_same(guarded: Guarded) -> None:
    guarded.begin(50)
    guarded.person.services.store.ledger.undo()
    guarded.guard.arm_alone(Choice(("news",)), 1800)
    kept = guarded.guard.state.read()
    assert kept is not None and kept.alone and guarded.left_s() == 1800


@pytest.mark.parametrize("strictness", ["firm", "hard"])
def test_put_off_and_begun_the_block_has_its_guard_to_its_end(
    guarded: Guarded, strictness: str
) -> None:
    one = planned(guarded, strictness=strictness)
    due(guarded)
    bells.answer_offer(guarded.person.services, one.id, "later")
    guarded.person.pass_min(0.5)
    due(guarded, 14.5)
    begin_planned(guarded.person.services, one)
    guarded.person.pass_min(85)
    guarded.guard.client.ask("hello")
    assert guarded.world.blocks("news.test")


def test_a_release_that_was_asked_for_is_taken_back_by_the_block(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",), "firm"), 3600)
    guarded.guard.client.ask("release", reason="the paper is read already")
    guarded.begin(50)
    guarded.person.pass_min(5)
    guarded.guard.client.ask("hello")
    assert guarded.world.blocks("news.test") and lease(guarded)["pending"] is None


def test_a_plan_that_is_taken_away_changed_or_undone_gives_it_back(guarded: Guarded) -> None:
    book = guarded.person.services.plan_book
    one = planned(guarded)
    due(guarded)
    book.edit(replace(one.plan, arm=False))
    assert not guarded.world.blocks("news.test")


def test_a_plan_that_is_removed_or_never_was_gives_it_back(guarded: Guarded) -> None:
    book = guarded.person.services.plan_book
    one = planned(guarded)
    due(guarded)
    book.remove(one.plan)
    assert not guarded.world.blocks("news.test")

    planned(guarded, "15:00")
    due(guarded, 120)
    assert guarded.world.blocks("news.test")
    guarded.person.services.history.undo()
    assert not guarded.world.blocks("news.test")


def test_what_was_ended_by_hand_stays_off_whatever_is_planned_or_undone(guarded: Guarded) -> None:
    planned(guarded)
    due(guarded)
    guarded.guard.client.ask("release", reason="there is something to look up")
    planned(guarded, "18:00")
    guarded.person.services.history.undo()
    assert not guarded.world.blocks("news.test")


def test_a_stricter_one_that_is_refused_leaves_what_is_on(guarded: Guarded) -> None:
    a_list(guarded, "noon", 'sites = ["noon.test"]\nopen = ["00:00-23:59"]\n')
    guarded.guard.arm_alone(Choice(("news",)), 7200)
    armed = guarded.guard.arm(guarded.person.begin(50), Choice(("noon",), "hard"))
    assert guarded.world.blocks("news.test")
    assert any("refused" in said for said in armed.sentences)


def test_a_release_by_hand_stands_when_a_plan_comes_due(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",), "firm"), 7200)
    planned(guarded)
    guarded.person.pass_min(59.5)
    guarded.guard.client.ask("release", reason="the paper is read already")
    due(guarded, 0.5)
    guarded.person.pass_min(5)
    guarded.guard.client.ask("hello")
    assert not guarded.world.blocks("news.test")


def test_a_block_behind_a_firm_one_is_guarded_to_its_end(guarded: Guarded) -> None:
    guarded.begin(50, "firm")
    guarded.person.services.focus.finish()
    guarded.begin(90, "firm")
    guarded.person.pass_min(80)
    guarded.guard.client.ask("hello")
    assert guarded.world.blocks("news.test")


def test_what_is_remembered_lasts_as_long_as_the_lease(guarded: Guarded) -> None:
    guarded.guard.arm_alone(Choice(("news",)), 7200)
    guarded.begin(10)
    kept = guarded.guard.state.read()
    assert kept is not None
    assert round(kept.until - guarded.person.clock.now().timestamp()) == 7200
