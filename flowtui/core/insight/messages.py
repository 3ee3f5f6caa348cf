"""What the computing process is given and gives back, as JSON; and the same as values again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flowtui.core.codec import Json, decode, encode
from flowtui.core.insight.association import Insight
from flowtui.core.insight.day_table import Factor, Outcome


def insight_from(data: Mapping[str, Any]) -> Insight:
    """An answer as a value. Raises RecordError for one of another version."""
    return decode(Insight, data, "the answer")


def outcome_from(data: Mapping[str, Any]) -> Outcome:
    """The outcome of a question."""
    return decode(Outcome, data, "the outcome")


def factor_from(data: Mapping[str, Any]) -> Factor:
    """A factor of a question, without its values."""
    return decode(Factor, data, "the factor", ("values", "note"))


def question_json(
    days: Sequence[date],
    outcome: Outcome,
    values: Sequence[float | None],
    factors: Sequence[tuple[Factor, Sequence[float | None], str]],
    asked_before: Sequence[tuple[str, int]] = (),
    others_asked: int = 0,
) -> Json:
    """What is asked of the computing process; infinities are words, for JSON has none."""
    return {
        "days": [day.isoformat() for day in days],
        "outcome": encode(outcome),
        "values": [_plain(v) for v in values],
        "factors": [
            {**encode(factor), "values": [_plain(v) for v in column], "note": note}
            for factor, column, note in factors
        ],
        "asked_before": [list(key) for key in asked_before],
        "others_asked": others_asked,
    }


def _plain(value: float | None) -> float | str | None:
    if value is None or value != value:
        return None
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    return value
