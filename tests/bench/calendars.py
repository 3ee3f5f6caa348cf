"""How long the reading process takes over a large calendar, and how much memory.

python -m tests.bench.calendars [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

WINDOW = {"first": "2026-11-01", "last": "2026-11-30", "zone": "Europe/Berlin", "me": []}


def events(count: int, minutes: int, rule: str = "") -> str:
    """A calendar with `count` events spread over so many minutes from November 2026 on."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number in range(count):
        start = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number * 7919 % minutes)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}@example.org",
            f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
            "DURATION:PT1H",
            f"SUMMARY:meeting {number}",
            f"DESCRIPTION:{'words ' * 60}",
            *([f"RRULE:{rule}"] if rule else []),
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


FILES = {
    "10,000 events, all in the window": events(10_000, 30 * 24 * 60),
    "10,000 events of a year": events(10_000, 365 * 24 * 60),
    "2,000 weekly series without an end": events(2_000, 28 * 24 * 60, "FREQ=WEEKLY;BYDAY=MO,WE"),
}


def measured(path: Path) -> tuple[float, int, int]:
    """Seconds of CPU, kilobytes at the most, events."""
    question = json.dumps({"paths": [str(path)], **WINDOW})
    command = [sys.executable, "-m", "flowtui.exchange.calendar"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(question.encode())
        process.stdin.close()
        answer = json.loads(process.stdout.read())
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss, len(answer["events"])


def main() -> None:
    """Print one row a file: medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            path = Path(folder, "calendar.ics")
            path.write_text(text)
            found = [measured(path) for _ in range(runs)]
            seconds = statistics.median(one[0] for one in found)
            memory = max(one[1] for one in found) >> 10
            print(f"| {name} | {found[0][2]:,} | {seconds:.2f} s of CPU | {memory} MB |")


if __name__ == "__main__":
    main()
