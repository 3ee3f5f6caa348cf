"""Breaks, cycles of work and break, and time away, from the shell as by the keys of the app."""

from __future__ import annotations

from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.focus.block_json import iso
from flowtui.core.focus.pointers import Break
from flowtui.core.length_grammar import parse_duration
from flowtui.core.status_file import minutes


@click.group("break", invoke_without_command=True)
@json_option
@click.pass_context
def break_command(click_context: click.Context, as_json: bool) -> None:
    """A break: begin one, end it. Alone: how it stands, and what comes next."""
    context = click_context.find_object(Context)
    assert context is not None
    if click_context.invoked_subcommand is not None:
        return
    rest = context.services.breaks.current()
    if as_json:
        context.put_json(_view(context, rest))
        return
    context.put(_words(context, rest))


@break_command.command("start")
@click.argument("length", default="")
@json_option
@pass_context
def break_start(context: Context, length: str, as_json: bool) -> None:
    """Begin a break of LENGTH, such as 10m; without it as long as is suggested."""
    rest = context.services.breaks.start(parse_duration(length) if length else None)
    if as_json:
        context.put_json(_view(context, rest))
        return
    until = rest.ends_at.astimezone(context.services.zone)
    context.say(f"break of {minutes(rest.seconds)}, until {until:%H:%M}; flowtui break end ends it")


@break_command.command("end")
@json_option
@pass_context
def break_end(context: Context, as_json: bool) -> None:
    """End the break that is on, or skip the rest of it; no block begins by that."""
    was_on = context.services.breaks.current() is not None
    context.services.breaks.stop()
    if as_json:
        context.put_json(_view(context, None))
        return
    said = "break ended" if was_on else "no break is on"
    context.say(f"{said}; next {context.services.plans.usual_words()}: flowtui start")


@click.command("cycle")
@click.argument("cycle", nargs=-1)
@json_option
@pass_context
def cycle_command(context: Context, cycle: tuple[str, ...], as_json: bool) -> None:
    """Work and break by turns: 50/10, 25/5 x4, your own, or none. Alone: which, and where."""
    services = context.services
    if cycle:
        services.cycles.choose(" ".join(cycle))
    chosen = services.cycles.cycle
    if as_json:
        context.put_json(
            {
                "cycle": None if chosen is None else chosen.words.replace(" ×", " x"),
                "number": None if chosen is None else services.cycles.number(),
                "focus_s": None if chosen is None else chosen.focus_s,
                "rest_s": services.cycles.suggested(),
            }
        )
        return
    if chosen is None:
        context.put("no cycle: blocks and breaks as you choose them")
        return
    running = services.store.running() is not None
    which = services.cycles.ahead() if running else f"next {services.plans.usual_words()}"
    context.put(f"{chosen.words}   {which}")


@click.command("away")
@click.argument("what", type=click.Choice(["gap", "focus"]), required=False)
@json_option
@pass_context
def away_command(context: Context, what: str | None, as_json: bool) -> None:
    """Time away from the keyboard: say that it was a gap, or focus. Alone: what is offered."""
    offers = context.services.away_offers
    if what is not None:
        answered = offers.answer(gap=what == "gap")
        if not as_json:
            words = answered.words(context.services.zone)
            undo = "; take it back: flowtui undo" if what == "gap" else ""
            became = "is a gap" if what == "gap" else "stays focus"
            context.say(f"away {words}: {became}{undo}")
    waiting = offers.first()
    if as_json:
        context.put_json(None if waiting is None else waiting.view(context.services.zone.key))
    elif waiting is not None:
        context.put(f"away {waiting.words(context.services.zone)}")
        context.say("it was a gap: flowtui away gap   it was focus: flowtui away focus")
    elif what is None:
        context.put("no time away is known of: nothing is asked")


def _words(context: Context, rest: Break | None) -> str:
    services = context.services
    following = f"next {services.plans.usual_words()}"
    if rest is None:
        return f"no break   {following}"
    left_s = int((rest.ends_at - services.clock.now()).total_seconds())
    if left_s > 0:
        # a started minute is still left
        left = minutes(left_s if left_s < 60 else -(-left_s // 60) * 60)
        return f"break   {left} left of {minutes(rest.seconds)}   {following}"
    return f"break over   {following}"


def _view(context: Context, rest: Break | None) -> dict[str, Any]:
    services = context.services
    now, zone = services.clock.now(), services.zone.key
    return {
        "started_at": None if rest is None else iso(rest.started_at, zone),
        "ends_at": None if rest is None else iso(rest.ends_at, zone),
        "left_s": None if rest is None else max(0, int((rest.ends_at - now).total_seconds())),
        "next": services.plans.usual_words(),
    }
