"""What is known about missing days, and the caveat that follows from it."""

from __future__ import annotations

from flowtui.core.lazy_dataclass import dataclass

MANY = 0.20
"""Share of missing days from which chance cannot be taken for granted."""


@dataclass(frozen=True, slots=True)
class Missingness:
    """How the missing days of one factor lie."""

    factor: str
    days: int
    """Calendar days from its first record to its last."""
    missing: int
    """Of those, days on which factor or outcome is unknown."""
    share: float
    by_weekday: tuple[float | None, ...]
    """Share of days that are recorded, Monday first; None where there is no such day."""
    clues: tuple[str, ...]
    """What differs around missing days beyond what chance does."""
    differences: tuple[tuple[str, float, float], ...]
    """All that was looked at: what, difference beside missing days, p."""
    suspect: bool
    """Whether the results should carry the caveat."""

    @property
    def caveat(self) -> str:
        """One sentence; empty where nothing is to be said."""
        if self.clues:
            return (
                f"{self.missing} of {self.days} days are missing, and they differ: "
                f"{' and '.join(self.clues)}. "
                "If bad days go unlogged, this can look like an effect."
            )
        if self.suspect:
            return (
                f"{self.missing} of {self.days} days are missing: "
                "if it is the bad days that go unlogged, this can look like an effect."
            )
        return ""
