"""The README's pictures: the demo's life, at a fixed instant."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from flowtui.services.demo.demo_home import DemoHome
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.wiring import build
from flowtui.settings.config import load
from flowtui.settings.themes import find
from flowtui.tui.app import FlowApp
from tests.fakes import FakeClock
from tests.tui.harness import ready, until

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


def app(home: DemoHome, theme: str) -> FlowApp:
    clock = FakeClock(THURSDAY)
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


def test_the_pattern_of_the_demo(home: DemoHome, snap_compare: Compare) -> None:
    insight_of(build(home.env, None, FakeClock(THURSDAY))).insight.look()

    async def shown(pilot: Pilot[None]) -> None:
        opened = await ready(pilot)
        await pilot.press("4")
        await until(pilot, lambda: getattr(opened.screen, "looked", None) is not None, "an answer")

    assert snap_compare(app(home, "night"), terminal_size=(80, 24), run_before=shown)
