"""The reading process: one JSON object on standard input, one on standard output.

    {"paths": [...], "first": "2026-11-01", "last": "2026-11-30", "zone": "Europe/Berlin", "me": []}

is answered with a reading as `core.plan.calendar_event` writes it. It keeps nothing, so it may be
ended at any moment.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

MEMORY_LIMIT = 1 << 30
CPU_LIMIT_S = 60


def main() -> int:
    """Answer the one question."""
    from flowtui.core.plan.calendar_event import CalendarReading
    from flowtui.exchange.calendar.files import FileProblem, LeftOut, files_of, lines_of
    from flowtui.exchange.calendar.read import Reader, Window

    _limit(resource.RLIMIT_AS, MEMORY_LIMIT)
    _limit(resource.RLIMIT_CPU, CPU_LIMIT_S)
    asked = json.load(sys.stdin)
    window = Window(
        date.fromisoformat(asked["first"]),
        date.fromisoformat(asked["last"]),
        ZoneInfo(asked["zone"]),
        tuple(asked["me"]),
    )
    reader = Reader(window)
    for source in asked["paths"]:
        for path in files_of(Path(source)):
            try:
                reader.read(lines_of(path))
            except FileProblem as problem:
                reader.left_out.append(LeftOut(str(path), str(problem)))
    events = {(e.uid, e.start, e.end, e.title): e for e in reader.events}
    reading = CalendarReading(
        tuple(sorted(events.values(), key=lambda e: (e.start, e.end, e.title))),
        tuple(reader.left_out),
        tuple(dict.fromkeys(reader.remarks)),
    )
    json.dump(reading.as_json(), sys.stdout)
    return 0


def _limit(what: int, most: int) -> None:
    """A hostile calendar ends this process rather than fill the machine."""
    try:
        resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
    except (OSError, ValueError):
        pass  # a lower limit is in force


if __name__ == "__main__":
    sys.exit(main())
