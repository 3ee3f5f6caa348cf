"""One training run as the ledger keeps it; its curves lie outside of the ledger.

Strict, as `flowtui.core.focus.block_record`: every error names the run and the field. Fields that say nothing
are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flowtui.core.fields import Fields, stamp
from flowtui.core.runs.history import plain
from flowtui.core.runs.run_state import RunState


@dataclass(frozen=True, slots=True)
class Best:
    """What became of one metric."""

    name: str
    last: float | None
    best: float | None
    best_step: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, as it was said."""

    rule: str
    at: datetime
    sentence: str
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run used; None is not known, never zero."""

    peak_rss_bytes: int | None = None
    """The most resident memory of all its processes together, of the looks that were taken."""
    peak_gpu_bytes: int | None = None
    gpu_s: int | None = None
    """Seconds during which it held a GPU, summed over the GPUs."""
    gpu_idle_s: int | None = None
    """Of those, seconds during which the GPU did nothing."""
    energy_wh: float | None = None
    """Watt-hours that its GPUs used meanwhile, by their own counters; whole boards."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training run."""

    id: str
    name: str
    started_at: datetime
    zone: str
    command: tuple[str, ...] = ()
    """Empty for a run of which only a log is known."""
    folder: str = ""
    paths: tuple[str, ...] = ()
    """Its logs, where they were named; empty: its own output."""
    adopted: bool = False
    """True if flowtui did not start it."""
    commit: str = ""
    """The commit that was checked out in its folder, short; empty outside of git."""
    dirty: bool | None = None
    """Whether files differed from that commit."""
    baseline: str = ""
    """Id of the run that it is held against."""
    ended_at: datetime | None = None
    exit_status: int | None = None
    state: RunState | None = None
    """How it ended; None while it has not."""
    formats: tuple[str, ...] = ()
    step: int | None = None
    total_steps: int | None = None
    cost: Cost = Cost()
    metrics: tuple[Best, ...] = ()
    findings: tuple[Told, ...] = ()

    @property
    def ended(self) -> bool:
        """True once it is over, as far as anybody knows."""
        return self.ended_at is not None


def encode_run(run: Run, day: date) -> dict[str, Any]:
    """`run`, filed under the logical `day` of its start, as JSON values."""
    return {
        "id": run.id,
        "day": day.isoformat(),
        "name": run.name,
        "started_at": stamp(run.started_at),
        "zone": run.zone,
        **_given("command", list(run.command)),
        **_given("folder", run.folder),
        **_given("paths", list(run.paths)),
        **_given("adopted", run.adopted),
        **_given("commit", run.commit),
        **({} if run.dirty is None else {"dirty": run.dirty}),
        **_given("baseline", run.baseline),
        **_given("ended_at", run.ended_at and stamp(run.ended_at)),
        **_given("exit_status", run.exit_status),
        **_given("state", run.state and run.state.value),
        **_given("formats", list(run.formats)),
        **_given("step", run.step),
        **_given("total_steps", run.total_steps),
        **_given("cost", _cost_record(run.cost)),
        **_given("metrics", [_best_record(best) for best in run.metrics]),
        **_given("findings", [_told_record(told) for told in run.findings]),
    }


def decode_run(record: Mapping[str, Any]) -> Run:
    """The run in `record`. Raises LedgerError naming the run and the field."""
    read = Fields(record, f"run {record.get('id', '?')}")
    read.ignore(("day",))
    run = Run(
        id=read.text("id"),
        name=read.text("name"),
        started_at=read.instant("started_at"),
        zone=read.text("zone") or "UTC",
        command=read.words("command"),
        folder=read.text("folder"),
        paths=read.words("paths"),
        adopted=read.flag("adopted"),
        commit=read.text("commit"),
        dirty=read.flag("dirty") if "dirty" in record else None,
        baseline=read.text("baseline"),
        ended_at=read.maybe_instant("ended_at"),
        exit_status=read.whole("exit_status"),
        state=read.word("state", RunState),
        formats=read.words("formats"),
        step=read.whole("step"),
        total_steps=read.whole("total_steps"),
        cost=read.part("cost", _cost) or Cost(),
        metrics=read.each("metrics", _best),
        findings=read.each("findings", _told),
    )
    read.ignore(("dirty",))
    read.done()
    return run


def _given(key: str, value: Any) -> dict[str, Any]:
    return {} if value is None or value is False or value in ("", [], {}) else {key: value}


def _cost(read: Fields) -> Cost:
    return Cost(
        read.whole("peak_rss_bytes"),
        read.whole("peak_gpu_bytes"),
        read.whole("gpu_s"),
        read.whole("gpu_idle_s"),
        read.figure("energy_wh"),
    )


def _cost_record(cost: Cost) -> dict[str, Any]:
    return {
        **_given("peak_rss_bytes", cost.peak_rss_bytes),
        **_given("peak_gpu_bytes", cost.peak_gpu_bytes),
        **_given("gpu_s", cost.gpu_s),
        **_given("gpu_idle_s", cost.gpu_idle_s),
        **_given("energy_wh", cost.energy_wh),
    }


def _best(read: Fields) -> Best:
    return Best(
        read.text("name"), read.figure("last"), read.figure("best"), read.figure("best_step")
    )


def _best_record(best: Best) -> dict[str, Any]:
    return {
        "name": best.name,
        **_given("last", plain(best.last)),
        **_given("best", plain(best.best)),
        **_given("best_step", best.best_step),
    }


def _told(read: Fields) -> Told:
    return Told(read.text("rule"), read.instant("at"), read.text("sentence"), read.text("severity"))


def _told_record(told: Told) -> dict[str, Any]:
    return {
        "rule": told.rule,
        "at": stamp(told.at),
        "sentence": told.sentence,
        **_given("severity", told.severity),
    }
