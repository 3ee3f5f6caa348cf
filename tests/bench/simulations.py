"""The kinds of runs that are simulated: each a function from a seed to a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from flowtui.core.runs.machine import Throttle
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from tests.bench.simulated import (
    GIB,
    POINTS,
    Machine,
    Pace,
    Sim,
    finished,
    pace,
    power_law,
    shifted,
    timeline,
)

REST = frozenset({Throttle.POWER_CAP})


def plain(rng: Random, least_s: float = 0.0) -> Sim:
    """A power law, validation beside it; of a length of at least so many seconds."""
    train, level = power_law(rng)
    val = shifted(rng, train, rng.uniform(0.01, 0.1), level / 2)
    p = pace(rng)
    slower = max(1.0, least_s / (POINTS * p.every * p.step_s))
    p.step_s, p.val_s = p.step_s * slower, p.val_s * slower
    return finished(Sim("power law", True, log=timeline(rng, train, val, p)))


def noisy_validation(rng: Random) -> Sim:
    """Few validations with much noise."""
    train, _ = power_law(rng)
    val = shifted(rng, train, 0.05, rng.uniform(0.05, 0.15))
    return finished(Sim("noisy validation", True, log=timeline(rng, train, val, pace(rng))))


def warm_restarts(rng: Random) -> Sim:
    """Cosine with restarts: the loss jumps up at each and comes down again."""
    base, level = power_law(rng, 0.01)
    cycles, height = rng.choice([2, 3, 4, 5]), rng.uniform(0.1, 0.45)

    def train(share: float) -> float:
        since = share * cycles % 1.0
        bump = height * math.exp(-since * 12) if share * cycles >= 1 else 0.0
        return base(share) * (1 + bump)

    val = shifted(rng, train, 0.05, level)
    return finished(Sim("warm restarts", True, log=timeline(rng, train, val, pace(rng))))


def step_decay(rng: Random) -> Sim:
    """The learning rate falls in steps, and the loss with it."""
    level = rng.uniform(0.01, 0.05)
    levels = [rng.uniform(1.5, 2.5), rng.uniform(0.8, 1.2), rng.uniform(0.3, 0.6)]

    def train(share: float) -> float:
        stage = min(2, int(share * 3))
        since = share * 3 - stage
        before = levels[stage - 1] if stage else 6.0
        mean = levels[stage] + (before - levels[stage]) * math.exp(-since * 6)
        return mean * (1 + rng.gauss(0, level))

    val = shifted(rng, train, 0.08, level)
    return finished(Sim("step decay", True, log=timeline(rng, train, val, pace(rng))))


def spikes(rng: Random) -> Sim:
    """A language model's spikes: some steps far up, back within a few."""
    base, level = power_law(rng)
    starts = [rng.uniform(0.05, 0.95) for _ in range(rng.randint(2, 6))]

    def train(share: float) -> float:
        extra = sum(
            rng.uniform(0.5, 1.5) * math.exp(-(share - s) * 200) for s in starts if s <= share
        )
        return base(share) * (1 + extra)

    val = shifted(rng, base, 0.03, level / 2)
    return finished(Sim("loss spikes", True, log=timeline(rng, train, val, pace(rng))))


def phase_change(rng: Random) -> Sim:
    """Longer sequences from some step on: the loss jumps, then falls on."""
    base, level = power_law(rng)
    when, jump = rng.uniform(0.3, 0.7), rng.uniform(0.05, 0.3)

    def train(share: float) -> float:
        if share < when:
            return base(share)
        return base(share) * (1 + jump * math.exp(-(share - when) * 8))

    val = shifted(rng, train, 0.05, level)
    return finished(Sim("harder data", True, log=timeline(rng, train, val, pace(rng))))


