"""MLflow, trackio and Prometheus, by stand-ins that answer as the real ones do."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.core.runs.address import parse_address
from flowtui.core.runs.fleet import fleet_view
from flowtui.core.runs.job import JobState
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.report import Report
from flowtui.services.runs.fleet_file import read_fleet, write_fleet
from flowtui.watch.remote.feed import Feed
from flowtui.watch.remote.origin import OriginError, Want
from flowtui.watch.remote.web import Web
from flowtui.watch.servers.mlflow import MlflowServer
from flowtui.watch.servers.prometheus import Fleet, Prometheus
from flowtui.watch.servers.trackio import TrackioServer
from tests.fakes import FakeClock
from tests.remote.fake_servers import (
    FakeServer,
    Json,
    mlflow_run,
    serve_mlflow,
    serve_prometheus,
    serve_trackio,
    trackio_row,
)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    made = FakeServer()
    yield made
    made.close()


def web(server: FakeServer, folder: Path, ca_file: Path | None = None) -> Web:
    return Web(server.url, folder / "tokens", FakeClock(), ca_file)


def token(server: FakeServer, folder: Path, line: str, mode: int = 0o600) -> Path:
    path = folder / "tokens" / "localhost"
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n")
    path.chmod(mode)
    return path


def lines(report: Report | None) -> list[Json]:
    assert report is not None
    return [json.loads(line) for log in report.logs for line in Path(log).read_text().splitlines()]


# MLflow


def mlflow_want(server: FakeServer, folder: Path, number: int) -> Want:
    address = parse_address(f"mlflow+{server.url}/{number:032x}")
    return Want(f"run{number}", address, folder / f"run{number}")


def test_a_run_of_mlflow_comes_with_its_past_and_then_point_by_point(
    server: FakeServer, tmp_path: Path
) -> None:
    runs = [mlflow_run(1, val__loss=(0.9, 100), lr=(0.1, 100))]
    serve_mlflow(server, runs)
    mlflow = MlflowServer(web(server, tmp_path), FakeClock())
    want = mlflow_want(server, tmp_path, 1)
    mlflow.read([want])
    rows = lines(mlflow.report("run1"))
    assert [row["step"] for row in rows] == [*range(0, 100, 10), 100]
    assert rows[-1] == {"step": 100, "timestamp": 1_700_000_100.0, "val/loss": 0.9, "lr": 0.1}
    runs[0] = mlflow_run(1, val__loss=("NaN", 110), lr=(0.1, 100))
    before = len(server.requests)
    spent = mlflow.read([want])
    assert (spent.requests, len(server.requests) - before) == (1, 1)
    last = lines(mlflow.report("run1"))[-1]
    assert last["step"] == 110 and last["val/loss"] != last["val/loss"] and "lr" not in last
    again = MlflowServer(web(server, tmp_path), FakeClock())  # another watcher
    again.read([want])
    assert len(lines(again.report("run1"))) == 12


def test_two_hundred_runs_are_one_search(server: FakeServer, tmp_path: Path) -> None:
    runs = [mlflow_run(number, loss=(1.0, 5)) for number in range(200)]
    serve_mlflow(server, runs)
    mlflow = MlflowServer(web(server, tmp_path), FakeClock())
    wants = [mlflow_want(server, tmp_path, number) for number in range(200)]
    mlflow.read(wants)
    for step in (6, 7, 8):
        runs[:] = [mlflow_run(number, loss=(1.0, step)) for number in range(200)]
        before = len(server.requests)
        mlflow.read(wants)
        assert len(server.requests) - before == 1
    assert all(lines(mlflow.report(want.id))[-1]["step"] == 8 for want in wants)


@pytest.mark.parametrize(
    ("status", "state"),
    [("FINISHED", JobState.COMPLETED), ("FAILED", JobState.FAILED), ("KILLED", JobState.CANCELLED)],
)
def test_the_end_of_a_run_of_mlflow_is_its_own_word(
    server: FakeServer, tmp_path: Path, status: str, state: JobState
) -> None:
    runs = [mlflow_run(1, loss=(1.0, 5))]
    serve_mlflow(server, runs)
    mlflow = MlflowServer(web(server, tmp_path), FakeClock())
    want = mlflow_want(server, tmp_path, 1)
    mlflow.read([want])
    runs[0] = mlflow_run(1, status, loss=(0.5, 9))
    mlflow.read([want])
    report = mlflow.report("run1")
    assert report is not None and report.over and report.job is not None
    assert report.job.state is state and lines(report)[-1]["loss"] == 0.5
    before = len(server.requests)
    mlflow.read([want])
    assert server.paths()[before:] == ["/api/2.0/mlflow/runs/search"]


def test_runs_of_mlflow_are_found_by_id_by_experiment_and_all(
    server: FakeServer, tmp_path: Path
) -> None:
    serve_mlflow(server, [mlflow_run(1), mlflow_run(2), mlflow_run(3, "FINISHED")])
    mlflow = MlflowServer(web(server, tmp_path), FakeClock())

    assert [o.name for o in mlflow.list("all")] == ["run-1", "run-2"]
    assert [o.name for o in mlflow.list("sweep")] == ["run-1", "run-2"]
    assert mlflow.list("nothing") == []
    [offer] = mlflow.list(f"{3:032x}")
    assert str(offer.address) == f"mlflow+{server.url}/{3:032x}"
    assert parse_address(str(offer.address)) == offer.address


def test_an_mlflow_of_another_time_says_what_it_gives(server: FakeServer, tmp_path: Path) -> None:
    server.answers = {"/api/2.0/mlflow/experiments/search": {"something": "else"}}
    mlflow = MlflowServer(web(server, tmp_path), FakeClock())
    assert mlflow.list("all") == []
    feed = Feed(MlflowServer(web(server, tmp_path), FakeClock()), FakeClock(), lambda: 0.5)
    want = mlflow_want(server, tmp_path, 1)
    feed.choose((want,), near=False)
    feed.round()
    report = feed.report(want.id)
    assert report.problem and not report.over


# trackio


def test_all_new_rows_of_a_project_come_by_one_question(server: FakeServer, tmp_path: Path) -> None:
    rows = [trackio_row(n, "ab"[n % 2], n, f'{{"loss": {1 / n}, "note": "x"}}') for n in (1, 2, 3)]
    serve_trackio(server, rows)
    trackio = TrackioServer(web(server, tmp_path), FakeClock())
    address = parse_address(f"trackio+{server.url}/demo/a")
    wants = [
        Want("a", address, tmp_path / "a"),
        Want("b", parse_address(f"trackio+{server.url}/demo/b"), tmp_path / "b"),
    ]
    trackio.read(wants)
    assert [row["step"] for row in lines(trackio.report("b"))] == [1, 3]
    rows.append(trackio_row(4, "a", 4, '{"loss": "NaN", "val/loss": 0.5}'))
    rows.append(trackio_row(5, "a", 5, "no JSON"))
    spent = trackio.read(wants)
    assert spent.requests == 1 and len(lines(trackio.report("b"))) == 2
    last = lines(trackio.report("a"))[-1]
    assert last["val/loss"] == 0.5 and last["timestamp"] == 1_772_625_600.5
    assert [o.address.name for o in trackio.list("demo/all")] == ["demo/a", "demo/b"]


def test_more_rows_than_one_answer_holds_are_all_fetched(
    server: FakeServer, tmp_path: Path
) -> None:
    serve_trackio(server, [trackio_row(n, "a", n, '{"loss": 1}') for n in range(1, 2501)])
    trackio = TrackioServer(web(server, tmp_path), FakeClock())
    trackio.read([Want("a", parse_address(f"trackio+{server.url}/demo/a"), tmp_path / "a")])

    assert [row["step"] for row in lines(trackio.report("a"))] == list(range(1, 2501))


# Prometheus


def ask(server: FakeServer, folder: Path, *labels: str, jobs: str = "1001") -> Fleet:
    fleet, _ = Prometheus(web(server, folder), FakeClock(), labels).ask([jobs], ["n001"], False)
    return fleet


def test_the_gpus_of_a_job_come_by_one_question(server: FakeServer, tmp_path: Path) -> None:
    serve_prometheus(server, 2)
    fleet = ask(server, tmp_path)
    path, fields, _ = server.requests[-1]
    assert path == "/api/v1/query" and fields["query"][0].endswith('hpc_job=~"1001"}[90s]')
    assert fleet.join == "by job label hpc_job" and len(fleet.gpus) == 16
    job, gpu = fleet.gpus[0]
    assert (job, gpu.host, gpu.index, gpu.util, gpu.power_w) == ("1001", "n001", 0, 0.8, 400.0)
    assert gpu.mem_total_bytes == 80_000 << 20


def test_a_lost_gpu_a_silent_node_and_an_idle_one_are_told_apart(
    server: FakeServer, tmp_path: Path
) -> None:
    serve_prometheus(server, 2)
    gpus = {(gpu.host, gpu.index): gpu for _, gpu in ask(server, tmp_path).gpus}
    assert gpus["n001", 6].problem == "lost: the exporter sees it no more"
    assert gpus["n002", 0].problem == "its node is silent"
    assert gpus["n001", 6].util is None and gpus["n001", 5].util == 0.0
    view = fleet_view(list(gpus.values()), {}, "x")
    assert (view.count, view.idle, view.lost) == (16, 1, 9)
    assert view.rows == (("n001", "▇▇▇▇▇▁×▇"), ("n002", "××××××××"))
    assert len(view.worst) == 8 and view.worst[0][0].problem is not None


@pytest.mark.parametrize(
    ("names", "wish", "join"),
    [
        ({"job": "slurm_job_id"}, (), "by job label slurm_job_id"),
        ({"job": "our_job"}, ("job=our_job",), "by job label our_job"),
        ({"job": "", "host": "hostname"}, (), "by node, shared with others"),
        ({"job": "", "host": ""}, (), "no label tells jobs or nodes: say it in [sources]"),
    ],
)
def test_the_labels_of_a_site_are_learned_or_said(
    server: FakeServer, tmp_path: Path, names: dict[str, str], wish: tuple[str, ...], join: str
) -> None:
    serve_prometheus(server, 1, 8, **names)
    assert ask(server, tmp_path, *wish).join.startswith(join)


def test_an_xid_of_before_is_no_news_and_a_new_one_is(tmp_path: Path) -> None:
    from flowtui.watch.servers.prometheus import NAMES, gpus_of

    labels = {what: names[0] for what, names in NAMES.items()}
    seen: dict[str, int] = {}

    def problem(xid: int) -> str | None:
        metric = {"UUID": "GPU-1", "gpu": "3", "Hostname": "n1", "hpc_job": "7"}
        rows = [
            {"metric": metric | {"__name__": f"DCGM_FI_DEV_{name}"}, "values": [[100.0, str(v)]]}
            for name, v in (("GPU_UTIL", 50), ("XID_ERRORS", xid))
        ]
        [(_, gpu)] = gpus_of(rows, labels, 101.0, seen)
        return gpu.problem

    assert problem(48) is None
    words = problem(79)
    assert words is not None and words.startswith("lost: Xid 79")


def test_a_view_of_many_gpus_survives_its_file(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    gpus = [
        GpuReading(datetime(2026, 3, 4, tzinfo=UTC), n % 8, f"G{n}", "H100", 0.5, host=f"n{n // 8}")
        for n in range(1024)
    ]
    view = fleet_view(gpus, {"G0": [0.1, None, 0.9]}, "by job label x")
    write_fleet(tmp_path, view)
    assert read_fleet(tmp_path, view.at + 30) == view
    assert read_fleet(tmp_path, view.at + 10_000).count == 0
    assert (tmp_path / "fleet.json").stat().st_size < 20_000


# Logins, limits and faults


@pytest.mark.parametrize(
    ("line", "header"),
    [("Bearer s3cret", "Bearer s3cret"), ("Basic ada:s3cret", "Basic YWRhOnMzY3JldA==")],
)
def test_a_login_lies_in_a_file_and_is_sent_and_never_told(
    server: FakeServer, tmp_path: Path, line: str, header: str
) -> None:
    serve_prometheus(server, 1)
    server.wants = header
    with pytest.raises(OriginError, match="wants a login") as refused:
        ask(server, tmp_path)
    assert refused.value.told
    token(server, tmp_path, line)
    assert ask(server, tmp_path).gpus
    server.wants = "Bearer another"  # it has run out
    with pytest.raises(OriginError, match="has run out") as refused:
        ask(server, tmp_path)
    assert "s3cret" not in str(refused.value) and "tokens/localhost" in str(refused.value)


def test_a_header_of_ones_own_is_sent(server: FakeServer, tmp_path: Path) -> None:
    serve_prometheus(server, 1)
    token(server, tmp_path, "X-Scope-OrgID: lab")
    ask(server, tmp_path)
    assert server.requests[-1][2]["X-Scope-OrgID"] == "lab"


@pytest.mark.parametrize(
    ("line", "mode", "words"),
    [
        ("Bearer s3cret", 0o644, "can be read by others: chmod 600"),
        ("s3cret", 0o600, "is to hold one line"),
        ("Bea\trer s3cret", 0o600, "is to hold one line"),
        ("Token s3cret", 0o600, "is to begin with"),
    ],
)
def test_a_login_that_is_not_safe_or_not_clear_is_not_sent(
    server: FakeServer, tmp_path: Path, line: str, mode: int, words: str
) -> None:
    serve_prometheus(server, 1)
    token(server, tmp_path, line, mode)
    with pytest.raises(OriginError, match=words) as refused:
        ask(server, tmp_path)
    assert server.requests == [] and "s3cret" not in str(refused.value)


def test_a_server_that_has_too_many_requests_is_left_alone_for_as_long_as_it_says(
    server: FakeServer, tmp_path: Path
) -> None:
    serve_mlflow(server, [])
    server.status, server.headers = 429, {"Retry-After": "600"}
    clock = FakeClock()
    feed = Feed(MlflowServer(web(server, tmp_path), clock), clock, lambda: 0.5)
    feed.choose((mlflow_want(server, tmp_path, 1),), near=True)

    assert feed.round() == 600.0 and len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 503, 301])
def test_a_failing_server_is_told_and_not_followed_elsewhere(
    server: FakeServer, tmp_path: Path, status: int
) -> None:
    serve_mlflow(server, [])
    server.status, server.headers = status, {"Location": "http://localhost:1/x"}
    with pytest.raises(OriginError, match=f"HTTP {status}"):
        MlflowServer(web(server, tmp_path), FakeClock()).list("all")
    assert len(server.requests) == 1


def test_half_an_answer_is_none(server: FakeServer, tmp_path: Path) -> None:
    serve_mlflow(server, [mlflow_run(1)])
    server.half = True
    with pytest.raises(OriginError, match="broke off"):
        MlflowServer(web(server, tmp_path), FakeClock()).list("all")


def test_an_answer_that_is_too_large_is_refused(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.watch.remote.web.MOST", 1000)
    serve_prometheus(server, 8)
    with pytest.raises(OriginError, match="an answer of more than"):
        ask(server, tmp_path)


def test_nobody_listening_is_told(server: FakeServer, tmp_path: Path) -> None:
    mlflow = MlflowServer(Web("http://localhost:1", tmp_path, FakeClock()), FakeClock())
    with pytest.raises(OriginError, match="nobody listens there"):
        mlflow.list("all")


def test_a_certificate_of_ones_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    certificate = tmp_path / "own.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(certificate.with_suffix(".key")), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    server = FakeServer(certificate)
    try:
        serve_prometheus(server, 1)
        with pytest.raises(OriginError, match=r"is not trusted .*ca_file") as refused:
            ask(server, tmp_path)
        assert refused.value.told
        prometheus = Prometheus(web(server, tmp_path, certificate), FakeClock())
        assert prometheus.ask(["1001"], [], False)[0].gpus
    finally:
        server.close()
