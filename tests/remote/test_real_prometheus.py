"""GPUs by a real Prometheus: a job's, a fleet of 1,024, one that is lost, a node that is silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.core.runs.machine import GpuReading
from flowtui.system.clock import SystemClock
from flowtui.watch.remote.origin import OriginError
from flowtui.watch.remote.web import Web
from flowtui.watch.servers.prometheus import Prometheus
from tests.remote.prometheus_rig import Exporter, RealPrometheus, missing

NODES = 128


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    if needed := missing():
        pytest.skip(f"needs {needed}")
    made = Exporter(NODES)
    yield made
    made.close()


@pytest.fixture
def real(exporter: Exporter, tmp_path: Path) -> Iterator[RealPrometheus]:
    made = RealPrometheus(tmp_path / "prometheus", exporter)
    yield made
    made.close()


def test_a_real_server_tells_a_jobs_gpus_a_whole_fleet_and_what_is_lost(
    real: RealPrometheus, exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.watch.servers.prometheus.MISSING_S", 3.0)
    clock = SystemClock()
    source = Prometheus(Web(real.url, tmp_path / "tokens", clock), clock)

    def ask(*jobs: str, first: bool = False) -> dict[str, GpuReading]:
        fleet, _ = source.ask(jobs, (), first)
        assert fleet.join == "by job label hpc_job"
        return {gpu.uuid: gpu for job, gpu in fleet.gpus if job in jobs}

    own = ask("7", first=True)
    assert sorted(own) == [f"GPU-{n:05}" for n in range(112, 128)]
    one = own["GPU-00113"]
    assert (one.host, one.index, one.util, one.power_w, one.temp_c) == ("n0014", 1, 0.13, 512.5, 61)
    assert one.mem_used_bytes == 40_000 << 20 and one.problem is None
    fleet, spent = source.ask([str(job) for job in range(NODES // 2)], (), True)
    assert len(fleet.gpus) == NODES * 8 and spent.requests == 2
    assert fleet.past is not None and len(fleet.past) == NODES * 8

    exporter.xids[112] = 79
    exporter.gone.add(15)
    real.until(lambda: ask("7")["GPU-00112"].problem, "the GPU off the bus is seen")
    real.until(lambda: ask("7")["GPU-00120"].problem, "the silent node is seen")
    now = ask("7")
    assert str(now["GPU-00112"].problem).startswith("lost: Xid 79, ")
    assert {now[f"GPU-{n:05}"].problem for n in range(120, 128)} == {"its node is silent"}
    assert now["GPU-00113"].problem is None
    source.close()


def test_a_real_server_that_is_gone_is_an_error_in_one_line(
    real: RealPrometheus, tmp_path: Path
) -> None:
    clock = SystemClock()
    source = Prometheus(Web(real.url, tmp_path / "tokens", clock), clock)
    assert len(source.ask(["3"], (), False)[0].gpus) == 16
    real.close()
    with pytest.raises(OriginError) as told:
        source.ask(["3"], (), False)
    assert "\n" not in str(told.value) and "127.0.0.1" in str(told.value)
    source.close()
