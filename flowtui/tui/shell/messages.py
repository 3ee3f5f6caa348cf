"""Messages that cross screens. High-rate news carry no payload: screens pull the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot


class SnapshotTaken(Message):
    """A new snapshot is there; only the latest matters."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """A newer snapshot makes an older one worthless."""
        return isinstance(message, SnapshotTaken)
