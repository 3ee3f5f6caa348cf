"""Spans add up, and logical days are as long as they really are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.day import DayRule, week_of
from flowtui.core.span import Span, instant_after, intersect, subtract, total_s, union

BASE = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 100_000).map(lambda s: BASE + timedelta(seconds=s))
spans = st.tuples(instants, instants).map(lambda pair: Span(min(pair), max(pair)))
span_lists = st.lists(spans, max_size=8)
zones = st.sampled_from(
    ["UTC", "Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
starts = st.sampled_from([time(0), time(1, 30), time(2, 30), time(4), time(23, 59)])
year = st.integers(0, 366 * 24 * 3600).map(lambda s: BASE + timedelta(seconds=s))


def seconds_of(spans_: list[Span]) -> set[int]:
    return {
        s
        for span in spans_
        for s in range(
            int((span.start - BASE).total_seconds()), int((span.end - BASE).total_seconds())
        )
    }


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Span(BASE + timedelta(seconds=1), BASE)


@given(span_lists)
def test_a_union_covers_the_same_time_once(many: list[Span]) -> None:
    merged = union(many)

    assert union(merged) == merged
    assert all(a.end < b.start for a, b in pairwise(merged))
    small = [s for s in many if s.seconds < 5_000]
    assert seconds_of(union(small)) == seconds_of(small)


@given(span_lists, span_lists)
def test_what_is_subtracted_and_what_is_left_make_up_the_whole(
    base: list[Span], holes: list[Span]
) -> None:
    left = subtract(base, holes)
    taken = [part for span in union(base) for part in intersect(holes, span)]

    assert total_s(left) + total_s(taken) == total_s(union(base))
    assert not any(a.overlaps(b) for a in left for b in holes)


@given(span_lists, st.integers(1, 50_000))
def test_the_instant_after_some_seconds_has_that_much_before_it(
    many: list[Span], seconds: int
) -> None:
    merged = union(many)
    instant = instant_after(merged, seconds)

    if instant is None:
        assert total_s(merged) < seconds
    else:
        assert total_s(intersect(merged, Span(BASE, instant))) == seconds


@given(year, zones, starts)
def test_every_instant_lies_within_the_bounds_of_its_day(
    instant: datetime, zone: str, start: time
) -> None:
    rule = DayRule(ZoneInfo(zone), start)
    bounds = rule.bounds(rule.day_of(instant))

    assert bounds.start <= instant < bounds.end


@given(year, st.integers(1, 200_000), zones, starts)
def test_parts_by_day_are_together_as_long_as_the_whole(
    first: datetime, length: int, zone: str, start: time
) -> None:
    rule = DayRule(ZoneInfo(zone), start)
    span = Span(first, first + timedelta(seconds=length))
    parts = rule.by_day([span])

    assert sum(total_s(p) for p in parts.values()) == length
    assert all(rule.day_of(p.start) == day for day, ps in parts.items() for p in ps)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_is_23_or_25_hours_long_where_the_clocks_change(day: date, hours: int) -> None:
    """Warsaw changes on 29 March and 25 October at night, which is the logical day before."""
    rule = DayRule(ZoneInfo("Europe/Warsaw"))

    assert rule.bounds(day).seconds == hours * 3600


@pytest.mark.parametrize(("clock", "day"), [("03:59", 1), ("04:00", 2), ("04:01", 2), ("23:59", 2)])
def test_a_day_starts_at_four(clock: str, day: int) -> None:
    rule = DayRule(ZoneInfo("Europe/Warsaw"))
    local = datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=rule.zone)

    assert rule.day_of(local.astimezone(UTC)) == date(2026, 3, day)


def test_weeks_start_where_the_person_says() -> None:
    wednesday = date(2026, 3, 4)

    assert week_of(wednesday) == (date(2026, 3, 2), date(2026, 3, 8))
    assert week_of(wednesday, first_weekday=6) == (date(2026, 3, 1), date(2026, 3, 7))
