"""Runs beyond this machine: taken up, started, handed in, stopped; each by an errand."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.address import SLURM, SSH, Address, check_host, parse_address
from flowtui.core.runs.naming import name_of
from flowtui.core.runs.run import Run
from flowtui.core.text import plain
from flowtui.services.runs.errands import Errands
from flowtui.services.runs.launch import RunStarter
from flowtui.watch.rundir import RunDir

MOST = 400
"""Runs that one word may bring."""
OF_FOLDER = 12
"""So many files of a folder are followed, the newest first."""
SCRIPT = "job.sh"


Answer = dict[str, Any]
"""What somebody over there said."""


class Beyond:
    """Runs of one person on other machines."""

    def __init__(self, starter: RunStarter, errands: Errands) -> None:
        self._starter = starter
        self._book = starter.book
        self._errands = errands

    def ask(self, word: str) -> Answer:
        """What `word` means over there; takes as long as whoever is asked, and writes nothing.

        Raises UsageError for a word that is no place, FlowError if nobody answers.
        """
        address = parse_address(word)
        if address.pid is not None:
            return self._errands.send("process", host=address.host, pid=address.pid)
        return self._errands.send("offers", address=str(address))

    def adopt(
        self, word: str, name: str | None = None, baseline: str = "", answer: Answer | None = None
    ) -> list[Run]:
        """Watch what `word` means there: a log, a process, a job, all jobs of mine.

        `answer` is that of `ask`; None: it is asked now. Raises UsageError for a word that is no
        place, FlowError if there is nothing, or nobody answers.
        """
        address = parse_address(word)
        known = {path for run in self._book.active() for path in run.paths}
        if address.pid is not None:
            self._refuse(address, known)
            seen = self.ask(word) if answer is None else answer
            return [self._of_process(address, seen, name, baseline)]
        found = (self.ask(word) if answer is None else answer)["offers"]
        new = [offer for offer in found if offer["address"] not in known]
        if found and not new:
            raise FlowError(f"{word} is watched already", "see: flowtui runs")
        if not new:
            raise FlowError(f"nothing is known of {word}", _where_to_look(address))
        if address.scheme == SSH and len(new) > 1:
            return [self._of_folder(address, new, name, baseline)]
        if len(new) > MOST:
            raise FlowError(f"{word} means {len(new)} runs", "give the id of one of them")
        if name and len(new) > 1:
            raise UsageError(f"{word} means {len(new)} runs: one name does not do", "no --name")
        return [
            self._starter.follow(offer["address"], name or plain(offer["name"], 80), baseline)
            for offer in new
        ]

    def start(
        self, host: str, command: Sequence[str], folder: str, name: str | None, baseline: str
    ) -> Run:
        """Start `command` on a host, detached there, and watch it. Raises FlowError."""
        check_host(host)
        if not command or not command[0]:
            raise UsageError("there is no command to run", "flowtui run --on HOST -- python t.py")
        id = self._book.new_id()
        answer = self._errands.send(
            "start", host=host, id=f"{id}-{self._book.clock.now():%Y%m%dT%H%M%S}",
            argv=list(command), folder=folder,
        )  # fmt: skip
        there = {key: str(answer[key]) for key in ("began", "output", "end")}
        address = Address(SSH, host, str(answer["pid"]))
        wanted = name or name_of(command, PurePosixPath(folder or host))
        return self._starter.follow(
            str(address), wanted, baseline, command, folder, there, id=id, adopted=False
        )

    def submit(
        self,
        host: str,
        options: Sequence[str],
        command: Sequence[str],
        folder: str,
        name: str | None,
        baseline: str,
    ) -> list[Run]:
        """Hand `command` to SLURM, by a script that is kept beside the run. Raises FlowError."""
        if host:
            check_host(host)
        if not command or not command[0]:
            raise UsageError("there is no command to run", "flowtui run --slurm -- python t.py")
        wanted = name or name_of(command, PurePosixPath(folder or "job"))
        script = script_of(wanted, options, command)
        answer = self._errands.send("submit", host=host, script=script, folder=folder)
        address = Address(SLURM, host, answer["job"])
        tasks = [str(address)]
        if any(option.startswith(("-a", "--array")) for option in options):
            found = self._errands.send("offers", address=str(address))["offers"]
            tasks = [offer["address"] for offer in found] or tasks
        runs = []
        for task in tasks:
            run = self._starter.follow(task, wanted, baseline, command, folder, adopted=False)
            (self._book.dir(run.id).folder / SCRIPT).write_text(script, encoding="utf-8")
            runs.append(run)
        return runs

    def stop(self, run: Run, directory: RunDir, hard: bool = False) -> None:
        """End a run over there: a job by scancel, a process by a signal. Raises FlowError."""
        if run.ended:
            raise FlowError(f"run {run.name} has ended already", f"see: flowtui runs show {run.id}")
        address = parse_address(run.paths[0])
        if address.scheme not in (SSH, SLURM) or (address.scheme == SSH and address.pid is None):
            raise FlowError(
                f"of run {run.name} no process is known: there is nothing to stop",
                f"to watch it no more: flowtui runs forget {run.id}",
            )
        began = directory.spec().there.get("began", "")
        self._errands.send("stop", address=str(address), began=began, hard=hard)

    def _of_process(self, address: Address, seen: Answer, name: str | None, baseline: str) -> Run:
        command = tuple(plain(word, 200) for word in seen["command"])
        began = self._book.clock.now() - timedelta(seconds=float(seen["age"]))
        wanted = name or name_of(command, PurePosixPath(seen["folder"] or address.host))
        return self._starter.follow(
            str(address), wanted, baseline, command, seen["folder"],
            {"began": str(seen["began"])}, began,
        )  # fmt: skip

    def _of_folder(
        self, address: Address, offers: Sequence[dict[str, str]], name: str | None, baseline: str
    ) -> Run:
        """A folder as one run: its newest file, with what lies beside that one (`.wandb`, logs)."""
        paths = [PurePosixPath(parse_address(offer["address"]).name) for offer in offers]
        home = paths[0].parent
        logs = [str(path) for path in paths if path.parent == home][:OF_FOLDER]
        wanted = name or home.name or paths[0].name
        there = {"output": "\n".join(logs)}
        return self._starter.follow(str(address), wanted, baseline, (), str(home), there)

    def _refuse(self, address: Address, known: set[str]) -> None:
        if str(address) in known:
            raise FlowError(f"{address} is watched already", "see: flowtui runs")


def script_of(name: str, options: Sequence[str], command: Sequence[str]) -> str:
    """The script that is handed in: each option a line of its own, then the command as it is."""
    words = ["#!/bin/bash"]
    named = any(each == "-J" or each.startswith(("-J", "--job-name")) for each in options)
    if not named:
        words.append(f"#SBATCH --job-name={shlex.quote(plain(name, 60))}")
    words += [f"#SBATCH {option}" for option in _joined(options)]
    return "\n".join([*words, "", shlex.join(command), ""])


def _joined(options: Sequence[str]) -> list[str]:
    """Options of sbatch, each with the value that stands behind it. Raises UsageError."""
    lines: list[list[str]] = []
    for word in options:
        begins = word.startswith("-")
        takes = bool(lines) and len(lines[-1]) == 1 and "=" not in lines[-1][0]
        if not word.isprintable() or not (begins or takes):
            raise UsageError(f"{word!r} is no option of sbatch", "put -- before the command")
        if begins:
            lines.append([word])
        else:
            lines[-1].append(shlex.quote(word))
    return [" ".join(line) for line in lines]


def _where_to_look(address: Address) -> str:
    if address.scheme == SLURM:
        return "see your jobs: squeue --me"
    return f"look there: ssh {address.host}" if address.scheme == SSH else "see its page"
