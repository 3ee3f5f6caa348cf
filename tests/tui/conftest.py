"""The world of the app's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty home and a clock that stands still."""
    return World(tmp_path / "flowtui")
