"""A person with a home, a clock that stands still, and flowtui: as services and as a command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.focus.block import Block, Plan, PlanKind
from flowtui.core.focus.commands import Event
from flowtui.core.focus.recovery import Reading
from flowtui.services.focus.running_block import Draft
from flowtui.services.wiring import Services, build
from flowtui.system import heartbeat
from flowtui.system.heartbeat import Heartbeat
from tests.fakes import FakeClock

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday."""
NOBODY = 2**22 + 1
"""A process id above the largest that Linux gives."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command went."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Person:
    """One home, one clock; any number of processes on it."""

    def __init__(self, home: Path, now: datetime = NOON, zone: str = "UTC") -> None:
        self.home = home
        self.clock = FakeClock(now)
        self.env = {
            "FLOWTUI_HOME": str(home),
            "TZ": zone,
            "HOME": str(home),
            "PATH": os.environ.get("PATH", os.defpath),
            "FLOWTUI_GUARD_SOCKET": str(home / "no-guard"),
        }
        self.services = self.open()
        self.events: list[Event] = []
        self.services.focus.subscribe(self.events.append)

    def open(self, attended: bool = False) -> Services:
        """The services of another process, an app if `attended`."""
        return build(self.env, None, self.clock, attended)

    def ago(self, minutes: float) -> datetime:
        """So many minutes before now."""
        return self.clock.now() - timedelta(minutes=minutes)

    def pass_min(self, minutes: float) -> None:
        """Time passes, awake."""
        self.clock.advance(minutes * 60)

    def begin(self, minutes: int | None = 50, intention: str = "fuse the kernel") -> Block:
        """Start a block of so many minutes (None: open-ended)."""
        plan = Plan() if minutes is None else Plan(PlanKind.FIXED, minutes * 60)
        return self.services.focus.start(Draft(intention, plan=plan))

    def past(self, start_min_ago: float, minutes: float, intention: str = "read") -> Block:
        """A past block that began so many minutes ago."""
        start = self.ago(start_min_ago)
        end = start + timedelta(minutes=minutes)
        return self.services.history.add(Draft(intention), start, end)

    def look_after(self, orderly: bool = False) -> None:
        """An app beats for the running block, and is gone at once."""
        clock, block = self.clock, self.services.store.need_running()
        reading = Reading(clock.now(), clock.monotonic(), clock.boottime(), clock.boot_id())
        gone = Heartbeat(reading, block.id, NOBODY, 1, attended=True, orderly=orderly)
        heartbeat.write(self.services.paths.heartbeat_file, gone)

    def configure(self, text: str) -> None:
        """Write the settings file."""
        file = self.services.paths.config_file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.services = self.open()

    def ledger_bytes(self) -> dict[str, bytes]:
        """Everything that the ledger's files hold; without lock and derived files."""
        folder = self.services.paths.ledger_dir
        return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}

    def block(self, id: str) -> Block:
        """A block as another process finds it."""
        return self.open().store.by_id(id)


class Shell:
    """Types commands, in this process, on the person's home and clock."""

    def __init__(
        self,
        person: Person,
        monkeypatch: pytest.MonkeyPatch,
        capture: pytest.CaptureFixture[str],
    ) -> None:
        self.person = person
        self._capture = capture
        monkeypatch.setattr("flowtui.services.wiring.SystemClock", lambda: person.clock)
        monkeypatch.setattr(
            "flowtui.cli.focus.prompt.epoch", lambda: person.clock.now().timestamp()
        )
        monkeypatch.setattr(
            "flowtui.cli.focus.prompt.since_boot",
            lambda: (person.clock.boottime(), person.clock.monotonic()),
        )
        for name, value in person.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(person.home.parent)

    def __call__(self, *arguments: str) -> Said:
        """Run `flowtui ARGUMENTS` by way of the parser."""
        from flowtui.cli.app import run

        return self.listen(lambda: run(list(arguments)))

    def listen(self, call: Callable[[], int]) -> Said:
        """What `call` prints and returns."""
        self._capture.readouterr()
        code = call()
        said = self._capture.readouterr()
        return Said(code, said.out, said.err)

    def ok(self, *arguments: str) -> Said:
        """A command that must succeed."""
        said = self(*arguments)
        assert said.code == 0, said
        return said
