"""Jobs of a cluster, followed by way of stand-ins that print as the real programs do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.address import parse_address
from flowtui.core.runs.job import JobState
from flowtui.core.runs.report import Report
from flowtui.core.runs.run_state import RunState
from flowtui.services.runs.beyond import script_of
from flowtui.watch.remote.feed import Feed
from flowtui.watch.remote.here import HereLine
from flowtui.watch.remote.host import SshHost
from flowtui.watch.remote.origin import OriginError, Want
from flowtui.watch.slurm.cluster import SlurmCluster
from tests.fakes import FakeClock
from tests.remote.elsewhere import Elsewhere
from tests.remote.fake_slurm import FakeSlurm, tools_beside_slurm
from tests.unit.runs.run_lab import until


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    made = FakeSlurm(tmp_path / "cluster")
    monkeypatch.setenv("PATH", f"{made.bin}:{tools_beside_slurm(made.bin.parent)}")
    monkeypatch.setattr("flowtui.watch.remote.host.TICK_S", 0.01)
    return made


class Login:
    """A login node: a cluster that is asked by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.folder = folder
        self.host = SshHost("", HereLine(), self.clock)
        self.cluster = SlurmCluster(self.host, self.clock)

    def want(self, job: str, id: str = "aaaaaa") -> Want:
        return Want(id, parse_address(f"slurm:{job}"), self.folder / "runs" / id)

    def look(self, *wants: Want) -> Report:
        self.clock.advance(30)
        self.cluster.read(wants)
        self.host.read(())
        report = self.cluster.report(wants[0].id)
        assert report is not None
        return report


@pytest.fixture
def login(tmp_path: Path, slurm: FakeSlurm) -> Login:
    return Login(tmp_path)


def state_of(report: Report) -> JobState | None:
    return report.job.state if report.job is not None else None


def test_a_job_is_followed_from_the_queue_to_its_end(
    login: Login, slurm: FakeSlurm, tmp_path: Path
) -> None:
    slurm.set(jobs=[slurm.job("7", "PENDING", tmp_path, r="Priority", S=1_900_000_000)])
    report = login.look(login.want("7"))
    assert report.job is not None and report.job.waits and report.logs == ()
    (tmp_path / "slurm-7.out").write_text("step 1/9 loss 0.5\n")
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    report = login.look(login.want("7"))
    assert state_of(report) is JobState.RUNNING
    assert [Path(log).read_text() for log in report.logs] == ["step 1/9 loss 0.5\n"]
    slurm.set(jobs=[slurm.job("7", "FAILED", tmp_path, facts={"ExitCode": "3:0"})])
    report = login.look(login.want("7"))
    assert (report.over, report.exit_status) == (True, 3)


def test_a_poll_is_one_call_however_many_jobs_there_are(
    login: Login, slurm: FakeSlurm, tmp_path: Path
) -> None:
    jobs = [slurm.job(str(number), "RUNNING", tmp_path) for number in range(1, 11)]
    slurm.set(jobs=jobs)
    wants = [login.want(str(number), f"run{number}") for number in range(1, 11)]
    login.look(*wants)
    first = len(slurm.calls())
    for _ in range(5):
        login.look(*wants)

    assert len(slurm.calls("squeue")) == 6 and len(slurm.calls("scontrol")) == 10
    assert len(slurm.calls()) - first == 5  # nothing but the queue once each is known
    for call in slurm.calls("squeue"):
        assert "--me" in call and "--local" in call and "--json" not in call and "-j" not in call


