"""What SLURM's programs print, as recorded of real ones, and what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.runs.job import Job, JobState, job_state, job_words, reason_words
from flowtui.core.text import is_shown
from flowtui.watch.slurm.answers import (
    ended_jobs,
    facts,
    gpu_count,
    instant,
    jobs_in_queue,
    seconds,
)
from flowtui.watch.slurm.log_path import filled, log_of
from flowtui.watch.slurm.node_names import names_in
from flowtui.watch.slurm.questions import FIELD, QUEUE_COLUMNS, RECORD

RECORDINGS = Path(__file__).parent / "slurm"
VERSIONS = sorted(path.name for path in RECORDINGS.iterdir())


def text(version: str, name: str) -> str:
    return (RECORDINGS / version / f"{name}.txt").read_text()


def queue(version: str, name: str = "squeue-running") -> dict[str, Job]:
    return {job.name: job for job in jobs_in_queue(text(version, name))}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_queue_is_read_whatever_version_prints_it(version: str) -> None:
    jobs = queue(version)

    assert jobs["ok"].state is JobState.COMPLETED and jobs["fail"].state is JobState.FAILED
    assert jobs["gpus"].state is JobState.RUNNING and jobs["gpus"].gpus == 4
    assert jobs["gpus"].nodes == "n[1-2]" and jobs["timeout"].limit_s == 60
    assert jobs["ok"].limit_s == 172_800 and jobs["ok"].folder == "/home/ada/work"
    started, submitted = jobs["ok"].starts_at, jobs["ok"].submitted_at
    assert started is not None and submitted is not None and started >= submitted > 1.7e9
    words = {name: job_words(jobs[name]) for name in ("never", "held", "later", "requeued")}
    assert job_words(jobs["big"]).endswith("can give what it asks for: it will never start")
    assert words == {
        "never": "pending, waits for a job that failed: it will never start",
        "held": "pending, held by you (scontrol release)",
        "later": "pending, may not begin yet",
        "requeued": "pending, may not begin yet",
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_arrays_and_heterogeneous_jobs_have_their_own_ids(version: str) -> None:
    ids = {job.id for job in jobs_in_queue(text(version, "squeue-running"))}

    assert {"6_1", "6_6", "7_3", "7_5", "21+0", "21+1"} <= ids


@pytest.mark.parametrize("version", VERSIONS)
def test_the_accounting_tells_every_life_and_who_ended_it(version: str) -> None:
    jobs = ended_jobs(text(version, "sacct"))

    assert job_words(jobs["2"]) == "failed, exit 3" and jobs["2"].exit_status == 3
    assert job_words(jobs["3"]) == "failed, killed by signal 9" and jobs["3"].exit_status == -9
    assert job_words(jobs["5"]) == "ended by its time limit" and jobs["5"].exit_status is None
    assert jobs["20"].cancelled_by == "1000"
    assert (jobs["16"].lives, jobs["1"].lives) == (1, 0)
    assert jobs["6_6"].raw == "6" and jobs["18"].gpus == 4
    assert jobs["ok" if "ok" in jobs else "1"].exit_status == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_the_log_of_a_job_is_found_whatever_was_left_in_its_name(version: str) -> None:
    rows = {row["JobName"]: row for row in facts(text(version, "scontrol"))}

    assert log_of(rows["ok"]) == "/home/ada/work/slurm-1.out"
    assert log_of(rows["names"]) == "/home/ada/work/logs/names-ada-n1-8.%.out"
    assert log_of(rows["space"]) == "/home/ada/work/with space/space 9.log"
    assert gpu_count(rows["gpus"].get("AllocTRES") or rows["gpus"]["TRES"]) == 4
    assert rows["requeued"]["Restarts"] == "1" and rows["fail"]["ExitCode"] == "3:0"


def test_half_an_answer_is_none() -> None:
    whole = text("22.05", "squeue-running")
    for end in range(2, len(whole) - 2, 97):
        cut = whole[:end]
        last = cut.rpartition(RECORD)[2]
        if last.count(FIELD) < len(QUEUE_COLUMNS) - 1:
            with pytest.raises(ValueError, match="half an answer"):
                jobs_in_queue(cut)


def test_an_error_on_standard_output_is_no_empty_queue() -> None:
    with pytest.raises(ValueError, match="Unable to contact"):
        jobs_in_queue("slurm_load_jobs error: Unable to contact slurm controller\n")
    assert jobs_in_queue("") == []


NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


@given(NAMES)
def test_a_name_may_hold_anything_and_hides_no_job(name: str) -> None:
    row = dict.fromkeys(QUEUE_COLUMNS, "1") | {"T": "RUNNING"}
    del row["j"]
    before = RECORD + FIELD.join(row.values()) + FIELD
    [first, second] = jobs_in_queue(f"{before}{name.replace(RECORD, '')}\n{before}b\n")

    assert first.id == second.id == "1" and second.name == "b"
    assert all(map(is_shown, first.name))


@given(st.text(max_size=300))
def test_no_text_trips_a_reader_of_answers(words: str) -> None:
    for _ in facts("JobId=1 " + words):
        pass
    ended_jobs(words)
    seconds(words)
    instant(words)
    gpu_count(words)
    names_in(words)
    job_state(words)
    reason_words(words)


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("1:00", 60), ("2-00:00:00", 172_800), ("10:30:05", 37_805), ("90", 5_400),
        ("UNLIMITED", None), ("365-00:00:00", None), ("364-23:59:53", None), ("N/A", None),
        ("Partition_Limit", None), ("1-12", 129_600),
    ],
)  # fmt: skip
def test_lengths_are_read_in_every_form(words: str, length: float | None) -> None:
    assert seconds(words) == length


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("%x-%j.out", "job-77.out"), ("%A_%a.out", "70_3.out"), ("%N/%t-%n.log", "n12/0-0.log"),
        ("%5j", "00077"), ("100%%", "100%"), ("%u-%s-%J", "ada-batch-77"), ("%q", "%q"),
    ],
)  # fmt: skip
def test_signs_in_the_name_of_a_log_are_filled_in(pattern: str, path: str) -> None:
    row = {
        "JobId": "77", "JobName": "job", "UserId": "ada(1000)", "NodeList": "n[12-15]",
        "ArrayJobId": "70", "ArrayTaskId": "3",
    }  # fmt: skip
    assert filled(pattern, row) == path


def test_a_relative_log_lies_in_the_folder_of_the_job() -> None:
    row = {"JobId": "5", "StdOut": "slurm-%j.out", "WorkDir": "/data/my work"}

    assert log_of(row) == "/data/my work/slurm-5.out"
    assert log_of({"StdOut": "(null)"}) == log_of({}) == log_of({"StdOut": "/dev/null"}) == ""


def test_lists_of_nodes_are_spelt_out() -> None:
    assert names_in("n[1-3,7],gpu-a,r[01-02]n5") == [
        "n1", "n2", "n3", "n7", "gpu-a", "r01n5", "r02n5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("CANCELLED by 1000", JobState.CANCELLED), ("REQUEUED", JobState.PENDING),
        ("COMPLETING", JobState.COMPLETING), ("OUT_OF_MEMORY", JobState.OUT_OF_MEMORY),
        ("NODE_FAIL", JobState.NODE_FAIL), ("A_STATE_OF_TOMORROW", JobState.GONE),
    ],
)  # fmt: skip
def test_states_are_told_by_the_words_of_every_version(words: str, state: JobState) -> None:
    assert job_state(words) is state
