"""Hooks: the right ones run, none runs for ever, and what they say is kept."""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import threading
from pathlib import Path

import pytest

from flowtui.system.hook_runner import HookRunner
from flowtui.system.hooks import (
    EVENTS,
    MAX_LOG,
    HookResult,
    check,
    run_hooks,
    write_log,
)
from flowtui.system.process import MAX_OUTPUT, run_bounded
from tests.fakes import FakeClock

ENV = {"PATH": "/usr/bin:/bin", "KEPT": "yes"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hooks"
    folder.mkdir(mode=0o755)
    return folder


def hook(path: Path, script: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(mode)
    return path


def run(folder: Path, event: str = "block-end", timeout_s: float = 10.0) -> list[HookResult]:
    log = folder.parent / "hooks.log"
    return run_hooks(folder, event, b'{"a": 1}\n', ENV, log, FakeClock(), timeout_s)


def log_of(folder: Path) -> str:
    return (folder.parent / "hooks.log").read_text(encoding="utf-8")


def test_a_hook_gets_json_the_event_and_the_whole_environment(folder: Path) -> None:
    path = hook(folder / "block-end", 'cat; echo "$FLOWTUI_EVENT $KEPT"; echo bad >&2; exit 3')
    [result] = run(folder)
    assert result.path == path
    assert result.status == 3
    assert not result.ok
    assert result.problem == ""
    assert result.output == '{"a": 1}\nblock-end yes\nbad\n'
    assert log_of(folder) == (
        f"2026-03-02T09:00:00+00:00 block-end {path} status 3 in 0.0 s\n"
        '    {"a": 1}\n    block-end yes\n    bad\n'
    )
    assert stat.S_IMODE((folder.parent / "hooks.log").stat().st_mode) == 0o600


def test_many_hooks_of_one_event_run_in_the_order_of_their_names(folder: Path) -> None:
    hook(folder / "block-end", "echo 0")
    hook(folder / "block-end.d" / "20-b", "echo 2")
    hook(folder / "block-end.d" / "10-a", "echo 1; exit 1")
    hook(folder / "block-end.d" / ".hidden", "echo x")
    hook(folder / "block-end.d" / "10-a~", "echo x")
    hook(folder / "block-start", "echo x")
    assert [result.output for result in run(folder)] == ["0\n", "1\n", "2\n"]


def test_without_hooks_nothing_happens_and_nothing_is_written(tmp_path: Path) -> None:
    assert run(tmp_path / "hooks") == []
    assert list(tmp_path.glob("hooks*")) == []


def test_what_others_could_have_written_is_reported_and_not_run(folder: Path) -> None:
    witness = folder.parent / "witness"
    script = f"touch {witness}"
    hook(folder / "block-end", script, 0o757)
    hook(folder / "block-end.d" / "plain", script, 0o644)
    (folder / "block-end.d" / "folder").mkdir()
    (folder / "block-end.d" / "gone").symlink_to("nowhere")
    reasons = {result.path.name: result.problem for result in run(folder)}
    assert reasons == {
        "block-end": f"others may write to it; chmod o-w {folder / 'block-end'}",
        "plain": f"is not executable; chmod +x {folder / 'block-end.d' / 'plain'}",
        "folder": "is not a file",
        "gone": "cannot be read: No such file or directory",
    }
    assert not witness.exists()
    assert "not run: others may write to it" in log_of(folder)


@pytest.mark.parametrize("which", ["hooks", "hooks/block-end.d"])
def test_a_folder_that_others_may_write_to_is_not_trusted(folder: Path, which: str) -> None:
    hook(folder / "block-end.d" / "a", "echo x")
    (folder.parent / which).chmod(0o777)
    [result] = run(folder)
    assert result.status is None
    assert "others may write to its folder" in result.problem


def test_a_hook_of_somebody_else_is_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hook(folder / "block-end", "echo x")
    if os.geteuid() == 0:  # root may give a file away; anybody else may pretend to be another
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    [result] = run(folder)
    assert "belongs to somebody else" in result.problem
    assert result.status is None


def test_a_hook_started_by_a_hook_starts_none(folder: Path) -> None:
    hook(folder / "block-end", "echo x")
    env = {**ENV, "FLOWTUI_EVENT": "block-start"}
    log = folder.parent / "hooks.log"
    assert run_hooks(folder, "block-end", b"{}", env, log, FakeClock()) == []


def test_a_hook_that_takes_too_long_is_ended_with_all_its_children(folder: Path) -> None:
    pids = folder.parent / "pids"
    hook(folder / "block-end", f"sleep 600 & echo $! > {pids}; echo $$ >> {pids}; wait")
    [result] = run(folder, timeout_s=0.3)
    assert result.problem == "took longer than 0.3 s and was ended"
    assert result.status == -signal.SIGTERM
    assert all(ends(int(pid)) for pid in pids.read_text(encoding="utf-8").split())


def test_a_hook_that_will_not_end_is_killed(folder: Path) -> None:
    pids = folder.parent / "pids"
    hook(
        folder / "block-end",
        f"trap '' TERM; echo $$ > {pids}; while true; do sleep 0.1; done",
    )
    [result] = run(folder, timeout_s=0.3)
    assert result.status == -signal.SIGKILL
    assert all(ends(int(pid)) for pid in pids.read_text(encoding="utf-8").split())


def ends(pid: int, within_s: float = 20) -> bool:
    """True as soon as a process has ended, False if it lives on."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_s)[0])
    finally:
        os.close(handle)


def test_what_a_hook_leaves_running_neither_holds_it_up_nor_is_ended(folder: Path) -> None:
    pid = folder.parent / "pid"
    hook(folder / "block-end", f"sleep 600 & echo $! > {pid}; echo done")
    [result] = run(folder)
    left = int(pid.read_text(encoding="utf-8"))
    try:
        assert result.ok
        assert result.output == "done\n"
        assert not ends(left, within_s=0)
    finally:
        os.kill(left, signal.SIGKILL)


def test_a_hook_that_neither_reads_nor_stops_printing_is_no_trouble(folder: Path) -> None:
    path = hook(folder / "block-end", "head -c 3000000 /dev/zero | tr '\\0' x")
    ran = run_bounded([str(path)], b"x" * 1_000_000, ENV, folder, 10)
    assert ran.status == 0
    assert len(ran.output) < MAX_OUTPUT + 40
    assert ran.output.endswith("… more was printed")


def test_a_program_that_closes_its_output_is_still_waited_for(folder: Path) -> None:
    path = hook(folder / "block-end", "exec >&- 2>&-; sleep 0.2; exit 7")
    assert run_bounded([str(path)], b"", ENV, folder, 10).status == 7


def test_a_program_that_cannot_start_is_a_problem_and_no_crash(folder: Path) -> None:
    path = folder / "block-end"
    path.write_text("#!/nonexistent/shell\n", encoding="utf-8")
    path.chmod(0o755)
    [result] = run(folder)
    assert result.status is None
    assert result.seconds is None
    assert result.problem == "could not be started: No such file or directory"
    path.write_bytes(b"\x00\x01")
    assert run(folder)[0].problem == "could not be started: Exec format error"
    assert run_bounded(["a\0b"], b"", ENV, folder, 1).problem.startswith("could not be started")


def test_doctor_hears_of_everything_that_will_never_run(folder: Path) -> None:
    hook(folder / "block-end", "true")
    hook(folder / "block-start", "true", 0o644)
    hook(folder / "block-pause.sh", "true")
    hook(folder / "blok-resume", "true")
    hook(folder / "lights", "true")
    hook(folder / "old~", "true")
    reasons = {refusal.path.name: refusal.reason for refusal in check(folder)}
    assert reasons == {
        "block-start": f"is not executable; chmod +x {folder / 'block-start'}",
        "block-pause.sh": "is not named by an event; did you mean block-pause?",
        "blok-resume": "is not named by an event; did you mean block-resume?",
        "lights": f"is not named by an event; events are {', '.join(EVENTS)}",
    }
    assert check(folder / "none") == []


def test_the_log_is_begun_anew_before_it_grows_too_long(tmp_path: Path) -> None:
    log = tmp_path / "state" / "hooks.log"
    now = FakeClock().now()
    write_log(log, now, [("first", "x" * MAX_LOG)])
    write_log(log, now, [("second", "")])
    assert "second" in log.read_text(encoding="utf-8")
    assert "first" in (tmp_path / "state" / "hooks.log.1").read_text(encoding="utf-8")
    assert len(list(log.parent.iterdir())) == 2


def test_the_log_holds_no_commands_for_a_terminal(tmp_path: Path) -> None:
    log = tmp_path / "hooks.log"
    write_log(log, FakeClock().now(), [("a\nb", "c\x1b[31md\r\ne\udcff")])
    text = log.read_text(encoding="utf-8")
    assert text.splitlines()[0].endswith(r" a\nb")
    assert text.splitlines()[1:] == [r"    c\x1b[31md", r"    e\udcff"]


def test_a_log_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    hook(folder / "block-end", "echo done")
    (folder.parent / "hooks.log").mkdir()
    assert run(folder)[0].ok


def test_the_runner_takes_events_at_once_and_runs_them_in_order(folder: Path) -> None:
    gate = folder.parent / "gate"
    os.mkfifo(gate)
    hook(folder / "block-start", f"cat {gate} > /dev/null; cat")
    hook(folder / "block-end", "cat")
    heard: list[HookResult] = []
    threads: set[str] = set()

    def listen(results: list[HookResult]) -> None:
        heard.extend(results)
        threads.add(threading.current_thread().name)

    log = folder.parent / "hooks.log"
    runner = HookRunner(folder, ENV, log, FakeClock(), listen)
    runner.fire("block-start", {"intention": "żółw"})
    runner.fire("plan-reached", {})
    runner.fire("block-end", {"rating": None})
    assert heard == []  # the first hook waits at the gate
    gate.write_text("", encoding="utf-8")
    assert runner.close()
    assert [result.event for result in heard] == ["block-start", "block-end"]
    assert json.loads(heard[0].output) == {"event": "block-start", "intention": "żółw"}
    assert threads == {"hooks"}


def test_a_runner_that_never_fired_closes_at_once(folder: Path) -> None:
    assert HookRunner(folder, ENV, folder.parent / "hooks.log", FakeClock()).close()
