"""The end of a lease comes, whatever happens to clocks and machines, and never later."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.guard.program import deadline
from flowtui.guard.program.deadline import Countdown, Reading
from flowtui.guard.program.errors import Damaged

START = Reading("boot-1", 1000.0, 1_800_000_000.0, True)


def later(now: Reading, seconds: float) -> Reading:
    """The machine ran, or slept, for so long."""
    return replace(now, boottime=now.boottime + seconds, wall=now.wall + seconds)


def rebooted(now: Reading, off_s: float, up_s: float = 10.0, synced: bool = True) -> Reading:
    """The machine was off for so long and is up again for so long."""
    return Reading(now.boot_id + "+", up_s, now.wall + off_s + up_s, synced)


def test_within_a_boot_only_boot_time_counts() -> None:
    count = deadline.begin(3600, START)

    set_ahead = replace(later(START, 60), wall=START.wall + 1e8)

    assert deadline.advance(count, set_ahead, strict=True).left_s == 3540
    assert deadline.advance(count, set_ahead, strict=False).left_s == 3540


def test_a_clock_set_back_a_year_changes_nothing() -> None:
    count = deadline.begin(3600, START)

    set_back = replace(later(START, 600), wall=START.wall - 365 * 86400)

    assert deadline.advance(count, set_back, strict=True).left_s == 3000


def test_sleep_counts() -> None:
    assert deadline.advance(deadline.begin(3600, START), later(START, 3000), True).left_s == 600


def test_time_off_counts_where_the_clock_is_synchronised() -> None:
    count = deadline.begin(3600, START)

    assert deadline.advance(count, rebooted(START, 600), strict=True).left_s == 2990


def test_time_off_is_owed_until_the_clock_is_synchronised() -> None:
    count = deadline.begin(3600, START)
    up = rebooted(START, 600, synced=False)

    at_boot = deadline.advance(count, up, strict=True)
    synced = deadline.advance(at_boot, replace(later(up, 20), synced=True), strict=True)

    assert at_boot.left_s == 3590
    assert synced.left_s == 3600 - 600 - 10 - 20
    assert synced.owed_since is None


def test_a_soft_lease_believes_any_clock() -> None:
    up = rebooted(START, 600, synced=False)

    assert deadline.advance(deadline.begin(3600, START), up, strict=False).left_s == 2990


def test_a_clock_set_back_during_a_reboot_owes_nothing() -> None:
    up = replace(rebooted(START, 0), wall=START.wall - 1e7)

    assert deadline.advance(deadline.begin(3600, START), up, strict=True).left_s == 3590


def test_a_container_that_starts_anew_does_not_credit_the_uptime_of_its_host() -> None:
    """Its boot id is new, but boot time is that of the host and goes on."""
    anew = replace(later(START, 5), boot_id="another", synced=False)

    assert deadline.advance(deadline.begin(3600, START), anew, strict=True).left_s == 3600


def test_it_never_gets_shorter_by_extending() -> None:
    count = deadline.begin(3600, START)

    assert deadline.lengthened(count, 60).left_s == 3660
    assert deadline.lengthened(count, 1e9).left_s == deadline.LONGEST_S
    for wrong in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            deadline.lengthened(count, wrong)


@pytest.mark.parametrize(
    "damage",
    [
        {"left_s": float("nan")}, {"left_s": 1e9}, {"left_s": -1}, {"boottime": "x"},
        {"boot_id": 3}, {"wall": None}, {"owed_counted_s": -1},
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_countdown_is_refused(damage: dict[str, object]) -> None:
    raw = {**deadline.encode(deadline.begin(60, START)), **damage}

    with pytest.raises(Damaged):
        deadline.decode(raw)


@dataclass(frozen=True)
class Happening:
    """Something that befalls a machine, and how much of its life that is."""

    kind: str
    seconds: float
    synced: bool


happenings = st.lists(
    st.builds(
        Happening,
        st.sampled_from(["run", "reboot", "ahead", "back"]),
        st.floats(0, 86400),
        st.booleans(),
    ),
    max_size=30,
)


def play(count: Countdown, life: list[Happening], strict: bool) -> list[tuple[Countdown, float]]:
    """The countdown after each happening, and the seconds it was seen to run until then."""
    now, run = START, 0.0
    seen = [(count, 0.0)]
    for happening in life:
        if happening.kind == "run":
            now = replace(later(now, happening.seconds), synced=happening.synced)
            run += happening.seconds
        elif happening.kind == "reboot":
            now = rebooted(now, happening.seconds, synced=happening.synced)
            run += 10.0 if now.boottime < seen[-1][0].boottime else 0.0
        else:
            sign = 1 if happening.kind == "ahead" else -1
            now = replace(now, wall=now.wall + sign * happening.seconds * 400)
        count = deadline.advance(count, now, strict)
        seen.append((count, run))
    return seen


@given(happenings, st.floats(60, 86400), st.booleans())
def test_what_is_left_never_grows_and_is_never_more_than_promised_less_what_ran(
    life: list[Happening], seconds: float, strict: bool
) -> None:
    seen = play(deadline.begin(seconds, START), life, strict)

    for (before, _), (after, run) in pairwise(seen):
        assert 0 <= after.left_s <= before.left_s
        assert after.left_s <= max(0.0, seconds - run) + 1e-6


@given(happenings, st.floats(60, 86400), st.booleans())
def test_it_always_ends_once_the_machine_has_run_for_so_long(
    life: list[Happening], seconds: float, strict: bool
) -> None:
    """However often it was started anew, and whatever its clock was set to."""
    *_, (count, _) = play(deadline.begin(seconds, START), life, strict)

    boot = Reading(count.boot_id, count.boottime + count.left_s, -1e9, False)

    assert deadline.advance(count, boot, strict).over


@given(happenings, st.floats(60, 86400))
def test_no_clock_that_is_set_ends_a_strict_lease_early(
    life: list[Happening], seconds: float
) -> None:
    """Only time that ran, or that a synchronised clock says was spent switched off, counts."""
    untrusted = [replace(one, synced=False) for one in life]

    *_, (count, run) = play(deadline.begin(seconds, replace(START, synced=False)), untrusted, True)

    assert count.left_s == pytest.approx(max(0.0, seconds - run), abs=1e-3)


@given(happenings, st.floats(60, 86400))
def test_a_countdown_comes_back_from_disk_as_it_was(life: list[Happening], seconds: float) -> None:
    for count, _ in play(deadline.begin(seconds, START), life, True):
        assert deadline.decode(json.loads(json.dumps(deadline.encode(count)))) == count
