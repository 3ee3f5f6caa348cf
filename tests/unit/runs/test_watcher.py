"""The watcher follows what has not ended, judges it, shows it, and closes what is over."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from flowtui.core.errors import FlowError
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.machine import GpuProcess, GpuReading, Xid
from flowtui.core.runs.run import Run
from flowtui.core.runs.run_state import RunState
from flowtui.services.runs.adoption import RunAdopter
from flowtui.services.runs.board import Board, BoardFile
from flowtui.services.runs.digest import RunTeller
from flowtui.services.runs.log_look import log_of, opened_by, places_in
from flowtui.services.runs.watcher import IDLE_S, STEP_S, Watcher
from flowtui.watch.place import Place
from flowtui.watch.reach import Reach
from tests.fakes import FakeClock
from tests.unit.runs.run_lab import Lab, alive, until
from tests.unit.runs.test_reach import Share

GIB = 1 << 30
NANO = "iter {i}: loss {loss:.4f}, time 100.00ms, mfu 10.00%"


@dataclass
class Gpus:
    """GPUs that say what a test wants."""

    readings: tuple[GpuReading, ...] = ()
    problem: str | None = "there is no NVIDIA driver here"
    wanted: bool = False
    events: list[Xid] = field(default_factory=list)

    def want(self, wanted: bool) -> None:
        self.wanted = wanted

    def latest(self) -> Gpus:
        return self

    def xids(self) -> tuple[Xid, ...]:
        events, self.events = tuple(self.events), []
        return events


class Bench:
    """A watcher that is stepped by hand, on a clock that the test moves."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.clock = FakeClock(datetime.now(UTC))
        lab.book.clock = self.clock
        self.board = BoardFile(folder)
        self.gpus = Gpus()
        self.teller = RunTeller(self.board, folder / "told.json", ZoneInfo("UTC"))
        self.faults: list[str] = []
        self.reach = Reach()
        self.watcher = self.fresh()

    def fresh(self) -> Watcher:
        """Another process takes over."""
        return Watcher(
            self.lab.book, self.board, self.clock, self.gpus, log_of, opened_by, judge, 4711,
            self.faults.append, self.teller, ZoneInfo("UTC"), reach=self.reach,
        )  # fmt: skip

    def step(self, seconds: float = STEP_S) -> Board:
        self.clock.advance(seconds)
        self.watcher.step()
        return self.board.read()

    def glance(self, run: Run) -> RunGlance:
        [found] = [g for g in self.board.read().runs if g.id == run.id]
        return found

    def until_closed(self, run: Run) -> Run:
        """Step until the run's record says how it ended."""

        def closed() -> bool:
            self.step()
            self.lab.book.ledger.refresh()
            return self.lab.book.find(run.id).ended

        until(closed)
        return self.lab.book.find(run.id)

    def adopt(self, log: Path, name: str = "log") -> Run:
        return self.lab.starter.adopt(
            [Place("file", log)], None, log.parent, (), name, started_at=self.clock.now()
        )


@pytest.fixture
def bench(lab: Lab, tmp_path: Path) -> Bench:
    return Bench(lab, tmp_path / "watch")


def nano(first: int, last: int, loss: float = 0.5) -> str:
    return "".join(NANO.format(i=i, loss=loss) + "\n" for i in range(first, last))


def test_a_run_is_followed_from_its_first_line_to_its_record(bench: Bench) -> None:
    run = bench.lab.python(f"print({nano(0, 30)!r}, end='', flush=True)\ninput()")
    bench.lab.see(run, "iter 29:")
    bench.step()

    seen = bench.glance(run)
    assert (seen.state, seen.step, seen.key, seen.last) == ("running", 29, "loss", 0.5)
    assert seen.rss_bytes is not None and seen.live
    os.kill(bench.lab.started(run).pid, signal.SIGKILL)

    record = bench.until_closed(run)
    assert (record.state, record.exit_status, record.step) == (RunState.CRASHED, -9, 29)
    assert record.cost.peak_rss_bytes is not None and record.cost.gpu_s is None
    assert next((b.name, b.last) for b in record.metrics) == ("loss", 0.5)
    assert "crashed" in [told.rule for told in record.findings]
    assert bench.lab.book.active_ids() == []
    assert bench.glance(run).state == "crashed"  # still shown
    assert bench.faults == []


def test_a_run_that_ends_well_is_finished(bench: Bench) -> None:
    run = bench.lab.python(f"print({nano(0, 5)!r}, end='')")

    record = bench.until_closed(run)

    assert (record.state, record.exit_status) == (RunState.FINISHED, 0)


