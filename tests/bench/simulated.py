"""Simulated training runs, healthy and sick, for measuring how often the rules are wrong.

A run is a list of events in the order of their instants. All randomness comes from a seed; the
shapes are those that people meet: power laws, restarts, spikes, oscillation, pauses, resumes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from flowtui.core.runs.machine import DiskReading, GpuProcess, GpuReading, ProcessReading, Throttle
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading

START = 1_764_000_000.0
GIB = 2**30
POINTS = 400
"""Training metrics are logged so often in a run."""


@dataclass
class Machine:
    """What the machine does while the run is in one of its phases."""

    util: tuple[float, float] = (0.9, 1.0)
    saw: float = 0.0
    """Share of readings with the GPU at rest."""
    power_w: float = 310.0
    temp_c: float = 68.0
    throttle: frozenset[Throttle] = frozenset({Throttle.POWER_CAP})
    cpu: float = 1.2
    alive: bool = True
    io_wait: bool = False


@dataclass
class Sim:
    """A run: what its log says when, what its machine does, how it ends."""

    name: str
    healthy: bool
    wanted: str = ""
    """The rule that should find something."""
    log: list[tuple[float, Item]] = field(default_factory=list)
    phases: list[tuple[float, Machine]] = field(default_factory=list)
    sick_at: float | None = None
    """When the trouble begins."""
    end_at: float = 0.0
    """Until when it is watched."""
    exit_at: float | None = None
    exit_status: int | None = None
    baseline: list[Item] | None = None
    unwatched: tuple[float, float] = (0.0, 0.0)
    """From when to when nothing ran (it was stopped, and resumed later)."""
    seen: dict[float, GpuReading] = field(default_factory=dict)
    """Readings that were drawn already."""
    free: Callable[[float], float] = lambda t: 500.0 * GIB
    """Free bytes at so many seconds after the start."""


def at(seconds: float) -> datetime:
    """An instant so many seconds after the start."""
    return datetime.fromtimestamp(START + seconds, UTC)


@dataclass
class Pace:
    """When things are logged."""

    step_s: float
    every: int
    val_every: int
    val_s: float
    start_s: float
    jitter: float


def pace(rng: Random) -> Pace:
    """A usual pace: from ten log lines a second to one a minute; short and long evaluations."""
    step_s = math.exp(rng.uniform(math.log(0.01), math.log(3.0)))
    every = rng.choice([1, 10, 20, 50])
    return Pace(
        step_s, every, rng.choice([10, 20, 40]), rng.uniform(0.5, 8) * step_s * every * 5,
        rng.uniform(5, 400), rng.uniform(0.02, 0.4),
    )  # fmt: skip


def timeline(
    rng: Random,
    train: Callable[[float], float],
    val: Callable[[float], float],
    p: Pace,
    name: str = "loss",
    points: int = POINTS,
) -> list[tuple[float, Item]]:
    """A run's log: training metrics every few steps, validation in between, with its pause."""
    log: list[tuple[float, Item]] = []
    t, total = p.start_s, points * p.every
    for k in range(1, points + 1):
        t += p.step_s * p.every * rng.lognormvariate(0, p.jitter)
        share = k / points
        step = k * p.every
        log.append((t, Reading(step, {name: train(share), "lr": 1e-4}, total_steps=total)))
        if k % p.val_every == 0:
            log.append((t, Notice(NoticeKind.EVALUATION, "Running evaluation", step=step)))
            t += p.val_s * rng.lognormvariate(0, 0.15)
            log.append((t, Reading(step, {f"eval_{name}": val(share)})))
            if rng.random() < 0.5:
                t += rng.uniform(1, 30)
                log.append((t, Notice(NoticeKind.CHECKPOINT, "saved", path="c.pt", step=step)))
    return log


def power_law(rng: Random, noise: float | None = None) -> tuple[Callable[[float], float], float]:
    """A loss that falls as a power of the steps, with relative noise; and that noise."""
    high, low = rng.uniform(2, 11), rng.uniform(0.05, 1.8)
    power = rng.uniform(0.3, 0.9)
    level = rng.uniform(0.005, 0.06) if noise is None else noise

    def value(share: float) -> float:
        mean = low + (high - low) * math.pow(1 + 60 * share, -power)
        return mean * (1 + rng.gauss(0, level))

    return value, level


def shifted(
    rng: Random, curve: Callable[[float], float], by: float, noise: float
) -> Callable[[float], float]:
    """A validation curve beside a training curve: a little higher, with a noise of its own."""
    return lambda share: curve(share) * (1 + by) * (1 + rng.gauss(0, noise))


def finished(sim: Sim) -> Sim:
    """Let the run end well."""
    sim.end_at = sim.log[-1][0] + 30
    sim.exit_at, sim.exit_status = sim.log[-1][0] + 5, 0
    sim.phases = sim.phases or [(0.0, Machine())]
    return sim


def machine_at(sim: Sim, t: float) -> Machine:
    """The phase that holds at `t`."""
    found = sim.phases[0][1]
    for start, phase in sim.phases:
        if start <= t:
            found = phase
    return found


def gpu_reading(sim: Sim, t: float, rng: Random) -> GpuReading:
    """What a GPU shows at `t`."""
    if t in sim.seen:
        return sim.seen[t]
    phase = machine_at(sim, t)
    resting = rng.random() < phase.saw
    util = rng.uniform(0.0, 0.05) if resting else rng.uniform(*phase.util)
    held = 20 * GIB if phase.alive else 0
    sim.seen[t] = found = GpuReading(
        at(t), 0, "GPU-0", "sim", util=util, mem_used_bytes=held, mem_total_bytes=80 * GIB,
        temp_c=phase.temp_c + rng.gauss(0, 1), power_w=phase.power_w * rng.uniform(0.95, 1.05),
        power_limit_w=400.0, sm_clock_mhz=1600, sm_clock_max_mhz=1980, throttle=phase.throttle,
        processes=(GpuProcess(1, held, True),) if held else (),
    )  # fmt: skip
    return found


def process_reading(sim: Sim, t: float, rng: Random) -> ProcessReading:
    """What the process shows at `t`."""
    phase = machine_at(sim, t)
    over = sim.exit_at is not None and t >= sim.exit_at
    return ProcessReading(
        at(t), 1, not over, phase.cpu * rng.uniform(0.9, 1.1), 8 * GIB, phase.io_wait
    )


def disk_reading(sim: Sim, t: float) -> DiskReading:
    """What the disk shows at `t`."""
    return DiskReading(at(t), "/data", int(max(0.0, sim.free(t))), 1000 * GIB)
