"""The guard of the running block: on with it, longer with it, over with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Plan, PlanKind
from flowtui.core.focus.commands import Extend, Pause, Resume
from flowtui.core.guard.protection import Choice
from flowtui.guard.client import Client, NoGuard, Refused
from flowtui.guard.program.deadline import Reading
from flowtui.guard.program.verbs import Verbs
from flowtui.ledger.doctor import Weight
from flowtui.services import doctor
from flowtui.services.doctor import findings
from flowtui.services.focus.running_block import Draft
from flowtui.services.guard.quiet_session import Quietness
from tests.unit.guard.harness import ME, World
from tests.unit.schemas import STATUS, check
from tests.user import Person


class Wired(Client):
    """A client whose lines go to the guard's verbs directly: the same answers, without a socket."""

    def __init__(self, world: World, person: Person) -> None:
        super().__init__(Path("/nonexistent"))
        self.world = world
        self._person = person
        self.verbs = Verbs(world.engine, self._now, frozenset({ME}))

    def _now(self) -> Reading:
        clock = self._person.clock
        wall = clock.now().timestamp()
        self.world.now = Reading(clock.boot_id(), clock.boottime(), wall, True)
        return self.world.now

    @property
    def installed(self) -> bool:
        return True

    def ask(self, verb: str, timeout_s: float = 1, **fields: Any) -> dict[str, Any]:
        self._now()
        self.world.engine.tick()
        line = json.dumps({"v": 1, "id": 1, "verb": verb, **fields}).encode()
        answer = self.verbs.answer(ME, 0, line)
        if not answer["ok"]:
            error = answer["error"]
            raise Refused(error["code"], error["message"], error["hint"] or None)
        return answer


