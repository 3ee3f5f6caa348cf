"""The days of a report as so many stretches as one can take in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.focus.block import Block, Outcome
from flowtui.core.review.chart import picture
from flowtui.core.review.render import LINES, alt_text, markdown, page, title
from flowtui.core.review.stretches import kind_of, stretches, weeks_of
from flowtui.core.review.summary import MOST_DAYS, Summary, public, summarise
from tests.user import Person, Shell

FIRST = date(2026, 1, 1)


def block(day: date, minutes: int = 60, intention: str = "read", **fields: object) -> Block:
    start = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    made = Block(f"{day}{intention}", start, "UTC", intention=intention)
    return replace(made, ended_at=start + timedelta(minutes=minutes), **fields)  # type: ignore[arg-type] # fields of a block


def summary_of(blocks: list[Block], first: date, last: date) -> Summary:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    return summarise(blocks, first, last, now, lambda one: one.started_at.date())


@given(
    st.integers(0, 800).flatmap(
        lambda span: st.tuples(
            st.just(span), st.dictionaries(st.integers(0, span), st.integers(1, 600), max_size=20)
        )
    ),
    st.integers(0, 6),
)
def test_the_sum_of_the_stretches_is_the_sum_of_the_days_and_none_is_counted_twice(
    made: tuple[int, dict[int, int]], first_weekday: int
) -> None:
    span, minutes = made
    last = FIRST + timedelta(days=span)
    blocks = [block(FIRST + timedelta(days=at), length) for at, length in minutes.items()]
    summary = summary_of(blocks, FIRST, last)
    summary = replace(summary, first_weekday=first_weekday)
    told = stretches(summary)
    assert sum(one.focus_s for one in told) == summary.focus_s
    assert len({one.name for one in told}) == len(told)
    assert len(told) <= max(MOST_DAYS, 16, span // 28 + 2)
    if kind_of(summary) != "day" and told:
        assert told[0].focus_s and told[-1].focus_s
    days = [day for week in weeks_of(summary) for day in week if day is not None]
    assert sum(day.focus_s for day in days) == summary.focus_s


@pytest.mark.parametrize(
    ("days", "kind", "names"),
    [
        (7, "day", ["Thu 1", "Fri 2", "Sat 3", "Sun 4", "Mon 5", "Tue 6", "Wed 7"]),
        (31, "week", ["1 Jan", "5 Jan", "12 Jan", "19 Jan", "26 Jan"]),
        (181, "month", ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]),
        (400, "month", [*(f"{date(2026, m, 1):%b} 2026" for m in range(1, 13)), "Jan 2027",
                        "Feb 2027"]),
    ],
)  # fmt: skip
def test_a_report_shows_days_weeks_or_months(days: int, kind: str, names: list[str]) -> None:
    last = FIRST + timedelta(days=days - 1)
    every = [block(FIRST + timedelta(days=at)) for at in range(days)]
    summary = summary_of(every, FIRST, last)
    assert kind_of(summary) == kind
    assert [one.name for one in stretches(summary)] == names
    for text in (markdown(summary), page(summary)):
        assert all(name in text for name in names)
    assert alt_text(summary).startswith(f"Focus of each {kind}: ")
    assert alt_text(summary) in picture(summary)
    assert len(alt_text(summary)) < 700


def test_a_year_has_a_square_for_each_day_from_its_first_focus_to_its_last() -> None:
    blocks = [block(date(2026, 3, 2), 30), block(date(2026, 3, 15), 300)]
    text = page(summary_of(blocks, FIRST, date(2026, 12, 31)))
    heat = text.partition('<svg class="h"')[2].partition("</svg>")[0]
    assert heat.count("<rect") == 14
    assert (heat.count('"s1"'), heat.count('"s4"'), heat.count('"s0"')) == (1, 1, 12)
    assert "a square for each day of 365 days" in heat


def test_an_empty_year_has_neither_bars_nor_squares() -> None:
    summary = summary_of([], FIRST, date(2026, 12, 31))
    assert stretches(summary) == [] and weeks_of(summary) == []
    assert "<figure" not in page(summary) and "| month |" not in markdown(summary)
    assert alt_text(summary) == "No focus in these days."


def test_what_was_meant_is_told_once_with_how_it_ended_and_what_it_took() -> None:
    days = [FIRST + timedelta(days=at) for at in range(3)]
    blocks = [
        block(days[0], 60, "Write", outcome=Outcome.NOT, note="stuck"),
        block(days[1], 50, "read"),
        block(days[2], 30, "write", outcome=Outcome.DONE, note="sent"),
    ]
    told = summary_of(blocks, FIRST, days[2])
    assert told.lines == ("Write (done, 2 blocks, 1 h 30): stuck; sent", "read")


def test_of_hundreds_of_lines_the_first_are_told_and_how_many_there_are() -> None:
    blocks = [block(FIRST + timedelta(days=at), 30, f"task {at}") for at in range(90)]
    summary = summary_of(blocks, FIRST, FIRST + timedelta(days=364))
    assert len(summary.lines) == 90
    text = markdown(summary)
    assert text.count("- task") == LINES - 1 and f"- and {90 - LINES + 1} more" in text


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2026, 11, 1), date(2026, 11, 29), "1 to 29 November 2026"),
        (date(2026, 1, 1), date(2027, 12, 31), "1 January 2026 to 31 December 2027"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 November 2026 to 6 December 2026"),
        (date(2026, 12, 1), date(2026, 12, 1), "1 December 2026"),
    ],
)
def test_a_whole_month_or_year_goes_by_its_name(first: date, last: date, name: str) -> None:
    assert title(summary_of([], first, last)) == name


def test_weeks_begin_as_the_person_has_them(flow: Shell, person: Person) -> None:
    person.configure('[day]\nweek_starts = "sunday"\n')
    person.past(60, 50)
    text = flow.ok("report", "--month", "2026-03").out
    assert "| 1 Mar |" in text and "| 8 Mar |" not in text, "1 March 2026 is a Sunday"


@pytest.mark.parametrize(("minutes", "days"), [(7, 30), (23, 30), (8, 200), (37, 364), (50, 7)])
def test_what_all_may_see_adds_up(minutes: int, days: int) -> None:
    every = [block(FIRST + timedelta(days=at), minutes) for at in range(days)]
    told = public(summary_of(every, FIRST, FIRST + timedelta(days=days - 1)))
    assert told.focus_s == round(minutes * 60 * days / 900) * 900
    assert all(one.focus_s % 900 == 0 for one in told.days)
    shown = sum(one.focus_s for one in stretches(told))
    if days > MOST_DAYS:
        assert shown == told.focus_s
    else:
        assert abs(shown - told.focus_s) <= 450 * days


def test_a_context_that_is_called_none_is_no_other(flow: Shell, person: Person) -> None:
    blocks = [block(FIRST, 60), replace(block(FIRST, 30, "write"), tags=("none",))]
    text = markdown(summary_of(blocks, FIRST, FIRST))
    assert "| none | 1 h 30 |" in text or "none" not in text
