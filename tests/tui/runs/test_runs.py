"""Runs by keys: the list, marks, comparing, adopting, renaming, forgetting, the peek."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from flowtui.core.runs.findings.finding import Rule
from flowtui.core.runs.history import History
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.news import News
from flowtui.services.runs.board import Board
from flowtui.tui.app import FlowApp
from flowtui.tui.dialogs import ConfirmDialog, LineDialog
from flowtui.tui.runs.compare_screen import CompareScreen
from flowtui.tui.runs.curves import Curve, CurvePlot
from flowtui.tui.runs.run_list import RunList
from flowtui.tui.runs.run_screen import RunScreen
from flowtui.tui.runs.run_text import legend
from flowtui.tui.runs.runs_screen import RunsScreen
from flowtui.tui.widgets.lines import Said
from tests.tui.harness import World, ready, type_text, until
from tests.tui.runs.run_harness import Lab, curve, laboratory

SIZE = (100, 30)


def text(app: FlowApp, selector: str) -> str:
    return "\n".join(str(widget.render()) for widget in app.screen.query(selector))


async def runs(pilot: Pilot[None]) -> tuple[FlowApp, RunsScreen]:
    """Go to Runs and wait for its picture."""
    app = await ready(pilot)
    await pilot.press("2")
    await until(pilot, lambda: isinstance(app.screen, RunsScreen), "Runs")
    screen = app.screen
    assert isinstance(screen, RunsScreen)
    await until(pilot, lambda: screen.made is not None and screen.chosen is not None, "a picture")
    return app, screen


async def test_the_list_shows_every_run_and_what_was_found_of_the_chosen_one(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app, screen = await runs(pilot)

        assert [run.name for run in screen.made.runs] == [  # type: ignore[union-attr]
            "resnet-b", "gpt-small", "vit-large", "base",
        ]  # fmt: skip
        assert "2 runs under way" in text(app, "#title")
        await pilot.press("j")
        await until(pilot, lambda: "gets worse since step" in text(app, "#found"), "overfitting")
        await pilot.press("j")
        await until(pilot, lambda: "crashed after step 250" in text(app, "#found"), "the crash")


async def test_one_run_pages_through_its_metrics_and_comes_back(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app, screen = await runs(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "1 val loss" in text(app, "#legend"), "curves")
        assert "2 train loss" in text(app, "#legend")

        await pilot.press("tab")
        await until(pilot, lambda: "2/3" in text(app, "#legend"), "the next metric")
        await pilot.press("shift+tab", "shift+tab")
        await until(pilot, lambda: "3/3" in text(app, "#legend"), "round and round")
        await pilot.press("v")
        await until(pilot, lambda: "logarithm" in text(app, "Said"), "said")
        await pilot.press("L")
        await until(pilot, lambda: app.screen.has_class("-log"), "the log")
        assert "step 620/1000" in text(app, "#lines")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "back")


async def test_marked_runs_are_compared_metric_by_metric(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app, _ = await runs(pilot)
        await pilot.press("v")
        await until(pilot, lambda: "mark one run" in text(app, "Said"), "what to do")
        await pilot.press("m", "j", "v")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen), "compare")
        await until(pilot, lambda: "1 resnet-b" in text(app, "#legend"), "curves")

        assert "2 gpt-small" in text(app, "#legend")
        assert text(app, "#title") == "val loss"
        await pilot.press("tab")
        await until(pilot, lambda: text(app, "#title") != "val loss", "another metric")


async def test_a_log_is_adopted_renamed_and_forgotten_and_all_of_it_undone(
    world: World, tmp_path: Path
) -> None:
    lab = laboratory(world)
    log = lab.log("extra", curve(100, 1000, 0.5, 9))
    async with world.app().run_test(size=SIZE) as pilot:
        app, screen = await runs(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, LineDialog), "a dialog")
        app.screen.query_one("Input").value = "/no/such/log"  # type: ignore[attr-defined]
        await pilot.press("enter")
        told = screen.query_one(Said)
        await until(pilot, lambda: "is not there" in str(told.render()), "refused")
        await until(pilot, lambda: isinstance(app.screen, LineDialog), "as it was typed")
        app.screen.query_one("Input").value = str(log)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.made.runs) == 5, "one more")  # type: ignore[union-attr]

        added = next(r for r in screen.made.runs if r.name == "extra")  # type: ignore[union-attr]
        await pilot.press("g")
        for _ in range(5):  # the list has them under headings
            await pilot.pause()
            if screen.chosen is not None and screen.chosen.id == added.id:
                break
            await pilot.press("j")
        await until(pilot, lambda: screen.chosen is not None and screen.chosen.id == added.id)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, LineDialog), "a dialog")
        app.screen.query_one("Input").value = "extra two"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        await until(pilot, lambda: any(r.name == "extra two" for r in screen.made.runs))  # type: ignore[union-attr]
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), "asked")
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.made.runs) == 4, "one less")  # type: ignore[union-attr]
        await pilot.press("u")
        await until(pilot, lambda: "took back: forget run extra two" in text(app, "Said"))
    assert world.fresh().runs.book.find(added.id).name == "extra two"


async def test_a_baseline_is_chosen_by_a_mark(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app, screen = await runs(pilot)
        await pilot.press("H")
        await until(pilot, lambda: "mark the baseline" in text(app, "Said"), "what to do")
        await pilot.press("G", "m", "g", "j", "H")
        await until(pilot, lambda: "gpt-small is held against base" in text(app, "Said"), "held")
        assert screen.marked
    book = world.fresh().runs.book
    assert book.find("gpt-small").baseline == book.find("base").id


async def test_only_runs_that_hold_a_word_are_listed(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app, screen = await runs(pilot)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, LineDialog), "a dialog")
        await type_text(pilot, "vit")
        await pilot.press("enter")
        await until(pilot, lambda: "only what holds “vit”" in text(app, "#filter"), "filtered")

        assert screen.chosen is not None and screen.chosen.name == "vit-large"


async def test_a_look_during_a_block_is_an_interruption_until_one_goes_back(world: World) -> None:
    id = world.a_block(minutes_ago=5)
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app, _ = await runs(pilot)
        await until(pilot, lambda: world.block(id).open_interruption is not None, "noted")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen), "one run")
        assert world.block(id).open_interruption is not None  # the same look
        await pilot.press("escape")
        world.clock.advance(30)
        await pilot.press("1")
        await until(pilot, lambda: world.block(id).open_interruption is None, "back")

    [noted] = world.block(id).interruptions
    assert (noted.source.value, noted.reason) == ("internal", "looked at runs")
    assert noted.returned_at is not None and (noted.returned_at - noted.at).total_seconds() == 30


async def test_a_look_in_a_pause_is_none(world: World) -> None:
    from flowtui.core.focus.commands import Pause

    id = world.a_block(minutes_ago=5)
    world.services.focus.apply(Pause("later"))
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        await runs(pilot)
        await pilot.press("1")
        await pilot.pause()

    assert world.block(id).interruptions == ()


def news(lab: Lab, rule: Rule, seq: int) -> None:
    """The watcher finds something of gpt-small."""
    board = lab.runs.board.read()
    at = lab.world.clock.now().timestamp()
    one = News(seq, "x", "gpt-small", rule, f"it is {rule.value}", at, at)
    lab.runs.board.write(
        Board(at, 1, board.runs, board.gpus, board.strips, board.gpu_problem, (*board.news, one))
    )


async def test_a_disaster_breaks_through_and_the_rest_is_counted_and_told_at_the_end(
    world: World,
) -> None:
    lab = laboratory(world)
    world.a_block(minutes_ago=5)
    first = max(n.seq for n in lab.runs.board.read().news)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        news(lab, Rule.PLATEAU, first + 1)
        await until(pilot, lambda: "1 finding held" in text(app, "#tally"), "held")
        assert "plateau" not in text(app, "Said")
        news(lab, Rule.NAN, first + 2)
        await until(pilot, lambda: "gpt-small: it is nan" in text(app, "Said"), "told")
        assert app.screen.query_one(Said).has_class("-lost")

        await pilot.press("f")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the end")
        await until(pilot, lambda: "meanwhile  gpt-small: it is plateau" in text(app, "Label"))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "focus-idle", "ended")
    assert world.fresh().runs.teller.held() == []


def _is(name: Callable[[], str], wanted: str) -> bool:
    return name() == wanted


async def test_the_cursor_passes_over_headings(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=SIZE) as pilot:
        _, screen = await runs(pilot)

        def name() -> str:
            return "" if screen.chosen is None else screen.chosen.name

        for key, wanted in (
            ("k", "resnet-b"), ("j", "gpt-small"), ("j", "vit-large"), ("k", "gpt-small"),
            ("G", "base"), ("g", "resnet-b"),
        ):  # fmt: skip
            await pilot.press(key)
            await until(pilot, partial(_is, name, wanted), f"{key}: {wanted}")


async def test_the_curve_of_the_chosen_run_stands_beside_a_wide_list(world: World) -> None:
    laboratory(world)
    async with world.app().run_test(size=(150, 30)) as pilot:
        _, screen = await runs(pilot)
        plot = screen.query_one("#beside")
        await until(pilot, lambda: plot.display, "the curve")
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: not plot.display, "no room for it")


async def test_keys_on_an_empty_list_of_runs_do_nothing(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen), "Runs")
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        listed = screen.query_one(RunList)
        await pilot.press("k", "j", "G", "g", "up", "down", "enter", "m", "H", "e", "d", "K")
        await pilot.pause()

        assert app.screen is screen and listed.chosen is None


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_runs_without_a_metric_in_common_are_compared_in_sentences(
    world: World, size: tuple[int, int]
) -> None:
    lab = Lab(world)
    lab.adopt("left", "".join(f"step {n} alpha: {1 / n:.4f}\n" for n in range(1, 40)))
    lab.adopt("right", "".join(f"step {n} beta_loss: {2 / n:.4f}\n" for n in range(1, 40)))
    lab.look()
    async with world.app().run_test(size=size) as pilot:
        app, _ = await runs(pilot)
        await pilot.press("m", "j", "m", "v")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen), "compare")
        await until(pilot, lambda: "no metric in common" in text(app, "#title"), "a title")
        said = text(app, "#legend")
        assert "left" in said and "prints alpha, last 0.0256" in said
        assert "right" in said and "prints beta_loss" in said
        assert not app.screen.query_one(CurvePlot).display
        await pilot.press("tab", "v")
        assert "no metric in common" in text(app, "#title")


def test_a_legend_tells_whole_figures_or_leaves_them_out() -> None:
    history = History()
    for name, base in (("val loss", 0.48), ("train loss", 0.37)):
        for step in range(1, 60):
            history.metrics.setdefault(name, Track(name, 200)).add(step, None, base + 1 / step)
    shown = [Curve(name, (1, 2), (1.0, 2.0)) for name in history.metrics]
    for width in range(30, 120):
        said = legend(history, shown, 0, 3, width).plain
        assert len(said) <= width
        if width > 50:
            assert "…" not in said and said.endswith("1/3")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_demo_says_so_on_a_screen_without_modes_too(
    world: World, size: tuple[int, int]
) -> None:
    laboratory(world)
    app = world.app()
    app.demo = True
    async with app.run_test(size=size) as pilot:
        await runs(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen), "one run")
        await until(pilot, lambda: "demo" in app.export_screenshot(), "the mark")
        assert "running" in app.export_screenshot(), "what stands at the right edge is covered"
