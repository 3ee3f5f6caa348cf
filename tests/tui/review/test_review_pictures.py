"""Review as pictures: each view and the week's questions, dark and light, at both sizes.

Look at what changed before accepting it: add `--snapshot-update` to the run of this file.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from flowtui.core.focus.block import Mode
from flowtui.core.review.picture import ReviewView
from flowtui.services.plan.planning_line import planned_from_line
from flowtui.services.review.week_reviews import WeekReviews
from flowtui.tui.review.review_screen import ReviewScreen
from flowtui.tui.review.week_review_screen import WeekReviewScreen
from tests.tui.focus.test_focus_pictures import Compare
from tests.tui.harness import NOW, World, ready, until

LOOKS = [("night", (80, 24)), ("day", (120, 36))]
TABS = {ReviewView.WEEK: 0, ReviewView.MONTH: 1, ReviewView.YEAR: 2, ReviewView.DAY: 3}


def lived(world: World) -> None:
    """Ten weeks, a plan for today, energy, something shared."""
    world.a_day()
    names = ("fuse the attention kernel", "read the scaling paper", "write the post")
    modes = (Mode.PRACTICE, Mode.THEORY, Mode.SHARE)
    for back in range(2, 70):
        day = NOW - timedelta(days=back)
        if day.weekday() < 5 or back % 3 == 0:
            minutes = 40 + back * 37 % 110
            world._past(names[back % 3], day, "08:30", minutes, "cuda", modes[back % 3], 4)
    planned_from_line(world.services, "14:00 for 90m: the last ablation for the table")
    world.services.body.log.write("energy 4")
    world.services.store.ledger.refresh()


def to(view: ReviewView) -> Any:
    """Go to a view of Review."""

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.made)
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        await pilot.press(*["tab"] * TABS[view])
        await until(pilot, lambda: screen.made is not None and screen.made.view is view)
        await pilot.pause()

    return run


@pytest.mark.parametrize("view", ReviewView, ids=lambda view: view.value)
@pytest.mark.parametrize(("theme", "size"), LOOKS, ids=["night", "day"])
def test_each_view(
    world: World, snap_compare: Compare, view: ReviewView, theme: str, size: tuple[int, int]
) -> None:
    lived(world)
    assert snap_compare(world.app(theme), terminal_size=size, run_before=to(view))


@pytest.mark.parametrize(("theme", "size"), LOOKS, ids=["night", "day"])
def test_the_week_in_six_questions(
    world: World, snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    lived(world)
    reviews = WeekReviews(world.services)
    first = reviews.week()[0]
    for name, text in (
        ("came", "the sampler trains; val 0.412"), ("hindered", "meetings on Wednesday, twice"),
        ("left", "phone in bed"),
    ):  # fmt: skip
        reviews.give(first, name, text)
    app = world.app(theme)

    async def run(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        app.look_back()
        await until(pilot, lambda: isinstance(app.screen, WeekReviewScreen))
        screen = app.screen
        assert isinstance(screen, WeekReviewScreen)
        await until(pilot, lambda: screen._sheet is not None)
        screen.query_one("#typed").cursor_blink = False  # type: ignore[attr-defined]
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=run)
