"""Eating windows: opening, closing, editing, and what follows from them at night and in travel."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.body.eating import (
    check_window,
    close_window,
    edit_window,
    open_one,
    open_window,
    windows,
)
from flowtui.core.body.entry import Entry, length_s
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.fasting import (
    LONG_FAST_NOTE,
    LONG_WINDOW_NOTE,
    Target,
    fast_before,
    sentence,
    target_from,
    targets_from,
    window_history,
    window_now,
)
from flowtui.core.day import DayRule
from flowtui.core.errors import UsageError
from tests.unit.body.entries import BERLIN, day, local, log, pen, utc

NOW = local("2026-06-10 22:00")
RULE = DayRule(BERLIN)
SIXTEEN = targets_from({"default": "16:8", "sat": "14:10", "sun": "off"})


def window(opened: str, closed: str | None, name: str = "w", zone: ZoneInfo = BERLIN) -> Entry:
    writer = pen(local("2027-01-01 00:00"), zone, prefix=f"{name}{opened}")
    return writer.write(
        Kind.EATING,
        start=local(opened, zone),
        end=local(closed, zone) if closed else None,
    )


def no_food(text: str) -> Entry:
    return pen(NOW, prefix=f"no{text}").write(
        Kind.EATING, state=State.NO, day=day(text), scope=Scope.DAY
    )


def test_a_window_opens_and_closes() -> None:
    opened = open_window([], local("2026-06-10 12:00"), pen(NOW))
    closed = close_window([opened], local("2026-06-10 20:00"), pen(NOW))

    assert closed.id == opened.id
    assert length_s(closed) == 8 * 3600
    assert open_one([closed]) is None


def test_a_second_open_window_is_refused_and_the_first_one_named() -> None:
    opened = open_window([], local("2026-06-10 12:00"), pen(NOW))

    with pytest.raises(UsageError, match="open since 2026-06-10 12:00"):
        open_window([opened], local("2026-06-10 13:00"), pen(NOW, prefix="x"))


def test_closing_what_is_not_open_is_refused() -> None:
    with pytest.raises(UsageError, match="no eating window is open"):
        close_window([window("2026-06-09 12:00", "2026-06-09 20:00")], NOW, pen(NOW))


def test_closing_before_it_opened_is_refused() -> None:
    opened = open_window([], local("2026-06-10 12:00"), pen(NOW))

    with pytest.raises(UsageError, match="before it starts"):
        close_window([opened], local("2026-06-10 11:59"), pen(NOW))


def test_closing_after_more_than_a_day_asks_for_the_time() -> None:
    opened = window("2026-06-09 12:00", None)

    with pytest.raises(UsageError, match="longer than 24 h"):
        close_window([opened], NOW, pen(NOW))


def test_windows_that_share_time_are_refused_and_windows_that_touch_are_not() -> None:
    noon = window("2026-06-09 12:00", "2026-06-09 20:00", "a")

    with pytest.raises(
        UsageError, match=r"shares time with the one from 2026-06-09 12:00 to 20:00"
    ):
        check_window(window("2026-06-09 19:59", "2026-06-09 21:00", "b"), [noon])
    touching = window("2026-06-09 20:00", "2026-06-09 21:00", "b")
    assert check_window(touching, [noon]) is touching


def test_a_closed_window_added_after_an_open_one_began_is_refused() -> None:
    still = window("2026-06-09 12:00", None, "a")

    with pytest.raises(UsageError, match="shares time"):
        check_window(window("2026-06-09 19:00", "2026-06-09 21:00", "b"), [still])


def test_either_end_can_be_edited_and_the_day_follows_the_opening() -> None:
    old = window("2026-06-09 12:00", "2026-06-09 20:00")

    new = edit_window([old], old.id, pen(NOW), opened=local("2026-06-08 23:00"))
    assert (new.day, length_s(new)) == (day("2026-06-08"), 21 * 3600)
    new = edit_window([old], old.id, pen(NOW), closed=local("2026-06-09 19:30"))
    assert length_s(new) == int(7.5 * 3600)
    assert edit_window([old], old.id, pen(NOW), reopen=True).end is None


def test_editing_what_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown eating window 'x'"):
        edit_window([], "x", pen(NOW))


def test_a_window_over_midnight_is_of_the_day_it_opened() -> None:
    late = window("2026-06-09 18:00", "2026-06-10 01:30")

    assert late.day == day("2026-06-09")
    assert length_s(late) == int(7.5 * 3600)


def test_a_window_opened_at_half_past_three_is_of_the_day_before() -> None:
    assert window("2026-06-10 03:30", "2026-06-10 03:59").day == day("2026-06-09")


def test_the_night_of_the_spring_change_is_an_hour_shorter() -> None:
    """20:00 to 12:00 reads as sixteen hours on the clocks and was fifteen."""
    log_ = [
        window("2026-03-28 12:00", "2026-03-28 20:00", "a"),
        window("2026-03-29 12:00", "2026-03-29 20:00", "b"),
    ]
    fast = fast_before(log_, day("2026-03-29"))

    assert fast is not None
    assert fast.seconds == 15 * 3600


def test_the_night_of_the_autumn_change_is_an_hour_longer() -> None:
    log_ = [
        window("2026-10-24 12:00", "2026-10-24 20:00", "a"),
        window("2026-10-25 12:00", "2026-10-25 20:00", "b"),
    ]
    fast = fast_before(log_, day("2026-10-25"))

    assert fast is not None
    assert fast.seconds == 17 * 3600


def test_a_window_closed_in_another_zone_keeps_both_places() -> None:
    """Opened at noon in Berlin, closed at 16:00 in New York: ten hours, not four."""
    opened = window("2026-06-09 12:00", None)
    there = pen(NOW, ZoneInfo("America/New_York"))
    closed = close_window([opened], utc("2026-06-09 20:00"), there)

    assert length_s(closed) == 10 * 3600
    assert (closed.zone, closed.end_zone) == ("Europe/Berlin", "America/New_York")


def test_a_fast_over_a_day_without_any_record_is_not_certain() -> None:
    log_ = [
        window("2026-06-07 12:00", "2026-06-07 20:00", "a"),
        window("2026-06-09 12:00", "2026-06-09 20:00", "b"),
    ]
    unsure = fast_before(log_, day("2026-06-09"))
    sure = fast_before([*log_, no_food("2026-06-08")], day("2026-06-09"))

    assert unsure is not None
    assert sure is not None
    assert (unsure.certain, sure.certain, sure.seconds) == (False, True, 40 * 3600)


def test_there_is_no_fast_before_the_first_window_nor_on_a_day_without_one() -> None:
    log_ = [window("2026-06-07 12:00", "2026-06-07 20:00")]

    assert fast_before(log_, day("2026-06-07")) is None
    assert fast_before(log_, day("2026-06-08")) is None


def test_the_live_timer_of_an_open_window_counts_to_the_target_of_its_weekday() -> None:
    """2026-06-10 is a Wednesday: 16:8."""
    opened = window("2026-06-10 12:00", None)
    now = window_now([opened], local("2026-06-10 17:30"), RULE, SIXTEEN)

    assert (now.open, now.elapsed_s, now.left_s, now.past_s) == (True, 19800, 9000, 0)
    assert now.reached_at == local("2026-06-10 20:00")
    assert sentence(now) == "open 5 h 30 min, 2 h 30 min to 8 h"


def test_the_live_timer_counts_on_beyond_the_target_in_neutral_words() -> None:
    now = window_now([window("2026-06-10 12:00", None)], local("2026-06-10 20:20"), RULE, SIXTEEN)

    assert (now.left_s, now.past_s) == (0, 1200)
    assert sentence(now) == "open 8 h 20 min, 20 min past 8 h"


def test_a_weekday_without_a_target_only_counts() -> None:
    """2026-06-07 is a Sunday: off."""
    now = window_now([window("2026-06-07 12:00", None)], local("2026-06-07 13:00"), RULE, SIXTEEN)

    assert (now.target_s, now.left_s, now.past_s, now.reached_at) == (None, None, None, None)
    assert sentence(now) == "open 1 h"


def test_after_closing_the_timer_counts_the_hours_since() -> None:
    closed = window("2026-06-09 12:00", "2026-06-09 20:00")
    now = window_now([closed], local("2026-06-10 08:00"), RULE, SIXTEEN)

    assert (now.open, now.elapsed_s, now.left_s, now.certain) == (False, 12 * 3600, 4 * 3600, True)
    assert sentence(now) == "closed 12 h, 4 h to 16 h"


def test_a_day_that_was_passed_over_is_not_spoken_of_as_a_fast() -> None:
    closed = window("2026-06-09 12:00", "2026-06-09 20:00")
    skipped = pen(NOW, prefix="s").write(
        Kind.EATING, state=State.SKIPPED, day=day("2026-06-10"), scope=Scope.DAY
    )
    now = window_now([closed, skipped], local("2026-06-10 22:00"), RULE, SIXTEEN)
    assert (now.certain, now.note) == (False, None)
    eaten = window("2026-06-10 12:00", "2026-06-10 20:00", "o")
    assert window_now([closed, skipped, eaten], NOW, RULE, SIXTEEN).certain
    missing = window_now([closed], local("2026-06-11 22:00"), RULE, SIXTEEN)
    assert (missing.certain, missing.note) == (False, None)


def test_exactly_a_day_says_nothing_and_a_second_more_brings_the_note() -> None:
    closed = [window("2026-06-09 12:00", "2026-06-09 20:00")]
    day_later = local("2026-06-10 20:00")

    assert window_now(closed, day_later, RULE, SIXTEEN).note is None
    after = window_now(closed, day_later + timedelta(seconds=1), RULE, SIXTEEN)
    assert after.note == LONG_FAST_NOTE
    still = [window("2026-06-09 12:00", None)]
    assert window_now(still, day_later, RULE, SIXTEEN).note == LONG_WINDOW_NOTE


def test_before_the_first_window_the_timer_says_so() -> None:
    now = window_now([], NOW, RULE, SIXTEEN)

    assert (now.since, now.elapsed_s, now.note) == (None, None, None)
    assert sentence(now) == "no window logged yet"


@pytest.mark.parametrize("text", ["16:9", "24:0", "0:24", "16", "a:b", "-1:25", "16:8:0", "nan:8"])
def test_a_target_that_makes_no_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not an eating target"):
        target_from(text)


def test_targets_are_read_and_written_as_people_say_them() -> None:
    assert target_from("13.5:10.5") == Target(48600, 37800)
    assert [t.text if t else "off" for t in SIXTEEN] == ["16:8"] * 5 + ["14:10", "off"]
    with pytest.raises(UsageError, match="eating target for 'someday'"):
        targets_from({"someday": "16:8"})


def test_history_keeps_missing_no_and_skipped_apart() -> None:
    skipped = pen(NOW, prefix="s").write(
        Kind.EATING, state=State.SKIPPED, day=day("2026-06-08"), scope=Scope.DAY
    )
    log_ = [
        window("2026-06-06 13:00", "2026-06-06 19:00"),
        no_food("2026-06-07"),
        skipped,
        window("2026-06-10 11:30", None, "o"),
    ]
    rows = window_history(log_, [day(f"2026-06-{n:02d}") for n in range(6, 11)], NOW, RULE, SIXTEEN)

    assert [row.state for row in rows] == [State.GIVEN, State.NO, State.SKIPPED, None, State.GIVEN]
    assert [row.eaten_s for row in rows] == [6 * 3600, 0, None, None, None]
    assert rows[0].bars[0].from_s == 9 * 3600
    assert (rows[4].bars[0].open, rows[4].bars[0].to_s) == (True, 18 * 3600)
    assert rows[4].fast_s is None


def test_windows_are_listed_by_opening_and_nothing_else_is() -> None:
    others = log(["coffee", "eat no"], pen(NOW))
    two = [window("2026-06-09 12:00", None), window("2026-06-08 12:00", "2026-06-08 13:00", "b")]

    assert windows([*others, *two]) == [two[1], two[0]]


def test_a_window_before_a_later_one_is_told_the_line_that_writes_it() -> None:
    writer = pen(local("2026-06-10 21:00"))
    later = log(["eat 12:00-20:00"], writer)

    with pytest.raises(UsageError, match="say when this closed") as refused:
        open_window(later, local("2026-06-09 09:00"), writer)
    assert refused.value.hint == 'flowtui note "eat 09:00-HH:MM 2026-06-09"'
    line = "eat 9:00-18:00 2026-06-09"
    assert [w.day for w in log([line], writer)] == [day("2026-06-09")]
    with pytest.raises(UsageError, match="no eating window is open") as refused:
        close_window(later, local("2026-06-09 18:00"), writer)
    assert 'flowtui note "eat HH:MM-18:00 2026-06-09"' in (refused.value.hint or "")
