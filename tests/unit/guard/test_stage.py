"""Long lists handed over in parts, by users and at moments that wish the guard no good."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from flowtui.guard.client import Client
from flowtui.guard.lists import SiteList
from flowtui.guard.program import clock as clocks
from flowtui.guard.program import files, hosts, hosts_text, names, report, requests
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.lease import MANY, LeaseFile
from flowtui.guard.program.requests import Group
from flowtui.guard.program.verbs import Verbs
from flowtui.services.guard.wishes import fitted
from tests.unit.guard.harness import ME, World

OTHER, STRANGER = 1001, 1002
APP, SHELL = 71, 72
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(world: World) -> Ask:
    """Asks the guard that runs now, as a user's process."""
    return asking(world)


def asking(world: World) -> Ask:
    """A guard that has just started on the same disk."""
    verbs = Verbs(world.engine, lambda: world.now, frozenset({ME, OTHER}))

    def ask(verb: str, uid: int = ME, pid: int = APP, **fields: Any) -> dict[str, Any]:
        return verbs.answer(
            uid, pid, json.dumps({"v": 1, "id": 1, "verb": verb, **fields}).encode()
        )

    return ask


def arming(ask: Ask, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"groups": [{"list": "ads"}], "seconds": 600, "staged": True, **more}
    return ask("arm", **fields)


def code(answer: dict[str, Any]) -> str:
    """Why an answer is a refusal; empty if it is none."""
    return "" if answer["ok"] else str(answer["error"]["code"])


def sites(world: World) -> list[str]:
    """What the lease blocks."""
    return world.engine.lease.sites() if world.engine.lease is not None else []


def test_a_part_for_a_guard_that_never_saw_the_first_is_refused(world: World, ask: Ask) -> None:
    assert ask("stage", list="ads", sites=["a.ads.test"], first=True)["ok"]
    ask = asking(world)  # it was killed, and another took its place

    assert code(ask("stage", list="ads", sites=["b.ads.test"])) == "staged"
    assert code(arming(ask)) == "staged" and world.engine.lease is None


def test_two_processes_that_hand_over_at_once_never_arm_half_of_a_list(
    world: World, ask: Ask
) -> None:
    ask("stage", list="ads", sites=["a.ads.test"], first=True)
    ask("stage", list="ads", sites=["else.test"], first=True, pid=SHELL)

    assert code(ask("stage", list="ads", sites=["b.ads.test"])) == "staged"
    assert code(arming(ask)) == "staged" and world.engine.lease is None
    assert arming(ask, pid=SHELL)["ok"] and sites(world) == ["else.test"]


def test_a_list_that_was_handed_over_and_is_not_asked_for_is_told(world: World, ask: Ask) -> None:
    ask("stage", list="porn", sites=["a.porn.test"], first=True)
    ask("stage", list="ads", sites=["a.ads.test"])

    assert code(arming(ask)) == "groups" and world.engine.lease is None


@pytest.mark.parametrize(
    "part",
    [{"apps": ["discord"]}, {"staged": True}, {"first": 1}, {"first": "yes"}, {"sites": "ads.test"},
     {"sites": [["ads.test"]]}, {"list": ""}, {"list": "a\x1b[2J"},
     {"sites": ["a\x1b]0;x\x07.test"]}, {"sites": ["ads\u202e.test"]},
     {"sites": ["ads.test\n1.2.3.4 bank.test"]}, {"seconds": 60}],
)  # fmt: skip
def test_a_part_with_what_no_part_has_is_refused_and_nothing_of_it_kept(
    world: World, ask: Ask, part: dict[str, Any]
) -> None:
    fields = {"list": "ads", "sites": ["ads.test"], "first": True, **part}

    assert not ask("stage", **fields)["ok"]
    assert code(arming(ask)) == "staged" and world.engine.lease is None


def test_nobody_hands_over_for_another_nor_without_leave(world: World, ask: Ask) -> None:
    world.arm()
    before = sites(world)
    assert ask("stage", uid=OTHER, list="news", sites=["theirs.test"], first=True)["ok"]

    assert code(ask("add", uid=OTHER, list="news", staged=True)) == "other"
    assert code(ask("add", list="news", staged=True)) == "staged"
    assert code(ask("stage", uid=STRANGER, list="news", sites=["x.test"], first=True)) == "user"
    assert sites(world) == before


def test_what_is_handed_over_and_never_asked_for_leaves_the_memory_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(clocks, "monotonic", lambda: now[0])
    verbs = Verbs(world.engine, lambda: world.now, frozenset({ME}))
    line = {"v": 1, "id": 1, "verb": "stage", "list": "ads", "sites": ["ads.test"], "first": True}
    assert verbs.answer(ME, APP, json.dumps(line).encode())["ok"]
    verbs.tick()
    assert verbs.heaps == 1

    now[0] += 61
    verbs.tick()  # nobody asks anything

    assert verbs.heaps == 0


def test_a_lease_that_ends_while_a_list_is_handed_over_leaves_the_file_as_it_was(
    world: World, ask: Ask
) -> None:
    before = world.look()
    world.arm()
    ask("stage", list="ads", sites=["a.ads.test"], first=True)
    world.later(3601)

    assert code(ask("add", list="ads", staged=True)) == "none"
    assert world.engine.lease is None and world.look() == before


def long_names(part: int, count: int = 200) -> list[str]:
    label = "x" * 60
    return [f"{label}.{label}.{label}.{part}-{n}.test" for n in range(count)]


