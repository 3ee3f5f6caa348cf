"""Forms as a person fills them in: texts, before anybody has said whether they can be meant."""

from __future__ import annotations

from collections.abc import Sequence

from flowtui.core.focus.block import Block, Mode, Outcome
from flowtui.core.focus.edit import Changes
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
    """What the next block is meant to be about: planned by the check-in, or a thought put off."""
    meeting: str = ""
    """The next meeting in words, where a block has room before it; its length is a preset then."""
    goes_on: str = ""
    """The same, or the intention of the last block where that is unfinished."""


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
    def again(offered: PlanOffer, go_on: bool = False) -> PlanForm:
        """The last choices, with what is meant next; with `go_on` else what is unfinished."""
        away = offered.guard
        return PlanForm(
            offered.goes_on if go_on else offered.intention,
            "",
            offered.length,
            offered.tags,
            offered.context,
            offered.mode,
            Choice(away.chosen, away.strictness) if away.chosen else None,
        )


@dataclass(frozen=True, slots=True)
class FinishAnswer:
    """How a block went, as typed; all optional."""

    outcome: Outcome | None
    rating: int | None
    note: str
    end: str = ""
    """When it ended, as a time or a length; empty: when the key was hit."""


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

    @staticmethod
    def of(block: Block) -> BlockForm:
        """The form of a block before anybody has typed."""
        return BlockForm(
            block.intention,
            block.then,
            block.tags,
            block.context,
            block.mode,
            block.outcome,
            block.rating,
            block.note,
            None,
            None,
        )

    def touched(self, before: BlockForm) -> Changes:
        """What a person changed since `before`; all else stays as somebody else may have set it."""

        def new(after: str, old: str) -> str | None:
            return after if after != old else None

        cleared = [
            name
            for name in ("mode", "outcome", "rating")
            if getattr(self, name) is None and getattr(before, name) is not None
        ]
        return Changes(
            intention=new(self.intention, before.intention),
            then=new(self.then, before.then),
            note=new(self.note, before.note),
            context=new(self.context, before.context),
            mode=self.mode if self.mode != before.mode else None,
            outcome=self.outcome if self.outcome != before.outcome else None,
            rating=self.rating if self.rating != before.rating else None,
            clear=frozenset(cleared),
            add_tags=tuple(tag for tag in self.tags if tag not in before.tags),
            drop_tags=tuple(tag for tag in before.tags if tag not in self.tags),
        )
