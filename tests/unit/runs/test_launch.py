"""Runs are started detached, outlive whoever started them, and say how they ended."""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.watch import process
from tests.unit.runs.run_lab import Lab, alive, until


def test_a_run_is_kept_byte_for_byte_with_its_exit_status(lab: Lab) -> None:
    run = lab.python(
        "import sys; sys.stdout.write('a\\rb\\n'); sys.stderr.write('\\x1b[1mc\\n'); sys.exit(3)"
    )

    ended = lab.ended(run)

    assert ended.exit_status == 3
    assert lab.dir(run).output.read_bytes() == b"a\rb\n\x1b[1mc\n"
    assert ended.max_rss_bytes is not None and ended.max_rss_bytes > 1 << 20
    assert ended.user_s is not None and ended.dropped_bytes == 0
    assert lab.book.find(run.id) == run and run.id in lab.book.active_ids()


def test_a_run_has_a_terminal_a_group_of_its_own_and_unbuffered_python(lab: Lab) -> None:
    run = lab.python(
        "import os, sys\n"
        "print(sys.stdout.isatty(), os.getpgid(0) == os.getpid(), os.get_terminal_size().columns)\n"
        "print(os.environ['PYTHONUNBUFFERED'], os.environ['FLOWTUI_RUN'], os.getcwd())"
    )

    lab.ended(run)

    assert lab.output(run).splitlines() == [
        "True True 120", f"1 {run.id} {lab.work}",
    ]  # fmt: skip


def test_a_run_is_nobody_s_child_and_ignores_a_closed_terminal(lab: Lab) -> None:
    run = lab.python("print('up', flush=True); input()")
    lab.see(run, "up")
    started = lab.started(run)

    os.kill(started.supervisor, signal.SIGHUP)

    assert os.getsid(started.supervisor) != os.getsid(0)
    assert alive(started.supervisor) and alive(started.pid)
    assert process.identity(started.pid) == process.Identity(started.pid, started.pid_began)


@pytest.mark.parametrize(
    ("code", "status"),
    [("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9), ("1 / 0", 1)],
)
def test_the_way_of_ending_is_told(lab: Lab, code: str, status: int) -> None:
    assert lab.ended(lab.python(code)).exit_status == status


STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: {asked})
print('up', flush=True)
while True:
    {then}
"""


@pytest.mark.parametrize(
    ("asked", "then"),
    [("print('asked', flush=True)", "time.sleep(1)"), ("None", "time.sleep(1)"),
     ("None", "print('x' * 70, flush=True)")],
    ids=["and says so", "silently", "talking on and on"],
)  # fmt: skip
def test_a_command_that_ignores_the_asking_is_ended_after_the_grace(
    lab: Lab, asked: str, then: str
) -> None:
    run = lab.python(STUBBORN.format(asked=asked, then=then))
    lab.see(run, "up")
    lab.dir(run).write_stop(0.3, 0)

    os.kill(lab.started(run).supervisor, signal.SIGTERM)

    assert lab.ended(run).exit_status == -signal.SIGKILL
    assert ("asked" in lab.output(run)) == ("asked" in asked)
    assert lab.dir(run).stop_asked


def test_descendants_are_ended_with_the_command(lab: Lab) -> None:
    run = lab.python(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)"
    )
    until(lambda: lab.output(run).strip().isdigit())
    child = int(lab.output(run))

    os.kill(lab.started(run).supervisor, signal.SIGTERM)

    lab.ended(run)
    until(lambda: not alive(child))


def test_a_disk_that_is_full_loses_output_and_never_the_training(lab: Lab) -> None:
    go = lab.work / "go"
    run = lab.python(
        "import os, time\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n"
        "print('x' * 100000)\nprint('end')"
    )

    resource.prlimit(lab.started(run).supervisor, resource.RLIMIT_FSIZE, (5000, 5000))
    go.touch()
    ended = lab.ended(run)

    assert ended.exit_status == 0
    assert lab.output(run) == "x" * 5000
    assert ended.dropped_bytes == 100_000 - 5000 + len("\nend\n")
    assert ended.problem == "output could not be kept: File too large"


def test_a_program_that_is_not_there_leaves_nothing_behind(lab: Lab) -> None:
    with pytest.raises(UsageError, match="unknown program 'nosuch'"):
        lab.starter.start(["nosuch"], lab.work)
    assert lab.book.active_ids() == [] and lab.book.recent(5) == []
    assert not lab.book.folder.exists()


def test_a_program_is_found_from_the_folder_it_works_in_as_in_a_shell(lab: Lab) -> None:
    script = lab.work / "train.sh"
    script.write_text("#!/bin/sh\necho trained\n")
    script.chmod(0o755)

    assert lab.ended(lab.starter.start(["./train.sh"], lab.work)).exit_status == 0
    with pytest.raises(UsageError, match=r"unknown program 'train\.sh'"):
        lab.starter.start(["train.sh"], lab.work)


def test_a_folder_that_cannot_be_written_is_told_and_no_record_stays(lab: Lab) -> None:
    lab.book.folder.parent.mkdir(parents=True, exist_ok=True)
    lab.book.folder.write_text("in the way")

    with pytest.raises(FlowError, match="could not be started"):
        lab.python("pass", "mine")
    assert lab.book.recent(5) == []


def test_names_come_from_the_command_and_are_told_apart(lab: Lab) -> None:
    script = lab.work / "train_gpt.py"
    script.write_text("import time; time.sleep(600)")
    command = [sys.executable, str(script)]

    names = [lab.starter.start(command, lab.work).name for _ in range(2)]
    named = lab.starter.start(command, lab.work, "resnet b")

    assert names == ["train_gpt", "train_gpt-2"]
    assert lab.book.find("resnet b") == named
    assert lab.book.find(named.id[:5]) == named
    assert lab.book.find("last") in lab.book.active()
    with pytest.raises(FlowError, match="unknown run 'nosuch'"):
        lab.book.find("nosuch")


def test_a_process_is_adopted_by_its_pid_and_a_dead_one_is_refused(lab: Lab) -> None:
    run = lab.python("print('up', flush=True); input()")
    lab.see(run, "up")
    pid = lab.started(run).pid

    adopted = lab.starter.adopt([], pid, lab.work, [sys.executable, "a.py"])

    spec = lab.dir(adopted).spec()
    assert adopted.adopted and (spec.pid, adopted.name) == (pid, "a")
    assert spec.began == lab.started(run).pid_began
    with pytest.raises(FlowError, match="process 4194399 does not exist"):
        lab.starter.adopt([], 4194399, lab.work, ["x"])


def test_a_process_is_known_again_whatever_the_clock_says(lab: Lab) -> None:
    """Its start is reckoned from the boot, in the kernel's own ticks: a set clock moves no tick."""
    run = lab.python("input()")
    started = lab.started(run)
    ticks = Path(f"/proc/{started.pid}/stat").read_text().rpartition(")")[2].split()[19]

    assert started.pid_began == int(ticks) / os.sysconf("SC_CLK_TCK")
    assert process.find(process.Identity(started.pid, started.pid_began)) is not None
    assert process.find(process.Identity(started.pid, started.pid_began - 1)) is None


def test_undo_does_not_take_back_a_run_that_goes_on(lab: Lab) -> None:
    run = lab.python("input()")
    services = lab.person.services
    services.store.ledger.refresh()

    assert services.history.undo() == []
    assert lab.book.find(run.id) == run
    lab.book.rename(run, "better")
    services.store.ledger.refresh()
    assert services.history.undo()[0].label == f"rename run {run.name} to better"
    lab.book.ledger.refresh()
    assert lab.book.find(run.id).name == run.name
