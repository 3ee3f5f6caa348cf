"""The command line's root: every command is imported only when it is called."""

from __future__ import annotations

import errno
import importlib
import os
from difflib import get_close_matches
from typing import Any

import click

from flowtui.cli.context import PROGRAM, complain
from flowtui.core.errors import FlowError

COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("flowtui.cli.focus.block", "start a block and open the app on it"),
    "pause": ("flowtui.cli.focus.block", "stop the clock; note the next step"),
    "resume": ("flowtui.cli.focus.block", "let the clock run again; shows where you were"),
    "stop": ("flowtui.cli.focus.block", "end the block, with outcome, rating and note"),
    "extend": ("flowtui.cli.focus.block", "move the end of the plan"),
    "interrupt": ("flowtui.cli.focus.block", "note an interruption; the clock keeps running"),
    "back": ("flowtui.cli.focus.block", "focus has resumed after an interruption"),
    "park": ("flowtui.cli.focus.block", "write a thought down to get it out of the head"),
    "parked": ("flowtui.cli.focus.parked", "thoughts that wait: list, add, put off, drop"),
    "next": ("flowtui.cli.plan.next", "intentions from where you keep tasks"),
    "discard": ("flowtui.cli.focus.block", "take back a block that was started by mistake"),
    "status": ("flowtui.cli.focus.status", "the running block and today, in one line"),
    "log": ("flowtui.cli.focus.log", "blocks of a stretch of days, with totals"),
    "show": ("flowtui.cli.focus.log", "everything about one block"),
    "add": ("flowtui.cli.focus.edits", "enter a past block"),
    "edit": ("flowtui.cli.focus.edits", "change a block"),
    "split": ("flowtui.cli.focus.edits", "cut a block in two"),
    "join": ("flowtui.cli.focus.edits", "make one block of two"),
    "relabel": ("flowtui.cli.focus.edits", "give a gap another cause, or give it back as focus"),
    "delete": ("flowtui.cli.focus.edits", "remove a block"),
    "undo": ("flowtui.cli.focus.edits", "take back the last change, in any process"),
    "redo": ("flowtui.cli.focus.edits", "do again what was taken back"),
    "checkin": ("flowtui.cli.body.checkin", "the end of the day: a dozen keys, or one line"),
    "note": ("flowtui.cli.body.body", "record a quick line: yoga 30 e6, coffee, energy 4"),
    "eat": ("flowtui.cli.body.eat", "open or close the eating window, or see how it stands"),
    "workout": ("flowtui.cli.body.body", "record a workout, its length and effort"),
    "habit": ("flowtui.cli.body.habit", "record a habit, or declare one"),
    "body": ("flowtui.cli.body.body", "the body log day by day; edit and delete entries"),
    "run": ("flowtui.cli.runs.run", "start a training run that outlives the terminal"),
    "runs": ("flowtui.cli.runs.runs", "training runs: list, show, adopt, stop, read any log"),
    "gpus": ("flowtui.cli.runs.gpus", "the GPUs of this machine, and who holds them"),
    "find": ("flowtui.cli.review.find", "find a text in everything you wrote down"),
    "report": ("flowtui.cli.review.report", "what a stretch of days came to, also fit to share"),
    "review": ("flowtui.cli.review.review", "look back at the week in six questions"),
    "serve": ("flowtui.cli.serve", "a page for the phone, on this machine, behind a token"),
    "shared": ("flowtui.cli.review.shared", "note something you shared, or see what you did"),
    "gave": ("flowtui.cli.review.shared", "note help you gave: 20m, and what"),
    "plan": ("flowtui.cli.plan.plan", "blocks meant for the days to come"),
    "calendar": ("flowtui.cli.plan.calendar", "what your calendars say about the days to come"),
    "guard": ("flowtui.cli.guard.guard", "keep distractions away; see and prove how that stands"),
    "insight": ("flowtui.cli.insight.insight", "which habits go with output, honestly"),
    "experiment": ("flowtui.cli.insight.experiment", "randomised experiments on yourself"),
    "agent": ("flowtui.cli.agent", "ring bells and run hooks while no app is open"),
    "export": ("flowtui.cli.data", "write the whole ledger as JSON, CSV or a TinyDB file"),
    "import": ("flowtui.cli.imports", "read back an export, or bring in another program's"),
    "doctor": ("flowtui.cli.data", "check ledger, settings, themes and hooks"),
    "config": ("flowtui.cli.setup", "show the settings in force, or a commented sample"),
    "paths": ("flowtui.cli.setup", "where everything lies"),
    "themes": ("flowtui.cli.setup", "the themes there are"),
    "keys": ("flowtui.cli.setup", "every key of the app"),
    "man": ("flowtui.cli.manual", "the manual page of all of it"),
    "demo": ("flowtui.cli.demo", "try the app on made-up days; nothing of it stays"),
    "completions": ("flowtui.cli.setup", "a completion script for bash, zsh or fish"),
}


GROUPS: dict[str, tuple[str, ...]] = {
    "block": (
        "start", "pause", "resume", "stop", "extend", "interrupt", "back", "park", "parked",
        "next", "discard", "status", "plan", "calendar", "guard",
    ),
    "past blocks": (
        "log", "show", "find", "add", "edit", "split", "join", "relabel", "delete", "undo", "redo",
    ),
    "runs": ("run", "runs", "gpus"),
    "body": ("checkin", "note", "eat", "workout", "habit", "body"),
    "insight and review": ("insight", "experiment", "report", "review", "shared", "gave"),
    "data": ("export", "import", "doctor"),
    "setup": (
        "demo", "config", "paths", "themes", "keys", "man", "completions", "agent", "serve",
    ),
}  # fmt: skip
"""The commands by what a person wants; each stands in one group."""

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
@click.option("--plain", is_flag=True, help="the app without animation, for screen readers")
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
