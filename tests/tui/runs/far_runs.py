"""Runs elsewhere as the watcher would show them: records, the board, the GPUs of a thousand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from flowtui.core.runs.fleet import fleet_view
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.machine import GpuReading, Throttle
from flowtui.core.runs.run import Run
from flowtui.services.runs.board import Board
from flowtui.services.runs.fleet_file import write_fleet
from tests.tui.harness import World
from tests.watcher_lock import hold_lock

GIB = 1 << 30


class Far:
    """A person's runs on a cluster, on a host and here."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.runs = world.services.runs
        self.at = world.clock.now().timestamp()
        self._glances: list[RunGlance] = []
        hold_lock(world.services.paths.run_dir)

    def add(self, address: str, name: str, state: str = "running", **more: object) -> Run:
        """A run at `address` that is shown so."""
        began = self.world.clock.now() - timedelta(minutes=40 + len(self._glances))
        run = self.runs.starter.follow(address, name, started_at=began)
        glance = RunGlance(
            run.id, name, state, self.at, adopted=True, started_at=began.timestamp(),
            heard_at=self.at - 12,
        )  # fmt: skip
        self._glances.append(replace(glance, **more))  # type: ignore[arg-type] # fields by name
        return run

    def show(self) -> None:
        """Put it on the board."""
        self.runs.board.write(Board(self.at, 1, tuple(self._glances)))

    def gpus(self, count: int = 1024) -> None:
        """So many GPUs of jobs, a few of them not well."""
        now = self.world.clock.now()
        readings = []
        for number in range(count):
            node, index = number // 8 + 1, number % 8
            use = 0.75 + 0.2 * math.sin(number)
            gpu = GpuReading(
                now - timedelta(seconds=21), index, f"GPU-{number}", "NVIDIA H100 80GB HBM3",
                use, None, 70 * GIB, 80 * GIB, temp_c=61.0, power_w=540.0, host=f"n{node:03d}",
            )  # fmt: skip
            if number in (5, 300):
                gpu = replace(gpu, util=0.0, power_w=95.0)
            if number == 77:
                gpu = replace(gpu, throttle=frozenset({Throttle.HEAT}), temp_c=88.0)
            if node == 3 and index < 2:
                gpu = replace(gpu, util=None, problem="lost: the exporter sees it no more")
            readings.append(gpu)
        past = {f"GPU-{n}": [0.8, 0.7, 0.9, 0.4, 0.0] for n in (5, 300, 77)}
        view = fleet_view(readings, past, "by job label hpc_job")
        write_fleet(self.world.services.paths.watch_dir, view)


def far_away(world: World) -> Far:
    """A cluster with one of each, a host, and GPUs by the thousand."""
    far = Far(world)
    at = far.at
    far.add(
        "slurm:///4711", "llama-7b", where="slurm", queue="running", step=6200, total_steps=10000,
        progress=0.62, key="val_loss", last=2.104, best=2.104, is_best=True, eta_s=7200.0,
        eta_error_s=240.0, gpu_count=1024, gpu_util=0.74, cut_at=at + 5400,
        spark=(3.1, 2.9, 2.6, 2.4, 2.3, 2.2, 2.1),
        findings=(("time limit", "notable", "will be cut at 91 %: 1 h 30 of its time are left, "
                   "and it needs 2 h 00"),),
    )  # fmt: skip
    far.add(
        "slurm:///4712", "ablation-3", "pending", where="slurm", starts_at=at + 3600,
        queue="pending, others are ahead of it",
    )  # fmt: skip
    far.add(
        "slurm:///4713_2", "sweep", "pending", where="slurm",
        queue="pending, life 2, may not begin yet",
    )  # fmt: skip
    far.add(
        "ssh://gpu01//data/train.log", "resnet-b", where="gpu01", step=900, total_steps=3000,
        progress=0.3, key="loss", last=0.412, best=0.402, heard_at=at - 1300,
        problem="gpu01 does not answer",
    )  # fmt: skip
    far.add(
        "mlflow+https://lab.example/" + "0" * 32, "probe", where="lab.example", step=77,
        key="acc", last=0.91, best=0.91, is_best=True,
    )  # fmt: skip
    far.show()
    far.gpus()
    return far
