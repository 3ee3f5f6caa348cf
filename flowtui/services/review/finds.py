"""A search over everything that a person wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from flowtui.core.errors import UsageError
from flowtui.core.review.search import found_in, holds

if TYPE_CHECKING:
    from flowtui.core.focus.block import Block
    from flowtui.services.wiring import Services


class Find(NamedTuple):
    """One record that holds the text."""

    kind: str
    id: str
    day: date
    text: str
    """That of its texts which holds it."""


def find(services: Services, needle: str) -> list[Find]:
    """Every record that holds `needle`, capitals or not; newest first. Raises UsageError."""
    needle = needle.strip()
    if not needle:
        raise UsageError("there is nothing to look for", "flowtui find WORD")
    found = [*_blocks(services, needle), *_others(services, needle.casefold())]
    return sorted(found, key=lambda one: (one.day, one.kind, one.id), reverse=True)


def blocks_holding(services: Services, needle: str, most: int) -> list[Block]:
    """The newest `most` blocks of all years in which `needle` was written, newest first."""
    wanted, store = needle.strip().casefold().removeprefix("#"), services.store.blocks
    # a look at the stored texts first: few records are worth decoding
    rows = [row for row in store.table if wanted and wanted in str(row).casefold()]
    rows.sort(key=lambda row: str(row.get("started_at", "")), reverse=True)
    found: list[Block] = []
    for row in rows:
        found += [block for block in store.decoded([row]) if holds(block, needle.strip())]
        if len(found) >= most:
            break
    return found


def _blocks(services: Services, needle: str) -> Iterator[Find]:
    store = services.store
    for block in store.blocks.every():
        text = found_in(block, needle)
        if text:
            yield Find("block", block.id, store.day_of(block), text)


def _others(services: Services, wanted: str) -> Iterator[Find]:
    for entry in services.body.log.store.every():
        for text in (entry.note, entry.name):
            if text and wanted in text.casefold():
                yield Find("entry", entry.id, entry.day, text)
                break
    for plan in services.plan_book.every():
        for text in (plan.intention, plan.then):
            if wanted in text.casefold():
                made = plan.schedule.on or plan.schedule.first
                day = made or (plan.made_at.date() if plan.made_at else services.today())
                yield Find("plan", plan.id, day, text)
                break
    for thing in services.shared.every():
        text = f"{thing.link} {thing.note}".strip()
        if wanted in text.casefold():
            yield Find(thing.kind.value, thing.id, services.rule.day_of(thing.at), text)
    for row in services.store.ledger.table("runs"):
        name = str(row.get("name", ""))
        if wanted in name.casefold():
            yield Find("run", str(row["id"]), date.fromisoformat(str(row["day"])), name)
