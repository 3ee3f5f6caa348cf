"""What a block keeps away, in seconds and in words."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flowtui.core.guard import protection
from flowtui.core.guard.protection import Cover, GuardView

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
VIEW = GuardView(
    "guard", ("news", "social"), "firm", 3000, 17, 3,
    (Cover("Chromium", True, "policy and hosts"), Cover("Firefox", False, "nothing holds")),
)  # fmt: skip


def test_a_stretch_of_the_day_becomes_seconds_of_the_lease() -> None:
    span = (time(12, 30), time(13))

    assert protection.offsets([span], NOON, ZoneInfo("UTC"), 7200) == [[1800, 3600]]
    assert protection.offsets([span], NOON, ZoneInfo("UTC"), 2400) == [[1800, 2400]]
    assert protection.offsets([span], NOON, ZoneInfo("Asia/Tokyo"), 7200) == []


def test_a_stretch_that_is_under_way_is_open_from_the_start() -> None:
    assert protection.offsets([(time(11), time(12, 10))], NOON, ZoneInfo("UTC"), 7200) == [[0, 600]]


def test_a_stretch_over_midnight_is_found_on_both_days() -> None:
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    early = datetime(2026, 3, 5, 0, 30, tzinfo=UTC)
    span = (time(23), time(1))

    assert protection.offsets([span], late, ZoneInfo("UTC"), 7200) == [[0, 5400]]
    assert protection.offsets([span], early, ZoneInfo("UTC"), 7200) == [[0, 1800]]


def test_a_stretch_over_a_clock_change_is_as_long_as_it_really_is() -> None:
    """Warsaw, 29 March 2026: 02:00 becomes 03:00, so 01:30 to 03:30 is one hour."""
    now = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)

    found = protection.offsets([(time(1, 30), time(3, 30))], now, ZoneInfo("Europe/Warsaw"), 86400)

    assert found[0] == [1800, 5400]


def test_a_lease_lasts_as_long_as_the_block_within_what_a_guard_promises() -> None:
    assert protection.seconds_for(3000.4, 7200) == 3000
    assert protection.seconds_for(None, 7200) == 7200
    assert protection.seconds_for(5, 7200) == 60
    assert protection.seconds_for(1e9, 7200) == 86400


def test_the_line_says_the_most_telling_first_and_fits() -> None:
    assert protection.line(VIEW, 100) == (
        "guard news social  17 attempts  Chromium ✓  Firefox ✗  3 apps frozen  firm"
    )
    assert protection.line(VIEW, 40) == "guard news social  17 attempts"
    assert protection.uncovered(VIEW) == ["Firefox: nothing holds"]


def test_without_a_guard_the_line_says_that_sites_stay_reachable() -> None:
    view = GuardView("session", ("news",), "soft", 3000, frozen=1, quiet=True)

    assert protection.line(view, 100) == (
        "guard news  1 app frozen  sites stay reachable  notices off"
    )
