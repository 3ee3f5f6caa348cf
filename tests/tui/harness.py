"""An app on a home of its own, a clock that stands still, and ways to wait without sleeping."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from flowtui.core.focus.block import Block, Mode, Outcome, Plan, PlanKind, Source
from flowtui.core.focus.commands import Interrupt, Park, Return
from flowtui.core.focus.recovery import Reading
from flowtui.services.focus.running_block import Draft
from flowtui.services.wiring import Services, build
from flowtui.services.written_files import WrittenFiles
from flowtui.settings.config import load
from flowtui.settings.themes import choose, find
from flowtui.system import heartbeat
from flowtui.system.heartbeat import Heartbeat
from flowtui.tui.app import FlowApp
from tests.fakes import FakeClock

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
"""A Wednesday."""


class World:
    """One person's flowtui."""

    def __init__(self, home: Path, now: datetime = NOW) -> None:
        self.clock = FakeClock(now)
        self.env = {"FLOWTUI_HOME": str(home), "TZ": "UTC", "HOME": str(home), "PATH": os.defpath,
                    "FLOWTUI_GUARD_SOCKET": str(home / "no-guard")}  # fmt: skip
        self.services = self.open()

    def open(self, attended: bool = False) -> Services:
        """The services of another process on the same home."""
        return build(self.env, None, self.clock, attended)

    def fresh(self) -> Services:
        """The services, caught up with what other processes wrote."""
        self.services.store.ledger.refresh()
        return self.services

    def block(self, id: str) -> Block:
        """A block as the ledger has it now."""
        return self.fresh().store.by_id(id)

    def newest(self) -> Block:
        """The block that ended last."""
        return self.fresh().store.last_ended()[0]

    def app(self, theme: str | None = None, plain: bool = False) -> FlowApp:
        """The app, as the command line would open it."""
        paths = self.services.paths
        config, problems = load(paths)
        blocks = replace(config.blocks, heartbeat_s=3600)
        if blocks.idle_dim_s == 10:  # on a busy machine ten seconds pass before a picture is taken
            blocks = replace(blocks, idle_dim_s=3600)
        config = replace(config, blocks=blocks)
        themes, theme_problems = find(paths)
        chosen, unknown = choose(theme or config.display.theme, themes, paths.config_file)
        said = [str(p) for p in (*problems, *theme_problems, *([unknown] if unknown else []))]
        return FlowApp(
            lambda: self.open(attended=True),
            self.clock,
            config,
            themes,
            chosen.name,
            said,
            plain,
            written=WrittenFiles(self.services.paths.ledger_dir, self.services.paths.watch_dir),
        )

    def configure(self, text: str) -> None:
        """Write the settings file."""
        file = self.services.paths.config_file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.services = self.open()

    def a_day(self) -> None:
        """Three past blocks today and one yesterday, as somebody would have them."""
        day = self.clock.now().replace(hour=0, minute=0)
        self._past("read the flash attention paper", day, "06:02", 45, "paper", Mode.THEORY, 4)
        self._past("port the tokenizer tests", day, "07:10", 90, "tok", Mode.BUILD, 3)
        self._past("write the post", day, "09:00", 30, "", Mode.SHARE, None, "own")
        yesterday = day - timedelta(days=1)
        self._past("find the loss spike", yesterday, "09:00", 130, "cuda", Mode.PRACTICE, 5)

    def _past(
        self,
        intention: str,
        day: datetime,
        start: str,
        length_min: int,
        tag: str,
        mode: Mode,
        rating: int | None,
        context: str = "work",
    ) -> None:
        hour, minute = map(int, start.split(":"))
        began = day.replace(hour=hour, minute=minute)
        draft = Draft(intention, tags=(tag,) if tag else (), context=context, mode=mode)
        outcome = {4: Outcome.DONE, 5: Outcome.DONE, 3: Outcome.PARTLY}.get(rating or 0)
        end = began + timedelta(minutes=length_min)
        self.services.history.add(draft, began, end, outcome, rating)

    def a_block(self, minutes_ago: float = 38, length_min: int | None = 90) -> str:
        """A running block with an interruption and a thought; its id."""
        now = self.clock.now()
        plan = Plan() if length_min is None else Plan(PlanKind.FIXED, length_min * 60)
        draft = Draft(
            "fuse the attention kernel",
            "if I want to check the loss, then I press r",
            ("cuda",),
            "work",
            Mode.PRACTICE,
            plan,
        )
        focus = self.services.focus
        block = focus.start(draft, now - timedelta(minutes=minutes_ago))
        if minutes_ago > 10:
            called = now - timedelta(minutes=minutes_ago - 8)
            focus.apply(Interrupt(Source.EXTERNAL, "phone"), called)
            focus.apply(Return(), called + timedelta(minutes=2))
            focus.apply(Park("try bf16 accumulators"), called + timedelta(minutes=5))
        return block.id

    def left_alone(self, minutes: float, orderly: bool = True) -> None:
        """An app beat for the block and is gone since so many minutes."""
        block = self.services.store.need_running()
        reading = Reading(
            self.clock.now(), self.clock.monotonic(), self.clock.boottime(), self.clock.boot_id()
        )
        gone = Heartbeat(reading, block.id, 2**22 + 1, 1, attended=True, orderly=orderly)
        heartbeat.write(self.services.paths.heartbeat_file, gone)
        self.clock.advance(minutes * 60)


async def until(pilot: Pilot[Any], true: Callable[[], object], what: str = "") -> None:
    """Wait, in the app's own time, until `true()`; fails after some ten seconds."""
    for _ in range(400):
        await pilot.pause()
        if true():
            await pilot.pause()
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"never came true: {what or true}")


async def ready(pilot: Pilot[Any]) -> FlowApp:
    """Wait for the first snapshot on the screen; the app."""
    app = pilot.app
    assert isinstance(app, FlowApp)
    await until(pilot, lambda: app.snapshot is not None and app.screen.is_current, "snapshot")
    running = app.snapshot is not None and app.snapshot.block is not None
    wanted = "RunningScreen" if running else "IdleScreen"
    await until(pilot, lambda: type(app.screen_stack[0]).__name__ == wanted, wanted)
    return app


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Type as a person does, one key after the other."""
    names = {" ": "space", "#": "number_sign", ":": "colon", "-": "minus", ".": "full_stop"}
    await pilot.press(*(names.get(char, char) for char in text))
