"""Training runs from the command line: `runs read`."""

from __future__ import annotations

import click

from flowtui.cli.runs_read import runs_read


@click.group("runs")
def runs_command() -> None:
    """Training runs: what their logs say, and what is to be found in it."""


runs_command.add_command(runs_read)
