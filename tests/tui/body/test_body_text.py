"""What the views of Body say where little is known: never more than there is."""

from __future__ import annotations

import pytest

from flowtui.core.body.entry_days import DayValue, Variable
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.services.body.body_view import View, picture
from flowtui.tui.body.body_text import (
    cell_text,
    charts_lines,
    floor_words,
    today_lines,
    window_lines,
    year_lines,
)
from tests.tui.harness import World


@pytest.mark.parametrize("kind", [Kind.SLEEP, Kind.WORKOUT, Kind.CAFFEINE])
@pytest.mark.parametrize("short", [True, False])
def test_a_check_mark_never_stands_for_an_amount_that_was_not_given(
    kind: Kind, short: bool
) -> None:
    text, _ = cell_text(DayValue(State.GIVEN, None), Variable(kind), short)
    assert text == "yes"


def test_a_best_hour_is_told_only_of_hours_with_enough_ratings(world: World) -> None:
    log = world.services.body.log
    for day in range(1, 13):
        log.write(f"energy 4 9:00 2026-02-{day:02}")
    told = charts_lines(picture(world.services, View.CHARTS, None), 100, 20)[0].plain
    assert "12 ratings" in told and "highest" not in told  # one hour alone
    for day in range(1, 10):
        log.write(f"energy 5 14:00 2026-02-{day:02}")
    told = charts_lines(picture(world.services, View.CHARTS, None), 100, 20)[0].plain
    assert "highest" not in told  # nine are not enough
    log.write("energy 5 14:00 2026-02-10")
    told = charts_lines(picture(world.services, View.CHARTS, None), 100, 20)[0].plain
    assert told.endswith("highest at 14 h: 5.0 buzzing")


def test_days_without_a_window_are_one_sentence_with_its_key(world: World) -> None:
    lines = [
        line.plain for line in window_lines(picture(world.services, View.WINDOW, None), 80, 20)
    ]
    assert len(lines) == 2 and "w opens one now" in lines[0]


def test_a_floor_reads_as_a_sentence(world: World) -> None:
    world.configure('[body]\nfloors = ["sleep 5 days >= 7", "workout 3 days"]\n')
    made = picture(world.services, View.WEEK, None)
    assert floor_words(made.floors)[:2] == ["sleep ≥ 7 on 0 of 5 days", "workout on 0 of 3 days"]


def test_in_plain_words_no_view_is_drawn_and_nothing_known_is_left_out(world: World) -> None:
    log = world.services.body.log
    for line in ("sleep 7.5 2026-03-03", "no sugar 2026-03-03", "energy 4 9:00 2026-03-03"):
        log.write(line)
    log.write("yoga 30 e6 2026-03-03")
    made = {view: picture(world.services, view, None) for view in View}
    told = {
        View.TODAY: today_lines(made[View.TODAY], 120, 30, plain=True),
        View.YEAR: year_lines(made[View.YEAR], 0, 120, 60, 0, plain=True),
        View.CHARTS: charts_lines(made[View.CHARTS], 120, 40, plain=True),
        View.WINDOW: window_lines(made[View.WINDOW], 120, 40, plain=True),
    }
    words = {view: "\n".join(line.plain for line in lines) for view, lines in told.items()}
    assert not any(set(text) & set("▁▂▃▄▅▆▇█░▒▓·–━─│") for text in words.values())
    assert "sleep     not recorded" in words[View.TODAY]
    assert "Mar  1 of 4 days known, mean 4" in words[View.YEAR]
    assert "09 h  4.0, n 1" in words[View.CHARTS]
    assert "Tue  3 Mar  7 h 30 min" in words[View.CHARTS]
    assert "Tue  3 Mar  180" in words[View.CHARTS] and "not recorded" in words[View.CHARTS]
    log.write("eat 12:00-20:00 2026-03-03")
    window = window_lines(picture(world.services, View.WINDOW, None), 120, 40, plain=True)
    assert "Tue  3 Mar  8 h" in "\n".join(line.plain for line in window)
