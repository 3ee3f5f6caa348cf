"""What insight notes in the ledger: every pair ever tested, and which blocks were guarded."""

from __future__ import annotations

from collections.abc import Iterable

from tinydb import where

from flowtui.core.clock import Clock
from flowtui.core.guard.protection import GuardedBlock
from flowtui.core.insight.experiment import Question
from flowtui.core.kinds import GUARDED, QUESTIONS
from flowtui.ledger.ledger import Ledger
from flowtui.services.guard.guard_state import GuardState
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
