"""Keras, fastprogress, gradient boosting and the trackers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def _keras(verbose: int) -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import keras
    import numpy

    keras.utils.set_random_seed(1)
    x = numpy.random.rand(160, 4)
    y = (x.sum(1) > 2).astype("float32")
    model = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    logger = keras.callbacks.CSVLogger("keras.csv")
    model.fit(
        x, y, batch_size=8, epochs=3, validation_split=0.2, verbose=verbose, callbacks=[logger]
    )


def keras_bar() -> None:
    """Keras with its bar, and CSVLogger."""
    _keras(1)


def keras_lines() -> None:
    """Keras with one line an epoch (verbose=2)."""
    _keras(2)


def fastprogress_run() -> None:
    """fastprogress' console bars, driven as fastai's Recorder drives them; its history.csv too."""
    import time

    from fastprogress.fastprogress import ConsoleMasterBar, ConsoleProgressBar

    names = ["epoch", "train_loss", "valid_loss", "accuracy", "time"]
    bars = ConsoleMasterBar(range(3))
    bars.write(names, table=True)
    with Path("history.csv").open("w", encoding="utf-8") as file:
        print(",".join(names), file=file)
        for epoch in bars:
            for batch in ConsoleProgressBar(range(20), parent=bars):
                time.sleep(0.002)
                bars.child.comment = f"{1 / (1 + epoch * 20 + batch):.4f}"
            loss = 0.7 / (1 + epoch)
            row = [str(epoch), f"{loss:.6f}", f"{loss * 1.1:.6f}", f"{1 - loss / 2:.6f}", "00:12"]
            bars.write(row, table=True)
            print(",".join(row), file=file)


def xgboost_run() -> None:
    """XGBoost: two sets, early stopping; then cross-validation."""
    import numpy
    import xgboost

    rng = numpy.random.default_rng(1)
    x = rng.random((200, 4))
    y = (x.sum(1) + rng.normal(0, 0.3, 200) > 2).astype(int)
    train, test = xgboost.DMatrix(x[:150], y[:150]), xgboost.DMatrix(x[150:], y[150:])
    settings = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "seed": 1}
    xgboost.train(settings, train, 40, [(train, "train"), (test, "eval")], early_stopping_rounds=8)
    xgboost.cv(settings, train, 6, nfold=3, verbose_eval=True, seed=1)


def lightgbm_run() -> None:
    """LightGBM: two sets, two metrics, early stopping; then cross-validation."""
    import lightgbm
    import numpy

    rng = numpy.random.default_rng(1)
    x = rng.random((300, 4))
    y = x.sum(1) + rng.normal(0, 0.3, 300)
    train = lightgbm.Dataset(x[:200], y[:200])
    test = lightgbm.Dataset(x[200:], y[200:], reference=train)
    settings = {"objective": "regression", "metric": ["l2", "l1"], "seed": 1, "num_threads": 1}
    calls = [lightgbm.log_evaluation(1), lightgbm.early_stopping(8)]
    lightgbm.train(settings, train, 60, [train, test], callbacks=calls)
    lightgbm.cv(
        settings, train, 5, nfold=3, callbacks=[lightgbm.log_evaluation(1)], stratified=False
    )


QUIET = {"x_disable_stats": True, "x_disable_meta": True, "x_disable_machine_info": True}


def wandb_run() -> None:
    """A run of wandb in offline mode that was finished."""
    import wandb

    os.environ["WANDB_MODE"] = "offline"
    os.environ["WANDB_SILENT"] = "true"
    run = wandb.init(project="fixture", name="calm-river", settings=QUIET)
    for step in range(60):
        run.log({"loss": 2.0 / (1 + step), "nested": {"acc": step / 60}, "words": "text"})
    run.log({"loss": float("nan"), "val/loss": float("inf")})
    run.alert("loss is high", "look at it")
    run.finish()


KILLED = """
import time, wandb
quiet = {"x_disable_stats": True, "x_disable_meta": True, "x_disable_machine_info": True}
run = wandb.init(project="fixture", name="killed", settings=quiet)
for step in range(25):
    run.log({"loss": 1.0 / (1 + step)})
