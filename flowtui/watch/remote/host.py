"""A host over SSH: any number of its logs, processes and commands by one connection."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import PurePosixPath
from typing import Any, Protocol

from flowtui.core.clock import Clock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.address import SSH, Address
from flowtui.core.runs.machine import GpuProcess, GpuReading, ProcessReading
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report
from flowtui.core.text import plain
from flowtui.watch.remote.mirror import Mirror
from flowtui.watch.remote.origin import Offer, OriginError, Want

FLOOR_S, NEAR_S = 10.0, 0.6
PROCESS_S = 10.0
GPU_S = 20.0
MOST = 4 << 20
"""Bytes of all logs together in one answer."""
MANY_ROUNDS = 16
"""So often it goes on at once while a log is behind."""
TICK_S = 0.2
GPU_QUERY = (
    "nvidia-smi", "--format=csv,noheader,nounits",
    "--query-gpu=index,uuid,name,utilization.gpu,memory.used,memory.total,temperature.gpu,"
    "power.draw,power.limit",
)  # fmt: skip
GPU_HOLDERS = (
    "nvidia-smi", "--format=csv,noheader,nounits",
    "--query-compute-apps=gpu_uuid,pid,used_memory",
)  # fmt: skip


class Line(Protocol):
    """What answers the follower's questions: `SshLine`, or `HereLine` without a connection."""

    @property
    def skew_s(self) -> float:
        """Our clock less the host's, by its last answer."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as was seen."""
        ...

    def ask(self, question: dict[str, Any], wait_s: float = ...) -> tuple[Any, bytes]:
        """The answer, and the bytes that belong to it. Raises OriginError."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command went, wherever it ran."""

    status: int
    output: str
    error: str = ""
    took_s: float = 0.0


