"""The plain app: words from top to bottom, no boxes, no bars, no figures, one column."""

from __future__ import annotations

import pytest

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
