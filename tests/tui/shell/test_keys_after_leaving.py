"""The key after the one that leaves a screen acts at once: nothing waits for what is gone."""

from __future__ import annotations

import pytest

from flowtui.tui.shell.early_keys import AT_MOST_S
from tests.tui.harness import World, ready, until

SIZE = (100, 30)


@pytest.mark.parametrize("opens", ["c", "colon", "enter", "question_mark", "t", "D", "L", "P", "I"])
async def test_the_next_key_after_leaving_waits_for_nothing(world: World, opens: str) -> None:
    world.a_day()
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        app.early_keys.at_most_s = 100 * AT_MOST_S  # so that patience is never what lets it through
        await pilot.press(opens)
        await until(pilot, lambda: len(app.screen_stack) > 1, "a screen")
        await until(pilot, lambda: not app.early_keys.waiting, "its fields")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the way back")
        await pilot.press("3")
        await until(pilot, lambda: app.current_mode == "body", "the next key")
