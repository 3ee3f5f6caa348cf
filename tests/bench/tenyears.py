"""A ledger of many years, for benches and tests: seeded, written in bulk, sound to the last line.

    python -m tests.bench.tenyears FOLDER [--years 10] [--per-year 5000] [--last 2026] [--seed 1]

Each record is a transaction of its own, as in life.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flowtui.ledger.lines import (
    FORMAT,
    Change,
    checked,
    journal_header,
    line_of,
    record_text,
    text_of,
)

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
INTENTIONS = (
    "fuse the attention kernel",
    "read the scaling paper again, with a pencil",
    "baseline for the new data split",
    "find why the validation loss is noisy",
    "write up the ablation",
    "refactor the data loader",
)
TAGS = ("cuda", "reading", "data", "paper", "infra", "eval")
BLOCK_SHARE = 0.4


def fill(
    folder: Path, *, years: int = 10, per_year: int = 5000, last: int = 2026, seed: int = 1
) -> int:
    """Write `years` years up to `last` into an empty folder; returns the number of records.

    All but the last thousand are in files of records, as after a fold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(years, per_year, last, seed))
    folded = max(len(rows) - 1000, 0)
    files: dict[str, list[bytes]] = {}
    for _, kind, record in rows[:folded]:
        line = checked(record_text(kind, record["id"], text_of(record)).encode())
        files.setdefault(record["day"][:4], []).append(line)
    for name, lines in files.items():
        header = line_of({"format": FORMAT, "ledger": name, "seq": folded})
        (folder / f"{name}.jsonl").write_bytes(header + b"".join(lines))
    with (folder / "journal.jsonl").open("wb") as file:
        file.write(journal_header(folded))
        for seq, kind, record in rows[folded:]:
            change = Change(kind, record["id"], text_of(record))
            file.write(line_of(_head(seq, kind, record), [change.text()]))
    return len(rows)


def fill_format_1(
    folder: Path, *, years: int = 10, per_year: int = 5000, last: int = 2026, seed: int = 1
) -> int:
    """The same as flowtui 0.1 wrote it: a journal for each year."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[bytes]] = {}
    count = 0
    for seq, kind, record in _rows(years, per_year, last, seed):
        count = seq
        change = f"[{text_of(kind)},{text_of(record['id'])},{text_of(record)}]"
        line = line_of(_head(seq, kind, record), [change])
        files.setdefault(record["day"][:4], []).append(line)
    for name, lines in files.items():
        header = line_of({"format": 1, "ledger": name})
        (folder / f"{name}.jsonl").write_bytes(header + b"".join(lines))
    return count


def _rows(
    years: int, per_year: int, last: int, seed: int
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    dice = random.Random(seed)
    seq = 0
    for year in range(last - years + 1, last + 1):
        for kind, record in records(dice, year, per_year):
            seq += 1
            yield seq, kind, record


def _head(seq: int, kind: str, record: dict[str, Any]) -> dict[str, Any]:
    label = "start block" if kind == "blocks" else "check-in"
    return {"seq": seq, "at": f"{record['day']}T20:00:00Z", "label": label}


def records(dice: random.Random, year: int, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and record, as stored, of one year, by day."""
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    for number in range(count):
        day = first + timedelta(days=number * days // count)
        if dice.random() < BLOCK_SHARE:
            yield "blocks", _block(dice, day, number)
        else:
            yield "entries", _entry(dice, day, number)


def _block(dice: random.Random, day: date, number: int) -> dict[str, Any]:
    start = datetime(day.year, day.month, day.day, 8) + timedelta(minutes=dice.randrange(600))
    end = start + timedelta(minutes=dice.randrange(20, 110))
    pause = start + timedelta(minutes=11)
    return {
        "id": _id(dice, day, number),
        "day": day.isoformat(),
        "intention": dice.choice(INTENTIONS),
        "then": "if I want to check the loss, then I press r",
        "tags": dice.sample(TAGS, 2),
        "context": dice.choice(("work", "own")),
        "mode": dice.choice(("theory", "practice", "build", None)),
        "plan": {"kind": "fixed", "seconds": 5400},
        "zone": "Europe/Warsaw",
        "started_at": f"{start.isoformat()}Z",
        "ended_at": f"{end.isoformat()}Z",
        "gaps": [
            {
                "start": f"{pause.isoformat()}Z",
                "end": f"{(pause + timedelta(minutes=4)).isoformat()}Z",
                "cause": "pause",
                "note": "look at the profile of the backward pass",
            }
        ],
        "ended_by": "user",
        "parked": _parked(start) if dice.random() < 0.3 else [],
        "outcome": dice.choice(("done", "partly", "not")),
        "rating": dice.randrange(1, 6),
        "note": "",
        "evidence": {
            "commits": dice.randrange(5),
            "insertions": dice.randrange(300),
            "deletions": dice.randrange(90),
            "files": dice.randrange(9),
        },
        "v": 1,
    }


def _entry(dice: random.Random, day: date, number: int) -> dict[str, Any]:
    at = f"{day.isoformat()}T{dice.randrange(7, 20):02d}:{dice.randrange(60):02d}:00Z"
    return {
        "schema": 1,
        "id": _id(dice, day, number),
        "kind": dice.choice(("energy", "caffeine")),
        "day": day.isoformat(),
        "zone": "Europe/Warsaw",
        "recorded_at": at,
        "at": at,
        "value": dice.randrange(1, 6),
        "v": 1,
    }


def _parked(start: datetime) -> list[dict[str, Any]]:
    at = start + timedelta(minutes=12)
    return [{"at": f"{at.isoformat()}Z", "text": "ask about the cluster quota"}]


def _id(dice: random.Random, day: date, number: int) -> str:
    """Four random letters and the place in the ten years: no two records share one."""
    place = f"{day.year % 100:02d}{number:x}"
    return "".join(dice.choice(LETTERS) for _ in range(4)) + place


def main() -> None:
    """Fill the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--per-year", type=int, default=5000)
    parser.add_argument("--last", type=int, default=2026)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    count = fill(
        given.folder,
        years=given.years,
        per_year=given.per_year,
        last=given.last,
        seed=given.seed,
    )
    print(f"{count} records in {given.years} years in {given.folder}")


if __name__ == "__main__":
    main()
