"""What a run used of GPUs, summed up over readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.runs.cost import GAP_S, Meter
from flowtui.core.runs.machine import GpuReading

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def gpu(
    seconds: float, joules: float | None, util: float | None = 0.9, uuid: str = "a"
) -> GpuReading:
    return GpuReading(
        START + timedelta(seconds=seconds), 0, uuid, "GPU", util=util, energy_j=joules
    )


def test_seconds_and_energy_are_differences_of_readings() -> None:
    meter = Meter()
    for second in range(0, 101, 2):
        meter.add([gpu(second, 1000 + 400 * second)], second << 20)

    assert meter.gpu_s == 100
    assert meter.energy_wh == round(400 * 100 / 3600, 3)
    assert (meter.idle_s, meter.peak_bytes) == (0, 100 << 20)


def test_two_gpus_count_twice_and_an_idle_one_as_idle() -> None:
    meter = Meter()
    for second in (0, 10):
        both = [gpu(second, None), gpu(second, None, 0.0, "b")]
        meter.add(both, None)

    assert (meter.gpu_s, meter.idle_s) == (20, 10)
    assert meter.energy_wh is None and meter.peak_bytes is None


def test_a_counter_that_starts_anew_and_a_sleep_add_nothing_false() -> None:
    meter = Meter()
    meter.add([gpu(0, 5000)], None)
    meter.add([gpu(10, 300)], None)
    assert meter.energy_j == 300
    meter.add([gpu(10 + GAP_S + 1, 9_000_000)], None)

    assert (meter.energy_j, meter.gpu_s) == (300, 10)


@given(st.lists(st.floats(0.1, 60), min_size=1, max_size=20), st.data())
def test_kept_and_taken_up_again_nothing_is_counted_twice(
    steps: list[float], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(steps)))
    meter, at, joules = Meter(), 0.0, 0.0
    expected = 0.0
    meter.add([gpu(at, joules)], None)
    for number, step in enumerate(steps):
        if number == cut:
            meter = Meter.from_json(meter.to_json())
            meter.add([gpu(at, joules)], None)
        at, joules = at + step, joules + 100 * step
        meter.add([gpu(at, joules)], None)
        expected += step

    assert abs(meter.gpu_s - expected) < 0.1 * 2
    assert replace(meter) == meter
