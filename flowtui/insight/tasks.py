"""What the computing process can be asked: each task from JSON to JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from flowtui.core.codec import Json, encode
from flowtui.core.errors import FlowError
from flowtui.core.insight.association import Finding, Forecasts, Insight
from flowtui.core.insight.day_table import Factor, Outcome
from flowtui.core.insight.experiment import Design
from flowtui.core.insight.messages import factor_from, outcome_from
from flowtui.core.insight.refusal import BEYOND, Missingness
from flowtui.insight import power, randomised
from flowtui.insight.gls import Bools, Floats, Ints
from flowtui.insight.missing import missingness
from flowtui.insight.noise import noise
from flowtui.insight.skill import Skill
from flowtui.insight.study import Judged, Tell, study
from flowtui.insight.table import Days, on_calendar


def study_task(asked: Mapping[str, Any], tell: Tell) -> Json:
    """Everything about one outcome; see `flowtui.core.insight.messages.question_json`."""
    days, outcome, factors, notes = _question(asked)
    before = [(str(name), int(lag)) for name, lag in asked["asked_before"]]
    found = study(days, factors, outcome, before, int(asked["others_asked"]), tell=tell)
    known = np.flatnonzero(np.isfinite(days.outcome))
    answer: Json = encode(
        Insight(
            outcome=outcome,
            days=len(known),
            first=days.date_of(int(known[0])) if len(known) else None,
            last=days.date_of(int(known[-1])) if len(known) else None,
            asked=found.asked,
            findings=tuple(_finding(j, days, notes) for j in found.judged),
            refused=found.refused,
            missing=_missing(days, factors),
        )
    )
    return answer


def noise_task(asked: Mapping[str, Any], tell: Tell) -> Json:
    """The same days with every habit moved against the output."""
    days, outcome, factors, _ = _question(asked)
    return asdict(noise(days, factors, outcome, tell=tell))


def trial_task(asked: Mapping[str, Any], tell: Tell) -> Json:
    """The randomisation test: as assigned, and where `actual` is given, per protocol."""
    days = np.array([date.fromisoformat(d).toordinal() for d in asked["days"]], dtype=np.int64)
    arm = np.array(asked["arm"], dtype=bool)
    pair = None if asked["pair"] is None else np.array(asked["pair"], dtype=np.int64)
    y = np.array([np.nan if v is None else v for v in asked["values"]], dtype=float)
    counts = np.array(asked["counts"], dtype=bool)
    result: Json = {"assigned": _read(days, arm, pair, y, counts)}
    if asked.get("actual") is not None:
        actual = np.array([-1 if v is None else v for v in asked["actual"]])
        kept = counts & (actual == arm)
        result["protocol"] = _read(days, arm, pair, y, kept)
    tell(1, 1, "")
    return result


def power_task(asked: Mapping[str, Any], tell: Tell) -> Json:
    """Power of a design, from days of the outcome without the experiment."""
    y = np.array([np.nan if v is None else v for v in asked["values"]], dtype=float)
    days = [date.fromisoformat(d) for d in asked["days"]]
    known = on_calendar(days, [None if np.isnan(v) else float(v) for v in y], {})
    return asdict(power.foreseen(known, Design(asked["design"]), int(asked["length"])))


TASKS: dict[str, Callable[[Mapping[str, Any], Tell], Json]] = {
    "study": study_task,
    "noise": noise_task,
    "trial": trial_task,
    "power": power_task,
}


def _question(
    asked: Mapping[str, Any],
) -> tuple[Days, Outcome, list[Factor], dict[str, str]]:
    dates = [date.fromisoformat(day) for day in asked["days"]]
    columns = {f["name"]: [_number(v) for v in f["values"]] for f in asked["factors"]}
    outcome = outcome_from(asked["outcome"])
    values = [_number(v) for v in asked["values"]]
    for day, value in zip(dates, values, strict=True):
        if value is not None and abs(value) > BEYOND:
            raise FlowError(
                f"{outcome.name} holds a value without end on {day}", "correct it, then ask again"
            )
    days = on_calendar(dates, values, columns)
    factors = [factor_from(f) for f in asked["factors"]]
    return days, outcome, factors, {f["name"]: f["note"] for f in asked["factors"]}


def _number(value: float | str | None) -> float | None:
    return None if value is None else float(value)


def _finding(judged: Judged, days: Days, notes: Mapping[str, str]) -> Finding:
    result = judged.result
    return Finding(
        factor=result.factor,
        lag=result.lag,
        numbers=result.numbers,
        q_bh=judged.q_bh,
        q_by=judged.q_by,
        joint_p=judged.joint_p,
        together_with=judged.together_with,
        apart=judged.apart,
        forecasts=_forecasts(result.forecasts, days),
        note=notes[result.factor.name],
    )


def _forecasts(skill: Skill | None, days: Days) -> Forecasts | None:
    if skill is None:
        return None
    first = int(skill.days[0])
    return Forecasts(
        skill.baseline,
        skill.error_without,
        skill.error_with,
        days.date_of(first),
        tuple(int(day) - first for day in skill.days),
        tuple(round(float(gain), 6) for gain in skill.gain),
    )


def _missing(days: Days, factors: list[Factor]) -> tuple[Missingness, ...]:
    weekday = days.first.weekday()
    return tuple(
        missingness(f.name, weekday, days.factors[f.name], days.outcome)
        for f in factors
        if np.isfinite(days.factors[f.name]).any()
    )


def _read(days: Ints, arm: Bools, pair: Ints | None, y: Floats, counts: Bools) -> Json | None:
    """None where too few days are known for any test."""
    known = counts & np.isfinite(y)
    usable = known if pair is None else randomised.whole_pairs(pair, arm, known)
    if min(int(arm[usable].sum()), int((~arm[usable]).sum())) < 2 or np.ptp(y[usable]) == 0:
        return None
    trial = randomised.Trial(
        days[usable] - days.min(),
        (days[usable] - 1) % 7,  # day 1 of the calendar was a Monday
        arm[usable],
        None if pair is None else pair[usable],
        y[usable],
    )
    found = asdict(randomised.read(trial))
    for name in ("low", "high"):
        found[name] = found[name] if np.isfinite(found[name]) else None
    return found
