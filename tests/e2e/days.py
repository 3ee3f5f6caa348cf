"""Days that go by in a moment: the clocks that every program of a person sees are moved.

Nights as on a laptop whose lid is closed, hours of work as on one that is open. A program that
lives through either is not told of it, as a kernel would: what runs should have ended before.
"""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminals

SOURCE = Path(__file__).with_name("moved_clock.c")


class Days:
    """Moves the clocks of `person`; make it before a terminal is opened."""

    def __init__(self, person: Terminals, folder: Path) -> None:
        compiler = shutil.which("gcc")
        if compiler is None:
            pytest.skip("needs gcc (apt install gcc)")
        library = folder / "moved_clock.so"
        command = [compiler, "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
        subprocess.run(command, check=True)
        self._file = folder / "moved"
        self._asleep = self._awake = 0.0
        self._file.write_bytes(struct.pack("2d", 0, 0))
        person.env |= {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(self._file)}

    def wake(self, at: str) -> None:
        """The machine sleeps until `at`, ISO 8601 with its offset."""
        self._asleep += self._seconds_to(at)
        self._write()

    def work(self, until: str) -> None:
        """It is awake until `until`."""
        self._awake += self._seconds_to(until)
        self._write()

    def _seconds_to(self, at: str) -> float:
        now = time.time() + self._asleep + self._awake
        return float(math.ceil(datetime.fromisoformat(at).timestamp() - now))  # never early

    def _write(self) -> None:
        with self._file.open("r+b") as file:
            file.write(struct.pack("2d", self._asleep, self._awake))
