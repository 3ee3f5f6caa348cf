"""What is no export that can be read: refused in one line that says what it looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.user import Person, Shell

FOREIGN = {
    '{"tasks": [], "projects": []}': "is not an export of flowtui: it has 'tasks', 'projects'",
    '{"tasks": [{"a": 1}]}': "is not an export of flowtui: it has 'tasks'",
    '{"sleep": {}}': "is not an export of flowtui: it has 'sleep'",
    '[{"title": "a", "done": []}]': "looks like JSON of another program with 'title', 'done'",
    "[1, 2]": "looks like JSON of another program",
    "<html>": "looks like XML or a web page",
    "x,y\n1,2\n": "looks like a table with the columns x, y",
    "hello": "looks like plain text",
    "": "looks like an empty file",
}


@pytest.mark.parametrize("text", FOREIGN)
def test_a_foreign_file_is_refused_and_named(
    flow: Shell, person: Person, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)

    said = flow("import", str(file))

    assert (said.code, said.out) == (1, "")
    assert FOREIGN[text] in said.err.splitlines()[0]
    assert not person.ledger_bytes()


@pytest.mark.parametrize("text", ["{}", '{"entries": {}}', '{"entries": []}'])
def test_an_export_without_a_record_says_so(flow: Shell, tmp_path: Path, text: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)

    assert "holds no record" in flow.ok("import", str(file)).err
