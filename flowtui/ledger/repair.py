"""Mending a ledger where that needs no judgement: nothing readable is lost, nothing is guessed.

Damaged lines move into a file next to the ledger, so that nobody trips over them again. They are
kept to the byte: each line of `NAME.damaged` is a JSON object with the file, the line's number and
place, and its text, in which bytes that are not UTF-8 stand as lone surrogates.
"""

from __future__ import annotations

import json
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.kinds import KINDS
from flowtui.ledger.disk import BESIDE, append_aside, failed, replacing
from flowtui.ledger.fold import fold
from flowtui.ledger.lines import head_of, is_whole, journal_header, seq_of, split_lines
from flowtui.ledger.records import read_records, record_files
from flowtui.ledger.scan import RawLine, Report, raw_lines, whole_lines
from flowtui.ledger.storage import JournalStorage

SUFFIX = ".damaged"


def repair(path: Path, clock: Clock) -> list[str]:
    """Set damaged lines aside, cut unfinished ones off, remove left-overs.

    Returns a sentence for each thing done, none if there was nothing to do. Raises LedgerError if
    the folder cannot be written. `flowtui.ledger.doctor.check` tells what is left.
    """
    if not path.exists():
        return []
    storage = JournalStorage(path, clock=clock, kinds=KINDS, follows=False)
    done: list[str] = []
    with storage.threads, storage.writing():
        done += [f"{note.file.name}: {note.what}" for note in storage.notes]
        for left_over in sorted(path.glob(f"*{BESIDE}")):
            try:
                left_over.unlink()
            except OSError as error:
                raise failed("remove", left_over, error) from error
            done.append(f"removed {left_over.name}, left by an interrupted fold")
        done += _mend_journal(storage)
        done += _mend_records(storage)
    storage.close()
    return done


def _mend_journal(storage: JournalStorage) -> list[str]:
    path = storage.journal.path
    lines = list(raw_lines(path)) if storage.journal.exists else []
    damaged = [line for line in lines if not is_whole(line.raw)]
    if not damaged:
        return []
    ends = sum(bool(split_lines(line.raw)) for line in damaged)
    torn = sum(len(x.raw) for x in damaged if not x.ended and not split_lines(x.raw))
    done = [_told(report) for report in set_aside(path, storage.clock)]
    storage.distrust()
    storage.refresh()
    if ends:
        done.append(f"{path.name}: {ends} damaged end{'s' * (ends != 1)} of line mended")
    if torn:
        done.append(f"{path.name}: an unfinished last line of {torn} bytes was cut off")
    return done


def _mend_records(storage: JournalStorage) -> list[str]:
    """Files of records with damage are written anew, by a fold."""
    spoilt = []
    for name, path in record_files(storage.path).items():
        damage = read_records(path, storage.migrations).damage
        if damage:
            storage.contents.tables(name)
            storage.contents.damage[name] = damage
            storage.contents.changes.setdefault(name, {})
            spoilt.append(path)
    if not spoilt:
        return []
    count = len(storage.notes)
    fold(storage)
    lost = [_told(report) for report in storage.notes[count:]]
    return [*lost, *(f"{path.name}: was written anew" for path in spoilt)]


def _told(report: Report) -> str:
    return f"{report.file.name}: {report.what} (line {report.line}, byte {report.byte})"


def set_aside(path: Path, clock: Clock | None) -> list[Report]:
    """Under the lock: rewrite a journal without its damaged lines, which are kept beside it.

    Reads the file anew first, so a fault that was only in memory sets nothing aside. Raises
    LedgerError; the file is then as it was.
    """
    try:
        reports = keep_damaged(path, clock)
        lines = list(whole_lines(path))
        head = head_of(lines[0]) if lines else {}
        folded = head.get("folded", 0) if "format" in head else 0
        body = [raw + b"\n" for raw in lines if seq_of(raw) is not None]
        history = sum(len(raw) for raw in body if (seq_of(raw) or 0) <= folded)
        with replacing(path) as file:
            file.write(journal_header(folded, history))
            file.writelines(body)
    except OSError as error:
        raise failed("set damaged lines aside in", path, error) from error
    return reports


def keep_damaged(path: Path, clock: Clock | None) -> list[Report]:
    """Copy the damaged lines of a file into the one beside it. Raises LedgerError."""
    beside = path.with_name(path.name + SUFFIX)
    try:
        damaged = [line for line in raw_lines(path) if not is_whole(line.raw)]
        lost = [line for line in damaged if line.ended and not split_lines(line.raw)]
        if lost:
            at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ") if clock is not None else None
            append_aside(beside, b"".join(_note(path, line, at) for line in lost))
    except OSError as error:
        raise failed("set damaged lines aside in", beside, error) from error
    what = f"a damaged line was set aside in {beside.name}"
    return [Report(path, x.number, x.start, len(x.raw), what, lost=True) for x in lost]


def _note(path: Path, line: RawLine, at: str | None) -> bytes:
    note = {"file": path.name, "line": line.number, "byte": line.start, "set_aside_at": at}
    text = line.raw.decode("utf-8", "surrogateescape")
    return json.dumps({**note, "text": text}).encode() + b"\n"
