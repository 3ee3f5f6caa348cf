"""Runs on an MLflow server: one search for all that run, curves only for what is looked at first.

The search gives each metric's latest value, step and instant; whole curves cost seconds a run, so
of a few that are new here the last points of two metrics are fetched, and no more.
Instants are the training host's clock, in milliseconds. A run that was killed stays RUNNING there:
how old its newest point is decides, as with any log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.runs.address import MLFLOW, Address
from flowtui.core.runs.job import Job, JobState
from flowtui.core.runs.metrics import key_metric, partner
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report
from flowtui.core.text import plain
from flowtui.watch.remote.origin import Offer, OriginError, Want
from flowtui.watch.remote.web import Web
from flowtui.watch.servers.points import Points, figure

API = "/api/2.0/mlflow"
PAGE = 200
MOST_PAGES = 5
TAIL_STEPS = 2000
"""Of a run that is new here so many steps are fetched of what was before."""
MOST_CURVES = 8
"""Of so many new runs in a round their past is asked for; the others' curves begin now."""
MOST_SINGLE = 10
"""Runs that are asked for one by one in a round: those that run no more."""
ENDS: Mapping[str, JobState] = {
    "FINISHED": JobState.COMPLETED, "FAILED": JobState.FAILED, "KILLED": JobState.CANCELLED,
}  # fmt: skip
Json = dict[str, Any]
Names = list[str]


