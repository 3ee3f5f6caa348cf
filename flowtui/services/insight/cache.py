"""Answers that can be computed again, kept by a hash of the question in the state folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowtui.system.files import write_atomic

ENGINE = 2
"""Raised by whoever changes what is computed."""
KEEP = 24
Json = dict[str, Any]


class Cache:
    """Answers in `folder`; a damaged or missing one is simply not known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, task: str, question: Mapping[str, Any]) -> Json | None:
        """The answer that was put, or None."""
        try:
            answer: Json = json.loads(self._path(task, question).read_bytes())
            return answer
        except (OSError, ValueError):
            return None

    def put(self, task: str, question: Mapping[str, Any], answer: Json) -> None:
        """Keep `answer`; the oldest beyond the last 24 are dropped. A full disk is no error."""
        try:
            write_atomic(self._path(task, question), json.dumps(answer).encode())
            kept = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in kept[:-KEEP]:
                path.unlink(missing_ok=True)
        except OSError:
            pass  # it will be computed again

    def _path(self, task: str, question: Mapping[str, Any]) -> Path:
        whole = json.dumps([ENGINE, task, dict(question)], sort_keys=True)
        return self._folder / f"{hashlib.sha256(whole.encode()).hexdigest()[:32]}.json"
