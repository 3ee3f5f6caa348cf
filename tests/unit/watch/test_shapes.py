"""Shapes of lines that scripts and libraries print, written from their formats."""

# ruff: noqa: E501  lines of logs are as long as they are

from __future__ import annotations

import math

import pytest

from flowtui.core.runs.history import History
from flowtui.core.runs.reading import NoticeKind
from tests.logs.read import text

# name, lines, step, total, epoch, epochs, last values
Shape = tuple[
    str, tuple[str, ...], int | None, int | None, float | None, float | None, dict[str, float]
]
SHAPES: tuple[Shape, ...] = (
    ("a tutorial's", ("Epoch [1/5], Step [100/600], Loss: 0.4512",
                      "Epoch [2/5], Step [100/600], Loss: 0.3512"), 700, 3000, 2, 5, {"Loss": 0.3512}),
    ("MNIST example", ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 1.213376",), None, None, 1, None,
     {"Loss": 1.213376}),
    ("ImageNet example", ("Epoch: [0][ 10/5005]\tTime  0.4 ( 0.9)\tLoss 6.9e+00 (7.0e+00)",),
     10, None, 0, None, {"Time": 0.4, "Loss": 6.9}),
    ("fairseq", ("2024-01-01 10:00:00 | INFO | train_inner | epoch 001:    100 / 1000 loss=12.3, "
                 "ppl=5000.1, wps=1000, lr=1e-05",), 100, None, 1, None,
     {"loss": 12.3, "ppl": 5000.1, "wps": 1000, "lr": 1e-5}),
    ("mmengine", ("2024-01-01 10:00:00,123 - mmdet - INFO - Epoch [2][50/7330]\tlr: 1.978e-03, "
                  "eta: 1 day, 2:00:00, time: 0.5, loss: 1.2",), 7380, None, 2, None,
     {"lr": 1.978e-3, "time": 0.5, "loss": 1.2}),
    ("detectron2", ("[01/01 10:00:00 d2.utils.events]:  eta: 0:10:00  iter: 19  total_loss: 1.5  "
                    "lr: 0.0001",), 19, None, None, None, {"total_loss": 1.5, "lr": 1e-4}),
    ("Stable-Baselines3", ("-" * 20, "| rollout/           |          |",
                           "|    ep_rew_mean     | 21.5     |", "| time/              |          |",
                           "|    total_timesteps | 2048     |", "-" * 20), 2048, None, None, None,
     {"rollout/ep_rew_mean": 21.5}),
    ("llm.c", ("step   10/19560 | loss 7.123456 (+0.12z)| norm 1.2345 (-0.5z)| lr 1.00e-05 | 3 ms",),
     10, 19560, None, None, {"loss": 7.123456, "norm": 1.2345, "lr": 1e-5}),
    ("torchtune", ("1|100|Loss: 1.234: 10%|█         | 100/1000 [01:00<09:00, 1.67it/s]",),
     100, 1000, None, None, {"Loss": 1.234}),
    ("a bar that is described", ("loss 0.75:  50%|█    | 5/10 [00:01<00:01, 5.00it/s]",),
     5, 10, None, None, {"loss": 0.75}),
    ("a bar of plain letters", ("train:  50%|#####     | 500/1000 [00:10<00:10, 50.0it/s, loss=0.5]",),
     500, 1000, None, None, {"loss": 0.5}),
    ("a slow bar, over a day", ("  5%|▌         | 50/1000 [26:03:04<1172:49:40, 1.20s/it]",),
     50, 1000, None, None, {}),
    ("Lightning's other bar", ("Epoch 1: 100%|███| 30/30 [00:00<00:05, 5.20it/s, v_num=3, loss=1.0]",),
     30, None, 1, None, {"loss": 1.0}),
    ("Keras 2", ("Epoch 1/10", " 32/313 [==>....] - ETA: 12s - loss: 0.5312 - accuracy: 0.8"),
     32, 3130, 1, 10, {"loss": 0.5312, "accuracy": 0.8}),
    ("logging's prefix", ("INFO:root:step=10 loss=0.5", "2024-01-01 10:00:01 INFO t: step 20 | loss 0.4"),
     20, None, None, None, {"loss": 0.4}),
    ("numbers of all kinds", ("iter=10 train/loss=1e-3 val/loss=1.0E+01 ppl=1,234.5 x_loss=.5",),
     10, None, None, None, {"train/loss": 1e-3, "val/loss": 10.0, "ppl": 1234.5, "x_loss": 0.5}),
    ("one line an epoch", ("Epoch 4: train_loss=0.40 val_loss=0.48 val_acc=89.0%",), None, None, 4,
     None, {"train_loss": 0.4, "val_loss": 0.48, "val_acc": 89.0}),
    ("srun --label", ("1: step 5/10 loss: 0.7", "0: step 5/10 loss: 0.5"), 5, 10, None, None,
     {"loss": 0.5}),
    ("mpirun --tag-output", ("[1,0]<stdout>:step 5/10 loss: 0.5",), 5, 10, None, None, {"loss": 0.5}),
    ("old Hugging Face with nan", ("{'loss': nan, 'learning_rate': 4.9e-05, 'epoch': 0.1}",), None,
     None, 0.1, None, {"loss": math.nan, "learning_rate": 4.9e-5}),
    ("infinite", ("val_loss: -inf",), None, None, None, None, {"val_loss": -math.inf}),
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[0])
def test_a_shape_is_read(shape: Shape) -> None:
    _, lines, step, total, epoch, epochs, metrics = shape

    history = text(*lines)

    assert (history.step, history.total_steps) == (step, total)
    assert (history.epoch, history.total_epochs) == (epoch, epochs)
    assert repr({t.name: t.last for t in history.metrics.values()}) == repr(
        {name: float(value) for name, value in metrics.items()}
    )


