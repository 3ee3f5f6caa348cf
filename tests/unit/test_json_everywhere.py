"""Every command that reads can be read by a program: the table of commands, walked."""

from __future__ import annotations

import json

import click
import pytest

from flowtui.cli.app import root
from flowtui.cli.commands import COMMANDS
from tests.user import Person, Shell

WRITES = {
    "start", "pause", "resume", "stop", "extend", "interrupt", "back", "park", "discard", "add",
    "edit", "split", "join", "relabel", "delete", "undo", "redo", "checkin", "note", "eat",
    "workout", "habit", "run", "import", "export", "agent", "gave", "review", "serve", "demo",
}  # fmt: skip
"""Their first duty is to change something; many answer as JSON all the same."""
PAGES = {"man", "completions"}
"""Print a text of another format."""
ARGUMENTS = {
    "show": ("last",), "find": ("read",), "plan": ("list",), "calendar": ("show",),
    "guard": ("status",), "experiment": ("list",),
}  # fmt: skip
READS = [name for name in COMMANDS if name not in WRITES | PAGES]


def leaf(name: str) -> click.Command:
    """The command that is called by `name` and its arguments here."""
    command = root.get_command(click.Context(root), name)
    assert command is not None
    for word in ARGUMENTS.get(name, ()):
        if isinstance(command, click.Group):
            command = command.get_command(click.Context(command), word)
            assert command is not None
    return command


@pytest.mark.parametrize("name", READS)
def test_every_reading_command_takes_json(name: str) -> None:
    options = {opt for param in leaf(name).params for opt in param.opts}
    assert "--json" in options


@pytest.mark.parametrize("name", [name for name in READS if name != "insight"])
def test_what_it_prints_is_json_and_the_exit_is_0(person: Person, flow: Shell, name: str) -> None:
    person.past(120, 30)
    said = flow(name, *ARGUMENTS.get(name, ()), "--json")
    assert said.code == 0, said
    json.loads(said.out)
