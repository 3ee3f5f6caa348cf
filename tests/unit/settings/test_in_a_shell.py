"""Whatever the daily loop does by a key, a command does in a shell."""

from __future__ import annotations

import shlex

import click
import pytest

from flowtui.cli.app import root
from flowtui.settings.actions import ACTIONS
from flowtui.settings.in_a_shell import APP_ALONE, IN_A_SHELL
from tests.user import Person, Shell

LOOP = ("app", "idle", "running", "list")


def test_every_key_of_the_daily_loop_has_its_command() -> None:
    ids = {action.id for action in ACTIONS if action.place in LOOP}
    assert ids - set(IN_A_SHELL) == set(APP_ALONE)
    assert set(IN_A_SHELL) <= {action.id for action in ACTIONS}


@pytest.mark.parametrize("line", [c for text in IN_A_SHELL.values() for c in text.split("; ")])
def test_each_command_is_taken_as_it_is_written(line: str) -> None:
    parser: click.Command = root
    context = click.Context(root, info_name="flowtui")
    words = shlex.split(line)
    while isinstance(parser, click.Group) and words and not words[0].startswith("-"):
        found = parser.get_command(context, words[0])
        if found is None:
            break
        parser, words = found, words[1:]
        context = click.Context(parser, parent=context)
    with context.scope():
        try:
            rest = parser.parse_args(context, list(words))
        except click.exceptions.Exit:
            return  # it asked for help
    assert not rest, rest


def test_keys_tell_their_commands(person: Person, flow: Shell) -> None:
    said = flow.ok("keys", "--commands").out
    assert "flowtui start --like ID" in said
    assert "flowtui break start; flowtui break end" in said
    told = {one["id"]: one["command"] for one in flow.ok("keys", "--json").json}
    assert told["away.take"] == "flowtui away gap"
    assert told["app.leave"] is None
