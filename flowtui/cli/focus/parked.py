"""`flowtui parked`: the inbox of thoughts."""

from __future__ import annotations

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Fate
from flowtui.core.focus.inbox import Parked
from flowtui.core.text import middle_cut

VERBS = {
    "add": None,
    "keep": Fate.KEPT,
    "tomorrow": Fate.TOMORROW,
    "next": Fate.NEXT,
    "drop": Fate.DROPPED,
}


@click.command("parked")
@click.argument("words", nargs=-1, metavar="[add TEXT | drop ID... | keep|tomorrow|next ID]")
@click.option("--all", "every", is_flag=True, help="those of all years")
@json_option
@pass_context
def parked_command(context: Context, words: tuple[str, ...], every: bool, as_json: bool) -> None:
    """List the thoughts that wait; add one, drop one, put it off, or begin with it next."""
    inbox = context.services.inbox
    if not words:
        _list(context, inbox.waiting(every), as_json)
        return
    verb, rest = words[0], words[1:]
    if verb not in VERBS or not rest:
        raise UsageError(
            f"unknown {verb!r}" if verb not in VERBS else f"{verb} what?",
            "flowtui parked add TEXT, or drop, keep, tomorrow, next with an id",
        )
    fate = VERBS[verb]
    if fate is None:
        made = inbox.add(" ".join(rest))
        if as_json:
            context.put_json({"id": made.id, "text": made.text})
            return
        context.say(f"parked {made.id}: {made.text}")
    else:
        for text in inbox.answer([(id, fate) for id in rest]):
            context.say(f"{fate.value}: {text}")
    context.say("take it back: flowtui undo")


def _list(context: Context, thoughts: list[Parked], as_json: bool) -> None:
    if as_json:
        context.put_json([_view(one) for one in thoughts])
        return
    if not thoughts:
        context.say("nothing is parked; park a thought: flowtui parked add TEXT")
    zone = context.services.zone
    for one in thoughts:
        fate = f"  {one.fate.value}" if one.fate is not None else ""
        at = one.at.astimezone(zone)
        context.put(f"{one.id:<9} {at:%Y-%m-%d %H:%M}  {middle_cut(one.text, 80)}{fate}")


def _view(one: Parked) -> dict[str, object]:
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "text": one.text,
        "fate": one.fate.value if one.fate is not None else None,
        "day": one.day.isoformat() if one.day is not None else None,
    }
