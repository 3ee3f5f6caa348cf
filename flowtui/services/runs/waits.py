"""Blocks that last until a run gets on: evaluates, saves a checkpoint, or ends."""

from __future__ import annotations

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import AtPlan, Block, Plan, PlanKind
from flowtui.core.runs.glance import RunGlance
from flowtui.services.runs.board import BoardFile
from flowtui.services.runs.run_store import RunBook


class RunWaits:
    """Plans such blocks, and knows when their run has got there."""

    def __init__(self, book: RunBook, board: BoardFile, clock: Clock) -> None:
        self._book = book
        self._board = board
        self._clock = clock
        self._first: dict[str, int] = {}
        """By block: how far its run was when first seen, where the plan does not know."""
        self._told: set[str] = set()
        """Blocks whose plan was ended by a run; if that was undone, it is not done again."""

    def plan(self, word: str, at_most_s: int, at_plan: AtPlan) -> Plan:
        """The plan of a block until the run that `word` names gets on, of at most `at_most_s`.

        Raises FlowError if there is no such run, or it has ended.
        """
        run = self._book.find(word)
        if run.ended:
            raise FlowError(
                f"run {run.name} has ended already", "see those under way: flowtui runs"
            )
        seen = self._glance(run.id)
        # not known now is not none: they are counted from the first look
        marks = seen.marks if seen is not None else None
        return Plan(PlanKind.FIXED, at_most_s, None, at_plan, run.id, run.name, marks)

    def arrived(self, block: Block) -> str | None:
        """What the run of the block's plan did, in a word or two; None if nothing yet."""
        plan = block.plan
        if not plan.run or block.id in self._told or block.ended_at is not None:
            return None
        what = self._what(block)
        if what is not None:
            self._told.add(block.id)
        return what

    def _what(self, block: Block) -> str | None:
        plan = block.plan
        run = self._book.get(plan.run)
        if run is None:
            return "is forgotten"
        if run.ended:
            return str(run.state or "ended")
        seen = self._glance(plan.run)
        if seen is None:
            return None
        if not seen.live:
            return seen.state if seen.state != "unknown" else None
        marks = plan.run_marks
        if marks is None:
            marks = self._first.setdefault(block.id, seen.marks)
        return "evaluated or saved" if seen.marks > marks else None

    def _glance(self, id: str) -> RunGlance | None:
        board = self._board.read()
        if not board.is_fresh(self._clock.now().timestamp()):
            return None
        return next((glance for glance in board.runs if glance.id == id), None)
