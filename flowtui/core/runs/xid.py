"""What an Xid, the driver's number of a GPU error, means for a run.

Which are grave: NVIDIA's Xid catalogue, as its health monitors sort it.
"""

from __future__ import annotations

from datetime import datetime

from flowtui.core.lazy_dataclass import dataclass

PROGRAM = {
    13: "a program made an illegal access",
    31: "a program touched memory that is not its own",
    43: "a program was ended after an error",
    45: "a program's work was stopped",
    68: "a video decoder failed",
    94: "an uncorrectable memory error was contained to one program",
}
"""The board is well; the program that ran has a fault or was hit by one."""
BOARD = {
    46: "the GPU stopped answering",
    48: "a double-bit memory error",
    64: "a memory page could not be retired",
    74: "an NVLink error",
    79: "the GPU fell off the bus: the machine needs a restart",
    95: "an uncorrectable memory error reached several programs",
    109: "a context switch timed out",
    119: "the GPU's own processor does not answer",
    120: "the GPU's own processor failed",
}
"""The board needs a reset or worse; nothing that runs on it can be trusted."""


@dataclass(frozen=True, slots=True)
class Xid:
    """One event of the driver."""

    at: datetime
    gpu: int | None
    """Index of the GPU; None if the driver did not say."""
    number: int

    @property
    def serious(self) -> bool:
        """True if the board itself is in trouble."""
        return self.number in BOARD

    @property
    def words(self) -> str:
        """What it means, in words: "Xid 79, the GPU fell off the bus: ...\""""
        meaning = BOARD.get(self.number) or PROGRAM.get(self.number) or "see NVIDIA's Xid catalogue"
        return f"Xid {self.number}, {meaning}"
