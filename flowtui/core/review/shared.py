"""Something shared or given: often shorter than a block, and worth being found again."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from flowtui.core.codec import STORED, Zone
from flowtui.core.lazy_dataclass import dataclass


class SharedKind(StrEnum):
    """What was done."""

    SHARED = "shared"
    GAVE = "gave"


@dataclass(frozen=True, slots=True)
class SharedThing:
    """A post, a talk, a patch; help given to somebody."""

    id: str
    at: datetime
    zone: Zone
    kind: SharedKind = field(metadata=STORED)
    link: str = ""
    note: str = ""
    seconds: int | None = None
    """How long it took, where that was said."""
