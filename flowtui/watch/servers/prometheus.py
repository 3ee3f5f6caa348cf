"""GPUs by a Prometheus with the figures of DCGM: those of one's own jobs, by one question a round.

A range selector gives the samples' own instants and the last value of a series that has vanished,
which an instant vector does not; so a GPU that is gone, a node that is silent and a scrape that is
late can be told apart. At the first look the last hour comes along. Labels differ from site to
site: the usual names are tried, or a person says them; which join was used is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.machine import BOARD, GpuReading, Throttle
from flowtui.core.runs.pace import Spent
from flowtui.core.text import plain
from flowtui.watch.remote.origin import OriginError
from flowtui.watch.remote.web import Web

WINDOW_S = 90
LATE_S = 75.0
"""Samples further apart than this are not of one time."""
MISSING_S = 40.0
"""A GPU that is so much older than the newest one is lost, or its whole node silent."""
STEP_S = 60
METRICS = (
    "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE",
    "DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_XID_ERRORS",
    "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", "DCGM_FI_DEV_SM_CLOCK",
)  # fmt: skip
NAMES: Mapping[str, tuple[str, ...]] = {
    "job": ("hpc_job", "slurm_job_id", "slurmjobid", "jobid", "job_id", "exported_job"),
    "host": ("Hostname", "hostname", "node", "instance"),
    "gpu": ("gpu", "gpu_id", "minor_number", "device"),
    "uuid": ("UUID", "uuid", "gpu_uuid"),
}  # fmt: skip
MIB = 1 << 20
_HEAT, _POWER, _HARDWARE = 0x20 | 0x40, 0x80, 0x8
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The GPUs of an answer."""

    gpus: tuple[tuple[str, GpuReading], ...] = ()
    """(job, the latest of a GPU); the job is empty where no label says it."""
    past: Mapping[str, tuple[tuple[float, float], ...]] | None = None
    """By uuid: (POSIX seconds, use) of the last hour, where it was asked for."""
    join: str = ""
    """How GPUs were found: "by job label hpc_job", "by node, shared with others"."""


class Prometheus:
    """One server, as far as it tells of GPUs."""

    def __init__(self, web: Web, clock: Clock, labels: Sequence[str] = ()) -> None:
        self._web = web
        self._clock = clock
        self._wishes = dict(label.split("=", 1) for label in labels)
        self._labels: dict[str, str] | None = None
        self._xids: dict[str, int] = {}
        """By uuid: the last Xid when the GPU was first seen; it stays for ever over there."""

    @property
    def name(self) -> str:
        """ "prometheus https://lab.example"."""
        return f"prometheus {self._web.url}"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def ask(self, jobs: Iterable[str], nodes: Iterable[str], first: bool) -> tuple[Fleet, Spent]:
        """The GPUs of these jobs; where no label tells jobs, of these nodes. Raises OriginError.

        With `first` the last hour comes along.
        """
        labels = self._learn()
        where, join = _selector(labels, list(jobs), list(nodes))
        if not where:
            return Fleet(join=join), self._spent()
        select = f'{{__name__=~"{"|".join(METRICS)}",{where}}}'
        rows = self._rows(f"{select}[{WINDOW_S}s]", None)
        past = self._past(where, labels) if first else None
        gpus = gpus_of(rows, labels, self._clock.now().timestamp(), self._xids)
        return Fleet(gpus, past, join), self._spent()

    def _past(self, where: str, labels: Mapping[str, str]) -> Mapping[str, Any]:
        end = self._clock.now().timestamp()
        select = f"{METRICS[0]}{{{where}}}"
        rows = self._rows(select, (end - 3600, end))
        return {
            _key(row["metric"], labels): tuple(
                (float(at), float(value) / 100) for at, value in row["values"]
            )
            for row in rows
        }

    def _rows(self, query: str, span: tuple[float, float] | None) -> Sequence[Json]:
        fields: Json = {"query": query}
        path = "/api/v1/query"
        if span is not None:
            path = "/api/v1/query_range"
            fields |= {"start": f"{span[0]:.0f}", "end": f"{span[1]:.0f}", "step": str(STEP_S)}
        got = self._web.post(path, fields, form=True)
        rows = got.get("data", {}).get("result") if isinstance(got, dict) else None
        if not isinstance(rows, list):
            raise OriginError(f"{self._web.host} gives no answer of Prometheus")
        return rows

    def _learn(self) -> dict[str, str]:
        """What this site calls job, host, GPU and UUID."""
        if self._labels is None:
            got = self._web.get("/api/v1/labels", {"match[]": METRICS[0]})
            known = set(got.get("data", ()) if isinstance(got, dict) else ())
            if not known:
                raise OriginError(f"{self._web.host} has no {METRICS[0]}", told=True)
            self._labels = {
                what: self._wishes.get(what) or next((n for n in names if n in known), "")
                for what, names in NAMES.items()
            }
        return self._labels

    def _spent(self) -> Spent:
        asked, took = self._web.spent()
        return Spent(asked, took)


