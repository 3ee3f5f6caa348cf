"""The life of a lease: on, longer, tighter, over; and everything as it was."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from flowtui.guard.program import names, requests
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.policy_text import ALLOW, BLOCK, FILE
from tests.unit.guard.harness import ME, World


def refusal(code: str) -> pytest.RaisesExc[GuardError]:
    """Expect a refusal with this code."""
    return pytest.RaisesExc(GuardError, check=lambda error: error.code == code)


def test_a_lease_blocks_until_its_time_and_leaves_no_trace(world: World) -> None:
    before = world.look()

    world.arm()
    assert world.blocks() and (world.policies / FILE).exists()
    world.later(3599)
    assert world.blocks()
    world.later(2)

    assert world.engine.lease is None
    assert world.look() == before
    assert world.engine.journal.records() == []
    proof = world.engine.proofs.read()
    assert [r["how"] for r in proof["resources"]] == ["exact", "exact"]
    assert all(r["before"] == r["after"] for r in proof["resources"])


def test_a_second_lease_is_refused_while_one_runs(world: World) -> None:
    world.arm()

    with refusal("running"):
        world.arm()
    with refusal("running"):
        world.engine.arm(ME + 1, 0, world.wish())


def test_an_end_earlier_than_promised_is_refused_and_not_kept(world: World) -> None:
    world.arm()

    with refusal("earlier"):
        world.engine.extend(ME, 60)

    assert world.engine.lease is not None and world.engine.lease.count.left_s == 3600
    kept = world.engine.file.read()
    assert kept is not None and kept.count.left_s == 3600


def test_a_lease_is_lengthened_from_now(world: World) -> None:
    world.arm()
    world.later(600)

    world.engine.extend(ME, 7200)
    world.later(7190)
    assert world.blocks()
    world.later(20)

    assert not world.blocks()


def test_more_can_be_kept_away_but_nothing_less(world: World) -> None:
    world.arm(groups=[{"list": "news", "sites": ["news.test"], "open": [[10, 20]]}])

    group, _ = requests.added(
        {"v": 1, "verb": "add", "list": "news", "sites": ["video.test", "news.test"]}
    )
    lease = world.engine.add(ME, group, ())

    assert world.blocks("video.test") and world.blocks("news.test")
    assert lease.wish.groups[0].windows == ((10, 20),), "no window comes, none goes"
    with refusal("sites"):
        requests.added({"v": 1, "verb": "add", "list": "x", "sites": "news.test"})
    with refusal("field"):
        requests.added({"v": 1, "verb": "add", "list": "x", "sites": [], "open": [[0, 9]]})


def test_others_may_neither_change_nor_end_a_lease(world: World) -> None:
    world.arm()

    for deed in (
        lambda: world.engine.extend(ME + 1, 7200),
        lambda: world.early.release(ME + 1, "because I want it", False),
        lambda: world.early.request(ME + 1, "because I want it"),
    ):
        with refusal("other"):
            deed()
    assert world.blocks()


def test_a_window_opens_one_list_and_closes_again(world: World) -> None:
    world.arm(
        groups=[
            {"list": "news", "sites": ["news.test"], "open": [[600, 1200]]},
            {"list": "video", "sites": ["video.test"]},
        ]
    )

    world.later(590)
    assert [world.blocks(n) for n in ("news.test", "video.test")] == [True, True]
    world.later(20)
    assert [world.blocks(n) for n in ("news.test", "video.test")] == [False, True]
    assert json.loads((world.policies / FILE).read_bytes())[BLOCK] == ["video.test"]
    world.later(600)
    assert [world.blocks(n) for n in ("news.test", "video.test")] == [True, True]


def test_no_clock_opens_a_window_early(world: World) -> None:
    """Windows are seconds of the lease: it does not matter what the clock on the wall says."""
    world.arm(groups=[{"list": "news", "sites": ["news.test"], "open": [[600, 1200]]}])

    world.now = replace(world.now, wall=world.now.wall + 700)
    world.engine.tick()

    assert world.blocks("news.test")


def test_exceptions_stay_reachable_in_every_layer(world: World) -> None:
    world.arm(
        groups=[{"list": "forums", "sites": ["reddit.test", "old.reddit.test", "hn.test"]}],
        **{"except": ["reddit.test/r/MachineLearning", "hn.test"]},
    )

    policy = json.loads((world.policies / FILE).read_bytes())
    assert not world.blocks("reddit.test"), "a part of it has to be reachable: the policy alone"
    assert world.blocks("old.reddit.test") and not world.blocks("hn.test")
    assert policy[BLOCK] == ["reddit.test"]
    assert policy[ALLOW] == ["reddit.test/r/MachineLearning", "hn.test"]


def test_only_a_few_sites_can_be_left(world: World) -> None:
    world.arm(groups=[], only=["docs.test"])

    policy = json.loads((world.policies / FILE).read_bytes())
    assert policy[BLOCK] == ["http://*", "https://*", "ftp://*"]
    assert "docs.test" in policy[ALLOW]
    assert not world.blocks("docs.test"), "the hosts file knows no such thing"


def test_names_that_the_user_maps_are_left_to_the_user(world: World) -> None:
    world.roots.hosts.write_bytes(b"10.0.0.7 news.test\n")

    lease = world.arm()

    assert not world.blocks("news.test") and world.blocks("www.news.test")
    assert any("news.test" in note for note in lease.notes)


def test_a_lease_goes_on_after_a_restart_of_the_guard(world: World) -> None:
    world.arm()
    world.later(600)
    world.anew()

    assert world.engine.lease is not None and world.engine.lease.count.left_s <= 3600 - 585
    assert world.blocks()
    world.later(3601)
    assert not world.blocks()


def test_a_lease_goes_on_over_a_reboot_and_ends(world: World) -> None:
    before = world.look()
    world.arm(strictness="hard")
    world.later(600)

    world.reboot(off_s=600)
    assert world.left_s() == pytest.approx(3600 - 1210, abs=16)
    world.reboot(off_s=36_000)

    assert world.engine.lease is None and world.look() == before


def test_the_clock_set_back_a_year_changes_nothing(world: World) -> None:
    world.arm(strictness="hard")
    world.now = replace(world.now, wall=world.now.wall - 365 * 86400)

    world.later(1800)
    assert world.blocks()
    world.later(1801)

    assert not world.blocks()


def test_a_guard_that_was_killed_while_arming_undoes_it(world: World) -> None:
    before = world.look()
    lease = world.arm()
    world.engine.file.write(replace(lease, phase="arming"))

    world.anew()

    assert world.engine.lease is None and world.look() == before


def test_a_lease_that_cannot_be_read_ends_rather_than_lasts(world: World) -> None:
    before = world.look()
    world.arm()
    path = world.roots.state / "lease.json"
    path.write_bytes(path.read_bytes()[:-20])

    world.anew()

    assert world.engine.lease is None and world.look() == before


def test_a_large_list_goes_where_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = [f"n{n}.test" for n in range(5000)]

    world.arm(groups=[{"list": "big", "sites": sites}])

    assert len(json.loads((world.policies / FILE).read_bytes())[BLOCK]) == 1000
    assert world.blocks("n4999.test")
    with refusal("groups"):
        world.wish(groups=[{"list": str(n), "sites": ["a.test"]} for n in range(40)])
    monkeypatch.setattr(names, "MAX_NAMES", 5000)
    with refusal("sites"):
        world.wish(groups=[{"list": "big", "sites": [*sites, "one.more.test"]}])


def test_a_soft_lease_ends_on_request(world: World) -> None:
    before = world.look()
    world.arm()

    assert world.early.release(ME, None, False) == {"ended": True}

    assert world.look() == before


def test_a_firm_lease_wants_a_reason_and_time_and_can_be_kept_after_all(world: World) -> None:
    world.arm(strictness="firm")

    with refusal("reason"):
        world.early.release(ME, "no", False)
    assert world.early.release(ME, "the build is broken", False)["ready_in_s"] == 60
    world.later(59)
    assert world.early.release(ME, "", True) == {"ended": False, "ready_in_s": None}
    world.later(5)
    assert world.blocks()
    assert world.early.release(ME, "the build is broken", False)["ready_in_s"] == 120
    world.later(121)

    assert not world.blocks()


def test_a_hard_lease_has_one_exit_a_week(world: World) -> None:
    before = world.look()
    world.arm(strictness="hard")

    with refusal("hard"):
        world.early.release(ME, "the build is broken", False)
    asked = world.early.request(ME, "my child is ill, I have to go")
    assert asked == {"ready_in_s": 900, "phrase": ""}
    with refusal("wait"):
        world.early.confirm(ME, "please")
    world.later(901)
    phrase = world.early.request(ME, "")["phrase"]
    with refusal("phrase"):
        world.early.confirm(ME, "please")
    assert world.early.confirm(ME, f" {phrase} ") == {"ended": True}
    assert world.look() == before

    world.arm(strictness="hard")
    with refusal("used"):
        world.early.request(ME, "my child is ill, I have to go")
    assert any(fact["event"] == "emergency used" for fact in world.engine.log.last())


def test_an_emergency_exit_survives_a_reboot_and_lapses(world: World) -> None:
    world.arm(strictness="hard", seconds=86400)
    world.early.request(ME, "my child is ill, I have to go")

    world.reboot(off_s=100)
    left = world.early.request(ME, "")["ready_in_s"]
    assert left == pytest.approx(900 - 110, abs=16)
    world.later(800)
    world.later(500)
    assert world.early.request(ME, "")["phrase"]
    world.later(200)

    with refusal("none"):
        world.early.confirm(ME, "anything at all")
    assert world.blocks()


def test_a_wish_may_not_be_open_most_of_a_hard_lease(world: World) -> None:
    with refusal("windows"):
        world.wish(
            strictness="hard",
            groups=[{"list": "news", "sites": ["news.test"], "open": [[0, 3500]]}],
        )


@pytest.mark.parametrize(
    "length", [0, -5, 59, 86401, 1e9, "3600", None, True, 3600.0, 40 * 365 * 86400], ids=repr
)
def test_a_length_that_no_lease_has_is_refused(world: World, length: object) -> None:
    with refusal("seconds"):
        world.wish(seconds=length)


def test_what_the_person_sees_the_block_in_is_spared_by_the_next_guard_too(world: World) -> None:
    lease = world.engine.arm(ME, os.getpid(), world.wish())
    above = {pid for pid, _ in lease.spare}

    world.anew()

    assert {os.getpid(), os.getppid()} <= above
    assert world.engine.lease is not None and world.engine.lease.spare == lease.spare


def test_attempts_are_counted_once_each(world: World) -> None:
    world.arm()
    tally = world.engine.tally

    for at in (0.0, 0.1, 0.4, 1.9, 5.0, 5.2):
        tally.saw("127.66.0.2", at)
    tally.saw("127.66.0.3", 5.2)
    world.later(20)

    assert tally.counts == {"127.66.0.2": 2, "127.66.0.3": 1}
    world.anew()
    assert world.engine.tally.counts == tally.counts, "they survive a restart"


def test_what_was_off_before_an_extension_shortens_it_no_more(world: World) -> None:
    world.arm(strictness="firm")
    world.reboot(600, synced=False)
    world.engine.extend(ME, 7200)

    world.reboot(600, synced=True)

    assert world.left_s() == 7200 - 10 - 600
