"""What happened, told to the user's hooks as JSON.

The process that makes a change tells of it, once: the change is one transaction, so no two
processes make the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.focus.block_json import ended_view, iso
from flowtui.core.focus.commands import Event, EventKind
from flowtui.core.focus.measure import filed_day

TOLD = frozenset(
    {
        EventKind.STARTED,
        EventKind.PAUSED,
        EventKind.RESUMED,
        EventKind.INTERRUPTED,
        EventKind.RETURNED,
        EventKind.PLAN_REACHED,
        EventKind.FINISHED,
        EventKind.DISCARDED,
    }
)
"""Events that hooks hear of."""


class Events:
    """Turns events into what a hook reads on its standard input."""

    def __init__(
        self, clock: Clock, rule: DayRule, zone: str, run: Callable[[str, Mapping[str, Any]], None]
    ) -> None:
        self._clock = clock
        self._rule = rule
        self._zone = zone
        self._run = run

    def on_block(self, event: Event) -> None:
        """Tell of a block's event; `reason` says how an end relates to its plan."""
        if event.kind not in TOLD:
            return
        block = event.block
        view = ended_view(block, event.at, filed_day(block, self._rule.start).isoformat())
        self.tell(event.kind.value, {"block": view, "reason": view["end_reason"]})

    def tell(self, name: str, data: Mapping[str, Any]) -> None:
        """Tell of anything by its name."""
        now = iso(self._clock.now(), self._zone)
        self._run(name, {"event": name, "at": now, **data})
