"""All commands under locales that lack characters, and with streams that are closed or full.

None ends with a traceback, each says at most what it has to, the exit code is right, and what was
asked for is done as a whole, whoever could be told of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flowtui.cli.commands import COMMANDS
from tests.unit.every_command import COMMANDS as TYPED

PLACE = Path(__file__).parents[2]
LATIN = {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONIOENCODING": "iso-8859-1"}
C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
UTF8 = {"LC_ALL": "C.UTF-8"}
WAYS: dict[str, tuple[dict[str, str], str, str]] = {
    "as usual": (UTF8, "file", "empty"),
    "Latin-1, and no standard input": (LATIN, "file", "closed"),
    "the C locale": (C, "file", "empty"),
    "a full disk": (UTF8, "full", "empty"),
    "a reader that is gone": (UTF8, "pipe", "empty"),
    "C, and nothing open": (C, "closed", "closed"),
}


@cache
def lived(way: str, folder: Path) -> tuple[list[dict[str, Any]], Counter[str]]:
    """What each command said, and how many records of each kind there were in the end."""
    env, out, into = WAYS[way]
    home = folder / "".join(filter(str.isalnum, way))
    home.mkdir()
    given = {
        **{name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ},
        "FLOWTUI_HOME": str(home / "flowtui"), "HOME": str(home), "TZ": "UTC", "COLUMNS": "80",
        "FLOWTUI_GUARD_SOCKET": str(home / "none"), "PYTHONPATH": str(PLACE), **env,
    }  # fmt: skip
    told = home / "told.json"
    subprocess.run(
        [sys.executable, "-m", "tests.unit.every_command", str(told), out, into],
        cwd=home, env=given, check=True, timeout=170, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    records = Counter(
        kind
        for path in sorted((home / "flowtui").rglob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for kind in _kinds(line)
    )
    return json.loads(told.read_text(encoding="utf-8")), records


def _kinds(line: str) -> list[str]:
    """The kinds of record that a line of the journal changes."""
    changes = json.loads(line[line.index("[") : line.rindex("]") + 1]) if "[" in line else []
    return [str(change[0]) for change in changes if isinstance(change, list) and change]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all of them live."""
    return tmp_path_factory.mktemp("streams")


def test_every_command_there_is_stands_in_the_table() -> None:
    assert set(COMMANDS) <= {words[0] for words in TYPED}


@pytest.mark.xdist_group("streams")  # they share what is usual
@pytest.mark.parametrize("way", WAYS)
def test_no_command_ends_with_a_traceback_and_each_does_all_of_it(way: str, folder: Path) -> None:
    usual, expected = lived("as usual", folder)
    told, records = lived(way, folder)
    out = WAYS[way][1]

    for said, normal in zip(told, usual, strict=True):
        assert "Traceback" not in said["err"], said
        assert said["code"] in (0, 1, 2), said
        lines = said["err"].splitlines()
        unwritten = [line for line in lines if "the answer could not be written" in line]
        says = bool(normal["out"])
        if out in ("full", "closed") and says:
            assert len(unwritten) == 1, said
            assert said["code"] == (normal["code"] or 1), said
        else:
            assert not unwritten, said
            assert said["code"] == normal["code"], (said, normal)
        if out == "file":
            assert bool(said["out"]) == says, said
            # a pause of a second is told, one of less is not
            more = said["out"].count("\n") - normal["out"].count("\n")
            assert abs(more) <= 1, (said, normal)
    assert records == expected
    assert records
