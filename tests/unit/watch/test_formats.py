"""Each format on a log that the real library wrote (tests/logs/README.md says which version)."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from flowtui.core.runs.reading import NoticeKind
from tests.logs.read import FIXTURES, fixture, reader_of, runs_in

# fixture, formats, step, total, epoch, epochs, then (metric, values, first, last)
Expected = tuple[
    str,
    tuple[str, ...],
    int | None,
    int | None,
    float | None,
    float | None,
    tuple[tuple[str, int, float, float], ...],
]
TEXTS: tuple[Expected, ...] = (
    ("tqdm_epochs.log", ("tqdm", "steps"), 120, 120, 3, 3,
     (("val_loss", 3, 0.055, 0.0183), ("train_loss", 3, 0.05, 0.0167))),
    ("tqdm_nested.log", ("tqdm",), 60, 60, 3, 3, ()),
    ("tqdm_plain.log", ("tqdm",), 56_800, 56_800, None, None, ()),
    ("hf_trainer.log", ("tqdm", "hf-trainer"), 36, 36, 3, None,
     (("eval_loss", 3, 0.254, 0.03657),)),
    ("hf_trainer_stdout.log", ("hf-trainer",), None, None, 3, None, (("loss", 9, 1.151, 0.03568),)),
    ("keras_bar.log", ("keras",), 48, 48, 3, 3, (("val_loss", 3, 0.7593, 0.7243),)),
    ("keras_lines.log", ("keras",), 48, 48, 3, 3,
     (("loss", 3, 0.7784, 0.7405), ("val_accuracy", 3, 0.375, 0.4375))),
    ("fastprogress_run.log", ("fastai",), 60, 60, 3, 3, (("valid_loss", 3, 0.77, 0.256667),)),
    ("lightning_run.log", ("rich",), None, None, None, None, ()),
    ("rich_columns.log", ("rich",), 60, 60, 1, 1, ()),
    ("rich_bar.log", ("rich",), None, None, 1, 1, ()),
    ("nanogpt.log", ("nanogpt",), 59, None, None, None,
     (("val loss", 3, 4.3, 2.9667), ("loss", 60, 4.2, 2.2333), ("mfu", 60, -100.0, 12.31))),
    ("megatron.log", ("megatron",), 100, 500_000, None, None,
     (("lm loss", 10, 10.55, 8.3), ("validation lm loss", 1, 8.312345, 8.312345))),
    ("arctic.log", ("steps",), 134, 3000, 0, None, (("loss", 5, 15.2469, 15.2069),)),
    ("xgboost_run.log", ("xgboost",), 5, None, None, None, (("test-auc", 6, 0.77655, 0.84334),)),
    ("lightgbm_run.log", ("lightgbm",), 5, None, None, None,
     (("valid's l2", 5, 0.463694, 0.36434),)),
    ("torchrun.log", ("steps",), 12, 100, None, None, (("loss", 13, 3.01, 0.25),)),
    ("ultralytics_run.log", ("ultralytics",), 6, 6, 3, 3, ()),
    ("catboost_run.log", ("catboost",), 11, None, None, None,
     (("learn", 12, 0.672984, 0.490474), ("test", 12, 0.67991, 0.533385))),
    ("sklearn_boosting.log", ("table",), 8, None, None, None,
     (("Train Loss", 8, 1.2703, 0.8568), ("OOB Improve", 8, 0.0723, 0.0789))),
    ("sklearn_network.log", ("steps",), 15, None, None, None, (("loss", 15, 0.854044, 0.84335),)),
    ("optuna_run.log", ("optuna",), 7, None, None, None, (("value", 8, 0.217115, 0.370733),)),
    ("spacy_run.log", ("table",), 60, None, 30, None,
     (("LOSS TEXTCAT", 7, 0.25, 1.96), ("SCORE", 7, 0.28, 1.0))),
    ("plain_prints.log", ("steps",), 290, None, None, None,
     (("acc", 30, 0.249, 0.887),)),
)  # fmt: skip
FILES: tuple[Expected, ...] = (
    ("history.csv", ("fastai-csv",), None, None, 2, None, (("valid_loss", 3, 0.77, 0.256667),)),
    ("keras.csv", ("keras-csv",), None, None, 2, None, ()),
    ("lightning/metrics.csv", ("lightning-csv",), 63, None, 3, None, ()),
    ("ultralytics/results.csv", ("ultralytics-csv",), None, None, 3, None, ()),
    ("log.jsonl", ("jsonl",), 29, None, None, None, ()),
    ("named.jsonl", ("jsonl",), 9, None, 1.8, None, (("training_loss", 10, 3.0, 0.3),)),
    ("checkpoint-36/trainer_state.json", ("hf-trainer-state",), 36, 36, 3, 3, ()),
    ("wandb/finished.wandb", ("wandb",), 60, None, None, None, ()),
    ("wandb/killed.wandb", ("wandb",), 24, None, None, None, (("loss", 25, 1.0, 0.04),)),
)  # fmt: skip


@pytest.mark.parametrize("expected", TEXTS + FILES, ids=lambda expected: expected[0])
def test_what_the_library_wrote_is_read(expected: Expected) -> None:
    name, formats, step, total, epoch, epochs, metrics = expected
    history = fixture(name)
    data = (FIXTURES / name).read_bytes()
    reader = reader_of(data, (FIXTURES / name).name)
    reader.feed(data)
    reader.close()

    if name != "lightning_run.log":  # its width wraps it otherwise from version to version
        assert (history.step, history.total_steps) == (step, total)
        assert (history.epoch, history.total_epochs) == (epoch, epochs)
    assert tuple(reader.formats)[: len(formats)] == formats
    for metric, number, first, last in metrics:
        track = history.metrics[metric]
        assert track.n == number, metric
        assert track.first == pytest.approx(first, rel=1e-3), metric
        assert track.last == pytest.approx(last, rel=1e-3), metric


def test_an_evaluation_inside_a_training_does_not_move_its_step() -> None:
    """Hugging Face draws the evaluation's bar under the training's, both without a name."""
    history = fixture("hf_trainer.log")

    assert history.metrics["eval_loss"].last_step == 36
    assert history.metrics["loss"].series.points()[1].step == 4
    assert history.backs == 0


def test_validation_bars_are_evaluations_not_progress() -> None:
    history = fixture("tqdm_epochs.log")

    assert [n.step for n in history.of_kind(NoticeKind.EVALUATION)] == [40, 80, 120]


def test_a_crash_under_torchrun_tells_rank_error_and_last_checkpoint() -> None:
    history = fixture("torchrun.log")

    trace = history.of_kind(NoticeKind.TRACEBACK)[0]
    assert trace.rank == 1
    assert trace.text.endswith("RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB")
    assert history.of_kind(NoticeKind.OOM)[0].rank == 1
    assert history.of_kind(NoticeKind.CHECKPOINT)[-1].path == "out/step_10"
    failed = history.of_kind(NoticeKind.FAILED)[0]
    assert (failed.rank, failed.exit_status) == (1, 1)


def test_early_stopping_of_lightgbm_is_an_end_not_a_step_back() -> None:
    history = fixture("lightgbm_run.log")

    assert history.of_kind(NoticeKind.FINISHED)
    assert history.metrics["training's l2"].last_step == 46


def test_checkpoints_are_named_by_their_path() -> None:
    found = {
        name: fixture(name).of_kind(NoticeKind.CHECKPOINT)[-1].path
        for name in ("nanogpt.log", "megatron.log", "plain_prints.log")
    }

    assert found == {
        "nanogpt.log": "out",
        "megatron.log": "/ckpt/run1",
        "plain_prints.log": "out/ckpt_300.pt",
    }


def test_not_a_number_is_a_value_like_others() -> None:
    jsonl = fixture("log.jsonl").metrics["loss"]
    wandb = fixture("wandb/finished.wandb").metrics

    assert math.isnan(jsonl.last or 0)
    assert math.isnan(wandb["loss"].last or 0)
    assert wandb["val/loss"].last == math.inf
    assert math.isnan(fixture("plain_prints.log").metrics["val_loss"].last or 0)


def test_wandb_tells_alert_and_exit_and_a_killed_run_has_none() -> None:
    finished, killed = fixture("wandb/finished.wandb"), fixture("wandb/killed.wandb")

    assert [n.text for n in finished.of_kind(NoticeKind.ALERT)] == ["loss is high: look at it"]
    assert [n.exit_status for n in finished.of_kind(NoticeKind.FINISHED)] == [0]
    assert killed.of_kind(NoticeKind.FINISHED) == []


def test_event_files_of_a_folder_are_one_run() -> None:
    log = runs_in(FIXTURES / "events")["events"]

    loss, bad = log.history.metrics["train/loss"], log.history.metrics["val/loss"]
    assert (loss.n, loss.first, loss.last_step) == (100, 2.0, 99)
    assert (bad.n, bad.nonfinite) == (10, 1)
    assert log.history.first_at is not None


def test_event_files_of_tensorflow_2_hold_tensors() -> None:
    track = runs_in(FIXTURES / "tf2")["tf2"].history.metrics["epoch_loss"]

    assert [round(p.value, 5) for p in track.series.points()] == [
        round(3.0 - step / 10, 5) for step in range(20)
    ]


def test_mlflow_tells_the_same_from_its_database_and_its_files() -> None:
    for place in ("mlflow.db", "mlruns"):
        runs = runs_in(FIXTURES / place)
        owl = runs["wise-owl"].history

        assert (owl.metrics["train_loss"].n, owl.metrics["train_loss"].first) == (20, 2.0)
        assert owl.metrics["val_loss"].nonfinite == 1
        assert owl.step == 19
        assert [n.exit_status for n in owl.of_kind(NoticeKind.FINISHED)] == [0]
        ends = Counter(
            tuple(n.exit_status for n in log.history.of_kind(NoticeKind.FINISHED))
            for log in runs.values()
        )
        assert ends == {(0,): 1, (1,): 1, (): 1}  # finished, failed, left running


def test_trackio_tells_runs_and_alerts() -> None:
    runs = runs_in(FIXTURES / "trackio" / "fixture.db")

    fox = runs["quick-fox"].history
    assert (fox.metrics["loss"].n, fox.metrics["loss"].nonfinite, fox.step) == (20, 1, 19)
    assert [n.text for n in fox.of_kind(NoticeKind.ALERT)] == ["loss is NaN: at 19"]
    assert runs["slow-snail"].history.metrics["acc"].last == 0.2


def test_each_fixture_shows_the_metrics_that_the_readme_lists_and_no_others() -> None:
    readme = (FIXTURES.parent / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| fixture | metrics | which |")[2].splitlines()[2:]
    rows = [[cell.strip(" `") for cell in row.strip("|").split(" | ")] for row in table if row]

    assert len(rows) > 30
    for name, number, names in rows:
        metrics = list(fixture(name).metrics)
        assert (str(len(metrics)), ", ".join(metrics) or "none") == (number, names), name
