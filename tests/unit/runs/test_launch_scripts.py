"""Scripts that put the training in the background and end: the training is the run."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from flowtui.core.runs.run import Run
from flowtui.core.runs.run_state import RunState
from tests.unit.runs.run_lab import Lab, alive, until
from tests.unit.runs.test_watcher import Bench

TRAIN = """
import os, sys, time
work = sum(k * k for k in range(300_000))
print("pid", os.getpid(), flush=True)
while not os.path.exists("go"):
    time.sleep(0.01)
print("Epoch 3/3 loss 0.25", flush=True)
sys.exit(int(sys.argv[1]))
"""
LAUNCHES = {
    "in the background": "{python} train.py {code} &",
    "with nohup": "nohup {python} train.py {code} 2>&1 | cat &",
    "with setsid": "setsid {python} train.py {code} &",
    "from a subshell": "( {python} train.py {code} & )",
    "as its launcher": "{python} -c 'import subprocess, sys; subprocess.Popen("
    '[sys.executable, "train.py", "{code}"], start_new_session=True)\'',
}
"""As torchrun and `accelerate launch` do it, the last one, but that they wait."""


def launched(lab: Lab, form: str, code: int = 0, extra: str = "") -> tuple[Run, int]:
    """A run of a script that starts the training so, and the training's pid."""
    (lab.work / "train.py").write_text(TRAIN)
    script = lab.work / "launch.sh"
    line = LAUNCHES[form].format(python=sys.executable, code=code)
    script.write_text(f"#!/bin/sh\n{extra}{line}\necho started\n")
    script.chmod(0o755)
    run = lab.starter.start(["./launch.sh"], lab.work)
    until(lambda: re.search(r"pid \d+\n", lab.output(run)) and "started" in lab.output(run))
    pid = int(lab.output(run).partition("pid ")[2].split()[0])
    until(lambda: not alive(lab.started(run).pid))
    return run, pid


@pytest.mark.parametrize("form", LAUNCHES)
def test_a_training_in_the_background_lives_on_and_is_the_run(lab: Lab, form: str) -> None:
    run, pid = launched(lab, form)
    os.kill(lab.started(run).supervisor, signal.SIGHUP)  # the terminal is closed

    assert alive(pid) and lab.dir(run).ended() is None
    (lab.work / "go").touch()

    assert lab.ended(run).exit_status == 0
    assert "Epoch 3/3 loss 0.25" in lab.output(run)


def test_its_exit_status_is_that_of_the_training(lab: Lab) -> None:
    run, _ = launched(lab, "with setsid", code=3)

    (lab.work / "go").touch()

    assert lab.ended(run).exit_status == 3


def test_a_helper_that_does_nothing_says_nothing_of_how_it_ended(lab: Lab) -> None:
    (lab.work / "train.py").write_text(TRAIN)
    helper = "sh -c 'while [ ! -e go ]; do sleep 0.05; done; exit 7' &\n"
    command = f"{helper}touch go; {sys.executable} train.py 0"

    run = lab.starter.start(["sh", "-c", command], lab.work)

    assert lab.ended(run).exit_status == 0


@pytest.mark.parametrize("form", ["in the background", "with setsid", "as its launcher"])
def test_stopping_reaches_what_the_script_left_behind(lab: Lab, tmp_path: Path, form: str) -> None:
    run, pid = launched(lab, form)
    bench = Bench(lab, tmp_path / "watch")

    lab.desk(bench.board).stop(run, 5)

    assert not alive(pid)
    assert bench.until_closed(run).state is RunState.STOPPED


def test_there_is_no_verdict_while_a_helper_prints_after_the_training_has_ended(
    lab: Lab, tmp_path: Path
) -> None:
    helper = "(while [ ! -e go ]; do echo syncing; sleep 0.05; done) &\n"
    text = "".join(f"step {k}/20 loss 0.5\\n" for k in range(1, 11))
    command = f"{helper}printf '{text}'; exit 0"
    run = lab.starter.start(["sh", "-c", command], lab.work)
    bench = Bench(lab, tmp_path / "watch")
    until(lambda: not alive(lab.started(run).pid))

    for _ in range(20):
        bench.step()
        assert bench.glance(run).state == "running"
        assert [rule for rule, _, _ in bench.glance(run).findings if rule == "crashed"] == []
    (lab.work / "go").touch()

    record = bench.until_closed(run)
    assert (record.state, record.exit_status) == (RunState.FINISHED, 0)


