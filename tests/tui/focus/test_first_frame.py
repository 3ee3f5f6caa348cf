"""The first frame: the day is on it before the ledger is opened, and nothing is read twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

from flowtui.tui.focus.block_list import BlockList
from flowtui.tui.widgets import big_time
from tests.tui.harness import World


async def test_the_day_is_on_the_first_frame_though_no_service_was_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.a_day()
    app = world.app()
    app.snapshot = world.fresh().snapshots.take()
    asked: list[object] = []
    monkeypatch.setattr(type(app), "begin", lambda self: None)  # nothing after the first frame
    monkeypatch.setattr(app.desk, "ask", asked.append)

    async with app.run_test() as pilot:
        await pilot.pause()

        assert app.screen.query_one(BlockList).row_count == 5  # and yesterday's, below a heading
        assert asked == []


async def test_each_style_sheet_is_parsed_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    parses: list[str] = []
    parse = Stylesheet._parse_rules

    def counted(self: Stylesheet, css: str, read_from: Any, **more: Any) -> Any:
        key = (css, read_from, *more.values())
        if key not in self._parse_cache:
            parses.append(str(read_from))
        return parse(self, css, read_from, **more)

    monkeypatch.setattr(Stylesheet, "_parse_rules", counted)
    app = world.app()

    async with app.run_test() as pilot:
        await pilot.pause()

    ours = [name for name in parses if name.endswith(".tcss', '')")]
    assert len(ours) == 3
    assert len(ours) == len(set(ours))


@pytest.mark.parametrize("font", ["ansi_shadow", "standard", "no such font"])
def test_figures_kept_from_the_last_start_are_those_that_pyfiglet_draws(
    tmp_path: Path, font: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(big_time, "_kept", {})

    (tmp_path / "digits.json").write_bytes(big_time.figures_to_keep(font) or b"")
    big_time.load_figures(tmp_path / "digits.json")

    assert set(big_time._kept) == {font}
    shown = big_time.figlet.__wrapped__
    for text in [str(n) for n in range(130)] + ["1:05:00", "+3"]:
        assert shown(text, font) == big_time.draw(text, font)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff"])
def test_a_damaged_file_of_figures_is_as_good_as_none(
    tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(big_time, "_kept", {})
    (tmp_path / "digits.json").write_bytes(data)

    big_time.load_figures(tmp_path / "digits.json")

    assert big_time._kept == {}
