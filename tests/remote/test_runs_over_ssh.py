"""Runs on another host, from `runs add` to what is shown and kept of them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.run_state import RunState
from flowtui.services.runs.origins import accounts_in
from flowtui.services.runs.runs_view import last_lines
from flowtui.watch.remote.host import SshHost
from flowtui.watch.slurm.cluster import SlurmCluster
from tests.remote.elsewhere import Elsewhere
from tests.remote.fake_slurm import FakeSlurm
from tests.remote.sshd import Sshd
from tests.unit.runs.run_lab import until

LOGS = Path(__file__).parents[1] / "logs"


@pytest.fixture
def elsewhere(tmp_path: Path, sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    monkeypatch.setattr(SshHost, "near_s", 0.05)
    monkeypatch.setattr("flowtui.watch.remote.host.PROCESS_S", 0.2)
    monkeypatch.setattr("flowtui.services.runs.watcher.STEP_S", 0.2)
    made = Elsewhere(tmp_path, sshd.env())
    yield made
    made.close()


def lines(first: int, last: int) -> str:
    return "".join(f"iter {i}: loss {1 / (i + 1):.4f}, time 10.00ms\n" for i in range(first, last))


def test_a_log_elsewhere_is_read_as_one_of_this_machine(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    log = tmp_path / "train.log"
    log.write_text(lines(0, 40))
    [run] = elsewhere.add(f"ssh:box:{log}")

    seen = elsewhere.until(run, lambda g: g.step == 39)
    assert (seen.where, seen.state, seen.key, run.name) == ("box", "running", "loss", "train.log")
    with log.open("a") as file:
        file.write(lines(40, 50))
    seen = elsewhere.until(run, lambda g: g.step == 49)
    assert seen.heard_at is not None and seen.view()["age_s"] is not None
    output = elsewhere.desk.output_of(run)
    assert output is not None and last_lines(output)[-1].startswith("iter 49:")


def test_a_lost_line_is_no_verdict_and_nothing_is_read_twice(
    elsewhere: Elsewhere, sshd: Sshd, tmp_path: Path
) -> None:
    log = tmp_path / "train.log"
    log.write_text(lines(0, 40))
    [run] = elsewhere.add(f"ssh:box:{log}")
    elsewhere.until(run, lambda g: g.step == 39)
    sshd.stop()
    seen = elsewhere.until(run, lambda g: g.problem)
    assert "box" in seen.problem and (seen.state, seen.step) == ("running", 39)
    with log.open("a") as file:
        file.write(lines(40, 45))
    sshd.start()
    elsewhere.another_watcher()

    elsewhere.until(run, lambda g: g.step == 44 and not g.problem)
    output = elsewhere.desk.output_of(run)
    assert output is not None and output.read_bytes() == log.read_bytes()
    detail = elsewhere.desk.detail(run.id)
    assert detail.seen.history.metrics["loss"].n == 45


def test_a_run_is_started_on_a_host_and_its_end_is_recorded(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    beyond = elsewhere.desk.adopter.beyond
    assert beyond is not None
    go = tmp_path / "go"
    code = (
        f"import os, time\nprint({lines(0, 20)!r}, end='', flush=True)\n"
        f"for _ in range(6000):\n    if os.path.exists({str(go)!r}): raise SystemExit(7)\n"
        "    time.sleep(0.01)"
    )
    run = beyond.start("box", [sys.executable, "-c", code], str(tmp_path), "far", "")
    elsewhere.until(run, lambda g: g.step == 19 and g.rss_bytes)
    go.touch()

    def ended() -> bool:
        elsewhere.step()
        return elsewhere.record(run).ended

    until(ended)
    record = elsewhere.record(run)
    assert (record.state, record.exit_status, record.step) == (RunState.CRASHED, 7, 19)
    assert record.adopted is False and record.name == "far"


def test_a_run_on_a_host_is_stopped_there(elsewhere: Elsewhere, tmp_path: Path) -> None:
    beyond = elsewhere.desk.adopter.beyond
    assert beyond is not None
    code = "import time\nprint('step 1 loss 0.5', flush=True)\ntime.sleep(60)"
    run = beyond.start("box", [sys.executable, "-c", code], "", "far", "")
    elsewhere.until(run, lambda g: g.rss_bytes)

    elsewhere.desk.stop(run, 5.0)

    def ended() -> bool:
        elsewhere.step()
        return elsewhere.record(run).ended

    until(ended)
    assert elsewhere.record(run).state is RunState.STOPPED


def test_what_was_asked_is_counted_and_kept(elsewhere: Elsewhere, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text(lines(0, 5))
    [run] = elsewhere.add(f"ssh:box:{log}")
    elsewhere.until(run, lambda g: g.step == 4)
    elsewhere.close()

    [row] = accounts_in(elsewhere.folder)["sources"]
    assert (row["source"], row["failures"], row["problem"]) == ("ssh box", 0, None)
    assert 1 <= row["requests"] == row["requests_last_hour"]
    assert json.dumps(row)


def test_a_folder_elsewhere_is_one_run_of_all_that_lies_beside_its_newest_file(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = tmp_path / "lightning" / "version_3"
    folder.mkdir(parents=True)
    (folder / "metrics.csv").write_text("epoch,step,val_loss\n0,10,0.9\n1,20,0.8\n")
    (folder / "console.log").write_text(lines(0, 30))
    [run] = elsewhere.add(f"ssh:box:{folder.parent}")

    seen = elsewhere.until(run, lambda g: len(g.formats) > 1)
    assert run.name == "version_3" and seen.key == "val_loss"


def test_an_offline_run_of_wandb_is_read_from_afar_with_nothing_installed_there(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = tmp_path / "wandb" / "offline-run-1"
    folder.mkdir(parents=True)
    shutil.copy(LOGS / "fixtures/wandb/finished.wandb", folder / "run-1.wandb")
    [run] = elsewhere.add(f"ssh:box:{folder}")

    seen = elsewhere.until(run, lambda g: "wandb" in g.formats and g.step is not None)
    assert seen.key is not None and seen.where == "box"


def test_a_host_behind_another_is_reached_by_ssh_itself(
    elsewhere: Elsewhere, sshd: Sshd, tmp_path: Path
) -> None:
    config = sshd.folder / "config"
    inner = config.read_text().replace("Host box", "Host inner").rstrip() + "\n  ProxyJump box\n"
    config.write_text(config.read_text() + inner)
    log = tmp_path / "train.log"
    log.write_text(lines(0, 5))
    [run] = elsewhere.add(f"ssh:inner:{log}")

    assert elsewhere.until(run, lambda g: g.step == 4).where == "inner"


def test_a_cluster_is_followed_from_afar_by_its_login_node(
    elsewhere: Elsewhere, sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its programs are in the PATH of a login shell alone, as on many sites."""
    monkeypatch.setattr(SlurmCluster, "near_s", 0.05)
    monkeypatch.setattr("flowtui.core.runs.pace.TIMES", 0.0)
    slurm = FakeSlurm(tmp_path / "cluster")
    (sshd.home / ".bash_profile").write_text(f'export PATH="{slurm.bin}:$PATH"\n')
    work = tmp_path / "work"
    work.mkdir()
    (work / "slurm-7.out").write_text(lines(0, 9))
    slurm.set(jobs=[slurm.job("7", "RUNNING", work)])
    [run] = elsewhere.add("slurm:box:me")

    seen = elsewhere.until(run, lambda g: g.step == 8)
    assert (seen.where, seen.state, seen.gpu_count) == ("slurm box", "running", 2)
    assert sshd.connections() == 2  # one to ask what there is, one to follow it
    elsewhere.desk.stop(run, 1.0)
    assert slurm.calls("scancel") == [["7"]]