def _selector(
    labels: Mapping[str, str], jobs: Sequence[str], nodes: Sequence[str]
) -> tuple[str, str]:
    """What chooses the series, and how GPUs are joined to jobs."""
    if labels["job"]:
        ids = "|".join(re.escape(job) for job in jobs if job)
        label = labels["job"]
        return (f'{label}=~"{ids}"' if ids else "", f"by job label {label}")
    if labels["host"]:
        names = "|".join(re.escape(node).replace("\\", "\\\\") for node in nodes if node)
        chosen = f'{labels["host"]}=~"(?:{names})(?:[.:].*)?"' if names else ""
        return chosen, "by node, shared with others"
    return "", "no label tells jobs or nodes: say it in [sources] gpu_labels"


def gpus_of(
    rows: Sequence[Json], labels: Mapping[str, str], now: float, xids: dict[str, int]
) -> tuple[tuple[str, GpuReading], ...]:
    """Readings from the series of a range selector; the latest sample of each counts."""
    figures: dict[str, dict[str, float]] = {}
    about: dict[str, Mapping[str, str]] = {}
    heard: dict[str, float] = {}
    for row in rows:  # thousands of them: each look-up counts
        metric = row["metric"]
        key = _key(metric, labels)
        last = row["values"][-1]
        at = float(last[0])
        before = heard.get(key)
        if before is None:
            heard[key], about[key], figures[key] = at, metric, {}
        elif at < before - LATE_S:
            continue  # a series of before, under another job
        elif at > before:
            heard[key], about[key] = at, metric
        figures[key][metric["__name__"]] = float(last[1])
    newest = max(heard.values(), default=now)
    nodes: dict[str, float] = {}
    for key, metric in about.items():
        host = _host(metric, labels)
        nodes[host] = max(nodes.get(host, 0.0), heard[key])
    return tuple(
        _reading(key, figures[key], about[key], labels, heard[key], newest, nodes, xids)
        for key in about
    )


def _reading(
    key: str,
    figures: Mapping[str, float],
    metric: Mapping[str, str],
    labels: Mapping[str, str],
    at: float,
    newest: float,
    nodes: Mapping[str, float],
    xids: dict[str, int],
) -> tuple[str, GpuReading]:
    def figure(name: str, factor: float = 1.0) -> float | None:
        value = figures.get(f"DCGM_FI_DEV_{name}")
        return None if value is None or value != value else value * factor

    host = _host(metric, labels)
    used, free = figure("FB_USED", MIB), figure("FB_FREE", MIB)
    util, xid = figure("GPU_UTIL", 0.01), int(figure("XID_ERRORS") or 0)
    problem = None
    if newest - at > MISSING_S:
        silent = newest - nodes[host] > MISSING_S
        problem = "its node is silent" if silent else "lost: the exporter sees it no more"
    elif xid != xids.setdefault(key, xid) and xid in BOARD:
        problem = f"lost: Xid {xid}, {BOARD[xid]}"
    number = metric.get(labels["gpu"], "")
    digits = None if number.isdigit() else re.search(r"\d+\Z", number)
    gone = problem is not None
    return _clean(metric.get(labels["job"], "")), GpuReading(
        at=datetime.fromtimestamp(at, UTC),
        index=int(digits[0]) if digits else int(number or 0) if number.isdigit() else 0,
        uuid=_clean(key),
        name=_clean(metric.get("modelName", "")),
        util=None if util is None or gone else min(1.0, util),
        mem_used_bytes=None if used is None or gone else int(used),
        mem_total_bytes=None if used is None or free is None or gone else int(used + free),
        temp_c=None if gone else figure("GPU_TEMP"),
        power_w=None if gone else figure("POWER_USAGE"),
        sm_clock_mhz=None if gone else figure("SM_CLOCK"),
        throttle=None if gone else _throttle(figure("CLOCK_THROTTLE_REASONS")),
        mig=plain(metric["GPU_I_PROFILE"], 20) if metric.get("GPU_I_PROFILE") else None,
        problem=problem,
        host=host,
    )


def _throttle(bits: float | None) -> frozenset[Throttle] | None:
    if bits is None:
        return None
    mask = int(bits)
    signs = (
        (_HEAT, Throttle.HEAT), (_POWER, Throttle.POWER_BRAKE), (_HARDWARE, Throttle.HARDWARE),
        (0x4, Throttle.POWER_CAP),
    )  # fmt: skip
    return frozenset(reason for bit, reason in signs if mask & bit)


def _key(metric: Mapping[str, str], labels: Mapping[str, str]) -> str:
    name = metric.get(labels["uuid"], "")
    part = metric.get("GPU_I_ID", "")
    name = name or f"{_host(metric, labels)}/{metric.get(labels['gpu'], '')}"
    return f"{name}/{part}" if part else name


def _host(metric: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """The short name of a node: n001 of n001.cluster.example:9400."""
    return _short(metric.get(labels["host"], ""))


@lru_cache(1 << 14)
def _short(name: str) -> str:
    return plain(re.split(r"[.:]", name)[0], 60)


@lru_cache(1 << 14)
def _clean(text: str) -> str:
    return plain(text, 80)
