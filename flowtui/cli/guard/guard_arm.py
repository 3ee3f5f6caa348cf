"""`flowtui guard arm`: the guard on without a block."""

from __future__ import annotations

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.guard import protection
from flowtui.core.guard.protection import LEAST_S, MOST_S, STRICTNESS
from flowtui.core.length_grammar import parse_duration


@click.command("arm")
@click.argument("names", nargs=-1, metavar="LIST...")
@click.option("--for", "length", default="50m", metavar="LENGTH", help="50m by default, to 24h")
@click.option("--strict", type=click.Choice(STRICTNESS))
@json_option
@pass_context
def arm_command(
    context: Context, names: tuple[str, ...], length: str, strict: str | None, as_json: bool
) -> None:
    """Keep away what LIST names for a while without a block; a block begun meanwhile takes over."""
    services = context.services
    running = services.focus.current()
    if running is not None:
        raise FlowError(
            f"block {running.id} runs, and a guard goes with it",
            "keep more away with: flowtui guard add",
        )
    seconds = parse_duration(length)
    if not LEAST_S <= seconds <= MOST_S:
        raise UsageError(f"{length!r} is outside of 1 minute to 24 hours", "such as --for 90m")
    lists = tuple(word for text in names for word in text.split(",") if word)
    choice = services.guard.choice(lists or None, strict, services.contexts.named(None, ""))
    if choice is None:
        raise UsageError("no list is named, and guard.lists is empty", "see: flowtui guard list")
    armed = services.guard.arm_alone(choice, seconds)
    services.status.write()
    if as_json:
        context.put_json(services.guard.report(None))
        return
    if armed.view is not None:
        context.say(protection.line(armed.view, 200))
    for sentence in armed.sentences:
        context.say(f"  {sentence}" if armed.view is not None else sentence)
    if armed.view is not None and armed.view.level == "guard":
        context.say("end a soft one early: flowtui guard release")
