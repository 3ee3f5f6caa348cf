"""Errands beyond this machine that a person asked for: list, start, hand in, stop.

Each is done by a process of its own (`flowtui.services.runs.errand`), so that neither the app nor a
command talks to a network, and one that hangs is ended.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.system import interpreter

ERRAND = "flowtui.services.runs.errand"
PATIENCE_S = 90.0


class Errands:
    """Sends for things."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def send(self, verb: str, **words: Any) -> dict[str, Any]:
        """Do it and wait for the answer. Raises FlowError with the reason that was given."""
        question = json.dumps({"verb": verb, **words}).encode()
        try:
            child = interpreter.start(
                ERRAND, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise FlowError(f"no process could be started: {error.strerror}", "try again") from None
        with child:
            try:
                out, _ = child.communicate(question, PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                raise FlowError(
                    f"there was no answer for {PATIENCE_S:g} s", "try again in a while"
                ) from None
        try:
            answer = json.loads(out)
        except ValueError:
            raise FlowError("it ended without an answer", "see: flowtui doctor") from None
        if "error" in answer:
            kind = UsageError if answer.get("usage") else FlowError
            raise kind(answer["error"], answer.get("hint"))
        result: dict[str, Any] = answer
        return result
