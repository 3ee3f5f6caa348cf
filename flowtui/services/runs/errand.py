"""`python -m flowtui.services.runs.errand`: one errand on standard input, its answer on output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.address import SLURM, parse_address
from flowtui.core.text import plain
from flowtui.services.runs.origin_kinds import TOKENS, OriginKinds
from flowtui.watch.remote.host import Answer, SshHost
from flowtui.watch.remote.origin import OriginError
from flowtui.watch.slurm import questions

SUBMIT_S = 60.0
Json = dict[str, Any]


def do(question: Mapping[str, Any], kinds: OriginKinds) -> Json:
    """The answer to one errand. Raises FlowError or OriginError."""
    verb: Callable[[Mapping[str, Any], OriginKinds], Json] = VERBS[question["verb"]]
    return verb(question, kinds)


def offers(question: Mapping[str, Any], kinds: OriginKinds) -> Json:
    """What an address means: one place, or several."""
    address = parse_address(question["address"])
    origin = kinds.origin(address)
    try:
        found = origin.list(address.name)
    finally:
        origin.close()
    return {
        "offers": [{"address": str(o.address), "name": o.name, "about": o.about} for o in found]
    }


def process(question: Mapping[str, Any], kinds: OriginKinds) -> Json:
    """A process on a host: what it is, since when."""
    host = kinds.host(question["host"])
    answer, _ = host.ask({"do": "process", "pid": question["pid"], "began": None})
    if answer.get("problem") or not answer.get("alive"):
        raise FlowError(
            f"process {question['pid']} is not on {question['host']}", "see its processes: ps"
        )
    return {name: answer[name] for name in ("began", "age", "folder", "command", "logs")}


def start(question: Mapping[str, Any], kinds: OriginKinds) -> Json:
    """Start a command on a host, detached."""
    host = kinds.host(question["host"])
    names = ("id", "argv", "folder")
    answer, _ = host.ask({"do": "start", **{name: question[name] for name in names}})
    if answer.get("problem"):
        raise FlowError(
            f"{host.host}: {plain(str(answer['problem']), 200)}", "try it there: ssh " + host.host
        )
    return {name: answer[name] for name in ("pid", "began", "output", "end")}


def submit(question: Mapping[str, Any], kinds: OriginKinds) -> Json:
    """Hand in a script that lies in a folder over there, or here."""
    host = kinds.host(question["host"])
    # the script is given on the standard input, so that it needs no file over there
    argv = questions.submit()
    env = {"LC_ALL": "C"}
    answer = host.run(argv, SUBMIT_S, env, (), question["folder"], question["script"])
    _must(answer, "sbatch")
    job = answer.output.strip().splitlines()[-1].partition(";")[0] if answer.output.strip() else ""
    if not job.isdigit():
        raise FlowError(f"sbatch gave no id: {plain(answer.output, 120)}", "see: squeue --me")
    return {"job": job}


def stop(question: Mapping[str, Any], kinds: OriginKinds) -> Json:
    """End a job, or a process on a host."""
    address = parse_address(question["address"])
    host = kinds.host(address.host)
    if address.scheme == SLURM:
        _must(host.run(questions.cancel(address.name), SUBMIT_S), "scancel")
        return {}
    ask = {"do": "stop", "pid": address.pid, "began": question.get("began") or None}
    answer, _ = host.ask({**ask, "hard": question.get("hard", False)})
    if answer.get("problem"):
        raise FlowError(f"{host.host}: {answer['problem']}", "it may be another user's")
    return {"gone": bool(answer.get("gone"))}


def _must(answer: Answer, program: str) -> None:
    if answer.status != 0:
        said = plain(answer.error or answer.output, 300)
        raise FlowError(f"{program}: {said or f'exit status {answer.status}'}", "see its manual")


VERBS: Mapping[str, Callable[[Mapping[str, Any], OriginKinds], Json]] = {
    "offers": offers, "process": process, "start": start, "submit": submit, "stop": stop,
}  # fmt: skip


def answer_to(text: str, kinds: OriginKinds) -> Json:
    """The same with its errors as words."""
    try:
        return do(json.loads(text), kinds)
    except FlowError as error:
        usage = isinstance(error, UsageError)
        return {"error": error.message, "hint": error.hint, "usage": usage}
    except OriginError as error:
        return {"error": str(error), "hint": "try again when it answers"}


def main(env: Mapping[str, str]) -> None:
    """One errand."""
    from flowtui.services.wiring import build

    services = build(env)
    kinds = OriginKinds(
        services.clock, env, services.paths.config_dir / TOKENS, services.config.sources
    )
    try:
        answer = answer_to(sys.stdin.read(), kinds)
    finally:
        hosts: list[SshHost] = kinds.hosts()
        for host in hosts:
            host.close()
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(os.environ)