def test_of_many_new_jobs_the_usual_log_is_read_before_each_was_asked_about(
    login: Login, slurm: FakeSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.watch.slurm.cluster.MOST_FACTS", 1)
    other = {"facts": {"StdOut": tmp_path / "own.txt", "StdErr": tmp_path / "own.txt"}}
    slurm.set(jobs=[
        slurm.job("1", "RUNNING", tmp_path), slurm.job("2", "RUNNING", tmp_path),
        slurm.job("3", "RUNNING", tmp_path, **other),
    ])  # fmt: skip
    (tmp_path / "slurm-2.out").write_text("step 2\n")
    (tmp_path / "own.txt").write_text("step 3\n")
    wants = [login.want(str(n), f"run{n}") for n in (1, 2, 3)]
    login.look(*wants)
    second = login.cluster.report("run2")
    assert second is not None and len(second.logs) == 1 and second.problem == ""
    for _ in range(3):
        login.look(*wants)
    third = login.cluster.report("run3")
    assert third is not None
    assert [Path(log).read_text() for log in third.logs] == ["step 3\n"]


def test_variables_that_change_what_slurm_prints_are_not_given_on(
    login: Login, slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("SQUEUE_FORMAT", "SQUEUE_STATES", "SACCT_FORMAT"):
        monkeypatch.setenv(name, "%all")
    monkeypatch.setenv("SLURM_TIME_FORMAT", "relative")
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    login.look(login.want("7"))

    for env in slurm.environments():
        assert env["SLURM_TIME_FORMAT"] == "%s"
        assert not any(name.startswith(("SQUEUE_", "SACCT_")) for name in env)


def test_a_requeued_job_lives_again_whatever_its_log_says(
    login: Login, slurm: FakeSlurm, tmp_path: Path
) -> None:
    log = tmp_path / "slurm-7.out"
    log.write_text("step 5 loss 0.4\nslurmstepd: error: *** JOB 7 ON n1 CANCELLED AT now ***\n")
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    login.look(login.want("7"))
    again = {"V": 1_700_009_000, "facts": {"Restarts": 1}}
    slurm.set(jobs=[slurm.job("7", "PENDING", tmp_path, r="BeginTime", **again)])
    report = login.look(login.want("7"))
    assert report.job is not None and report.job.waits and not report.over
    assert report.job.lives == 1
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path, **again)])
    log.write_text("step 1 loss 0.9\n")
    report = login.look(login.want("7"))
    assert report.job is not None and report.job.lives == 1
    assert [Path(each).read_text() for each in report.logs] == ["step 1 loss 0.9\n"]


def account(id: str, state: str, **more: str) -> dict[str, str]:
    return {
        "JobIDRaw": id, "JobID": id, "State": state, "ExitCode": "0:0", "Start": "1700000100",
        "End": "1700000900", "Submit": "1700000000", **more,
    }  # fmt: skip


def test_what_left_the_queue_is_asked_of_the_accounting_once_for_all(
    login: Login, slurm: FakeSlurm, tmp_path: Path
) -> None:
    wants = [login.want(str(n), f"run{n}") for n in (1, 2, 3)]
    slurm.set(jobs=[slurm.job(str(n), "RUNNING", tmp_path) for n in (1, 2, 3)])
    login.look(*wants)
    slurm.set(jobs=[], accounts=[
        account("1", "COMPLETED"), account("2", "CANCELLED by 1000"),
        account("3", "OUT_OF_MEMORY", ExitCode="0:125"),
    ])  # fmt: skip
    login.look(*wants)
    reports = [login.cluster.report(want.id) for want in wants]

    assert [state_of(r) for r in reports if r] == [
        JobState.COMPLETED, JobState.CANCELLED, JobState.OUT_OF_MEMORY,
    ]  # fmt: skip
    assert [call[-1] for call in slurm.calls("sacct")] == ["1,2,3"]


@pytest.mark.parametrize("accounting", [True, False])
def test_gone_from_the_queue_is_never_finished(
    login: Login, slurm: FakeSlurm, tmp_path: Path, accounting: bool
) -> None:
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    login.look(login.want("7"))
    slurm.set(jobs=[], accounting=accounting)
    report = login.look(login.want("7"))
    for _ in range(5):
        report = login.look(login.want("7"))

    assert state_of(report) is JobState.GONE and not report.over and report.exit_status is None
    assert len(slurm.calls("sacct")) == 1


