"""The sentences. Units, interval, days, how many patterns were checked; never a cause.

An association is never worded as an effect: no "because", "improves", "leads to", "makes". What
did not pass is said as a bound on what it could be, not as "no effect".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowtui.core.insight import amounts
from flowtui.core.insight.association import Finding, Insight
from flowtui.core.insight.day_table import Kind, Outcome, Timing
from flowtui.core.insight.refusal import Missingness

UNIT_WORDS = {"h": "hour", "min": "minute", "cups": "cup", "times": "time", "": "unit"}
COUNTED = ("min", "commits")
"""Units of outcomes that one logs more or fewer of."""
CAVEAT = "Not an experiment: a good morning may cause both."
SAME_DAY = "same day, direction unknown"
EXPLAINED = 0.5
"""Share of the raw difference below which weekday and trend explain most of it."""


def sentence(finding: Finding, whole: Insight) -> str:
    """What is to be said of one tested pair."""
    return " ".join([_said(finding, whole), *_provisos(finding)])


def _said(finding: Finding, whole: Insight) -> str:
    outcome = whole.outcome
    if finding.passed:
        return _passed(finding, outcome, len(whole.passed), whole.asked)
    if finding.mirrors:
        return _mirrors(finding, outcome)
    if finding.together_with or not finding.apart:
        return _together(finding, outcome)
    if finding.numbers.p <= 0.05:
        return _by_chance(finding, outcome, whole.asked)
    return _nothing(finding, outcome)


def _provisos(finding: Finding) -> list[str]:
    """What must never be left unsaid, whatever else is told."""
    n, found = finding.numbers, []
    if n.raw_effect * n.effect < 0:
        found.append("Without the adjustments it points the other way.")
    if n.lever_day is not None:
        found.append(
            f"One day carries {100 * n.lever:.0f} % of it ({n.lever_day}: {n.lever_value:g}): "
            "look whether that value is right."
        )
    return found


def tags(finding: Finding, missing: Missingness | None) -> tuple[str, ...]:
    """Short warnings that stand beside a finding, what matters most first."""
    n, found = finding.numbers, []
    if finding.mirrors:
        found.append("not beyond the output of the day before")
    if missing is not None and missing.suspect:
        found.append(
            "many missing days" if not missing.clues else "missing days are not like others"
        )
    ranked = max(n.rank_p or 0.0, n.x_rank_p or 0.0)
    if n.p <= 0.05 < 0.1 < ranked or n.lever_day is not None:
        found.append("hangs on a few extreme days")
    if n.slow_p is not None and n.p <= 0.05 < 0.1 < n.slow_p:
        found.append("a slow change in your life may explain it")
    if finding.lag == 0 and finding.factor.timing is Timing.DAY:
        found.append(SAME_DAY)
    if n.plain_p <= 0.05 and _explained_away(n.raw_effect, n.effect):
        found.append("weekday and trend explain most of the raw difference")
    if n.skill is not None and n.skill <= 0:
        found.append("does not beat the baseline forecast")
    if finding.note:
        found.append(finding.note)
    return tuple(found)


def amount(value: float, unit: str) -> str:
    """A size without its sign, with two significant digits."""
    return amounts.text(abs(value), amounts.places(value))


def signed(value: float, unit: str) -> str:
    """A difference with its sign: `-3.2`, `41`; no sign where it is positive."""
    return amounts.text(value, amounts.places(value))


def with_unit(text: str, outcome: Outcome) -> str:
    """`25` and minutes: `25 min`; ratings have no word of their own."""
    unit = "points" if outcome.unit[:1].isdigit() else outcome.unit
    return f"{text} {unit}".rstrip()


def effect_unit(finding: Finding, outcome: Outcome) -> str:
    """`min` for a yes or no, `min per h` for hours; empty where nothing has a unit."""
    if finding.factor.kind is Kind.BINARY or not finding.factor.unit:
        return outcome.unit
    return f"{outcome.unit} per {finding.factor.unit}".strip()


def interval(low: float, high: float, places: int) -> str:
    """`3 to 41`, both with so many decimals."""
    return f"{amounts.text(low, places)} to {amounts.text(high, places)}"


def difference(value: float, outcome: Outcome, places: int | None = None) -> str:
    """`22 more deep minutes`, as something one logged; `0.42 points higher` of a rating."""
    text = amounts.text(abs(value), amounts.places(value) if places is None else places)
    if outcome.unit in COUNTED:
        return f"you logged {text} {'more' if value >= 0 else 'fewer'} {outcome.label}"
    way = "higher" if value >= 0 else "lower"
    return f"{outcome.label} was {with_unit(text, outcome)} {way}"


def _effect(finding: Finding, outcome: Outcome) -> str:
    """The difference for a usual step, and its interval."""
    size = amounts.size_of(finding)
    return f"{difference(size.effect, outcome, size.places)} {_brackets(finding)}"


def _passed(finding: Finding, outcome: Outcome, passed: int, asked: int) -> str:
    said = f"{_when(finding)} {_effect(finding, outcome)}."
    more = [said, f"{passed} of {asked} {_plural(asked, 'pattern')} checked passed."]
    if finding.lag == 0 and finding.factor.timing is Timing.DAY:
        more.append("Same day: which came first is not known.")
    return " ".join([*more, CAVEAT])


def _when(finding: Finding) -> str:
    factor, n = finding.factor, finding.numbers
    if factor.kind is Kind.BINARY:
        if finding.lag:
            return f"On {n.n_on} days after a day with {factor.label}"
        return f"On {n.n_on} days with {factor.label}"
    after = " the day before" if finding.lag else ""
    return f"With {step_words(finding)} of {factor.label}{after}"


def step_words(finding: Finding) -> str:
    """`each further hour`, `each further 1,000 steps`."""
    factor, step = finding.factor, amounts.size_of(finding).step
    point = factor.unit[:1].isdigit() or (factor.kind is Kind.ORDINAL and not factor.unit)
    unit = "point" if point else UNIT_WORDS.get(factor.unit, factor.unit)
    if step == 1:
        return f"each further {unit}"
    many = f"{unit}s" if factor.unit in UNIT_WORDS and factor.unit else factor.unit
    return f"each further {step:,g} {many}".rstrip()


def _brackets(finding: Finding) -> str:
    n, size = finding.numbers, amounts.size_of(finding)
    other = ", the day beside it" if n.other_lag else ""
    return (
        f"(95 % interval {interval(size.low, size.high, size.places)}, {n.n} days, "
        f"weekday{other} and trend adjusted)"
    )


def _together(finding: Finding, outcome: Outcome) -> str:
    others = " and ".join(finding.together_with) or "the others"
    if not finding.apart:
        return (
            f"{named(finding)} cannot be told apart from {others}: "
            "too few days have all of them, or they never differ."
        )
    return (
        f"{named(finding)} moves together with {others}: beside it, nothing of its own is left "
        f"(p {finding.joint_p:.2f}, {finding.numbers.n} days)."
    )


def _by_chance(finding: Finding, outcome: Outcome, asked: int) -> str:
    return (
        f"Not enough to go by: {_when_lower(finding)} {_effect(finding, outcome)}, "
        f"but among {asked} {_plural(asked, 'pattern')} checked as much turns up by chance."
    )


def _mirrors(finding: Finding, outcome: Outcome) -> str:
    n, label = finding.numbers, finding.factor.label
    said = f"{_when(finding)} {_effect(finding, outcome)}, but this does not go beyond"
    before = f"the {outcome.label} of the day before"
    if n.ahead is False:
        return (
            f"{said} a state that lasts: {label} of the day after goes with {outcome.label} "
            "about as much, and that cannot have come first."
        )
    if n.beyond_p is None:
        return f"{said} what {before} may say itself: too few days have it to tell them apart."
    return f"{said} {before}: beside it, {label} says nothing of its own (p {n.beyond_p:.2f})."


def _nothing(finding: Finding, outcome: Outcome) -> str:
    n, size = finding.numbers, amounts.size_of(finding)
    most = max(abs(size.low), abs(size.high))
    bound = with_unit(amounts.text(most, amounts.places(most)), outcome)
    per = "" if finding.factor.kind is Kind.BINARY else f" for {step_words(finding)}"
    return (
        f"No clear pattern between {named(finding)} and {outcome.label}: "
        f"a difference beyond ±{bound}{per} is unlikely ({n.n} days)."
    )


def named(finding: Finding) -> str:
    """The factor, with its lag where it has one."""
    return finding.factor.label + (" the day before" if finding.lag else "")


def _when_lower(finding: Finding) -> str:
    text = _when(finding)
    return text[:1].lower() + text[1:]


def _explained_away(raw: float, adjusted: float) -> bool:
    return raw * adjusted < 0 or abs(adjusted) < EXPLAINED * abs(raw)


def short(name: str) -> str:
    """A column's name as a person says it: `yoga` for `habit:yoga`."""
    return name.partition(":")[2] or name


