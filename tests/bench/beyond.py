"""Figures of what is watched elsewhere: `python -m tests.bench.beyond [NAME]`, of `main`."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.runs.fleet import fleet_view
from flowtui.core.runs.pace import Account, Pace, Spent
from flowtui.services.runs.fleet_file import read_fleet, write_fleet
from flowtui.system.clock import SystemClock
from flowtui.watch.servers.prometheus import NAMES, gpus_of
from tests.fakes import FakeClock


def main(words: list[str]) -> None:
    """Measure what is named, or all of it."""
    parts: dict[str, Callable[[], None]] = {
        "gpus": gpus, "runs": runs, "hour": hour, "line": line, "fleet": fleet,
    }  # fmt: skip
    for name in words or list(parts):
        parts[name]()


def fleet(count: int = 10_000) -> None:
    """All of 10,000 GPUs by a real Prometheus: its work and ours for one answer."""
    from flowtui.watch.remote.web import Web
    from flowtui.watch.servers.prometheus import Prometheus
    from tests.remote.prometheus_rig import Exporter, RealPrometheus

    folder = Path(tempfile.mkdtemp(prefix="flowtui-bench-"))
    exporter = Exporter(count // 8)
    server = RealPrometheus(folder / "prometheus", exporter, every_s=15)
    clock = SystemClock()
    source = Prometheus(Web(server.url, folder / "tokens", clock), clock)
    jobs = [str(job) for job in range(count // 16 + 1)]
    try:
        rows = []
        for _ in range(5):
            theirs, ours, began = server.cpu_s(), time.process_time(), time.perf_counter()
            answer, _ = source.ask(jobs, (), False)
            took = time.perf_counter() - began
            rows.append((server.cpu_s() - theirs, time.process_time() - ours, took))
            assert len(answer.gpus) == count
        theirs, ours, took = (statistics.median(row[i] for row in rows) for i in range(3))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{count} GPUs: server {theirs:.2f} s of CPU, here {ours:.2f} s, answer {took:.2f} s, "
            f"{peak:.0f} MB resident at the peak"
        )
    finally:
        source.close()
        server.close()
        exporter.close()
        shutil.rmtree(folder)


def gpus() -> None:
    """One answer about 1,024 GPUs, from its bytes to the lines of the screen."""
    from tests.remote.fake_servers import FakeServer, serve_prometheus

    server = FakeServer()
    serve_prometheus(server, 128)
    answer: Any = server.answers["/api/v1/query"]
    text = json.dumps(answer({}))
    server.close()
    import tracemalloc
    from zoneinfo import ZoneInfo

    from flowtui.tui.runs.run_rows import fleet_lines

    labels = {what: names[0] for what, names in NAMES.items()}
    folder = Path(tempfile.mkdtemp())

    def once() -> int:
        rows = json.loads(text)["data"]["result"]
        readings = gpus_of(rows, labels, time.time(), {})
        view = fleet_view([gpu for _, gpu in readings], {}, "by job label hpc_job")
        write_fleet(folder, view)
        shown = read_fleet(folder, view.at)
        return len(fleet_lines(shown, view.at, ZoneInfo("UTC"), 120, 24))

    once()
    took = []
    for _ in range(15):
        began = time.process_time()  # the machine may be busy with something else
        once()
        took.append(1000 * (time.process_time() - began))
    tracemalloc.start()
    once()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(
        f"1,024 GPUs, {len(text) / 1e6:.1f} MB of answer to lines: median"
        f" {statistics.median(took):.0f} ms of CPU, worst {max(took):.0f} ms, peak {peak:.1f} MB"
    )


def runs() -> None:
    """The watcher's processor with 200 remote runs, their logs growing, nobody looking."""
    from tests.remote.elsewhere import Elsewhere

    folder = Path(tempfile.mkdtemp())
    logs = [folder / f"log-{number}.out" for number in range(200)]
    for log in logs:
        log.write_text("iter 0: loss 1.0, time 10ms\n")
    made = Elsewhere(folder, {"PATH": os.environ["PATH"]})
    for number, log in enumerate(logs):
        made.desk.starter.follow(f"ssh://here/{log}", f"run-{number}")
    kinds = made.origins._kinds
    kinds._hosts["here"] = kinds.host("")  # the same questions, without a connection
    kinds._hosts["here"].host = "here"
    step = 0
    began = time.monotonic()
    for settle in (True, False):
        used = time.process_time()
        seconds = 20 if settle else 60
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            step += 1
            for log in logs[:: 1 if step % 5 == 0 else 200]:
                with log.open("a") as file:
                    file.write(f"iter {step}: loss {1 / step:.4f}, time 10ms\n")
            made.watcher.step()
            time.sleep(2.0)
        used = time.process_time() - used
        if not settle:
            share = used / (time.monotonic() - began)
            print(
                f"200 remote runs: {share:.1%} of a core, "
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident"
            )
    made.close()


def hour() -> None:
    """Requests an hour by floor and length of answer: the pace, played through."""
    print("seconds an answer takes:      0.02     0.2       1       9      30")
    for name, floor in (("slurm", 30.0), ("mlflow", 30.0), ("ssh, nobody looks", 10.0)):
        counts = []
        for took in (0.02, 0.2, 1.0, 9.0, 30.0):
            dice, clock, pace = random.Random(1), FakeClock(datetime(2026, 1, 1, tzinfo=UTC)), None
            pace, account = Pace(floor), Account(name, floor)
            end = clock.now() + timedelta(hours=1)
            while clock.now() < end:
                clock.advance(took)
                account.answer(clock.now().timestamp(), Spent(1, took))
                pace.answer(Spent(1, took))
                clock.advance(pace.wait_s(floor, dice.random()))
            counts.append(account.requests)
        print(f"{name:<26}" + "".join(f"{count:>8}" for count in counts))


def line() -> None:
    """From a line written on another host to what is shown of it, the runs screen open."""
    from tests.remote.elsewhere import Elsewhere
    from tests.remote.sshd import Sshd

    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    server = Sshd(folder / "box")
    made = Elsewhere(folder, server.env())
    log = folder / "train.log"
    log.write_text("iter 0: loss 1.0, time 10ms\n")
    [run] = made.add(f"ssh:box:{log}")
    made.until(run, lambda glance: glance.step == 0)
    clock: Clock = SystemClock()
    took = []
    for step in range(1, 16):
        with log.open("a") as file:
            file.write(f"iter {step}: loss 1.0, time 10ms\n")
        began = clock.monotonic()
        while True:
            glance = made.glance(run)
            if glance is not None and glance.step == step:
                break
            made.step()
            time.sleep(0.05)
        took.append(clock.monotonic() - began)
        time.sleep(0.3)
    made.close()
    server.stop()
    print(
        f"a line over ssh: median {statistics.median(took):.2f} s, worst {max(took):.2f} s until"
        f" the watcher has it; its own step of 2 s not counted"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
