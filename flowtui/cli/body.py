"""Recording what concerns the body, and looking at it: note, eat, workout, habit, body."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.body.checks import hours
from flowtui.core.body.days import BodyLog, Variable
from flowtui.core.body.entry import Entry, length_s
from flowtui.core.body.fasting import sentence, window_history
from flowtui.core.body.grammar import Logged
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.body.kinds import Kind, State
from flowtui.core.body.lines import line_of
from flowtui.core.body.record import to_record
from flowtui.core.body.series import days_between
from flowtui.core.body.words import entry_text, value_text
from flowtui.core.errors import UsageError
from flowtui.core.timewords import parse_day
from flowtui.core.view import iso

UNDO = "take it back: flowtui undo"


@click.command("note")
@click.argument("words", nargs=-1, required=True)
@at_option
@json_option
@pass_context
def note_command(context: Context, words: tuple[str, ...], at: str | None, as_json: bool) -> None:
    """Record a quick line: yoga 30 e6 · coffee · energy 4 · sleep 23:40-7:05 q4 · no sugar.

    Several are parted by commas; yesterday, a weekday, a date or a time may stand in the line, and
    words after " -- " are kept as its note.
    """
    tell(context, context.services.body.log.write(" ".join(words), context.instant(at)), as_json)


@click.group("eat", invoke_without_command=True)
@json_option
@click.pass_context
def eat_command(click_context: click.Context, as_json: bool) -> None:
    """The eating window: open it, close it, change it. Alone: how it stands."""
    context = click_context.find_object(Context)
    assert context is not None
    if click_context.invoked_subcommand is None:
        _window_now(context, as_json)


@eat_command.command("open")
@at_option
@json_option
@pass_context
def eat_open(context: Context, at: str | None, as_json: bool) -> None:
    """Open the eating window."""
    tell(context, context.services.body.log.write("eat open", context.instant(at)), as_json)


@eat_command.command("close")
@at_option
@json_option
@pass_context
def eat_close(context: Context, at: str | None, as_json: bool) -> None:
    """Close the open window."""
    tell(context, context.services.body.log.write("eat close", context.instant(at)), as_json)


@eat_command.command("edit")
@click.argument("id", default="")
@click.option("--opened", metavar="TIME", help="when it opened")
@click.option("--closed", metavar="TIME", help="when it closed")
@click.option("--reopen", is_flag=True, help="it is still open")
@json_option
@pass_context
def eat_edit(
    context: Context,
    id: str,
    opened: str | None,
    closed: str | None,
    reopen: bool,
    as_json: bool,
) -> None:
    """Move one or both ends of window ID; without ID, of the last one."""
    if not (opened or closed or reopen):
        raise UsageError("there is nothing to change", "give --opened, --closed or --reopen")
    if closed and reopen:
        raise UsageError("--closed and --reopen cannot be meant together", "give one of them")
    log = context.services.body.log
    new = log.move_window(id, context.instant(opened), context.instant(closed), reopen)
    tell(context, Logged((new,), ()), as_json, "changed")


@eat_command.command("history")
@click.option("--since", metavar="DAY", help="first day (default: two weeks ago)")
@json_option
@pass_context
def eat_history(context: Context, since: str | None, as_json: bool) -> None:
    """Windows day by day, with the hours before the first one."""
    services = context.services
    first, last = stretch(context, since, timedelta(days=13))
    log = services.body.log
    # the hours before the first day's window need the days before it
    entries = log.store.between(first - timedelta(days=30), last)
    days = window_history(
        entries, days_between(first, last), services.clock.now(), services.rule, log.targets
    )
    if as_json:
        context.put_json(
            [
                {
                    "day": d.day.isoformat(),
                    "state": d.state.value if d.state else None,
                    "eaten_s": d.eaten_s,
                    "fast_s": d.fast_s,
                    "target_s": d.target_s,
                    "open": any(b.open for b in d.bars),
                }
                for d in days
            ]
        )
        return
    of_day = BodyLog(entries, services.rule.start)
    for d in days:
        said = [entry_text(e) for e in of_day.of(d.day, Variable(Kind.EATING))]
        night = f"  {hours(d.fast_s)} before it" if d.fast_s else ""
        context.put(f"{d.day:%a %Y-%m-%d}  {', '.join(said) or 'not logged'}{night}")


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
    words = ["workout", *kind.split(), *length]
    words += [f"e{effort:g}"] if effort is not None else []
    if effort is not None and effort < 0:
        raise UsageError(f"effort {effort:g} is not on the scale 0 to 10", "0 is rest")
    if began is not None:
        local = began.astimezone(context.services.zone)
        offset = f"{local:%z}"
        words.append(f"{local:%H:%M}{offset[:3]}:{offset[3:5]}")
        words.append(context.services.rule.day_of(began).isoformat())
    tell(context, context.services.body.log.write(" ".join(words)), as_json)


@click.command("habit")
@click.argument("name", required=False)
@click.argument("value", nargs=-1)
@click.option("--new", "form", type=click.Choice([f.value for f in Form]), help="declare NAME")
@click.option("--unit", help="unit of a dose or count, with --new")
@click.option("--stop", "as_stop", is_flag=True, help="put NAME on the stop-doing list")
@click.option("--archive", is_flag=True, help="ask for NAME no more; its records stay")
@at_option
@json_option
@pass_context
def habit_command(
    context: Context,
    name: str | None,
    value: tuple[str, ...],
    form: str | None,
    unit: str | None,
    as_stop: bool,
    archive: bool,
    at: str | None,
    as_json: bool,
) -> None:
    """Record a habit: NAME [VALUE], VALUE being a number, yes, no or skip. Alone: list them."""
    log = context.services.body.log
    if name is None:
        _habits(context, as_json)
    elif (form is not None) + as_stop + archive > 1:
        raise UsageError("--new, --stop and --archive are one too many", "give one of them")
    elif archive:
        log.archive(name)
        context.say(f"archived {habit_name(name)}; {UNDO}")
    elif as_stop:
        log.declare(stops=[name])
        context.say(f"on the stop-doing list: {habit_name(name)}; {UNDO}")
    elif form is not None:
        habit = _declared(name, Form(form), unit)
        log.declare([habit])
        context.say(f"declared {habit.name}; {UNDO}")
    else:
        names = log.names()
        if names.habit(habit_name(name)) is None and habit_name(name) not in names.stops:
            known = ", ".join((*(h.name for h in names.habits), *names.stops)) or "none yet"
            raise UsageError(
                f"there is no habit {name!r} ({known})",
                f"declare it: flowtui habit {habit_name(name)} --new yes_no",
            )
        line = " ".join((habit_name(name), *value))
        tell(context, log.write(line, context.instant(at)), as_json)


def _declared(name: str, form: Form, unit: str | None) -> Habit:
    clean = habit_name(name)
    if form is Form.DOSE and not unit:
        raise UsageError("a dose needs its unit", f"add: --unit mg, as {clean} is measured")
    return Habit(clean, form, name if name != clean else None, unit)


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
    record = to_record(entry)
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


def _window_now(context: Context, as_json: bool) -> None:
    log = context.services.body.log
    window = log.window()
    if window is None or window.since is None:
        if as_json:
            context.put_json(None)
        else:
            context.say("no window logged yet; open one: flowtui eat open")
        return
    if as_json:
        zone = context.services.zone.key
        context.put_json(
            {
                "open": window.open,
                "since": iso(window.since, zone),
                "elapsed_s": window.elapsed_s,
                "target_s": window.target_s,
                "left_s": window.left_s,
                "past_s": window.past_s,
                "certain": window.certain,
                "note": window.note,
            }
        )
        return
    since = window.since.astimezone(context.services.zone)
    context.put(f"{sentence(window)}  (since {since:%a %H:%M})")
    if not window.certain:
        context.say("a day in between has no record; log it if there was a window")
    if window.note:
        context.say(window.note)


def _habits(context: Context, as_json: bool) -> None:
    names = context.services.body.log.names()
    if as_json:
        habits = [
            {"name": h.name, "form": h.form.value, "unit": h.unit, "archived": h.archived}
            for h in names.habits
        ]
        context.put_json({"habits": habits, "stops": list(names.stops)})
        return
    for habit in names.habits:
        unit = f" in {habit.unit}" if habit.unit else ""
        gone = "  archived" if habit.archived else ""
        context.put(f"{habit.name}  {habit.form.value}{unit}{gone}")
    for stop in names.stops:
        context.put(f"{stop}  stop doing")
    if not names.habits and not names.stops:
        context.say("no habit yet; declare one: flowtui habit NAME --new yes_no")


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
        context.put(f"  {entry.id}  {entry_text(entry)}{note}{late}")


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
