"""What a shell completes: values that are yours, asked of the ledger when tab is pressed.

Attached to parameters only while a shell asks, so that no command pays for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import click
from click.shell_completion import CompletionItem

from flowtui.cli.context import Context
from flowtui.core.text import middle_cut, plain

Value = tuple[str, str]
"""What is completed, and a few words about it."""
Values = Callable[[Context], Iterable[Value]]
LATELY = 60
"""Blocks that are offered."""
ABOUT = 48


def attach(path: str, command: click.Command) -> None:
    """Give the parameters of `command`, called as `path`, what completes them."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                attach(f"{path} {name}", below)
        return
    for parameter in command.params:
        if parameter.name == "command" and isinstance(parameter, click.Argument):
            parameter._custom_shell_complete = programs
            continue
        values = VALUES.get((path, parameter.name or "")) or ANYWHERE.get(parameter.name or "")
        if values is not None and not isinstance(parameter.type, click.Choice):
            parameter._custom_shell_complete = _completer(values)


def _completer(
    values: Values,
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        home = ctx.find_root().params.get("home")
        context = Context(os.environ, home)
        context.quiet = True
        head, comma, start = incomplete.rpartition(",")  # lists such as news,social
        try:
            return [
                CompletionItem(f"{head}{comma}{value}", help=middle_cut(plain(about), ABOUT))
                for value, about in values(context)
                if value.casefold().startswith(start.casefold())
            ]
        except Exception:
            return []  # a shell shows tracebacks amid the line that is typed

    return complete


def programs(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The command behind `--`: programs first, files after them."""
    if ctx.params.get(parameter.name or "") or "/" in incomplete:
        return [CompletionItem(incomplete, type="file")]
    found = sorted(set(_programs(incomplete)))[:200]
    return [CompletionItem(name) for name in found] or [CompletionItem(incomplete, type="file")]


def _programs(start: str) -> Iterator[str]:
    for folder in os.get_exec_path():
        try:
            with os.scandir(folder) as entries:
                yield from (e.name for e in entries if e.name.startswith(start) and e.is_file())
        except OSError:
            continue


def tags(context: Context) -> Iterator[Value]:
    """Tags of recent blocks."""
    return ((tag, "") for tag in context.services.plans.tags())


def contexts(context: Context) -> Iterator[Value]:
    """The contexts of the settings."""
    return ((name, "") for name in context.services.config.contexts)


def lists(context: Context) -> Iterator[Value]:
    """Lists of the guard."""
    return ((name, "") for name in context.services.guard.offer("work").names)


def blocks(context: Context) -> Iterator[Value]:
    """Blocks by their id, the newest first, with day and intention."""
    store, zone = context.services.store, context.services.zone
    yield "last", "the newest that has ended"
    for block in store.last_ended(LATELY):
        at = block.started_at.astimezone(zone)
        yield block.id, f"{at:%a %-d %b %H:%M} {block.intention or 'no intention'}"


def intentions(context: Context) -> Iterator[Value]:
    """Recent intentions, and thoughts that wait."""
    services = context.services
    yield from ((one.text, "parked") for one in services.inbox.waiting())
    yield from ((text, "") for text in services.plans.intentions())


def runs(context: Context) -> Iterator[Value]:
    """Runs by name."""
    for run in context.services.runs.listed(LATELY):
        yield run.name, run.state


def habits(context: Context) -> Iterator[Value]:
    """Habits that were declared."""
    words = context.services.body.log.declared.words()
    return ((habit.name, habit.title) for habit in words.habits if not habit.archived)


def workouts(context: Context) -> Iterator[Value]:
    """Kinds of workouts."""
    from flowtui.core.body.quick_line import WORKOUTS

    names = context.services.body.log.declared.words().workouts
    return ((name, "") for name in dict.fromkeys((*names, *WORKOUTS)))


def thoughts(context: Context) -> Iterator[Value]:
    """The verbs of the inbox, and its ids."""
    yield from ((verb, "") for verb in ("add", "keep", "tomorrow", "next", "drop"))
    yield from ((one.id, one.text) for one in context.services.inbox.waiting())


def cycles(context: Context) -> Iterator[Value]:
    """Cycles of work and break that are common."""
    yield from ((one, "work and break by turns") for one in ("50/10", "25/5", "90/20", "none"))


def parts(context: Context) -> Iterator[Value]:
    """Words for a gap, and the interruptions of the newest block."""
    yield "last", "the last gap"
    block = context.services.store.running() or context.services.store.last_lived()
    if block is not None:
        yield from ((str(n), f"gap: {gap.cause}") for n, gap in enumerate(block.gaps, 1))
        noted = enumerate(block.interruptions, 1)
        yield from ((f"i{n}", one.reason or one.source.value) for n, one in noted)


def open_tasks(context: Context) -> Iterator[Value]:
    """Tasks by their id."""
    return ((task.id, task.text) for task in context.services.tasks.look().tasks)


def plans(context: Context) -> Iterator[Value]:
    """Planned blocks by their id."""
    return ((plan.id, plan.intention) for plan in context.services.plan_book.every())


def settings(context: Context) -> Iterator[Value]:
    """Settings by their key."""
    from flowtui.cli.manual import setting_words

    return setting_words()


ANYWHERE: dict[str, Values] = {
    "tags": tags,
    "add_tags": tags,
    "drop_tags": tags,
    "context_name": contexts,
    "guard": lists,
    "until_run": runs,
    "baseline": runs,
    "run": runs,
}
"""By the name of a parameter, whatever the command."""
PLAN_VERBS = ("begin", "edit", "later", "move", "remove", "skip")
VALUES: dict[tuple[str, str], Values] = {
    **{(name, "id"): blocks for name in ("show", "edit", "split", "relabel", "delete")},
    ("join", "first"): blocks,
    ("join", "second"): blocks,
    ("start", "intention"): intentions,
    ("parked", "words"): thoughts,
    ("start", "like"): blocks,
    ("relabel", "gap"): parts,
    ("cycle", "cycle"): cycles,
    ("next", "done"): open_tasks,
    ("habit", "name"): habits,
    ("workout", "kind"): workouts,
    ("guard add", "names"): lists,
    ("guard arm", "names"): lists,
    ("guard plan", "names"): lists,
    ("guard shell", "names"): lists,
    ("guard list show", "name"): lists,
    ("config", "change"): settings,
    **{
        (f"plan {name}", "id"): plans
        for name in ("begin", "edit", "later", "move", "remove", "skip")
    },
}
"""By the command and the name of its parameter."""
