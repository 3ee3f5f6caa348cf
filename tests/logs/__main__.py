"""Write the log fixtures anew: `python -m tests.logs --python PYTHON [--only NAME]...`.

PYTHON is an interpreter that has the real libraries (tests/logs/README.md lists them). Each maker
runs in an empty folder; what it prints, through a pipe or a pseudo-terminal, and the files it
leaves become fixtures. Versions go to fixtures/versions.json.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Maker:
    """How one fixture is made."""

    module: str
    function: str
    packages: tuple[str, ...]
    """Distributions whose versions are recorded."""
    log: bool = True
    """True if what it prints is a fixture."""
    terminal: bool = False
    """True if it prints to a pseudo-terminal of 24 by 100."""
    files: tuple[tuple[str, str], ...] = ()
    """Pattern of a file that it leaves, and the fixture's name."""
    old: bool = False
    """True if it wants the second interpreter, with transformers 4."""
    split: bool = False
    """True if standard output alone is a fixture of its own as well (NAME_stdout.log)."""


MAKERS = (
    Maker("bars", "tqdm_epochs", ("tqdm",)),
    Maker("bars", "tqdm_nested", ("tqdm",), terminal=True),
    Maker("bars", "tqdm_plain", ("tqdm",)),
    Maker("bars", "rich_bar", ("rich",), terminal=True),
    Maker("bars", "rich_columns", ("rich",), terminal=True),
    Maker("bars", "plain_prints", ()),
    Maker("bars", "nanogpt", ()),
    Maker("bars", "megatron", ()),
    Maker("bars", "arctic", ()),
    Maker("torches", "torchrun", ("torch",)),
    Maker("torches", "torch_events", ("torch", "tensorboard"), log=False,
          files=(("events/*.0", "events/events.out.tfevents.1.0"),
                 ("events/*.1", "events/events.out.tfevents.2.1"))),
    Maker("torches", "tf2_events", ("tensorboard",), log=False,
          files=(("events2/*", "tf2/events.out.tfevents.3"),)),
    Maker("torches", "hf_trainer", ("transformers", "torch"), split=True,
          files=(("hf/checkpoint-36/trainer_state.json", "checkpoint-36/trainer_state.json"),)),
    Maker("torches", "hf_trainer_4", ("transformers",), old=True),
    Maker("torches", "lightning_run", ("lightning",),
          files=(("lightning_logs/version_0/metrics.csv", "lightning/metrics.csv"),)),
    Maker("torches", "ultralytics_run", ("ultralytics",),
          files=(("yolo/train*/results.csv", "ultralytics/results.csv"),)),
    Maker("others", "keras_bar", ("keras",), files=(("keras.csv", "keras.csv"),)),
    Maker("others", "keras_lines", ("keras",)),
    Maker("others", "fastprogress_run", ("fastprogress",), files=(("history.csv", "history.csv"),)),
    Maker("others", "xgboost_run", ("xgboost",)),
    Maker("others", "lightgbm_run", ("lightgbm",)),
    Maker("tables", "catboost_run", ("catboost",)),
    Maker("tables", "sklearn_boosting", ("scikit-learn",)),
    Maker("tables", "sklearn_network", ("scikit-learn",)),
    Maker("tables", "optuna_run", ("optuna",)),
    Maker("tables", "spacy_run", ("spacy",)),
    Maker("others", "wandb_run", ("wandb",), log=False,
          files=(("wandb/offline-run-*/*.wandb", "wandb/finished.wandb"),)),
    Maker("others", "wandb_killed", ("wandb",), log=False,
          files=(("wandb/offline-run-*/*.wandb", "wandb/killed.wandb"),)),
    Maker("others", "mlflow_sqlite", ("mlflow-skinny",), log=False,
          files=(("mlflow.db", "mlflow.db"),)),
    Maker("others", "mlflow_files", ("mlflow-skinny",), log=False, files=(("mlruns", "mlruns"),)),
    Maker("others", "trackio_run", ("trackio",), log=False,
          files=(("trackio/fixture.db", "trackio/fixture.db"),)),
    Maker("others", "clearml_run", ("clearml",), log=False,
          files=((".clearml/cache/offline/offline-*/metrics.jsonl", "clearml/metrics.jsonl"),)),
    Maker("others", "comet_run", ("comet_ml",), log=False,
          files=(("comet/*.zip", "comet/experiment.zip"),)),
    Maker("others", "jsonl", (), log=False,
          files=(("log.jsonl", "log.jsonl"), ("named.jsonl", "named.jsonl"))),
)  # fmt: skip