class Still(Quietness):
    """Notes what the agent of the session would be told; starts no process."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def begin(self, quiet: bool, apps: tuple[str, ...], seconds: float) -> None:
        self.told.append(("begin", quiet, apps, seconds))

    def extend(self, seconds: float) -> None:
        self.told.append(("extend", seconds))

    def end(self) -> None:
        self.told.append(("end",))

    def frozen(self) -> int:
        return 0


class Guarded:
    """A person with a guard."""

    def __init__(self, person: Person, world: World) -> None:
        self.person = person
        self.world = world
        self.still = Still()
        lists = person.services.paths.lists_dir
        lists.mkdir(parents=True)
        (lists / "news.toml").write_text('sites = ["news.test"]\napps = ["slack"]\n')
        self.guard = person.services.guard
        self.guard.client = Wired(world, person)
        self.guard.quietness = self.still

    def begin(self, minutes: int | None = 50, strictness: str = "soft") -> str:
        """Start a block with the guard; its id."""
        block = self.person.begin(minutes)
        self.guard.arm(block, Choice(("news",), strictness))
        return block.id

    def left_s(self) -> int:
        """Seconds that the guard promises."""
        self.guard.client.ask("hello")
        return round(self.world.left_s())


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    """A person whose guard works below a folder."""
    world = World(tmp_path / "root", monkeypatch, b"127.0.0.1 localhost\n")
    return Guarded(Person(tmp_path / "flowtui"), world)


def test_a_block_puts_the_guard_on_for_as_long_as_it_is_planned(guarded: Guarded) -> None:
    guarded.begin(50)

    assert guarded.world.blocks("news.test") and guarded.left_s() == 3000
    assert guarded.still.told == [("begin", True, (), 3000)], "apps are the guard's then"
    view = guarded.guard.view(guarded.person.services.focus.current())
    assert view is not None and view.level == "guard" and view.lists == ("news",)


def test_the_guard_is_longer_with_its_block_never_shorter(guarded: Guarded) -> None:
    guarded.begin(50)
    focus = guarded.person.services.focus

    focus.apply(Extend(900))
    assert guarded.left_s() == 3900
    guarded.person.pass_min(10)
    focus.apply(Pause("tea"))
    guarded.person.pass_min(20)
    focus.apply(Resume())
    assert guarded.left_s() == 3900 - 600, "the plan's end moved on during the pause"
    focus.apply(Extend(-1800))
    assert guarded.left_s() == 3300


def test_the_guard_is_over_with_its_block_as_its_strictness_allows(guarded: Guarded) -> None:
    guarded.begin(50)
    guarded.person.services.focus.finish()
    assert not guarded.world.blocks("news.test") and guarded.still.told[-1] == ("end",)

    guarded.begin(50, "firm")
    guarded.person.services.focus.finish()
    assert guarded.world.blocks("news.test")
    view = guarded.guard.view(None)
    assert view is not None and view.ready_in_s == 60
    guarded.person.pass_min(1.1)
    assert guarded.guard.view(None) is None and not guarded.world.blocks("news.test")

    guarded.begin(50, "hard")
    guarded.person.services.focus.finish()
    guarded.person.pass_min(49)
    guarded.guard.client.ask("hello")
    assert guarded.world.blocks("news.test")
    guarded.person.pass_min(2)
    guarded.guard.client.ask("hello")
    assert not guarded.world.blocks("news.test")


def test_an_open_ended_block_is_guarded_for_as_long_as_the_settings_say(guarded: Guarded) -> None:
    guarded.begin(None)

    assert guarded.left_s() == 120 * 60


def test_a_guard_that_refuses_is_told_of_and_the_block_runs(guarded: Guarded) -> None:
    guarded.begin(50, "hard")
    guarded.person.services.focus.finish()
    block = guarded.person.begin(25)

    armed = guarded.guard.arm(block, Choice(("news",)))

    assert any("the guard refused: a lease runs for" in said for said in armed.sentences)
    assert guarded.person.services.focus.current() == block


def test_without_a_guard_the_truth_is_said_once_at_length_and_then_short(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.guard.client = Client(Path("/nonexistent/guard.sock"))
    block = guarded.person.begin(50)

    first = guarded.guard.arm(block, Choice(("news",)))
    second = guarded.guard.arm(block, Choice(("news",)))

    assert "guard install" in first.sentences[0] and "sudo" in first.sentences[0]
    assert "sudo" not in second.sentences[0] and "sites stay reachable" in second.sentences[0]
    assert guarded.still.told[0] == ("begin", True, ("slack",), 3000)
    assert first.view is not None and first.view.level == "session"


def test_an_unknown_list_is_refused_before_anything_begins(guarded: Guarded) -> None:
    with pytest.raises(UsageError):
        guarded.guard.choice(("newz",), None, "work")
    with pytest.raises(UsageError):
        guarded.guard.choice(None, "hard", "work")
    assert guarded.guard.choice(None, None, "work") is None


def test_settings_and_context_choose_lists(guarded: Guarded) -> None:
    guarded.person.configure('[guard]\nlists = ["news"]\nstrictness = "firm"\n'
                             '[contexts.own]\nguard = ["video"]\n')  # fmt: skip
    guard = guarded.person.services.guard

    assert guard.choice(None, None, "work") == Choice(("news",), "firm")
    assert guard.choice(None, "soft", "own") == Choice(("news", "video"), "soft")
    assert guard.choice(("social",), None, "own") == Choice(("social",), "firm")


def test_a_window_of_the_settings_opens_its_list_alone(guarded: Guarded) -> None:
    guarded.person.configure('[guard]\nwindows = ["news 12:30-13:00", "video 00:00-23:59"]\n')
    guard = guarded.person.services.guard
    now = guarded.person.clock.now()

    wish = guard.wish([guard.lists()["news"]], Choice(("news",)), (), 3600, now)

    assert wish["groups"][0]["open"] == [[1800, 3600]]


def test_the_last_choice_is_offered_again(guarded: Guarded) -> None:
    assert guarded.guard.offer("work").chosen == ()
    guarded.begin(50, "firm")

    offer = guarded.guard.offer("work")

    assert offer.chosen == ("news",) and offer.strictness == "firm" and offer.installed
    assert "social" in offer.names


def test_attempts_are_counted_by_list_beside_the_stop_doing_list(guarded: Guarded) -> None:
    person = guarded.person
    person.services.body.log.declare(stops=["news"])
    guarded.begin(50)
    for at in (0.0, 10.0, 20.0):
        guarded.world.engine.tally.saw("127.66.0.2", at)

    person.services.focus.finish()

    from flowtui.services.body.stop_list import counted

    today = person.services.today()
    tried = guarded.guard.state.counted(today, today)
    assert tried == {"news": 3}
    stop = counted(person.services.body.log, tried, today, 7)[0]
    assert (stop.name, stop.tried, stop.times, stop.answered) == ("news", 3, 0, 0)


def test_the_status_file_tells_of_the_guard(guarded: Guarded) -> None:
    guarded.begin(50)

    data = json.loads(guarded.person.services.status.text().split("\njson\t")[1])

    check(data, STATUS)
    found = data["guard"]
    assert (found["level"], found["lists"], found["strictness"]) == ("guard", ["news"], "soft")
    assert (found["left_s"], found["attempts"], found["lease"]["left_s"]) == (3000, 0, 3000)


def test_a_block_until_a_time_is_guarded_until_then(guarded: Guarded) -> None:
    until = guarded.person.ago(-90)
    block = guarded.person.services.focus.start(Draft("x", plan=Plan(PlanKind.UNTIL, until=until)))

    guarded.guard.arm(block, Choice(("news",)))

    assert guarded.left_s() == 5400


@pytest.mark.parametrize("broken", ["{", "[]", '{"block": 7}', '{"block":"x","lists":null}'])
def test_a_broken_memory_of_the_guard_is_none(guarded: Guarded, broken: str) -> None:
    folder = guarded.person.services.paths.state_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "guard.json").write_text(broken)

    assert guarded.guard.view(None) is None


def test_a_missing_guard_is_one_kind_of_error_and_says_what_to_do() -> None:
    asked: Callable[[], object] = lambda: Client(Path("/nonexistent/x")).ask("status")  # noqa: E731

    with pytest.raises(NoGuard) as caught:
        asked()

    assert isinstance(caught.value, FlowError) and "install" in str(caught.value.hint)


def test_a_broken_list_is_told_of_once_and_takes_nothing_else_away(guarded: Guarded) -> None:
    (guarded.guard.lists_folder / "mine.toml").write_text("sites = [")
    guarded.person.configure('[guard]\nlists = ["news", "mine"]\n')
    services = guarded.person.services
    guarded.guard = services.guard
    guarded.guard.client, guarded.guard.quietness = Wired(guarded.world, guarded.person), Still()

    choice = services.guard.choice(None, None, "work")
    assert choice is not None and choice.lists == ("news",)
    told = [services.guard.arm(guarded.person.begin(50), choice).sentences]
    services.focus.finish()
    told.append(services.guard.arm(guarded.person.begin(50), choice).sentences)

    assert ["switched off" in " ".join(said) for said in told] == [True, False]
    assert guarded.world.blocks("news.test")
    assert any("mine.toml" in found.what for found in findings(services)), "doctor names it"
    with pytest.raises(UsageError, match="switched off"):
        services.guard.choice(("mine",), None, "work")


def test_the_doctor_looks_at_the_machine_for_lines_that_no_lease_is_behind(
    guarded: Guarded,
) -> None:
    services, root = guarded.person.services, guarded.world.roots.root
    guarded.begin(50)
    assert guarded.world.blocks("news.test") and doctor._of_the_guard(services, root) == []
    held = guarded.world.hosts
    services.focus.finish()
    assert doctor._of_the_guard(services, root) == []

    guarded.world.roots.hosts.write_bytes(held)  # somebody brought them back, or the disk did

    (left,) = doctor._of_the_guard(services, root)
    assert left.weight is Weight.DAMAGE and "no lease is on" in left.what and "rescue" in left.what