def test_the_use_of_a_training_that_lost_its_parent_is_counted(lab: Lab, tmp_path: Path) -> None:
    run, pid = launched(lab, "with setsid")
    bench = Bench(lab, tmp_path / "watch")

    bench.step()

    assert bench.glance(run).state == "running"
    assert (bench.glance(run).rss_bytes or 0) > 1 << 20
    assert pid in bench.watcher._tracked[run.id].pids  # GPUs are known by it
    (lab.work / "go").touch()
    lab.ended(run)


def test_a_second_asking_may_shorten_the_grace(lab: Lab) -> None:
    run = lab.python(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True)\ntime.sleep(600)"
    )
    lab.see(run, "up")
    supervisor = lab.started(run).supervisor
    lab.dir(run).write_stop(3600, 0.0)
    os.kill(supervisor, signal.SIGTERM)
    lab.dir(run).write_stop(0.1, 0.0)
    os.kill(supervisor, signal.SIGTERM)

    assert lab.ended(run).exit_status == -9


def test_a_command_finds_the_end_of_its_input_at_once(lab: Lab) -> None:
    code = "import sys; print(repr(sys.stdin.read()), sys.stdin.isatty())"

    run = lab.starter.start([sys.executable, "-c", code], lab.work)

    assert lab.ended(run).exit_status == 0
    assert lab.output(run) == "'' False\n"


def test_a_question_without_an_answer_ends_the_command_and_hangs_nobody(lab: Lab) -> None:
    run = lab.starter.start([sys.executable, "-c", "input('go on? [y/N] ')"], lab.work)

    assert lab.ended(run).exit_status == 1
    assert "EOFError" in lab.output(run)


def test_what_is_given_is_what_the_command_reads(lab: Lab) -> None:
    code = "import sys; print(sys.stdin.read().upper())"

    run = lab.starter.start([sys.executable, "-c", code], lab.work, stdin=b"yes\n")

    assert lab.ended(run).exit_status == 0
    assert lab.output(run) == "YES\n\n"


def test_what_a_script_sends_to_a_file_is_read_as_the_run_s_own(lab: Lab, tmp_path: Path) -> None:
    text = "".join(f"step {k}/20 loss 0.{k:02}\\n" for k in range(1, 21))
    inner = f"printf '{text}'; while [ ! -e go ]; do sleep 0.05; done"
    command = f'nohup sh -c "{inner}" > train.log 2>&1 &'
    run = lab.starter.start(["sh", "-c", command], lab.work)
    bench = Bench(lab, tmp_path / "watch")
    until(
        lambda: (
            (lab.work / "train.log").exists() and "20/20" in (lab.work / "train.log").read_text()
        )
    )

    for _ in range(20):
        bench.step()

    assert (bench.glance(run).step, bench.glance(run).last) == (20, 0.2)
    (lab.work / "go").touch()
    lab.ended(run)


@pytest.mark.parametrize(
    ("stdin", "code"),
    [(None, "input('Overwrite the folder? [y/N] ')"),
     (b"", "t = '/dev/tty'; open(t, 'w').write('Overwrite the folder? [y/N] '); open(t).read(1)")],
    ids=["on its input", "on its terminal"],
)  # fmt: skip
def test_a_question_on_a_terminal_is_found_within_fifteen_seconds(
    lab: Lab, tmp_path: Path, stdin: bytes | None, code: str
) -> None:
    run = lab.starter.start([sys.executable, "-c", code], lab.work, stdin=stdin)
    bench = Bench(lab, tmp_path / "watch")
    lab.see(run, "[y/N]")

    for _ in range(7):
        bench.step()

    assert [f for f in bench.glance(run).findings if f[0] == "waits for an answer"] == [
        ("waits for an answer", "notable", "waits for an answer: Overwrite the folder? [y/N]")
    ]


def test_a_training_that_is_busy_waits_for_nobody(lab: Lab, tmp_path: Path) -> None:
    run = lab.python("import time\nprint('loss:', end=' ', flush=True)\ntime.sleep(600)")
    bench = Bench(lab, tmp_path / "watch")
    lab.see(run, "loss:")

    for _ in range(10):
        bench.step()

    assert bench.glance(run).findings == ()