def test_names_that_are_few_and_long_are_bounded_by_length_however_they_come(
    world: World, ask: Ask
) -> None:
    world.arm()
    lease = world.engine.lease
    assert lease is not None
    parts = names.MAX_CHARS // (190 * 200) + 1
    many = tuple(site for part in range(parts) for site in long_names(part))
    assert len(many) < names.MAX_NAMES

    with pytest.raises(GuardError, match="characters"):
        world.engine.add(ME, Group("ads", many), ())
    answers = [
        ask("stage", list="ads", sites=long_names(part), first=part == 0) for part in range(parts)
    ]
    refused = next(answer for answer in answers if not answer["ok"])
    assert code(refused) == "names" and "characters" in refused["error"]["message"]
    assert code(ask("add", list="ads", staged=True)) == "staged"
    assert sites(world) == lease.sites()


def test_a_list_of_long_names_is_cut_to_what_fits_rather_than_refused_whole() -> None:
    parts = names.MAX_CHARS // (190 * 200) + 1
    long = SiteList("long", sites=tuple(s for part in range(parts) for s in long_names(part)))
    short = SiteList("short", sites=("a.test", "b.test"))

    cut, whole = fitted([long, short])

    assert whole.sites == short.sites and 0 < len(cut.sites) < len(long.sites)
    requests.fit([Group(one.name, one.sites) for one in (cut, whole)])


def test_lists_without_end_are_not_added_to_a_lease(world: World, ask: Ask) -> None:
    world.arm()

    answers = [ask("add", list=f"l{n}", sites=[]) for n in range(requests.MOST_GROUPS)]

    assert code(answers[-1]) == "groups" and answers[0]["ok"]


def test_a_hosts_file_that_could_not_be_read_again_is_not_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.hosts
    room = len(before) + len(hosts_text.tail(before, "0" * 16, {})) + 100
    monkeypatch.setattr(files, "MAX_BYTES", room)
    with pytest.raises(GuardError, match="larger than"):
        hosts.apply(world.engine.journal, world.roots.hosts, {"long" * 30 + ".test": "127.66.0.2"})
    assert world.hosts == before and not world.engine.journal.records()

    record = hosts.apply(world.engine.journal, world.roots.hosts, {"ok.test": "127.66.0.2"})
    kept = world.hosts
    with pytest.raises(GuardError, match="larger than"):
        hosts.change(world.engine.journal, record, {"long" * 30 + ".test": "127.66.0.2"})

    assert world.hosts == kept and hosts.restore(world.engine.journal, record).settled
    assert world.hosts == before


def large(prefix: str) -> Group:
    return Group("ads", tuple(f"{prefix}{n}.test" for n in range(MANY + 1)))


def test_what_a_killed_write_of_names_has_left_is_swept_away(world: World) -> None:
    half = world.roots.state / ".names-0123456789abcdef.json.new"
    whole = world.roots.state / "names-0123456789abcdef.json"
    half.write_bytes(b"half")
    whole.write_bytes(b"of no lease")

    world.anew()
    assert not half.exists() and not whole.exists(), "by the guard that starts next"

    world.engine.arm(ME, 0, requests.Wish((large("a"),), seconds=600))
    half.write_bytes(b"half")
    world.later(60)
    assert not half.exists()
    world.later(600)
    assert not [path.name for path in world.roots.state.iterdir() if "names" in path.name]


def test_who_reads_a_large_lease_while_it_is_written_never_takes_it_for_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.engine.arm(ME, 0, requests.Wish((large("a"),), seconds=600))
    reading = files.read
    reads: list[str] = []

    def meanwhile(path: Any) -> bytes | None:
        reads.append(path.name)
        if len(reads) == 2:  # lease.json was read, its names not yet
            monkeypatch.setattr(files, "read", reading)
            world.engine.add(ME, Group("more", ("more.test",)), ())
            monkeypatch.setattr(files, "read", meanwhile)
        return reading(path)

    monkeypatch.setattr(files, "read", meanwhile)

    seen = LeaseFile(world.roots.state / "lease.json").read()

    assert seen is not None and "more.test" in seen.sites()


def test_a_client_hands_over_anew_what_the_guard_has_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.arm()
    asks = [asking(world)]
    handed: list[str] = []

    def answer(self: Client, verb: str, line: bytes, timeout_s: float) -> dict[str, Any]:
        handed.append(verb)
        if len(handed) == 3:
            asks[:] = [asking(world)]  # killed between two parts
        raw = json.loads(line)
        return asks[0](raw.pop("verb"), **{k: raw[k] for k in raw if k not in ("v", "id")})

    monkeypatch.setattr(Client, "_asked", answer)
    many = tuple(f"s{n}.ads.test" for n in range(12_000))

    Client().arm_more("ads", many, ())

    assert set(many) <= set(sites(world)) and handed.count("stage") > 4


def test_an_attempt_at_an_address_of_many_names_is_not_laid_to_one_of_them(world: World) -> None:
    total = hosts_text.OWN_ADDRESSES + 600
    listed = tuple(f"s{n}.test" for n in range(total))
    world.engine.arm(ME, 0, requests.Wish((Group("ads", listed),), seconds=600))
    at = hosts_text.address(total - 1)
    same = [name for n, name in enumerate(listed) if hosts_text.address(n) == at]
    world.engine.tally.saw(at, 1.0)
    world.engine.tally.saw(hosts_text.address(5), 1.0)

    told = report.attempted(world.engine, ME)

    assert dict(told["names"]) == {"s5.test": 1, same[0]: 1}
    assert told["shared"] == {same[0]: len(same) - 1} and len(same) > 1