def make(maker: Maker, python: str) -> None:
    """Run a maker and keep its fixtures. Raises RuntimeError if it leaves none."""
    code = f"from tests.logs.makers.{maker.module} import {maker.function} as f; f()"
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "100"}
        if maker.split:
            _run([python, "-c", code], folder, env, False, stderr=False)
            only = _plain(Path(folder, "out").read_bytes(), folder, python)
            (FIXTURES / f"{maker.function}_stdout.log").write_bytes(only)
        _run([python, "-c", code], folder, env, maker.terminal)
        if maker.log:
            (FIXTURES / f"{maker.function}.log").write_bytes(
                _plain(Path(folder, "out").read_bytes(), folder, python)
            )
        for pattern, name in maker.files:
            found = sorted(Path(folder).glob(pattern))
            if not found:
                raise RuntimeError(
                    f"{maker.function} left no {pattern}: {Path(folder, 'out').read_text()}"
                )
            for number, path in enumerate(found):
                _keep(path, FIXTURES / name.format(n=number))


def _plain(text: bytes, folder: str, python: str) -> bytes:
    """What a maker printed, with this machine's folders under short names."""
    packages = str(Path(python).parents[1])
    text = text.replace(folder.encode(), b"/run").replace(packages.encode(), b"/venv")
    return re.sub(rb"CPU \(.*?\)", b"CPU", text)


def _slim(path: Path) -> None:
    """Drop the tables of a database that no reader looks at, and what they took."""
    wanted = {
        "runs",
        "metrics",
        "latest_metrics",
        "experiments",
        "configs",
        "alerts",
        "system_metrics",
    }
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("pragma journal_mode = delete")
        base.execute("pragma foreign_keys = off")
        names = base.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            if name not in wanted and not name.startswith("sqlite_"):
                base.execute(f'drop table "{name}"')
        base.execute("vacuum")


def _keep(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(path, target)
    else:
        shutil.copy(path, target)
        if target.suffix == ".db":
            _slim(target)


def _run(
    command: list[str], folder: str, env: dict[str, str], terminal: bool, stderr: bool = True
) -> None:
    with Path(folder, "out").open("wb") as out:
        if not terminal:
            errors = subprocess.STDOUT if stderr else subprocess.DEVNULL
            subprocess.run(
                command, cwd=folder, env=env, stdout=out, stderr=errors, check=False, timeout=300
            )
            return
        lead, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        with subprocess.Popen(command, cwd=folder, env=env, stdout=end, stderr=end) as process:
            os.close(end)
            while True:
                try:
                    piece = os.read(lead, 65536)
                except OSError:  # Linux: the other end is closed
                    break
                if not piece:
                    break
                out.write(piece)
            process.wait()
        os.close(lead)


def _versions(python: str, makers: Sequence[Maker]) -> dict[str, str]:
    names = sorted({name for maker in makers for name in maker.packages})
    code = (
        "import importlib.metadata as m, json, sys\n"
        "print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    )
    told = subprocess.run([python, "-c", code, *names], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(told.stdout)
    return found


def main() -> None:
    """Make all fixtures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--python4", default="", help="one with transformers 4")
    parser.add_argument("--only", action="append", default=[])
    chosen = parser.parse_args()
    FIXTURES.mkdir(exist_ok=True)
    for maker in MAKERS:
        if chosen.only and maker.function not in chosen.only:
            continue
        if maker.old and not chosen.python4:
            print(f"{maker.function}: left as it is, it wants --python4")
            continue
        print(maker.function, flush=True)
        make(maker, chosen.python4 if maker.old else chosen.python)
    found = _versions(chosen.python, [maker for maker in MAKERS if not maker.old])
    if chosen.python4:
        found["transformers 4"] = _versions(chosen.python4, MAKERS)["transformers"]
    versions = json.dumps(found, indent=2, sort_keys=True)
    (FIXTURES / "versions.json").write_text(versions + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
