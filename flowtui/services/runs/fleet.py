"""The GPUs of jobs elsewhere, by a Prometheus; a source like any other, with a feed of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flowtui.core.clock import Clock
from flowtui.core.runs.fleet import FleetView, fleet_view
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report
from flowtui.watch.remote.origin import Offer, Want
from flowtui.watch.servers.prometheus import Prometheus

PAST = 60
"""Figures of each GPU's past use: an hour at first, then a look each."""


class JobGpus:
    """One job as a Prometheus may know it."""

    def __init__(self, ids: tuple[str, ...], nodes: tuple[str, ...]) -> None:
        self.ids = ids
        self.nodes = nodes


class Fleet:
    """All GPUs of the jobs that run."""

    floor_s = 30.0
    near_s = 30.0

    def __init__(self, server: Prometheus, clock: Clock) -> None:
        self.jobs: Mapping[str, JobGpus] = {}
        """By run: what it is called, set before each round."""
        self._server = server
        self._clock = clock
        self._by_run: dict[str, tuple[GpuReading, ...]] = {}
        self._past: dict[str, deque[float | None]] = {}
        self._view = FleetView()
        self._first = True

    @property
    def name(self) -> str:
        """ "prometheus https://lab.example"."""
        return self._server.name

    def report(self, id: str) -> Report | None:
        """Nothing but GPUs is known here."""
        return None

    def list(self, words: str) -> Sequence[Offer]:
        """Nothing is offered: GPUs belong to runs that are known otherwise."""
        return ()

    def close(self) -> None:
        """Let go of connections."""
        self._server.close()

    def read(self, wants: Sequence[Want]) -> Spent:
        """Ask for the GPUs of all jobs at once."""
        jobs = dict(self.jobs)
        ids = {id for job in jobs.values() for id in job.ids}
        nodes = {node for job in jobs.values() for node in job.nodes}
        fleet, spent = self._server.ask(sorted(ids), sorted(nodes), self._first)
        for uuid, points in (fleet.past or {}).items():
            self._past[uuid] = deque((use for _, use in points), maxlen=PAST)
        self._first = False
        for _, gpu in fleet.gpus:
            self._past.setdefault(gpu.uuid, deque(maxlen=PAST)).append(gpu.util)
        shown = {gpu.uuid for _, gpu in fleet.gpus}
        self._past = {uuid: past for uuid, past in self._past.items() if uuid in shown}
        now = self._clock.now()
        by_run: dict[str, tuple[GpuReading, ...]] = {}
        for run, job in jobs.items():
            mine = [
                gpu for id, gpu in fleet.gpus if (id in job.ids if id else gpu.host in job.nodes)
            ]
            # all of one look at one instant: the age of each is told in the view
            by_run[run] = tuple(replace(gpu, at=now) for gpu in mine)
        self._by_run = by_run
        self._view = fleet_view([gpu for _, gpu in fleet.gpus], self._past, fleet.join)
        return spent

    def gpus(self, run: str) -> tuple[GpuReading, ...]:
        """The GPUs of a run as of the last answer."""
        return self._by_run.get(run, ())

    def view(self) -> FleetView:
        """All of them at a glance."""
        return self._view