class SshHost:
    """Everything that is watched on one host."""

    near_s = NEAR_S
    floor_s = FLOOR_S
    connects = True
    """A failure to connect is no work over there."""

    def __init__(self, host: str, line: Line, clock: Clock) -> None:
        self.host = host
        self._line = line
        self._clock = clock
        self._lock = threading.Lock()
        """The line is asked by one thread at a time: logs, and commands on behalf of a cluster."""
        self._reports: dict[str, Report] = {}
        self._mirrors: dict[tuple[str, str], Mirror] = {}
        self._more: dict[str, tuple[Want, tuple[str, ...]]] = {}
        """Logs that others want of this host, by run: a cluster's."""
        self._processes: dict[str, _Process] = {}
        self._gpus: tuple[GpuReading, ...] = ()
        self._gpus_at: float | None = None
        self._has_gpus: bool | None = None
        self._ids = count(1)
        self._pause = threading.Event()

    @property
    def name(self) -> str:
        """ "ssh gpu01"; "logs" of this machine."""
        return f"ssh {self.host}" if self.host else "logs"

    def report(self, id: str) -> Report | None:
        """What was heard of a run last."""
        return self._reports.get(id)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._line.close()

    def list(self, words: str) -> Sequence[Offer]:
        """The logs at a path, newest first. Raises OriginError."""
        answer, _ = self.ask({"do": "list", "path": words})
        if answer.get("problem"):
            raise OriginError(self._said(str(answer["problem"])))
        return [
            Offer(Address(SSH, self.host, str(path)), PurePosixPath(str(path)).name, f"{size} B")
            for path, size in answer["files"]
        ]

    def follow_logs(self, want: Want, paths: Sequence[str]) -> None:
        """Mirror these logs of a run too, on behalf of another origin."""
        self._more[want.id] = (want, tuple(paths))

    def forget(self, id: str) -> None:
        """Nobody wants this run's logs any more."""
        self._more.pop(id, None)

    @property
    def has_more(self) -> bool:
        """True while another origin wants logs of this host."""
        return bool(self._more)

    def read(self, wants: Sequence[Want]) -> Spent:
        """The logs of all runs in one question, then processes and GPUs as they are due."""
        spent = 0.0
        asked = 0
        kept = {want.id for want in wants}
        for id in set(self._processes) - kept:
            del self._processes[id]
        for want in wants:
            if want.address.pid is not None or want.id in self._processes:
                used = self._look_at_process(want)
                self._look_for_end(want)
                spent, asked = spent + used, asked + (used > 0)
        files = self._files(wants)
        for _ in range(MANY_ROUNDS):
            if not files:
                break
            spent += self._read_files(files)
            asked += 1
            if not any(mirror.behind and not mirror.problem for mirror in files.values()):
                break
        if any(process.pids for process in self._processes.values()):
            asked += self._look_at_gpus()
        at = self._clock.now().timestamp()
        for want in [*wants, *(want for want, _ in self._more.values() if want.id not in kept)]:
            self._reports[want.id] = self._report(want, at)
        return Spent(asked, spent)

    def ask(self, question: dict[str, Any], wait_s: float = 20.0) -> tuple[Any, bytes]:
        """One question to the follower. Raises OriginError."""
        with self._lock:
            return self._line.ask(question, wait_s)

    def run(
        self,
        argv: Sequence[str],
        timeout_s: float,
        env: dict[str, str] | None = None,
        unset: Sequence[str] = (),
        folder: str = "",
        given: str = "",
    ) -> Answer:
        """Run a command there to its end; logs go on meanwhile. Raises OriginError."""
        id = f"c{next(self._ids)}"
        begun, _ = self.ask({
            "do": "begin", "id": id, "argv": list(argv), "env": env or {}, "unset": list(unset),
            "folder": folder, "given": given,
        })  # fmt: skip
        if begun.get("problem"):
            raise OriginError(self._said(str(begun["problem"])), bool(begun.get("missing")))
        until = self._clock.monotonic() + timeout_s + 5
        while self._clock.monotonic() < until:
            answer, data = self.ask({"do": "result", "id": id, "timeout": timeout_s})
            if answer.get("problem"):
                raise OriginError(self._said(str(answer["problem"])))
            if not answer["runs"]:
                if answer["late"]:
                    break
                return Answer(
                    int(answer["status"]), data.decode("utf-8", "replace"),
                    str(answer["error"]), float(answer["took"]),
                )  # fmt: skip
            self._pause.wait(TICK_S)
        raise OriginError(self._said(f"{argv[0]} has not answered for {timeout_s:g} s"))

    def _look_for_end(self, want: Want) -> None:
        """Has its end been written down over there?"""
        process = self._processes.get(want.id)
        if not want.end or process is None or process.end is not None:
            return
        if process.reading is not None and process.reading.alive:
            return
        answer, _ = self.ask({"do": "end", "path": want.end})
        end = answer.get("end")
        if isinstance(end, dict) and isinstance(end.get("status"), int):
            process.end = (end["status"], float(end.get("at", 0.0)) + self._line.skew_s)

    def _said(self, words: str) -> str:
        """Words of this host, with its name before them."""
        return f"{self.host}: {plain(words, 300)}" if self.host else plain(words, 300)

    def _files(self, wants: Sequence[Want]) -> dict[str, Mirror]:
        """What is to be mirrored, by a key for the question."""
        paths: list[tuple[Want, str]] = []
        for want in wants:
            process = self._processes.get(want.id)
            if want.logs:
                paths += [(want, log) for log in want.logs]
            elif want.address.pid is None:
                paths.append((want, want.address.name))
            elif process is not None:
                paths += [(want, log) for log in process.logs]
        paths += [(want, path) for want, logs in self._more.values() for path in logs]
        found: dict[str, Mirror] = {}
        for want, path in paths:
            key = (want.id, path)
            if key not in self._mirrors:
                self._mirrors[key] = Mirror(want.folder, path)
            found[str(len(found))] = self._mirrors[key]
        return found

    def _read_files(self, files: dict[str, Mirror]) -> float:
        question = {
            "do": "read", "most": MOST,
            "files": [m.question(key) for key, m in files.items()],
        }  # fmt: skip
        answer, data = self.ask(question)
        place = 0
        for row in answer.get("files", ()):
            length = int(row["n"])
            part = data[place : place + length]
            place += length
            mirror = files.get(str(row["key"]))
            if mirror is not None:
                try:
                    mirror.take(row, part, self._line.skew_s)
                except OSError as error:
                    raise OriginError(f"{mirror.path}: {error.strerror}", told=True) from None
        return float(answer.get("used", 0.0))

    def _look_at_process(self, want: Want) -> float:
        """Look at the process of a run if that is due; seconds of work over there."""
        pid = want.address.pid
        if pid is None:
            return 0.0
        process = self._processes.setdefault(want.id, _Process(want.began))
        now = self._clock.monotonic()
        if process.asked_at is not None and now - process.asked_at < PROCESS_S:
            return 0.0
        answer, _ = self.ask({"do": "process", "pid": pid, "began": process.began})
        if answer.get("problem"):
            raise OriginError(self._said(str(answer["problem"])))
        process.take(answer, pid, now, self._clock.now())
        return float(answer.get("used", 0.0))

    def _look_at_gpus(self) -> int:
        """Ask nvidia-smi, where there is one; how often was asked."""
        now = self._clock.monotonic()
        due = self._gpus_at is None or now - self._gpus_at >= GPU_S
        if not due or self._has_gpus is False:
            return 0
        self._gpus_at = now
        try:
            boards = self.run(GPU_QUERY, 15.0)
            holders = self.run(GPU_HOLDERS, 15.0) if boards.status == 0 else Answer(1, "")
        except OriginError:
            if not self._line.is_open:
                raise
            self._has_gpus = False
            return 1
        self._has_gpus = boards.status == 0
        self._gpus = gpus_of(boards.output, holders.output, self.host, self._clock.now())
        return 2

    def _report(self, want: Want, at: float) -> Report:
        mirrors = [mirror for (id, _), mirror in self._mirrors.items() if id == want.id]
        logs = tuple(str(mirror.path) for mirror in mirrors if mirror.mark is not None)
        problems = [f"{m.there}: {m.problem}" for m in mirrors if m.problem]
        process = self._processes.get(want.id)
        reading = process.reading if process is not None else None
        end = process.end if process is not None else None
        held = [gpu for gpu in self._gpus if process is not None and process.holds(gpu)]
        return Report(
            where=self.host,
            heard_at=at,
            problem=problems[0] if problems and not logs else "",
            size=sum(mirror.size or 0 for mirror in mirrors),
            behind=any(mirror.behind for mirror in mirrors),
            process=reading,
            gpus=tuple(held),
            logs=logs,
            exit_status=end[0] if end is not None else None,
            ended_at=end[1] if end is not None else None,
            over=end is not None,
        )