def test_a_second_watcher_goes_on_where_the_first_one_was_killed(bench: Bench) -> None:
    log = bench.lab.work / "out.log"
    log.write_text(nano(0, 50))
    run = bench.adopt(log)
    bench.step()
    bench.watcher.keep()
    with log.open("a") as file:
        file.write(nano(50, 60, 0.25))

    bench.watcher = bench.fresh()
    bench.step()

    seen = bench.glance(run)
    assert (seen.step, seen.last, seen.best) == (59, 0.25, 0.25)
    detail = bench.lab.desk(bench.board).detail(run.id)
    assert detail.seen.history.metrics["loss"].n == 60  # nothing twice, nothing left out


def test_a_kept_state_that_is_damaged_is_left_and_the_log_read_anew(bench: Bench) -> None:
    log = bench.lab.work / "out.log"
    log.write_text(nano(0, 20))
    run = bench.adopt(log)
    bench.step()
    bench.watcher.keep()
    kept = bench.lab.dir(run).folder / "watched.bin"
    whole = kept.read_bytes()
    for damaged in (b"", whole[:40], whole[:-7], b"{}\n" + whole, b"\x00" * 100):
        kept.write_bytes(damaged)

        bench.watcher = bench.fresh()
        bench.step()

        assert bench.glance(run).step == 19
    assert bench.faults == []


def test_a_log_that_is_deleted_cut_or_garbage_stops_nobody(bench: Bench) -> None:
    gone, cut, garbage, well = (bench.lab.work / n for n in ("a.log", "b.log", "c.log", "d.log"))
    for log in (gone, cut, garbage, well):
        log.write_text(nano(0, 10))
    runs = [bench.adopt(log, log.stem) for log in (gone, cut, garbage, well)]
    bench.step()

    gone.unlink()
    cut.write_text(nano(0, 3))
    garbage.write_bytes(os.urandom(200_000))
    with well.open("a") as file:
        file.write(nano(10, 20))
    bench.step()
    bench.step()

    assert bench.glance(runs[0]).problem == f"{gone}: it is gone"
    assert bench.glance(runs[3]).step == 19
    assert len(bench.board.read().runs) == 4
    assert bench.faults == []


def test_a_fault_in_one_run_is_said_once_and_the_others_go_on(bench: Bench) -> None:
    first, second = (bench.lab.work / n for n in ("a.log", "b.log"))
    for log in (first, second):
        log.write_text(nano(0, 10))
    broken, well = bench.adopt(first, "broken"), bench.adopt(second, "well")
    (bench.lab.dir(broken).folder / "spec.json").write_text("{")

    for _ in range(3):
        bench.step()

    assert bench.glance(well).step == 9
    assert len(bench.faults) == 1 and broken.id in bench.faults[0]


def test_a_sleep_of_the_machine_is_no_stall(bench: Bench) -> None:
    log = bench.lab.work / "out.log"
    log.write_text("")
    run = bench.adopt(log)
    for i in range(40):
        with log.open("a") as file:
            file.write(nano(i, i + 1))
        bench.step(10)
    assert bench.glance(run).state == "running"

    bench.clock.sleep(8 * 3600)
    bench.step()
    assert bench.glance(run).state == "running"
    for _ in range(400):
        bench.clock.advance(10)
    bench.step()
    assert bench.glance(run).state == "unknown"  # no process is known that could be stuck


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_set_is_no_stall_and_loses_nothing(bench: Bench, days: int) -> None:
    log = bench.lab.work / "out.log"
    log.write_text("")
    run = bench.adopt(log)
    for i in range(40):
        with log.open("a") as file:
            file.write(nano(i, i + 1))
        bench.step(10)

    bench.clock.set_wall(bench.clock.now() + timedelta(days=days))
    bench.step()
    assert bench.glance(run).state == "running"
    with log.open("a") as file:
        file.write(nano(40, 45))
    os.utime(log, (bench.clock.now().timestamp(),) * 2)  # as the machine's clock has it now
    bench.step(10)
    assert (bench.glance(run).step, bench.glance(run).state) == (44, "running")


def test_a_pid_that_is_somebody_elses_now_is_not_the_run(bench: Bench) -> None:
    run = bench.lab.starter.adopt([], os.getpid(), bench.lab.work, ("python", "x.py"))
    spec = bench.lab.dir(run).spec()
    bench.lab.dir(run)._write("spec.json", {**asdict(spec), "began": (spec.began or 0) - 1000})

    bench.step()

    assert not bench.glance(run).live
    with pytest.raises(FlowError, match="is gone"):
        bench.lab.desk(bench.board).stop(run, 1)


