"""What was changed in the session, journalled before it was, and put back by whoever comes next."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from flowtui.guard.program import apps, clock
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.journal import APPLIED, Journal, Record
from flowtui.guard.session import dnd

DND = "dnd"
ON_DISK = ("GNOME", "KDE")


class Keeper:
    """Do-not-disturb and frozen apps of one user; all of it by way of a journal in `folder`."""

    def __init__(self, folder: Path, env: Mapping[str, str], run: dnd.Run = dnd.run) -> None:
        self.journal = Journal(folder)
        self._env = env
        self._run = run

    def quiet(self) -> list[str]:
        """Switch do-not-disturb on wherever it can be; the desktops where it is now."""
        self.journal.open()
        done: list[str] = []
        for way in dnd.here(self._env, self._run):
            former = way.read(self._run)
            if former is None:
                continue
            record = self.journal.prepare(DND, way=way.name, former=former)
            if way.on(self._run):
                self.journal.note(record, state=APPLIED)
                done.append(way.name)
            else:
                self.journal.done(record)
        return done

    def freeze(self, names: Sequence[str]) -> int:
        """Freeze one's own apps that run now or were started since; how many were."""
        self.journal.open()
        record = self._apps()
        if record is not None:
            apps.hold(record)
        spare = {os.getpid(), os.getppid()}
        boot = clock.boot_id()
        _, count = apps.freeze(self.journal, record, names, os.getuid(), boot, spare)
        return count

    def frozen(self) -> int:
        """How many processes are frozen."""
        record = self._apps()
        return apps.alive(record, clock.boot_id()) if record is not None else 0

    def back(self) -> list[str]:
        """Put everything back as it was; what could not be, in words. May be done again."""
        left: list[str] = []
        for record in reversed(self.journal.records()):
            try:
                left += self._one_back(record)
            except (OSError, GuardError, ValueError) as error:
                left.append(f"{record['kind']}: {error}")
        return left

    @property
    def pending(self) -> bool:
        """True if there is something to put back."""
        return bool(self.journal.records())

    def _one_back(self, record: Record) -> list[str]:
        if record["kind"] == apps.KIND:
            proof = apps.restore(self.journal, record, clock.boot_id())
            return [] if proof.settled else [proof.note]
        way = dnd.by_name(record["way"])
        failed = way is not None and not way.back(self._run, record["former"])
        # a desktop that does not run has nothing switched on, save where it is kept on disk
        if way is not None and failed and (way.name in ON_DISK or way.read(self._run) is not None):
            return [f"do-not-disturb of {way.name} could not be put back"]
        self.journal.done(record)
        return []

    def _apps(self) -> Record | None:
        return next(iter(self.journal.of(apps.KIND)), None)
