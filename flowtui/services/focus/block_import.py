"""Reading an export back: blocks are taken only as far as they keep the rules of a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flowtui.core.body.entry import day_of
from flowtui.core.errors import LedgerError
from flowtui.core.focus.block import Block
from flowtui.core.focus.block_check import Taken, ended_at_last, faults
from flowtui.core.kinds import BLOCKS, ENTRIES, KINDS, STATE
from flowtui.ledger.csv_table import TableReader, is_table
from flowtui.ledger.importing import Imported, Present, import_file
from flowtui.services.focus.block_store import RUNNING, BlockStore
from flowtui.services.wiring import Services

WORDS = "body-words"
"""The id of the record of declared habits."""
ENTRIES_FILE = "entries.csv"
Record = dict[str, Any]


def read_export(services: Services, file: Path, dry_run: bool, replace: bool) -> Imported:
    """Add the records of an export to the ledger, as one command that undo takes back.

    Left out and named: blocks that share time with others, lie in the future, have parts outside of
    them or texts that a terminal would obey. A block that ran when the file was written has ended
    then. Raises LedgerError, with nothing changed, if the file is no export.
    """
    gate = _Gate(services.store)
    ledger = services.store.ledger
    done = import_file(
        ledger, file, dry_run=dry_run, replace=replace, admit=gate.admit, merge=_merged,
        source=TidyFolder(services, file) if file.is_dir() else None,
    )  # fmt: skip
    services.status.write()
    return done


def is_own_table(path: Path) -> bool:
    """Whether `path` begins as the table of `flowtui export --csv`, or is a folder of `--tidy`."""
    if not path.is_dir():
        return is_table(path)
    return any(is_table(path / name) for name in TidyFolder.TABLES)


class TidyFolder:
    """The records of a folder that `flowtui export --tidy` wrote: blocks, habits, entries."""

    TABLES = ("habits.csv", "blocks.csv")
    exported_at: datetime | None = None

    def __init__(self, services: Services, folder: Path) -> None:
        self._services = services
        self._folder = folder

    def documents(self) -> Iterator[tuple[str, Any]]:
        """Of each file that is there. Raises FlowError for a damaged one."""
        for name in self.TABLES:
            if (self._folder / name).exists():
                yield from TableReader(self._folder / name).documents()
        if (self._folder / ENTRIES_FILE).exists():
            yield from self._entries()

    def _entries(self) -> Iterator[tuple[str, Any]]:
        from flowtui.exchange.protocol import Found, Unread
        from flowtui.exchange.tidy_in import Tidy
        from flowtui.services.imports import Ask

        path, rule = self._folder / ENTRIES_FILE, self._services.rule
        options = self._services.body.imports.options(Ask(path))
        for row in Tidy().read(path, options):
            if isinstance(row, Found):
                yield ENTRIES, KINDS[ENTRIES].encode(row.entry, day_of(row.entry, rule.start))
            elif isinstance(row, Unread):
                yield ENTRIES, LedgerError(f"{ENTRIES_FILE}, line {row.line}: {row.why}")

    def check(self) -> None:
        """The tables told that they are ours."""


def _merged(kind: str, record: Record, present: Mapping[str, Any]) -> Record:
    """Habits that were declared here stay, those of the file that have other names come to them."""
    if kind != STATE or record.get("id") != WORDS:
        return record
    habits = {**record.get("habits", {}), **present.get("habits", {})}
    stops = [*present.get("stops", ()), *record.get("stops", ())]
    return {**record, **present, "habits": habits, "stops": list(dict.fromkeys(stops))}


class _Gate:
    """Lets records of blocks pass, or says why not."""

    def __init__(self, store: BlockStore) -> None:
        self._store = store
        self._now = store.clock.now()
        self._taken: Taken | None = None
        self._running = store.running()

    def admit(
        self, kind: str, record: Record, present: Present, exported_at: datetime | None
    ) -> Record | None:
        """`record` as it is to be taken, None for one that is passed over without a word.

        `present` is the record of that id that is there and would be replaced. Raises LedgerError.
        """
        if kind == STATE and record.get("id") == RUNNING:
            return None  # which block runs here is not what a file says
        if kind != BLOCKS:
            return record
        block: Block = KINDS[BLOCKS].decode(record)
        if self._running is not None and block.id == self._running.id:
            raise LedgerError(f"block {block.id} runs here", "end it first: flowtui stop")
        if block.ended_at is None:
            last = min(exported_at, self._now) if exported_at is not None else None
            block = ended_at_last(block, last)
        wrong = faults(block, self._now)
        if wrong:
            raise LedgerError(f"block {block.id} {wrong[0].what}")
        taken = self._spans()
        before = None if present is None else self._store.blocks.get(block.id)
        if before is not None:
            taken.drop(before, self._now)
        other = taken.clash(block, self._now)
        if other:
            if before is not None:
                taken.add(before, self._now)
            raise LedgerError(f"block {block.id} shares time with block {other}")
        taken.add(block, self._now)
        day = self._store.day_of(block)
        told = record.get("day")
        if isinstance(told, str) and _near(told, day):
            day = date.fromisoformat(told)  # filed by the rule of the machine that wrote it
        return KINDS[BLOCKS].encode(block, day)

    def _spans(self) -> Taken:
        if self._taken is None:
            self._taken = Taken()
            for block in self._store.blocks.every():
                self._taken.add(block, self._now)
        return self._taken


def _near(text: str, day: date) -> bool:
    try:
        return abs(date.fromisoformat(text) - day) <= timedelta(days=1)
    except ValueError:
        return False