def test_all_that_is_mine_on_the_gpus_is_adopted_once(bench: Bench) -> None:
    mine = bench.lab.python("print('up', flush=True); input()")
    bench.lab.see(mine, "up")
    pid = bench.lab.started(mine).pid
    processes = (
        GpuProcess(pid, GIB, True, "python", "me", True),
        GpuProcess(os.getppid(), GIB, True, "python", "you", False),
        GpuProcess(4194399, GIB, visible=False),
    )
    gpu = replace(reading(bench.clock.now(), pid), processes=processes)
    adopter = RunAdopter(bench.lab.starter, lambda: ([gpu], None), places_in)
    with pytest.raises(FlowError, match="no process of yours holds a GPU"):
        adopter.adopt(["gpu"])  # it is followed already
    bench.lab.book.release(mine.id)

    [adopted] = adopter.adopt(["gpu"])

    assert bench.lab.dir(adopted).spec().pid == pid
    with pytest.raises(FlowError, match=f"process {pid} is watched already"):
        adopter.adopt([str(pid)])
    bench.lab.book.hold(mine.id)


def reading(at: datetime, pid: int, **more: object) -> GpuReading:
    usual = GpuReading(
        at, 0, "GPU-0", "H100", util=0.9, power_w=400.0, energy_j=400.0 * at.timestamp(),
        processes=(GpuProcess(pid, 4 * GIB, True, "python", "me", True),),
    )  # fmt: skip
    return replace(usual, **more)  # type: ignore[arg-type] # fields of their own types


def test_gpus_are_counted_for_the_run_whose_process_holds_them(bench: Bench) -> None:
    run = bench.lab.python("print('up', flush=True); input()")
    other = bench.lab.python("print('up', flush=True); input()", "other")
    bench.lab.see(run, "up")
    pid = bench.lab.started(run).pid
    for _ in range(12):
        bench.gpus.readings = (reading(bench.clock.now() + timedelta(seconds=STEP_S), pid),)
        bench.step()

    seen = bench.glance(run)
    assert (seen.gpus, seen.gpu_util, seen.gpu_bytes) == ((0,), 0.9, 4 * GIB)
    assert bench.glance(other).gpus == ()
    os.kill(pid, signal.SIGTERM)
    record = bench.until_closed(run)
    assert record.cost.gpu_s == pytest.approx(22, abs=3)
    assert record.cost.energy_wh == pytest.approx(22 * 400 / 3600, rel=0.2)
    assert record.cost.peak_gpu_bytes == 4 * GIB


def test_a_gpu_that_is_lost_under_a_run_breaks_through(bench: Bench) -> None:
    run = bench.lab.python("print('up', flush=True); input()")
    bench.lab.see(run, "up")
    pid = bench.lab.started(run).pid
    bench.gpus.readings = (reading(bench.clock.now(), pid),)
    bench.step()
    bench.gpus.events = [Xid(bench.clock.now(), 0, 79)]

    bench.step(10)

    [lost] = [n for n in bench.board.read().news if n.rule.value == "gpu lost"]
    assert "Xid 79" in lost.sentence and lost.run == run.id
    assert [n.rule for n in bench.teller.fresh(focused=True)] == [lost.rule]
    assert bench.teller.fresh(focused=True) == []


def test_a_gpu_that_falls_silent_under_a_run_is_lost_to_that_run_alone(bench: Bench) -> None:
    run = bench.lab.python("print('up', flush=True); input()")
    other = bench.lab.python("print('up', flush=True); input()", "other")
    bench.lab.see(run, "up")
    bench.gpus.readings = (reading(bench.clock.now(), bench.lab.started(run).pid),)
    bench.step()
    gone = GpuReading(bench.clock.now(), 0, "GPU-0", "H100", problem="the GPU is lost")

    bench.gpus.readings = (gone,)
    bench.step(10)

    lost = [n for n in bench.board.read().news if n.rule.value == "gpu lost"]
    assert [n.run for n in lost] == [run.id]
    assert "gpu lost" not in [rule for rule, _, _ in bench.glance(other).findings]


def test_gpus_are_let_go_when_nobody_watches(bench: Bench) -> None:
    assert bench.watcher.step() == STEP_S
    assert not bench.gpus.wanted
    bench.board.want_gpus()
    bench.step()
    wanted = [bench.gpus.wanted]
    bench.clock.advance(IDLE_S + 60)
    assert bench.watcher.step() is None
    assert [*wanted, bench.gpus.wanted] == [True, False]


