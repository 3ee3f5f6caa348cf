"""The guard in `flowtui start`: what is chosen, and what came of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError, UsageError
from flowtui.services.guard.guard_state import GuardState

if TYPE_CHECKING:
    from flowtui.cli.context import Context
    from flowtui.core.focus.block import Block
    from flowtui.core.guard.protection import Choice


def guard_choice(
    context: Context, guard: tuple[str, ...], no_guard: bool, strict: str | None, named: str
) -> Choice | None:
    """What the options mean. Raises UsageError before anything is begun."""
    if no_guard:
        if guard or strict:
            raise UsageError("--no-guard and --guard cannot be meant together", "give one of them")
        GuardState(context.services.paths.state_dir).keep_choice(None)
        return None
    config = context.services.config
    usual = config.guard.lists or config.contexts[named].guard
    if not (guard or strict or usual):
        return None  # nothing of the guard is loaded
    wanted = [word.strip() for text in guard for word in text.split(",") if word.strip()]
    return context.services.guard.choice(tuple(wanted) if guard else None, strict, named)


def arm_for(context: Context, block: Block, choice: Choice | None) -> None:
    """Put the guard on and say what it is; the block runs whatever comes of it."""
    services = context.services
    if choice is None:
        return
    try:
        armed = services.guard.arm(block, choice)
    except FlowError as error:
        context.say(f"the guard is not on: {error.message}")
        return
    from flowtui.core.guard.protection import line

    if armed.view is not None:
        context.say(line(armed.view, 200))
    for sentence in armed.sentences:
        context.say(f"  {sentence}")


def say_remains(context: Context) -> None:
    """After the end of a block: a guard that outlives it is told of."""
    services = context.services
    if GuardState(services.paths.state_dir).read() is None:
        return
    from flowtui.core.guard.protection import remains

    said = remains(services.guard.view(None))
    if said:
        context.say(said)
