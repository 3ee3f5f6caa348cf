"""Runs of other machines on the screen: by where they are, why they wait, how old the news is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.content import Content
from textual.widgets import Static

from flowtui.core.focus.block import AtPlan
from flowtui.core.focus.commands import Finish
from flowtui.tui.runs.run_list import RunList
from flowtui.tui.runs.run_rows import fleet_lines
from flowtui.tui.runs.runs_screen import RunsScreen
from tests.tui.focus.test_focus_pictures import SIZES, Compare
from tests.tui.harness import World, ready, until
from tests.tui.runs.far_runs import Far, far_away
from tests.tui.runs.test_run_pictures import seen, shown


@pytest.mark.parametrize("size", SIZES)
def test_runs_elsewhere_in_a_picture(snap_compare: Compare, world: World, size: str) -> None:
    far_away(world)

    assert snap_compare(world.app("night"), terminal_size=SIZES[size], run_before=seen())


def rows(screen: RunsScreen) -> list[str]:
    listed = screen.query_one(RunList)
    return [
        " ".join(cell.plain for cell in listed.get_row_at(number)).strip()
        for number in range(listed.row_count)
    ]


async def test_the_list_stands_by_where_runs_are_and_says_what_is_late(world: World) -> None:
    far_away(world)
    async with world.app().run_test(size=(140, 40)) as pilot:
        app = await ready(pilot)
        await shown(pilot, app, "2")
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        text = rows(screen)
        headings = [row for row in text if row.startswith(("running", "in the queue"))]
        assert headings == [
            "running, gpu01", "running, lab.example", "running, slurm", "in the queue, slurm",
        ]  # fmt: skip
        assert any("resnet-b" in row and "not heard since" in row for row in text)
        assert any("ablation-3" in row and "starts about" in row for row in text)
        await pilot.press("slash", *"slurm", "enter")
        await until(pilot, lambda: len(rows(screen)) == 5, "the filter")


async def test_a_thousand_gpus_are_a_line_the_worst_and_a_cell_each(world: World) -> None:
    far_away(world)
    async with world.app().run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shown(pilot, app, "2")
        content = app.screen.query_one("#gpus", Static).content
        assert isinstance(content, Content)
        text = content.plain
        assert "1024 GPUs of your jobs" in text and "by job label hpc_job" in text
        assert "2 lost or silent, 2 held and idle" in text
        assert "lost: the exporter sees it no more" in text and "slowed by heat" in text
        assert "more" in text.splitlines()[-1] and text.count("×") >= 1


@pytest.mark.parametrize("width", [36, 80, 200])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 40])
def test_the_gpus_fit_into_any_room(world: World, width: int, count: int) -> None:
    far = far_away(world)
    from flowtui.services.runs.fleet_file import read_fleet

    view = read_fleet(world.services.paths.watch_dir, far.at)
    lines = fleet_lines(view, far.at, world.services.zone, width, count)
    assert len(lines) <= count
    assert all(line.cell_length <= width for line in lines)


def test_a_block_lasts_until_a_job_that_still_waits_ends(world: World) -> None:
    far = Far(world)
    run = far.add("slurm:///7", "late", "pending", where="slurm", queue="pending")
    far.show()
    services = world.services
    plan = services.runs.waits.plan("late", 7200, AtPlan.OVERTIME)
    from flowtui.services.focus.running_block import Draft

    block = services.focus.start(Draft("wait", plan=plan))
    assert services.runs.waits.arrived(block) is None
    from dataclasses import replace

    from flowtui.core.runs.run_state import RunState

    ended = services.clock.now() + timedelta(minutes=1)
    services.runs.book.close(replace(run, ended_at=ended, state=RunState.FINISHED))
    assert services.runs.waits.arrived(block) == "finished"
    services.focus.apply(Finish(), services.clock.now())


async def test_two_hundred_runs_are_all_in_the_list(world: World) -> None:
    far = Far(world)
    for number in range(200):
        far.add(f"slurm:///{number + 1}", f"run-{number}", where="slurm", step=number)
    far.show()
    async with world.app().run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shown(pilot, app, "2")
        listed = app.screen.query_one(RunList)
        await until(pilot, lambda: listed.row_count == 201, "all of them")