def test_a_job_that_nobody_knows_is_told(login: Login, slurm: FakeSlurm) -> None:
    report = login.look(login.want("99999"))

    assert report.job is None and "no job 99999 is known" in report.problem


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"down": True}, "Unable to contact slurm controller"),
        ({"half": True}, "half an answer"),
    ],
)
def test_a_controller_that_does_not_answer_well_says_nothing_of_a_run(
    login: Login, slurm: FakeSlurm, tmp_path: Path, fault: dict[str, Any], words: str
) -> None:
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    feed = Feed(login.cluster, login.clock, lambda: 0.5)
    want = login.want("7")
    feed.choose((want,), near=False)
    slurm.set(**fault)
    before = len(slurm.calls())
    waits = []
    for _ in range(8):
        waits.append(feed.round())
        login.clock.advance(waits[-1])

    report = feed.report(want.id)
    assert words in report.problem and not report.over
    assert waits[0] >= 30 and waits == sorted(waits) and waits[-1] > 10 * waits[0]
    assert len(slurm.calls()) - before <= 9  # one a round: no storm


def test_a_slow_controller_is_asked_more_rarely(login: Login) -> None:
    class Slow:
        name, floor_s, near_s = "slurm", 30.0, 30.0
        list = login.cluster.list
        report = login.cluster.report

        def read(self, wants: object) -> object:
            from flowtui.core.runs.pace import Spent

            login.clock.advance(30)
            return Spent(1, 30.0)

        def close(self) -> None:
            pass

    feed = Feed(Slow(), login.clock, lambda: 0.5)  # type: ignore[arg-type] # its read is enough
    assert feed.round() == 3000.0


def test_jobs_are_found_by_me_by_name_and_by_the_array(
    login: Login, slurm: FakeSlurm, tmp_path: Path
) -> None:
    tasks = [slurm.job("70", "RUNNING", tmp_path, i=f"70_{n}", A=str(70 + n)) for n in (1, 2)]
    ended = slurm.job("5", "COMPLETED", tmp_path)
    slurm.set(jobs=[*tasks, ended, slurm.job("9", "PENDING", tmp_path, j="sweep")])

    def names(words: str) -> list[str]:
        return [offer.address.name for offer in login.cluster.list(words)]

    assert names("me") == ["70_1", "70_2", "9"]
    assert [offer.name for offer in login.cluster.list("70")] == ["job-70_1", "job-70_2"]
    assert names("70") == ["70_1", "70_2"] and names("sweep") == ["9"] and names("5") == ["5"]


def test_an_ended_job_is_found_in_the_accounting(login: Login, slurm: FakeSlurm) -> None:
    slurm.set(accounts=[account("3", "COMPLETED", JobName="old")])

    [offer] = login.cluster.list("3")
    assert (offer.address.name, offer.name, offer.about) == ("3", "old", "completed")


def test_a_drained_node_under_a_job_is_told(login: Login, slurm: FakeSlurm, tmp_path: Path) -> None:
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path, N="n[1-3]")], drained=["n2", "n9"])
    report = login.look(login.want("7"))

    assert report.job is not None and report.job.drained == ("n2",)


