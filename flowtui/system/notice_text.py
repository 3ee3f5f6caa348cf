"""What a notice says, and texts made fit to be shown outside flowtui."""

from __future__ import annotations

from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass


class Severity(StrEnum):
    """How much a notice may disturb."""

    QUIET = "quiet"
    NORMAL = "normal"
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell."""

    title: str
    body: str = ""
    severity: Severity = Severity.NORMAL


def plain(text: str, limit: int) -> str:
    """One line of at most `limit` characters; the end is cut with an ellipsis.

    Blanks of every kind become single spaces. What cannot be printed goes: it could end an escape
    sequence, or turn the direction of what follows.
    """
    kept = "".join(char for char in text if char.isprintable() or char.isspace())
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"