def test_a_new_name_and_baseline_are_taken_over(bench: Bench) -> None:
    base, log = bench.lab.work / "base.log", bench.lab.work / "new.log"
    base.write_text(nano(0, 50, 0.5))
    log.write_text(nano(0, 50, 0.4))
    one, two = bench.adopt(base, "base"), bench.adopt(log, "new")
    bench.step()
    bench.watcher.keep()

    renamed = bench.lab.book.rename(two, "better")
    bench.lab.book.put(replace(renamed, baseline=one.id), "hold", background=False)
    for _ in range(10):
        bench.step()

    seen = bench.glance(two)
    assert (seen.name, seen.baseline) == ("better", "base")
    assert seen.ahead == pytest.approx(0.2)


def test_a_run_whose_starter_died_gets_its_record(bench: Bench) -> None:
    run = bench.lab.python("print('up', flush=True); input()")
    bench.lab.see(run, "up")
    bench.lab.book.forget(run)
    bench.lab.book.hold(run.id)
    bench.clock.advance(60)

    bench.step()

    restored = bench.lab.book.get(run.id)
    assert restored is not None and restored.command == run.command
    assert bench.glance(run).live


def test_a_forgotten_run_is_followed_no_more(bench: Bench) -> None:
    log = bench.lab.work / "out.log"
    log.write_text(nano(0, 5))
    run = bench.adopt(log)
    bench.step()
    bench.lab.book.forget(run)

    assert bench.step().runs == ()


def test_a_log_alone_that_says_that_it_is_over_is_closed(bench: Bench) -> None:
    log = bench.lab.work / "out.log"
    log.write_text(
        nano(0, 5) + 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: bad\n'
    )
    run = bench.adopt(log)
    for _ in range(100):
        bench.step()

    bench.lab.book.ledger.refresh()
    record = bench.lab.book.find(run.id)
    assert record.ended and record.state is RunState.CRASHED
    assert record.exit_status is None


def test_stopping_asks_first_and_says_how_it_ended(lab: Lab, tmp_path: Path) -> None:
    run = lab.python("print('up', flush=True)\nimport time\ntime.sleep(600)")
    lab.see(run, "up")
    desk = lab.desk(BoardFile(tmp_path / "watch"))

    assert desk.stop(run, 5) == -signal.SIGTERM
    assert not alive(lab.started(run).pid)


def test_an_adopted_process_is_stopped_with_its_children(lab: Lab, tmp_path: Path) -> None:
    started = lab.python(
        "import subprocess, sys, time\n"
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(c.pid, flush=True); time.sleep(600)"
    )
    until(lambda: lab.output(started).strip().isdigit())
    child = int(lab.output(started))
    pid = lab.started(started).pid
    adopted = lab.starter.adopt([], pid, lab.work, [sys.executable, "x.py"])

    lab.desk(BoardFile(tmp_path / "watch")).stop(adopted, 5)

    until(lambda: not alive(pid) and not alive(child))


def test_a_process_that_does_not_end_is_not_said_to_have_ended(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = lab.python("print('up', flush=True); input()")
    adopted = lab.starter.adopt([], lab.started(started).pid, lab.work, ["python", "x.py"])

    def refused(process: psutil.Process, number: int) -> None:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "send_signal", refused)
    monkeypatch.setattr("flowtui.services.runs.launch.SLACK_S", 0.1)
    with pytest.raises(FlowError, match="did not end"):
        lab.desk(BoardFile(tmp_path / "watch")).stop(adopted, 0.1)


def test_a_long_run_is_listed_under_however_many_short_ones(lab: Lab, tmp_path: Path) -> None:
    now = lab.book.clock.now()
    lab.book.begin(Run("aaaaaa", "long", now - timedelta(days=2), "UTC"))
    for i in range(5):
        lab.book.close(Run(f"bbbbb{i}", "short", now, "UTC", ended_at=now))

    listed = lab.desk(BoardFile(tmp_path / "watch")).listed(3)

    assert [glance.name for glance in listed] == ["long", "short", "short"]