def gan(rng: Random) -> Sim:
    """Two losses that swing against each other for the whole run."""
    p = pace(rng)
    beat, depth = rng.uniform(4, 30), rng.uniform(0.15, 0.5)

    def loss(share: float, sign: float) -> float:
        swing = depth * math.sin(share * beat * 2 * math.pi)
        return max(0.01, 1.2 * (1 + sign * swing) * (1 + rng.gauss(0, 0.12)))

    log: list[tuple[float, Item]] = []
    t = p.start_s
    for k in range(1, 401):
        t += p.step_s * p.every * rng.lognormvariate(0, p.jitter)
        values = {"g_loss": loss(k / 400, 1), "d_loss": loss(k / 400, -1)}
        log.append((t, Reading(k * p.every, values, total_steps=400 * p.every)))
    return finished(Sim("adversarial", True, log=log))


def reward(rng: Random) -> Sim:
    """Reinforcement learning: a reward that rises with dips and much noise."""
    p = pace(rng)
    top, level = rng.uniform(50, 500), rng.uniform(0.1, 0.3)
    wander = 0.0
    log: list[tuple[float, Item]] = []
    t = p.start_s
    for k in range(1, 401):
        t += p.step_s * p.every * rng.lognormvariate(0, p.jitter)
        wander = 0.97 * wander + rng.gauss(0, 0.02)
        value = top * ((1 - math.exp(-k / 120)) + wander + rng.gauss(0, level))
        log.append((t, Reading(k * p.every, {"episode_reward": value}, total_steps=400 * p.every)))
    return finished(Sim("reward", True, log=log))


def resumed(rng: Random) -> Sim:
    """Stopped, and resumed from a checkpoint some way back."""
    sim = plain(rng)
    cut = int(len(sim.log) * rng.uniform(0.3, 0.8))
    back = int(cut * rng.uniform(0.7, 0.95))
    gap = rng.uniform(60, 900)
    head, again = sim.log[:cut], sim.log[back:]
    shift = head[-1][0] + gap - again[0][0]
    note = Notice(NoticeKind.RESUMED, "Resuming training from checkpoint")
    later: list[tuple[float, Item]] = [(t + shift, item) for t, item in again]
    sim.log = [*head, (head[-1][0] + gap, note), *later]
    sim.unwatched = (head[-1][0], head[-1][0] + gap)
    sim.name = "resumed"
    return finished(sim)


def half_precision(rng: Random) -> Sim:
    """Mixed precision: now and then an overflow, the step is skipped."""
    sim = plain(rng)
    sim.name = "mixed precision"
    found: list[tuple[float, Item]] = []
    for t, item in sim.log:
        if isinstance(item, Reading) and "loss" in item.metrics:
            norm = math.inf if rng.random() < 0.05 else rng.uniform(0.5, 2)
            loss = math.nan if rng.random() < 0.003 else item.metrics["loss"]
            item = item._replace(metrics={**item.metrics, "loss": loss, "grad_norm": norm})
        found.append((t, item))
    sim.log = found
    return finished(sim)


def bursts(rng: Random) -> Sim:
    """Output comes in blocks of 8 KiB, because it goes to a file."""
    sim = plain(rng)
    sim.name = "written in bursts"
    size = rng.randint(20, 80)
    found: list[tuple[float, Item]] = []
    for k in range(0, len(sim.log), size):
        block = sim.log[k : k + size]
        found += [(block[-1][0], item) for _, item in block]
    sim.log = found
    return finished(sim)


def rare_pauses(rng: Random) -> Sim:
    """A long evaluation comes late for the first time: up to nine minutes, among fast steps."""
    train, level = power_law(rng)
    p = Pace(rng.uniform(0.05, 0.5), 10, 100, rng.uniform(60, 540), 20, 0.1)
    log = timeline(rng, train, shifted(rng, train, 0.05, level), p)
    return finished(Sim("rare long evaluation", True, log=log))


def slow_start(rng: Random) -> Sim:
    """Up to 25 minutes of loading and compiling without a word."""
    train, level = power_law(rng)
    p = pace(rng)
    p.start_s = rng.uniform(600, 1500)
    sim = finished(
        Sim("slow start", True, log=timeline(rng, train, shifted(rng, train, 0.05, level), p))
    )
    sim.phases = [(0.0, Machine(util=(0.0, 0.02), power_w=70, cpu=1.0)), (p.start_s, Machine())]
    return sim


