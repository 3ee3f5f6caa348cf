"""Findings beyond one process: queues, limits, nodes, one worker among many."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.runs.findings.finding import Rule
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.history import History
from flowtui.core.runs.job import Job, JobState
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.pace import TIMES, Account, Pace, Spent
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.core.runs.run_state import RunState, state_of
from tests.unit.runs.histories import START_S, curve, seen


def found(seen: Seen) -> dict[Rule, str]:
    return {finding.rule: finding.sentence for finding in judge(seen)}


def running(**more: Any) -> Job:
    return Job("7", JobState.RUNNING, starts_at=START_S, **more)


def half_way() -> list[Item]:
    """Half of a thousand steps, one a second."""
    return [Reading(n, {"loss": 1.0 / n}, total_steps=1000, at=START_S + n) for n in range(1, 501)]


def test_a_job_that_its_time_does_not_suffice_for_is_told_with_where_it_will_be_cut() -> None:
    short = seen(half_way(), job=running(limit_s=710.0), where="slurm")
    enough = seen(half_way(), job=running(limit_s=1_100.0), where="slurm")
    without = seen(half_way(), job=running(), where="slurm")

    assert found(short)[Rule.TIME_LIMIT].startswith("will be cut at 71 %")
    assert Rule.TIME_LIMIT not in found(enough) | found(without)


def test_a_job_ended_by_its_limit_by_somebody_or_for_others_is_told() -> None:
    def sentence(state: JobState, rule: Rule, **more: Any) -> str:
        job = Job("7", state, starts_at=START_S, **more)
        return found(seen(half_way(), job=job, where="slurm"))[rule]

    assert sentence(JobState.TIMEOUT, Rule.TIME_LIMIT) == "ended by its time limit at 50 %"
    by = sentence(JobState.CANCELLED, Rule.ENDED_EARLY, cancelled_by="1000")
    assert by == "cancelled by uid 1000"
    assert sentence(JobState.PREEMPTED, Rule.ENDED_EARLY) == "preempted"
    assert "its node failed" in sentence(JobState.NODE_FAIL, Rule.CRASHED)
    assert "more than the job had asked for" in sentence(JobState.OUT_OF_MEMORY, Rule.OOM)


def test_a_job_that_can_never_start_or_is_late_is_told() -> None:
    now = datetime.fromtimestamp(START_S, UTC)

    def told(**more: Any) -> str | None:
        job = Job("7", JobState.PENDING, **more)
        return found(Seen(now=now, job=job, where="slurm")).get(Rule.QUEUE)

    assert told(reason="DependencyNeverSatisfied") is not None
    late = told(reason="Priority", starts_at=START_S - 7200)
    assert late == "still waits, 2 h 00 after it was to start: others are ahead of it"
    assert told(reason="Priority", starts_at=START_S + 600) is None
    assert told(reason="Priority") is None


def test_a_node_that_is_drained_is_told_while_the_job_runs() -> None:
    job = running(drained=("n2",))
    assert "n2" in found(seen(half_way(), job=job, where="slurm"))[Rule.NODE_DRAINED]
    ended = replace(job, state=JobState.COMPLETED)
    assert Rule.NODE_DRAINED not in found(seen(half_way(), job=ended, where="slurm"))


def ranks(paces: list[float], steps: int = 30) -> list[Item]:
    rows = [
        (START_S + step * pace, rank, step)
        for rank, pace in enumerate(paces)
        for step in range(1, steps + 1)
    ]
    return [Reading(step, {"loss": 1.0}, at=at, rank=rank) for at, rank, step in sorted(rows)]


def test_one_worker_that_is_slower_than_the_others_is_told() -> None:
    told = found(seen(ranks([1.0, 1.0, 1.9, 1.0])))
    assert told[Rule.STRAGGLER] == "rank 2 takes 1.9 s a step, the others 1 s"
    assert Rule.STRAGGLER not in found(seen(ranks([1.0, 1.1, 1.2, 1.0])))
    assert Rule.STRAGGLER not in found(seen(ranks([1.0, 2.0])))  # nobody knows which is usual


def test_one_worker_that_stands_still_is_told() -> None:
    items = [i for i in ranks([1.0] * 4, 400) if not (i.rank == 3 and (i.at or 0) > START_S + 100)]
    told = found(seen(items))
    assert told[Rule.RANK_STALLED].startswith("rank 3 has written nothing for 5 min")
    assert Rule.RANK_STALLED not in found(seen(ranks([1.0] * 4, 400)))


@given(st.lists(st.floats(0.9, 1.1), min_size=1, max_size=12), st.integers(1, 40))
def test_workers_that_are_alike_are_no_news(paces: list[float], steps: int) -> None:
    told = found(seen(ranks(paces, steps)))
    assert not told.keys() & {Rule.STRAGGLER, Rule.RANK_STALLED}


def test_workers_are_kept_with_the_history() -> None:
    made = seen(ranks([1.0, 2.0, 1.0])).history
    again = History.load(made.dump())
    assert again.ranks.to_json() == made.ranks.to_json() != {}


def gpus(uses: list[float], minutes: float = 6) -> list[GpuReading]:
    start = datetime.fromtimestamp(START_S, UTC)
    return [
        GpuReading(start + timedelta(seconds=30 * n), i, f"GPU-{i}", "H100", util=use, host="n1")
        for n in range(int(minutes * 2))
        for i, use in enumerate(uses)
    ]


@pytest.mark.parametrize(
    ("uses", "told"),
    [([0.9, 0.9, 0.9, 0.02], True), ([0.9, 0.8, 0.7, 0.6], False), ([0.02, 0.03], False),
     ([0.9], False)],
)  # fmt: skip
def test_gpus_that_rest_while_others_work_are_told(uses: list[float], told: bool) -> None:
    made = seen(half_way(), gpus=gpus(uses))
    assert (Rule.GPU_IMBALANCE in found(made)) is told


def test_silence_of_a_source_is_no_silence_of_a_run() -> None:
    """What was not heard of is not known: neither stalled nor ended nor anything else."""
    job = running()
    heard = datetime.fromtimestamp(START_S + 500, UTC)
    near = seen(half_way(), 10.0, job=job, where="slurm", heard_at=heard)
    late = replace(near, now=heard + timedelta(hours=9))
    assert state_of(near) is state_of(late) is RunState.RUNNING
    assert Rule.STALLED not in found(late)
    still_heard = replace(late, heard_at=late.now)
    assert state_of(still_heard) is RunState.STALLED


def test_a_job_whose_log_was_not_read_yet_is_not_silent() -> None:
    now = datetime.fromtimestamp(START_S + 90_000, UTC)
    unread = Seen(now=now, started_at=now - timedelta(days=1), job=running(), where="slurm",
                  heard_at=now)  # fmt: skip
    assert state_of(unread) is RunState.RUNNING and Rule.STALLED not in found(unread)


def test_a_jobs_own_state_is_above_the_words_of_its_log() -> None:
    words = Notice(NoticeKind.INTERRUPTED, "JOB 7 ON n1 CANCELLED DUE TO PREEMPTION")
    items = [*curve("loss", [1.0, 0.5]), words]
    assert state_of(seen(items)) is RunState.STOPPED
    assert state_of(seen(items, job=running(), where="s")) is RunState.RUNNING
    waits = Job("7", JobState.PENDING, lives=1)
    assert state_of(seen(items, job=waits, where="s")) is RunState.PENDING
    gone = Job("7", JobState.GONE)
    assert state_of(seen(items, job=gone, where="s")) is RunState.STOPPED  # by its log, then


@given(st.floats(0, 120), st.integers(0, 40), st.floats(0, 1), st.floats(1, 60))
def test_a_source_is_never_asked_more_than_its_budget_allows(
    took: float, failures: int, chance: float, floor: float
) -> None:
    pace = Pace(floor)
    pace.answer(Spent(1, took))
    assert pace.wait_s(floor, chance) >= 0.9 * max(floor, TIMES * took)
    waits = []
    for _ in range(failures):
        pace.fail(0.0)
        waits.append(pace.wait_s(floor, 0.5))
    assert waits == sorted(waits) and all(floor <= wait <= 900 for wait in waits)


def test_what_was_asked_in_an_hour_is_counted() -> None:
    account = Account("slurm", 30.0)
    for minute in range(120):
        account.answer(60.0 * minute, Spent(2, 0.01))
    account.fail(7200.0, "down", Spent(1, 9.0))
    view = account.view(7200.0)
    assert (view["requests"], view["requests_last_hour"], view["failures"]) == (241, 119, 1)
    assert (view["heard_at"], view["problem"], view["server_s"]) == (7140.0, "down", 10.2)
