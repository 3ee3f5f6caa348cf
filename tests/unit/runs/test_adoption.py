"""What runs already is taken up by its log: with the process that writes it, once, by its name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.run_state import RunState
from flowtui.services.runs.adoption import RunAdopter
from flowtui.services.runs.log_look import places_in
from flowtui.watch.writers import writer_of
from tests.unit.runs.run_lab import Lab, until
from tests.unit.runs.test_watcher import Bench

LINES = "".join(f"epoch {k}/100 step {k * 10}/1000 loss {2 / k:.4f}\n" for k in range(1, 41))
TRAIN = f"import time\nprint({LINES!r}, end='', flush=True)\ntime.sleep(600)"
HOLDS = {
    "redirected": '{python} -c "$CODE" > log.txt 2>&1',
    "through tee": '{python} -c "$CODE" 2>&1 | tee log.txt',
    "by a script": "sh -c '{python} -c \"$CODE\"; echo over' > log.txt 2>&1",
}


@pytest.fixture
def adopter(lab: Lab) -> RunAdopter:
    return RunAdopter(lab.starter, lambda: ((), "no driver"), places_in)


@pytest.fixture(params=HOLDS)
def shell(lab: Lab, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A training whose log is open, each in a process group of its own."""
    line = HOLDS[request.param].format(python=sys.executable)
    process = subprocess.Popen(
        ["sh", "-c", line], cwd=lab.work, env={**os.environ, "CODE": TRAIN},
        start_new_session=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    log = lab.work / "log.txt"
    until(lambda: log.exists() and "epoch 40/100" in log.read_text())
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_writer_of_a_log_is_found_and_its_death_known_at_the_next_look(
    lab: Lab, adopter: RunAdopter, shell: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    bench = Bench(lab, tmp_path / "watch")

    [run] = adopter.adopt([str(lab.work / "log.txt")])
    bench.step()
    assert bench.glance(run).state == "running"
    assert (bench.glance(run).rss_bytes or 0) > 1 << 20
    assert sys.executable in " ".join(run.command)
    os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()
    bench.step()

    assert bench.glance(run).state == "crashed"
    assert bench.until_closed(run).state is RunState.CRASHED


def test_nobody_writes_a_log_that_is_only_read(tmp_path: Path) -> None:
    log = tmp_path / "old.log"
    log.write_text(LINES)

    with log.open("rb"):
        assert writer_of([log]) is None


def test_a_log_is_taken_up_once_also_after_its_end(
    lab: Lab, adopter: RunAdopter, tmp_path: Path
) -> None:
    log = lab.work / "a.log"
    log.write_text(LINES + "Traceback (most recent call last):\nValueError: bad batch\n")
    yesterday = time.time() - 86_400
    os.utime(log, (yesterday, yesterday))
    bench = Bench(lab, tmp_path / "watch")
    [run] = adopter.adopt([str(log)], name="mine")
    with pytest.raises(FlowError, match="is watched already"):
        adopter.adopt([str(lab.work)])

    assert bench.until_closed(run).state is RunState.CRASHED
    with pytest.raises(FlowError, match="was read to its end already"):
        adopter.adopt([str(lab.work)])
    with log.open("a") as file:
        file.write("epoch 41/100 loss 0.1\n")  # a second start appends to it

    assert [again.name for again in adopter.adopt([str(log)])] == ["a"]


def test_a_wandb_run_and_its_parents_give_one_run_whose_name_holds(
    lab: Lab, adopter: RunAdopter
) -> None:
    fixture = Path(__file__).parents[2] / "logs/fixtures/wandb/finished.wandb"
    folder = lab.work / "wandb" / "offline-run-20260102_030405-abcdefgh"
    (folder / "files").mkdir(parents=True)
    (folder / "run-abcdefgh.wandb").write_bytes(fixture.read_bytes())
    (folder / "files" / "output.log").write_text(LINES)
    (folder / "files" / "config.yaml").write_text("lr:\n  value: 0.1\nepochs:\n  value: 3\n")
    (folder / "files" / "requirements.txt").write_text("torch==2.1.0\n")

    [run] = adopter.adopt([str(folder)], name="mine")

    assert run.name == "mine"
    for parent in (folder, folder.parent, lab.work):
        with pytest.raises(FlowError, match="is watched already"):
            adopter.adopt([str(parent)], name="twin")
    assert lab.book.find("mine").name == "mine"


def test_one_name_is_not_given_to_several_runs(lab: Lab, adopter: RunAdopter) -> None:
    for name in ("a.log", "b.log"):
        (lab.work / name).write_text(LINES)

    with pytest.raises(UsageError, match="holds 2 runs"):
        adopter.adopt([str(lab.work)], name="one")
    assert lab.book.recent(5) == []


def test_settings_and_tables_of_data_in_a_project_are_no_runs(
    lab: Lab, adopter: RunAdopter
) -> None:
    (lab.work / "data").mkdir()
    files = {
        "config.json": '{"lr": 0.1, "epochs": 3, "train_batch_size": 8}',
        "params.yaml": "lr: 0.1\nepochs: 3\n",
        "ds_config.json": '{"train_batch_size": 8, "steps_per_print": 10}',
        "args.json": '{"epoch": 3, "step": 4, "learning_rate": 0.1}',
        "hparams.json": '[{"lr": 0.1, "epochs": 10}]',
        "data/train.csv": "id,label,width,height\n1,0,3.5,4.0\n2,1,3.7,4.1\n",
        "data/iris.csv": "sepal_length,sepal_width,label\n5.1,3.5,0\n4.9,3.0,1\n",
        "data/train.jsonl": '{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n',
        "data/scores.tsv": "name\tlength\n" + "a\t3\nb\t4\n",
        "data/annotations.json": '{"images": [{"id": 1, "width": 640}], "categories": []}',
        "requirements.txt": "torch==2.1.0\nnumpy>=1.24\n",
        "environment.txt": "python 3.11\ncuda 12.1\n",
        "notes.txt": "step 1: clean the data\nstep 2: train\nlr 0.1 was too high\n",
    }
    for name, text in files.items():
        (lab.work / name).write_text(text)

    with pytest.raises(FlowError, match="nothing in"):
        adopter.adopt([str(lab.work)])
