"""A short game of `tests.faults.ledger_kill`: nothing acknowledged is lost to a SIGKILL."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.ledger_kill import play


@pytest.mark.parametrize("seed", [1, 2])
def test_eight_writers_lose_nothing_while_others_are_killed(tmp_path: Path, seed: int) -> None:
    result = play(tmp_path / "ledger", writers=8, records=40, dice=random.Random(seed))

    assert result.wrong == []
    assert result.killed >= 1 and result.acknowledged > 8 * 40
