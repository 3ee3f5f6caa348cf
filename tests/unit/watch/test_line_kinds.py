"""Kinds of lines that were misread once, each in its program's own form."""

# ruff: noqa: E501  lines of logs are as long as they are

from __future__ import annotations

import pytest

from flowtui.core.runs.history import History
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import RunState, last_word
from tests.fakes import FakeClock
from tests.logs.read import text


def last(history: History) -> dict[str, float | None]:
    return {track.name: track.last for track in history.metrics.values()}


CASES: tuple[tuple[str, str, dict[str, float], dict[str, float]], ...] = (
    ("a row of numbers behind a name is none of them the name's",
     "step 5 loss: 0.5\nbbox_mAP_copypaste: 0.212 0.371 0.218 0.118 0.231", {"loss": 0.5}, {"step": 5}),
    ("a total in prose before the first step",
     "Training starts at step 1, batch size 8, total steps 1000 (warmup 200)\nstep: 10 loss: 3.0",
     {"loss": 3.0}, {"step": 10, "total_steps": 1000}),
    ("an evaluation's own step under its heading",
     "--> STEP: 25/100 -- GLOBAL_STEP: 175\n| > loss: 1.5\n> EVALUATION\n--> STEP: 0\n| > avg_loss: 1.4",
     {"evaluation/avg_loss": 1.4, "loss": 1.5}, {"step": 175}),
    ("a bar without a rate, and where it stands among its figures",
     "Epoch 0:  10%|█  | 100/1000 [01:01<09:00, train_loss=8.50, global_step=99.0, lr=1e-4]",
     {"train_loss": 8.5, "lr": 1e-4}, {"step": 100}),
    ("nested blocks of a result",
     "Result for PPO_x_00000:\n  custom_metrics: {}\n  info:\n    learner:\n      vf_loss: 5.5\n"
     "  episode_reward_mean: 23.5\n  pid: 7\n  training_iteration: 3\n\nnext",
     {"vf_loss": 5.5, "episode_reward_mean": 23.5}, {"step": 3}),
    ("a bare number of a step in brackets", "[500] accuracy=0.55, loss=2.0, steps_per_second=12.5",
     {"accuracy": 0.55, "loss": 2.0, "steps_per_second": 12.5}, {"step": 500}),
    ("an epoch and a step of it in brackets", "[1,  4000] loss: 1.8\n[2,  2000] loss: 1.5",
     {"loss": 1.5}, {"epoch": 2}),
    ("settings in one line with words among them",
     "train: weights=y.pt, cfg=, data=coco.yaml, hyp=a.yaml, epochs=3, imgsz=640\nstep 1 loss 0.5",
     {"loss": 0.5}, {"step": 1}),
    ("nan is a figure and no word", "global_step=1, loss=1.0, acc=nan, val_loss=nan, train_loss=nan, lr=0.1",
     {"loss": 1.0, "lr": 0.1}, {"step": 1}),
    ("German", "Epoche 5 von 10: Verlust = 0,2000; Genauigkeit = 85,5 %",
     {"Verlust": 0.2, "Genauigkeit": 85.5}, {"epoch": 5, "total_epochs": 10}),
    ("French", "Époque 4 sur 10 — perte : 0.375 — précision : 74.0 %",
     {"perte": 0.375, "précision": 74.0}, {"epoch": 4, "total_epochs": 10}),
    ("Chinese", "第 5/20 轮 训练损失: 0.4 验证损失: 0.44", {"训练损失": 0.4, "验证损失": 0.44},
     {"epoch": 5, "total_epochs": 20}),
    ("Russian", "Эпоха 4/20, потери: 0.25, точность: 64%", {"потери": 0.25, "точность": 64.0},
     {"epoch": 4, "total_epochs": 20}),
    ("Japanese", "エポック 4/20 損失: 0.25 精度: 0.64", {"損失": 0.25, "精度": 0.64},
     {"epoch": 4, "total_epochs": 20}),
    ("the next epoch, whatever its line goes on to say",
     "EPOCH 0 - training on 1234567 raw words took 1.0s\nEPOCH 1 - training on 1234567 raw words took 1.1s",
     {}, {"epoch": 1}),
    ("a set's heading with a noun", "Epoch 2\n-----\nTest Error: \n Accuracy: 75.3%, Avg loss: 0.82\n",
     {"test/Accuracy": 75.3, "test/Avg loss": 0.82}, {"epoch": 2}),
    ("a heading of the next epoch ends the evaluation",
     "Epoch 1\nTest Error: \n Accuracy: 75.3%, Avg loss: 0.82\nEpoch 2\nloss: 1.5  [ 6400/60000]",
     {"loss": 1.5, "test/Accuracy": 75.3, "test/Avg loss": 0.82}, {"epoch": 2}),
    ("JSON behind a position", 'step: 4/8 {"loss": 0.25, "acc": 0.64}', {"loss": 0.25, "acc": 0.64},
     {"step": 4, "total_steps": 8}),
    ("a table of generations", "gen\tnevals\tavg\tmax\n1\t51\t11.5\t21.0\n5\t55\t15.5\t25.0",
     {"avg": 15.5, "max": 25.0}, {"step": 5}),
    ("the word epoch in a name", "Training epoch 3\n  mean loss over epoch: 0.333\n",
     {"mean loss over epoch": 0.333}, {"epoch": 3}),
    ("a number three times is no total", "At iteration 400/400/400, Mean rms=3.8%", {"Mean rms": 3.8}, {"step": 400}),
    ("a set and its steps", "train: 40/1000 loss: 5.1", {"loss": 5.1}, {"step": 40, "total_steps": 1000}),
    ("a measure that was reached", "Epoch 1, global step 199: 'val_loss' reached 0.71 (best 0.71), saving model",
     {"val_loss": 0.71}, {"step": 199}),
    ("sets in round brackets", "[Epoch 4/10] (Train) loss: 0.25, acc: 54.1 (Test) loss: 0.3, acc: 52.1",
     {"loss": 0.25, "acc": 54.1, "test/loss": 0.3, "test/acc": 52.1}, {"epoch": 4}),
    ("events of several kinds", '{"event": "train", "step": 40, "loss": 0.5}\n{"event": "eval", "step": 40, "loss": 0.7}',
     {"loss": 0.5, "eval/loss": 0.7}, {"step": 40}),
    ("updates", "epoch: 4 | nupdates: 4000 | loss: 22.1", {"loss": 22.1}, {"step": 4000, "epoch": 4}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "metrics", "place"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_kind_is_read_as_it_is_meant(
    lines: str, metrics: dict[str, float], place: dict[str, float]
) -> None:
    history = text(*lines.split("\n"))

    read = last(history)
    assert {name: read.get(name) for name in metrics} == metrics
    for name, value in place.items():
        assert getattr(history, name) == value
    for setting in ("pid", "warmup", "imgsz", "global_step", "bbox_mAP_copypaste", "best"):
        assert setting not in read


def test_bars_of_one_epoch_under_headings_are_not_the_run() -> None:
    lines = [
        line
        for epoch in range(3)
        for line in (
            f"INFO - trainer - Epoch {epoch}/9",
            f"loss: 0.{9 - epoch} ||: 100%|###| 300/300 [00:10<00:00, 29.1it/s]",
        )
    ]

    history = text(*lines)

    assert last_word(Seen(now=FakeClock().now(), history=history)) is not RunState.FINISHED
    assert history.step == 900 and history.epoch == 2
