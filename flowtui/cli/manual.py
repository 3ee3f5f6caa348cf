"""`flowtui man`: the manual page, made from the same tables as help, keys and settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields

import click

from flowtui.cli.commands import COMMANDS, GROUPS
from flowtui.cli.context import PROGRAM, Context, pass_context
from flowtui.core.glossary import WORDS
from flowtui.core.search_path import absolute_only
from flowtui.settings.actions import ACTIONS, PLACES, shown_keys


@click.command("man")
@click.option("--roff", is_flag=True, help="print the source of the page, for man -l")
@pass_context
def man_command(context: Context, roff: bool) -> None:
    """The manual page: every command, key and setting. In a terminal by way of man."""
    page = "\n".join(manual())
    program = shutil.which("man", path=absolute_only(os.environ.get("PATH")))
    if roff or not sys.stdout.isatty() or program is None:
        context.put(page)
        return
    subprocess.run([program, "-l", "-"], input=page.encode(), check=False)


def manual() -> Iterator[str]:
    """The page, line by line."""
    yield f'.TH {PROGRAM.upper()} 1 "" "{PROGRAM}" "User Commands"'
    yield from _section("name")
    yield f"{PROGRAM} \\- long, uninterrupted blocks of deep work in the terminal"
    yield from _section("synopsis")
    yield f".B {PROGRAM}\n[\\fIcommand\\fR] [\\fIoptions\\fR]"
    yield from _section("description")
    yield _safe("Without a command the app opens. Each command tells its options by --help.")
    yield from _section("words")
    yield from _items(WORDS)
    for group, names in GROUPS.items():
        yield from _section(f"commands: {group}")
        yield from _items([(name, COMMANDS[name][1]) for name in names])
    yield from _section("exit status")
    yield from _items([("0", "done"), ("1", "could not; one line says why"), ("2", "wrong usage")])
    for place, words in PLACES.items():
        yield from _section(f"keys: {words}")
        yield from _items(
            [
                (f"{shown_keys(action)}  ({action.id})", action.help)
                for action in ACTIONS
                if action.place == place
            ]
        )
    yield from _section("settings")
    yield _safe("In config.toml; see: flowtui config --sample. Each may be set by --set KEY VALUE.")
    yield from _items(list(setting_words()))


def setting_words() -> Iterator[tuple[str, str]]:
    """Every setting by its key, with what it means."""
    from flowtui.settings.config import Config

    for section in fields(Config):
        part = getattr(Config(), section.name)
        for one in fields(part) if hasattr(part, "__dataclass_fields__") else ():
            if "help" in one.metadata:
                yield f"{section.name}.{one.name}", one.metadata["help"]


def _section(name: str) -> Iterator[str]:
    yield f'.SH "{name.upper()}"'


def _items(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, text in pairs:
        yield f".TP\n.B {_safe(name)}\n{_safe(text)}"


def _safe(text: str) -> str:
    """`text` as roff takes it for itself."""
    text = text.replace("\\", "\\\\").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text
