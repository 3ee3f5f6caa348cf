"""What is said when a planned block is due: once, in one quiet sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flowtui.core.codec import stamp
from flowtui.core.focus.block import Block
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.plan.free_time import BEFORE_MEETING
from flowtui.core.plan.planned_block import Occurrence
from flowtui.core.plan.planned_text import KEYS
from flowtui.core.status_file import minutes
from flowtui.services.body.reminders import Reminder
from flowtui.services.plan.plan_book import PlanBook

BLOCK_PLANNED = "block-planned"
MEETING = "meeting"
LOOKED_AT = 8
"""Meetings ahead of which a word is kept ready."""


def offers(book: PlanBook, zone: ZoneInfo) -> list[Reminder]:
    """The reminder of what is due, and that of what comes next."""
    found = [one for one in (book.due(), book.coming()) if one is not None]
    return [_offer(book, one, zone) for one in found]


def meeting_ahead(
    block: Block, ends_at: datetime | None, events: Iterable[CalendarEvent], zone: ZoneInfo
) -> list[Reminder]:
    """The one quiet word before the next meeting that cuts `block`, which ends at `ends_at`.

    `ends_at` is None for an open end. A meeting that had begun before the block cuts nothing: the
    person chose to work through it.
    """
    cutting = [
        event
        for event in sorted(events, key=lambda event: event.start)
        if event.busy and not event.all_day and event.start > block.started_at
        if ends_at is None or event.start < ends_at
    ]
    return [
        Reminder(
            MEETING,
            f"{event.uid} {stamp(event.start)}",
            event.start - BEFORE_MEETING,
            event.start,
            f"{event.start.astimezone(zone):%H:%M} {event.title or 'a meeting'}",
            "it is in the way of your block: flowtui pause, or flowtui stop",
            "it is in the way of the block   space pauses",
            in_block=True,
        )
        for event in cutting[:LOOKED_AT]
    ]


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
        always=one.plan.arm,
    )
