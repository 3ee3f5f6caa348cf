"""Mending a ledger where that needs no judgement: nothing readable is lost, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.ledger.commit import complete, writing
from flowtui.ledger.disk import BESIDE, failed
from flowtui.ledger.folder import Folder
from flowtui.ledger.kinds import KINDS, STATE
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.setaside import set_aside


def repair(path: Path, clock: Clock) -> list[str]:
    """Set damaged lines aside, cut unfinished ones off, add missing parts, remove left-overs.

    Returns a sentence for each thing done, none if there was nothing to do. Raises LedgerError if
    the folder cannot be written. `flowtui.ledger.doctor.check` tells what is left.
    """
    if not path.exists():
        return []
    folder = Folder(path, clock, KINDS, Migrations())
    done: list[str] = []
    with writing(folder):
        for left_over in sorted(path.glob(f"*{BESIDE}")):
            try:
                left_over.unlink()
            except OSError as error:
                raise failed("remove", left_over, error) from error
            done.append(f"removed {left_over.name}, left by an interrupted compaction")
        names = folder.names()
        for name in sorted(names, key=lambda name: name != STATE):
            done += _mend_lines(folder, name)
        for name in names:
            done += _add_parts(folder, name)
    folder.close()
    return done


def _mend_lines(folder: Folder, name: str) -> list[str]:
    journal = folder.open(name).journal
    if not journal.damage and not journal.torn_bytes:
        return []
    torn, ends = journal.torn_bytes, sum(not report.lost for report in journal.damage)
    aside = set_aside(journal, folder.clock)
    folder.reload(name)
    done = [f"{r.file.name}: {r.what} (line {r.line}, byte {r.byte})" for r in aside]
    if ends:
        done.append(f"{name}.jsonl: {ends} damaged end{'s' * (ends != 1)} of line mended")
    if torn:
        done.append(f"{name}.jsonl: an unfinished last line of {torn} bytes was cut off")
    return done


def _add_parts(folder: Folder, name: str) -> list[str]:
    missing = len(folder.missing_parts(name, folder.open(name).journal.seq))
    if not missing:
        return []
    complete(folder, name)
    folder.sync(name)
    if folder.missing_parts(name, folder.open(name).journal.seq):
        raise LedgerError(f"could not add to {folder.file(name)} what state.jsonl holds for it")
    return [f"{name}.jsonl: {missing} transaction part{'s' * (missing != 1)} added"]
