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


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command that does something, by its words."""
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        one = command.get_command(context, name)
        assert one is not None
        found += leaves(one, (*path, name))
    return found


READING_LEAVES = {
    "list", "show", "status", "sources", "read", "why", "doctor", "stops", "table", "noise",
}  # fmt: skip
"""Names under which a command of a group reads."""
PRINT_TEXT = {("guard", "plan"), ("guard", "hash")}


def test_every_reading_command_of_a_group_takes_json_too() -> None:
    lacking = []
    for path in leaves(root):
        if len(path) < 2 or path[-1] not in READING_LEAVES:
            continue
        command: click.Command | None = root
        for word in path:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), word)
        assert command is not None
        if "--json" not in {opt for param in command.params for opt in param.opts}:
            lacking.append(path)
    assert lacking == []


def test_insight_is_json_without_a_day_and_with_a_few(person: Person, flow: Shell) -> None:
    for hours in (2, 5):
        said = flow("insight", "--json")
        assert said.code == 0, said
        assert {"outcome", "days", "pairs_asked", "passed", "refused"} <= set(json.loads(said.out))
        person.past(hours * 60, 30)
        person.services.body.log.write("energy 4")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("status",), 0),
        (("log",), 0),
        (("find", "nothing-like-this"), 0),
        (("show", "zzzzzz"), 1),
        (("pause",), 1),
        (("edit", "zzzzzz", "--note", "x"), 1),
        (("runs", "show", "nothing"), 1),
        (("runs", "read", "/nowhere/at/all"), 1),
        (("no-such-command",), 2),
        (("log", "--no-such-option"), 2),
        (("log", "--since", "the day before"), 2),
        (("start", "--for", "soon"), 2),
        (("start", "--for", "50m", "--open"), 2),
        (("interrupt", "sideways"), 2),
    ],
)
def test_exit_codes_are_0_done_1_could_not_2_wrong_usage(
    flow: Shell, arguments: tuple[str, ...], code: int
) -> None:
    said = flow(*arguments)
    assert said.code == code, said
    if code:
        assert said.out == "" and len(said.err.strip().splitlines()) <= 2, said