def test_the_board_of_a_watcher_that_just_ended_does_not_keep_the_next_from_starting(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = BoardFile(tmp_path / "watch")
    board.write(Board(lab.book.clock.now().timestamp(), 1))
    lab.book.hold("aaaaaa")
    asked: list[object] = []
    monkeypatch.setattr("subprocess.run", lambda *given, **more: asked.append(given))

    assert lab.desk(board).ensure_watched()
    assert len(asked) == 1


def test_gpus_are_shown_on_after_the_clock_was_set_back(bench: Bench) -> None:
    run = bench.lab.python("print('up', flush=True); input()")
    bench.lab.see(run, "up")
    pid = bench.lab.started(run).pid
    bench.gpus.readings = (reading(bench.clock.now(), pid),)
    bench.step()
    earlier = bench.clock.now() - timedelta(hours=1)

    bench.gpus.readings = (reading(earlier, pid, util=0.1),)
    bench.step()

    assert bench.glance(run).gpu_util == 0.1


def test_a_record_that_outlived_its_folder_is_shown(lab: Lab, tmp_path: Path) -> None:
    run = lab.python("print('up')")
    lab.ended(run)
    lab.book.close(replace(run, ended_at=run.started_at, state=RunState.FINISHED))
    shutil.rmtree(lab.dir(run).folder)

    detail = lab.desk(BoardFile(tmp_path / "watch")).detail(run.id)

    assert detail.glance.state == "finished" and not detail.seen.history.metrics


def places(found: Sequence[Run]) -> list[tuple[str, ...]]:
    return [run.paths for run in found]


def test_a_pid_brings_the_log_that_it_writes(lab: Lab, tmp_path: Path) -> None:
    log = lab.work / "train.log"
    run = lab.starter.start(
        ["sh", "-c", f"exec {sys.executable} -uc \"print('up'); input()\" > {log}"], lab.work,
        stdin=None,
    )  # fmt: skip
    until(lambda: log.exists() and log.read_text() == "up\n")
    lab.book.release(run.id)  # as if flowtui had not started it

    [adopted] = lab.desk(BoardFile(tmp_path / "watch")).adopter.adopt([str(lab.started(run).pid)])
    lab.book.hold(run.id)

    assert adopted.paths == (str(log),)
    assert adopted.folder == str(lab.work)


def test_a_record_that_cannot_be_decoded_holds_up_no_other_run(bench: Bench) -> None:
    bad = bench.lab.python("input()", "bad")
    good = bench.lab.python(f"print({nano(0, 5)!r}, end='', flush=True)\ninput()", "good")
    bench.lab.see(good, "iter 4:")
    book = bench.lab.book
    with book.runs.change("damage"):
        book.runs.table.update({"started_at": "yesterday"}, doc_ids=[bad.id])

    bench.step()

    assert bench.glance(good).step == 4
    assert [glance.id for glance in bench.board.read().runs] == [good.id]
    record = book.runs.table.get(doc_id=bad.id)
    assert record is not None and record["started_at"] == "yesterday"  # nobody wrote over it
    desk = bench.lab.desk(bench.board)
    assert [glance.name for glance in desk.listed()] == ["good"]
    assert desk.detail("good").glance.step == 4
    assert bench.faults == []
    os.kill(bench.lab.started(good).pid, signal.SIGTERM)
    assert bench.until_closed(good).state is RunState.STOPPED


def test_a_log_that_is_deleted_after_the_first_look_keeps_its_metrics_and_findings(
    bench: Bench,
) -> None:
    log = bench.lab.work / "train.log"
    bad = nano(0, 30) + "".join(f"iter {k}: loss nan, time 9.00ms\n" for k in range(30, 40))
    log.write_text(bad)
    run = bench.adopt(log)
    bench.step()
    log.unlink()

    detail = bench.lab.desk(bench.board).detail(run.id)

    assert detail.seen.history.metrics["loss"].n == 40
    assert [finding.rule.value for finding in detail.findings] == ["nan"]


def test_a_log_on_a_share_that_hangs_holds_up_no_other_and_is_no_verdict(
    bench: Bench, tmp_path: Path
) -> None:
    near, far = tmp_path / "near.log", tmp_path / "share" / "far.log"
    far.parent.mkdir()
    near.write_text(nano(0, 5))
    far.write_text(nano(0, 5))
    one, other = bench.adopt(near), bench.adopt(far, "far")
    bench.step()
    share = Share(far.parent)
    bench.reach = Reach(0.05, share.touch)
    bench.watcher = bench.fresh()
    near.write_text(nano(0, 9))
    for _ in range(60):
        bench.step(60.0)
    assert bench.glance(one).step == 8
    lost = bench.glance(other)
    assert "does not answer" in lost.problem and str(far) in lost.problem
    assert not lost.findings and not bench.lab.book.find(other.id).ended
    share.answer()
    far.write_text(nano(0, 9))
    bench.step()
    bench.step()
    found = bench.glance(other)
    assert (found.step, found.problem) == (8, "") and bench.faults == []