time.sleep(60)
"""


def wandb_killed() -> None:
    """A run of wandb in offline mode that was killed together with wandb's own process."""
    import signal
    import subprocess
    import sys
    import time

    env = {**os.environ, "WANDB_MODE": "offline", "WANDB_SILENT": "true"}
    with subprocess.Popen([sys.executable, "-c", KILLED], env=env, start_new_session=True) as run:
        time.sleep(25)
        os.killpg(run.pid, signal.SIGKILL)


def mlflow_sqlite() -> None:
    """MLflow's database: a finished run with a NaN, one left running."""
    import mlflow

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    _mlflow(mlflow)


def mlflow_files() -> None:
    """MLflow's folder of files."""
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    import mlflow

    mlflow.set_tracking_uri(f"file:{Path('mlruns').resolve()}")
    _mlflow(mlflow)


def _mlflow(mlflow: Any) -> None:
    mlflow.set_experiment("fixture")
    with mlflow.start_run(run_name="wise-owl"):
        for step in range(20):
            mlflow.log_metric("train_loss", 2.0 / (1 + step), step=step)
            if step % 5 == 4:
                bad = float("nan") if step == 19 else 2.1 / (1 + step)
                mlflow.log_metric("val_loss", bad, step=step)
    client = mlflow.MlflowClient()
    left = client.create_run(mlflow.get_experiment_by_name("fixture").experiment_id)
    client.log_metric(left.info.run_id, "loss", 0.5, step=3)
    failed = client.create_run(mlflow.get_experiment_by_name("fixture").experiment_id)
    client.log_metric(failed.info.run_id, "loss", 0.7, step=4)
    client.set_terminated(failed.info.run_id, "FAILED")


def trackio_run() -> None:
    """trackio's database, by its own storage class: metrics with NaN, an alert."""
    os.environ["TRACKIO_DIR"] = str(Path("trackio").resolve())
    from trackio.sqlite_storage import SQLiteStorage

    steps = list(range(20))
    metrics: list[dict[str, Any]] = [{"loss": 2.0 / (1 + step), "acc": step / 20} for step in steps]
    metrics[-1]["loss"] = float("nan")
    SQLiteStorage.bulk_log("fixture", "quick-fox", metrics, steps=steps, config={"lr": 0.1})
    SQLiteStorage.bulk_alert("fixture", "quick-fox", ["loss is NaN"], ["at 19"], ["error"], [19])
    SQLiteStorage.bulk_log("fixture", "slow-snail", metrics[:5], steps=steps[:5])


def jsonl() -> None:
    """Two shapes of JSON lines, by Python's json (which writes NaN bare)."""
    with Path("log.jsonl").open("w", encoding="utf-8") as file:
        for step in range(30):
            row: dict[str, Any] = {"step": step, "loss": 3 / (1 + step), "time": 1.7e9 + step}
            if step % 10 == 9:
                row["eval"] = {"loss": 3.1 / (1 + step), "acc": step / 30}
            if step == 29:
                row["loss"] = float("nan")
            print(json.dumps(row), file=file)
    with Path("named.jsonl").open("w", encoding="utf-8") as file:
        for step in range(10):
            stamp = f"2026-01-01T10:00:{step:02d}.000000"
            data = {"step": step, "epoch": step / 5, "value": 3 / (1 + step), "timestamp": stamp}
            print(json.dumps({"name": "training_loss", "data": data}), file=file)


def clearml_run() -> None:
    """ClearML offline: two metrics and a single value, one task."""
    os.environ["HOME"] = str(Path.cwd())
    from clearml import Task

    Task.set_offline(True)
    task = Task.init(
        "fixture", "made up", auto_connect_frameworks=False, auto_resource_monitoring=False
    )
    for step in range(1, 31):
        task.get_logger().report_scalar("loss", "train", value=2.0 / step, iteration=step)
        if step % 10 == 0:
            task.get_logger().report_scalar("loss", "validation", 2.2 / step, iteration=step)
    task.close()


def comet_run() -> None:
    """Comet offline: two metrics with steps and epochs."""
    from comet_ml import OfflineExperiment

    run = OfflineExperiment(
        project_name="fixture", offline_directory="comet", log_code=False, log_env_details=False,
        auto_output_logging=False,
    )  # fmt: skip
    for step in range(1, 31):
        run.log_metric("train/loss", 2.0 / step, step=step, epoch=1 + step // 11)
        if step % 10 == 0:
            run.log_metric("val/loss", 2.2 / step, step=step)
    run.end()
