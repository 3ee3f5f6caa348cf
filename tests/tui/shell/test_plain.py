"""The plain app: words from top to bottom, no boxes, no bars, no figures, one column."""

from __future__ import annotations

import math

import pytest

from flowtui.tui.runs.curves import Curve, in_words
from tests.tui.harness import World, ready, until
from tests.tui.runs.run_harness import laboratory
from tests.tui.shell.test_cursor import lines


@pytest.mark.parametrize("said", ["--plain", "display.plain"])
async def test_every_screen_is_words_alone(world: World, said: str) -> None:
    if said == "display.plain":
        world.configure("[display]\nplain = true\n")
    world.a_day()
    laboratory(world)
    app = world.app(plain=said == "--plain")
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        for key, word in (("1", "write the post"), ("2", "resnet-b"), ("3", "nothing"),
                          ("5", "Week")):  # fmt: skip
            await pilot.press(key)
            await until(pilot, lambda w=word: w in "".join(lines(app)), word)  # type: ignore[misc]
            drawn = [char for line in lines(app) for char in line if not char.isascii()]
            assert drawn == [], key
        await pilot.press("1", "S")
        await until(pilot, lambda: "min left of 50 min" in "".join(lines(app)), "the clock")
        assert any(line.split() == ["50"] for line in lines(app))  # as a number, not as a figure


def test_curves_are_told_by_their_values_and_end_with_the_last() -> None:
    steps = tuple(float(n) for n in range(0, 1001, 10))
    falls = Curve("val loss", steps, tuple(2.0 - n / 1000 for n in steps))
    holes = Curve("train loss", (1.0, 2.0, 3.0), (1.0, math.nan, 0.5))
    told = in_words([falls, holes], 12)
    assert told[0] == "val loss" and told[1] == "  step 0  2" and told[5] == "  step 1000  1"
    assert told[6:] == ["train loss", "  step 1  1", "  step 3  0.5"]
    assert in_words([], 5) == [] and len(in_words([falls, holes], 3)) == 3


async def test_the_screen_of_a_run_draws_no_curve(world: World) -> None:
    laboratory(world)
    async with world.app(plain=True).run_test(size=(120, 36)) as pilot:
        app = await ready(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "resnet-b" in "".join(lines(app)), "the list")
        await pilot.press("enter")
        await until(pilot, lambda: any("step " in row for row in lines(app)), "values")
        assert not any(set(row) & set("⠁⠂⠄│─┤┴") for row in lines(app))
