"""The README's pictures: the demo's life, at a fixed instant."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from flowtui.core.focus.block import Mode, Plan, PlanKind, Source
from flowtui.core.focus.commands import Interrupt, Park, Return
from flowtui.services.demo.demo_home import DemoHome
from flowtui.services.demo.pretend_training import lines
from flowtui.services.focus.running_block import Draft
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.wiring import build
from flowtui.settings.config import load
from flowtui.settings.themes import find
from flowtui.tui.app import FlowApp
from tests.fakes import FakeClock
from tests.tui.harness import World, ready, until
from tests.tui.runs.run_harness import Lab

THURSDAY = datetime(2026, 11, 26, 16, 40, tzinfo=UTC)
Compare = Callable[..., bool]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoHome]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with DemoHome({"TZ": "UTC"}, FakeClock(THURSDAY)) as home:
        home.fill(train=False)
        yield home


def person(home: DemoHome, now: datetime = THURSDAY) -> World:
    """The person of the demo, with services of their own."""
    world = World.__new__(World)
    world.clock, world.env = FakeClock(now), dict(home.env)
    world.services = world.open()
    return world


def train(world: World) -> None:
    """The pretend training, half done at that instant and at its own pace."""
    lab = Lab(world)
    base = lab.adopt("base", "\n".join(lines("base")) + "\n", 200)
    lab.end(base, 0)
    half = list(lines("resnet-b"))
    lab.adopt("resnet-b", "\n".join(half[: len(half) * 62 // 100]) + "\n", 38, "base")
    lab.look()


def app(home: DemoHome, theme: str, clock: FakeClock | None = None) -> FlowApp:
    clock = clock or FakeClock(THURSDAY)
    paths = build(home.env, None, clock).paths
    made = FlowApp(
        lambda: build(home.env, None, clock, attended=True),
        clock, load(paths)[0], find(paths)[0], theme,
    )  # fmt: skip
    made.demo = True
    return made


@pytest.mark.parametrize(
    ("theme", "size"), [("night", (80, 24)), ("day", (120, 36)), ("night", (200, 60))],
    ids=["night-80x24", "day-120x36", "night-200x60"],
)  # fmt: skip
def test_the_home_of_the_demo(
    home: DemoHome, snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    async def shown(pilot: Pilot[None]) -> None:
        await ready(pilot)

    assert snap_compare(app(home, theme), terminal_size=size, run_before=shown)


@pytest.mark.parametrize(
    ("theme", "size"), [("night", (80, 24)), ("day", (120, 36))], ids=["night-80x24", "day-120x36"]
)
def test_a_block_of_the_demo(
    home: DemoHome, snap_compare: Compare, theme: str, size: tuple[int, int]
) -> None:
    world = person(home)
    train(world)
    plan = Plan(PlanKind.FIXED, 90 * 60)
    draft = Draft("fuse the attention kernel", "if I drift, I press i", ("cuda",), "work",
                  Mode.PRACTICE, plan)  # fmt: skip
    focus = world.services.focus
    focus.start(draft, THURSDAY - timedelta(minutes=38))
    focus.apply(Interrupt(Source.EXTERNAL, "phone"), THURSDAY - timedelta(minutes=30))
    focus.apply(Return(), THURSDAY - timedelta(minutes=28))
    focus.apply(Park("try bf16 accumulators"), THURSDAY - timedelta(minutes=9))

    async def shown(pilot: Pilot[None]) -> None:
        opened = await ready(pilot)
        await until(pilot, lambda: opened.runs is not None, "the run")
        await until(pilot, lambda: "resnet-b" in str(opened.screen.query_one("#run").render()))

    assert snap_compare(app(home, theme, world.clock), terminal_size=size, run_before=shown)


def test_the_runs_of_the_demo(home: DemoHome, snap_compare: Compare) -> None:
    world = person(home)
    train(world)

    async def shown(pilot: Pilot[None]) -> None:
        opened = await ready(pilot)
        await pilot.press("2")
        await until(pilot, lambda: getattr(opened.screen, "made", None) is not None, "Runs")

    assert snap_compare(app(home, "night", world.clock), terminal_size=(120, 36), run_before=shown)


def test_the_pattern_of_the_demo(home: DemoHome, snap_compare: Compare) -> None:
    insight_of(build(home.env, None, FakeClock(THURSDAY))).insight.look()

    async def shown(pilot: Pilot[None]) -> None:
        opened = await ready(pilot)
        await pilot.press("4")
        await until(pilot, lambda: getattr(opened.screen, "looked", None) is not None, "an answer")

    assert snap_compare(app(home, "night"), terminal_size=(80, 24), run_before=shown)
