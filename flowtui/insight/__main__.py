"""The computing process: one JSON object on standard input, lines of JSON on standard output.

    {"task": "study" | "noise" | "trial" | "power", ...}

answers with any number of `{"progress": [done, total, what]}` and at last with `{"result": ...}`
or `{"error": message, "hint": what to do}`. It keeps nothing and writes no file, so it may be
ended at any moment.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> int:
    """Answer the one question."""
    from flowtui.core.errors import FlowError

    try:
        from flowtui.insight.tasks import TASKS
    except ImportError as error:
        _put({"error": f"numpy cannot be loaded: {error}", "hint": "pip install numpy"})
        return 0
    asked: dict[str, Any] = json.load(sys.stdin)

    def tell(done: int, total: int, what: str) -> None:
        _put({"progress": [done, total, what]})

    try:
        _put({"result": TASKS[asked.pop("task")](asked, tell)})
    except FlowError as error:
        _put({"error": error.message, "hint": error.hint})
    except BrokenPipeError:
        return 1  # nobody listens any more
    return 0


def _put(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
