"""Where readings come from: a file, a folder, a database; later a cluster or a server.

A source tells what is new since it was last asked. Readings may come late, in batches and for many
things at once, so it also says how old its news is; what cannot be read is said once, in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from flowtui.core.runs.reading import Item


class Source(Protocol):
    """One place that says something of one run."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def formats(self) -> Sequence[str]:
        """The formats met so far."""
        ...

    @property
    def changed_at(self) -> float | None:
        """When it last changed, POSIX seconds; None if that is not known."""
        ...

    @property
    def problem(self) -> str | None:
        """Why it cannot be read just now; None if it can."""
        ...

    def look(self) -> list[Item]:
        """All that it says so far; of huge logs head, tail and samples. May take a second."""
        ...

    def poll(self) -> list[Item]:
        """What is new since the last look or poll; empty if nothing is."""
        ...

    def close(self) -> list[Item]:
        """What is left at the end: a last line without its end."""
        ...

    def state(self) -> dict[str, Any]:
        """All that is needed to go on in another process, as JSON."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`; one that does not fit is as good as none."""
        ...
