"""`flowtui run`: start a training run that outlives the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import UsageError


@click.command(
    "run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--name", metavar="N", help="its name; else that of its script")
@click.option("--baseline", metavar="R", default="", help="the run that it is held against")
@click.option(
    "--cwd",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="the folder it works in; else this one",
)
@click.option("--follow", is_flag=True, help="show what it prints; ctrl+c leaves it running")
@json_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
@pass_context
def run_command(
    context: Context,
    name: str | None,
    baseline: str,
    cwd: Path | None,
    follow: bool,
    as_json: bool,
    command: tuple[str, ...],
) -> None:
    """Start COMMAND detached: it goes on when the terminal is closed, and is watched.

    flowtui run --name small --baseline last -- python train.py --lr 3e-4
    """
    if not command:
        raise UsageError("there is no command to run", "flowtui run -- python train.py")
    if name is not None and not name.strip():
        raise UsageError("the name of a run is empty", "give another --name, or none")
    desk = context.services.runs
    run = desk.starter.start(command, (cwd or Path.cwd()).absolute(), name, baseline)
    desk.ensure_watched()
    if as_json:
        context.put_json({"id": run.id, "name": run.name, "output": str(desk.output_of(run))})
    else:
        context.put(run.id)
        context.say(f"{run.name} runs; see it: flowtui runs show {run.id} --follow")
    if follow:
        from flowtui.cli.runs.follow import follow_output

        follow_output(context, run.id)
