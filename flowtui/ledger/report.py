"""What the ledger noticed in its files, for a person to hear of once."""

from __future__ import annotations

from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """Something noticed in a file of the ledger."""

    file: Path
    line: int | None
    """Counted from 1; None where the line is not known."""
    byte: int
    """Where it starts, from the beginning of the file."""
    length: int
    """Bytes concerned."""
    what: str
    lost: bool
    """Whether a transaction was lost by it."""
