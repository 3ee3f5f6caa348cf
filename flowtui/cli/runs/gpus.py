"""`flowtui gpus`: every GPU of this machine, and who holds it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.runs.gpu_text import figures, gib, label, remark, short_name
from flowtui.core.runs.machine import GpuReading


@click.command("gpus")
@click.option("--follow", is_flag=True, help="look again every two seconds; ctrl+c leaves")
@json_option
@pass_context
def gpus_command(context: Context, follow: bool, as_json: bool) -> None:
    """The GPUs of this machine: use, memory, temperature, power, and the processes on them.

    Sleeping GPUs are left asleep. What a board does not tell is a dot, never a zero.
    """
    from flowtui.services.runs.runs_wiring import gpus_of

    gpus = gpus_of(context.services.clock)
    try:
        while True:
            readings = gpus.read()
            _print(context, readings, gpus.problem, as_json, follow)
            if not follow:
                return
            time.sleep(gpus.interval_s)
    except KeyboardInterrupt:
        return
    finally:
        gpus.close()


def _print(
    context: Context,
    readings: Sequence[GpuReading],
    problem: str | None,
    as_json: bool,
    follow: bool,
) -> None:
    if as_json:
        data = {"problem": problem, "gpus": [_view(context, gpu) for gpu in readings]}
        if follow:  # a line a look, for whoever reads along
            import json

            context.put(json.dumps(data, ensure_ascii=False))
        else:
            context.put_json(data)
        return
    if problem is not None:
        context.say(problem)
    for line in gpu_table(readings):
        context.put(line)
    if follow and readings:
        context.put("")


def gpu_table(readings: Sequence[GpuReading]) -> list[str]:
    """One line a GPU in columns, and one below it for each process."""
    rows = [(label(gpu), short_name(gpu.name), *figures(gpu)) for gpu in readings]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = []
    for gpu, row in zip(readings, rows, strict=True):
        cells = [
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join([*cells, remark(gpu)]).rstrip())
        for process in gpu.processes or ():
            held = f"{gib(process.mem_bytes)} GiB" if process.mem_bytes is not None else "·"
            who = (
                f"{process.user}  {process.name}"
                if process.visible
                else "not visible here: dead, or in another container"
            )
            lines.append(f"     {process.pid:>8}  {held:>9}  {who}")
    return lines


def _view(context: Context, gpu: GpuReading) -> dict[str, Any]:
    from flowtui.core.focus.block_json import iso
    from flowtui.services.runs.board import gpu_to_json

    return gpu_to_json(gpu) | {"at": iso(gpu.at, context.services.zone.key)}
