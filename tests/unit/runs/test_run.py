"""A run as the ledger keeps it: strict, and the same after a round."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import LedgerError
from flowtui.core.kinds import KINDS, RUNS
from flowtui.core.runs.run import Best, Cost, Run, Told
from flowtui.core.runs.run_state import RunState

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 4)
words = st.text(max_size=12)
figures = st.none() | st.floats(allow_nan=False)
counts = st.none() | st.integers(0, 2**50)

runs = st.builds(
    Run,
    id=st.just("abcdef"),
    name=words,
    started_at=st.just(AT),
    zone=st.sampled_from(["UTC", "Europe/Berlin"]),
    command=st.lists(words, max_size=4).map(tuple),
    folder=words,
    paths=st.lists(words, max_size=3).map(tuple),
    adopted=st.booleans(),
    commit=words,
    dirty=st.none() | st.booleans(),
    baseline=words,
    ended_at=st.none() | st.integers(0, 10**6).map(lambda s: AT + timedelta(seconds=s)),
    exit_status=st.none() | st.integers(-64, 255),
    state=st.none() | st.sampled_from(RunState),
    formats=st.lists(words, max_size=3).map(tuple),
    step=counts,
    total_steps=counts,
    cost=st.builds(Cost, counts, counts, counts, counts, st.none() | st.floats(0, 1e6)),
    metrics=st.lists(st.builds(Best, words, figures, figures, figures), max_size=4).map(tuple),
    findings=st.lists(st.builds(Told, words, st.just(AT), words, words), max_size=3).map(tuple),
)


@given(runs)
def test_a_run_is_the_same_after_a_round(run: Run) -> None:
    assert KINDS[RUNS].decode(KINDS[RUNS].encode(run, DAY)) == run


def test_a_figure_that_is_none_is_kept_as_a_word() -> None:
    run = Run("a", "b", AT, "UTC", metrics=(Best("loss", math.nan, -math.inf),))

    record = KINDS[RUNS].encode(run, DAY)
    [best] = KINDS[RUNS].decode(record).metrics

    assert record["metrics"] == [{"name": "loss", "last": "nan", "best": "-inf"}]
    assert best.last is not None and math.isnan(best.last) and best.best == -math.inf


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("started_at", "noon", "run abc: the field 'started_at' is 'noon', must be an instant"),
        ("exit_status", "1", "field 'exit_status' is '1', must be a whole number"),
        ("state", "asleep", "field 'state' is 'asleep', must be one of running"),
        (
            "metrics",
            [{"name": "a", "last": "many"}],
            "'metrics[1].last' is 'many', must be a number",
        ),
        (
            "metrics",
            [{"name": "a", "last": True}],
            "'metrics[1].last' is True, must be a number",
        ),
        ("colour", "red", "field 'colour' is unknown"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_field(field: str, value: Any, told: str) -> None:
    record = KINDS[RUNS].encode(Run("abc", "b", AT, "UTC"), DAY) | {field: value}

    with pytest.raises(LedgerError) as error:
        KINDS[RUNS].decode(record)
    assert told in str(error.value)
