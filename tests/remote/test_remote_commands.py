"""Commands on runs of other machines, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowtui.core.runs.pace import Account, Spent
from tests.remote.fake_slurm import FakeSlurm
from tests.user import Person, Shell
from tests.watcher_lock import hold_lock


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    made = FakeSlurm(tmp_path / "cluster")
    monkeypatch.setenv("PATH", f"{made.bin}:/usr/bin:/bin")
    return made


@pytest.fixture
def typing(
    slurm: FakeSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:  # fmt: skip
    """Somebody on a login node; nobody watches."""
    person = Person(tmp_path / "flowtui")
    hold_lock(person.services.paths.run_dir)
    return Shell(person, monkeypatch, capsys)


def test_jobs_are_added_listed_and_ended(typing: Shell, slurm: FakeSlurm, tmp_path: Path) -> None:
    slurm.set(jobs=[slurm.job(id, "RUNNING", tmp_path) for id in ("7", "8")])
    added = typing.ok("runs", "add", "slurm:me")
    ids = added.out.split()
    assert len(ids) == 2 and "slurm:7" in added.err
    assert {run["name"] for run in typing.ok("runs", "--json").json} == {"job-8", "job-7"}
    refused = typing("runs", "stop", ids[0])
    assert refused.code == 2 and "--yes" in refused.err and slurm.calls("scancel") == []
    typing.ok("runs", "stop", ids[0], "--yes")
    assert slurm.calls("scancel") == [["7"]]
    again = typing("runs", "add", "slurm:me")
    assert (again.code, "watched already" in again.err) == (1, True)


def test_a_command_is_handed_in_with_options_of_sbatch(typing: Shell, slurm: FakeSlurm) -> None:
    words = ("--gres=gpu:2", "-p", "main", "--", "python", "t.py", "--lr", "1")
    [made] = typing.ok("run", "--name", "small", "--slurm", *words).out.split()
    assert slurm.script.splitlines() == [
        "#!/bin/bash", "#SBATCH --job-name=small", "#SBATCH --gres=gpu:2", "#SBATCH -p main", "",
        "python t.py --lr 1",
    ]  # fmt: skip
    shown = typing.ok("runs", "show", made, "--json").json
    assert (shown["name"], shown["command"]) == ("small", ["python", "t.py", "--lr", "1"])


def test_without_values_of_their_own_options_end_at_the_command(
    typing: Shell, slurm: FakeSlurm
) -> None:
    typing.ok("run", "--slurm", "--time=1:00:00", "--", "python", "t.py")
    assert "#SBATCH --time=1:00:00" in slurm.script and slurm.script.endswith("python t.py\n")


def test_an_array_that_is_handed_in_is_a_run_for_each_task(
    typing: Shell, slurm: FakeSlurm, tmp_path: Path
) -> None:
    tasks = [slurm.job("50", "PENDING", tmp_path, i=f"50_{n}", A=str(50 + n)) for n in (1, 2, 3)]
    slurm.set(jobs=tasks, new_id=50)
    ids = typing.ok("run", "--slurm", "--array=1-3", "--", "python", "t.py").out.split()
    assert len(ids) == 3


def test_what_sbatch_refuses_is_told_in_its_own_words(typing: Shell, slurm: FakeSlurm) -> None:
    words = "sbatch: error: invalid partition"
    (slurm.bin / "sbatch").write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    said = typing("run", "--slurm", "-p", "none", "--", "true")
    assert said.code == 1 and "invalid partition" in said.err
    assert typing.person.services.runs.book.active_ids() == []


def test_sources_are_counted_and_shown(typing: Shell) -> None:
    assert "nothing was asked" in typing.ok("runs", "sources").err
    account = Account("ssh gpu01", 10.0)
    now = typing.person.clock.now().timestamp()
    account.answer(now - 3600, Spent(2, 0.01))
    account.fail(now - 60, "gpu01 does not answer", Spent(1, 20.0))
    folder = typing.person.services.paths.watch_dir
    folder.mkdir(parents=True)
    (folder / "sources.json").write_text(json.dumps({"at": now, "sources": [account.view(now)]}))

    [head, row] = typing.ok("runs", "sources").out.splitlines()
    assert head.startswith("source") and "ssh gpu01" in row
    assert "11:00" in row and "gpu01 does not answer" in row
    [view] = typing.ok("runs", "sources", "--json").json
    assert (view["requests"], view["failures"]) == (3, 1)