def same_as_baseline(rng: Random) -> Sim:
    """A second run with another seed: as good as the baseline."""
    train, level = power_law(rng)
    val = shifted(rng, train, 0.05, level / 2)
    p = pace(rng)
    base = [item for _, item in timeline(rng, train, val, p)]
    return finished(Sim("as its baseline", True, log=timeline(rng, train, val, p), baseline=base))


def rotating_checkpoints(rng: Random) -> Sim:
    """Checkpoints come and go: free space is a saw-tooth."""
    sim = plain(rng)
    sim.name = "rotating checkpoints"
    size, period = rng.uniform(1, 20) * GIB, rng.uniform(120, 900)
    sim.free = lambda t: 60 * GIB - (t % period) / period * size
    return sim


def busy_machine(rng: Random) -> Sim:
    """A GPU that is well used, with rests: four readings in five are full."""
    sim = plain(rng)
    sim.name = "short rests"
    sim.phases = [
        (0.0, Machine(util=(0.75, 1.0), saw=rng.uniform(0.0, 0.12), cpu=rng.uniform(1, 6)))
    ]
    return sim


def _epochs(
    rng: Random, train: Callable[[float], float], val: Callable[[float], float], key: str = "loss"
) -> list[tuple[float, Item]]:
    """A log of few epochs: training each, or ten times in each, and a validation behind it."""
    count, each = rng.randint(5, 12), rng.choice([1, 10])
    length = math.exp(rng.uniform(math.log(20), math.log(1200)))
    log: list[tuple[float, Item]] = []
    t = rng.uniform(5, 120)
    for k in range(1, count * each + 1):
        t += length / each * rng.lognormvariate(0, 0.1)
        share = k / (count * each)
        log.append((t, Reading(k, {"train_loss": train(share)}, total_steps=count * each)))
        if k % each == 0:
            t += length * rng.uniform(0.05, 0.2)
            log.append((t, Reading(k, {f"val_{key}": val(share)})))
    return log


def short(rng: Random) -> Sim:
    """Five to twelve epochs from scratch."""
    train, level = power_law(rng)
    val = shifted(rng, train, rng.uniform(0.01, 0.1), level)
    return finished(Sim("short", True, log=_epochs(rng, train, val)))


def short_accuracy(rng: Random) -> Sim:
    """The same, judged by accuracy, which rises towards its ceiling."""
    train, level = power_law(rng, rng.uniform(0.005, 0.03))
    low, top, speed = rng.uniform(0.1, 0.5), rng.uniform(0.7, 0.98), rng.uniform(1.5, 6)

    def val(share: float) -> float:
        return (top - (top - low) * math.exp(-share * speed)) * (1 + rng.gauss(0, level))

    return finished(Sim("short, accuracy", True, log=_epochs(rng, train, val, "acc")))


def fine_tuning(rng: Random) -> Sim:
    """Few epochs over a model that is good already: it gains a tenth to a third."""
    first, gained, level = rng.uniform(0.5, 3), rng.uniform(0.1, 0.35), rng.uniform(0.002, 0.015)

    def val(share: float) -> float:
        gain = gained * (1 - math.exp(-share * 4)) / (1 - math.exp(-4))
        return first * (1 - gain) * (1 + rng.gauss(0, level))

    def train(share: float) -> float:
        return first * (1 - 1.3 * gained * math.pow(share, 0.7)) * (1 + rng.gauss(0, 0.05))

    return finished(Sim("fine-tuning", True, log=_epochs(rng, train, val)))


def _sick(rng: Random, name: str, wanted: str, when: float | None = None) -> tuple[Sim, float]:
    sim = plain(rng, 5400.0 if when == 0.0 else 0.0)
    sim.name, sim.healthy, sim.wanted = name, False, wanted
    share = rng.uniform(0.3, 0.8) if when is None else when
    sim.sick_at = sim.log[int(len(sim.log) * share)][0] if share else 0.0
    return sim, share


