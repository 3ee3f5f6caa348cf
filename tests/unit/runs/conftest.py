"""What the tests of runs share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.runs.run_lab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Nothing runs yet."""
    lab = Lab(tmp_path)
    try:
        yield lab
    finally:
        lab.close()