def test_a_controller_that_never_answers_is_ended(
    login: Login, slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.watch.slurm.cluster.WAIT_S", 0.3)
    slurm.set(slow_s=60)

    class Ticking(FakeClock):
        def monotonic(self) -> float:
            self.advance(0.1)
            return super().monotonic()

    clock = Ticking()
    cluster = SlurmCluster(SshHost("", HereLine(), clock), clock)
    with pytest.raises(OriginError, match="squeue has not answered"):
        cluster.read((login.want("7"),))


# From a person's side


@pytest.fixture
def elsewhere(
    tmp_path: Path, slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Elsewhere]:
    monkeypatch.setattr(SlurmCluster, "near_s", 0.05)
    monkeypatch.setattr(SshHost, "near_s", 0.05)
    monkeypatch.setattr("flowtui.core.runs.pace.TIMES", 0.0)
    monkeypatch.setattr("flowtui.services.runs.watcher.END_S", 0.1)
    home, path = tmp_path / "login", os.environ["PATH"]
    home.mkdir()
    (home / ".bash_profile").write_text(f'export PATH="{path}"\n')
    made = Elsewhere(tmp_path, {"PATH": path, "HOME": str(home)})
    yield made
    made.close()


def test_a_job_is_shown_in_the_queue_then_running_then_cut(
    elsewhere: Elsewhere, slurm: FakeSlurm, tmp_path: Path
) -> None:
    slurm.set(jobs=[slurm.job("7", "PENDING", tmp_path, r="Priority", S=4_000_000_000)])
    [run] = elsewhere.add("slurm:7")
    seen = elsewhere.until(run, lambda g: g.state == "pending")
    assert (seen.where, seen.queue) == ("slurm", "pending, others are ahead of it")
    assert seen.starts_at == 4_000_000_000 and seen.live
    (tmp_path / "slurm-7.out").write_text("iter 3: loss 0.5, time 10ms\n")
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    seen = elsewhere.until(run, lambda g: g.step == 3)
    assert (seen.state, seen.gpu_count) == ("running", 2)
    assert seen.cut_at == 1_700_000_100 + 86_400
    slurm.set(jobs=[slurm.job("7", "TIMEOUT", tmp_path, e=1_700_086_500)])

    def ended() -> bool:
        elsewhere.step()
        return elsewhere.record(run).ended

    until(ended)
    record = elsewhere.record(run)
    assert (record.state, record.step, record.exit_status) == (RunState.STOPPED, 3, None)
    assert "time limit" in [told.rule for told in record.findings]


def test_a_script_is_handed_in_kept_and_hides_nothing(
    elsewhere: Elsewhere, slurm: FakeSlurm, tmp_path: Path
) -> None:
    beyond = elsewhere.desk.adopter.beyond
    assert beyond is not None
    command = ["python", "train.py", "--note", "a b; rm -rf $HOME"]
    [run] = beyond.submit("", ["--gres=gpu:2", "-p", "main"], command, str(tmp_path), None, "")

    script = (elsewhere.desk.book.dir(run.id).folder / "job.sh").read_text()
    assert script == slurm.script
    assert script.splitlines() == [
        "#!/bin/bash", "#SBATCH --job-name=train", "#SBATCH --gres=gpu:2", "#SBATCH -p main", "",
        "python train.py --note 'a b; rm -rf $HOME'",
    ]  # fmt: skip
    assert run.paths == ("slurm:///4711",) and slurm.calls("sbatch") == [["--parsable"]]


def test_a_job_is_ended_by_scancel(elsewhere: Elsewhere, slurm: FakeSlurm, tmp_path: Path) -> None:
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    [run] = elsewhere.add("slurm:7")
    elsewhere.desk.stop(run, 1.0)

    assert slurm.calls("scancel") == [["7"]]


@pytest.mark.parametrize("option", ["rm", "--comment=a\nb", "--x\x1b[31m"])
def test_what_is_no_option_is_not_written_into_a_script(option: str) -> None:
    with pytest.raises(UsageError):
        script_of("x", [option], ["true"])


def test_a_cluster_that_is_not_here_is_told(
    elsewhere: Elsewhere, slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    (slurm.bin / "squeue").unlink()
    with pytest.raises(FlowError, match="there is no squeue"):
        elsewhere.add("slurm:me")


def test_instants_are_those_of_the_cluster(login: Login, slurm: FakeSlurm, tmp_path: Path) -> None:
    slurm.set(jobs=[slurm.job("7", "RUNNING", tmp_path)])
    report = login.look(login.want("7"))
    at = login.clock.now() - timedelta(0)

    assert report.heard_at == at.timestamp()
    assert report.job is not None and report.job.starts_at == 1_700_000_100
