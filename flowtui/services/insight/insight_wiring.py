"""Puts the parts of insight together, when they are first asked for."""

from __future__ import annotations

from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.guard.guard_state import GuardState
from flowtui.services.insight.child import Cache
from flowtui.services.insight.experiments import Experiments
from flowtui.services.insight.insight_service import InsightService
from flowtui.services.insight.questions import GuardedBlocks
from flowtui.services.wiring import Services


@dataclass(frozen=True, slots=True)
class InsightServices:
    """Everything on insight."""

    insight: InsightService
    experiments: Experiments


def insight_of(services: Services) -> InsightServices:
    """On the ledger, clock and day rule of `services`."""
    insight = InsightService(
        services.store,
        services.body.log.store,
        services.body.log.declared,
        GuardedBlocks(services.store.ledger, GuardState(services.paths.state_dir)),
        Cache(services.paths.cache_dir / "insight"),
        services.clock,
        services.rule,
        services.first_weekday,
    )
    experiments = Experiments(services.store.ledger, insight, services.clock, services.rule)
    return InsightServices(insight, experiments)
