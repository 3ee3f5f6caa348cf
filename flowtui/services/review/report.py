"""Reports of a day, a week, a month, a year: the figures that all forms of them are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tinydb import where

from flowtui.core.body.entry_days import Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block
from flowtui.core.plan.planned_block import Standing
from flowtui.core.review.summary import Summary, public, summarise
from flowtui.core.wall_time import place
from flowtui.core.zones import zone_or_utc
from flowtui.services.review.week_reviews import WeekReviews
from flowtui.services.store import days

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

LIMIT_DAYS = 3_700
ONE_WEEK = timedelta(days=7)
MONTH_DAYS = 31
LONGEST_RUN = timedelta(days=90)
"""A run that went on for longer is not looked for by its end."""


def report(
    services: Services, first: date, last: date, among: Sequence[Block] | None = None
) -> Summary:
    """The figures of the days from `first` to `last`, for oneself. Raises FlowError.

    `among` are the blocks of these days, where they were read already.
    """
    if not 0 <= (last - first).days <= LIMIT_DAYS:
        raise FlowError(
            f"{first} to {last} cannot be reported", "name days in order, ten years at most"
        )
    now, config = services.clock.now(), services.config
    found = services.store.on_days(first, last) if among is None else among
    blocks = [block for block in found if block.ended_at is not None]
    overwork_h = config.goals.overwork_h
    occurrences = services.plan_book.between(first, min(last, services.plan_book.today()))
    asked = [o for o in occurrences if o.standing in (Standing.BEGUN, Standing.NOT_BEGUN)]
    log = services.body.log.sparse_log(first, last, Kind.ENERGY)
    energy = {
        day: value
        for day in log.days
        if (value := log.value(day, Variable(Kind.ENERGY)).value) is not None
    }
    figures = summarise(
        blocks,
        first,
        last,
        now,
        services.store.day_of,
        services.shared.between(first, last),
        rest=config.day.rest_days,
        long_s=round(overwork_h * 3600) if overwork_h else None,
        energy=energy,
        late=_late(services, blocks),
        away=services.body.log.away(log),
        since=known_since(services, first, blocks),
        runs=_runs_ended(services, first, last),
        planned=len(asked),
        begun=sum(o.standing is Standing.BEGUN for o in asked),
        ended=_ended(services, first, last),
        parked_before=_parked_before(services, first, last),
    )
    return replace(figures, first_weekday=services.first_weekday)


def public_report(services: Services, first: date, last: date) -> Summary:
    """The figures as anybody may see them; of days that are over alone.

    Raises FlowError for a stretch that is not over: who is at work now is nobody's business.
    """
    if last >= services.today():
        raise FlowError(
            f"{first} to {last} is not over yet",
            "a public report is of days gone by: flowtui report --week last --public",
        )
    return draft_report(services, first, last)


def draft_report(services: Services, first: date, last: date) -> Summary:
    """The same of days that may not be over: what one would share when they are.

    Lines that were opened to all, one by one, are the only text of the person's in it.
    """
    config = services.config
    opened = [name for name, context in config.contexts.items() if context.public]
    lines = [
        review.share
        for review in WeekReviews(services).every()
        if review.public and review.share and first <= review.week <= last
    ]
    tags = config.review.public_tags
    return public(report(services, first, last), opened, tags, lines)


def _ended(services: Services, first: date, last: date) -> list[str]:
    """The runs that ended in these days, in words; of what a person reads line by line alone."""
    around = days(first - LONGEST_RUN, last)
    if (last - first).days > MONTH_DAYS or not services.store.ledger.table("runs").search(around):
        return []
    rule = services.rule
    return services.runs.ended_words(rule.start_of(first), rule.bounds(last).end)


def _parked_before(services: Services, first: date, last: date) -> list[str]:
    """Thoughts parked in the three months before; of a stretch up to a month, as `_ended`."""
    if (last - first).days > MONTH_DAYS:
        return []
    before = days(first - LONGEST_RUN, first - timedelta(days=1))
    rows = services.store.blocks.table.search(before & where("parked").exists())
    return [
        str(thought["text"])
        for row in rows
        for thought in row["parked"]
        if isinstance(thought, dict) and "text" in thought
    ]


def known_since(services: Services, first: date, blocks: Sequence[Block]) -> date | None:
    """The day of the first block of all, if it lies after `first`; None if blocks lie before.

    `blocks` are those from `first` on, by start. A day before flowtui was used is no day without
    work. Looks back year by year, and only where the first week has no block.
    """
    store = services.store
    begins = store.day_of(blocks[0]) if blocks else None
    if begins is not None and begins < first + ONE_WEEK:
        return None
    for year in sorted((y for y in store.ledger.years() if y <= first.year), reverse=True):
        rows = store.blocks.table.search(days(date(year, 1, 1), min(first, date(year, 12, 31))))
        if any(str(row["day"]) < first.isoformat() for row in rows):
            return None
    return begins if begins is not None else services.today()


def _late(services: Services, blocks: Sequence[Block]) -> set[date]:
    """The days on which a block ended after the time to wind down, where it was lived."""
    limit = services.config.body.wind_down
    if limit is None:
        return set()
    late = set()
    for block in blocks:
        day = services.store.day_of(block)
        zone = zone_or_utc(block.zone)
        # a time before the day's start is one of the night after it
        after = day if limit >= services.rule.start else day + timedelta(days=1)
        if block.ended_at is not None and block.ended_at > place(after, limit, zone).instant:
            late.add(day)
    return late


def _runs_ended(services: Services, first: date, last: date) -> int:
    # filed by the day on which they began; all years are read for nobody
    around = days(first - LONGEST_RUN, last)
    ended = (row.get("ended_at") for row in services.store.ledger.table("runs").search(around))
    over = (services.rule.day_of(datetime.fromisoformat(text)) for text in ended if text)
    return sum(first <= day <= last for day in over)
