"""A guard that is silent for a while, an older lease beside it, lists that are too long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flowtui.core.focus.block import AtPlan, Block, Plan, PlanKind
from flowtui.core.focus.commands import Extend, Pause, Resume
from flowtui.core.guard.protection import Choice, line, remains
from flowtui.guard.client import Client, Refused, Silent
from flowtui.guard.lists import keep
from flowtui.guard.program import requests
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.stage import Stage
from flowtui.services.focus.running_block import Draft
from flowtui.services.guard.wishes import fitted
from tests.unit.guard.harness import ME, World
from tests.unit.guard.test_block_guard import Guarded
from tests.user import Person, Shell


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    """A person whose guard works below a folder."""
    world = World(tmp_path / "root", monkeypatch, b"127.0.0.1 localhost\n")
    return Guarded(Person(tmp_path / "flowtui"), world)


def running(guarded: Guarded) -> Block:
    """The block that runs."""
    block = guarded.person.services.focus.current()
    assert block is not None
    return block


def silence(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The guard does not answer from now on, until the result is called."""
    client = guarded.guard.client
    answering = client.ask

    def ask(verb: str, timeout_s: float = 1, **fields: Any) -> dict[str, Any]:
        raise Silent("the guard does not answer: timed out", None)

    monkeypatch.setattr(client, "ask", ask)
    return lambda: monkeypatch.setattr(client, "ask", answering)


