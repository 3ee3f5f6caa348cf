"""Eight processes write to one ledger while others are killed in the middle of it.

    python -m tests.faults.ledger_kill [--rounds 20] [--records 1000] [--writers 8] [--seed 1]

In each round every writer makes `--records` commands: an insert, or an insert together with a count
in the state file and a record in another year. Victims do the same until they are killed with
SIGKILL after a random number of acknowledgements, as many as there is time for. A command is
acknowledged by a line on standard output after its transaction. Then every acknowledged record
must be there, no transaction may be there in part, every count must be right, and the doctor must
find nothing at all.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from flowtui.ledger.ledger import Ledger
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import check, every, find, get, save

YEARS = (2024, 2025, 2026)
TEXT = "look at the profile of the backward pass; "


@dataclass(slots=True)
class Round:
    """What one round did and what was wrong after it."""

    acknowledged: int = 0
    """Commands of writers and victims together."""
    killed: int = 0
    """Victims."""
    wrong: list[str] = field(default_factory=list)


def opened(folder: Path) -> Ledger:
    """The ledger, as any of the processes opens it."""
    return Ledger(folder, FakeClock(datetime(2026, 11, 23, tzinfo=UTC)), keep=200)


def work(folder: Path, name: str, count: int, seed: int) -> None:
    """Make `count` commands (0: until killed), each acknowledged by its number."""
    dice = random.Random(seed)
    ledger = opened(folder)
    number = 0
    while not count or number < count:
        command(ledger, dice, name, number)
        os.write(1, b"%d\n" % number)
        number += 1


def command(ledger: Ledger, dice: random.Random, name: str, number: int) -> None:
    """One transaction; every third one is over several files."""
    year = dice.choice(YEARS)
    day = f"{year}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
    id = f"{name}-{number}"
    with ledger.transaction("work"):
        record = {"id": id, "day": day, "text": TEXT * dice.randrange(1, 200)}
        save(ledger, "blocks", record)
        if number % 3 == 0:
            twin = {"id": id, "day": f"{YEARS[YEARS.index(year) - 1]}-01-01"}
            save(ledger, "entries", twin)
            count = get(ledger, "state", name) or {"id": name, "n": 0}
            save(ledger, "state", {"id": name, "n": count["n"] + 1})


def start(folder: Path, name: str, count: int, seed: int, out: int) -> subprocess.Popen[bytes]:
    """A process that works."""
    arguments = ["--work", str(folder), name, str(count), "--seed", str(seed)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.ledger_kill", *arguments],
        stdout=out,
        cwd=Path(__file__).parents[2],
    )


def play(folder: Path, writers: int, records: int, dice: random.Random) -> Round:
    """One round in an empty folder."""
    result = Round()
    acknowledged = {f"w{n}": records for n in range(writers)}
    running = [
        start(folder, name, records, dice.randrange(1 << 30), subprocess.DEVNULL)
        for name in acknowledged
    ]
    reader = opened(folder)
    while any(process.poll() is None for process in running):
        name = f"v{result.killed}"
        acknowledged[name] = kill_one(folder, name, dice)
        result.killed += 1
        reader.refresh()
    failed = sum(process.returncode != 0 for process in running)
    if failed:
        result.wrong.append(f"{failed} writers ended with an error")
    result.acknowledged = sum(acknowledged.values())
    result.wrong += verify(folder, acknowledged, reader)
    return result


def kill_one(folder: Path, name: str, dice: random.Random) -> int:
    """Start a victim, kill it at a random moment; returns how many commands it acknowledged."""
    victim = start(folder, name, 0, dice.randrange(1 << 30), subprocess.PIPE)
    assert victim.stdout is not None
    seen = b"".join(victim.stdout.readline() for _ in range(dice.randrange(1, 15)))
    for _ in range(dice.randrange(100_000)):  # a moment that has to do with nothing
        pass
    victim.kill()
    seen += victim.stdout.read()
    victim.stdout.close()
    victim.wait()
    return seen.count(b"\n")


def verify(folder: Path, acknowledged: dict[str, int], reader: Ledger) -> list[str]:
    """A sentence for each thing that is not as it should be."""
    ledger = opened(folder)
    wrong = []
    ids = {kind: by_worker(ledger, kind) for kind in ("blocks", "entries")}
    counts = {record["id"]: record["n"] for record in every(ledger, "state")}
    for name, count in acknowledged.items():
        done = ids["blocks"].get(name, set())
        if done != set(range(len(done))) or not count <= len(done) <= count + 1:
            wrong.append(f"{name}: {count} acknowledged, {len(done)} found")
        thirds = {number for number in done if number % 3 == 0}
        if ids["entries"].get(name, set()) != thirds or counts.get(name, 0) != len(thirds):
            wrong.append(f"{name}: a transaction is there in part")
    reader.refresh()
    if [by_worker(reader, kind) for kind in ids] != list(ids.values()):
        wrong.append("a reader that was there all the time sees something else")
    for year in YEARS:  # the next write to a file cuts off what a victim left unfinished
        with ledger.transaction("last"):
            save(ledger, "blocks", {"id": f"last-{year}", "day": f"{year}-12-31"})
    with ledger.transaction("last"):
        save(ledger, "state", {"id": "last", "n": 0})
    return wrong + [f"{finding.file.name}: {finding.what}" for finding in check(folder)]


def by_worker(ledger: Ledger, kind: str) -> dict[str, set[int]]:
    """The numbers of a worker's records; raises if a text is not as it was written."""
    found: dict[str, set[int]] = {}
    for year in YEARS:
        for record in find(ledger, kind, date(year - 1, 1, 1), date(year, 12, 31)):
            name, _, number = record["id"].partition("-")
            found.setdefault(name, set()).add(int(number))
            text = record.get("text", "")
            assert text == TEXT * (len(text) // len(TEXT)), record["id"]
    return found


def main() -> int:
    """Play the rounds; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", nargs=3, metavar=("FOLDER", "NAME", "COUNT"))
    given = parser.parse_args()
    if given.work:
        work(Path(given.work[0]), given.work[1], int(given.work[2]), given.seed)
        return 0
    dice = random.Random(given.seed)
    bad = 0
    for number in range(1, given.rounds + 1):
        with tempfile.TemporaryDirectory() as root:
            result = play(Path(root) / "ledger", given.writers, given.records, dice)
        bad += bool(result.wrong)
        told = "; ".join(result.wrong) or "all there, doctor clean"
        print(f"round {number}: {result.acknowledged} acknowledged, {result.killed} killed: {told}")
    print(f"{given.rounds - bad} of {given.rounds} rounds without a fault")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
