"""The guard in `flowtui start` and `flowtui stop`: what came of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowtui.services.guard.guard_state import GuardState

if TYPE_CHECKING:
    from flowtui.cli.context import Context
    from flowtui.services.focus.begin import Begun


def say_guard(context: Context, begun: Begun) -> None:
    """Say what the guard of a block that has begun is, and what is not covered."""
    if begun.view is not None:
        from flowtui.core.guard.protection import line

        context.say(line(begun.view, 200))
        for sentence in begun.sentences:
            context.say(f"  {sentence}")
    else:
        for sentence in begun.sentences:
            context.say(sentence)


def say_remains(context: Context) -> None:
    """After the end of a block: a guard that outlives it is told of."""
    services = context.services
    if GuardState(services.paths.state_dir).read() is None:
        return
    from flowtui.core.guard.protection import remains

    sentence = remains(services.guard.view(None))
    if sentence:
        context.say(sentence)
