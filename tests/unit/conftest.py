"""What the commands' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.user import Person, Shell


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """An empty home at noon."""
    return Person(tmp_path / "flowtui")


@pytest.fixture
def flow(
    person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """`flow("start", "x")` types `flowtui start x`."""
    return Shell(person, monkeypatch, capsys)
