"""A plan in one line of words, and a time to come; the same in every front."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flowtui.core.errors import UsageError
from flowtui.core.length_grammar import parse_duration
from flowtui.core.plan.planned_block import Occurrence, PlannedBlock
from flowtui.core.plan.schedule import Schedule, parse_schedule
from flowtui.core.time_grammar import parse_calendar_day, parse_instant
from flowtui.core.wall_time import place

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

OPEN_WORDS = ("open", "open-ended")


def when_and_length(
    services: Services, when: str, length: str | None = None
) -> tuple[Schedule, int | None]:
    """The schedule and the planned seconds of words such as "weekdays 09:00 for 90m".

    None stands for an open end. Without a length the usual one of the settings is meant. Raises
    UsageError for other words, a length given twice, or one under a minute.
    """
    head, word, tail = when.partition(" for ")
    if word:
        if length is not None:
            raise UsageError("the length is given twice", "give --for, or for in the words")
        length, _blank, rest = tail.strip().partition(" ")
        when = f"{head} {rest}".strip()
    schedule = parse_schedule(when, services.plan_book.today())
    if length is None:
        return schedule, services.plans.default().seconds
    if length.lower() in OPEN_WORDS:
        return schedule, None
    seconds = parse_duration(length)
    if seconds < 60:
        raise UsageError(f"{length!r} is too short for a block", "plan a minute or more")
    return schedule, seconds


def planned_from_line(services: Services, line: str) -> PlannedBlock:
    """Keep a plan written as "WHEN: INTENTION". Raises UsageError."""
    # the colon of 09:00 has no blank behind it
    when, _colon, intention = f"{line} ".partition(": ")
    schedule, seconds = when_and_length(services, when.strip())
    context = services.contexts.named(None, "")
    return services.plan_book.add(
        PlannedBlock("", schedule, seconds, intention.strip(), context=context)
    )


def instant_to_come(services: Services, text: str, one: Occurrence) -> datetime:
    """Where `one` is moved to; a day alone keeps the time of the day. Raises UsageError."""
    zone = services.zone
    try:
        day = parse_calendar_day(text, services.plan_book.today())
    except UsageError:
        return parse_instant(text, services.clock.now(), zone, future=True)
    return place(day, one.at.astimezone(zone).time(), zone).instant
