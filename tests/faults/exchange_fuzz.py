"""Exports spoilt at random, by the thousand: each is read, or refused in one line.

    python -m tests.faults.exchange_fuzz --files 20000 --seed 1

Every export that the tests have is cut, its columns are shuffled, its delimiters, quotes and line
ends exchanged, its encoding changed, bytes of it flipped, lines doubled or lost. What is refused
leaves an equal ledger; every fiftieth that is read is written too, and undone to an equal export.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.services.imports import Ask, tracker_for
from flowtui.services.wiring import Services
from tests.faults.test_exchange_damaged import EXPORTS
from tests.user import Person

MODULES = ("test_trackers", "test_wearables", "test_daylio_eras", "test_loop_eras", "test_formats")
ENCODINGS = ("utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-32", "mac-roman", "utf-7")
Spoil = Callable[[random.Random, bytes], bytes]


def exports(folder: Path) -> dict[str, bytes]:
    """Every export by a file name."""
    found = {name: make(folder) for name, (_, make) in EXPORTS.items()}
    for module in MODULES:
        texts = vars(importlib.import_module(f"tests.unit.exchange.{module}"))
        for name, value in texts.items():
            if isinstance(value, str) and "\n" in value and not name.startswith("__"):
                end = "json" if value.lstrip()[:1] in "[{" else "csv"
                found[f"{module}-{name}.{end}"] = value.encode()
        for given, file, text in _files(texts.get("FILES", {})):
            found[f"{given}-{file}".replace("/", "_").replace(" ", "_")] = text.encode()
    return found


def _files(table: Mapping[str, Sequence[object]]) -> Iterator[tuple[str, str, str]]:
    """The files of a table of tests: name of the case, of the file, and its text."""
    for given, (file, text, *_) in table.items():
        if isinstance(file, str) and isinstance(text, str):
            yield given, file, text


def shuffled(dice: random.Random, content: bytes) -> bytes:
    """The columns in another order, in some rows or in all."""
    lines = content.split(b"\n")
    order: list[int] = []
    for at, line in enumerate(lines):
        cells = line.split(b",")
        if len(cells) != len(order):
            order = dice.sample(range(len(cells)), len(cells))
        if dice.random() < 0.9:
            lines[at] = b",".join(cells[place] for place in order)
    return b"\n".join(lines)


def swapped(dice: random.Random, content: bytes) -> bytes:
    """One sign in the place of another."""
    pairs = [(b",", b";"), (b",", b"\t"), (b'"', b"'"), (b"\n", b"\r"), (b"\n", b"\r\n"),
             (b":", b"."), (b"-", b"/"), (b"0", b"9"), (b".", b","), (b"{", b"[")]  # fmt: skip
    return content.replace(*dice.choice(pairs))


def recoded(dice: random.Random, content: bytes) -> bytes:
    """In another encoding."""
    return content.decode("utf-8", "replace").encode(dice.choice(ENCODINGS), "replace")


def cut(dice: random.Random, content: bytes) -> bytes:
    """Without its end, its beginning, or something in between."""
    first, last = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return dice.choice((content[:first], content[last:], content[:first] + content[last:]))


def flipped(dice: random.Random, content: bytes) -> bytes:
    """Some bytes are others."""
    spoilt = bytearray(content)
    for _ in range(dice.randrange(1, 12)):
        if spoilt:
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def relined(dice: random.Random, content: bytes) -> bytes:
    """Lines lost, doubled, or in another order."""
    lines = content.split(b"\n")
    picked = [dice.choice(lines) for _ in lines]
    return b"\n".join(dice.choice((picked, lines[1:], lines + lines, sorted(lines))))


SPOILS: tuple[Spoil, ...] = (shuffled, swapped, recoded, cut, flipped, relined)


def read(services: Services, path: Path, carry_out: bool) -> str:
    """What became of one file: "read" or "refused". Raises whatever a fault raises."""
    try:
        ask = Ask(path)
        tracker = tracker_for(None, path)
        if tracker is not None:
            plan = services.tracker_import.plan(
                tracker, path, services.body.imports.options(ask), "work"
            )
            written = services.tracker_import.carry_out(plan) if carry_out else 0
        else:
            entries = services.body.imports.plan(ask)
            written = services.body.imports.carry_out(entries) if carry_out else 0
    except FlowError as error:
        assert error.message and "\n" not in error.message, error.message
        return "refused"
    if written:
        services.history.undo()
    return "read"


def spoil(files: int, seed: int, write_every: int = 50) -> tuple[Counter[str], list[str]]:
    """How many were read and refused, and what went wrong."""
    dice, counts, faults = random.Random(seed), Counter[str](), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        person = Person(folder / "home")
        person.past(300, 50)
        whole = exports(folder)
        before = len(person.services.store.blocks.every())
        bytes_before = person.ledger_bytes()
        for number in range(files):
            source = dice.choice(list(whole))
            content = whole[source]
            for _ in range(dice.choice((1, 1, 2, 3))):
                content = dice.choice(SPOILS)(dice, content)
            path = folder / f"{number % 7}-{source}"
            path.write_bytes(content)
            try:
                done = read(person.services, path, number % write_every == 0)
                counts[done] += 1
                if done == "refused" and number % write_every and not counts["written"]:
                    assert person.ledger_bytes() == bytes_before, "a refused file changed it"
                counts["written"] += number % write_every == 0 and done == "read"
            except Exception:
                faults.append(f"{number} {source}\n{traceback.format_exc()}")
            path.unlink()
        left = len(person.open().store.blocks.every())
        entries = person.open().body.log.store.every()
        if left != before or entries:
            faults.append(f"{left} blocks and {len(entries)} entries are left after undo")
    return counts, faults


def main() -> int:
    """Print the figures; 1 if something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    counts, faults = spoil(asked.files, asked.seed)
    print("\n".join(faults[:5]))
    print(f"{asked.files} files, {dict(counts)}, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
