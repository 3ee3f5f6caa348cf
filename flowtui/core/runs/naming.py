"""A name for a run that nobody named: the script's, or that of the place of its log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

LAUNCHERS = frozenset({
    "python", "python3", "torchrun", "accelerate", "deepspeed", "srun", "mpirun", "uv", "poetry",
    "env", "nice", "time", "bash", "sh", "launch", "run", "exec", "conda", "stdbuf", "nohup",
})  # fmt: skip
VAGUE = frozenset({"metrics", "results", "log", "output", "stdout", "events", "train", "main"})
LONGEST = 40


def name_of(command: Sequence[str], place: PurePath) -> str:
    """The script or module that `command` names ("train"), else by the place of the log."""
    named = _of_command(command)
    if not named:
        stem = place.name.partition(".")[0]
        named = place.parent.name if stem in VAGUE and place.parent.name else stem
    return (named or "run")[:LONGEST]


def _of_command(command: Sequence[str]) -> str:
    words = iter(command)
    for word in words:
        if word == "-m":
            return next(words, "").rpartition(".")[2]
        if word == "-c":
            break  # what follows is code
        if word.startswith("-") or "=" in word:
            continue
        stem = PurePath(word).name
        stem = stem.rpartition(".")[0] or stem if stem.endswith((".py", ".sh")) else stem
        if stem.rstrip("0123456789.") not in LAUNCHERS and stem not in LAUNCHERS:
            return stem
    return PurePath(command[0]).name if command else ""
