"""A person whose runs are elsewhere: services, and a watcher that is stepped by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.run import Run
from flowtui.services.runs.board import Board, BoardFile
from flowtui.services.runs.digest import RunTeller
from flowtui.services.runs.log_look import log_of, opened_by
from flowtui.services.runs.origin_kinds import TOKENS, OriginKinds
from flowtui.services.runs.origins import Origins
from flowtui.services.runs.runs_wiring import build_runs
from flowtui.services.runs.watcher import Watcher
from flowtui.system.clock import SystemClock
from tests.unit.runs.run_lab import until
from tests.unit.runs.test_watcher import Gpus
from tests.user import Person


class Elsewhere:
    """One home, real clocks, real threads."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.person = Person(folder / "flowtui", datetime.now(UTC))
        self.env = {**self.person.env, **env}
        self.clock = SystemClock()
        services = self.person.services
        self.desk = build_runs(
            services.paths, services.store.ledger, self.clock, services.rule, ZoneInfo("UTC"),
            self.env,
        )  # fmt: skip
        self.board = BoardFile(services.paths.watch_dir)
        self.gpus = Gpus()
        self.faults: list[str] = []
        self.folder = services.paths.watch_dir
        self.origins = self._origins()
        self.watcher = self._watcher()

    def another_watcher(self) -> None:
        """The one that ran was killed; another takes over."""
        self.watcher.keep()
        self.close()
        self.origins = self._origins()
        self.watcher = self._watcher()

    def add(self, word: str) -> list[Run]:
        """`flowtui runs add WORD`."""
        return self.desk.adopter.adopt([word])

    def step(self) -> Board:
        """The watcher looks once; somebody looks on."""
        self.board.want_gpus()
        self.watcher.step()
        assert self.faults == [], self.faults
        return self.board.read()

    def glance(self, run: Run) -> RunGlance | None:
        """What is shown of a run."""
        return next((g for g in self.board.read().runs if g.id == run.id), None)

    def until(self, run: Run, true: Callable[[RunGlance], object]) -> RunGlance:
        """Step until what is shown of a run is so."""

        def so() -> bool:
            self.step()
            seen = self.glance(run)
            return seen is not None and bool(true(seen))

        until(so)
        seen = self.glance(run)
        assert seen is not None
        return seen

    def record(self, run: Run) -> Run:
        """What the ledger has of a run now."""
        self.desk.book.ledger.refresh()
        return self.desk.book.find(run.id)

    def close(self) -> None:
        """Ask no more."""
        self.origins.end()

    def _origins(self) -> Origins:
        return Origins(self._kinds(), self.clock, self.folder)

    def _kinds(self) -> OriginKinds:
        services = self.person.services
        tokens = services.paths.config_dir / TOKENS
        return OriginKinds(self.clock, self.env, tokens, services.config.sources)

    def _watcher(self) -> Watcher:
        teller = RunTeller(self.board, self.folder / "told.json", ZoneInfo("UTC"))
        return Watcher(
            self.desk.book, self.board, self.clock, self.gpus, log_of, opened_by, judge, 4711,
            self.faults.append, teller, ZoneInfo("UTC"), self.origins,
        )  # fmt: skip
