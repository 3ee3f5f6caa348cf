"""What ClearML and Comet write without a server is what was logged, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flowtui.watch.places import find
from flowtui.watch.runlog import RunLog
from tests.logs.read import FIXTURES, runs_in


@pytest.mark.parametrize(
    ("path", "train", "validation"),
    [
        ("clearml/metrics.jsonl", "loss/train", "loss/validation"),
        ("clearml", "loss/train", "loss/validation"),
        ("comet/experiment.zip", "train/loss", "val/loss"),
        ("comet", "train/loss", "val/loss"),
    ],
)
def test_what_was_logged_offline_is_read(path: str, train: str, validation: str) -> None:
    [run] = runs_in(FIXTURES / path).values()
    metrics = run.history.metrics

    assert run.history.step == 30
    assert [metrics[train].n, metrics[train].first, metrics[train].last] == [30, 2.0, 2.0 / 30]
    assert [metrics[validation].n, metrics[validation].last] == [3, 2.2 / 30]
    assert not set(metrics) - {train, validation, "process duration"}


def test_an_epoch_of_comet_is_read() -> None:
    [run] = runs_in(FIXTURES / "comet" / "experiment.zip").values()

    assert run.history.epoch == 3


def test_an_archive_of_something_else_is_no_log(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.txt", "step 1 loss 0.5\n")
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 step 1 loss 0.5")

    for name, problem in (("photos", "holds no log"), ("torn", "packed, and damaged")):
        run = RunLog(find(tmp_path / f"{name}.zip")[0])
        run.look()
        assert not run.history.metrics
        assert problem in run.problems[0]


def test_steps_of_mmengine_count_iterations_and_its_evaluations_have_none(tmp_path: Path) -> None:
    log = tmp_path / "scalars.json"
    log.write_text(
        '{"lr": 0.001, "data_time": 0.01, "loss": 1.31, "epoch": 1, "iter": 50, "step": 50}\n'
        '{"lr": 0.001, "data_time": 0.01, "loss": 1.11, "epoch": 1, "iter": 100, "step": 100}\n'
        '{"coco/bbox_mAP": 0.21, "data_time": 0.01, "time": 0.05, "step": 1}\n'
    )
    [run] = runs_in(log).values()

    assert run.history.step == 100
    assert run.history.metrics["coco/bbox_mAP"].last == 0.21
    assert not {"iter", "step"} & set(run.history.metrics)


def test_steps_of_stable_baselines_are_its_timesteps(tmp_path: Path) -> None:
    log = tmp_path / "progress.csv"
    log.write_text(
        "rollout/ep_rew_mean,time/total_timesteps,time/iterations,train/loss\n21.3,2048,1,\n31.3,4096,2,0.31\n"
    )
    [run] = runs_in(log).values()

    assert run.history.step == 4096
    assert run.history.metrics["rollout/ep_rew_mean"].last == 31.3
