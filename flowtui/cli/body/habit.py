"""Habits of one's own from the shell: recorded, declared, listed, archived."""

from __future__ import annotations

import click

from flowtui.cli.body.body import UNDO, tell
from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import UsageError


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
