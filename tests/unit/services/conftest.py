"""What the services' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people import Person


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """An empty home at noon."""
    return Person(tmp_path / "flowtui")
