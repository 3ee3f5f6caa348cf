"""Damaged lines move into a file next to the ledger, so that nobody trips over them again.

They are kept to the byte: each line of `NAME.damaged` is a JSON object with the file, the line's
number and place, and its text, in which bytes that are not UTF-8 stand as lone surrogates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.ledger.disk import append_aside, failed, replacing
from flowtui.ledger.journal import Journal
from flowtui.ledger.lines import head_of, header_line, is_whole, split_lines
from flowtui.ledger.report import Report
from flowtui.ledger.scan import RawLine, raw_lines, whole_lines

SUFFIX = ".damaged"


def aside_path(path: Path) -> Path:
    """Where the damaged lines of the journal at `path` are put."""
    return path.with_name(path.name + SUFFIX)


def set_aside(journal: Journal, clock: Clock | None) -> list[Report]:
    """Under the lock: rewrite the file without its damaged lines, which are kept beside it.

    Reads the file anew first, so a fault that was only in memory sets nothing aside. Raises
    LedgerError; the file is then as it was.
    """
    path = journal.path
    try:
        damaged = [line for line in raw_lines(path) if not is_whole(line.raw)]
        lost = [line for line in damaged if line.ended and not split_lines(line.raw)]
        if lost:
            at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ") if clock is not None else None
            append_aside(aside_path(path), b"".join(_note(path, line, at) for line in lost))
        if damaged:
            with replacing(path) as file:
                file.writelines(_mended(journal))
    except OSError as error:
        raise failed("set damaged lines aside in", aside_path(path), error) from error
    what = f"a damaged line was set aside in {aside_path(path).name}"
    reports = [Report(path, x.number, x.start, len(x.raw), what, lost=True) for x in lost]
    journal.events += reports
    return reports


def _mended(journal: Journal) -> Iterator[bytes]:
    for position, raw in enumerate(whole_lines(journal.path)):
        if position == 0 and "format" not in head_of(raw):
            yield header_line(journal.holds or journal.owner)
        yield raw + b"\n"


def _note(path: Path, line: RawLine, at: str | None) -> bytes:
    note = {"file": path.name, "line": line.number, "byte": line.start, "set_aside_at": at}
    text = line.raw.decode("utf-8", "surrogateescape")
    return json.dumps({**note, "text": text}).encode() + b"\n"
