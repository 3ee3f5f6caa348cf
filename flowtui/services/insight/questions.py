"""What insight notes in the ledger: every pair ever tested, and which blocks were guarded."""

from __future__ import annotations

from collections.abc import Iterable

from flowtui.core.clock import Clock
from flowtui.core.codec import stamp
from flowtui.ledger.ledger import Ledger
from flowtui.services.guard.guard_state import GuardState

QUESTIONS = "questions"
Key = tuple[str, int]
"""A factor's name and its lag."""


class Questions:
    """Reads the log and adds to it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def asked(self, outcome: str) -> tuple[set[Key], int]:
        """Pairs ever tested with `outcome`, and how many ever were with other outcomes."""
        records = self._ledger.all(QUESTIONS)
        own = {(r["factor"], r["lag"]) for r in records if r["outcome"] == outcome}
        return own, len(records) - len(own)

    def add(self, outcome: str, keys: Iterable[Key]) -> int:
        """Note what was tested; returns how many were new."""
        known, _ = self.asked(outcome)
        new = sorted(set(keys) - known)
        if not new:
            return 0
        at = stamp(self._clock.now())
        label = f"note {len(new)} questions that were put to the days"
        with self._ledger.transaction(label, background=True) as transaction:
            for factor, lag in new:
                transaction.put(
                    QUESTIONS,
                    {
                        "id": f"{outcome}|{factor}|{lag}",
                        "outcome": outcome,
                        "factor": factor,
                        "lag": lag,
                        "asked_at": at,
                    },
                )
        return len(new)


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
