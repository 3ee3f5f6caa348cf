"""A real SLURM, asked as it is by the watcher: an array, memory, a requeue, a node that breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.core.runs.address import parse_address
from flowtui.core.runs.job import ACTIVE, JobState
from flowtui.core.runs.reading import Notice, NoticeKind
from flowtui.core.runs.report import Report
from flowtui.watch.readers.textlog import TextLog
from flowtui.watch.remote.here import HereLine
from flowtui.watch.remote.host import SshHost
from flowtui.watch.remote.origin import Want
from flowtui.watch.slurm.cluster import SlurmCluster
from tests.fakes import FakeClock
from tests.remote.slurm_rig import RealSlurm, need_slurm

EAT = """exec python3 -c 'import time
held = []
for step in range(400):
    held.append(bytearray(20 << 20)); print("step", step, flush=True); time.sleep(0.1)'"""


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealSlurm]:
    need_slurm()
    made = RealSlurm(tmp_path / "cluster")
    yield made
    made.close()


class Watch:
    """What the watcher hears, round by round."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.folder = folder
        self.host = SshHost("", HereLine(), self.clock)
        self.cluster = SlurmCluster(self.host, self.clock)
        self.wants: dict[str, Want] = {}
        self.asked = 0
        self.seen: dict[str, list[JobState]] = {}

    def look(self) -> None:
        """One round."""
        self.clock.advance(30)
        self.asked += self.cluster.read(list(self.wants.values())).requests
        self.host.read(())
        for name in self.wants:
            report = self.cluster.report(name)
            if report is not None and report.job is not None:
                states = self.seen.setdefault(name, [])
                if report.job.state not in states[-1:]:
                    states.append(report.job.state)

    def follow(self, name: str, job: str) -> None:
        """A run by the name of the test's own."""
        self.wants[name] = Want(name, parse_address(f"slurm:{job}"), self.folder / name)

    def of(self, name: str) -> Report:
        """What was heard last."""
        report = self.cluster.report(name)
        assert report is not None and report.job is not None
        return report

    def printed(self, name: str) -> str:
        """What a job printed, as far as it is here after one more look."""
        self.look()
        return "".join(Path(path).read_text() for path in self.of(name).logs)

    def until(self, real: RealSlurm, **states: JobState) -> None:
        """Look until each of these runs is in its state."""

        def there() -> bool:
            self.look()
            return all(self.seen.get(name, [None])[-1] is s for name, s in states.items())

        real.until(there, f"{states}, but {self.seen}")


def notices(text: str) -> list[Notice]:
    """What the words of a log mean for its run."""
    reader = TextLog()
    items = [*reader.feed(text.encode()), *reader.close()]
    return [item for item in items if isinstance(item, Notice)]


def test_every_fate_of_a_job_on_a_real_cluster_is_told_as_what_it_is(
    real: RealSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{real.bin}:/usr/bin:/bin")
    monkeypatch.setattr("flowtui.watch.remote.host.TICK_S", 0.01)
    watch = Watch(tmp_path / "runs")
    array = real.submit(
        "--array=1-2", "--exclude=n2", "--gres=gpu:2",
        script="echo step $SLURM_ARRAY_TASK_ID/3 loss 0.5; exit $((SLURM_ARRAY_TASK_ID - 1))",
    )  # fmt: skip
    big = real.submit("--mem=100", "--exclude=n2", script=EAT)
    again = real.submit("--requeue", "--exclude=n2", script="echo step 1/9 loss 0.4; sleep 600")
    broken = real.submit("--no-requeue", "-w", "n2", script="echo step 2/9 loss 0.3; sleep 600")
    never = real.submit("--hold", script="echo never")
    for name, id in (
        ("good", f"{array}_1"), ("bad", f"{array}_2"), ("big", big), ("again", again),
        ("broken", broken), ("never", never),
    ):  # fmt: skip
        watch.follow(name, id)

    running, failed = JobState.RUNNING, JobState.FAILED
    watch.until(real, good=JobState.COMPLETED, bad=failed, again=running, broken=running)
    assert watch.of("bad").exit_status == 1 and watch.of("good").over
    held = watch.of("never").job
    assert held is not None and held.waits and not watch.of("never").logs
    real.run("scontrol", "requeue", again, check=True)
    real.break_node("n2")
    watch.until(real, big=failed, broken=JobState.NODE_FAIL)
    assert watch.of("big").over and watch.of("broken").over
    real.until(lambda: "CANCELLED" in watch.printed("big"), "why it was killed")
    kinds = [notice.kind for notice in notices(watch.printed("big"))]
    assert NoticeKind.OOM in kinds, watch.printed("big")
    lost = watch.of("broken").logs
    assert [Path(path).read_text() for path in lost] == ["step 2/9 loss 0.3\n"]
    real.run("scancel", never, check=True)
    watch.until(real, never=JobState.CANCELLED)

    job = watch.of("again").job
    assert job is not None and job.lives == 1 and not watch.of("again").over
    assert job.state in ACTIVE or job.waits
    gpus = watch.of("good").job
    assert gpus is not None and gpus.gpus == 2
    rounds = watch.clock.monotonic() / 30
    assert watch.asked <= rounds + 4 * len(watch.wants), "a round is one question, and few besides"
