"""A search over everything that a person wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from flowtui.core.errors import UsageError
from flowtui.core.review.search import found_in

if TYPE_CHECKING:
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


def _blocks(services: Services, needle: str) -> Iterator[Find]:
    texts = services.block_texts
    for year in texts.years():
        for block in texts.of_year(year, needle):
            text = found_in(block, needle)
            yield Find("block", block.id, services.store.day_of(block), text)


def _others(services: Services, wanted: str) -> Iterator[Find]:
    entries = services.body.log.store.entries
    # a look at the stored texts first: few records are worth decoding
    holding = (
        row
        for row in entries.table
        if wanted in str(row.get("note") or "").casefold()
        or wanted in str(row.get("name") or "").casefold()
    )
    for entry in entries.decoded(holding):
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
