"""Experiments as records of the ledger, and back; reading is strict and names the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flowtui.core.errors import LedgerError
from flowtui.core.fields import stamp
from flowtui.core.insight.experiment import Declared, Direction, Experiment
from flowtui.core.insight.schedule import Design


def experiment_record(experiment: Experiment) -> dict[str, Any]:
    """As it is stored."""
    return {
        "id": experiment.id,
        "declared": experiment.declared.plain(),
        "seed": experiment.seed,
        "digest": experiment.digest,
        "declared_at": stamp(experiment.declared_at),
        "actual": {day.isoformat(): done for day, done in sorted(experiment.actual.items())},
        "stopped_on": experiment.stopped_on.isoformat() if experiment.stopped_on else None,
        "why_stopped": experiment.why_stopped,
        "result": dict(experiment.result) if experiment.result is not None else None,
    }


def experiment_from(record: Mapping[str, Any]) -> Experiment:
    """The inverse of `experiment_record`. Raises LedgerError naming the record."""
    name = f"experiment {record.get('id')}"
    try:
        raw = record["declared"]
        declared = Declared(
            raw["factor"],
            raw["outcome"],
            Direction(raw["direction"]),
            Design(raw["design"]),
            date.fromisoformat(raw["first"]),
            int(raw["days"]),
            int(raw["predicted"]),
            raw["hypothesis"],
            raw["habit"],
        )
        stopped = record["stopped_on"]
        return Experiment(
            record["id"],
            declared,
            record["seed"],
            record["digest"],
            datetime.strptime(record["declared_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
            {date.fromisoformat(day): bool(done) for day, done in record["actual"].items()},
            date.fromisoformat(stopped) if stopped else None,
            record["why_stopped"],
            record["result"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"{name} cannot be read: {error!r}", "see: flowtui doctor") from None
