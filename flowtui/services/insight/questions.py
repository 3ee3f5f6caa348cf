"""The log of questions: every pair that was ever tested counts for ever.

Only added to, and passed over by undo: a question that was put to the days cannot be unasked, and
forgetting it would make the next finding look surer than it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from tinydb import where

from flowtui.core.clock import Clock
from flowtui.core.insight.experiment import Question
from flowtui.core.kinds import QUESTIONS
from flowtui.ledger.ledger import Ledger
from flowtui.services.store import Store

Key = tuple[str, int]
"""A factor's name and its lag."""


class Questions:
    """Reads the log and adds to it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._questions: Store[Question] = Store(ledger, QUESTIONS)
        self._clock = clock

    def asked(self, outcome: str) -> tuple[set[Key], int]:
        """Pairs ever tested with `outcome`, and how many ever were with other outcomes."""
        about = self._questions.search(where("outcome") == outcome)
        others = self._questions.table.count(where("outcome") != outcome)
        return {(question.factor, question.lag) for question in about}, others

    def add(self, outcome: str, keys: Iterable[Key]) -> int:
        """Note what was tested; returns how many were new."""
        known, _ = self.asked(outcome)
        new = sorted(set(keys) - known)
        if not new:
            return 0
        now = self._clock.now()
        label = f"note {len(new)} questions that were put to the days"
        with self._questions.change(label, background=True):
            for factor, lag in new:
                question = Question(outcome, factor, lag, now)
                self._questions.put(question, id=f"{outcome}|{factor}|{lag}")
        return len(new)
