"""The cycle of work and break that was chosen, and where one stands in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flowtui.core.focus.block import Block
from flowtui.core.status_file import minutes
from flowtui.services.focus.block_store import BlockStore
from flowtui.system.stamp import settings_stamp

if TYPE_CHECKING:
    from flowtui.core.focus.cycle import Cycle
    from flowtui.settings.paths import Paths

DAY = timedelta(days=1)
SETTING = "blocks.cycle"


class Cycles:
    """Proposes lengths of blocks and breaks; where no cycle is chosen nothing of it is loaded."""

    def __init__(self, store: BlockStore, text: str | None, paths: Paths) -> None:
        """`text` is the setting, None without a cycle; `paths` name the file that keeps it."""
        self._store = store
        self._text = text
        self._paths = paths
        self._stamp = settings_stamp(str(paths.config_dir))

    @property
    def cycle(self) -> Cycle | None:
        """The chosen one, by whichever process: it is read anew where the settings changed."""
        now = settings_stamp(str(self._paths.config_dir))
        if now != self._stamp:
            self._stamp = now
            self._read_again()
        if self._text is None:
            return None
        from flowtui.core.focus.cycle import read_cycle

        return read_cycle(self._text)

    def _read_again(self) -> None:
        """Follow the file; one that cannot be read, as it is being edited, changes nothing."""
        from flowtui.settings.config import load

        config, problems = load(self._paths)
        if not any(SETTING.startswith(problem.key) for problem in problems):
            self._text = config.blocks.cycle

    def choose(self, text: str) -> Cycle | None:
        """Take another cycle and keep it in the settings; "none" for none. Raises UsageError."""
        from flowtui.core.focus.cycle import read_cycle
        from flowtui.settings.edit import set_value

        wanted = None if text.strip().lower() in ("", "none", "off") else text.strip()
        if wanted is not None:
            read_cycle(wanted)
        set_value(self._paths.config_file, SETTING, wanted or "none")
        self._text = wanted
        return self.cycle

    def number(self) -> int:
        """Which block of its row the running one is, or the next one would be; from 1."""
        from flowtui.core.focus.cycle import count_done

        cycle = self.cycle
        if cycle is None:
            return 1
        today = self._store.rule.day_of(self._store.clock.now())
        running = self._store.running()
        at = running.started_at if running is not None else self._store.clock.now()
        return count_done(cycle, self._store.between(today - DAY, today + DAY), at) + 1

    def rest_after(self, block: Block, at: datetime) -> int:
        """Seconds of break that begin as the running `block` ends `at`; 0 for none."""
        from flowtui.core.focus.cycle import is_whole

        cycle = self.cycle
        if cycle is None or not is_whole(cycle, block, at):
            return 0
        return cycle.rest_after(self.number())

    def suggested(self) -> int | None:
        """Seconds of break after the running block, or after the last one; None without a cycle."""
        cycle = self.cycle
        if cycle is None:
            return None
        if self._store.running() is not None:
            return cycle.rest_after(self.number())
        done = self.number() - 1
        return cycle.rest_after(done) if done and self._last_is_whole(cycle) else cycle.rest_s

    def _last_is_whole(self, cycle: Cycle) -> bool:
        """Whether the last block lived through is one of its round; given up early, it is none."""
        from flowtui.core.focus.cycle import is_whole

        last = self._store.last_lived()
        return last is not None and is_whole(cycle, last, last.ended_at or last.started_at)

    def place(self) -> str:
        """Which of its round the running block is, or the next one would be: "2 of 4"."""
        cycle = self.cycle
        return cycle.place(self.number()) if cycle is not None else ""

    def ahead(self) -> str:
        """What follows the running block: "2 of 4, then a break of 5 min"; empty without one."""
        rest_s = self.suggested()
        if rest_s is None:
            return ""
        return ", ".join(w for w in (self.place(), f"then a break of {minutes(rest_s)}") if w)
