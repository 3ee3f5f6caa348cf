"""Body log and blocks as tables with a dictionary, for any statistics; `import` reads them back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.body.day_series import days_between
from flowtui.core.body.entry_days import BodyLog
from flowtui.core.errors import FlowError
from flowtui.core.kinds import BLOCKS, STATE
from flowtui.exchange.tidy import days_csv, dictionary, entries_csv
from flowtui.ledger.csv_table import write_rows
from flowtui.services.focus.block_import import WORDS
from flowtui.system.files import write_atomic

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

NAMES = ("entries.csv", "days.csv", "blocks.csv", "habits.csv", "dictionary.txt")


def write_tidy(services: Services, folder: Path, force: bool) -> tuple[int, int, int]:
    """Write the files into `folder`, which is made if it is missing.

    Returns how many entries, days and blocks they hold. Raises FlowError if one of them is there
    and `force` is not given; then none is written.
    """
    there = [name for name in NAMES if (folder / name).exists()]
    if there and not force:
        raise FlowError(
            f"{folder} holds {' and '.join(there)} already", "name another folder, or add --force"
        )
    log = services.body.log
    entries = log.store.every()
    read = BodyLog(entries, services.rule.start)
    days = days_between(read.days[0], read.days[-1]) if read.days else []
    variables, rule = read.variables(), services.rule
    blocks, habits = _own_tables(services)
    tables: tuple[Iterable[str], ...] = (
        entries_csv(entries, rule),
        days_csv(read, days, variables, services.clock.now(), rule),
        blocks,
        habits,
        (dictionary(variables, log.names().habits),),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in zip(NAMES, tables, strict=True):
            write_atomic(folder / name, "".join(lines).encode())
    except OSError as error:
        reason = error.strerror or error
        raise FlowError(f"{folder} cannot be written: {reason}", "name another folder") from None
    return len(entries), len(days), len(blocks) - 1


def _own_tables(services: Services) -> tuple[list[str], list[str]]:
    """Blocks, and what was declared, in the lines of `flowtui export --csv`."""
    blocks: list[str] = []
    habits: list[str] = []
    with services.store.ledger.snapshot() as records:
        write_rows(blocks.append, ((BLOCKS, record) for record in records(BLOCKS)))
        declared = (record for record in records(STATE) if record.get("id") == WORDS)
        write_rows(habits.append, ((STATE, record) for record in declared))
    return blocks, habits
