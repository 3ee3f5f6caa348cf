"""Puts together all that concerns runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.machine import GpuReading
from flowtui.ledger.ledger import Ledger
from flowtui.services.runs.adoption import RunAdopter
from flowtui.services.runs.beyond import Beyond
from flowtui.services.runs.board import BoardFile
from flowtui.services.runs.digest import RunTeller
from flowtui.services.runs.errands import Errands
from flowtui.services.runs.launch import RunStarter
from flowtui.services.runs.log_look import log_of, places_in
from flowtui.services.runs.run_store import RunBook
from flowtui.services.runs.runs_service import RunDesk
from flowtui.settings.paths import Paths

if TYPE_CHECKING:
    from flowtui.watch.gpu.gpus import Gpus


def gpus_of(clock: Clock) -> Gpus:
    """The GPUs of this machine; the driver is opened at the first reading, `close` lets go."""
    from flowtui.watch.gpu.gpus import Gpus

    return Gpus(clock)


def build_runs(
    paths: Paths,
    ledger: Ledger,
    clock: Clock,
    rule: DayRule,
    zone: ZoneInfo,
    env: Mapping[str, str],
) -> RunDesk:
    """The desk of runs on the person's folders; reads and writes nothing yet."""
    watch_dir = paths.watch_dir
    book = RunBook(ledger, clock, rule, paths.runs_dir)
    board = BoardFile(watch_dir)
    starter = RunStarter(book, zone.key, env)

    def read_gpus() -> tuple[Sequence[GpuReading], str | None]:
        gpus = gpus_of(clock)
        try:
            return gpus.read(), gpus.problem
        finally:
            gpus.close()

    return RunDesk(
        book,
        starter,
        RunAdopter(starter, read_gpus, places_in, Beyond(starter, Errands(env))),
        board,
        RunTeller(board, watch_dir / "told.json", zone),
        clock,
        env,
        paths.run_dir,
        log_of,
        judge,
    )
