"""Silence of a run: one clock for its state and for all that is said of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.machine import ProcessReading
from flowtui.core.runs.run_json import run_view
from flowtui.core.runs.run_state import RunState, silence_s, state_of
from flowtui.core.runs.run_text import silence
from flowtui.services.runs.log_look import log_of
from flowtui.watch.place import Place
from flowtui.watch.runlog import ZONE_S, zone_shift
from tests.unit.runs.histories import START, curve, seen
from tests.unit.runs.run_lab import Lab
from tests.unit.runs.test_watcher import Bench

LOSS = curve("loss", [2.0 - k / 100 for k in range(60)])
ALIVE = (ProcessReading(START, 1, True),)


@pytest.mark.parametrize("hours", [1, 5, 23])
def test_a_log_without_a_known_process_is_never_stalled(hours: int) -> None:
    quiet = seen(LOSS, hours * 3600)
    quiet_since = quiet.now - timedelta(hours=hours)

    assert state_of(quiet) is RunState.UNKNOWN
    assert silence_s(quiet) == pytest.approx(hours * 3600)
    assert judge(quiet) == []
    assert run_view(quiet, [], "UTC")["eta_s"] is None
    assert quiet_since.tzinfo is UTC


def test_what_is_said_of_a_silence_is_what_the_state_rests_on() -> None:
    stalled = seen(LOSS, 4000, process=ALIVE)

    assert state_of(stalled) is RunState.STALLED
    [finding] = judge(stalled)
    assert finding.evidence["silence_s"] == silence_s(stalled) == 4000


def test_a_quiet_log_says_since_when_and_that_its_end_is_not_known(bench: Bench) -> None:
    log = bench.lab.work / "train.log"
    log.write_text("".join(f"step {k}/1000 loss {2 / k:.4f}\n" for k in range(1, 40)))
    at = bench.clock.now() - timedelta(hours=2)
    os.utime(log, (at.timestamp(), at.timestamp()))
    run = bench.adopt(log)
    bench.step()

    glance = bench.glance(run)
    assert (glance.state, glance.eta_s) == ("unknown", None)
    said = silence(glance, ZoneInfo("UTC"))
    assert said.endswith(", its end is not known") and f"{at:%H:%M}" in said


@pytest.fixture
def bench(lab: Lab, tmp_path: Path) -> Bench:
    return Bench(lab, tmp_path / "watch")


@pytest.mark.parametrize("hours", [-8, 0, 2, 5.5])
def test_a_log_in_another_zone_s_time_is_read_on_our_clock(lab: Lab, hours: float) -> None:
    log = lab.work / "train.log"
    end = datetime(2026, 5, 4, 10, 0).astimezone()
    theirs = [end + timedelta(hours=hours, seconds=5 * (k - 40)) for k in range(1, 41)]
    text = "".join(
        f"{at:%Y-%m-%d %H:%M:%S},000 INFO step {k}/100 loss {2 / k:.4f}\n"
        for k, at in enumerate(theirs, 1)
    )
    log.write_text(text)
    os.utime(log, (end.timestamp() + 1, end.timestamp() + 1))
    run = lab.starter.adopt([Place("file", log)], None, lab.work, (), "log")

    read = log_of(run, lab.dir(run))
    read.look()

    assert read.history.last_at == pytest.approx(end.timestamp(), abs=2)
    assert read.rhythm.last_sign(end.timestamp() + 60) == pytest.approx(end.timestamp(), abs=2)


@given(st.floats(-1e7, 1e7))
def test_only_whole_half_hours_are_another_zone(seconds: float) -> None:
    shift = zone_shift(seconds)

    assert shift % ZONE_S == 0 and abs(shift) <= 14 * 3600
    assert shift == 0 or abs(seconds - shift) <= 20
