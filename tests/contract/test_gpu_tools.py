"""On the same pretend GPUs flowtui says what gpustat and nvitop say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gpu.pretend import Pretend, build

BIN = Path(sys.executable).parent
MIB, GIB = 1 << 20, 1 << 30


class Machine:
    """A machine with pretend GPUs, on which programs are run."""

    def __init__(self, folder: Path) -> None:
        build(folder)
        self.gpus = Pretend(folder)
        self._env = {
            "PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8",
            "FLOWTUI_HOME": str(folder / "flowtui"), "LD_LIBRARY_PATH": str(folder),
            "TERM": "dumb", **self.gpus.env,
        }  # fmt: skip

    def run(self, name: str, *words: str) -> str:
        program = BIN / name
        if not program.exists():
            pytest.skip(f"needs {name} (pip install '.[oracles]')")
        ran = subprocess.run(
            [program, *words], env=self._env, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def ours(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("flowtui", "gpus", "--json"))["gpus"]
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    for index in range(4):
        machine.gpus.h100(
            index, util=20 * index + 7, temp=40 + index, power=(300 + index) * 1000,
            mem_used=(10 + index) * GIB, mem_reserved=0,
        )  # fmt: skip
    return machine


def test_figures_are_those_of_gpustat(machine: Machine) -> None:
    theirs = json.loads(machine.run("gpustat", "--json"))["gpus"]
    ours = machine.ours()

    for a, b in zip(ours, theirs, strict=True):
        assert (a["index"], a["uuid"], a["name"]) == (b["index"], b["uuid"], b["name"])
        assert round(a["util"] * 100) == b["utilization.gpu"]
        assert a["temp_c"] == b["temperature.gpu"]
        assert a["power_w"] == b["power.draw"]
        assert a["power_limit_w"] == b["enforced.power.limit"]
        assert a["mem_used_bytes"] // MIB == b["memory.used"]
        assert a["mem_total_bytes"] // MIB == b["memory.total"]


def test_figures_are_those_of_nvitop(machine: Machine) -> None:
    table = machine.run("nvitop", "-1", "--no-unicode")
    rows = re.findall(
        r"(\d+)C\s+\S+\s+(\d+)W / (\d+)W \|\s+(\d+)MiB / ([\d.]+)GiB \|\s+(\d+)%", table
    )

    shown = [
        (
            f"{gpu['temp_c']:.0f}", f"{gpu['power_w']:.0f}", f"{gpu['power_limit_w']:.0f}",
            f"{gpu['mem_used_bytes'] // MIB}", f"{gpu['mem_total_bytes'] / GIB:.2f}",
            f"{gpu['util'] * 100:.0f}",
        )
        for gpu in machine.ours()
    ]  # fmt: skip
    assert rows == shown


def test_memory_of_the_dead_is_shown_where_gpustat_is_silent(machine: Machine) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    machine.gpus.say("0 proc", f"{ended.pid} {10 * GIB}", f"{os.getpid()} {GIB}")

    theirs = json.loads(machine.run("gpustat", "--json"))["gpus"][0]["processes"]
    [first, *_] = machine.run("flowtui", "gpus").splitlines()
    lines = machine.run("flowtui", "gpus")

    assert [process["pid"] for process in theirs] == [os.getpid()]
    assert "held by no process that is visible here" in first
    assert re.search(rf"{ended.pid}\s+10.0 GiB  not visible here", lines)
    assert re.search(rf"{os.getpid()}\s+1.0 GiB", lines)


def test_a_lost_gpu_is_told_as_by_gpustat_and_the_others_are_read(machine: Machine) -> None:
    machine.gpus.say("1 lost", 1)

    names = [gpu["name"] for gpu in json.loads(machine.run("gpustat", "--json"))["gpus"]]
    assert "lost" in names[1]
    assert "the GPU is lost" in machine.run("flowtui", "gpus")
    assert [gpu["problem"] is None for gpu in machine.ours()] == [True, False, True, True]
