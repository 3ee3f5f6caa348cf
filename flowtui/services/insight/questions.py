"""The log of questions: every pair that was ever tested counts for ever.

Only added to, and passed over by undo: a question that was put to the days cannot be unasked, and
forgetting it would make the next finding look surer than it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from flowtui.core.clock import Clock
from flowtui.core.codec import stamp
from flowtui.ledger.ledger import Ledger

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
