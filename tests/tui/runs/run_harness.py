"""Training runs in a world whose clock stands still, seen by a watcher stepped by hand."""

from __future__ import annotations

import math
import os
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.machine import GpuProcess, GpuReading, Throttle, Xid
from flowtui.core.runs.run import Run
from flowtui.services.runs.log_look import log_of
from flowtui.services.runs.watcher import Watcher
from flowtui.watch.place import Place
from flowtui.watch.rundir import Ended
from tests.tui.harness import World
from tests.watcher_lock import hold_lock

GIB = 1 << 30


class FakeGpus:
    """Eight GPUs, or none, that say what the test wants."""

    def __init__(self) -> None:
        self.readings: tuple[GpuReading, ...] = ()
        self.problem: str | None = "there is no NVIDIA driver here"

    def want(self, wanted: bool) -> None:
        """As the real ones do."""

    def latest(self) -> FakeGpus:
        return self

    def xids(self) -> tuple[Xid, ...]:
        return ()


class Lab:
    """Runs of the world's person."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.runs = world.services.runs
        self.folder = world.services.paths.data_dir.parent / "work"
        self.folder.mkdir(parents=True)
        self.gpus = FakeGpus()
        self.watcher = Watcher(
            self.runs.book, self.runs.board, world.clock, self.gpus, log_of, lambda _: (), judge,
            1, self._fault, self.runs.teller, world.services.zone,
        )  # fmt: skip
        self.faults: list[str] = []
        hold_lock(world.services.paths.run_dir)  # until the process of the tests ends

    def _fault(self, text: str) -> None:
        raise AssertionError(text)

    def log(self, name: str, text: str) -> Path:
        """A log that was written this minute, by the world's clock."""
        path = self.folder / f"{name}.log"
        path.write_text(text)
        at = self.world.clock.now().timestamp() - 1
        os.utime(path, (at, at))
        return path

    def adopt(self, name: str, text: str, minutes_ago: float = 30, baseline: str = "") -> Run:
        """A run of which a log is known."""
        began = self.world.clock.now() - timedelta(minutes=minutes_ago)
        place = Place("file", self.log(name, text))
        return self.runs.starter.adopt(
            [place], None, self.folder, ("python", f"{name}.py"), name, baseline, began
        )

    def end(self, run: Run, status: int) -> None:
        """Its exit is written down."""
        at = self.world.clock.now().timestamp() - 60
        ended = Ended(status, at, max_rss_bytes=3 * GIB)
        self.runs.book.dir(run.id).write_ended(
            {"exit_status": ended.exit_status, "ended_at": at, "max_rss_bytes": 3 * GIB}
        )

    def look(self) -> None:
        """One step of the watcher; the clock stands still, and all of it was told before."""
        self.watcher.step()
        self.watcher.keep()
        self.runs.teller.fresh(focused=False)

    def grown(self, name: str, text: str) -> None:
        """More is written to a log."""
        with (self.folder / f"{name}.log").open("a") as file:
            file.write(text)


def curve(steps: int, total: int, floor: float, seed: int, turn: int | None = None) -> str:
    """A log of training and validation loss; from step `turn` on the latter rises."""
    dice, lines = random.Random(seed), []
    for step in range(10, steps + 1, 10):
        train = floor + 2 * math.exp(-step / 150) + dice.uniform(-0.02, 0.02)
        lines.append(f"step {step}/{total} | loss: {train:.4f} | lr: 0.0003")
        if step % 50 == 0:
            held = floor + 0.12 + 2 * math.exp(-step / 160) + dice.uniform(-0.01, 0.01)
            if turn is not None and step > turn:
                held += 0.0012 * (step - turn)
            lines.append(f"step {step}: train loss {train:.4f}, val loss {held:.4f}")
    return "\n".join(lines) + "\n"


CRASH = """Traceback (most recent call last):
  File "vit.py", line 212, in <module>
    loss.backward()
torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has 79.1 GiB
"""


def laboratory(world: World) -> Lab:
    """A baseline that is finished, one run under way, one overfitting, one crashed."""
    lab = Lab(world)
    base = lab.adopt("base", curve(1000, 1000, 0.42, 1), 180)
    lab.end(base, 0)
    lab.look()
    lab.adopt("resnet-b", curve(620, 1000, 0.30, 2), 38, "base")
    lab.adopt("gpt-small", curve(900, 2000, 0.35, 3, turn=400), 95)
    crashed = lab.adopt("vit-large", curve(250, 1000, 0.9, 4) + CRASH, 20)
    lab.end(crashed, 1)
    lab.look()
    return lab


def gpus(world: World, count: int = 4) -> tuple[GpuReading, ...]:
    """Boards at work; the second idles while it is held, the last is lost."""
    at = world.clock.now()
    whole = GpuReading(
        at, 0, "GPU-0", "NVIDIA H100 80GB HBM3", 0.97, 0.6, 41 * GIB, 80 * GIB, 0, 61.0, 89.0,
        412.0, 700.0, 5e6, 1755.0, 1980.0, frozenset({Throttle.POWER_CAP}),
        (GpuProcess(1, 41 * GIB, True, "python resnet-b.py", "me", True),),
    )  # fmt: skip
    found = [replace(whole, index=i, uuid=f"GPU-{i}") for i in range(count)]
    found[1] = replace(
        found[1], util=0.0, power_w=68.0, mem_used_bytes=12 * GIB,
        processes=(GpuProcess(77, 12 * GIB, visible=False),),
    )  # fmt: skip
    if count > 2:
        found[-1] = GpuReading(
            at, count - 1, f"GPU-{count - 1}", "NVIDIA H100 80GB HBM3",
            problem="the GPU is lost: it fell off the bus",
        )  # fmt: skip
    return tuple(found)
