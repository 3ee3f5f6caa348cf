"""The demo's home: full, true in one point, and gone without a trace."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowtui.core.focus.day_line import day_line
from flowtui.core.focus.edit import overlapping
from flowtui.services.demo.demo_home import PREFIX, DemoHome
from flowtui.services.demo.pretend_training import lines
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.wiring import build
from tests.fakes import FakeClock

THURSDAY = datetime(2026, 11, 26, 15, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_nothing_stays_and_no_guard_of_the_machine_is_reached(temporary: Path) -> None:
    (temporary / f"{PREFIX}4194310-old").mkdir()  # of a demo that was killed
    with DemoHome({"TZ": "UTC", "FLOWTUI_HOME": "/mine"}, FakeClock(THURSDAY)) as home:
        home.fill(train=False)
        assert home.env["FLOWTUI_HOME"] == str(home.folder)
        assert home.env["FLOWTUI_GUARD_SOCKET"].startswith(str(home.folder))
        assert [path.name for path in temporary.iterdir()] == [home.folder.name]

    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("hour", [5, 12, 23])
def test_the_life_keeps_the_rules_of_blocks_at_any_hour(hour: int) -> None:
    clock = FakeClock(THURSDAY.replace(hour=hour))
    with DemoHome({"TZ": "UTC"}, clock) as home:
        home.fill(train=False)
        services = build(home.env, None, clock)
        blocks = services.store.blocks.every()
        assert len(blocks) > 100
        assert all(overlapping(b, [o for o in blocks if o is not b], clock.now()) is None
                   for b in blocks[-20:])  # fmt: skip
        assert max(b.ended_at or clock.now() for b in blocks) <= clock.now()
        snapshot = services.snapshots.take()
        assert snapshot.parked and snapshot.planned and snapshot.tomorrow
        assert day_line(snapshot.today.blocks, snapshot.planned, clock.now(), services.zone, 74)


def test_one_pattern_is_true_and_passes_alone() -> None:
    clock = FakeClock(THURSDAY)
    with DemoHome({"TZ": "UTC"}, clock) as home:
        home.fill(train=False)
        found = insight_of(build(home.env, None, clock)).insight.look().insight.findings
        assert [f.factor.name for f in found if f.passed] == ["sleep"]


def test_the_pretend_training_falls_and_is_validated() -> None:
    printed = list(lines("resnet-b", 500))
    held = [float(line.rsplit(" ", 1)[1]) for line in printed if "val loss" in line]
    assert len(held) == 10 and held[-1] < held[0]
