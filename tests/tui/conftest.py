"""The world of the app's tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.harness import World


@pytest.fixture(autouse=True)
def steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor that blinks would be in every second picture."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty home and a clock that stands still."""
    return World(tmp_path / "flowtui")


@pytest.fixture(scope="session")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with 150 lived days, two experiments, and insight's answers in its cache."""
    from tests.tui.half_year import fill

    home = tmp_path_factory.mktemp("halfyear") / "flowtui"
    fill(home)
    return home


@pytest.fixture
def lived(half_a_year: Path, tmp_path: Path) -> World:
    """A copy of that home."""
    shutil.copytree(half_a_year, tmp_path / "flowtui")
    return World(tmp_path / "flowtui")
