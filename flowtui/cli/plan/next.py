"""`flowtui next`: tasks from where they are kept, as intentions for the next block."""

from __future__ import annotations

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError
from flowtui.core.plan.task import Task
from flowtui.core.text import middle_cut

SHOWN = 20
HOW = "name where you keep tasks: flowtui config --set tasks.taskwarrior true; see: flowtui config"


@click.command("next")
@click.option("--done", "done", metavar="ID", help="mark a task done where it is kept")
@click.option("--yes", is_flag=True, help="with --done: without asking")
@json_option
@pass_context
def next_command(context: Context, done: str | None, yes: bool, as_json: bool) -> None:
    """Offer intentions: thoughts put off to now, and tasks of todo.txt, Taskwarrior, Markdown, gh.

    The settings name the sources, under [tasks]; they are only read.
    """
    sources = context.services.tasks
    look = sources.look()
    if done is not None:
        _mark(context, look.tasks, done, yes)
        return
    parked = context.services.inbox.waiting()
    if as_json:
        context.put_json(
            {
                "tasks": [_view(task) for task in look.tasks],
                "parked": [{"id": one.id, "text": one.text} for one in parked],
                "problems": look.problems,
            }
        )
        return
    for one in parked:
        context.put(f"{one.id:<9} {'parked':<12} {middle_cut(one.text, 80)}")
    for task in look.tasks[:SHOWN]:
        tags = "  ".join(f"#{tag}" for tag in task.tags)
        context.put(f"{task.id:<9} {task.source:<12} {middle_cut(task.text, 80)}  {tags}".rstrip())
    if len(look.tasks) > SHOWN:
        context.say(f"and {len(look.tasks) - SHOWN} more; all of them: --json")
    for problem in look.problems:
        context.say(problem)
    if not sources.named:
        context.say(HOW)
    elif not look.tasks and not look.problems and not parked:
        context.say("nothing is open")


def _mark(context: Context, found: list[Task], id: str, yes: bool) -> None:
    matches = [task for task in found if task.id.startswith(id)]
    if len(matches) != 1:
        raise FlowError(f"unknown task {id!r}", "see the ids: flowtui next")
    task = matches[0]
    if not yes and not click.confirm(f"mark done: {task.text}?", err=True):
        context.say("left as it is")
        return
    context.say(context.services.tasks.done(task, context.services.today().isoformat()))


def _view(task: Task) -> dict[str, object]:
    return {
        "id": task.id,
        "source": task.source,
        "text": task.text,
        "tags": list(task.tags),
        "place": task.place,
        "key": task.key,
    }
