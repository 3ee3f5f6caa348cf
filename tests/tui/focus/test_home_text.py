"""The lines of Focus between blocks fit where they stand, each part whole or not there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowtui.core.text import cell_count
from flowtui.tui.focus.home_text import offer_line
from tests.tui.harness import World


@pytest.mark.parametrize("goes_on", ["", "b", "answer the reviewers", "読む論文を全部読む"])
def test_what_the_keys_begin_is_said_whole_or_not_at_all(world: World, goes_on: str) -> None:
    snapshot = replace(world.services.snapshots.take(), goes_on=goes_on, usual="1 h 30")
    lines = {width: offer_line(snapshot, width) for width in range(19, 121)}
    for width, line in lines.items():
        assert cell_count(line) <= width
        assert line.endswith(("a block", "goes on", "1 h 30", "at once")) or "goes on: " in line
        assert not line.endswith((",", " "))
    assert lines[19] == "enter plans a block"
    last = f"S goes on: {goes_on}, 1 h 30" if goes_on else "S starts 1 h 30 at once"
    assert lines[120] == f"enter plans a block   {last}"
