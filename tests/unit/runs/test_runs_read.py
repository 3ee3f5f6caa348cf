"""`runs read`: one look at any log, as JSON by contract and as text for people."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.logs.read import FIXTURES
from tests.unit.schemas import RUN, check, many
from tests.user import NOON, Person, Shell

KEYS = [
    "name", "state", "formats", "started_at", "ended_at", "exit_status", "step", "total_steps",
    "epoch", "total_epochs", "progress", "eta_s", "eta_error_s", "metrics", "findings",
]  # fmt: skip
EVERY = sorted(str(p.relative_to(FIXTURES)) for p in FIXTURES.iterdir() if p.name[0] != ".")


@pytest.mark.parametrize("name", [name for name in EVERY if name != "versions.json"])
def test_what_is_told_of_every_format_fits_the_contract(flow: Shell, name: str) -> None:
    told = flow.ok("runs", "read", str(FIXTURES / name), "--json").json

    check(told, RUN if isinstance(told, dict) else many(RUN))


def test_the_keys_are_those_of_the_contract(flow: Shell) -> None:
    told = flow.ok("runs", "read", str(FIXTURES / "hf_trainer.log"), "--json").json

    assert list(told) == KEYS
    assert list(told["metrics"]["eval_loss"]) == ["last", "best", "first", "min", "max", "n"]
    assert (told["state"], told["step"], told["progress"]) == ("finished", 36, 1.0)


def test_not_a_number_is_a_word_and_a_finding(flow: Shell, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    lines = [f"step {k} loss: {2 / k:.3f} grad_norm: inf\n" for k in range(1, 20)]
    lines += [f"step {k} loss: nan grad_norm: -inf\n" for k in range(20, 25)]
    log.write_text("".join(lines), encoding="utf-8")

    told = flow.ok("runs", "read", str(log), "--json").json

    assert told["metrics"]["loss"]["last"] == "nan"
    assert told["metrics"]["grad_norm"] == {
        "last": "-inf", "best": None, "first": "inf", "min": None, "max": None, "n": 24,
    }  # fmt: skip
    nan = next(f for f in told["findings"] if f["rule"] == "nan")
    assert (nan["severity"], nan["since_step"]) == ("serious", 20)


def test_a_folder_of_several_runs_is_a_list(flow: Shell, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "logs" / name).mkdir(parents=True)
        (tmp_path / "logs" / name / "metrics.csv").write_text("step,loss\n1,2.0\n2,1.0\n")

    told = flow.ok("runs", "read", str(tmp_path / "logs"), "--json").json

    assert sorted(run["name"] for run in told) == ["one", "two"]


def test_a_log_beside_the_metrics_of_one_run_belongs_to_it(flow: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    (folder / "version_0").mkdir(parents=True)
    (folder / "version_0" / "metrics.csv").write_text("step,val_loss\n1,2.0\n2,1.0\n")
    (folder / "train.log").write_text("step 5/10 loss: 0.5\nTraining complete\n")

    told = flow.ok("runs", "read", str(folder), "--json").json

    assert (told["state"], told["total_steps"]) == ("finished", 10)
    assert sorted(told["metrics"]) == ["loss", "val_loss"]
    assert told["formats"] == ["lightning-csv", "steps"]


def test_validation_in_a_folder_of_its_own_is_one_run(flow: Shell, tmp_path: Path) -> None:
    events = (FIXTURES / "tf2" / "events.out.tfevents.3").read_bytes()
    for split in ("train", "validation"):
        (tmp_path / "logs" / split).mkdir(parents=True)
        (tmp_path / "logs" / split / "events.out.tfevents.3").write_bytes(events)

    told = flow.ok("runs", "read", str(tmp_path / "logs"), "--json").json

    assert sorted(told["metrics"]) == ["train/epoch_loss", "validation/epoch_loss"]


def test_a_person_reads_state_progress_findings_and_a_table(flow: Shell, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_bytes((FIXTURES / "torchrun.log").read_bytes())
    at = NOON.timestamp() - 180
    os.utime(log, (at, at))

    told = flow.ok("runs", "read", str(log)).out

    assert told.splitlines()[0].endswith("  crashed")
    assert told.splitlines()[1:3] == ["  step 12 of 100, 12 %", "  steps  ·  changed 3 min ago"]
    assert "serious  out of memory on rank 1" in told
    assert "metric" in told and "loss" in told


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: None, "there is no"),
        (lambda path: path.mkdir(), "tells of a training run"),
        (lambda path: path.write_bytes(bytes(range(256)) * 400), "looks like no log"),
    ],
)
def test_what_tells_of_no_run_is_one_line(
    flow: Shell, tmp_path: Path, make: object, told: str
) -> None:
    path = tmp_path / "thing"
    make(path)  # type: ignore[operator] # one of the lambdas above

    said = flow("runs", "read", str(path))

    assert said.code == 1
    assert told in said.err


@pytest.mark.parametrize("text", ["", "hello\nworld\n"])
def test_a_log_that_says_nothing_yet_is_unknown(flow: Shell, tmp_path: Path, text: str) -> None:
    log = tmp_path / "train.log"
    log.write_text(text)

    said = flow.ok("runs", "read", str(log), "--json")

    assert (said.json["state"], said.json["metrics"]) == ("unknown", {})
    assert "is known to any reader yet" in said.err


def test_reading_creates_nothing(flow: Shell, person: Person, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("step 1 loss: 1.0\n")

    flow.ok("runs", "read", str(log))

    assert not person.home.exists()