def test_a_host_that_hangs_holds_up_nobody_else(
    elsewhere: Elsewhere, sshd: Sshd, tmp_path: Path
) -> None:
    log, other = tmp_path / "far.log", tmp_path / "near.log"
    log.write_text(lines(0, 5))
    [run] = elsewhere.add(f"ssh:box:{log}")
    elsewhere.until(run, lambda g: g.step == 4)
    sshd.freeze()
    try:
        other.write_text(lines(0, 3))
        [near] = elsewhere.add(str(other))
        assert elsewhere.until(near, lambda g: g.step == 2).where == ""
        seen = elsewhere.glance(run)
        assert seen is not None and seen.state == "running"
    finally:
        sshd.freeze(False)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("ssh:-oProxyCommand=touch pwned:/x", "no name of a host"),
        ("ssh:a@-b:/x", "no name of a host"),
        ("ssh:box", "names no log"),
        ("ssh:box:-rf", "names no log"),
        ("ssh:box;rm:/x", "no name of a host"),
        ("slurm:--help", "names no job"),
        ("mlflow+http://u:secret@host/run", "no password"),
        ("nothing:x", "is not there"),
    ],
)
def test_what_is_no_place_is_refused_before_anything_is_started(
    elsewhere: Elsewhere, word: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason) as refused:
        elsewhere.add(word)
    assert "secret" not in str(refused.value)


def test_a_host_that_is_not_there_is_told(elsewhere: Elsewhere) -> None:
    with pytest.raises(FlowError, match=r"nowhere\.invalid"):
        elsewhere.add("ssh:nowhere.invalid:/x.log")
    assert elsewhere.desk.book.active_ids() == []


def test_the_same_place_is_not_watched_twice(elsewhere: Elsewhere, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text(lines(0, 5))
    elsewhere.add(f"ssh:box:{log}")

    with pytest.raises(FlowError, match="watched already"):
        elsewhere.add(f"ssh:box:{log}")
