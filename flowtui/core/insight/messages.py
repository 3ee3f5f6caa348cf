"""What the computing process is given and gives back, as JSON; and the same as values again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flowtui.core.insight.association import Finding, Forecasts, Insight, Numbers
from flowtui.core.insight.missingness import Missingness
from flowtui.core.insight.refusal import Refused, Why
from flowtui.core.insight.variable import Factor, Kind, Outcome, Timing

Json = dict[str, Any]


def factor_json(factor: Factor) -> Json:
    """A factor."""
    return {**asdict(factor), "derived_from": sorted(factor.derived_from)}


def factor_from(data: Mapping[str, Any]) -> Factor:
    """The inverse of `factor_json`."""
    return Factor(
        data["name"],
        data["label"],
        Kind(data["kind"]),
        Timing(data["timing"]),
        data["unit"],
        data["source"],
        frozenset(data["derived_from"]),
    )


def outcome_json(outcome: Outcome) -> Json:
    """An outcome."""
    return {**asdict(outcome), "derived_from": sorted(outcome.derived_from)}


def outcome_from(data: Mapping[str, Any]) -> Outcome:
    """The inverse of `outcome_json`."""
    return Outcome(data["name"], data["label"], data["unit"], frozenset(data["derived_from"]))


def insight_json(whole: Insight) -> Json:
    """Everything about one outcome."""
    return {
        "outcome": outcome_json(whole.outcome),
        "days": whole.days,
        "first": _iso(whole.first),
        "last": _iso(whole.last),
        "asked": whole.asked,
        "findings": [_finding_json(f) for f in whole.findings],
        "refused": [asdict(r) for r in whole.refused],
        "missing": [asdict(m) for m in whole.missing],
    }


def insight_from(data: Mapping[str, Any]) -> Insight:
    """The inverse of `insight_json`."""
    return Insight(
        outcome_from(data["outcome"]),
        data["days"],
        _maybe_day(data["first"]),
        _maybe_day(data["last"]),
        data["asked"],
        tuple(_finding_from(f) for f in data["findings"]),
        tuple(Refused(**{**r, "why": Why(r["why"])}) for r in data["refused"]),
        tuple(_missing_from(m) for m in data["missing"]),
    )


def _finding_json(finding: Finding) -> Json:
    numbers = asdict(finding.numbers)
    numbers["first"], numbers["last"] = _iso(finding.numbers.first), _iso(finding.numbers.last)
    forecasts = None
    if finding.forecasts is not None:
        forecasts = {**asdict(finding.forecasts), "first": _iso(finding.forecasts.first)}
    return {
        **asdict(finding),
        "factor": factor_json(finding.factor),
        "numbers": numbers,
        "forecasts": forecasts,
    }


def _finding_from(data: Mapping[str, Any]) -> Finding:
    numbers, forecasts = dict(data["numbers"]), data["forecasts"]
    for name in ("first", "last"):
        numbers[name] = date.fromisoformat(numbers[name])
    return Finding(
        factor_from(data["factor"]),
        data["lag"],
        Numbers(**numbers),
        data["q_bh"],
        data["q_by"],
        data["joint_p"],
        tuple(data["together_with"]),
        data["apart"],
        None if forecasts is None else _forecasts_from(forecasts),
        data["note"],
    )


def _forecasts_from(data: Mapping[str, Any]) -> Forecasts:
    return Forecasts(
        data["baseline"],
        data["error_without"],
        data["error_with"],
        date.fromisoformat(data["first"]),
        tuple(data["days"]),
        tuple(data["gain"]),
    )


def _missing_from(data: Mapping[str, Any]) -> Missingness:
    fixed = dict(data)
    fixed["by_weekday"] = tuple(data["by_weekday"])
    fixed["clues"] = tuple(data["clues"])
    fixed["differences"] = tuple(tuple(each) for each in data["differences"])
    return Missingness(**fixed)


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
        "outcome": outcome_json(outcome),
        "values": [_plain(v) for v in values],
        "factors": [
            {**factor_json(factor), "values": [_plain(v) for v in column], "note": note}
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


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
