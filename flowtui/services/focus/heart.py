"""The heartbeat of the running block: when a process was last alive for it, by all clocks."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.focus.recovery import Reading
from flowtui.system import heartbeat
from flowtui.system.heartbeat import Heartbeat


class Heart:
    """Beats for the running block while an app is open; reads what an earlier one left.

    Beating is best effort: a heartbeat that cannot be written never stops a block.
    """

    def __init__(self, path: Path, clock: Clock, attended: bool = False) -> None:
        self._path = path
        self._clock = clock
        self._unwritten: Heartbeat | None = None
        self._mine: Heartbeat | None = None
        self.attended = attended
        """True in the app, which stays; False for a command that comes and goes."""

    def reading(self) -> Reading:
        """The machine's clocks now."""
        clock = self._clock
        return Reading(clock.now(), clock.monotonic(), clock.boottime(), clock.boot_id())

    def last(self) -> Heartbeat | None:
        """The last beat of any process; None if there is none."""
        return self._unwritten or heartbeat.read(self._path)

    def beat(self, block_id: str, now: Reading | None = None) -> bool:
        """Say that the block is looked after now, or, in a passing command, where its clocks are.

        A command never takes a block from an app, alive or dead: a dead app's last beat is the
        only witness of when it died, or was left. `now` are the clocks that were looked at: what
        befalls between that look and this beat is found by the next one. Returns whether the next
        look will start from this beat.
        """
        last = self.last()
        witness = last is not None and last.block_id == block_id and (last.attended or last.left)
        if witness and not self.attended:
            return False
        return self.rewrite(self._own(block_id, now or self.reading()))

    def attends(self, block_id: str, within_s: int) -> bool:
        """True if this process stays and has beaten for the block lately: it was never gone.

        Lately by the clock that stands still in a sleep.
        """
        mine = self._mine
        if not self.attended or mine is None or mine.block_id != block_id:
            return False
        return self._clock.monotonic() - mine.reading.monotonic < within_s

    def reopened(self, block_id: str, since: datetime) -> None:
        """The end of a block is taken back: what it was since then is to be said by a person."""
        now = self.reading()
        gone = (now.wall - since).total_seconds()
        then = replace(
            now, wall=since, boottime=now.boottime - gone, monotonic=now.monotonic - gone
        )
        self._mine = None
        pid = os.getpid()
        beat = Heartbeat(then, block_id, pid, heartbeat.pid_start(pid), True, True, True)
        self.rewrite(beat)

    def carry(self, before: Heartbeat, now: Reading) -> bool:
        """What happened since `before` is on record: the next look starts at `now`.

        An app, alive or dead, and whoever has left the block to itself, are taken as they were.
        Returns as `beat`.
        """
        others = before.pid != os.getpid() and not self.attended and before.attended
        if others or before.left:
            return self.rewrite(replace(before, reading=now))
        return self.rewrite(self._own(before.block_id, now))

    def _own(self, block_id: str, now: Reading) -> Heartbeat:
        pid = os.getpid()
        self._mine = Heartbeat(now, block_id, pid, heartbeat.pid_start(pid), self.attended, False)
        return self._mine

    def rewrite(self, beat: Heartbeat) -> bool:
        """Put `beat` in the place of the last one; returns whether it will be found there.

        An app remembers a beat that cannot be written: what lies before it is not looked at twice.
        """
        try:
            heartbeat.write(self._path, beat)
        except OSError:
            self._unwritten = beat if self.attended else None
            return self.attended
        self._unwritten = None
        return True

    def goodbye(self, leave_running: bool) -> None:
        """The app ends in order. With `leave_running` the block is meant to go on alone."""
        last = self.last()
        self._mine = None
        if last is None or last.pid != os.getpid():
            return
        with contextlib.suppress(OSError):
            heartbeat.write(
                self._path,
                replace(last, reading=self.reading(), attended=not leave_running, orderly=True),
            )

    def release(self, block_id: str) -> None:
        """An absence was dealt with: from now on the block counts as looked after, or alone."""
        self.stop()
        self.beat(block_id)

    def stop(self) -> None:
        """The block has ended: there is nothing to beat for."""
        self._unwritten = self._mine = None
        with contextlib.suppress(OSError):
            heartbeat.remove(self._path)

    def alive(self, beat: Heartbeat) -> bool:
        """True if the process that beat still exists, in this boot."""
        now = self.reading()
        # boot time that ran backwards is another boot, where the system has no word for each
        same = beat.reading.boot_id == now.boot_id and beat.reading.boottime <= now.boottime
        return same and heartbeat.is_alive(beat)
