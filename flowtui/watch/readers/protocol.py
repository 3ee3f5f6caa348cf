"""What every reader of a file of bytes can do.

A reader is fed the file's bytes in order, in pieces of any size, and what it says does not depend
on how they were cut. Its state is plain JSON, so that reading goes on where it stopped in another
process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from flowtui.core.runs.reading import Item


class Reader(Protocol):
    """Reads one format."""

    name: ClassVar[str]
    """The format's name as `runs show` prints it."""

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """How sure it is that a file with these first bytes and this name is its own, 0 to 1."""
        ...

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        ...

    def close(self) -> list[Item]:
        """What is left once no more bytes come: a last line without its end."""
        ...

    @property
    def formats(self) -> Sequence[str]:
        """The formats met so far: `name`, or in a text log those of its lines."""
        ...

    def state(self) -> dict[str, Any]:
        """All that is needed to go on, as JSON."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`. Raises KeyError, TypeError or ValueError if it is none."""
        ...
