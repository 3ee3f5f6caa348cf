"""One guard per test, below a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.guard.harness import World


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | None], World]:
    """A machine with a given hosts file."""
    return lambda hosts: World(tmp_path / "root", monkeypatch, hosts)


@pytest.fixture
def world(make: Callable[[bytes | None], World]) -> World:
    """A machine with a plain hosts file."""
    return make(b"127.0.0.1 localhost\n::1 localhost\n")
