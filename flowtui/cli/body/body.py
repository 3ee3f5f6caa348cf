"""Recording what concerns the body, and looking at it: note, workout, body."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.body.day_series import days_between
from flowtui.core.body.day_text import entry_text, value_text
from flowtui.core.body.entry import Entry, length_s
from flowtui.core.body.entry_days import BodyLog
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.entry_line import line_of
from flowtui.core.body.quick_line import Logged
from flowtui.core.codec import encode
from flowtui.core.errors import UsageError
from flowtui.core.focus.block_json import iso
from flowtui.core.time_grammar import parse_day

UNDO = "take it back: flowtui undo"


class QuickLine(click.Command):
    """A command that keeps the ` -- ` in front of a note, though nothing is quoted."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hands `--` on as a word; click takes the first one away."""
        at = args.index("--") if "--" in args else 0
        if at and not all(word.startswith("-") for word in args[:at]):
            args = [*args[:at], "--", *args[at:]]
        return super().parse_args(ctx, args)


@click.command("note", cls=QuickLine)
@click.argument("words", nargs=-1, required=True)
@click.option("--block", "block", is_flag=True, help="a line for the running block instead")
@at_option
@json_option
@pass_context
def note_command(
    context: Context, words: tuple[str, ...], block: bool, at: str | None, as_json: bool
) -> None:
    """Record a quick line: yoga 30 e6 · coffee · energy 4 · sleep 23:40-7:05 q4 · no sugar.

    Several are parted by commas; yesterday, a weekday, a date or a time may stand in the line, and
    words after " -- " are kept as its note.
    """
    words = words[1:] if words[0] == "--" else words
    if block:
        noted = context.services.focus.note(" ".join(words))
        if as_json:
            context.put_json({"id": noted.id, "note": noted.note})
        else:
            context.say(f"noted in block {noted.id}")
            context.say(UNDO)
        return
    tell(context, context.services.body.log.write(" ".join(words), context.instant(at)), as_json)


@click.command("workout")
@click.argument("kind")
@click.argument("length", nargs=-1)
@click.option("--effort", type=float, help="0 (rest) to 10 (could not have done more)")
@at_option
@json_option
@pass_context
def workout_command(
    context: Context,
    kind: str,
    length: tuple[str, ...],
    effort: float | None,
    at: str | None,
    as_json: bool,
) -> None:
    """Record a workout: KIND and its length, such as yoga 30m. --at says when it began."""
    began = context.instant(at)
    if effort is not None and effort < 0:
        raise UsageError(f"effort {effort:g} is not on the scale 0 to 10", "0 is rest")
    words = " ".join((kind, *length))
    entry = context.services.body.log.workout(words, effort, began)
    tell(context, Logged((entry,), ()), as_json)


@click.group("body", invoke_without_command=True)
@click.option("--since", metavar="DAY", help="first day: today, monday, 2026-11-20, 7d, 2w")
@click.option("--until", metavar="DAY", help="last day")
@json_option
@click.pass_context
def body_command(
    click_context: click.Context, since: str | None, until: str | None, as_json: bool
) -> None:
    """The body log day by day (default: the last week), every entry with its id."""
    context = click_context.find_object(Context)
    assert context is not None
    if click_context.invoked_subcommand is None:
        _days(context, since, until, as_json)


@body_command.command("edit")
@click.argument("id")
@click.argument("words", nargs=-1)
@json_option
@pass_context
def body_edit(context: Context, id: str, words: tuple[str, ...], as_json: bool) -> None:
    """Change entry ID (or `last`) by writing its line anew; without words, show that line."""
    log = context.services.body.log
    if not words:
        context.put(line_of(log.store.by_id(id), context.services.rule.start))
        return
    tell(context, Logged((log.edit(id, " ".join(words)),), ()), as_json, "changed")


@body_command.command("delete")
@click.argument("id")
@pass_context
def body_delete(context: Context, id: str) -> None:
    """Remove entry ID (or `last`)."""
    entry = context.services.body.log.delete(id)
    context.say(f"deleted {entry_text(entry)}; {UNDO}")


