"""`flowtui calendar`: what calendars say, and how flowtui understands them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.plan.calendar_event import CalendarEvent, CalendarReading

AHEAD_DAYS = 6


@click.group("calendar")
def calendar_command() -> None:
    """What your calendars say, and your blocks and plans as a calendar."""


@calendar_command.command("read")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "first", metavar="DAY", help="the first day; today by default")
@click.option("--until", "last", metavar="DAY", help="the last day, included; a week by default")
@json_option
@pass_context
def calendar_read(
    context: Context, path: Path, first: str | None, last: str | None, as_json: bool
) -> None:
    """What a calendar file, or a folder of them, says about some days.

    Whole days have midnights in UTC; a time without a zone is in yours.
    """
    services = context.services
    begin, end = _window(context, first, last)
    reading = services.calendars.read([path], begin, end)
    if as_json:
        context.put_json(reading.as_json())
        return
    _show(context, reading, services.zone)


@calendar_command.command("show")
@click.option("--from", "first", metavar="DAY", help="the first day; today by default")
@click.option("--until", "last", metavar="DAY", help="the last day, included; a week by default")
@json_option
@pass_context
def calendar_show(context: Context, first: str | None, last: str | None, as_json: bool) -> None:
    """What the calendars of your settings say about some days."""
    services = context.services
    begin, end = _window(context, first, last)
    if not services.calendars.sources and not as_json:
        context.say(
            "no calendars are set; name them: "
            "flowtui config --set 'plan.calendars=[\"/path/to/calendar.ics\"]'"
        )
        return
    reading = services.calendars.days(begin, end)
    if as_json:
        context.put_json(reading.as_json())
        return
    _show(context, reading, services.zone)


@calendar_command.command("fetch")
@json_option
@pass_context
def calendar_fetch(context: Context, as_json: bool) -> None:
    """Look at the addresses of your settings now; the agent does it every 15 minutes."""
    addresses = context.services.calendars.addresses
    copies = addresses.fetch(force=True)
    if as_json:
        context.put_json(
            [
                {
                    "host": one.host,
                    "fetched_at": one.fetched_at.isoformat() if one.fetched_at else None,
                    "problem": one.problem or None,
                }
                for one in copies
            ]
        )
        return
    if not copies:
        context.say("no address is set; name one under [plan] calendars")
    for one in copies:
        context.say(f"{one.host}: {one.problem or 'fetched'}")


@calendar_command.command("write")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--titles", multiple=True, metavar="CONTEXT", help="tell intentions of this context")
@json_option
@pass_context
def calendar_write(context: Context, path: Path, titles: tuple[str, ...], as_json: bool) -> None:
    """Write your blocks and plans to a calendar file, or into a folder of vdirsyncer.

    Each is called busy unless its context is named; flowtui never counts them as meetings.
    """
    from flowtui.services.plan.calendar_out import CalendarOut

    services = context.services
    named = titles or services.config.plan.publish_titles
    for name in named:
        services.contexts.named(name, "")
    out = CalendarOut(services.store, services.plan_book, services.clock, named)
    wrote = out.write(path.absolute())
    if as_json:
        context.put_json({"path": str(wrote.path), "events": wrote.events, "files": wrote.changed})
        return
    context.say(f"{wrote.events} events in {wrote.path}")


def _window(context: Context, first: str | None, last: str | None) -> tuple[date, date]:
    from flowtui.core.time_grammar import parse_calendar_day

    today = context.services.today()
    begin = parse_calendar_day(first, today) if first else today
    end = parse_calendar_day(last, today) if last else begin + timedelta(days=AHEAD_DAYS)
    return begin, end


def _show(context: Context, reading: CalendarReading, zone: ZoneInfo) -> None:
    former: date | None = None
    for event in reading.events:
        day = _first_day(event, zone)
        if day != former:
            context.put(f"{day:%A %d %B %Y}")
            former = day
        free = "" if event.busy else "  (not busy)"
        context.put(f"  {_times(event, zone):<13} {event.title or 'untitled'}{free}")
    if not reading.events:
        context.say("nothing takes place on these days")
    for item in reading.left_out:
        context.say(f"left out: {item.uid}: {item.why}")
    for remark in reading.remarks:
        context.say(remark)


def _first_day(event: CalendarEvent, zone: ZoneInfo) -> date:
    return event.start.astimezone(UTC if event.all_day else zone).date()


def _times(event: CalendarEvent, zone: ZoneInfo) -> str:
    if event.all_day:
        days = (event.end - event.start).days
        return "all day" if days == 1 else f"{days} days"
    return f"{_clock(event.start, zone)}–{_clock(event.end, zone)}"


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%H:%M}"