def goes_nan(rng: Random) -> Sim:
    """From some step on the loss is not a number."""
    sim, _ = _sick(rng, "loss becomes NaN", "nan")
    assert sim.sick_at is not None
    sick = sim.sick_at
    sim.log = [
        (t, item._replace(metrics=dict.fromkeys(item.metrics, math.nan) | {"lr": 1e-4}))
        if isinstance(item, Reading) and t >= sick
        else (t, item)
        for t, item in sim.log
    ]
    return sim


def diverges(rng: Random) -> Sim:
    """The loss turns and rises, fast or slowly, to above where it began or to half of it."""
    base, level = power_law(rng)
    when, top, speed = rng.uniform(0.2, 0.6), rng.uniform(0.6, 1.5), rng.uniform(4, 20)
    first = base(0.0)

    def train(share: float) -> float:
        if share < when:
            return base(share)
        up = 1 - math.exp(-(share - when) * speed)
        return (base(when) + (first * top - base(when)) * up) * (1 + rng.gauss(0, 2 * level))

    log = timeline(rng, train, shifted(rng, train, 0.05, level), pace(rng))
    sim = finished(Sim("diverges", False, "diverging", log))
    sim.sick_at = log[int(len(log) * when)][0]
    return sim


def overfits(rng: Random) -> Sim:
    """Validation turns up while training falls on."""
    train, level = power_law(rng)
    when, slope = rng.uniform(0.2, 0.5), rng.uniform(0.3, 1.5)

    def val(share: float) -> float:
        mean = train(min(share, when)) * 1.05 * (1 + slope * max(0.0, share - when))
        return mean * (1 + rng.gauss(0, level / 2))

    p = pace(rng)
    p.val_every = 10
    log = timeline(rng, train, val, p)
    sim = finished(Sim("overfits", False, "overfitting", log))
    sim.sick_at = log[int(len(log) * when)][0]
    return sim


def overfits_early(rng: Random) -> Sim:
    """A short run whose validation is best in its first third and rises from then on."""
    train, _ = power_law(rng, 0.01)
    when, slope = rng.uniform(0.0, 0.35), rng.uniform(0.4, 1.5)

    def val(share: float) -> float:
        mean = train(min(share, when)) * (1.05 + slope * max(0.0, share - when))
        return mean * (1 + rng.gauss(0, 0.004))

    sim = finished(Sim("overfits early", False, "overfitting", _epochs(rng, train, val)))
    sim.sick_at = sim.log[0][0]
    return sim


def never_improves(rng: Random) -> Sim:
    """A short run whose validation lies where it began."""
    level, noise = rng.uniform(0.3, 7), rng.uniform(0.0, 0.015)
    train, _ = power_law(rng)
    learns = rng.random() < 0.5

    def value(share: float) -> float:
        return level * (1 + rng.gauss(0, noise))

    log = _epochs(rng, train if learns else value, value)
    sim = finished(Sim("never improves", False, "plateau", log))
    sim.sick_at = sim.log[0][0]
    return sim


def levels_off(rng: Random) -> Sim:
    """It improves for a while, then not at all."""
    base, level = power_law(rng)
    when = rng.uniform(0.15, 0.35)

    def train(share: float) -> float:
        return base(min(share, when))

    p = pace(rng)
    p.val_every = 10
    log = timeline(rng, train, shifted(rng, train, 0.05, level / 2), p)
    sim = finished(Sim("levels off", False, "plateau", log))
    sim.sick_at = log[int(len(log) * when)][0]
    return sim


def _ends(sim: Sim, status: int, *notices: Notice) -> Sim:
    assert sim.sick_at is not None
    sick = sim.sick_at
    sim.log = [(t, item) for t, item in sim.log if t < sick] + [(sick, n) for n in notices]
    sim.exit_at, sim.exit_status, sim.end_at = sick + 1, status, sick + 30
    return sim


def crashes(rng: Random) -> Sim:
    """An error ends it."""
    sim, _ = _sick(rng, "crashes", "crashed")
    return _ends(sim, 1, Notice(NoticeKind.TRACEBACK, "Traceback\nValueError: no"))


