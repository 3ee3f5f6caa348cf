"""Commands whose output is followed, by stand-ins for kubectl and ray."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.core.runs.address import parse_address
from flowtui.core.runs.job import JobState, job_words
from flowtui.core.runs.report import Report
from flowtui.system.child import end_child, start_child
from flowtui.system.clock import SystemClock
from flowtui.watch.remote.command import CommandOrigin, overlap, pod_state
from flowtui.watch.remote.origin import OriginError, Want
from tests.unit.runs.run_lab import until

_KUBECTL = """#!/bin/sh
echo "$@" >> {calls}
case "$1" in
  get) cat {state} ;;
  logs) cat {log} ;;
esac
"""


class Pod:
    """One pod with its log, and what follows it."""

    def __init__(self, folder: Path) -> None:
        self.log, self.state, self.calls = (folder / name for name in ("log", "state", "calls"))
        self.log.write_bytes(b"")
        for name in ("kubectl", "ray"):
            path = folder / name
            path.write_text(_KUBECTL.format(calls=self.calls, state=self.state, log=self.log))
            path.chmod(0o755)
        self.says("Running")
        env = {"PATH": f"{folder}:/usr/bin:/bin"}
        address = parse_address("kubectl:lab/train-0")
        self.want = Want("aaaaaa", address, folder / "run")
        start = partial(start_child, env=env)
        self.origin = CommandOrigin(address, start, end_child, SystemClock())

    def says(self, phase: str, **more: object) -> None:
        self.state.write_text(json.dumps({"status": {"phase": phase, **more}}))

    def look(self) -> Report:
        self.origin.read([self.want])
        report = self.origin.report("aaaaaa")
        assert report is not None
        return report

    def seen(self) -> bytes:
        report = self.look()
        return b"".join(Path(log).read_bytes() for log in report.logs)


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pod]:
    monkeypatch.setattr("flowtui.watch.remote.command.STATE_S", 0.0)
    made = Pod(tmp_path)
    yield made
    made.origin.close()


def test_a_command_that_ends_while_the_pod_runs_is_started_again_and_repeats_nothing(
    pod: Pod,
) -> None:
    pod.log.write_bytes(b"step 1\nstep 2\n")
    until(lambda: pod.seen() == b"step 1\nstep 2\n")
    pod.log.write_bytes(b"step 1\nstep 2\nstep 3\n")
    until(lambda: pod.seen() == b"step 1\nstep 2\nstep 3\n")

    report = pod.look()
    assert report.job is not None and report.job.state is JobState.RUNNING and not report.over
    calls = [line for line in pod.calls.read_text().splitlines() if line.startswith("logs")]
    assert "--since=1" in calls[-1] and calls[-1].endswith("-- train-0")
    assert "--namespace=lab" in calls[0]


def test_a_command_that_goes_on_gives_its_lines_at_once(pod: Pod, tmp_path: Path) -> None:
    pod.log.write_bytes(b"step 1\n")
    until(lambda: pod.seen() == b"step 1\n")
    program = tmp_path / "kubectl"
    follows = f'case "$1" in get) cat {pod.state} ;; logs) exec tail -n +1 -F {pod.log} ;; esac'
    program.write_text(f"#!/bin/sh\n{follows}\n")
    for count in (2, 3):
        with pod.log.open("ab") as file:
            file.write(f"step {count}\n".encode())
        until(lambda: pod.seen() == pod.log.read_bytes())


def test_a_pod_that_failed_is_over_with_all_that_it_printed(pod: Pod) -> None:
    pod.log.write_bytes(b"step 1\nRuntimeError: no\n")
    ended = {"state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, "restartCount": 2}
    pod.says("Failed", containerStatuses=[ended])

    until(lambda: pod.look().over and not pod.look().behind)
    report = pod.look()
    assert report.job is not None and report.job.state is JobState.OUT_OF_MEMORY
    assert (report.exit_status, report.job.lives) == (137, 2)
    assert pod.seen() == b"step 1\nRuntimeError: no\n"


def test_a_pod_that_waits_says_why(pod: Pod) -> None:
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff"}}}
    pod.says("Pending", containerStatuses=[waiting])
    report = pod.look()
    assert report.job is not None and job_words(report.job) == "pending, ImagePullBackOff"
    assert report.logs == ()


def test_half_an_answer_says_nothing_of_the_pod(pod: Pod) -> None:
    pod.state.write_text('{"status": {"pha')
    with pytest.raises(OriginError, match="half an answer"):
        pod.look()


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    start = partial(start_child, env={"PATH": str(tmp_path)})
    origin = CommandOrigin(parse_address("ray:job-1"), start, end_child, SystemClock())
    with pytest.raises(OriginError, match="ray cannot be started") as refused:
        origin.list("job-1")
    assert refused.value.told


@pytest.mark.parametrize("word", ["kubectl:--as=root", "ray:-h", "kubectl:a;b", "kubectl:"])
def test_names_that_are_options_are_refused(word: str) -> None:
    with pytest.raises(UsageError):
        parse_address(word)


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"step 1\n", b"\n"]), max_size=12)


@given(LINES, LINES, LINES)
def test_lines_that_come_again_are_dropped_and_no_others(
    before: list[bytes], both: list[bytes], after: list[bytes]
) -> None:
    known, new = b"".join(before + both), b"".join(both + after)
    place = overlap(known, new)
    assert known.endswith(new[:place])
    assert place >= len(b"".join(both)) if known.endswith(b"".join(both)) else True
    assert (known + new[place:]).startswith(known)


@given(st.binary(max_size=200))
def test_no_answer_trips_the_reader_of_pods(data: bytes) -> None:
    try:
        pod_state("x", data)
    except OriginError:
        pass
