"""Logs that are like one a reader knows, and lines no program writes: nothing is made up of them.

The long lines have no limit of time of their own: by a pattern that goes back over what it read
they would last for hours.
"""

from __future__ import annotations

import pytest

from flowtui.core.runs.reading import Notice, Reading
from flowtui.watch.readers.textlog import TextLog

BAR = "━" * 20


def readings(text: str) -> list[Reading]:
    log = TextLog()
    items = [*log.feed(text.encode()), *log.close()]
    return [item for item in items if not isinstance(item, Notice)]


def an_epoch(loss: float) -> str:
    frames = [f"\r{n}/100 {BAR} 1s 3ms/step - loss: {loss}" for n in (1, 50, 100)]
    return "".join(frames) + f"\r100/100 {BAR} 1s 4ms/step - loss: {loss} - val_loss: 0.3\n"


def test_a_bar_of_keras_that_is_drawn_once_more_when_complete_is_no_further_epoch() -> None:
    steps = [r.step for r in readings(an_epoch(0.5) + an_epoch(0.4))]

    assert steps == [1, 50, 100, 100, 101, 150, 200, 200]


def test_lines_of_keras_alone_are_an_epoch_each() -> None:
    text = "".join(
        f"100/100 - 4s - 40ms/step - loss: 0.{9 - n} - val_loss: 0.5\n" for n in range(4)
    )

    assert [r.step for r in readings(text)] == [100, 200, 300, 400]


@pytest.mark.parametrize("heading", ["", "Epoch 1/1\n"])
@pytest.mark.parametrize("figures", ["", " - loss: 0.9"])
def test_evaluate_and_predict_behind_a_training_of_keras_do_not_move_it(
    heading: str, figures: str
) -> None:
    behind = "".join(f"\r{n}/20 {BAR} 0s 2ms/step{figures}" for n in (1, 10, 20)) + "\n"
    trained = readings(heading + an_epoch(0.5))
    items = readings(heading + an_epoch(0.5) + behind)

    assert items[: len(trained)] == trained
    assert items[len(trained) :] == ([Reading(100, {"test/loss": 0.9})] if figures else [])


def test_a_training_of_keras_goes_on_behind_an_evaluation() -> None:
    between = f"20/20 {BAR} 0s 2ms/step - loss: 0.9\n"

    assert readings(an_epoch(0.5) + between + an_epoch(0.4))[-1].step == 200


MARKDOWN = (
    "| Epoch | Iteration | Loss | Acc | LR | Time |\n"
    "|-------|-----------|------|-----|----|------|\n"
    "| 1 | 100 | 0.5 | 0.9 | 1e-3 | 00:01 |\n"
)
MATLAB = (
    "|=============================================================|\n"
    "|  Epoch  |  Iteration  |  Time Elapsed  |  Mini-batch  |  Base Learning  |\n"
    "|         |             |   (hh:mm:ss)   |     Loss     |      Rate       |\n"
    "|=============================================================|\n"
    "|       1 |          50 |       00:00:11 |       1.6000 |          0.0100 |\n"
)


def test_a_table_with_columns_like_matlabs_keeps_its_own_names() -> None:
    assert readings(MARKDOWN)[-1].metrics == {"Loss": 0.5, "Acc": 0.9, "LR": 0.001}


def test_a_table_of_results_behind_matlabs_is_not_read_by_its_headings() -> None:
    results = "| Class | P | R | F1 | n |\n|---|---|---|---|---|\n| 0 | 0.5 | 0.6 | 0.55 | 100 |\n"

    assert readings(MATLAB + results) == readings(MATLAB)


def test_torch_7_tells_where_it_is_before_the_epoch_is_over() -> None:
    (only,) = readings(" [==> 100/390 .......................] ETA: 12s341ms | Step: 31ms\n")

    assert (only.step, only.total_steps, only.eta_s) == (100, 390, 12.341)


def test_times_of_lbanns_minibatches_measure_nothing() -> None:
    line = "model0 (instance 0) training epoch 0 mini-batch time statistics : 0.01s mean, 0.2s max"

    assert readings(line + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "EPOCH {}: training on 10 raw words, 10 effective words/s",
        "iter {} act 1.0 pre 1.0 delta 1.0 f 1.0 |g| 1.0 CG 3",
        "Chain 1: Iteration: {} / 2000 [ 10%]  (Warmup)",
        "Chain 1: Iteration: 200 / {} [ 10%]  (Warmup)",
        "Chain {}: Iteration: 200 / 2000 [ 10%]  (Warmup)",
        "model0 (instance 0) training epoch {} accuracy : 55.5%",
        "{}\timages/sec: 184.0 +/- 0.2 (jitter = 0.6)\t7.696",
        " [==== {}/390 ====>] Tot: 12s341ms | Step: 31ms",
        "Epoch {}/3",
        "Train: {} [  50/98 ( 51%)] Loss: 0.5",
        "Train: 1 [  {}/98 ( 51%)] Loss: 0.5",
        "| epoch {} | 200/ 2983 batches | loss 7.63",
        "Epoch(train) [1][{}/312] loss: 0.5",
        "[{}, {}] loss: 0.5",
        "step {}: loss 0.5",
        "iter: {}/60000, loss: 0.5",
        "{}/1000000: episode: 53, reward: 2.0",
        " 5%|5   | {}/1000 [00:00<00:02, 41.2it/s, loss=1.95]",
        "Epoch {}/3:  5%|5   | 1/1000 [00:00<00:02, 41.2it/s, loss=1.95]",
        "[{}]\ttrain-logloss:0.23",
        "{}:\tlearn: 0.68\ttest: 0.69\ttotal: 12ms\tremaining: 11.9s",
        " iteration {}/ 500000 | lm loss: 1.0E+01 |",
        "{}: 3.21, 4.5 avg loss, 0.001 rate, 2.1 seconds, 6400 images",
        "{}/100 - 4s - 40ms/step - loss: 0.5",
        "100/{} - 4s - 40ms/step - loss: 0.5",
        MATLAB + "| {} | 1 | 00:00:01 | 1.5 | 0.01 |",
        MATLAB + "| ² | ² | 00:00:01 | 1.5 | 0.01 |",
    ],
)
def test_a_count_beyond_all_counts_ends_no_reader(line: str) -> None:
    log = TextLog()
    log.feed((line.replace("{}", "9" * 5000) + "\n").encode())

    assert log.feed(b"step 5: loss 0.5, lr 0.1\nstep 6: loss 0.4, lr 0.1\n")


@pytest.mark.parametrize("line", ["||||", "| | | | |", "|" * 200, "| ---- | ---- | ---- |"])
def test_bars_with_nothing_between_them_say_nothing(line: str) -> None:
    assert readings(line + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "Progress: 1.0% words/sec/thread: {0}x",
        "Progress: 1.0% words/sec/thread: 1 eta: 1{1}1 x",
        "iter{1}|g|",
        "Chain 1: Iteration:{1}x",
        "1/2 - {0}s/step",
        "Epoch{1}1{1}[{1}1{1}/{1}2{1}] x",
        "loss {0}{1}{0} acc{1}{0}",
    ],
)
def test_a_long_line_is_read_to_its_end_and_so_is_the_next(line: str) -> None:
    hostile = line.format("1" * 30_000, " " * 30_000)
    after = "step 5: loss 0.5, lr 0.1\n"

    assert readings(f"{hostile}\n{after}")[-1].metrics["loss"] == 0.5
