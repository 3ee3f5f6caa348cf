"""Verdicts from a handful of validations: plain ones are given, others are not."""

from __future__ import annotations

from random import Random

import pytest

from flowtui.core.runs.findings.finding import Rule
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.reading import Item, Reading
from tests.unit.runs.histories import START_S, seen


def rules(val: list[float], train: list[float], name: str = "val_loss") -> set[Rule]:
    """What is found in a run of as many epochs, training logged ten times in each."""
    items: list[Item] = []
    for k, value in enumerate(train, 1):
        items.append(Reading(k, {"train_loss": value}, at=START_S + k))
        if k % 10 == 0:
            items.append(Reading(k, {name: val[k // 10 - 1]}, at=START_S + k))
    return {finding.rule for finding in judge(seen(items))}


def falling(epochs: int) -> list[float]:
    rng = Random(1)
    return [(0.2 + 1.5 / (k + 1) ** 0.4) * (1 + rng.gauss(0, 0.02)) for k in range(10 * epochs)]


@pytest.mark.parametrize(
    ("val", "name"),
    [
        ([0.90, 0.95, 1.03, 1.12], "val_loss"),
        ([0.80, 0.71, 0.76, 0.84, 0.95], "val_loss"),
        ([0.50, 0.54, 0.59, 0.66, 0.75], "val_loss"),
        ([0.70, 0.80, 0.76, 0.71, 0.66], "val_acc"),
    ],
)
def test_validations_that_get_worse_each_time_while_training_improves_overfit(
    val: list[float], name: str
) -> None:
    assert rules(val, falling(len(val)), name) == {Rule.OVERFITTING}


def test_the_best_value_may_be_the_first_of_many() -> None:
    rng = Random(2)
    val = [(1 + 0.04 * k) * (1 + rng.gauss(0, 0.01)) for k in range(20)]

    assert Rule.OVERFITTING in rules(val, falling(20))


@pytest.mark.parametrize(
    "val",
    [
        [0.90, 0.91, 0.93, 0.92],  # up and down
        [0.900, 0.902, 0.905, 0.909],  # by next to nothing
        [0.90, 0.70, 0.60, 0.62],  # once
        [0.90, 0.95],
    ],
)
def test_few_values_that_could_be_chance_do_not_overfit(val: list[float]) -> None:
    assert Rule.OVERFITTING not in rules(val, falling(len(val)))


def test_validation_that_rises_with_training_is_no_overfitting() -> None:
    rising = [0.5 + 0.01 * k for k in range(50)]

    assert Rule.OVERFITTING not in rules([0.6, 0.7, 0.8, 0.9, 1.0], rising)


@pytest.mark.parametrize("count", [5, 6, 8, 12])
@pytest.mark.parametrize(
    ("level", "noise", "name"),
    [(2.303, 0.002, "val_loss"), (0.693, 0.005, "val_loss"), (0.1, 0.0, "val_acc"),
     (0.5, 0.01, "val_auc")],
)  # fmt: skip
def test_validation_that_never_improves_is_a_plateau(
    count: int, level: float, noise: float, name: str
) -> None:
    rng = Random(3)
    val = [level * (1 + rng.gauss(0, noise)) for _ in range(count)]

    assert Rule.PLATEAU in rules(val, [1.0 + rng.gauss(0, 0.01) for _ in range(10 * count)], name)


@pytest.mark.parametrize(
    ("val", "name"),
    [
        ([2.303, 2.301, 2.303, 2.302], "val_loss"),  # too few
        ([2.30, 2.10, 1.95, 1.85, 1.80, 1.76], "val_loss"),
        ([0.99, 0.96, 0.94, 0.935, 0.93, 0.925], "val_loss"),  # slowly
        ([0.10, 0.13, 0.15, 0.17, 0.18], "val_acc"),
        ([2.0, 1.2, 1.9, 1.3, 1.8, 1.4], "val_loss"),  # nobody can tell
    ],
)
def test_a_curve_that_improves_or_cannot_be_told_is_no_plateau(val: list[float], name: str) -> None:
    assert Rule.PLATEAU not in rules(val, falling(len(val)), name)
