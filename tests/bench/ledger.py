"""What a durable insert costs against stock TinyDB and SQLite, and what opening a year costs.

    python -m tests.bench.ledger [--repeats 7] [--inserts 60] [--folder DIR]

Every figure is the median over the repeats; a ratio is the median of the ratios within a repeat,
in which the contenders take turns at each insert, on the same disk. Stock TinyDB at 100,000
documents takes seconds per insert, so it gets three in all.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from tinydb import TinyDB

from flowtui.ledger.doctor import check
from flowtui.ledger.export import export_json, export_to
from flowtui.ledger.importing import import_file
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.table import JournalDB
from tests.bench.tenyears import fill, records
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import save

SIZES = (100, 10_000, 100_000)
TODAY = date(2026, 11, 23)


def clock() -> FakeClock:
    """A clock that stands in the last of the ten years."""
    return FakeClock(datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC))


def timed(act: Callable[[], object]) -> float:
    """Seconds that `act` takes once."""
    start = perf_counter()
    act()
    return perf_counter() - start


def typical(act: Callable[[], object], count: int) -> float:
    """The median time of `count` calls, seconds."""
    return median(timed(act) for _ in range(count))


def in_turn(acts: dict[str, Callable[[], object]], count: int) -> dict[str, float]:
    """The median time of each of `acts`, seconds; in turn, so that they share the disk's moods."""
    times = [{name: timed(act) for name, act in acts.items()} for _ in range(count)]
    return {name: median(each[name] for each in times) for name in acts}


def documents(count: int) -> list[dict[str, object]]:
    """Records like those of a year, as many as asked for."""
    import random

    return [record for _, record in records(random.Random(1), 2026, count)]


def sqlite_insert(path: Path, document: dict[str, object]) -> Callable[[], object]:
    """One insert and commit, durable: write-ahead log, synchronous=FULL."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table records (number integer primary key, json text)")
    return lambda: connection.execute(
        "insert into records (json) values (?)", (json.dumps(document),)
    )


def ledger_insert(
    folder: Path, document: dict[str, object], name: str, *, state: bool = False
) -> Callable[[], object]:
    """One transaction that adds one record to a ledger of ten years.

    With `state` it sets a pointer in the state file too: a transaction over two files.
    """
    if not folder.exists():
        fill(folder)
    ledger = Ledger(folder, clock())
    number = 0

    def insert() -> None:
        nonlocal number
        number += 1
        with ledger.transaction("bench"):
            record = {**document, "id": f"{name}{number}", "day": str(TODAY)}
            save(ledger, "blocks", record)
            if state:
                save(ledger, "state", {"id": "running", "block": record["id"]})

    return insert


def bench_inserts(root: Path, repeats: int, inserts: int) -> None:
    """Durable inserts, all contenders in turn."""
    document = documents(3)[0]
    acts: dict[str, Callable[[], object]] = {"sqlite": sqlite_insert(root / "sqlite", document)}
    for size in SIZES:
        db = JournalDB(root / f"journal{size}")
        db.insert_multiple(documents(size))
        acts[f"journal {size:,}"] = lambda db=db: db.insert(document)  # type: ignore[misc]
    acts["ledger of ten years"] = ledger_insert(root / "ten", document, "a")
    acts["ledger, over two files"] = ledger_insert(root / "ten2", document, "b", state=True)
    acts["two processes, one"] = ledger_insert(root / "ten3", document, "c")
    acts["two processes, the other"] = ledger_insert(root / "ten3", document, "d")
    rounds = [in_turn(acts, inserts) for _ in range(repeats)]
    for size, samples in zip(SIZES, (30, 5, 3), strict=True):
        stock = TinyDB(root / f"stock{size}")
        stock.insert_multiple(documents(size))
        once = typical(lambda stock=stock: stock.insert(document), samples)  # type: ignore[misc]
        for each in rounds:
            each[f"stock TinyDB {size:,}"] = once
    print(f"{'durable insert':28}{'ms':>9}{'/ sqlite':>10}")
    for name in rounds[0]:
        ratio = median(each[name] / each["sqlite"] for each in rounds)
        print(f"{name:28}{1000 * median(r[name] for r in rounds):9.3f}{ratio:10.2f}")
    growth = median(r["journal 100,000"] / r["journal 100"] for r in rounds)
    gain = median(r["stock TinyDB 100,000"] / r["journal 100,000"] for r in rounds)
    print(f"journal, 100,000 against 100 documents: {growth:.2f}")
    print(f"stock TinyDB against journal at 100,000 documents: {gain:,.0f}")


OPENING = """
import sys, time
from pathlib import Path
from tests.bench.ledger import TODAY, clock
from datetime import date
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
from flowtui.ledger.ledger import Ledger
from tests.unit.ledger.helpers import find
before, start = resident(), time.perf_counter()
ledger = Ledger(Path(sys.argv[1]), clock())
found = len(find(ledger, "blocks", TODAY, TODAY))
print(time.perf_counter() - start, resident() - before, end=" ")
years = [find(ledger, "entries", date(y, 1, 1), date(y, 12, 31)) and None for y in ledger.years()]
print(resident() - before)
"""


def bench_opening(root: Path, repeats: int) -> None:
    """A fresh process opens a ledger of ten years and shows a day; then it looks at all years."""
    runs = []
    for _ in range(repeats):
        done = subprocess.run(
            [sys.executable, "-c", OPENING, root / "ten"],
            capture_output=True,
            text=True,
            check=True,
        )
        runs.append([float(word) for word in done.stdout.split()])
    seconds, opened_mb, all_mb = (median(column) for column in zip(*runs, strict=True))
    print(f"open ten years, show a day: {1000 * seconds:.1f} ms, {opened_mb:.1f} MB")
    print(f"after looking at each of the ten years: {all_mb:.1f} MB")


def bench_rest(root: Path, repeats: int) -> None:
    """What a person waits for now and then."""
    ledger = Ledger(root / "ten", clock())

    def edit() -> None:
        with ledger.transaction("edit"):
            save(ledger, "blocks", {"id": "edited", "day": str(TODAY), "n": perf_counter()})

    def back_and_forth() -> None:
        ledger.undo()
        ledger.redo()

    edit()
    print(f"undo and redo: {1000 * typical(back_and_forth, repeats):.1f} ms")
    print(f"history of 1,000: {1000 * typical(lambda: ledger.history(1000), repeats):.1f} ms")
    print(f"fold: {timed(ledger.fold):.2f} s")
    print(f"doctor: {timed(lambda: check(root / 'ten')):.2f} s")
    out = root / "export.json"
    print(
        f"export of ten years as JSON: {timed(lambda: export_to(out, export_json, ledger)):.2f} s"
    )
    new = Ledger(root / "new", clock())
    print(f"import of it: {timed(lambda: import_file(new, out)):.2f} s")
    print(f"import of it again: {timed(lambda: import_file(new, out)):.2f} s")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--inserts", type=int, default=60)
    parser.add_argument("--folder", type=Path, help="where, for the sake of its disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        root = Path(name)
        bench_inserts(root, given.repeats, given.inserts)
        bench_opening(root, given.repeats)
        bench_rest(root, given.repeats)


if __name__ == "__main__":
    main()
