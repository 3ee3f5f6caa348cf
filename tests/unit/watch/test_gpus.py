"""GPUs by way of a pretend driver: right figures, missing ones as None, and no harm done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowtui.core.runs.machine import GpuProcess, Throttle, Xid
from flowtui.watch.gpu import absent, board, power
from flowtui.watch.gpu.background import GpuThread
from flowtui.watch.gpu.driver import Driver, GpuError
from flowtui.watch.gpu.gpus import PROCESSES_S, READ_S, SLOWEST_S, Gpus
from flowtui.watch.gpu.xid import XidWatch
from tests.fakes import FakeClock
from tests.gpu.pretend import Pretend, build

GIB = 1 << 30


def nobody(pid: int, mem_bytes: int | None) -> GpuProcess:
    return GpuProcess(pid, mem_bytes, visible=False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def watch(gpus: Pretend, clock: FakeClock) -> Iterator[Gpus]:
    watch = Gpus(clock, nobody, asleep=dict)
    yield watch
    watch.close()


def test_a_board_that_knows_everything_is_read_whole(gpus: Pretend, watch: Gpus) -> None:
    gpus.h100()
    gpus.say("0 proc", f"4242 {40 * GIB}")

    [gpu] = watch.read()

    assert (gpu.name, gpu.uuid, gpu.index) == ("NVIDIA H100 80GB HBM3", "GPU-0", 0)
    assert (gpu.util, gpu.mem_util) == (0.97, 0.61)
    assert (gpu.mem_used_bytes, gpu.mem_total_bytes) == (41 * GIB, 80 * GIB)
    assert gpu.mem_reserved_bytes == 600 << 20
    assert (gpu.temp_c, gpu.temp_slow_c) == (61.0, 89.0)
    assert (gpu.power_w, gpu.power_limit_w, gpu.energy_j) == (412.0, 700.0, 5000.0)
    assert (gpu.sm_clock_mhz, gpu.sm_clock_max_mhz) == (1755.0, 1980.0)
    assert gpu.throttle == frozenset({Throttle.POWER_CAP})
    assert gpu.processes == (GpuProcess(4242, 40 * GIB, visible=False),)
    assert watch.problem is None and gpu.problem is None


def test_what_a_board_does_not_know_is_none_and_is_asked_once(gpus: Pretend, watch: Gpus) -> None:
    gpus.gpu(0, mem_total=8 * GIB, mem_used=1 * GIB)

    first = watch.read()[0]
    gpus.calls()
    watch.read()

    assert first.util is None and first.temp_c is None and first.power_w is None
    assert first.throttle is None and first.energy_j is None
    assert first.mem_used_bytes == 1 * GIB
    assert set(gpus.calls()) == {"nvmlDeviceGetMemoryInfo_v2"}


def test_a_reading_keeps_to_its_budget_of_calls(
    gpus: Pretend, watch: Gpus, clock: FakeClock
) -> None:
    for index in range(8):
        gpus.h100(index)
        gpus.say(f"{index} proc", f"{index + 1000} {GIB}")
        gpus.say(f"{index} gproc", f"{index + 2000} {GIB}")
    watch.read()
    gpus.calls()

    for _ in range(5):
        clock.advance(READ_S)
        watch.read()

    calls = gpus.calls()
    assert sum(calls.values()) == 8 * (5 * board.CALLS + board.PROCESS_CALLS)
    assert calls["nvmlDeviceGetComputeRunningProcesses_v3"] == 8 * 2


def test_processes_are_kept_between_the_looks_at_them(
    gpus: Pretend, watch: Gpus, clock: FakeClock
) -> None:
    gpus.h100()
    gpus.say("0 proc", f"1 {GIB}")
    watch.read()
    gpus.say("0 proc", f"2 {GIB}")

    clock.advance(2)
    assert [p.pid for p in watch.read()[0].processes or ()] == [1]
    clock.advance(PROCESSES_S)
    assert [p.pid for p in watch.read()[0].processes or ()] == [2]


def test_scrambled_pids_are_dropped_and_unknown_memory_is_none(gpus: Pretend, watch: Gpus) -> None:
    gpus.h100()
    gpus.say("0 proc", f"0 {GIB}", f"{2**32 - 1} {GIB}", f"77 {2**64 - 1}")

    [gpu] = watch.read()

    assert gpu.processes == (GpuProcess(77, None, visible=False),)


def test_a_process_of_ours_is_named_and_a_dead_one_is_not(gpus: Pretend, clock: FakeClock) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gpus.h100()
    gpus.say("0 proc", f"{os.getpid()} {GIB}", f"{ended.pid} {2 * GIB}")
    watch = Gpus(clock, asleep=dict)

    [gpu] = watch.read()
    watch.close()

    by_pid = {p.pid: p for p in gpu.processes or ()}
    assert by_pid[os.getpid()].visible and by_pid[os.getpid()].mine
    assert "python" in by_pid[os.getpid()].name
    assert by_pid[ended.pid] == GpuProcess(ended.pid, 2 * GIB, visible=False)


def test_a_lost_gpu_is_told_and_the_others_go_on(gpus: Pretend, watch: Gpus) -> None:
    gpus.h100(0)
    gpus.h100(1)
    watch.read()

    gpus.say("0 lost", 1)
    lost, well = watch.read()

    assert lost.problem == "the GPU is lost: it fell off the bus"
    assert lost.util is None and lost.name == "NVIDIA H100 80GB HBM3"
    assert well.problem is None and well.util == 0.97
    assert watch.read()[0].problem is not None


def test_a_gpu_that_is_lost_from_the_start_is_named(gpus: Pretend, watch: Gpus) -> None:
    gpus.h100(0)
    gpus.h100(1)
    gpus.say("0 lost_at_start", 1)

    assert [gpu.index for gpu in watch.read()] == [1]
    assert watch.problem == "GPU 0: the GPU is lost: it fell off the bus"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (9, "the NVIDIA driver is not loaded"),
        (18, "the NVIDIA driver was updated under us: restart the machine or reload the driver"),
        (999, "NVML: Unknown Error"),
    ],
)
def test_a_driver_that_does_not_start_says_why_and_is_tried_again_later(
    gpus: Pretend, watch: Gpus, clock: FakeClock, number: int, words: str
) -> None:
    gpus.h100()
    gpus.say("init_error", number)

    assert watch.read() == ()
    assert watch.problem == words
    gpus.calls()
    clock.advance(30)
    watch.read()
    assert not gpus.calls()
    gpus.say("init_error")
    clock.advance(31)
    assert len(watch.read()) == 1
    assert watch.problem is None


def test_instances_of_a_cut_up_gpu_have_memory_and_no_use(gpus: Pretend, watch: Gpus) -> None:
    gpus.h100(0)
    gpus.say("0 mig", f"1g.10gb {10 * GIB} {4 * GIB}", f"2g.20gb {20 * GIB} 0")

    whole, small, large = watch.read()

    assert whole.mig is None
    assert (small.mig, small.mem_used_bytes, small.util) == ("1g.10gb", 4 * GIB, None)
    assert (large.mig, large.mem_total_bytes) == ("2g.20gb", 20 * GIB)
    assert small.uuid != large.uuid


@pytest.mark.parametrize(
    ("bits", "reasons"),
    [
        ("0x0", set()),
        ("0x1", set()),
        ("0x60", {Throttle.HEAT}),
        ("0x88", {Throttle.POWER_BRAKE, Throttle.HARDWARE}),
    ],
)
def test_only_reasons_that_mean_something_are_told(
    gpus: Pretend, watch: Gpus, bits: str, reasons: set[Throttle]
) -> None:
    gpus.h100(throttle=bits)

    assert watch.read()[0].throttle == frozenset(reasons)


def test_a_driver_that_answers_slowly_is_asked_seldom(gpus: Pretend) -> None:
    gpus.h100()

    class Slow(FakeClock):
        def monotonic(self) -> float:
            self.advance(0.2)
            return super().monotonic()

    watch = Gpus(Slow(), nobody, asleep=dict)
    watch.read()
    watch.close()

    assert READ_S < watch.interval_s <= SLOWEST_S


def test_a_sleeping_gpu_is_left_asleep(gpus: Pretend, clock: FakeClock) -> None:
    gpus.h100(0, pci="00000000:01:00.0")
    gpus.h100(1, pci="00000000:02:00.0")
    states = {"0000:01:00.0": True, "0000:02:00.0": True}
    watch = Gpus(clock, nobody, lambda: states)

    both = watch.read()
    assert [gpu.asleep for gpu in both] == [True, True]
    assert not gpus.calls()  # not even opened: an open handle keeps them awake

    states["0000:02:00.0"] = False
    first, second = watch.read()
    assert (first.asleep, second.asleep) == (True, False)
    assert first.util is None and second.util == 0.97
    states["0000:02:00.0"] = True
    gpus.calls()
    watch.read()
    assert set(gpus.calls()) == {"nvmlShutdown"}


def test_a_gpu_that_is_awake_is_not_said_to_sleep_where_the_driver_fails(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(driver: Driver) -> None:
        raise GpuError(9, "the NVIDIA driver is not loaded")

    monkeypatch.setattr(Driver, "open", fail)
    watch = Gpus(clock, nobody, lambda: {"0000:01:00.0": True, "0000:02:00.0": False})

    assert [(gpu.uuid, gpu.asleep) for gpu in watch.read()] == [("0000:01:00.0", True)]
    assert watch.problem == "the NVIDIA driver is not loaded"


def test_whether_gpus_sleep_is_read_from_the_kernel(tmp_path: Path) -> None:
    for name, vendor, kind, status in (
        ("0000:01:00.0", "0x10de", "0x030000", "suspended"),
        ("0000:02:00.0", "0x10de", "0x030200", "active"),
        ("0000:02:00.1", "0x10de", "0x040300", "suspended"),
        ("0000:00:02.0", "0x8086", "0x030000", "suspended"),
    ):
        (tmp_path / name / "power").mkdir(parents=True)
        (tmp_path / name / "vendor").write_text(vendor + "\n")
        (tmp_path / name / "class").write_text(kind + "\n")
        (tmp_path / name / "power" / "runtime_status").write_text(status + "\n")

    assert power.sleepers(tmp_path) == {"0000:01:00.0": True, "0000:02:00.0": False}
    assert power.sleepers(tmp_path / "none") == {}


def test_an_xid_is_told_once_with_its_gpu_and_its_meaning(gpus: Pretend, clock: FakeClock) -> None:
    """In a process of its own: the pretend driver tells each event once a process."""
    gpus.h100(0)
    gpus.h100(1)
    gpus.say("xid", "1 79", "0 13")
    watch = XidWatch(clock)

    watch.begin()
    seen: list[Xid] = []
    deadline = time.monotonic() + 20
    while len(seen) < 2 and time.monotonic() < deadline:
        seen += watch.taken()
        time.sleep(0.02)
    watch.end()

    assert [(x.gpu, x.number, x.serious) for x in seen] == [(1, 79, True), (0, 13, False)]
    assert seen[0].words == "Xid 79, the GPU fell off the bus: the machine needs a restart"


def test_a_driver_that_hangs_holds_up_nobody_and_is_said_to(
    gpus: Pretend, clock: FakeClock
) -> None:
    gpus.h100()
    thread = GpuThread(Gpus(clock, nobody, asleep=dict), XidWatch(clock), clock)
    thread.want(True)
    _until(lambda: thread.latest().readings)
    gpus.say("hang_ms", 700)
    _until(lambda: thread.reading)

    clock.advance(12)
    began = time.monotonic()
    hung = thread.latest()

    assert time.monotonic() - began < 0.5
    assert (hung.readings, hung.problem) == ((), "the NVIDIA driver has not answered for 12 s")
    gpus.say("hang_ms")
    _until(lambda: thread.latest().readings)
    thread.want(False)
    gpus.calls()
    _until(lambda: gpus.calls()["nvmlShutdown"])
    thread.end()


def _until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


PROBE = """
import json
from dataclasses import asdict
from flowtui.system.clock import SystemClock
from flowtui.watch.gpu.gpus import Gpus
watch = Gpus(SystemClock(), asleep=dict)
print(json.dumps([[asdict(gpu) for gpu in watch.read()], watch.problem], default=str))
"""


def in_a_process(env: dict[str, str]) -> tuple[list[dict[str, object]], str | None]:
    ran = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={"PATH": os.defpath, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    gpus, problem = json.loads(ran.stdout)
    return gpus, problem


def test_where_there_is_no_driver_that_is_said() -> None:
    assert in_a_process({}) == ([], "there is no NVIDIA driver here")


def test_an_old_driver_is_asked_in_its_own_words(tmp_path: Path) -> None:
    build(tmp_path, "OLD_DRIVER")
    pretend = Pretend(tmp_path)
    pretend.h100()
    pretend.say("0 proc", f"4242 {GIB}")
    pretend.say("missing", "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetCurrentClocksEventReasons")

    [gpu], problem = in_a_process({"LD_LIBRARY_PATH": str(tmp_path), **pretend.env})

    assert problem is None
    processes = gpu["processes"]
    assert isinstance(processes, list) and [p["pid"] for p in processes] == [4242]
    assert gpu["mem_used_bytes"] == (41 << 30) + (600 << 20)  # as it was counted then
    assert gpu["mem_reserved_bytes"] is None
    assert gpu["throttle"] is not None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no NVIDIA driver here"),
        ({"dev/dxg": ""}, "this WSL has no NVIDIA driver"),
        ({"dev/nvidiactl": ""}, "start the container with --gpus all"),
        ({"proc/driver/nvidia/version": "550"}, "its library is not installed"),
        ({"sys/class/drm/card0/device/vendor": "0x1002\n"}, "the GPU here is AMD's"),
        ({"sys/class/drm/card0/device/vendor": "0x8086\n"}, "there is no NVIDIA driver here"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux's files")
def test_where_there_is_no_library_a_plain_sentence_says_why(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert said in absent.words(tmp_path)