def test_unknown_names_are_metrics_once_they_come_for_the_third_time() -> None:
    lines = [f"widgets={k} queue: {k / 2}" for k in range(5)]

    assert text(*lines[:2]).metrics == {}
    assert text(*lines).metrics["widgets"].n == 5


@pytest.mark.parametrize(
    "line",
    [
        "learning_rate: 0.001",
        "Namespace(lr=0.1, epochs=10, loss='ce')",
        "number of parameters: 10.65M",
        "wandb:   loss ▁▂▃",
        "see https://example.org/step/10?loss=2",
        "Loading data from /data/step 3",
    ],
)
def test_settings_and_prose_are_no_metrics(line: str) -> None:
    history = text(line)

    assert not history.metrics or line.startswith("see"), history.metrics
    assert history.step is None


@pytest.mark.parametrize(
    ("line", "kind", "path"),
    [
        ("Saving model checkpoint to out/checkpoint-500", NoticeKind.CHECKPOINT, "out/checkpoint-500"),
        ("Epoch 1: val_loss improved from inf to 0.50, saving model to best.keras",
         NoticeKind.CHECKPOINT, "best.keras"),
        ("Restored all states from the checkpoint at runs/a.ckpt", NoticeKind.RESUMED, "runs/a.ckpt"),
        ("***** Running Evaluation *****", NoticeKind.EVALUATION, None),
        ("Training completed. Do not forget to share your model", NoticeKind.FINISHED, None),
        ("Epoch 12: early stopping", NoticeKind.FINISHED, None),
        ("slurmstepd: error: *** JOB 1 ON n1 CANCELLED AT 2024-01-01T10:00:00 DUE TO TIME LIMIT ***",
         NoticeKind.INTERRUPTED, None),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=1.batch.", NoticeKind.OOM, None),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", NoticeKind.OOM, None),
        ("RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory", NoticeKind.OOM, None),
        ("Segmentation fault (core dumped)", NoticeKind.FAILED, None),
        ("[rank3]:[E704 13:48:58.26 ProcessGroupNCCL.cpp:1746] [PG ID 0] Watchdog caught collective "
         "operation timeout: WorkNCCL(SeqNum=1)", NoticeKind.FAILED, None),
    ],
)  # fmt: skip
def test_words_that_matter_are_noticed(line: str, kind: NoticeKind, path: str | None) -> None:
    notices = text("step 1 loss 0.5", line).notices

    assert [(notice.kind, notice.path) for notice in notices] == [(kind, path)]


def test_tracebacks_of_ranks_that_interleave_are_told_apart() -> None:
    history = text(
        "[rank0]: Traceback (most recent call last):",
        "[rank1]: Traceback (most recent call last):",
        '[rank0]:   File "a.py", line 1, in f',
        '[rank1]:   File "b.py", line 2, in g',
        "[rank1]: ValueError: one",
        "[rank0]: KeyError: 'zero'",
    )

    told = [(n.rank, n.text.splitlines()[-1]) for n in history.of_kind(NoticeKind.TRACEBACK)]
    assert told == [(1, "ValueError: one"), (0, "KeyError: 'zero'")]


def test_a_stopped_program_is_interrupted_not_crashed() -> None:
    history = text("Traceback (most recent call last):", '  File "a.py"', "KeyboardInterrupt")

    assert [n.kind for n in history.notices] == [NoticeKind.INTERRUPTED]


def test_a_bar_that_prepared_the_run_is_not_the_run() -> None:
    lines = (
        "100%|##########| 64/64 [00:03<00:00, 20.0it/s]",
        "Epoch 0, train loss: 0.69, val acc: 0.52",
        "Epoch 1, train loss: 0.68, val acc: 0.54",
    )

    early, later = text(*lines[:2]), text(*lines)

    assert (early.step, early.total_steps) == (64, 64)  # a bar of all, and what came of it
    assert (later.step, later.total_steps, later.epoch) == (None, None, 1.0)
    assert History.load(later.dump()).dump() == later.dump()
