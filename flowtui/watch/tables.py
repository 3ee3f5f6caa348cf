"""Runs in the databases of MLflow and trackio, read without either package.

MLflow (3.17): tables runs and metrics; not-a-number is stored as 0 with is_nan set. trackio (0.43):
tables metrics (a JSON object a row) and alerts; not-a-number and infinities are words. Rows are
asked for from the last one on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.databases import reading, why
from flowtui.watch.readers.prefixes import instant
from flowtui.watch.readers.records import items_of

MAX_ROWS = 200_000
"""At most so many in one poll; the rest comes with the next ones."""
_HUGE = 1.7976931348623157e308
"""MLflow's database stores infinities as the largest number."""


class _Rows:
    """What both have in common: a database, a run in it, and the last row that was given."""

    format: ClassVar[str] = ""

    def __init__(self, path: Path, run: str) -> None:
        self._path = path
        self.run = run
        self._last = 0
        self._ended = False
        self._problem: str | None = None
        self._changed_at: float | None = None

    @property
    def path(self) -> Path:
        """The database."""
        return self._path

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return (self.format,)

    @property
    def changed_at(self) -> float | None:
        """When this run's last row was written."""
        return self._changed_at

    @property
    def problem(self) -> str | None:
        """Why it cannot be read just now; None if it can."""
        return self._problem

    def look(self) -> list[Item]:
        """All rows so far."""
        items: list[Item] = []
        while True:
            before = self._last
            items += self.poll()
            if self._last - before < MAX_ROWS or self._problem:
                return items

    def poll(self) -> list[Item]:
        """Rows that are new."""
        try:
            with reading(self._path) as connection:
                items = self._ask(connection)
        except (sqlite3.Error, OSError) as error:
            said, self._problem = self._problem, why(error)
            if said == self._problem:
                return []
            return [Notice(NoticeKind.DAMAGE, f"{self._path}: {self._problem}")]
        self._problem = None
        for item in items:
            if item.at is not None:
                self._changed_at = max(self._changed_at or 0.0, item.at)
        return items

    def close(self) -> list[Item]:
        """Nothing: rows are whole."""
        return []

    def state(self) -> dict[str, Any]:
        """The last row that was given."""
        return {"last": self._last, "ended": self._ended}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        try:
            self._last, self._ended = int(state["last"]), bool(state["ended"])
        except (KeyError, TypeError, ValueError):
            return

    def _ask(self, connection: sqlite3.Connection) -> list[Item]:
        raise NotImplementedError


class MlflowRows(_Rows):
    """One run in an mlflow.db."""

    format: ClassVar[str] = "mlflow-sqlite"

    def _ask(self, connection: sqlite3.Connection) -> list[Item]:
        items: list[Item] = []
        rows = connection.execute(
            "select rowid, key, value, timestamp, step, is_nan from metrics"
            " where run_uuid = ? and rowid > ? order by rowid limit ?",
            (self.run, self._last, MAX_ROWS),
        )
        for row, key, value, stamp, step, is_nan in rows:
            self._last = row
            figure = float("nan") if is_nan else _infinite(float(value))
            at = stamp / 1000 if stamp else None
            items.append(Reading(int(step), {str(key): figure}, at=at))
        items.sort(key=lambda item: item.step or 0)
        told = connection.execute(
            "select status, end_time from runs where run_uuid = ?", (self.run,)
        ).fetchone()
        if told is not None and told[1] and not self._ended:
            self._ended = True
            items.append(ending(str(told[0]), told[1] / 1000))
        return items


class TrackioRows(_Rows):
    """One run in a trackio database."""

    format: ClassVar[str] = "trackio"

    def __init__(self, path: Path, run: str) -> None:
        super().__init__(path, run)
        self._last_alert = 0

    def _ask(self, connection: sqlite3.Connection) -> list[Item]:
        items: list[Item] = []
        rows = connection.execute(
            "select id, timestamp, step, metrics from metrics where run_name = ? and id > ?"
            " order by id limit ?",
            (self.run, self._last, MAX_ROWS),
        )
        for row, stamp, step, metrics in rows:
            self._last = row
            found = items_of(_object(metrics))
            at = instant(str(stamp))
            items += [
                item._replace(step=int(step), at=at) for item in found if isinstance(item, Reading)
            ]
        items += self._alerts(connection)
        return items

    def state(self) -> dict[str, Any]:
        """The last rows that were given."""
        return {**super().state(), "alert": self._last_alert}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        super().restore(state)
        self._last_alert = int(state.get("alert", 0))

    def _alerts(self, connection: sqlite3.Connection) -> list[Item]:
        items: list[Item] = []
        try:
            rows = connection.execute(
                "select id, timestamp, title, text, step from alerts where run_name = ? and id > ?"
                " order by id limit 1000",
                (self.run, self._last_alert),
            ).fetchall()
        except sqlite3.OperationalError:
            return items  # older versions have no alerts
        for row, stamp, title, text, step in rows:
            self._last_alert = row
            words = ": ".join(str(part) for part in (title, text) if part)
            at = instant(str(stamp))
            items.append(Notice(NoticeKind.ALERT, words, None, None, step, at))
        return items


def ending(status: str, at: float | None) -> Notice:
    """How MLflow says that a run ended."""
    if status == "KILLED":
        return Notice(NoticeKind.INTERRUPTED, "MLflow says: killed", at=at)
    code = 0 if status == "FINISHED" else 1
    return Notice(NoticeKind.FINISHED, f"MLflow says: {status.lower()}", at=at, exit_status=code)


def _infinite(value: float) -> float:
    return float("inf") if value >= _HUGE else float("-inf") if value <= -_HUGE else value


def _object(raw: object) -> dict[str, Any]:
    try:
        found = json.loads(raw) if isinstance(raw, str | bytes) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
