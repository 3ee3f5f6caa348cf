"""Tasks as other programs keep them: what could be done next. Pure; read only.

Formats: todo.txt (todotxt/todo.txt, "The Complete Reference"), check boxes of Markdown, the JSON
that `task export` and `gh search issues --json` print.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import plain

MOST = 500
"""Tasks of one source that are looked at."""
LIMIT = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One open task."""

    source: str
    """`todo`, `markdown`, `taskwarrior` or `github`."""
    text: str
    place: str
    """The file, or the program that keeps it."""
    key: str
    """What names it there: a line's number, a UUID, an issue's address."""
    weight: float = 0.0
    """The heavier, the sooner; of one source alone."""
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Six letters that stay as long as the task does."""
        name = f"{self.source}\0{self.place}\0{self.text}"
        return hashlib.sha256(name.encode()).hexdigest()[:6]


_TODO = re.compile(r"(?:\(([A-Z])\) )?(?:\d{4}-\d{2}-\d{2} )?(.+)")
_BOX = re.compile(r"^\s*(?:[-*+]|\d+[.)]) \[ \]\s+(.+?)\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


def todo_txt(text: str, place: str) -> list[Task]:
    """Open lines of a todo.txt, by priority; `(A)` is heaviest."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        match = None if line.startswith("x ") else _TODO.fullmatch(line)
        if match is None:
            continue
        letter, rest = match[1], match[2]
        words = [w for w in rest.split() if not re.fullmatch(r"(due|t|rec|pri|id):\S+", w)]
        tags = tuple(w[1:] for w in words if re.fullmatch(r"[+@]\S+", w))
        said = " ".join(w for w in words if not re.fullmatch(r"[+@]\S+", w))
        if said:
            weight = float(90 - ord(letter) + 1) if letter else 0.0
            found.append(Task("todo", plain(said, LIMIT), place, str(number), weight, tags))
    return _sorted(found)


def markdown(text: str, place: str) -> list[Task]:
    """Open check boxes outside of code, in the order of the file."""
    found, fence = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
            continue
        box = None if fence else _BOX.match(line)
        if box:
            said = re.sub(r"\s#([\w/-]+)", "", f" {box[1]}").strip()
            tags = tuple(re.findall(r"(?:^|\s)#([\w/-]+)", box[1]))
            said = re.sub(r"\[\[(?:[^\]|]*\|)?([^\]]+)\]\]", r"\1", said)
            if said:
                found.append(Task("markdown", plain(said, LIMIT), place, str(number), 0.0, tags))
    return found[:MOST]


def taskwarrior(text: str) -> list[Task]:
    """Pending tasks as `task export` prints them, by urgency. Raises FlowError."""
    found = []
    for one in _objects(text, "task export"):
        said = one.get("description")
        if isinstance(said, str) and said.strip() and one.get("status") in ("pending", "waiting"):
            raw = one.get("tags")
            tags = tuple(str(tag) for tag in raw) if isinstance(raw, list) else ()
            if isinstance(one.get("project"), str):
                tags = (str(one["project"]), *tags)
            urgency = one.get("urgency")
            weight = float(urgency) if isinstance(urgency, int | float) else 0.0
            key = str(one.get("uuid", ""))
            found.append(Task("taskwarrior", plain(said, LIMIT), "task", key, weight, tags))
    return _sorted(found)


def github(text: str) -> list[Task]:
    """Issues as `gh search issues --json` prints them. Raises FlowError."""
    found = []
    for one in _objects(text, "gh search issues"):
        title, address = one.get("title"), one.get("url")
        if isinstance(title, str) and title.strip() and isinstance(address, str):
            repository = one.get("repository")
            name = repository.get("name") if isinstance(repository, dict) else None
            tags = (str(name),) if name else ()
            found.append(Task("github", plain(title, LIMIT), "gh", plain(address), 0.0, tags))
    return found[:MOST]


def _objects(text: str, what: str) -> Iterator[dict[str, Any]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise FlowError(f"{what} printed no JSON", "try it in the shell") from error
    if not isinstance(data, list):
        raise FlowError(f"{what} printed no list", "try it in the shell")
    yield from (one for one in data[:MOST] if isinstance(one, dict))


def _sorted(tasks: list[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: -task.weight)[:MOST]


def ticked(text: str, task: Task, day: str) -> str:
    """The text of a file with `task` done. Raises FlowError where its line is another by now."""
    lines = text.splitlines(keepends=True)
    number = int(task.key) - 1
    again = (todo_txt if task.source == "todo" else markdown)(text, task.place)
    if not any(one.key == task.key and one.text == task.text for one in again):
        raise FlowError(
            f"{task.place}: line {task.key} is another by now", "see again: flowtui next"
        )
    if task.source == "todo":
        lines[number] = f"x {day} {lines[number].lstrip()}"
    else:
        lines[number] = lines[number].replace("[ ]", "[x]", 1)
    return "".join(lines)
