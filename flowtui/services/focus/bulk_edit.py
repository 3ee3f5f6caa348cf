"""Many blocks changed at once: chosen by what they carry, written as one command with one undo.

Tags and contexts are renamed and merged this way, in planned blocks too: what is begun tomorrow
carries the new name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.edit import Changes, edit
from flowtui.core.focus.tags import parse_tag
from flowtui.core.kinds import PLANS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.planned_block import PlannedBlock
from flowtui.core.time_grammar import parse_day
from flowtui.services.store import Store
from flowtui.services.wiring import Services

KEYS = ("tag", "context", "mode", "outcome", "text", "since", "until")


@dataclass(frozen=True, slots=True)
class Where:
    """Which blocks are meant; all that is given must hold."""

    tags: tuple[str, ...] = ()
    context: str = ""
    mode: str = ""
    outcome: str = ""
    """Its word; `none` for a block without one, likewise for the mode."""
    text: str = ""
    """Stands in the intention or the note, in any case."""
    since: date = date.min
    until: date = date.max

    def holds(self, block: Block, day: date) -> bool:
        """Whether `block`, filed under `day`, is meant."""
        text = f"{block.intention}\n{block.note}".casefold()
        return (
            set(self.tags) <= set(block.tags)
            and self.context in ("", block.context)
            and self.mode in ("", block.mode or "none")
            and self.outcome in ("", block.outcome or "none")
            and self.text.casefold() in text
            and self.since <= day <= self.until
        )

    def plans_too(self) -> bool:
        """Whether planned blocks can be told by it: they have tags, a context and a mode."""
        days = (self.since, self.until) == (date.min, date.max)
        return days and not self.outcome and not self.text


def parse_where(pairs: Sequence[str], today: date, first_weekday: int = 0) -> Where:
    """`tag=cuda`, `context=work`, `text=loss`, `since=2026-11-01`. Raises UsageError."""
    tags: list[str] = []
    found: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        key, value = key.strip().lower(), value.strip()
        if key not in KEYS or not sign or not value:
            raise UsageError(f"{pair!r} says not which blocks", f"KEY=VALUE, of {', '.join(KEYS)}")
        if key == "tag":
            tags.append(parse_tag(value))
        else:
            found[key] = value
    days = {key: parse_day(found[key], today, first_weekday=first_weekday)
            for key in ("since", "until") if key in found}  # fmt: skip
    return Where(
        tuple(tags),
        found.get("context", ""),
        found.get("mode", "").lower(),
        found.get("outcome", "").lower(),
        found.get("text", ""),
        days["since"].first if "since" in days else date.min,
        days["until"].last if "until" in days else date.max,
    )


@dataclass(frozen=True, slots=True)
class Edited:
    """What a change of many did, or would do."""

    blocks: tuple[Block, ...]
    plans: tuple[PlannedBlock, ...]


def edit_all(services: Services, where: Where, changes: Changes, dry_run: bool = False) -> Edited:
    """Change all blocks that are meant; with `dry_run` only tell which. Raises FlowError."""
    store, now = services.store, services.clock.now()
    plans: Store[PlannedBlock] = Store(store.ledger, PLANS)

    def changed_blocks() -> list[Block]:
        meant = [b for b in store.blocks.every() if where.holds(b, store.day_of(b))]
        pairs = [(block, edit(block, changes, now)) for block in meant]
        return [new for old, new in pairs if new != old]

    def changed_plans() -> list[PlannedBlock]:
        if not where.plans_too():
            return []
        every = plans.every()
        pairs = [(p, _planned(p, changes)) for p in every if _meant(p, where)]
        return [new for old, new in pairs if new != old]

    store.ledger.refresh()
    if dry_run:
        return Edited(tuple(changed_blocks()), tuple(changed_plans()))
    with store.change("edit blocks") as writer:
        edited = Edited(tuple(changed_blocks()), tuple(changed_plans()))
        for block in edited.blocks:
            writer.put(block)
        for plan in edited.plans:
            plans.put(plan)
    services.history.listeners.tell()
    return edited


def _meant(plan: PlannedBlock, where: Where) -> bool:
    return (
        set(where.tags) <= set(plan.tags)
        and where.context in ("", plan.context)
        and where.mode in ("", plan.mode or "none")
    )


def _planned(plan: PlannedBlock, changes: Changes) -> PlannedBlock:
    whole = plan.tags if changes.tags is None else changes.tags
    rest = [tag for tag in whole if tag not in changes.drop_tags]
    return replace(
        plan,
        tags=tuple(dict.fromkeys([*rest, *changes.add_tags])),
        context=changes.context or plan.context,
        mode=None if "mode" in changes.clear else changes.mode or plan.mode,
    )
