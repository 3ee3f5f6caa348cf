"""Which runs are in a tracker's database or folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.watch.databases import reading, why
from flowtui.watch.mlflow_files import meta_of

_MLFLOW = (
    "select run_uuid, coalesce(nullif(name, ''), run_uuid) from runs"
    " where lifecycle_stage = 'active' order by start_time desc"
)
_TRACKIO = "select run_name, run_name from metrics group by run_name order by max(id) desc"


def runs_in_database(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """The kind of store, and key and name of each run, the latest first.

    Raises FlowError for a database that is no tracker's, is damaged or locked.
    """
    try:
        with reading(path) as connection:
            names = {row[0] for row in connection.execute("select name from sqlite_master")}
            if {"runs", "metrics", "experiments"} <= names:
                return "mlflow", connection.execute(_MLFLOW).fetchall()
            if {"metrics", "configs"} <= names or {"metrics", "system_metrics"} <= names:
                return "trackio", connection.execute(_TRACKIO).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise FlowError(f"{path}: {why(error)}", "look again in a moment") from error
    raise FlowError(
        f"{path} is no database of MLflow or trackio", "give a log, a folder or another database"
    )


def runs_in_mlruns(folder: Path) -> list[tuple[Path, str]]:
    """Folder and name of each run under MLflow's folder, an experiment's, or a run's own."""
    if (folder / "metrics").is_dir():
        return [(folder, meta_of(folder).get("run_name") or folder.name)]
    found: list[tuple[str, Path, str]] = []
    for path in sorted(folder.glob("*/metrics")) + sorted(folder.glob("*/*/metrics")):
        meta = meta_of(path.parent)
        name = meta.get("run_name") or path.parent.name
        found.append((meta.get("start_time", ""), path.parent, name))
    found.sort(key=lambda run: run[0], reverse=True)
    return [(path, name) for _, path, name in found]
