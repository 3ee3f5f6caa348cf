"""Reports of a day, a week, a month, a year: the figures that all forms of them are made from."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flowtui.core.body.entry_days import Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError
from flowtui.core.plan.planned_block import Standing
from flowtui.core.review.summary import Summary, public, summarise

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

LIMIT_DAYS = 3_700


def report(services: Services, first: date, last: date) -> Summary:
    """The figures of the days from `first` to `last`, for oneself. Raises FlowError."""
    if not 0 <= (last - first).days <= LIMIT_DAYS:
        raise FlowError(
            f"{first} to {last} cannot be reported", "name days in order, ten years at most"
        )
    now, config = services.clock.now(), services.config
    blocks = [b for b in services.store.on_days(first, last) if b.ended_at is not None]
    overwork_h = config.goals.overwork_h
    occurrences = services.plan_book.between(first, min(last, services.plan_book.today()))
    asked = [o for o in occurrences if o.standing in (Standing.BEGUN, Standing.NOT_BEGUN)]
    log = services.body.log.log(first, last)
    energy = {
        day: value
        for day in log.days
        if (value := log.value(day, Variable(Kind.ENERGY)).value) is not None
    }
    return summarise(
        blocks,
        first,
        last,
        now,
        services.store.day_of,
        services.shared.between(first, last),
        rest=config.day.rest_days,
        long_s=round(overwork_h * 3600) if overwork_h else None,
        energy=energy,
        runs=_runs_ended(services, first, last),
        planned=len(asked),
        begun=sum(o.standing is Standing.BEGUN for o in asked),
    )


def public_report(services: Services, first: date, last: date) -> Summary:
    """The figures as anybody may see them; of days that are over alone.

    Raises FlowError for a stretch that is not over: who is at work now is nobody's business.
    """
    if last >= services.today():
        raise FlowError(
            f"{first} to {last} is not over yet",
            "a public report is of days gone by: flowtui report --week last --public",
        )
    config = services.config
    opened = [name for name, context in config.contexts.items() if context.public]
    return public(report(services, first, last), opened, config.review.public_tags)


def _runs_ended(services: Services, first: date, last: date) -> int:
    if not len(services.store.ledger.table("runs")):
        return 0
    ended = (row.get("ended_at") for row in services.store.ledger.table("runs"))
    days = (services.rule.day_of(datetime.fromisoformat(text)) for text in ended if text)
    return sum(first <= day <= last for day in days)
