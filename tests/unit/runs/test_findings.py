"""Each rule on a run that should have its finding, and on one near it that should not.

How often they are wrong at large is measured by tests/bench/findings.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from flowtui.core.runs.crash_card import crash_card, resume_command
from flowtui.core.runs.eta import eta_of
from flowtui.core.runs.findings.finding import SEVERITY, Finding, Rule, Severity
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.history import History
from flowtui.core.runs.machine import (
    DiskReading,
    GpuProcess,
    GpuReading,
    ProcessReading,
    Throttle,
)
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.core.runs.rhythm import Rhythm
from flowtui.core.runs.run_state import RunState, state_of
from tests.unit.runs.histories import START, START_S, curve, history, seen

GIB = 2**30
ALIVE = (ProcessReading(START, 1, True, cpu=1.0),)


def found(run: Seen) -> dict[Rule, Finding]:
    """Findings by rule."""
    return {finding.rule: finding for finding in judge(run)}


def noisy(values: list[float], level: float = 0.02, seed: int = 1) -> list[float]:
    """The values with relative noise."""
    rng = Random(seed)
    return [value * (1 + rng.gauss(0, level)) for value in values]


def falling(n: int, low: float = 0.5) -> list[float]:
    """A loss as a power of the steps."""
    return [low + 3 * (k + 1) ** -0.5 for k in range(n)]


def gpu(at: datetime, **known: object) -> GpuReading:
    """A GPU at work, but for what is given."""
    usual: dict[str, object] = {
        "util": 0.97, "mem_used_bytes": 20 * GIB, "mem_total_bytes": 80 * GIB, "power_w": 310.0,
        "power_limit_w": 400.0, "temp_c": 65.0, "throttle": frozenset({Throttle.POWER_CAP}),
    }  # fmt: skip
    return GpuReading(at, 0, "GPU-0", "test", **{**usual, **known})  # type: ignore[arg-type] # by name


def gpus(run: Seen, length_s: float, make: Callable[[int, datetime], GpuReading]) -> Seen:
    """`run` with a GPU reading every ten seconds of its last `length_s`."""
    count = int(length_s / 10)
    times = [run.now - timedelta(seconds=10 * k) for k in range(count, -1, -1)]
    return replace(run, gpus=[make(k, at) for k, at in enumerate(times)], process=ALIVE)


def test_a_loss_that_rises_and_stays_up_diverges() -> None:
    values = noisy([*falling(100), *[0.8 + 0.1 * k for k in range(40)]])

    finding = found(seen(curve("loss", values)))[Rule.DIVERGING]

    assert finding.since_step is not None and 850 < finding.since_step < 1100
    assert finding.severity is Severity.NOTABLE
    assert finding.evidence["metric"] == "loss"


def test_a_spike_a_restart_and_a_swing_do_not_diverge() -> None:
    base = falling(200)
    spike = [value * (6 if 100 <= k < 104 else 1) for k, value in enumerate(base)]
    restart = [v * (1 + 0.4 * math.exp(-(k % 50) / 5) * (k > 50)) for k, v in enumerate(base)]
    swing = [1 + 0.4 * math.sin(k / 6) for k in range(200)]

    for values in (spike, restart, swing):
        for until in range(60, 200, 5):
            assert Rule.DIVERGING not in found(seen(curve("loss", noisy(values)[:until])))


def test_validation_that_rises_while_training_falls_is_overfitting() -> None:
    train, val = noisy(falling(200)), noisy([1 + abs(k - 15) * 0.05 for k in range(40)], 0.01)
    items: list[Item] = []
    for k in range(200):
        items.append(Reading(k, {"train_loss": train[k]}, at=START_S + k))
        if k % 5 == 4:
            items.append(Reading(k, {"val_loss": val[k // 5]}, at=START_S + k))

    finding = found(seen(items))[Rule.OVERFITTING]

    assert finding.since_step is not None and 65 < finding.since_step < 95
    assert "while train_loss still improves" in finding.sentence


def test_both_rising_is_not_overfitting() -> None:
    items: list[Item] = []
    for k in range(200):
        level = 1 + abs(k - 75) * 0.01
        items.append(Reading(k, {"train_loss": level}, at=START_S + k))
        if k % 5 == 4:
            items.append(Reading(k, {"val_loss": level * 1.1}, at=START_S + k))

    assert Rule.OVERFITTING not in found(seen(items))


def test_a_curve_that_stops_falling_is_a_plateau_and_one_that_slows_down_is_not() -> None:
    values = falling(60) + [falling(60)[-1]] * 140

    assert Rule.PLATEAU in found(seen(curve("loss", noisy(values, 0.005))))
    assert Rule.PLATEAU not in found(seen(curve("loss", noisy(falling(200), 0.005))))


def test_better_and_worse_than_the_baseline_at_the_same_step() -> None:
    base = history(curve("val_loss", noisy(falling(60), 0.01, 2)))

    for factor, rule in ((1.15, Rule.WORSE), (0.85, Rule.BETTER)):
        values = noisy([value * factor for value in falling(40)], 0.01)
        run = replace(seen(curve("val_loss", values)), baseline=base, baseline_name="resnet-a")
        assert "than resnet-a at the same step" in found(run)[rule].sentence
    same = replace(seen(curve("val_loss", noisy(falling(40), 0.01))), baseline=base)
    assert not {Rule.WORSE, Rule.BETTER} & found(same).keys()


def test_accuracy_is_compared_the_other_way_round() -> None:
    rising = [1 - 0.8 * (k + 1) ** -0.5 for k in range(60)]
    base = history(curve("val_acc", noisy(rising, 0.005, 2)))
    run = replace(seen(curve("val_acc", noisy([v * 1.1 for v in rising], 0.005))), baseline=base)

    assert Rule.BETTER in found(run)


def test_silence_beyond_the_runs_own_rhythm_is_a_stall() -> None:
    items = curve("loss", noisy(falling(60)))

    assert Rule.STALLED not in found(seen(items, 60, process=ALIVE))
    finding = found(seen(items, 4000, process=ALIVE))[Rule.STALLED]
    assert finding.since_step == 600
    assert "it computes all the same" in finding.sentence


def test_a_pause_that_was_seen_before_is_no_stall() -> None:
    rhythm = Rhythm()
    for k in range(100):
        rhythm.arrive(k + (1500 if k > 50 else 0))

    assert rhythm.limit_s() > 3000
    known = rhythm.expected()
    assert known is not None and (round(known.interval_s), known.pause_s) == (1, 1501)


def test_a_run_that_a_signal_stopped_says_so() -> None:
    stopped = (ProcessReading(START, 1, True, cpu=0.0, stopped=True),)

    assert (
        "a signal has stopped it"
        in found(seen(curve("loss", falling(60)), 4000, process=stopped))[Rule.STALLED].sentence
    )


def test_full_use_at_little_power_without_a_word_is_a_hang() -> None:
    run = seen(curve("loss", falling(60)), 4000)

    spinning = gpus(run, 600, lambda k, at: gpu(at, util=1.0, power_w=110.0))
    working = gpus(run, 600, lambda k, at: gpu(at))

    assert found(spinning)[Rule.HANG].severity is Severity.SERIOUS
    assert Rule.STALLED not in found(spinning)
    assert Rule.HANG not in found(working)


def test_work_at_usual_power_is_slow_not_stalled() -> None:
    run = gpus(seen(curve("loss", falling(60)), 1000), 300, lambda k, at: gpu(at))

    assert state_of(run) is RunState.RUNNING
    assert state_of(replace(run, gpus=())) is RunState.STALLED


def test_an_announced_evaluation_may_take_its_time() -> None:
    note = Notice(NoticeKind.EVALUATION, "Running evaluation")

    assert state_of(seen([*curve("loss", falling(60)), note], 2000, process=ALIVE)) is (
        RunState.RUNNING
    )


def test_a_gpu_that_is_held_and_not_used_is_idle() -> None:
    run = seen(curve("loss", falling(200), step_s=2))

    assert Rule.GPU_IDLE in found(gpus(run, 900, lambda k, at: gpu(at, util=0.0)))
    assert Rule.GPU_IDLE not in found(
        gpus(run, 900, lambda k, at: gpu(at, util=0.2 * (k % 9 == 0)))
    )
    assert Rule.GPU_IDLE not in found(gpus(run, 300, lambda k, at: gpu(at, util=0.0)))


def test_a_saw_tooth_of_use_is_a_data_loader_that_is_too_slow() -> None:
    run = seen(curve("loss", falling(200), step_s=2))

    saw = gpus(run, 900, lambda k, at: gpu(at, util=0.9 if k % 3 == 0 else 0.0))
    steady = gpus(run, 900, lambda k, at: gpu(at, util=0.9 if k % 9 else 0.0))

    assert Rule.LOADER_BOUND in found(saw)
    assert Rule.LOADER_BOUND not in found(steady)


def test_heat_throttles_and_a_power_cap_does_not() -> None:
    run = seen(curve("loss", falling(200)))
    hot = frozenset({Throttle.HEAT, Throttle.POWER_CAP})

    finding = found(gpus(run, 300, lambda k, at: gpu(at, throttle=hot, temp_c=92)))[Rule.THROTTLED]

    assert "heat" in finding.sentence and "92 °C" in finding.sentence
    assert Rule.THROTTLED not in found(gpus(run, 300, lambda k, at: gpu(at)))


def test_a_lost_gpu_is_serious() -> None:
    run = replace(seen(curve("loss", falling(60))), gpu_lost="Xid 79")

    assert found(run)[Rule.GPU_LOST].severity is Severity.SERIOUS


def test_memory_that_outlives_its_run_is_found() -> None:
    run = seen(curve("loss", falling(60)), 300, exit_status=1, ended_at=START)
    dead = (GpuProcess(1, 18 * GIB, False),)
    held = replace(run, gpus=[gpu(run.now, processes=dead)], process=(ALIVE[0],))
    freed = replace(run, gpus=[gpu(run.now, processes=(), mem_used_bytes=10**8)])

    assert found(held)[Rule.ZOMBIE_MEMORY].evidence["held_bytes"] == 18 * GIB
    assert Rule.ZOMBIE_MEMORY not in found(freed)


def disk(run: Seen, free: Callable[[float], float]) -> Seen:
    """`run` with an hour of readings of its disk."""
    times = [run.now - timedelta(seconds=60 * k) for k in range(60, -1, -1)]
    readings = [
        DiskReading(at, "/data", int(free(60.0 * k)), 1000 * GIB) for k, at in enumerate(times)
    ]
    return replace(run, disk=readings)


def test_a_disk_that_will_be_full_is_said_before_and_a_saw_tooth_is_not() -> None:
    run = seen(curve("loss", falling(60)))

    assert Rule.DISK_FILLING in found(disk(run, lambda t: 20 * GIB - t * GIB / 600))
    assert Rule.DISK_FILLING not in found(disk(run, lambda t: 20 * GIB - (t % 600) * GIB / 60))
    assert found(disk(run, lambda t: 10**7))[Rule.DISK_FULL].severity is Severity.SERIOUS


def test_the_programs_own_alert_is_passed_on() -> None:
    alert = Notice(NoticeKind.ALERT, "loss is high: look at it")

    assert found(seen([*curve("loss", falling(30)), alert]))[Rule.ALERT].sentence == (
        "says: loss is high: look at it"
    )


def test_every_rule_has_its_class() -> None:
    assert set(SEVERITY) == set(Rule)
    serious = {rule for rule in Rule if SEVERITY[rule] is Severity.SERIOUS}
    assert serious == {
        Rule.CRASHED, Rule.NAN, Rule.OOM, Rule.GPU_LOST, Rule.HANG, Rule.DISK_FULL,
    }  # fmt: skip


def test_nothing_is_found_in_an_empty_run() -> None:
    assert judge(Seen(now=START)) == []
    assert eta_of(History(), START_S) is None


def test_the_end_is_told_with_its_error() -> None:
    rng = Random(3)
    items: list[Item] = []
    at = START_S
    for k in range(1, 301):
        at += rng.lognormvariate(0, 0.2)
        if k % 50 == 0:
            at += 40
        items.append(Reading(k, {"loss": 1.0}, total_steps=600, at=at))

    eta = eta_of(history(items), at)

    assert eta is not None and eta.error_s is not None
    true = 300 * math.exp(0.02) + 6 * 40
    assert abs(eta.left_s - true) < 60
    assert 2 < eta.error_s < 300


def test_where_only_the_log_knows_the_end_its_word_is_passed_on_without_an_error() -> None:
    told = history([Reading(5, {}, total_steps=10, eta_s=50.0, at=START_S)])

    eta = eta_of(told, START_S + 20)

    assert eta is not None and (eta.left_s, eta.error_s) == (30.0, None)


def test_the_crash_card_tells_what_there_is() -> None:
    run = seen(
        [
            *curve("loss", falling(20)),
            Notice(NoticeKind.CHECKPOINT, "saved", path="out/checkpoint-150", step=150),
            Notice(NoticeKind.TRACEBACK, "Traceback\nValueError: x", rank=2),
            Notice(NoticeKind.TRACEBACK, "Traceback\nNCCLError", rank=0),
        ],
        exit_status=1,
        command=("python", "train.py", "--name", "a b"),
        formats=("hf-trainer",),
    )

    card = crash_card(run)

    assert (card.step, card.exit_status, card.signal, card.others) == (200, 1, None, 1)
    assert card.traceback is not None and card.traceback.rank == 2
    assert (card.checkpoint, card.checkpoint_step) == ("out/checkpoint-150", 150)
    assert card.resume == (
        "python train.py --name 'a b' --resume_from_checkpoint out/checkpoint-150"
    )
    assert card.metrics[0][0] == "loss"


@pytest.mark.parametrize(
    ("formats", "checkpoint", "told"),
    [
        (("nanogpt",), "out", "python t.py --init_from=resume"),
        (("megatron",), "/ckpt", "python t.py --load /ckpt"),
        (("ultralytics",), "w/last.pt", "yolo train resume model=w/last.pt"),
        (("steps",), "a.pt", None),
        (("tqdm",), None, None),
    ],
)
def test_the_command_to_go_on_is_told_where_the_framework_is_known(
    formats: tuple[str, ...], checkpoint: str | None, told: str | None
) -> None:
    run = Seen(now=datetime(2026, 1, 1, tzinfo=UTC), command=("python", "t.py"), formats=formats)

    assert resume_command(run, checkpoint) == told
