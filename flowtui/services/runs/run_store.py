"""Runs in the ledger and on the disk: found by id, name or word; begun, closed, never lost.

A run's record is in the ledger from its start. While it lives, an empty file of its id lies in the
folder `active`, so that nobody has to look through years of runs for those that matter now.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError
from flowtui.core.kinds import RUNS
from flowtui.core.runs.run import Run
from flowtui.core.zones import zone_or_utc
from flowtui.ledger.ledger import Ledger
from flowtui.services.store import Store
from flowtui.watch.rundir import RunDir

SPANS_DAYS = (14, 120, 3660)
"""How far back a run is looked for by its name, step by step."""


RESTORE_S = 30.0


class RunBook:
    """Every run of one person."""

    def __init__(self, ledger: Ledger, clock: Clock, rule: DayRule, folder: Path) -> None:
        self.ledger = ledger
        self.runs: Store[Run] = Store(ledger, RUNS, "flowtui runs")
        self.clock = clock
        self.folder = folder
        self._rule = rule

    def dir(self, id: str) -> RunDir:
        """The folder of a run."""
        return RunDir(self.folder / id)

    @property
    def _active(self) -> Path:
        return self.folder / "active"

    def active_ids(self) -> list[str]:
        """Ids of the runs that have not been closed, oldest first; asks the disk alone."""
        try:
            found = [(each.stat().st_mtime_ns, each.name) for each in self._active.iterdir()]
        except OSError:
            return []
        return [name for _, name in sorted(found)]

    def active(self) -> list[Run]:
        """The runs that have not been closed, oldest first."""
        found = (self.get(id) for id in self.active_ids())
        return [run for run in found if run is not None]

    def get(self, id: str) -> Run | None:
        """The run with this very id."""
        return self.runs.get(id)

    def between(self, first: date, last: date) -> list[Run]:
        """Runs that began on the days from `first` to `last`, by start."""
        return sorted(self.runs.between(first, last), key=lambda run: (run.started_at, run.id))

    def recent(self, count: int) -> list[Run]:
        """The newest runs, at most `count`, newest first."""
        found: list[Run] = []
        for span in SPANS_DAYS:
            found = self._since(span)
            if len(found) >= count:
                break
        return found[::-1][:count]

    def find(self, word: str) -> Run:
        """The run whose id is or begins with `word`, or the newest of that name.

        `last` is the newest of all. Raises FlowError if there is none, or several.
        """
        if word == "last":
            newest = self.recent(1)
            if not newest:
                raise FlowError("there is no run yet", "start one: flowtui run -- COMMAND")
            return newest[0]
        run = self.get(word)
        if run is not None:
            return run
        for span in SPANS_DAYS:
            runs = self._since(span)
            named = [run for run in runs if run.name == word]
            if named:
                return named[-1]
            begun = [run for run in runs if word and run.id.startswith(word)]
            if len(begun) == 1:
                return begun[0]
            if begun:
                ids = ", ".join(run.id for run in begun[:5])
                raise FlowError(f"several runs begin with {word!r}: {ids}", "give more letters")
        raise FlowError(f"unknown run {word!r}", "see them: flowtui runs")

    def free_name(self, wanted: str) -> str:
        """`wanted`, or with a number behind it if a run of that name is still under way."""
        taken = {run.name for run in self.active()}
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        return name

    def new_id(self) -> str:
        """Six letters that no run has yet."""
        while True:
            id = self.runs.new_id()
            if not (self.folder / id).exists():
                return id

    def begin(self, run: Run) -> None:
        """Write a new run down, and that it lives. Undo passes it over: the process goes on."""
        self.hold(run.id)
        self.put(run, f"start run {run.name}")

    def hold(self, id: str) -> None:
        """Somebody has to watch this run from now on. Raises OSError."""
        self._active.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._active / id).touch(mode=0o600)

    def restore(self, id: str) -> Run | None:
        """Write the record of a run whose starter died before it could; None if it cannot be told.

        A run that began within the last half minute is left to its starter.
        """
        directory = self.dir(id)
        try:
            spec, started = directory.spec(), directory.started()
        except (OSError, ValueError):
            return None
        began = started.started_at if started is not None else spec.since
        if began is None or self.clock.now().timestamp() - began < RESTORE_S:
            return None
        at = datetime.fromtimestamp(began, UTC).replace(microsecond=0)
        zone = self._rule.zone.key
        paths = tuple(str(place.path) for place in spec.places)
        run = Run(id, spec.name, at, zone, spec.command, spec.folder, paths, spec.pid is not None)
        self.put(run, f"start run {run.name}")
        return run

    def put(self, run: Run, label: str, background: bool = True) -> None:
        """Write down what became of a run."""
        day = DayRule(zone_or_utc(run.zone), self._rule.start).day_of(run.started_at)
        with self.runs.change(label, background):
            self.runs.put(run, day)

    def close(self, run: Run) -> None:
        """Write down how a run ended, and that nobody needs to watch it any more."""
        self.put(run, f"end of run {run.name}")
        self.release(run.id)

    def release(self, id: str) -> None:
        """Nobody needs to watch this run any more."""
        with contextlib.suppress(OSError):
            (self._active / id).unlink()

    def rename(self, run: Run, name: str) -> Run:
        """Give a run another name; undo takes it back."""
        named = replace(run, name=name)
        self.put(named, f"rename run {run.name} to {name}", background=False)
        return named

    def forget(self, run: Run) -> None:
        """Take a run out of the ledger; undo brings it back. Its folder and its logs stay."""
        with self.runs.change(f"forget run {run.name}"):
            self.runs.remove(run.id)
        self.release(run.id)

    def _since(self, days: int) -> list[Run]:
        today = self._rule.day_of(self.clock.now())
        return self.between(today - timedelta(days=days), today + timedelta(days=1))
