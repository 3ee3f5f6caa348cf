"""Runs on a trackio server: all new rows of a project by one question, from the last id on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.runs.address import TRACKIO, Address
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report
from flowtui.core.text import plain
from flowtui.watch.remote.origin import Offer, OriginError, Want
from flowtui.watch.remote.web import Web
from flowtui.watch.servers.points import Points, figure

ROWS = 1000
MOST_PAGES = 20
Json = dict[str, Any]


Rows = Sequence[Json]
Members = list[Want]


class TrackioServer:
    """The projects of one server."""

    floor_s = 30.0
    near_s = 10.0

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._points: dict[str, Points] = {}
        self._reports: dict[str, Report] = {}

    @property
    def name(self) -> str:
        """ "trackio http://lab.example"."""
        return f"{TRACKIO} {self._web.url}"

    def report(self, id: str) -> Report | None:
        """What was heard of a run last."""
        return self._reports.get(id)

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def list(self, words: str) -> Sequence[Offer]:
        """A run of a project, or all of them (PROJECT/all). Raises OriginError."""
        project, _, wanted = words.partition("/")
        names = [
            str(run["name"]) for run in self._call("get_runs_for_project", {"project": project})
        ]
        return [
            Offer(Address(TRACKIO, self._web.url, f"{project}/{name}"), plain(name, 80))
            for name in names
            if wanted in (name, "all")
        ]

    def read(self, wants: Sequence[Want]) -> Spent:
        """The new rows of each project that a wanted run is in."""
        by_project: dict[str, Members] = defaultdict(list)
        for want in wants:
            by_project[want.address.name.partition("/")[0]].append(want)
        for project, members in by_project.items():
            self._read_project(project, members)
        asked, took = self._web.spent()
        return Spent(asked, took)

    def _read_project(self, project: str, wants: Sequence[Want]) -> None:
        points = {want.id: self._of(want) for want in wants}
        rows: Rows = []
        last = min(int(each.state.get("id", 0)) for each in points.values())
        for _ in range(MOST_PAGES):
            query = (
                "select id, run_name, step, timestamp, metrics from metrics"
                f" where id > {last} order by id limit {ROWS}"
            )
            got = self._call("query_project", {"project": project, "query": query})
            rows = got.get("rows", []) if isinstance(got, dict) else []
            for want in wants:
                self._take(want, points[want.id], rows)
            if len(rows) < ROWS:
                break
            last = int(rows[-1]["id"])
        at = self._clock.now().timestamp()
        for want in wants:
            mine = points[want.id]
            self._reports[want.id] = Report(
                want.address.where, at, logs=mine.logs, size=mine.size, behind=len(rows) >= ROWS
            )

    def _take(self, want: Want, points: Points, rows: Rows) -> None:
        """Keep those rows that are of this run and were not kept before."""
        run, known = want.address.name.partition("/")[2], int(points.state.get("id", 0))
        fresh = [row for row in rows if int(row["id"]) > known]
        if not fresh:
            return
        mine = [_line(row) for row in fresh if str(row["run_name"]) == run]
        try:
            points.add([line for line in mine if line is not None], {"id": int(fresh[-1]["id"])})
        except OSError as error:
            raise OriginError(f"{points.path}: {error.strerror}", told=True) from None

    def _of(self, want: Want) -> Points:
        if want.id not in self._points:
            self._points[want.id] = Points(want.folder)
        return self._points[want.id]

    def _call(self, name: str, fields: Json) -> Any:
        return self._web.post(f"/api/{name}", fields).get("data", {})


def _line(row: Json) -> Json | None:
    """A row as a line of points; None for one without any."""
    try:
        metrics = json.loads(row["metrics"])
        at = datetime.fromisoformat(str(row["timestamp"]))
    except (KeyError, TypeError, ValueError):
        return None
    if not isinstance(metrics, dict):
        return None
    values = {str(name): v for name, value in metrics.items() if (v := figure(value)) is not None}
    stamp = (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
    return {"step": row.get("step"), "timestamp": stamp, **values} if values else None
