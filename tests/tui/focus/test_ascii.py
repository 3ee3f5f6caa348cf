"""The screens of Focus on a terminal without anything beyond ASCII."""

from __future__ import annotations

from textual.app import App

from tests.tui.harness import World, ready, until


async def test_every_cell_of_the_running_and_the_idle_screen_is_ascii(world: World) -> None:
    world.configure("[display]\nunicode = false\n[goals]\nday_min = 240\n")
    world.a_day()
    app = world.app()

    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        idle = drawn(app)
        await pilot.press("S")
        await until(pilot, lambda: app.snapshot and app.snapshot.block)
        await ready(pilot)
        running = drawn(app)

    assert "flash attention" in idle and idle.isascii(), idle
    assert "left of" in running and running.isascii(), running


def drawn(app: App[None]) -> str:
    """The screen as lines of text, after every filter."""
    filters = app.get_line_filters()
    background = app.screen.background_colors[1]
    lines = []
    for strip in app.screen._compositor.render_strips():
        segments = list(strip)
        for each in filters:
            segments = each.apply(segments, background)
        lines.append("".join(segment.text for segment in segments))
    return "\n".join(lines)