class _Process:
    """One process over there, from look to look."""

    def __init__(self, began: str) -> None:
        self.asked_at: float | None = None
        self.began: str | None = began or None
        self.end: tuple[int, float] | None = None
        """Exit status, and when, by our clock."""
        self.logs: tuple[str, ...] = ()
        self.pids: frozenset[int] = frozenset()
        self.reading: ProcessReading | None = None
        self._cpu: tuple[float, float] | None = None

    def take(self, answer: dict[str, Any], pid: int, now: float, at: datetime) -> None:
        self.asked_at = now
        if not answer["alive"]:
            self.reading, self.pids = ProcessReading(at, pid, False), frozenset()
            return
        self.began = str(answer["began"])
        self.pids = frozenset(map(int, answer["pids"]))
        self.logs = tuple(dict.fromkeys([*self.logs, *map(str, answer["logs"])]))[:12]
        used, before = float(answer["cpu_s"]), self._cpu
        self._cpu = (now, used)
        cpu = None
        if before is not None and now > before[0]:
            cpu = max(0.0, (used - before[1]) / (now - before[0]))
        self.reading = ProcessReading(
            at, pid, True, cpu, int(answer["rss"]), bool(answer["io_wait"]),
            bool(answer["halted"]), processes=len(self.pids),
        )  # fmt: skip

    def holds(self, gpu: GpuReading) -> bool:
        return any(one.pid in self.pids for one in gpu.processes or ())


def gpus_of(boards: str, holders: str, host: str, at: datetime) -> tuple[GpuReading, ...]:
    """GPUs from two answers of nvidia-smi; a figure that is none ("[N/A]") is not known."""
    processes: dict[str, list[GpuProcess]] = {}
    for line in holders.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == 3 and cells[1].isdigit():
            memory = _figure(cells[2])
            bytes_ = None if memory is None else int(memory * 2**20)
            processes.setdefault(cells[0], []).append(GpuProcess(int(cells[1]), bytes_, True))
    found = []
    for line in boards.splitlines():
        cells = [plain(cell) for cell in line.split(",")]
        if len(cells) != 9 or not cells[0].isdigit():
            continue
        util, used, total, temp, power, limit = map(_figure, cells[3:])
        found.append(
            GpuReading(
                at.astimezone(UTC), int(cells[0]), cells[1], cells[2],
                util=None if util is None else min(1.0, util / 100),
                mem_used_bytes=None if used is None else int(used * 2**20),
                mem_total_bytes=None if total is None else int(total * 2**20),
                temp_c=temp, power_w=power, power_limit_w=limit,
                processes=tuple(processes.get(cells[1], ())), host=host,
            )
        )  # fmt: skip
    return tuple(found)


def _figure(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None
