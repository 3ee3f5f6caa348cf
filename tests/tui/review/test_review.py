"""Review by its keys: the same figures as the reports, at every size."""

from __future__ import annotations

from datetime import date

import pytest
from textual.widgets import Static

from flowtui.core.focus.block import Mode
from flowtui.core.review.picture import ReviewView
from flowtui.core.review.picture_lines import lines
from flowtui.core.review.where_time_went import By
from flowtui.core.text import cell_count
from flowtui.services.plan.planning_line import planned_from_line
from flowtui.services.review.review_view import look, moved, stretch
from flowtui.tui.app import FlowApp
from flowtui.tui.review.review_screen import ReviewScreen
from flowtui.tui.shell.modes import REVIEW
from tests.tui.harness import NOW, World, ready, until

SIZES = [(80, 24), (120, 36), (200, 60), (40, 12)]


def shown(app: FlowApp) -> str:
    """The view's text."""
    return str(app.screen.query_one("#body", Static).content)


async def opened(pilot: object, app: FlowApp) -> ReviewScreen:
    """Review, with its first picture."""
    await pilot.press("5")  # type: ignore[attr-defined]
    await until(pilot, lambda: app.current_mode == REVIEW and shown(app), "review")  # type: ignore[arg-type]
    assert isinstance(app.screen, ReviewScreen)
    return app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_views_are_turned_by_keys_at_every_size(world: World, size: tuple[int, int]) -> None:
    world.a_day()
    planned_from_line(world.services, "14:00 for 50m: read it")
    async with world.app().run_test(size=size) as pilot:
        app = await ready(pilot)
        screen = await opened(pilot, app)
        seen = []
        for _ in ReviewView:
            view = screen.view
            await until(pilot, lambda: screen.made is not None and screen.made.view is screen.view)
            seen.append(view)
            assert all(len(line) <= size[0] for line in shown(app).splitlines())
            await pilot.press("tab")
        assert seen == [ReviewView.WEEK, ReviewView.MONTH, ReviewView.YEAR, ReviewView.DAY]


async def test_a_week_has_the_days_sums_and_goes_back_and_forth(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        screen = await opened(pilot, app)
        rows = {line[2:5]: line for line in shown(app).splitlines() if line}
        assert "2 h 45" in rows["Wed"] and "today" in rows["Wed"]
        assert "2 h 10" in rows["Tue"]
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: screen.made and screen.made.summary.blocks == 0, "before")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen.made and screen.made.summary.blocks == 4, "after")


async def test_a_day_is_a_line_of_time_with_what_was_done_and_planned(world: World) -> None:
    world.a_day()
    planned_from_line(world.services, "14:00 for 50m: read it")
    async with world.app().run_test(size=(120, 36)) as pilot:
        app = await ready(pilot)
        await opened(pilot, app)
        await pilot.press("h")
        await until(pilot, lambda: "planned" in shown(app), "the day")
        text = shown(app)
        scale, row = text.splitlines()[:2]
        assert scale.startswith("04") and row.count("▇") == round(165 / 15)
        assert "✓ done" in text and "read the flash attention paper" in text
        assert any(line.startswith("› 14:00") and "planned" in line for line in text.splitlines())


def test_the_views_of_an_empty_year_are_there_all_the_same(world: World) -> None:
    for view in ReviewView:
        picture = look(world.services, view, world.services.today())
        assert lines(picture, 80, 40)


def test_a_year_has_a_cell_for_every_day_and_shades_by_fixed_steps(world: World) -> None:
    world.a_day()
    world._past("long ago", NOW.replace(year=2025), "08:00", 60, "x", Mode.THEORY, 3)
    picture = look(world.services, ReviewView.YEAR, date(2026, 3, 4))
    rows = lines(picture, 120, 30)
    grid = "".join(row.text[4:] for row in rows[1:8])
    assert grid.count("▓") == 2 and grid.count("·") == 31 + 28 + 2
    assert rows[0].text.split()[:3] == ["Jan", "Feb", "Mar"]


