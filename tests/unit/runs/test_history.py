"""Histories stay small, keep extremes, and say the same after they were stored."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.runs.history import History
from flowtui.core.runs.metric_series import Series
from flowtui.core.runs.metrics import Better, Split, better_of, key_metric, partner, split_of
from flowtui.core.runs.reading import Notice, NoticeKind, Reading

FINITE = st.floats(-1e9, 1e9)


@given(st.lists(FINITE, min_size=1, max_size=2000), st.integers(8, 40))
def test_a_series_keeps_its_extremes_however_much_it_merges(
    values: list[float], places: int
) -> None:
    series = Series(places)

    for step, value in enumerate(values):
        series.add(step, None, value)

    kept = series.all_places()
    assert len(kept) <= places + 1
    assert min(p.low for p in kept) == min(values)
    assert max(p.high for p in kept) == max(values)
    assert sum(p.number for p in kept) == len(values) == series.n
    assert values[int(min(kept, key=lambda p: p.low).low_step)] == min(values)


@given(st.lists(FINITE, max_size=300), st.integers(8, 40))
def test_a_series_is_the_same_after_it_was_stored(values: list[float], places: int) -> None:
    series = Series(places)
    for step, value in enumerate(values):
        series.add(step, step * 2.0, value)

    again = Series.from_json(series.to_json())
    for extra in range(100):
        series.add(1000 + extra, None, extra)
        again.add(1000 + extra, None, extra)

    assert again.all_places() == series.all_places()


@given(st.lists(FINITE, min_size=2, max_size=300), st.data())
def test_cutting_a_series_leaves_what_lies_before(values: list[float], data: st.DataObject) -> None:
    series = Series(512)
    for step, value in enumerate(values):
        series.add(step, None, value)
    step = data.draw(st.integers(0, len(values)))

    series.cut(step)

    assert [p.value for p in series.points()] == values[:step]


def test_a_history_is_the_same_after_it_was_stored() -> None:
    history = History()
    history.fold(
        [
            Reading(1, {"loss": 2.0, "acc": 0.1}, 0.5, 100, 3, 1000.0),
            Notice(NoticeKind.CHECKPOINT, "saved", path="a.pt"),
            Reading(2, {"loss": math.nan}, at=1010.0),
        ]
    )

    again = History.load(history.dump())

    assert again.dump() == history.dump()
    assert math.isnan(again.metrics["loss"].last or 0)
    assert again.metrics["loss"].first_bad_step == 2
    assert again.notices == [Notice(NoticeKind.CHECKPOINT, "saved", path="a.pt", step=1)]


def test_a_history_of_a_long_run_stays_small() -> None:
    history = History()
    for step in range(20_000):
        history.fold([Reading(step, {f"m{k}": math.sin(step + k) for k in range(12)})], step)

    assert len(history.dump()) < 400_000
    assert history.metrics["m3"].n == 20_000


def test_what_a_terminal_would_obey_is_not_kept() -> None:
    history = History()
    history.fold(
        [
            Reading(1, {"lo\x1b]52;c;AAAA\x07ss": 1.0}),
            Reading(2, {"lo\x1b]52;c;AAAA\x07ss": 0.5}),
            Notice(NoticeKind.ALERT, "two\nlines \x1b[2J\x9b"),
        ]
    )

    assert [(t.name, t.n) for t in history.metrics.values()] == [("lo?]52;c;AAAA?ss", 2)]
    assert history.notices[0].text == "two\nlines ?[2J?"


def test_more_metrics_than_can_be_kept_are_counted_not_kept() -> None:
    history = History()
    history.fold([Reading(1, {f"m{k}": 1.0 for k in range(500)})])

    assert len(history.metrics) == 400
    assert history.left_out == 100


def test_a_run_that_went_back_is_judged_on_what_it_did_anew() -> None:
    history = History()
    history.fold([Reading(step, {"loss": 1.0 - step / 100}) for step in range(50)])
    history.fold([Reading(step, {"loss": 2.0}) for step in range(20, 25)])

    track = history.metrics["loss"]
    assert history.backs == 1
    assert track.best == 1.0 - 19 / 100
    assert [p.step for p in track.series.points()] == list(range(25))


def test_figures_without_a_step_stand_where_the_run_stands() -> None:
    history = History()
    history.fold([Reading(40), Reading(None, {"eval_loss": 1.5}, epoch=2.0)])

    assert history.metrics["eval_loss"].last_step == 40


def test_names_tell_split_direction_and_what_matters() -> None:
    names = ["lr", "loss", "grad_norm", "eval_accuracy", "eval_loss", "eval_runtime"]

    assert key_metric(names) == "eval_loss"
    assert partner("eval_loss", names) == "loss"
    assert key_metric(["lr", "time"]) is None
    assert split_of("valid_1's auc") is Split.VALIDATION
    assert split_of("training's l2") is Split.TRAIN
    assert [better_of(n) for n in ("metrics/mAP50-95(B)", "val/box_loss", "train_acc_epoch")] == [
        Better.HIGHER,
        Better.LOWER,
        Better.HIGHER,
    ]
    assert [better_of(n) for n in ("learning_rate", "epoch", "loss_scale", "mfu", "x")] == [
        None
    ] * 5
