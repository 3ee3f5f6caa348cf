"""What is said of experiments: of days that were dealt out by chance, and of what chance would do.

A result is told in full, with its interval and in units, whichever way it came out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flowtui.core.insight.amounts import common_places
from flowtui.core.insight.day_table import Outcome
from flowtui.core.insight.experiment import (
    COIN,
    Declared,
    Design,
    Direction,
    Experiment,
    Stage,
    brier,
    came_true,
)
from flowtui.core.insight.sentences import amount, difference, interval, with_unit


def result_words(read: Mapping[str, Any], factor: str, outcome: Outcome) -> str:
    """The result of a randomised comparison."""
    days = f"{read['n_on']} days with {factor} against {read['n_off']} without"
    said = (
        f"You randomised {days}: with it {_difference(read, outcome)} "
        f"({_interval(read, outcome)}); "
        f"chance alone gives this or more in {often(read['p'])} re-shuffles."
    )
    if read["min_p"] > 0.05:
        said += f" With so few days p could not go below {read['min_p']:.2g}."
    return said


def often(p: float) -> str:
    """`3 of 100`, `less than 1 of 1,000`."""
    if p < 0.001:
        return "less than 1 of 1,000"
    return f"{p * 1000:.0f} of 1,000" if p < 0.01 else f"{p * 100:.0f} of 100"


def _difference(read: Mapping[str, Any], outcome: Outcome) -> str:
    effect, low, high = read["effect"], read["low"], read["high"]
    ends = effect if low is None or high is None else None
    places = common_places(effect, *((ends, ends) if ends is not None else (low, high)))
    return difference(effect, outcome, places)


def _interval(read: Mapping[str, Any], outcome: Outcome) -> str:
    low, high = read["low"], read["high"]
    if low is None or high is None:
        return "95 % interval without end: too few days to exclude anything"
    text = interval(low, high, common_places(read["effect"], low, high))
    return f"95 % interval {with_unit(text, outcome)}"


def score_of(experiment: Experiment) -> float | None:
    """The Brier score of the prediction; None before the result."""
    read = (experiment.result or {}).get("assigned")
    if read is None:
        return None
    return brier(experiment.declared.predicted, came_true(experiment.declared, read))


def score_words(experiment: Experiment) -> str:
    """How the prediction did; empty before the result."""
    read = (experiment.result or {}).get("assigned")
    if read is None:
        return ""
    declared = experiment.declared
    true = came_true(declared, read)
    score = brier(declared.predicted, true)
    came = "came out as you expected" if true else "did not come out as you expected"
    better = "better than" if score < COIN else "worse than" if score > COIN else "the same as"
    return (
        f"You had said {declared.predicted} %; it {came}: "
        f"score {score:.2f} ({better} a coin's 0.25, 0 is best)."
    )


def declared_words(declared: Declared, outcome: Outcome) -> str:
    """What was declared, in one sentence."""
    how = (
        f"{declared.days} days in pairs, one with and one without"
        if declared.design is Design.PAIRS
        else f"{declared.days} days in blocks of three, the first of each not counted"
    )
    way = "more" if declared.direction is Direction.MORE else "less"
    return f"{declared.factor}: {way} {outcome.label}? {how}, from {declared.first}."


def foreseen_words(seen: Mapping[str, Any], outcome: Outcome) -> str:
    """What the design can show at best, before it begins."""
    powers = ", ".join(f"{size:g} sd {chance:.0%}" for size, chance in seen["powers"])
    said = f"{seen['pairs']} pairs: the smallest p it can reach is {_small(seen['min_p'])}. "
    if seen["sd"] is not None:
        visible = amount(seen["visible_sd"] * seen["sd"], outcome.unit)
        said += f"An effect of {with_unit(visible, outcome)} is seen with a chance of 80 % "
        said += f"(your days spread by {with_unit(amount(seen['sd'], outcome.unit), outcome)}). "
    else:
        said += f"An effect of {seen['visible_sd']:.1f} sd is seen with a chance of 80 %. "
    return f"{said}Chance to see an effect of {powers}."


def _small(p: float) -> str:
    return f"{p:.2g}" if p >= 0.0001 else "below 0.0001"


def today_words(experiment: Experiment, today: date) -> str:
    """Today's arm and nothing beyond; empty on days that are not its own."""
    slot = experiment.slot(today)
    if slot is None:
        return ""
    at, days = (today - experiment.declared.first).days + 1, experiment.declared.days
    arm = "with" if slot.arm else "without"
    wash = "" if slot.counts else "   (first of three: not counted)"
    return f"day {at} of {days}: today {arm} {experiment.declared.factor}{wash}"


def standing(experiment: Experiment, today: date, read_by: str) -> str:
    """Where it stands, in one line; `read_by` says how its result is read. Never tomorrow's arm."""
    stage, declared = experiment.stage(today), experiment.declared
    if stage is Stage.AHEAD:
        return f"{declared.factor}: begins {declared.first}"
    if stage is Stage.RUNNING:
        did = experiment.actual.get(today)
        noted = "" if did is None else f"   noted: {'done' if did else 'left'}"
        return today_words(experiment, today) + noted
    if stage is Stage.OVER:
        return f"{declared.factor}: over; {read_by}"
    if stage is Stage.STOPPED:
        why = f" ({experiment.why_stopped})" if experiment.why_stopped else ""
        return f"{declared.factor}: given up on {experiment.stopped_on}{why}"
    return f"{declared.factor}: read, {declared.first} to {experiment.last}"


def told(experiment: Experiment, outcome: Outcome) -> list[str]:
    """What was declared, and once it was read, what came of it and how the prediction did."""
    declared = experiment.declared
    lines = [declared_words(declared, outcome)]
    if declared.hypothesis:
        lines.append(f"Hypothesis: {declared.hypothesis}")
    lines.append(f"Predicted: {declared.predicted} %   fingerprint {experiment.digest[:16]}")
    if experiment.result is None:
        return lines
    lines += ["", result_words(experiment.result["assigned"], declared.factor, outcome)]
    lines.append(score_words(experiment))
    assigned, protocol = experiment.result["assigned"], experiment.result.get("protocol")
    if protocol is not None and protocol["n"] == assigned["n"]:
        lines.append("Every day went as assigned.")
    elif protocol is not None:
        size = f"{_difference(protocol, outcome)} ({_interval(protocol, outcome)})"
        lines.append(f"On the {protocol['n']} days that went as assigned {size}.")
    return lines
