"""Habits of one's own from the shell: recorded, declared, listed, archived."""

from __future__ import annotations

import click

from flowtui.cli.body.body import UNDO, tell
from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.body.quick_line import RESERVED, free_name
from flowtui.core.errors import UsageError


@click.command("habit")
@click.argument("name", required=False)
@click.argument("value", nargs=-1)
@click.option("--new", "form", type=click.Choice([f.value for f in Form]), help="declare NAME")
@click.option("--unit", help="unit of a dose or count, with --new")
@click.option("--stop", "as_stop", is_flag=True, help="put NAME on the stop-doing list")
@click.option("--archive", is_flag=True, help="ask for NAME no more; its records stay")
@click.option("--unarchive", is_flag=True, help="ask for NAME again")
@click.option("--rename", metavar="NEW", help="call NAME something else, in all its records")
@click.option("--merge", metavar="OTHER", help="make its records those of OTHER")
@click.option("--delete", is_flag=True, help="forget NAME; its records stay")
@click.option("--history", is_flag=True, help="with --delete: its records go too")
@click.option("--times", type=float, help="with --unit: multiply every value (min to h: 0.016667)")
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
    unarchive: bool,
    rename: str | None,
    merge: str | None,
    delete: bool,
    history: bool,
    times: float | None,
    at: str | None,
    as_json: bool,
) -> None:
    """Record a habit: NAME [VALUE], VALUE being a number, yes, no or skip. Alone: list them.

    --rename, --merge, --delete, --unit and --archive change what NAME is; undo takes each back.
    """
    if name is None:
        _habits(context, as_json)
        return
    asked = {
        "--new": form, "--stop": as_stop, "--archive": archive, "--unarchive": unarchive,
        "--rename": rename, "--merge": merge, "--delete": delete,
    }  # fmt: skip
    chosen = [option for option, given in asked.items() if given]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} are one too many", "give one of them")
    if not chosen and not unit:
        _record(context, name, value, at, as_json)
        return
    _change(context, name, form, unit, as_stop, archive)
    edits = context.services.body.habits
    if unarchive:
        edits.unarchive(name)
        context.say(f"{habit_name(name)} is asked for again; {UNDO}")
    elif rename:
        moved = edits.rename(name, rename)
        context.say(f"{habit_name(name)} is called {habit_name(rename)}, {moved} records; {UNDO}")
    elif merge:
        moved = edits.merge(name, merge)
        context.say(f"{moved} records are those of {habit_name(merge)} now; {UNDO}")
    elif delete:
        gone = edits.delete(name, history)
        records = f"with {gone} records" if history else "its records stay"
        context.say(f"deleted {habit_name(name)}, {records}; {UNDO}")
    elif unit and form is None:
        changed = edits.measure(name, unit, times or 1.0)
        context.say(f"{habit_name(name)} is measured in {unit}, {changed} values; {UNDO}")


def _change(
    context: Context, name: str, form: str | None, unit: str | None, as_stop: bool, archive: bool
) -> None:
    """Declare a name, or ask for it no more."""
    log = context.services.body.log
    if archive:
        context.services.body.habits.archive(name)
        context.say(f"archived {habit_name(name)}; {UNDO}")
    elif as_stop:
        log.declare(stops=[name])
        context.say(f"on the stop-doing list: {habit_name(name)}; {UNDO}")
    elif form is not None:
        habit = _declared(name, Form(form), unit)
        log.declare([habit])
        told = f" ({name} is a word of the quick line)" if habit_name(name) in RESERVED else ""
        context.say(f"declared {habit.name}{told}; {UNDO}")


def _record(
    context: Context, name: str, value: tuple[str, ...], at: str | None, as_json: bool
) -> None:
    log = context.services.body.log
    names, clean = log.names(), habit_name(name)
    if names.habit(clean) is None and clean in RESERVED:
        clean = free_name(clean)
    if names.habit(clean) is None and clean not in names.stops:
        known = ", ".join((*(h.name for h in names.habits), *names.stops)) or "none yet"
        raise UsageError(
            f"there is no habit {name!r} ({known})",
            f"declare it: flowtui habit {habit_name(name)} --new yes_no",
        )
    word = "habit" if names.habit(clean) is not None else "stop"
    line = " ".join((word, clean, *value))
    tell(context, log.write(line, context.instant(at)), as_json)


def _declared(name: str, form: Form, unit: str | None) -> Habit:
    clean = free_name(habit_name(name))
    if form is Form.DOSE and not unit:
        raise UsageError("a dose needs its unit", f"add: --unit mg, as {clean} is measured")
    return Habit(clean, form, name if name != clean else None, unit)


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
