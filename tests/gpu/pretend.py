"""Builds the pretend driver and writes what it shall say."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("stub.c")
SONAME = "libnvidia-ml.so.1"


def build(folder: Path, *defines: str) -> Path:
    """Compile the library into `folder`; its path. Skips the test where there is no compiler."""
    if shutil.which("gcc") is None:
        pytest.skip("needs gcc (apt install gcc)")
    library = folder / SONAME
    command = ["gcc", "-shared", "-fPIC", f"-Wl,-soname,{SONAME}", "-o", str(library), str(SOURCE)]
    subprocess.run([*command, *(f"-D{name}" for name in defines)], check=True, capture_output=True)
    return library


def preload(library: Path) -> None:
    """Let this process find the library by its name, as if the system had it.

    The loader knows a library that is loaded by its soname, and asks the disk no more.
    """
    ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)


class Pretend:
    """Pretend GPUs: facts in a file, and the calls that were counted."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gpus.txt"
        self.counted = folder / "calls.txt"
        self._facts: dict[str, list[str]] = {"gpus": ["0"]}
        self._write()

    @property
    def env(self) -> dict[str, str]:
        """What the library reads."""
        return {"FAKE_NVML": str(self.file), "FAKE_NVML_COUNT": str(self.counted)}

    def say(self, key: str, *values: object) -> None:
        """Let `key` ("0 util", "init_error") have these values, one line each; none removes it."""
        self._facts[key] = [str(value) for value in values]
        self._write()

    def gpu(self, index: int, **facts: object) -> None:
        """Add a GPU, or change what is said of it."""
        self._facts["gpus"] = [str(max(index + 1, int(self._facts["gpus"][0])))]
        for name, value in facts.items():
            self._facts[f"{index} {name}"] = [str(value)]
        self._write()

    def h100(self, index: int = 0, **facts: object) -> None:
        """A board that knows everything, at work."""
        usual: dict[str, object] = {
            "name": "NVIDIA H100 80GB HBM3", "uuid": f"GPU-{index}", "util": 97, "mem_util": 61,
            "mem_total": 80 << 30, "mem_used": 41 << 30, "mem_reserved": 600 << 20, "temp": 61,
            "temp_slow": 89, "power": 412_000, "power_limit": 700_000, "energy": 5_000_000,
            "clock": 1755, "clock_max": 1980, "throttle": "0x4",
        }  # fmt: skip
        self.gpu(index, **usual | facts)

    def calls(self) -> Counter[str]:
        """How often each function was called since the last time this was asked."""
        text = self.counted.read_text() if self.counted.exists() else ""
        self.counted.unlink(missing_ok=True)
        return Counter(text.split())

    def _write(self) -> None:
        lines = [f"{key} {value}" for key, values in self._facts.items() for value in values]
        beside = self.file.with_suffix(".new")
        beside.write_text("\n".join(lines) + "\n")
        beside.replace(self.file)
