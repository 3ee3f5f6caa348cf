"""The command line's root: every command is imported only when it is called."""

from __future__ import annotations

import errno
import importlib
import os
from difflib import get_close_matches
from typing import Any

import click

from flowtui.cli.commands import COMMANDS, GROUPS
from flowtui.cli.context import PROGRAM, complain
from flowtui.core.errors import FlowError

ASKING = "_FLOWTUI_COMPLETE"
"""Set while a shell asks what completes a line."""
_NO_ROOM = (errno.EBADF, errno.ENOSPC, errno.EIO, errno.EPIPE, errno.EDQUOT)
"""Errors of a standard output that takes nothing: closed, on a full disk, of a terminal gone."""


class Root(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which they are used, not by the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and give its command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        if ASKING in os.environ:
            from flowtui.cli.completing import attach

            attach(cmd_name, command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown name is told with the nearest known one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, COMMANDS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but a reader that has seen enough (head, less) is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            from flowtui.cli.streams import lost

            return lost(error)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        for group, names in GROUPS.items():
            with formatter.section(group.capitalize()):
                formatter.write_dl([(f"{name:<11}", COMMANDS[name][1]) for name in names])


@click.command(
    cls=Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--home", metavar="DIR", help="keep config, data and state together under DIR")
@click.option("--plain", is_flag=True, help="the app in plain words, for screen readers")
@click.version_option(package_name="flowtui", prog_name=PROGRAM)
@click.pass_context
def root(ctx: click.Context, home: str | None, plain: bool) -> None:
    """Long, uninterrupted blocks of deep work. Without a command: open the app."""
    from flowtui.cli.context import Context

    ctx.obj = Context(os.environ, home, plain)
    ctx.obj.quiet = ctx.invoked_subcommand in ("status", "config", "doctor", "completions")
    ctx.call_on_close(ctx.obj.close)
    if ctx.invoked_subcommand is None:
        from flowtui.cli.launch import open_app

        open_app(os.environ, home, plain)


def run(arguments: list[str]) -> int:
    """Run `arguments`; returns the exit code: 0 done, 1 could not, 2 wrong usage."""
    try:
        result: Any = root.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except SystemExit:
        return 0  # the parser's word for a reader of --help or --version that has seen enough
    except click.ClickException as error:
        message = " ".join(error.format_message().split())
        complain(message[:1].lower() + message[1:].rstrip("."), _usage_hint(error))
        return 2
    except FlowError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and error.errno not in _NO_ROOM:
            raise
        from flowtui.cli.streams import lost

        return lost(error)
    return result if isinstance(result, int) else 0


def _usage_hint(error: click.ClickException) -> str | None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"see: {context.command_path} --help" if context is not None else None
