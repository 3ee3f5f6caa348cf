"""Which blocks were guarded: noted while the guard is on, for it remembers nothing afterwards."""

from __future__ import annotations

from flowtui.ledger.ledger import Ledger
from flowtui.services.guard.guard_state import GuardState

GUARDED = "guarded"


class GuardedBlocks:
    """Reads and adds notes; nothing a person did, so undo passes them over."""

    def __init__(self, ledger: Ledger, state: GuardState) -> None:
        self._ledger, self._state = ledger, state

    def note(self) -> None:
        """Note the guard of the running block, once; called whenever the guard has changed."""
        kept = self._state.read()
        if kept is None or not kept.block:
            return
        known = self._ledger.get(GUARDED, kept.block)
        if known is not None and known["level"] == kept.level:
            return
        with self._ledger.transaction("note the guard of a block", background=True) as transaction:
            record = {"id": kept.block, "level": kept.level, "lists": list(kept.lists)}
            transaction.put(GUARDED, record)

    def levels(self) -> dict[str, str]:
        """Id of each block that was guarded, to `guard` or `session`."""
        return {record["id"]: record["level"] for record in self._ledger.all(GUARDED)}