def out_of_memory(rng: Random) -> Sim:
    """The GPU's memory is full."""
    sim, _ = _sick(rng, "out of memory", "oom")
    words = "torch.OutOfMemoryError: CUDA out of memory."
    return _ends(sim, 1, Notice(NoticeKind.TRACEBACK, words), Notice(NoticeKind.OOM, words))


def stalls(rng: Random) -> Sim:
    """It goes silent and does nothing."""
    sim, _ = _sick(rng, "goes silent", "stalled")
    return _silence(sim, Machine(util=(0.0, 0.02), power_w=60, cpu=0.01))


def hangs(rng: Random) -> Sim:
    """It goes silent; the GPU spins at little power."""
    sim, _ = _sick(rng, "spins in a collective", "hang")
    return _silence(sim, Machine(util=(1.0, 1.0), power_w=110, cpu=1.0))


def _silence(sim: Sim, machine: Machine) -> Sim:
    assert sim.sick_at is not None
    sick = sim.sick_at
    sim.log = [(t, item) for t, item in sim.log if t < sick]
    sim.phases = [(0.0, Machine()), (sick, machine)]
    sim.exit_at = sim.exit_status = None
    sim.end_at = sick + 4 * 3600
    return sim


def starved(rng: Random) -> Sim:
    """The GPU waits for data every other moment."""
    sim, _ = _sick(rng, "waits for data", "data-loader bound", 0.0)
    sim.phases = [(0.0, Machine(saw=rng.uniform(0.4, 0.7), cpu=rng.uniform(1, 8)))]
    return finished(sim)


def rests(rng: Random) -> Sim:
    """The GPU is held and not used (the model is on the CPU)."""
    sim, _ = _sick(rng, "holds an idle GPU", "gpu idle", 0.0)
    sim.phases = [(0.0, Machine(util=(0.0, 0.01), power_w=60, cpu=4))]
    return finished(sim)


def hot(rng: Random) -> Sim:
    """Heat slows the GPU down."""
    sim, _ = _sick(rng, "too hot", "throttled", 0.0)
    reasons = frozenset({Throttle.HEAT, Throttle.POWER_CAP})
    sim.phases = [(0.0, Machine(temp_c=91, throttle=reasons))]
    return finished(sim)


def fills(rng: Random) -> Sim:
    """Checkpoints are kept, and the disk is full before the end."""
    sim, _ = _sick(rng, "fills its disk", "disk filling", 0.0)
    end = sim.log[-1][0] * rng.uniform(0.6, 0.95)
    sim.free = lambda t: 80 * GIB * (1 - t / end)
    return finished(sim)


def _beside(rng: Random, name: str, wanted: str, by: float) -> Sim:
    train, level = power_law(rng)
    p = pace(rng)
    p.val_every = 10
    base = [i for _, i in timeline(rng, train, shifted(rng, train, 0.05, level / 2), p)]
    val = shifted(rng, train, 0.05 + by, level / 2)
    sim = finished(Sim(name, False, wanted, timeline(rng, train, val, p), baseline=base))
    sim.sick_at = 0.0
    return sim


def worse(rng: Random) -> Sim:
    """Validation 8 % above the baseline's."""
    return _beside(rng, "worse than its baseline", "worse than baseline", 0.08)


def better(rng: Random) -> Sim:
    """Validation 8 % below the baseline's."""
    return _beside(rng, "better than its baseline", "better than baseline", -0.08)


HEALTHY: tuple[Callable[[Random], Sim], ...] = (
    plain, noisy_validation, warm_restarts, step_decay, spikes, phase_change, gan, reward, resumed,
    half_precision, bursts, rare_pauses, slow_start, same_as_baseline, rotating_checkpoints,
    busy_machine, short, short_accuracy, fine_tuning,
)  # fmt: skip
SICK: tuple[Callable[[Random], Sim], ...] = (
    goes_nan, diverges, overfits, overfits_early, levels_off, never_improves, crashes,
    out_of_memory, stalls, hangs, starved, rests, hot, fills, worse, better,
)  # fmt: skip
