"""One line a person can use: worth a test of so many days, or not, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowtui.core.insight.association import Finding
from flowtui.core.insight.day_table import Factor, Kind, Timing
from flowtui.core.insight.verdicts import test_days as days_of_test
from flowtui.core.insight.verdicts import verdict, verdicts
from tests.unit.insight.test_sentences import PASSED, SLEEP, changed, whole

ENERGY = Factor("energy", "energy", Kind.ORDINAL, Timing.DAY, "1-5")


def said(finding: Finding) -> str:
    return verdict(finding, whole(finding))


def test_what_passed_is_worth_a_test_of_so_many_days() -> None:
    assert said(changed(d=0.8)) == "worth a test of 44 days"
    assert said(changed(d=-2.0)) == "worth a test of 20 days"
    assert said(changed(d=0.2)).startswith("do not act on this: so small that a test would take")


def test_the_warning_that_matters_most_stands_first() -> None:
    odd = changed(skill=-0.1, slow_p=0.3)

    assert said(odd).endswith("days (a slow change in your life may explain it)")


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        (replace(PASSED, factor=ENERGY, lag=0), "it may say no more than deep minutes itself"),
        (
            replace(changed(p=0.4, alone_p=0.01, beyond_p=0.4), q_bh=0.9, joint_p=None),
            "does not go beyond the deep minutes of the day before",
        ),
        (replace(PASSED, joint_p=0.4, together_with=("sleep",)), "moves together with sleep"),
        (replace(PASSED, joint_p=None, apart=False), "tell it apart from the others"),
        (replace(PASSED, q_bh=0.5, joint_p=None), "among 18 patterns checked"),
        (replace(changed(p=0.5), q_bh=0.9, joint_p=None), "no clear pattern in 58 days"),
    ],
)
def test_what_is_not_worth_one_says_why(finding: Finding, why: str) -> None:
    text = said(finding)

    assert text.startswith("do not act on this: ")
    assert why in text


def test_passed_patterns_and_the_three_nearest_have_a_line_each() -> None:
    others = [
        replace(changed(p=0.1 * n), q_bh=0.2 * n, joint_p=None, factor=replace(SLEEP, label=str(n)))
        for n in (5, 4, 3, 2, 1)
    ]

    lines = verdicts(whole(PASSED, *others))
    assert [line.partition(":")[0] for line in lines] == [
        "yoga the day before", "1 the day before", "2 the day before", "3 the day before",
    ]  # fmt: skip


def test_a_smaller_effect_takes_a_longer_test() -> None:
    found = [days_of_test(d / 10) for d in range(1, 20)]

    assert found == sorted(found, reverse=True)
    assert all(days % 2 == 0 for days in found)
    assert days_of_test(0.0) > 365
