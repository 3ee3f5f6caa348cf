"""`flowtui run`: start a training run that outlives the terminal, and show what it prints."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.address import short


@click.command(
    "run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--name", metavar="N", help="its name; else that of its script")
@click.option("--baseline", metavar="R", default="", help="the run that it is held against")
@click.option(
    "--cwd",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="the folder it works in; else this one, or your home on another host",
)
@click.option(
    "--stdin",
    "reads",
    is_flag=True,
    help="give it what is piped in here; else its own terminal to read from",
)
@click.option("--follow", is_flag=True, help="show what it prints; ctrl+c leaves it running")
@click.option("--on", "host", metavar="HOST", default="", help="start it there, over SSH")
@click.option(
    "--slurm",
    is_flag=True,
    help="hand it to SLURM: options of sbatch, then -- and the command; with --on from there",
)
@json_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
@pass_context
def run_command(
    context: Context,
    name: str | None,
    baseline: str,
    cwd: Path | None,
    reads: bool,
    follow: bool,
    host: str,
    slurm: bool,
    as_json: bool,
    command: tuple[str, ...],
) -> None:
    """Start COMMAND detached: it goes on when the terminal is closed, and is watched.

    flowtui run --name small --baseline last -- python train.py --lr 3e-4

    flowtui run --on gpu01 -- python train.py

    flowtui run --slurm --gres=gpu:2 --time=8:00:00 -- python train.py

    It finds the end of its input at once, so that no question holds it up unseen.
    """
    if not command:
        raise UsageError("there is no command to run", "flowtui run -- python train.py")
    if name is not None and not name.strip():
        raise UsageError("the name of a run is empty", "give another --name, or none")
    if slurm or host:
        _run_beyond(context, (name, baseline, cwd), host, slurm, command, as_json)
        return
    if cwd is not None and not cwd.is_dir():
        raise UsageError(f"there is no folder {cwd}", "give another --cwd, or none")
    desk = context.services.runs
    run = desk.starter.start(command, (cwd or Path.cwd()).absolute(), name, baseline, _input(reads))
    desk.ensure_watched()
    if as_json:
        context.put_json({"id": run.id, "name": run.name, "output": str(desk.output_of(run))})
    else:
        context.put(run.id)
        context.say(f"{run.name} runs; see it: flowtui runs show {run.id} --follow")
    if follow:
        from flowtui.cli.runs.run import follow_output

        follow_output(context, run.id)


def _run_beyond(
    context: Context,
    about: tuple[str | None, str, Path | None],
    host: str,
    slurm: bool,
    command: tuple[str, ...],
    as_json: bool,
) -> None:
    """Start a command on another machine, or hand it to a queue."""
    name, baseline, cwd = about
    desk = context.services.runs
    beyond = desk.adopter.beyond
    assert beyond is not None
    folder = str(cwd) if cwd is not None else "" if host else str(Path.cwd())
    if slurm:
        options, words = _options_apart(command)
        runs = beyond.submit(host, options, words, folder, name, baseline)
    else:
        runs = [beyond.start(host, command, folder, name, baseline)]
    desk.ensure_watched()
    if as_json:
        context.put_json([{"id": r.id, "name": r.name, "place": r.paths[0]} for r in runs])
        return
    for run in runs:
        context.put(run.id)
        context.say(f"{run.name} is {short(run.paths[0])}; see it: flowtui runs show {run.id}")


def _options_apart(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Options of sbatch, and the command behind them."""
    if "--" in words:
        place = words.index("--")
        return words[:place], words[place + 1 :]
    place = next((n for n, word in enumerate(words) if not word.startswith("-")), len(words))
    return words[:place], words[place:]


MOST_INPUT = 64 * 2**20


def _input(wanted: bool) -> bytes | None:
    """What the command is to read; None: its terminal. Raises UsageError for an endless one."""
    if not wanted:
        return b""
    if sys.stdin.isatty():
        return None
    data = sys.stdin.buffer.read(MOST_INPUT + 1)
    if len(data) > MOST_INPUT:
        raise UsageError("more than 64 MiB were piped in", "let the command read a file instead")
    return data


FIRST = 16 * 1024
"""Bytes of past output that are shown first."""
TICK_S = 0.2


def follow_output(context: Context, id: str) -> None:
    """Copy the run's output to stdout as it grows; ends when the run does, or at ctrl+c."""
    desk = context.services.runs
    run = desk.book.find(id)
    path = desk.output_of(run)
    if path is None:
        raise FlowError(
            f"run {run.name} has no output of its own", f"see its figures: flowtui runs show {id}"
        )
    directory = desk.book.dir(run.id)
    place = max(0, _size(path) - FIRST)
    try:
        while True:
            over = run.ended or directory.ended() is not None
            place = _copy(path, place)
            if over:
                return
            time.sleep(TICK_S)
    except KeyboardInterrupt:
        context.say(f"\n{run.name} goes on; end it: flowtui runs stop {run.id}")


def _copy(path: Path, place: int) -> int:
    """Print what was written since `place`; a file that was cut is shown from its start."""
    if _size(path) < place:
        place = 0
    try:
        with path.open("rb") as file:
            file.seek(place)
            while data := file.read(65536):
                sys.stdout.buffer.write(data)
                place += len(data)
    except OSError as error:
        raise FlowError(f"{path}: {error.strerror}", "was it moved?") from error
    sys.stdout.buffer.flush()
    return place


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
