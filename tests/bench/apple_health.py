"""How fast, and in how much memory, an Apple Health export of a gigabyte is read.

`python -m tests.bench.apple_health --gb 1` writes a file of that size to the temporary folder,
reads it in a process of its own, prints one JSON object and deletes the file.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from flowtui.exchange.apple_health import AppleHealth
from flowtui.exchange.plan import plan_import
from flowtui.exchange.protocol import Options
from tests.exports.health import apple_record, apple_sleep, apple_workout, apple_xml

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PER_DAY = 2_600
"""Heart rates and steps of one day; a watch writes about as many."""
_MARK = "2001-01-01"
_NEXT = "2001-01-02"


def day_text() -> str:
    """One day's records, at a date that is replaced."""
    zone = timezone(timedelta(hours=1))
    start = datetime(2001, 1, 1, 0, 30, tzinfo=zone)
    parts = [
        apple_sleep(stage, start + timedelta(minutes=20 * n), 20)
        for n, stage in enumerate(("AsleepCore", "AsleepDeep", "AsleepREM", "Awake") * 5)
    ]
    for n in range(PER_DAY):
        at = start + timedelta(seconds=30 * n)
        sort = ("HeartRate", "StepCount", "ActiveEnergyBurned")[n % 3]
        parts.append(apple_record(f"HKQuantityTypeIdentifier{sort}", str(60 + n % 90), at, at))
    parts.append(apple_workout("Running", start + timedelta(hours=17), 45, 43.5))
    return "".join(parts)


def write(path: Path, size: int) -> int:
    """Writes an export of about `size` bytes; returns its days."""
    head, tail = apple_xml(["@@"]).split("@@")
    template = day_text()
    first, days = datetime(2010, 1, 1, tzinfo=UTC), 0
    with path.open("w", encoding="utf-8") as file:
        written = file.write(head)
        while written < size:
            today = first + timedelta(days=days % 5_800)
            text = template.replace(_MARK, f"{today:%Y-%m-%d}")
            text = text.replace(_NEXT, f"{today + timedelta(days=1):%Y-%m-%d}")
            if days >= 5_800:
                # beyond sixteen years the days come again, from another watch
                text = text.replace('sourceName="Watch"', f'sourceName="Watch {days // 5_800}"')
            written += file.write(text)
            days += 1
        file.write(tail)
    return days


def read(path: Path) -> dict[str, object]:
    """Reads it as a dry run does, in this process."""
    options = Options(NOW, ZoneInfo("Europe/Berlin"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    plan = plan_import(path, AppleHealth(), options, {})
    seconds = time.perf_counter() - began
    size = path.stat().st_size
    return {
        "mb": round(size / 1e6),
        "seconds": round(seconds, 1),
        "mb_per_s": round(size / 1e6 / seconds, 1),
        "rss_before_mib": round(before / 1024, 1),
        "rss_peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "entries": dict(Counter(e.kind.value for e in plan.new)),
        "left_out": sum(row.count for row in plan.left_out),
        "unread": plan.unread_count,
    }


def main() -> None:
    """Generates, measures in a child, deletes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=float, default=1.0)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.read:
        print(json.dumps(read(args.read)))
        return
    size = round(args.gb * 1e9)
    with tempfile.TemporaryDirectory(prefix="flowtui-bench-") as folder:
        if shutil.disk_usage(folder).free < 2 * size:
            sys.exit(f"{folder} has less than {2 * size / 1e9:.1f} GB free")
        path = Path(folder) / "export.xml"
        days = write(path, size)
        command = [sys.executable, "-m", "tests.bench.apple_health", "--read", os.fspath(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        print(json.dumps({"days": days, **json.loads(done.stdout)}))


if __name__ == "__main__":
    main()
