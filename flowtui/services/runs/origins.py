"""All that is asked beyond this machine, each origin by a feed of its own; made when first needed.

One process a person does this, so one pace is kept whatever number of apps is open. What each was
asked is written to a small file, from which `flowtui runs sources` tells.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.runs.address import SLURM, Address, parse_address
from flowtui.core.runs.job import ACTIVE
from flowtui.core.runs.report import Report
from flowtui.core.runs.run import Run
from flowtui.services.runs.fleet_file import write_fleet
from flowtui.services.runs.origin_kinds import OriginKinds
from flowtui.services.runs.tracked_run import Tracked
from flowtui.system.files import write_atomic
from flowtui.watch.remote.feed import Feed
from flowtui.watch.remote.origin import Origin, Want
from flowtui.watch.rundir import RunDir
from flowtui.watch.slurm.node_names import names_in

if TYPE_CHECKING:
    from flowtui.services.runs.fleet import Fleet, JobGpus

ACCOUNTS = "sources.json"
KEEP_S = 10.0
"""How often the accounts are written."""


class Origins:
    """The feeds of one watcher."""

    def __init__(self, kinds: OriginKinds, clock: Clock, folder: Path) -> None:
        self._kinds = kinds
        self._clock = clock
        self._folder = folder
        self._file = folder / ACCOUNTS
        self._feeds: dict[str, Feed] = {}
        self._wants: dict[str, Want] = {}
        self._written_at: float | None = None
        self._fleet: Fleet | None = None
        self._asked_fleet = False
        self._shown: object = None

    def reports(self, run: Run, directory: RunDir) -> Callable[[], Report] | None:
        """Gives the latest of a run; None for a run of this machine."""
        want = want_of(run, directory)
        if want is None:
            return None
        self._wants[run.id] = want
        return partial(self._report, want)

    def want(self, runs: Mapping[str, Tracked], near: bool) -> None:
        """Follow the sources of these runs from now on, and no others."""
        for id in set(self._wants) - set(runs):
            del self._wants[id]
        by_origin: dict[str, list[Want]] = {}
        for want in self._wants.values():
            by_origin.setdefault(want.address.origin, []).append(want)
        for name, wants in by_origin.items():
            self._feed(name, wants[0].address)
        more = {host.name: host.has_more for host in self._kinds.hosts()}
        for host in self._kinds.hosts():
            if host.name not in self._feeds:
                self._adopt(host)
        gpus = self._fleet.name if self._fleet is not None else ""
        for name, feed in self._feeds.items():
            if name == gpus:
                continue  # it has wants of its own
            feed.want(by_origin.get(name, ()), near, more.get(name, False))
        self._want_gpus(near)
        self._write()

    def end(self) -> None:
        """Ask no more."""
        for feed in self._feeds.values():
            feed.end()
        self._write(force=True)

    def _report(self, want: Want) -> Report:
        feed = self._feeds.get(want.address.origin)
        report = Report() if feed is None else feed.report(want.id)
        if self._fleet is not None and report.job is not None:
            report = replace(report, gpus=self._fleet.gpus(want.id))
        return report if report.where else replace(report, where=want.address.where)

    def _want_gpus(self, near: bool) -> None:
        """Follow the GPUs of the jobs that run, where a Prometheus tells of them."""
        from flowtui.services.runs.fleet import JobGpus

        jobs: dict[str, JobGpus] = {}
        wants = []
        for want in self._wants.values():
            job = self._report(want).job if want.address.scheme == SLURM else None
            if job is not None and job.state in ACTIVE:
                jobs[want.id] = JobGpus((job.raw or job.id, job.id), tuple(names_in(job.nodes)))
                wants.append(want)
        if jobs and not self._asked_fleet:
            self._asked_fleet = True
            self._fleet = self._kinds.fleet()
            if self._fleet is not None:
                self._adopt(self._fleet)
        if self._fleet is None:
            return
        self._fleet.jobs = jobs
        self._feeds[self._fleet.name].want(wants, near)
        view = self._fleet.view()
        if view is not self._shown and view.count:
            self._shown = view
            write_fleet(self._folder, view)

    def _feed(self, name: str, address: Address) -> Feed:
        if name not in self._feeds:
            self._adopt(self._kinds.origin(address), name)
        return self._feeds[name]

    def _adopt(self, origin: Origin, name: str | None = None) -> Feed:
        feed = self._feeds[name or origin.name] = Feed(origin, self._clock)
        return feed

    def _write(self, force: bool = False) -> None:
        now = self._clock.monotonic()
        if not self._feeds or (
            not force and self._written_at is not None and now - self._written_at < KEEP_S
        ):
            return
        self._written_at = now
        at = self._clock.now().timestamp()
        rows = [f.account.view(at) for f in self._feeds.values() if f.account.since is not None]
        data = {"at": at, "sources": rows}
        with contextlib.suppress(OSError):  # written again in a while
            write_atomic(self._file, json.dumps(data).encode())


def want_of(run: Run, directory: RunDir) -> Want | None:
    """What is to be asked of a run; None for one of this machine."""
    try:
        spec = directory.spec()
        word, there = spec.address, spec.there
    except (OSError, ValueError):
        # its folder is gone: the record has outlived it
        word, there = next((path for path in run.paths if "://" in path), ""), {}
    if not word:
        return None
    try:
        address = parse_address(word)
    except FlowError:
        return None
    logs = tuple(log for log in there.get("output", "").split("\n") if log)
    return Want(
        run.id, address, directory.mirror, logs,
        there.get("end", ""), there.get("began", ""),
    )  # fmt: skip


def accounts_in(folder: Path) -> dict[str, Any]:
    """What the watcher's sources were asked, as it was last written; empty if they never were."""
    try:
        data = json.loads((folder / ACCOUNTS).read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