@pytest.mark.parametrize("view", [ReviewView.DAY, ReviewView.WEEK, ReviewView.MONTH])
def test_where_there_is_room_all_of_where_the_time_went_is_drawn(
    world: World, view: ReviewView
) -> None:
    world.a_day()
    picture = look(world.services, view, world.services.today())
    wide = [(row.text + (row.beside.text if row.beside else "")) for row in lines(picture, 194, 53)]
    text = "\n".join(wide)
    assert all(f"by {what}" in text for what in ("hour", "tag", "mode"))
    assert all(cell_count(line) <= 194 for line in wide)
    starts = {line[:98].index("━") for line in wide[-6:] if "━" in line[:98]}
    assert len(starts) == 1, text

    small = [row.text for row in lines(picture, 74, 17)]
    assert not any("by hour" in line for line in small) and any("#" in line for line in small)
    low = lines(picture, 194, 14)
    assert len(low) <= 14 and not any(row.beside for row in low)


@pytest.mark.parametrize("view", ReviewView)
def test_in_plain_words_a_view_is_told_in_lines_without_signs_that_are_drawn(
    world: World, view: ReviewView
) -> None:
    world.a_day()
    picture = look(world.services, view, world.services.today())
    for by in By:
        rows = lines(picture, 194, 53, 0, by, plain=True)
        assert not any(row.beside for row in rows)
        text = "\n".join(row.text for row in rows)
        assert not set(text) & set("━│▇─▒╌█▓░▁▂▃▄▅▆")
    if view is ReviewView.YEAR:
        assert "Mar  4 h 55 on 2 days" in text
    if view is ReviewView.WEEK:
        assert "Wed    2 h 45" in text


@pytest.mark.parametrize("view", ReviewView)
def test_going_back_and_forth_names_stretches_beside_each_other(view: ReviewView) -> None:
    day = date(2026, 3, 31)
    first, last = stretch(view, day)
    assert stretch(view, moved(view, day, -1))[1] < first <= day <= last
    assert stretch(view, moved(view, day, 1))[0] > last
    assert moved(view, date.max, 10**6) == date.max


def test_days_before_the_first_block_are_not_days_without_work(world: World) -> None:
    world.a_day()
    picture = look(world.services, ReviewView.YEAR, date(2026, 3, 4))
    unknown = [day.day for day in picture.summary.days if day.unknown]
    assert unknown[0] == date(2026, 1, 1) and unknown[-1] == date(2026, 3, 2)
    rows = [row.text for row in lines(picture, 120, 30)]
    assert any(row.startswith("focus") and row.endswith("17 h 12 a week") for row in rows), rows
    assert all(one.weeks <= 1 for one in picture.floors)
    world._past("long ago", NOW.replace(year=2025), "08:00", 60, "x", Mode.THEORY, 3)
    again = look(world.services, ReviewView.YEAR, date(2026, 3, 4))
    assert not any(day.unknown for day in again.summary.days)


async def test_a_word_is_found_in_everything_and_enter_goes_to_its_day(world: World) -> None:
    world.a_day()
    world._past("the [b]odd[/b] one", NOW.replace(year=2024), "08:00", 60, "x", Mode.THEORY, 3)
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        screen = await opened(pilot, app)
        await pilot.press("slash", *"the ")

        def found() -> str:
            return str(app.screen.query_one("#found", Static).content)

        await until(pilot, lambda: "the [b]odd[/b] one" in found(), "found, as it is")
        assert "› 2026-" in found()  # the newest first
        await pilot.press(*"[b]")
        await until(pilot, lambda: "› 2024-03-04" in found(), "the one that holds it")
        await pilot.press("enter")
        await until(pilot, lambda: screen.made and screen.made.summary.first == date(2024, 3, 4))
        await pilot.press("slash", *"nothing at all")
        await until(pilot, lambda: "nothing holds it" in found())
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one(".wrong").has_class("-said"))
