"""Forms as a person fills them in: texts, before anybody has said whether they can be meant."""

from __future__ import annotations

from collections.abc import Sequence

from flowtui.core.focus.block import Mode, Outcome
from flowtui.core.guard.protection import Choice, GuardOffer
from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """What a plan starts with: the last choices, and what can be chosen."""

    length: str
    tags: tuple[str, ...]
    context: str
    mode: Mode | None
    contexts: Sequence[str]
    presets: Sequence[str]
    known_tags: Sequence[str]
    known_intentions: Sequence[str]
    guard: GuardOffer
    intention: str = ""
    """What the last check-in planned as today's first block, until a block was started."""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """A plan as typed; the length is still text, since "17:30" needs the clock."""

    intention: str
    then: str
    length: str
    tags: tuple[str, ...]
    context: str
    mode: Mode | None
    guard: Choice | None = None
    """What to keep away; None for nothing."""

    @staticmethod
    def again(offered: PlanOffer) -> PlanForm:
        """The last choices, with an intention only if the check-in planned one."""
        away = offered.guard
        return PlanForm(
            offered.intention,
            "",
            offered.length,
            offered.tags,
            offered.context,
            offered.mode,
            Choice(away.chosen, away.strictness) if away.chosen else None,
        )


@dataclass(frozen=True, slots=True)
class BlockForm:
    """A block as typed; start and end are texts, None where they were not touched."""

    intention: str
    then: str
    tags: tuple[str, ...]
    context: str
    mode: Mode | None
    outcome: Outcome | None
    rating: int | None
    note: str
    start: str | None
    end: str | None
