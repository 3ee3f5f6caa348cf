"""What is said when a planned block is due: once, in one quiet sentence."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flowtui.core.codec import stamp
from flowtui.core.plan.planned_block import Occurrence
from flowtui.core.plan.planned_text import KEYS
from flowtui.core.status_file import minutes
from flowtui.services.body.reminders import Reminder
from flowtui.services.plan.plan_book import PlanBook

BLOCK_PLANNED = "block-planned"


def offers(book: PlanBook, zone: ZoneInfo) -> list[Reminder]:
    """The reminder of what is due, and that of what comes next."""
    found = [one for one in (book.due(), book.coming()) if one is not None]
    return [_offer(book, one, zone) for one in found]


def _offer(book: PlanBook, one: Occurrence, zone: ZoneInfo) -> Reminder:
    length = minutes(one.plan.seconds) if one.plan.seconds else "open end"
    at = one.at.astimezone(zone)
    name = one.plan.intention or "a block"
    return Reminder(
        BLOCK_PLANNED,
        f"{one.id} {stamp(one.at)}",
        one.at,
        book.offer_until(one),
        f"{at:%H:%M} {name}, {length}",
        "begin: flowtui plan begin · in 15 min: flowtui plan later · not today: flowtui plan skip "
        f"{one.id}",
        KEYS,
    )
