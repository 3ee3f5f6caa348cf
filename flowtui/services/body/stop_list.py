"""The stop-doing list with its counts: what was done all the same, and what the guard kept away.

A list of the guard counts for the thing to stop that has its name. What was asked for in vain is
no answer of the person's: it is counted beside the body log, never in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.body_log import BodyService


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing that a person has decided not to do."""

    name: str
    times: int
    """How often it happened, as the person said."""
    kept: int
    """Days on which the person said that it did not happen."""
    answered: int
    """Days on which the person said anything."""
    tried: int
    """How often it was asked for while the guard kept it away."""

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name, "times": self.times, "days_kept": self.kept,
            "days_answered": self.answered, "kept_away": self.tried,
        }  # fmt: skip


def counted(log: BodyService, tried: Mapping[str, int], today: date, days: int) -> list[Stop]:
    """Each thing on the list with its counts over the last `days` days, today included.

    `tried` has the attempts of these days by list of the guard.
    """
    entries = [
        entry
        for entry in log.store.between(today - timedelta(days=days - 1), today)
        if entry.kind is Kind.STOP
    ]
    found = []
    for name in log.names().stops:
        mine = [entry for entry in entries if entry.name == name]
        given = [entry for entry in mine if entry.state is State.GIVEN]
        times = sum(round(entry.value or 1) for entry in given)
        kept = {e.day for e in mine if e.state is State.NO} - {e.day for e in given}
        answered = {e.day for e in mine if e.state is not State.SKIPPED}
        found.append(Stop(name, times, len(kept), len(answered), tried.get(name, 0)))
    return found
