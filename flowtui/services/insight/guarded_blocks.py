"""Which blocks were guarded: noted while the guard is on, for it remembers nothing afterwards."""

from __future__ import annotations

from flowtui.core.guard.protection import GuardedBlock
from flowtui.core.kinds import GUARDED
from flowtui.ledger.ledger import Ledger
from flowtui.services.guard.guard_state import GuardState
from flowtui.services.store import Store


class GuardedBlocks:
    """Reads and adds notes; nothing a person did, so undo passes them over."""

    def __init__(self, ledger: Ledger, state: GuardState) -> None:
        self._blocks: Store[GuardedBlock] = Store(ledger, GUARDED)
        self._state = state

    def note(self) -> None:
        """Note the guard of the running block, once; called whenever the guard has changed."""
        kept = self._state.read()
        if kept is None or not kept.block:
            return
        known = self._blocks.get(kept.block)
        if known is not None and known.level == kept.level:
            return
        with self._blocks.change("note the guard of a block", background=True):
            self._blocks.put(GuardedBlock(kept.level, tuple(kept.lists)), id=kept.block)

    def levels(self) -> dict[str, str]:
        """Id of each block that was guarded, to `guard` or `session`."""
        return {str(row["id"]): str(row.get("level", "")) for row in self._blocks.table}
