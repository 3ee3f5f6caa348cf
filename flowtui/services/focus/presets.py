"""What a new block starts with: the presets, and what was chosen last time."""

from __future__ import annotations

from flowtui.core.focus.block import AtPlan, Block, Outcome, Plan, PlanKind
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.status_file import minutes
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.focus.cycles import Cycles


@dataclass(frozen=True, slots=True)
class Plans:
    """Lengths from the settings, choices from the last block."""

    store: BlockStore
    presets_s: tuple[int, ...]
    default_s: int | None
    """Length of a block started without one; None for open-ended."""
    at_plan_default: AtPlan
    cycles: Cycles
    """Where a cycle is chosen, its length comes before the others."""

    def at_plan(self, end: bool | None) -> AtPlan:
        """What to do at the end of the plan; None asks the settings."""
        if end is None:
            return self.at_plan_default
        return AtPlan.END if end else AtPlan.OVERTIME

    def last(self) -> Block | None:
        """The last block lived through, whose choices the next one starts with."""
        return self.store.last_lived()

    def usual(self) -> Plan:
        """The plan of the last block, or that of the settings; no time of the day, no run."""
        last = self.last() if self.cycles.cycle is None else None
        if last is not None and last.plan.kind is not PlanKind.UNTIL and not last.plan.run:
            return last.plan
        return self.default()

    def unfinished(self) -> str:
        """The intention of the last block if that was not done; empty if it was."""
        last = self.last()
        return last.intention if last is not None and last.outcome is not Outcome.DONE else ""

    def default(self) -> Plan:
        """The plan of the settings: that of the cycle, if there is one."""
        cycle = self.cycles.cycle
        seconds = cycle.focus_s if cycle is not None else self.default_s
        if seconds is None:
            return Plan()
        return Plan(PlanKind.FIXED, seconds, at_plan=self.at_plan_default)

    def usual_words(self) -> str:
        """The next plan as people say it, with its place in a cycle: "25 min, 2 of 4"."""
        return ", ".join(w for w in (self.in_words(self.usual()), self.cycles.place()) if w)

    def in_words(self, plan: Plan) -> str:
        """A plan as people say it: "50 min", "open-ended"."""
        if plan.kind is PlanKind.FIXED and plan.seconds:
            return minutes(plan.seconds)
        return "open-ended"

    def tags(self) -> list[str]:
        """Tags of recent blocks, most used first; for completion."""
        counts: dict[str, int] = {}
        for block in self.store.last_ended(200):
            for tag in block.tags:
                counts[tag] = counts.get(tag, 0) + 1
        return sorted(counts, key=lambda tag: (-counts[tag], tag))

    def intentions(self) -> list[str]:
        """Recent intentions, newest first, each once; for completion."""
        return list(dict.fromkeys(b.intention for b in self.store.last_ended(50) if b.intention))
