"""Short made-up logs, one form of writing after another, and what each of them says.

A file holds many: a line `=== NAME`, then the log. `right.json` has for each what was found right
by eye: where it stands (step, steps, epoch, epochs), for each metric how many values it has, the
first and the last, and the words that mean something for the run. `python -m tests.logs.forms`
shows what is read now, `--keep` writes it as right: look at every line that changes first.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flowtui.core.runs.history import plain
from tests.logs.read import folded

HERE = Path(__file__).parent
RIGHT = HERE / "right.json"


def forms() -> dict[str, str]:
    """Every log by its name."""
    found: dict[str, str] = {}
    for path in sorted(HERE.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for part in re.split("^=== ", text, flags=re.MULTILINE)[1:]:
            name, _, log = part.partition("\n")
            assert name not in found, f"{name} is there twice"
            found[name] = log
    return found


def said(log: str) -> dict[str, Any]:
    """What a log says, as `right.json` holds it."""
    history = folded(log.encode())
    return {
        "at": [history.step, history.total_steps, history.epoch, history.total_epochs],
        "metrics": {
            track.name: [track.n, plain(track.first), plain(track.last)]
            for track in history.metrics.values()
        },
        "words": [notice.kind.value for notice in history.latest()],
    }


def right() -> dict[str, dict[str, Any]]:
    """What is right for each, by name."""
    known: dict[str, dict[str, Any]] = json.loads(RIGHT.read_text(encoding="utf-8"))
    return known