def tell(context: Context, logged: Logged, as_json: bool, verb: str = "logged") -> None:
    """Confirm what was recorded."""
    if as_json:
        context.put_json([view(entry) for entry in logged.entries])
        return
    today = context.services.today()
    for entry in logged.entries:
        day = "" if entry.day == today else f" on {entry.day}"
        late = ", late" if entry.late else ""
        context.say(f"{verb} {entry_text(entry)}{day}{late}; {UNDO}")
    for remark in logged.remarks:
        context.say(remark)


def view(entry: Entry) -> dict[str, Any]:
    """An entry as JSON: the record, with local instants and its length."""
    record = encode(entry)
    end = entry.end_zone or entry.zone
    zones = {"at": entry.zone, "start": entry.zone, "end": end, "recorded_at": entry.zone}
    for field, zone in zones.items():
        instant: datetime | None = getattr(entry, field)
        if instant is not None:
            record[field] = iso(instant, zone)
    return {**record, "state": entry.state.value, "late": entry.late, "length_s": length_s(entry)}


def stretch(
    context: Context, since: str | None, default: timedelta, until: str | None = None
) -> tuple[date, date]:
    """First and last day asked for. Raises UsageError if they are in the wrong order."""
    services = context.services
    today = services.today()
    weekday = services.first_weekday
    last = parse_day(until, today, first_weekday=weekday).last if until else today
    named = parse_day(since, today, first_weekday=weekday) if since else None
    first = named.first if named else last - default
    if named and until is None and named.first < named.last < today:
        last = named.last
    if last < first:
        raise UsageError(f"{last} is before {first}", "exchange --since and --until")
    return first, last


def _days(context: Context, since: str | None, until: str | None, as_json: bool) -> None:
    first, last = stretch(context, since, timedelta(days=6), until)
    services = context.services
    log = services.body.log.log(first, last)
    days = days_between(first, last)
    if as_json:
        context.put_json(
            {
                "since": first.isoformat(),
                "until": last.isoformat(),
                "days": [_day_view(log, day) for day in days],
            }
        )
        return
    if not log.days:
        context.say(f"nothing from {first} to {last}; begin: flowtui checkin")
        return
    for day in days:
        _print_day(context, log, day, services.zone)


def _print_day(context: Context, log: BodyLog, day: date, zone: ZoneInfo) -> None:
    entries = log.of(day)
    if not entries:
        context.put(f"{day:%a %Y-%m-%d}  nothing recorded")
        return
    names = {h.name: h for h in context.services.body.log.names().habits}
    texts = []
    for variable in BodyLog(entries, log.start).variables():
        if variable.part is not None or variable.kind is Kind.WORKED:
            continue
        habit = names.get(variable.name or "")
        said = value_text(log.value(day, variable), variable, zone, habit.scale if habit else None)
        texts.append(f"{variable.name or variable.kind.value} {said}")
    context.put(f"{day:%a %Y-%m-%d}  {' · '.join(texts)}")
    for entry in sorted(entries, key=lambda e: (e.start or e.at or e.recorded_at, e.id)):
        late = "  late" if entry.late else ""
        note = f"  {entry.note}" if entry.note else ""
        context.put(f"  {entry.id}  {entry_text(entry, zone)}{note}{late}")


def _day_view(log: BodyLog, day: date) -> dict[str, Any]:
    entries = log.of(day)
    values: dict[str, Any] = {}
    for variable in BodyLog(entries, log.start).variables():
        value = log.value(day, variable)
        if value.state is None or (variable.part and value.value is None):
            continue
        values[variable.id] = {
            "state": value.state.value,
            "value": None if value.state is State.SKIPPED else value.value,
            "unit": value.unit or variable.unit,
            "late": value.late,
        }
    return {"day": day.isoformat(), "values": values, "entries": [view(e) for e in entries]}
