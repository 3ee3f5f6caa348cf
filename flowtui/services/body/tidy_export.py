"""The body log as two tables and a dictionary, for any statistics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.body.day_series import days_between
from flowtui.core.body.entry_days import BodyLog
from flowtui.core.errors import FlowError
from flowtui.exchange.tidy import days_csv, dictionary, entries_csv
from flowtui.system.files import write_atomic

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

NAMES = ("entries.csv", "days.csv", "dictionary.txt")


def write_tidy(services: Services, folder: Path, force: bool) -> tuple[int, int]:
    """Write the three files into `folder`, which is made if it is missing.

    Returns how many entries and days they hold. Raises FlowError if one of them is there and
    `force` is not given; then none is written.
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
    tables: tuple[Iterable[str], ...] = (
        entries_csv(entries, rule),
        days_csv(read, days, variables, services.clock.now(), rule),
        (dictionary(variables, log.names().habits),),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in zip(NAMES, tables, strict=True):
            write_atomic(folder / name, "".join(lines).encode())
    except OSError as error:
        reason = error.strerror or error
        raise FlowError(f"{folder} cannot be written: {reason}", "name another folder") from None
    return len(entries), len(days)
