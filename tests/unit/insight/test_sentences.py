"""The sentences, word for word: units, interval, days, how many were checked, never a cause."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flowtui.core.insight import amounts, experiment_text, sentences
from flowtui.core.insight.association import Finding, Insight, Numbers
from flowtui.core.insight.day_table import Factor, Kind, Outcome, Timing
from flowtui.core.insight.experiment import Declared, Design, Direction
from flowtui.core.insight.refusal import Missingness, Refused, Why
from flowtui.core.insight.sentences import noise_lines

DEEP = Outcome("deep_min", "deep minutes", "min")
RATING = Outcome("output", "your rating of output", "1-5")
YOGA = Factor("habit:yoga", "yoga", Kind.BINARY, Timing.DAY)
SLEEP = Factor("sleep", "sleep", Kind.DOSE, Timing.NIGHT, "h")
NUMBERS = Numbers(
    n=58, n_on=31, n_off=27, effect=22.4, low=3.2, high=41.3, d=0.6, step=1.0, p=0.004, rho=0.2,
    n_eff=50.0, raw_effect=25.0, robust_slope=None, rank_p=0.01, slow_p=0.01, slow_effect=20.0,
    skill=0.05, other_lag=True, first=date(2026, 1, 5), last=date(2026, 3, 8), plain_p=0.001,
)  # fmt: skip
PASSED = Finding(YOGA, 1, NUMBERS, 0.07, 0.2, 0.004)
CAUSES = re.compile(
    r"\b(because|due to|improves?|boosts?|makes?|leads?|thanks to|effect of|causes? (?!both))\b"
)


def whole(*findings: Finding, refused: tuple[Refused, ...] = (), asked: int = 18) -> Insight:
    return Insight(DEEP, 60, None, None, asked, findings, refused, ())


def said(finding: Finding, outcome: Outcome = DEEP) -> str:
    return sentences.sentence(finding, replace(whole(finding), outcome=outcome))


def changed(finding: Finding = PASSED, **numbers: Any) -> Finding:
    return replace(finding, numbers=replace(finding.numbers, **numbers))


def test_what_passed_says_days_size_interval_how_many_and_that_it_is_no_experiment() -> None:
    assert said(PASSED) == (
        "On 31 days after a day with yoga you logged 22 more deep minutes (95 % interval 3 to "
        "41, 58 days, weekday, the day beside it and trend adjusted). 1 of 18 patterns checked "
        "passed. Not an experiment: a good morning may cause both."
    )


def test_on_the_same_day_direction_is_not_known() -> None:
    text = said(replace(PASSED, lag=0))

    assert text.startswith("On 31 days with yoga you logged 22 more deep minutes")
    assert "Same day: which came first is not known." in text


def test_a_dose_speaks_of_each_unit() -> None:
    night = changed(replace(PASSED, factor=SLEEP, lag=0), effect=-12.0, low=-20.0, high=-4.0)

    assert said(night).startswith(
        "With each further hour of sleep you logged 12 fewer deep minutes (95 % interval -20 to"
    )
    assert "Same day" not in said(night)


def test_a_rating_is_higher_or_lower_not_logged() -> None:
    rated = changed(effect=0.42, low=0.11, high=0.73)

    assert "your rating of output was 0.42 points higher (95 % interval 0.11 to 0.73" in said(
        rated, RATING
    )


def test_nothing_is_said_as_a_bound() -> None:
    nothing = replace(changed(p=0.4, effect=3.0, low=-19.0, high=25.0), q_bh=0.9, joint_p=None)

    assert said(nothing) == (
        "No clear pattern between yoga the day before and deep minutes: "
        "a difference beyond ±25 min is unlikely (58 days)."
    )


def test_what_chance_would_give_among_so_many_is_said_so() -> None:
    text = said(replace(changed(p=0.03), q_bh=0.4, joint_p=None))

    assert text.startswith("Not enough to go by: on 31 days after a day with yoga")
    assert text.endswith("but among 18 patterns checked as much turns up by chance.")


def test_effect_and_interval_have_one_precision() -> None:
    rated = changed(effect=0.162, low=0.014, high=0.31)

    assert "0.16 points higher (95 % interval 0.01 to 0.31" in said(rated, RATING)


@pytest.mark.parametrize(
    ("factor", "spread", "words"),
    [
        (Factor("steps", "steps", Kind.COUNT, Timing.DAY, "steps"), 2800.0, "1,000 steps of steps"),
        (Factor("mood", "mood", Kind.ORDINAL, Timing.DAY), 0.9, "point of mood"),
        (SLEEP, 0.7, "hour of sleep"),
        (Factor("a", "a", Kind.DOSE, Timing.DAY), 0.21, "0.1 of a"),
        (Factor("walk", "walk", Kind.DOSE, Timing.DAY, "min"), 35.0, "10 minutes of walk"),
        (Factor("cups", "coffee", Kind.COUNT, Timing.DAY, "cups"), 0.4, "cup of coffee"),
    ],
)
def test_an_effect_is_told_for_a_usual_step(factor: Factor, spread: float, words: str) -> None:
    n = changed(replace(PASSED, factor=factor), step=spread, effect=0.01, low=0.004, high=0.016)

    text = said(n)
    assert text.startswith(f"With each further {words} the day before you logged")
    step = amounts.size_of(n).step
    assert f"logged {sentences.amount(0.01 * step, 'min')} more" in text
    nothing = replace(changed(n, p=0.5), q_bh=0.9, joint_p=None)
    assert f"for each further {words.partition(' of ')[0]} is unlikely" in said(nothing)


def test_a_changed_sign_is_always_told() -> None:
    for finding in (PASSED, replace(changed(p=0.4), q_bh=0.9, joint_p=None)):
        assert "points the other way" in said(changed(finding, raw_effect=-0.01, plain_p=0.9))
        assert "points the other way" not in said(finding)


def test_one_day_that_carries_a_finding_is_named() -> None:
    wild = changed(lever=0.97, lever_day=date(2026, 2, 3), lever_value=-999.0)

    assert "One day carries 97 % of it (2026-02-03: -999)" in said(wild)
    assert "hangs on a few extreme days" in sentences.tags(wild, None)


def test_what_does_not_go_beyond_yesterdays_outcome_is_told_as_that() -> None:
    mirror = replace(changed(p=0.41, alone_p=0.002, beyond_p=0.41), q_bh=0.9, joint_p=None)

    assert said(mirror).endswith(
        "but this does not go beyond the deep minutes of the day before: beside it, yoga says "
        "nothing of its own (p 0.41)."
    )
    assert "not beyond the output of the day before" in sentences.tags(mirror, None)
    state = changed(alone_p=0.002, beyond_p=0.004, ahead=False)
    assert not state.passed
    assert "yoga of the day after goes with deep minutes about as much" in said(state)
    unknown = replace(changed(p=1.0, alone_p=0.002), q_bh=1.0, joint_p=None)
    assert "too few days have it" in said(unknown)
    assert not replace(mirror, lag=0).mirrors


def test_what_moves_together_names_the_other() -> None:
    text = said(replace(PASSED, joint_p=0.43, together_with=("sleep",)))

    assert text == (
        "yoga the day before moves together with sleep: beside it, nothing of its own is left "
        "(p 0.43, 58 days)."
    )


def test_what_cannot_be_told_apart_says_why() -> None:
    text = said(replace(PASSED, joint_p=None, together_with=("sleep",), apart=False))

    assert "cannot be told apart from sleep" in text


@pytest.mark.parametrize(
    "finding",
    [
        PASSED,
        replace(PASSED, lag=0),
        replace(PASSED, factor=SLEEP),
        replace(PASSED, q_bh=0.5, joint_p=None),
        replace(PASSED, joint_p=0.4, together_with=("sleep",)),
        replace(changed(p=0.4), q_bh=0.9, joint_p=None),
    ],
)
def test_no_association_is_ever_worded_as_a_cause(finding: Finding) -> None:
    text = said(finding)

    assert CAUSES.search(text.lower()) is None, text


def test_warnings_stand_beside() -> None:
    odd = changed(replace(PASSED, lag=0, note="its scale changed"), raw_effect=60.0, skill=-0.1)
    odd = changed(odd, rank_p=0.3, slow_p=0.2)
    lost = Missingness("habit:yoga", 80, 30, 0.4, (1.0,) * 7, ("output on the same day",), (), True)

    assert sentences.tags(odd, lost) == (
        "missing days are not like others",
        "hangs on a few extreme days",
        "a slow change in your life may explain it",
        "same day, direction unknown",
        "weekday and trend explain most of the raw difference",
        "does not beat the baseline forecast",
        "its scale changed",
    )
    assert sentences.tags(PASSED, None) == ()


def test_below_the_minimum_it_says_how_many_days_are_needed() -> None:
    few = (
        Refused("habit:yoga", 1, Why.TOO_FEW, "", 9),
        Refused("habit:walk", 0, Why.TOO_FEW, "", 12),
    )

    assert sentences.summary(whole(refused=few, asked=0)) == (
        "9 more days with yoga until the first pattern can be checked"
    )
    assert sentences.summary(whole(asked=0)) == "No habit is recorded beside deep minutes yet"
    one = (Refused("habit:yoga", 1, Why.CONSTANT, "", None),)
    assert "each reason stands below" in sentences.summary(whole(refused=one, asked=0))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (22.4, "min", "22"),
        (-3.24, "min", "-3.2"),
        (0.004, "1-5", "0.0040"),
        (136.2, "min", "140"),
        (9.96, "min", "10"),
        (0.0, "min", "0"),
    ],
)
def test_sizes_are_rounded_as_far_as_they_mean_something(
    value: float, unit: str, text: str
) -> None:
    assert sentences.signed(value, unit) == text


READ = {
    "n": 42, "n_on": 21, "n_off": 21, "n_pairs": 21, "effect": 18.0, "low": 2.0, "high": 35.0,
    "p": 0.03, "min_p": 1e-6,
}  # fmt: skip


def test_an_experiment_says_what_chance_alone_would_give() -> None:
    assert experiment_text.result_words(READ, "no phone", DEEP) == (
        "You randomised 21 days with no phone against 21 without: with it you logged 18 more deep "
        "minutes (95 % interval 2 to 35 min); chance alone gives this or more in 3 of 100 "
        "re-shuffles."
    )


def test_too_few_pairs_are_said_with_the_result() -> None:
    text = experiment_text.result_words(
        {**READ, "min_p": 0.125, "low": None, "high": None}, "x", DEEP
    )

    assert "interval without end" in text
    assert text.endswith("With so few days p could not go below 0.12.")


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "less than 1 of 1,000"), (0.004, "4 of 1,000"), (0.5, "50 of 100")]
)
def test_how_often_is_said_in_counts(p: float, text: str) -> None:
    assert experiment_text.often(p) == text


def test_what_was_declared_is_one_sentence() -> None:
    declared = Declared(
        "no phone", "deep_min", Direction.MORE, Design.BLOCKS, date(2026, 3, 5), 42, 70
    )

    assert experiment_text.declared_words(declared, DEEP) == (
        "no phone: more deep minutes? 42 days in blocks of three, the first of each not counted, "
        "from 2026-03-05."
    )


def test_the_noise_button_says_what_a_plain_correlation_would_have_claimed() -> None:
    claim = {"factor": "x", "label": "walk", "lag": 1, "raw_effect": -29.2, "p": 0.0002}
    found = {
        "shuffles": 20, "asked": 11, "plain_claims": 53, "plain_any": 20, "passed": 0,
        "passed_any": 0, "claims": [claim],
    }  # fmt: skip

    lines = noise_lines(found, DEEP)

    assert "a plain correlation    53 claims, at least one in 20 of 20" in lines
    assert "this engine             0 passed, at least one in 0 of 20" in lines
    assert lines[-1] == "  with walk the day before you logged 29 fewer deep minutes, p 0.0002"
