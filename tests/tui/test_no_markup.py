"""What a person, a file or another program wrote is shown as it is: it is never markup."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from textual.widgets import DataTable

import flowtui.tui
from flowtui.services.focus.running_block import Draft
from flowtui.tui.body.entry_list import EntryList
from flowtui.tui.focus.block_list import BlockList
from tests.tui.harness import World, ready, until

SOURCE = Path(flowtui.tui.__file__).parent
READS_MARKUP = {"Static", "Label", "OptionList"}
HOSTILE = [
    "close [/b] it",
    "fix [urgent] it",
    "[bold red]loud",
    "[@click=app.quit]here[/]",
    "a [link=https://example.org]link[/link]",
    "[",
    "]]][[[",
    "100 % of \\[x]",
    "$accent [$accent]",
    "{curly} %s %(x)s",
    "\u202egnp.exe",
    "e\u0301 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f52c",
]


def constructors() -> list[tuple[str, int, str, set[str | None]]]:
    """File, line, class and keywords of every widget made that would read markup."""
    calls = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in READS_MARKUP:
                keywords = {keyword.arg for keyword in node.keywords}
                calls.append((path.name, node.lineno, node.func.id, keywords))
    return calls


def test_no_widget_is_made_that_reads_markup() -> None:
    calls = constructors()

    assert len(calls) > 20
    assert [call for call in calls if "markup" not in call[3]] == []


def cells(table: DataTable[object]) -> str:
    """All rows as they are drawn, in one text."""
    rows = [table.get_row_at(number) for number in range(table.row_count)]
    drawn = [table._get_row_renderables(number).cells for number in range(table.row_count)]
    assert len(rows) == len(drawn)
    return "\n".join("".join(str(cell) for cell in row) for row in drawn)


@pytest.mark.parametrize("text", HOSTILE)
async def test_an_intention_is_listed_as_it_was_written(world: World, text: str) -> None:
    services = world.services
    start = world.clock.now().replace(hour=6, minute=0)
    block = services.history.add(Draft(text), start, start.replace(hour=7))
    app = world.app()

    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        table = app.screen.query_one(BlockList)
        await until(pilot, lambda: table.row_count == 1, "the row")

        assert block.intention in cells(table)  # type: ignore[arg-type] # a table of any cells


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_running_block_shows_its_intention_as_it_was_written(
    world: World, text: str
) -> None:
    block = world.services.focus.start(Draft(text, then=text))
    app = world.app()

    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        await pilot.pause()

        shown = str(app.screen.query_one("#intention").render())
        assert block.intention in shown


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_note_of_the_body_log_is_listed_as_it_was_written(world: World, text: str) -> None:
    (entry,) = world.services.body.log.write(f"energy 4 -- {text}").entries
    app = world.app()

    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        await pilot.press("3")
        await until(pilot, lambda: app.screen.query(EntryList), "Body")
        table = app.screen.query_one(EntryList)
        await until(pilot, lambda: table.row_count == 1, "the row")

        assert (entry.note or "") in cells(table)  # type: ignore[arg-type] # a table of any cells
