"""Where in the settings file a name of the body log stands: to be changed there by hand."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from flowtui.core.body.habits import habit_name
from flowtui.core.errors import UsageError

_HEAD = re.compile(r"\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")
_TEXT = re.compile(r""""([^"]*)"|'([^']*)'""")


def habit_line(text: str, name: str) -> int | None:
    """The line of `text`, from 1, that declares the habit `name`; None if none can be found."""
    for number, path in _keys(text):
        inside = path[2:] if path[:2] == ["body", "habits"] else []
        if inside and _same(inside[0], name):
            return number
    return _after(text, ["body", "habits"], name, inline=True)


def stop_line(text: str, name: str) -> int | None:
    """The line, from 1, on which the thing to stop `name` stands; None if none can be found."""
    return _after(text, ["body", "stops"], name, inline=False)


def place_of(file: Path, name: str) -> str:
    """`FILE, line N`, as near as it can be told where `name` is declared."""
    text = ""
    with suppress(OSError, UnicodeDecodeError):
        text = file.read_text(encoding="utf-8")
    line = habit_line(text, name) or stop_line(text, name)
    return f"{file}, line {line}" if line else f"{file}"


def _keys(text: str) -> list[tuple[int, list[str]]]:
    """Line and full path of each table and key."""
    found: list[tuple[int, list[str]]] = []
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line.strip()):
            table = _parts(head[1])
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, [*table, *_parts(key[1])]))
    return found


def _after(text: str, path: list[str], name: str, inline: bool) -> int | None:
    """The first line, from the key `path` on, that holds `name` as a key or as a text."""
    starts = [number for number, found in _keys(text) if found == path]
    lines = text.splitlines()
    for number in range(starts[0], len(lines) + 1) if starts else ():
        line = lines[number - 1]
        if number > starts[0] and _HEAD.match(line.strip()):
            return None
        words = _PART.findall(line) if inline else [a or b for a, b in _TEXT.findall(line)]
        if any(_same(word.strip("\"'"), name) for word in words):
            return number
    return None


def _parts(path: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(path)]


def _same(word: str, name: str) -> bool:
    with suppress(UsageError):
        return habit_name(word) == name
    return False