class MlflowServer:
    """The runs of one server."""

    floor_s = 30.0
    near_s = 30.0

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._points: dict[str, Points] = {}
        self._reports: dict[str, Report] = {}
        self._experiments: Names = []

    @property
    def name(self) -> str:
        """ "mlflow https://lab.example"."""
        return f"{MLFLOW} {self._web.url}"

    def report(self, id: str) -> Report | None:
        """What was heard of a run last."""
        return self._reports.get(id)

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def list(self, words: str) -> Sequence[Offer]:
        """Runs by their id, by `all` (that run), or by an experiment's name. Raises OriginError."""
        if len(words) == 32 and words.isalnum():
            found = [self._web.get(f"{API}/runs/get", {"run_id": words})["run"]]
        elif words == "all":
            found = list(self._running(self._all_experiments()))
        else:
            ids = self._all_experiments(words)
            found = list(self._running(ids)) if ids else []
        return [
            Offer(
                Address(MLFLOW, self._web.url, run["info"]["run_id"]),
                plain(run["info"].get("run_name") or run["info"]["run_id"], 80),
                run["info"].get("status", ""),
            )
            for run in found
        ]

    def read(self, wants: Sequence[Want]) -> Spent:
        """What is new of all of them."""
        if not self._experiments:
            self._experiments = self._all_experiments()
        rows = {run["info"]["run_id"]: run for run in self._running(self._experiments)}
        at = self._clock.now().timestamp()
        new: list[tuple[Want, Json]] = []
        single = 0
        for want in wants:
            row = rows.get(want.address.name)
            if row is None and not self._is_over(want):
                if single >= MOST_SINGLE:
                    continue
                single += 1
                row = self._one(want)
            if row is None:
                continue
            if not self._of(want).state:
                new.append((want, row))
            else:
                self._take(want, row, at)
        for number, (want, row) in enumerate(new):
            if number < MOST_CURVES:
                self._first(want, row)
            self._take(want, row, at)
        asked, took = self._web.spent()
        return Spent(asked, took)

    def _of(self, want: Want) -> Points:
        if want.id not in self._points:
            self._points[want.id] = Points(want.folder)
        return self._points[want.id]

    def _is_over(self, want: Want) -> bool:
        report = self._reports.get(want.id)
        return report is not None and report.over

    def _one(self, want: Want) -> Json | None:
        try:
            run: Json = self._web.get(f"{API}/runs/get", {"run_id": want.address.name})["run"]
        except OriginError as error:
            if "HTTP 404" not in str(error):
                raise
            problem = f"no run {want.address.name} is on {self._web.host}"
            self._reports[want.id] = Report(want.address.where, problem=problem)
            return None
        return run

    def _take(self, want: Want, row: Json, at: float) -> None:
        """Keep the latest value of each metric, if it is one that was not heard of."""
        points = self._of(want)
        state = dict(points.state)
        by_place: dict[tuple[int, float], Json] = defaultdict(dict)
        for metric in row.get("data", {}).get("metrics", ()):
            step, stamp = int(metric["step"]), float(metric["timestamp"]) / 1000
            value = figure(metric["value"])
            if value is None or state.get(metric["key"]) == [step, stamp]:
                continue
            state[metric["key"]] = [step, stamp]
            by_place[step, stamp][metric["key"]] = value
        rows = [
            {"step": step, "timestamp": stamp, **by_place[step, stamp]}
            for step, stamp in sorted(by_place)
        ]
        if rows or not points.state:
            self._keep(points, rows, state or {"": [0, 0.0]})
        status = ENDS.get(row["info"].get("status", ""))
        ended = row["info"].get("end_time")
        self._reports[want.id] = Report(
            where=want.address.where, heard_at=at, logs=points.logs, size=points.size,
            over=status is not None,
            job=None if status is None else Job(want.address.name, status),
            exit_status=0 if status is JobState.COMPLETED else None,
            ended_at=float(ended) / 1000 if ended and status is not None else None,
        )  # fmt: skip

    def _first(self, want: Want, row: Json) -> None:
        """What was before, of the two metrics that say most."""
        latest = {m["key"]: int(m["step"]) for m in row.get("data", {}).get("metrics", ())}
        key = key_metric(latest)
        names = [key, partner(key, list(latest))] if key is not None else list(latest)[:1]
        by_step: dict[tuple[int, float], Json] = defaultdict(dict)
        for name in names:
            if name is None or latest[name] <= 0:
                continue
            fields = {
                "run_ids": want.address.name, "metric_key": name, "max_results": TAIL_STEPS,
                "start_step": max(0, latest[name] - TAIL_STEPS), "end_step": latest[name],
            }  # fmt: skip
            got = self._web.get(f"{API}/metrics/get-history-bulk-interval", fields)
            for point in got.get("metrics", ()):
                value = figure(point["value"])
                place = int(point["step"]), float(point["timestamp"]) / 1000
                if value is not None and place[0] < latest[name]:
                    by_step[place][name] = value
        rows = [
            {"step": step, "timestamp": stamp, **by_step[step, stamp]}
            for step, stamp in sorted(by_step)
        ]
        if rows:
            self._keep(self._of(want), rows, {})

    def _keep(self, points: Points, rows: Sequence[Json], state: Json) -> None:
        try:
            points.add(rows, state)
        except OSError as error:
            raise OriginError(f"{points.path}: {error.strerror}", told=True) from None

    def _all_experiments(self, named: str = "") -> Names:
        found: Names = []
        token = ""
        for _ in range(MOST_PAGES):
            ask: Json = {"max_results": PAGE} | ({"page_token": token} if token else {})
            got = self._web.post(f"{API}/experiments/search", ask)
            for each in got.get("experiments", ()):
                if not named or named in (each["name"], each["experiment_id"]):
                    found.append(each["experiment_id"])
            token = got.get("next_page_token", "")
            if not token:
                break
        return found

    def _running(self, experiments: Names) -> Iterator[Json]:
        token = ""
        for _ in range(MOST_PAGES):
            if not experiments:
                return
            ask: Json = {
                "experiment_ids": experiments, "max_results": PAGE,
                "filter": "attributes.status = 'RUNNING'",
            }  # fmt: skip
            ask |= {"page_token": token} if token else {}
            got = self._web.post(f"{API}/runs/search", ask)
            yield from got.get("runs", ())
            token = got.get("next_page_token", "")
            if not token:
                return