def test_one_hiccup_does_not_forget_a_lease(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.begin(50, "firm")
    back = silence(guarded, monkeypatch)

    view = guarded.guard.view(guarded.person.services.focus.current())

    assert view is not None and not view.answers and view.strictness == "firm"
    assert "does not answer" in line(view, 200) and "does not answer" in remains(view)
    back()
    again = guarded.guard.view(guarded.person.services.focus.current())
    assert again is not None and again.answers and again.left_s == 3000


def test_a_soft_lease_is_released_when_the_guard_is_back(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.begin(50)
    back = silence(guarded, monkeypatch)
    guarded.person.services.focus.finish()
    assert guarded.guard.view(None) is not None
    back()

    assert guarded.guard.view(None) is None and not guarded.world.blocks("news.test")


def test_the_next_block_lets_go_first_of_what_was_owed(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.begin(50)
    back = silence(guarded, monkeypatch)
    guarded.person.services.focus.finish()
    back()

    guarded.begin(25)

    assert guarded.left_s() == 1500


def test_an_answer_that_was_lost_does_not_lose_the_lease(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = guarded.guard.client
    arm = client.arm

    def lost(wish: Any) -> dict[str, Any]:
        arm(wish)
        raise Silent("the guard does not answer: timed out", None)

    monkeypatch.setattr(client, "arm", lost)
    guarded.begin(50)

    view = guarded.guard.view(guarded.person.services.focus.current())
    assert view is not None and view.level == "guard"
    guarded.person.services.focus.finish()
    assert not guarded.world.blocks("news.test")


def test_a_soft_block_under_an_older_firm_lease_lets_go_of_its_own_alone(guarded: Guarded) -> None:
    guarded.begin(50, "firm")
    guarded.person.services.focus.finish()
    guarded.guard.client.ask("release", cancel=True)

    block = guarded.person.begin(10)
    armed = guarded.guard.arm(block, Choice(("news",)))
    kept = guarded.guard.state.read()
    guarded.person.services.focus.finish()

    assert any("the guard refused" in said for said in armed.sentences)
    assert kept is not None and kept.strictness == "firm" and not kept.lease
    assert guarded.world.engine.lease is not None and guarded.world.engine.lease.pending is None


def test_overtime_keeps_the_guard_until_the_block_ends(guarded: Guarded) -> None:
    guarded.begin(10)
    focus = guarded.person.services.focus

    for _ in range(80):  # fifteen minutes, looked at as a screen does
        guarded.person.clock.advance(15)
        assert guarded.guard.attend(running(guarded)) is not None
        assert guarded.world.blocks("news.test")

    focus.finish()
    assert not guarded.world.blocks("news.test")


def test_a_lease_that_ran_out_unseen_in_overtime_is_put_on_anew(guarded: Guarded) -> None:
    guarded.begin(10)
    guarded.person.pass_min(20)
    guarded.guard.client.ask("hello")
    assert not guarded.world.blocks("news.test")

    assert guarded.guard.attend(running(guarded)) is not None
    assert guarded.world.blocks("news.test")


def test_a_mere_question_puts_nothing_on(guarded: Guarded) -> None:
    guarded.begin(10)
    guarded.person.pass_min(20)

    assert guarded.guard.view(running(guarded)) is None
    assert not guarded.world.blocks("news.test")


def test_a_block_that_ends_at_its_plan_is_not_guarded_beyond_it(guarded: Guarded) -> None:
    plan = Plan(PlanKind.FIXED, 600, at_plan=AtPlan.END)
    block = guarded.person.services.focus.start(Draft("x", plan=plan))
    guarded.guard.arm(block, Choice(("news",)))
    guarded.person.clock.advance(590)

    guarded.guard.attend(running(guarded))

    assert guarded.left_s() == 10


def test_an_extension_in_overtime_puts_the_guard_on_again(guarded: Guarded) -> None:
    guarded.begin(10)
    guarded.person.pass_min(15)
    guarded.guard.client.ask("hello")

    guarded.person.services.focus.apply(Extend(1800))

    assert guarded.world.blocks("news.test") and guarded.left_s() > 1000


def test_what_was_released_on_purpose_stays_released(guarded: Guarded) -> None:
    guarded.begin(10)
    guarded.guard.client.ask("release")

    assert guarded.guard.attend(running(guarded)) is None
    assert not guarded.world.blocks("news.test")


def test_pause_and_resume_do_not_cancel_a_release_that_was_asked_for(guarded: Guarded) -> None:
    guarded.begin(50, "firm")
    focus = guarded.person.services.focus
    guarded.guard.client.ask("release", reason="I have to look something up")

    focus.apply(Pause("tea"))
    guarded.person.clock.advance(20)
    focus.apply(Resume())

    view = guarded.guard.view(focus.current())
    assert view is not None and view.ready_in_s == 40


def test_a_block_in_the_last_seconds_of_an_old_lease_takes_it_over(guarded: Guarded) -> None:
    guarded.begin(50, "firm")
    focus = guarded.person.services.focus
    guarded.person.pass_min(49)
    focus.finish()
    assert 0 < guarded.left_s() <= 60

    guarded.begin(25)

    assert guarded.left_s() == 1500 and guarded.world.blocks("news.test")
    kept = guarded.guard.state.read()
    assert kept is not None and kept.lease and kept.strictness == "firm"


def test_an_emergency_that_is_ready_says_so(guarded: Guarded) -> None:
    guarded.begin(50, "hard")
    guarded.guard.client.ask("emergency-request", reason="the house is on fire")
    focus = guarded.person.services.focus

    early = guarded.guard.view(focus.current())
    guarded.person.pass_min(15.1)
    ready = guarded.guard.view(focus.current())

    assert early is not None and "emergency exit in 15 min" in line(early, 200)
    assert ready is not None and "confirm it: flowtui guard emergency" in line(ready, 200)


def big(guarded: Guarded, *names: str, size: int = 51_000) -> None:
    """Lists of so many names each."""
    for name in names:
        keep(guarded.guard.lists_folder, name, [f"s{n}.{name}.test" for n in range(size)])


def test_two_lists_that_are_too_long_together_are_shortened_before_anything_is_armed(
    guarded: Guarded,
) -> None:
    big(guarded, "ads", "porn")
    block = guarded.person.begin(50)

    armed = guarded.guard.arm(block, Choice(("news", "ads", "porn")))

    kept = guarded.guard.state.read()
    assert kept is not None and kept.lease and kept.level == "guard"
    assert not any("refused" in said or "stay reachable" in said for said in armed.sentences)
    assert any("ads" in said and "left out" in said for said in armed.sentences)
    assert guarded.world.blocks("news.test") and guarded.world.blocks("s0.porn.test")
    view = guarded.guard.view(guarded.person.services.focus.current())
    assert view is not None and any("left out" in note for note in view.notes), "status says so"
    guarded.person.services.focus.finish()
    assert not guarded.world.blocks("s0.ads.test")


@pytest.mark.parametrize("error", [Refused("names", "too many", None), Silent("slow", None)])
def test_a_long_list_of_which_a_part_is_refused_arms_nothing(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    big(guarded, "ads", size=8000)
    before = guarded.world.look()
    client = guarded.guard.client
    answering = client.ask

    def ask(verb: str, timeout_s: float = 1, **fields: Any) -> dict[str, Any]:
        if verb == "stage":
            raise error
        return answering(verb, timeout_s, **fields)

    monkeypatch.setattr(client, "ask", ask)
    block = guarded.person.begin(50)

    armed = guarded.guard.arm(block, Choice(("ads",)))

    assert any(str(error) in said for said in armed.sentences), armed.sentences
    assert guarded.world.engine.lease is None and guarded.world.look() == before


def test_an_older_guard_is_asked_for_what_it_has_room_for(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = guarded.guard.client
    answering = client.ask
    monkeypatch.setattr(client, "ask", lambda verb, timeout_s=1, **fields: {
        name: value for name, value in answering(verb, timeout_s, **fields).items()
        if name != "room"
    })  # fmt: skip
    big(guarded, "ads", size=6000)
    listed = guarded.guard.lists()["ads"]

    assert len(fitted([listed], client)[0].sites) == 5000


def test_what_was_handed_over_is_forgotten_after_its_time_and_bounded(guarded: Guarded) -> None:
    now = [0.0]
    stage = Stage(lambda: now[0])
    put: dict[str, Any] = {"v": 1, "verb": "stage", "list": "ads"}
    wish = requests.Wish((requests.Group("ads", ()),), seconds=600)
    stage.put(ME, 1, {**put, "sites": ["a.ads.test"], "first": True}, ())
    stage.put(ME, 1, {**put, "sites": ["b.ads.test"]}, ())
    assert stage.whole(ME, 1, wish).groups[0].sites == ("a.ads.test", "b.ads.test")
    with pytest.raises(GuardError, match="nothing was handed over"):
        stage.whole(ME + 1, 1, wish)  # another user's is another user's
    now[0] = 61
    with pytest.raises(GuardError, match="nothing was handed over"):
        stage.whole(ME, 1, wish)

    label = "x" * 60
    with pytest.raises(GuardError, match="at most"):
        for part in range(3000):
            many = [f"{label}.{label}.{label}.{n}.{part}.test" for n in range(300)]
            stage.put(ME, 1, {**put, "sites": many, "first": part == 0}, ())


def test_names_of_a_large_lease_are_written_once_and_survive_the_guard(guarded: Guarded) -> None:
    big(guarded, "ads", size=5000)
    state = guarded.world.roots.state
    guarded.guard.arm(guarded.person.begin(50), Choice(("ads",)))
    (beside,) = state.glob("names-*.json")
    stamp = beside.stat().st_mtime_ns
    guarded.world.later(60)
    assert (state / "lease.json").stat().st_size < 4000 and beside.stat().st_mtime_ns == stamp

    adopted = guarded.world.anew().lease
    assert adopted is not None and len(adopted.sites()) == 5000
    beside.unlink()  # lost: nobody knows what was promised, so all is put back
    guarded.world.anew()
    assert guarded.world.engine.lease is None and not guarded.world.blocks("s0.ads.test")
    assert not list(state.glob("names-*.json"))


def test_a_plan_of_a_long_list_names_all_of_it(guarded: Guarded) -> None:
    big(guarded, "ads")
    guard = guarded.guard
    now = guarded.person.clock.now()

    answer = guard.client.plan(guard.wish([guard.lists()["ads"]], Choice(("ads",)), (), 600, now))

    hosts = next(c for c in answer["changes"] if c["what"].endswith("hosts"))
    assert answer["sites"] == 51_000 and hosts["count"] == 51_000


def test_a_missing_socket_is_no_guard_and_a_dead_one_is_silent(tmp_path: Path) -> None:
    import socket

    path = tmp_path / "guard.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(Silent, match="not running"):
        Client(path).ask("status", 0.1)


def test_a_plan_is_told_without_a_guard_and_nothing_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowtui.guard import preview
    from flowtui.guard.program.roots import Roots

    hosts = tmp_path / "etc" / "hosts"
    hosts.parent.mkdir()
    hosts.write_text("127.0.0.1 localhost\n127.0.0.9 mine.example\n")
    before = sorted(tmp_path.rglob("*"))
    here = Roots(tmp_path)
    monkeypatch.setattr(preview, "Roots", lambda: here)
    monkeypatch.setattr(Client, "installed", property(lambda self: False))
    sites = ["news.example", "mine.example", "not a name"]
    wish: dict[str, Any] = {
        "groups": [{"list": "news", "sites": sites, "open": []}],
        "seconds": 600,
    }

    answer = Client(tmp_path / "no.sock").plan(wish)

    assert not answer["installed"] and answer["mapped"] == ["mine.example"]
    lines = next(c for c in answer["changes"] if c["what"] == str(hosts))
    assert lines["count"] >= 1 and any("not a name" in text for text in answer["refused"])
    assert sorted(tmp_path.rglob("*")) == before
    assert hosts.read_text() == "127.0.0.1 localhost\n127.0.0.9 mine.example\n"
    with pytest.raises(Refused, match="nothing to keep away"):
        Client(tmp_path / "no.sock").plan({"groups": [], "seconds": 600})


def test_the_command_tells_a_plan_where_no_guard_is_installed(
    flow: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "installed", property(lambda self: False))
    shown = flow.ok("guard", "plan", "news")
    assert "hosts" in shown.out and "no guard is installed" in shown.err
    assert flow.ok("guard", "plan", "news", "--json").json["installed"] is False
