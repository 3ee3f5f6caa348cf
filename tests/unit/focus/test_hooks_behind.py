"""Hooks of commands: they run behind them, in their order, and hear of a discard too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowtui.core.focus.commands import EventKind
from flowtui.services.hook_events import TOLD
from flowtui.system.hooks import EVENTS
from tests.user import Person, Shell


def hook(person: Person, event: str, script: str) -> None:
    """An executable named by an event."""
    folder = person.services.paths.hooks_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / event).write_text(f"#!/bin/sh\n{script}\n")
    (folder / event).chmod(0o700)


def wait_for_pipe(pipe: Path, count: int) -> list[dict[str, object]]:
    """What so many hooks wrote into a named pipe: reading waits until each has."""
    told = []
    for _ in range(count):
        with pipe.open(encoding="utf-8") as file:
            told.append(json.loads(file.read()))
    return told


def test_a_command_does_not_wait_for_its_hooks_and_they_keep_their_order(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    """The hook ends only when somebody reads the pipe, long after the command has ended."""
    pipe = tmp_path / "pipe"
    import os

    os.mkfifo(pipe)
    for event in ("block-start", "block-discard"):
        hook(person, event, f'cat > "{pipe}"')

    flow.ok("start", "x [y] \x1b[31m", "--detach")
    flow.ok("discard")

    first, second = wait_for_pipe(pipe, 2)
    assert (first["event"], second["event"]) == ("block-start", "block-discard")
    assert isinstance(second["block"], dict)
    assert second["block"]["id"] == first["block"]["id"]  # type: ignore[index]
    assert "\x1b" not in second["block"]["intention"]


def test_without_hooks_no_process_is_started(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(
        "flowtui.system.interpreter.start", lambda *words, **_: started.append(words)
    )
    flow.ok("start", "x", "--detach")
    flow.ok("stop")

    assert not [words for words in started if "hooks_behind" in str(words)]


def test_every_event_that_is_told_names_a_hook_and_the_table_has_it() -> None:
    assert {kind.value for kind in TOLD} <= set(EVENTS)
    assert EventKind.DISCARDED in TOLD
    readme = (Path(__file__).parents[3] / ".github" / "GUIDE.md").read_text(encoding="utf-8")
    table = readme[readme.index("| event | fires when |") :].split("\n\n")[0]
    assert [event for event in EVENTS if f"`{event}`" not in table] == []
