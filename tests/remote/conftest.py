"""Servers that tests of other machines share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remote.sshd import Sshd, missing


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """A host called `box`."""
    needed = missing()
    if needed:
        pytest.skip(f"needs {needed}")
    server = Sshd(tmp_path / "box")
    try:
        yield server
    finally:
        server.stop()
