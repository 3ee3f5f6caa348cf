"""The one word for how a run stands, and the rules about its end."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from flowtui.core.runs.findings.finding import Rule, Severity
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.machine import ProcessReading
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.core.runs.run_state import RunState, signal_name, state_of
from tests.unit.runs.histories import START, curve, seen

LOSS = curve("loss", [2.0 - k / 100 for k in range(60)])
ALIVE = (ProcessReading(START, 1, True),)
DEAD = (ProcessReading(START, 1, False),)
TRACE = Notice(NoticeKind.TRACEBACK, "Traceback (most recent call last):\nValueError: bad batch")


@pytest.mark.parametrize(
    ("known", "after_s", "state"),
    [
        ({"exit_status": 0}, 0, RunState.FINISHED),
        ({"exit_status": 1}, 0, RunState.CRASHED),
        ({"exit_status": -9}, 0, RunState.CRASHED),
        ({"exit_status": -15}, 0, RunState.STOPPED),
        ({"exit_status": -9, "stop_asked": True}, 0, RunState.STOPPED),
        ({"process": ALIVE}, 30, RunState.RUNNING),
        ({"process": ALIVE}, 4000, RunState.STALLED),
        ({"process": DEAD, "supervised": True}, 30, RunState.RUNNING),
        ({"process": DEAD}, 30, RunState.UNKNOWN),
        ({}, 30, RunState.RUNNING),
        ({}, 50_000, RunState.UNKNOWN),
        ({"log_changed_at": START - timedelta(days=3)}, 0, RunState.UNKNOWN),
    ],
)
def test_the_state_follows_what_is_known(
    known: dict[str, object], after_s: float, state: RunState
) -> None:
    assert state_of(seen(LOSS, after_s, **known)) is state


def test_a_log_without_instants_tells_no_state_once_it_is_old() -> None:
    items: list[Item] = [Reading(k, {"loss": 1.0}) for k in range(30)]

    assert state_of(seen(items, log_changed_at=START - timedelta(days=1))) is RunState.UNKNOWN


def test_the_log_has_the_last_word_where_no_exit_status_is_known() -> None:
    done = Notice(NoticeKind.FINISHED, "done")

    assert state_of(seen([*LOSS, TRACE], 9999)) is RunState.CRASHED
    assert state_of(seen([*LOSS, done], 9999)) is RunState.FINISHED
    assert state_of(seen([*LOSS, done._replace(exit_status=1)])) is RunState.CRASHED
    stop = Notice(NoticeKind.INTERRUPTED, "KeyboardInterrupt")
    assert state_of(seen([*LOSS, stop])) is RunState.STOPPED


def test_an_error_that_was_caught_is_no_crash() -> None:
    oom = Notice(NoticeKind.OOM, "CUDA out of memory; batch skipped")

    run = seen([*LOSS[:30], oom, TRACE, *LOSS[30:]])

    assert state_of(run) is RunState.RUNNING
    assert judge(run) == []


def test_a_crash_says_how_and_with_which_error() -> None:
    found = judge(seen([*LOSS, TRACE], exit_status=1))

    assert [f.rule for f in found] == [Rule.CRASHED]
    assert found[0].sentence == "crashed after step 600 (exit status 1): ValueError: bad batch"
    assert found[0].severity is Severity.SERIOUS


def test_out_of_memory_names_line_and_rank() -> None:
    line = Notice(NoticeKind.OOM, "torch.OutOfMemoryError: CUDA out of memory.", rank=3)

    found = judge(seen([*LOSS, line], exit_status=1))

    assert [f.rule for f in found] == [Rule.CRASHED, Rule.OOM]
    assert found[1].sentence.startswith("out of memory on rank 3")


def test_a_kill_that_nobody_asked_for_points_to_memory_with_less_confidence() -> None:
    found = judge(seen(LOSS, exit_status=-9))

    assert [f.rule for f in found] == [Rule.CRASHED, Rule.OOM]
    assert found[1].confidence < 0.7


def test_nan_is_found_once_it_stays() -> None:
    healthy = [2.0 - k / 100 for k in range(60)]

    assert judge(seen(curve("loss", [*healthy, math.nan, *healthy]))) == []
    assert judge(seen(curve("loss", [*healthy, math.nan]), process=ALIVE)) == []
    found = judge(seen(curve("loss", [*healthy, math.nan, math.nan, math.inf])))
    assert [(f.rule, f.since_step) for f in found] == [(Rule.NAN, 610)]


def test_a_gradient_norm_that_overflows_now_and_then_is_no_finding() -> None:
    values = [math.inf if k % 7 == 0 else 1.0 for k in range(80)]

    assert judge(seen(curve("grad_norm", values))) == []


def test_finished_says_its_best() -> None:
    found = judge(seen(LOSS, exit_status=0))

    assert [f.sentence for f in found] == ["finished at step 600; best loss 1.41"]


def test_signals_have_names() -> None:
    assert [signal_name(s) for s in (-9, 137, -11, 1, 0, -200)] == [
        "SIGKILL",
        "SIGKILL",
        "SIGSEGV",
        None,
        None,
        None,
    ]
