"""What a restore says of itself: what was there before, what is there now, by hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXACT, MERGED, GONE, KEPT, FAILED = "exact", "merged", "gone", "kept", "failed"
"""As before byte for byte; others' changes kept; removed by others; not touched; not done."""


@dataclass(frozen=True)
class Proof:
    """How one resource was put back."""

    kind: str
    what: str
    """The path, or the name of the thing."""
    how: str
    before: str | None
    """SHA-256 before the lease; None if there was nothing."""
    after: str | None
    note: str = ""

    @property
    def settled(self) -> bool:
        """True if nothing of ours is left."""
        return self.how in (EXACT, MERGED, GONE)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return dict(self.__dict__)
