"""What the ledger keeps: the kinds of record, and in which file each of them lives.

To add a kind, add a line to `KINDS`. To change the shape of one, add a step to
`flowtui.ledger.migrate.STEPS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flowtui.core.errors import LedgerError
from flowtui.core.lazy_dataclass import dataclass

STATE = "state"
"""The name of the file of all kinds without a date."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record."""

    name: str
    """The word for it in files, in code and in exports."""
    dated: bool
    """Whether a record belongs to a logical day, and so to the file of a year."""


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("blocks", dated=True),
        Kind("entries", dated=True),
        Kind("runs", dated=True),
        Kind("plans", dated=False),
        Kind("experiments", dated=False),
        Kind("questions", dated=False),
        Kind("guarded", dated=False),
        Kind("state", dated=False),
    )
}


def file_for(kind: Kind, record: Mapping[str, Any]) -> str:
    """The name of the file that `record` belongs in: "2026" or "state".

    Raises LedgerError, naming the field, if the record has no usable "id" or "day".
    """
    id = record.get("id")
    if not isinstance(id, str) or not id:
        raise LedgerError(f"a record of {kind.name} has no text in 'id': {id!r}")
    if not kind.dated:
        return STATE
    return f"{day_of(kind.name, record).year:04d}"


def day_of(kind: str, record: Mapping[str, Any]) -> date:
    """The logical day of a dated record. Raises LedgerError if "day" is not YYYY-MM-DD."""
    text = record.get("day")
    try:
        if isinstance(text, str) and len(text) == len("2026-11-23"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise LedgerError(f"{kind} {record.get('id')}: 'day' should be YYYY-MM-DD, not {text!r}")
