"""`run`, `runs` and `gpus` as a person types them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.run import Best, Run
from flowtui.core.runs.run_state import RunState
from flowtui.services.runs.board import Board
from tests.unit.schemas import GPUS, RUN_DETAIL, RUNS, STATUS, check
from tests.user import Person, Shell
from tests.watcher_lock import hold_lock

LOG = "".join(f"iter {i}: loss {2 / (i + 1):.4f}, time 5.00ms\n" for i in range(30))


@pytest.fixture(autouse=True)
def _watched(person: Person) -> Iterator[None]:
    """Somebody watches already, so that no process is started; what was started is ended."""
    board = person.services.runs.board
    board.write(Board(person.clock.now().timestamp(), os.getpid()))
    lock = hold_lock(person.services.paths.run_dir)
    yield
    os.close(lock)
    book = person.services.runs.book
    for id in book.active_ids():
        started = book.dir(id).started()
        if started is not None:
            for pid in (started.pid, started.supervisor):
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "train.log"
    path.write_text(LOG)
    return path


def test_without_a_run_the_list_says_how_to_start_one(flow: Shell) -> None:
    said = flow("runs")

    assert (said.code, said.out) == (0, "")
    assert "start one: flowtui run -- python train.py" in said.err
    assert flow("runs", "--json").json == []


def test_a_run_is_started_listed_shown_and_stopped(flow: Shell, tmp_path: Path) -> None:
    code = f"print({LOG!r}, end='', flush=True)\nimport time\ntime.sleep(600)"
    started = flow(
        "run", "--name", "tiny", "--cwd", str(tmp_path), "--", sys.executable, "-c", code
    )
    id = started.out.strip()
    assert (started.code, len(id)) == (0, 6)
    assert f"see it: flowtui runs show {id} --follow" in started.err

    [listed] = flow("runs", "--json").json
    assert (listed["id"], listed["name"]) == (id, "tiny")
    check([listed], RUNS)
    shown = flow("runs", "show", "tiny", "--json").json
    check(shown, RUN_DETAIL)
    assert (shown["state"], shown["folder"], shown["id"]) == ("running", str(tmp_path), id)
    assert "tiny" in flow("runs", "show", id[:3]).out
    for _ in range(200):  # a process stopped before it has printed has nothing to tell
        if flow("runs", "show", "tiny", "--json").json["step"] == 29:
            break
        time.sleep(0.05)

    stopped = flow("runs", "stop", "tiny", "--grace", "5s")
    assert (stopped.code, stopped.err.strip()) == (0, "tiny has ended, exit status -15")
    again = flow("runs", "show", "tiny", "--json").json
    assert (again["state"], again["exit_status"], again["step"]) == ("stopped", -15, 29)


def test_options_of_the_command_are_its_own(flow: Shell, tmp_path: Path) -> None:
    said = flow(
        "run", "--cwd", str(tmp_path), "--json", sys.executable, "-c", "pass", "--name", "x"
    )

    assert said.code == 0 and said.json["name"].startswith("python")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("run",), 2, "there is no command to run"),
        (("run", "--", "no-such-program"), 2, "unknown program 'no-such-program'"),
        (("run", "--name", " ", "--", "true"), 2, "the name of a run is empty"),
        (("run", "--baseline", "nosuch", "--", "true"), 1, "unknown run 'nosuch'"),
        (("run", "--cwd", "/no/such", "--", "true"), 2, "/no/such"),
        (("runs", "show"), 1, "there is no run yet"),
        (("runs", "show", "nosuch"), 1, "unknown run 'nosuch'"),
        (("runs", "stop", "nosuch"), 1, "unknown run 'nosuch'"),
        (("runs", "stop", "x", "--grace", "soon"), 2, "soon"),
        (("runs", "add"), 2, "what shall be watched?"),
        (("runs", "add", "/no/such/log"), 2, "/no/such/log is not there"),
        (("runs", "add", "4194399"), 1, "process 4194399 does not exist"),
        (("runs", "add", "1", "2"), 2, "one run has one process"),
        (("runs", "add", "gpu", "1"), 2, "gpu stands alone"),
        (("runs", "add", "gpu"), 1, "GPUs cannot be read"),
        (("runs", "forget", "nosuch"), 1, "unknown run 'nosuch'"),
        (("runs", "rename", "nosuch", "x"), 1, "unknown run 'nosuch'"),
        (("start", "x", "--until-run", "nosuch"), 1, "unknown run 'nosuch'"),
        (("start", "x", "--until-run", "a", "--open"), 2, "cannot be combined"),
        (("start", "x", "--until-run", "a", "--until", "17:30"), 2, "cannot be combined"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line_and_nothing_is_written(
    flow: Shell, person: Person, words: tuple[str, ...], code: int, told: str
) -> None:
    said = flow(*words)

    assert said.code == code, said.err
    assert told in said.err.splitlines()[0]
    assert said.out == ""
    assert person.open().runs.book.recent(5) == []
    assert not person.services.paths.ledger_dir.exists()


def test_a_log_is_adopted_renamed_forgotten_and_brought_back(
    flow: Shell, person: Person, log: Path
) -> None:
    added = flow("runs", "add", str(log), "--name", "old")
    id = added.out.strip()
    assert f"old is watched ({log})" in added.err
    shown = flow("runs", "show", "old", "--json").json
    assert (shown["step"], shown["metrics"]["loss"]["n"]) == (29, 30)
    assert flow("runs", "stop", "old").code == 1

    assert f"{id} is new now" in flow("runs", "rename", "old", "new").err
    assert "new is forgotten" in flow("runs", "forget", "new").err
    assert flow("runs", "show", id).code == 1
    assert flow("undo").code == 0
    assert flow("runs", "show", id, "--json").json["name"] == "new"


def test_a_run_whose_folder_was_deleted_is_told_in_a_line_and_can_be_forgotten(
    flow: Shell, person: Person, tmp_path: Path
) -> None:
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    flow("run", "--name", "gone", "--cwd", str(tmp_path), "--", *sleeper)
    book = person.services.runs.book
    folder = book.dir(book.find("gone").id)
    started = folder.started()
    assert started is not None
    shutil.rmtree(folder.folder)
    try:
        stopped = flow("runs", "stop", "gone")
        forgotten = flow("runs", "forget", "gone")
    finally:
        for pid in (started.pid, started.supervisor):
            os.killpg(pid, signal.SIGKILL)

    assert (stopped.code, stopped.err.count("\n")) == (1, 2)
    assert "of run gone no process is known" in stopped.err
    assert "flowtui runs forget" in stopped.err
    assert forgotten.code == 0
    assert flow("runs", "--json").json == []


def test_a_folder_without_a_run_and_one_with_several_are_told(flow: Shell, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "nothing in" in flow("runs", "add", str(empty)).err
    several = tmp_path / "several"
    several.mkdir()
    for name in ("a.log", "b.log"):
        (several / name).write_text(LOG)

    added = flow("runs", "add", str(several))

    assert len(added.out.split()) == 2


def test_status_tells_of_runs_while_somebody_watches(flow: Shell, person: Person) -> None:
    board = person.services.runs.board
    now = person.clock.now().timestamp()
    run = RunGlance("aaaaaa", "gpt", "running", now, progress=0.5, eta_s=60.0)
    board.write_status([run], "gpt  50 %", 2, now)

    status = flow("status", "--json").json
    check(status, STATUS)
    assert [(r["name"], r["progress"]) for r in status["runs"]] == [("gpt", 0.5)]
    assert flow("status").out.strip().endswith("gpt  50 % · 2 held")
    assert flow("status", "--format", "{run}|{runs}|{held}").out == "gpt  50 %|1|2\n"
    board.write_status([run], "gpt  50 %", 2, now - 60)
    assert flow("status", "--json").json["runs"] == []


def test_gpus_says_why_there_are_none(person: Person) -> None:
    """In a process of its own: in this one another test may have loaded a pretend driver."""
    program = Path(sys.executable).with_name("flowtui")
    said, told = (
        subprocess.run([program, *words], env=person.env, capture_output=True, text=True)
        for words in (("gpus",), ("gpus", "--json"))
    )

    assert (said.returncode, said.stdout) == (0, "")
    assert said.stderr.strip() == "there is no NVIDIA driver here"
    data = json.loads(told.stdout)
    check(data, GPUS)
    assert data == {"problem": "there is no NVIDIA driver here", "gpus": []}


def test_doctor_tells_of_a_watcher_that_complained(flow: Shell, person: Person) -> None:
    assert "watcher" not in flow("doctor").out
    log = person.services.paths.log_file
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("2026-03-04T12:00:00Z watcher: run abc: ValueError('x')\nTraceback\n")

    told = flow("doctor")

    assert told.code == 0
    assert f"{log}, line 1: 2026-03-04T12:00:00Z watcher: run abc: ValueError('x')" in told.out


def test_a_run_that_ended_in_a_block_is_evidence_of_it(flow: Shell, person: Person) -> None:
    flow.ok("start", "train it")
    began = person.clock.now()
    person.clock.advance(600)
    book = person.services.runs.book
    ended = Run(
        "abcdef", "resnet-b", began, "UTC", ended_at=person.clock.now(),
        state=RunState.FINISHED, metrics=(Best("val_loss", 0.42, 0.41),),
    )  # fmt: skip
    book.put(ended, "end of run")
    book.put(replace(ended, id="bbbbbb", ended_at=began - timedelta(hours=1)), "an older one")
    person.clock.advance(600)

    flow.ok("stop", "--outcome", "done")

    [block] = flow.ok("log", "--json").json
    assert block["evidence"]["runs"] == ["resnet-b finished, val_loss 0.4200, best 0.4100"]
    assert "run resnet-b finished" in flow.ok("show", block["id"]).out
