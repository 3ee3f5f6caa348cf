"""MLflow's and trackio's own servers, asked as the watcher asks them; too heavy for the suite.

    python -m tests.remote.real_trackers PYTHON

PYTHON is an interpreter in which mlflow and trackio are installed (two minutes). Their servers are
started on loopback in a folder that goes afterwards, filled through their own clients, and read;
each line printed is a thing that held. Ends with 1 at the first that does not.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flowtui.core.runs.address import parse_address
from flowtui.core.runs.report import Report
from flowtui.system.clock import SystemClock
from flowtui.watch.remote.origin import Want
from flowtui.watch.remote.web import Web
from flowtui.watch.servers.mlflow import MlflowServer
from flowtui.watch.servers.trackio import TrackioServer

RUNS = 200
MLFLOW = """
import sys, json
from mlflow.tracking import MlflowClient
from mlflow.entities import Metric
client = MlflowClient(tracking_uri=sys.argv[1])
if sys.argv[2] == "fill":
    experiment = client.create_experiment("sweep")
    ids = [client.create_run(experiment, run_name=f"run-{n}").info.run_id
           for n in range(int(sys.argv[3]))]
    steps = range(0, 50, 10)
else:
    ids, steps = json.loads(sys.stdin.read()), range(50, 60, 10)
for id in ids:
    client.log_batch(id, [Metric("val/loss", 1 / (s + 1), 1_700_000_000_000 + s, s) for s in steps])
if sys.argv[2] == "end":
    client.set_terminated(ids[0], "FAILED")
print(json.dumps(ids))
"""
TRACKIO_FILL = """
from trackio.sqlite_storage import SQLiteStorage as store
for n in range(3):
    store.bulk_log("sweep", f"run-{n}", [{"loss": 1 / (s + 1)} for s in range(1500)],
                   steps=list(range(1500)), run_id=f"{n:032x}")
"""
TRACKIO_SERVE = """
import sys, trackio
trackio.show(host="127.0.0.1", server_port=int(sys.argv[1]), open_browser=False, block_thread=True)
"""


def main(python: str) -> None:
    """Start, fill and read both."""
    with tempfile.TemporaryDirectory(prefix="flowtui-") as folder:
        for story in (_mlflow, _trackio):
            place = Path(folder) / story.__name__
            place.mkdir()
            story(python, place)


def _mlflow(python: str, folder: Path) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}",
        "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    with _server(command, folder, f"{url}/health"):
        ids = _said([python, "-c", MLFLOW, url, "fill", str(RUNS)], folder)
        clock = SystemClock()
        source = MlflowServer(Web(url, folder / "tokens", clock), clock)
        offers = [*source.list("sweep")]
        _holds(f"{RUNS} runs of an experiment are found", len(offers) == RUNS)
        wants = [Want(offer.address.name, offer.address, folder / offer.name) for offer in offers]
        source.read(wants)
        first = _rows(source.report(wants[0].id))
        _holds("a run comes with its past", [row["step"] for row in first] == [0, 10, 20, 30, 40])
        _said([python, "-c", MLFLOW, url, "end"], folder, json.dumps(ids))
        began, cpu = time.perf_counter(), time.process_time()
        spent = source.read(wants)
        took, here = time.perf_counter() - began, time.process_time() - cpu
        _holds(
            f"new points of {RUNS} runs: {spent.requests} requests, {took:.2f} s, {here:.2f} s of"
            " CPU here",
            spent.requests <= 3,
        )
        last = [_rows(source.report(want.id))[-1] for want in wants]
        _holds("each has its newest point", all(row["step"] == 50 for row in last))
        ended = [want.id for want in wants if _report(source.report(want.id)).over]
        _holds("one that failed is over, and no other", len(ended) == 1)
        source.close()


def _trackio(python: str, folder: Path) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    env = {"TRACKIO_DIR": str(folder / "data"), "HF_HUB_OFFLINE": "1"}
    _said([python, "-c", TRACKIO_FILL], folder, env=env)
    with _server([python, "-c", TRACKIO_SERVE, str(port)], folder, f"{url}/version", env):
        clock = SystemClock()
        source = TrackioServer(Web(url, folder / "tokens", clock), clock)
        offers = [*source.list("sweep/all")]
        _holds("three runs of a project are found", len(offers) == 3)
        want = Want("a", parse_address(f"trackio+{url}/sweep/run-1"), folder / "a")
        spent = source.read([want])
        steps = [row["step"] for row in _rows(source.report("a"))]
        _holds(f"a run of 1,500 points in {spent.requests} requests", steps == [*range(1500)])
        _holds("nothing new is one question", source.read([want]).requests == 1)
        source.close()


@contextmanager
def _server(
    command: list[str], folder: Path, health: str, env: dict[str, str] | None = None
) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True,
            env={"PATH": os.defpath, "HOME": str(folder), **(env or {})},
        )  # fmt: skip
        try:
            _until(lambda: _answers(health), folder / "log", process)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def _until(true: Callable[[], bool], log: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 180
    while not true():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"the server did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.3)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _said(
    command: list[str], folder: Path, given: str = "", env: dict[str, str] | None = None
) -> Any:
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, check=False,
        env={"PATH": os.defpath, "HOME": str(folder), **(env or {})},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


def _report(report: Report | None) -> Report:
    if report is None:
        raise SystemExit("nothing was heard of a run")
    return report


def _rows(report: Report | None) -> list[dict[str, Any]]:
    texts = [Path(log).read_text() for log in _report(report).logs]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def _holds(what: str, true: bool) -> None:
    print(f"{'ok' if true else 'NOT SO'}: {what}", flush=True)
    if not true:
        raise SystemExit(1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main(sys.argv[1])