def _plural(n: int, word: str) -> str:
    return word if n == 1 else f"{word}s"


def still_needed(whole: Insight) -> str:
    """One sentence on the whole where nothing could be tested yet; empty where something was."""
    if whole.findings:
        return ""
    waiting = [r for r in whole.refused if r.days_needed]
    if waiting:
        first = min(waiting, key=lambda r: r.days_needed or 0)
        days = first.days_needed or 0
        return (
            f"{days} more {_plural(days, 'day')} with {short(first.factor)} "
            "until the first pattern can be checked"
        )
    if whole.refused:
        return "Nothing that is recorded can be tested; each reason stands below"
    return f"No habit is recorded beside {whole.outcome.label} yet"


def summary(whole: Insight) -> str:
    """One line on top."""
    passed, tested = len(whole.passed), len(whole.findings)
    if not tested:
        return still_needed(whole)
    return (
        f"{passed} of {whole.asked} {_plural(whole.asked, 'pattern')} checked passed, "
        f"on {whole.days} days of {whole.outcome.label}"
    )


SHOWN = 3


def noise_lines(found: Mapping[str, Any], outcome: Outcome) -> list[str]:
    """Lines of plain text."""
    k, asked = found["shuffles"], found["asked"]
    lines = [
        f"{k} times, every habit was moved in time against {outcome.label}, by whole weeks: "
        f"{asked} patterns each.",
        "Nothing that goes together in such days is true.",
        "",
        f"a plain correlation  {found['plain_claims']:>4} claims, "
        f"at least one in {found['plain_any']} of {k}",
        f"this engine          {found['passed']:>4} passed, "
        f"at least one in {found['passed_any']} of {k}",
    ]
    if not found["claims"]:
        return lines
    lines += ["", "A plain correlation would have told you, falsely:"]
    told: dict[tuple[str, int], str] = {}
    for claim in found["claims"]:
        after = " the day before" if claim["lag"] else ""
        way = difference(claim["raw_effect"], outcome)
        p = "p < 0.0001" if claim["p"] < 0.0001 else f"p {claim['p']:.4f}"
        text = f"with {claim['label']}{after} {way}, {p}"
        told.setdefault((claim["factor"], claim["lag"]), text)
    return [*lines, *(f"  {text}" for text in list(told.values())[:SHOWN])]
