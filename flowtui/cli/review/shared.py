"""`flowtui shared` and `flowtui gave`."""

from __future__ import annotations

from typing import Any

import click

from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.errors import UsageError
from flowtui.core.length_grammar import parse_duration
from flowtui.core.review.shared import SharedKind, SharedThing
from flowtui.core.status_file import minutes

SHOWN = 20


@click.command("shared")
@click.argument("link", required=False)
@click.argument("note", nargs=-1)
@at_option
@json_option
@pass_context
def shared_command(
    context: Context, link: str | None, note: tuple[str, ...], at: str | None, as_json: bool
) -> None:
    """Note something you shared: LINK and a NOTE. Without them: what you shared and gave."""
    things = context.services.shared
    if link is None:
        _list(context, things.recent(), as_json)
        return
    made = things.add(SharedKind.SHARED, link, " ".join(note), at=context.instant(at))
    _report(context, made, as_json)


@click.command("gave")
@click.argument("words", nargs=-1, required=True)
@at_option
@json_option
@pass_context
def gave_command(context: Context, words: tuple[str, ...], at: str | None, as_json: bool) -> None:
    """Note help you gave: how long, if you like, and what (gave 20m read Ana's draft)."""
    seconds: int | None = None
    rest = words
    try:
        seconds = parse_duration(words[0])
        rest = words[1:]
    except UsageError:
        if words[0][:1] in "-−":
            raise
    made = context.services.shared.add(
        SharedKind.GAVE, note=" ".join(rest), seconds=seconds, at=context.instant(at)
    )
    _report(context, made, as_json)


def _report(context: Context, thing: SharedThing, as_json: bool) -> None:
    if as_json:
        context.put_json(_view(thing))
        return
    context.say(f"noted: {_words(thing)}")
    context.say("take it back: flowtui undo")


def _list(context: Context, things: list[SharedThing], as_json: bool) -> None:
    if as_json:
        context.put_json([_view(thing) for thing in things])
        return
    if not things:
        context.say("nothing yet; note what you shared: flowtui shared LINK [NOTE]")
    zone = context.services.zone
    for thing in things[:SHOWN]:
        context.put(f"{thing.at.astimezone(zone):%Y-%m-%d}  {_words(thing)}")


def _words(thing: SharedThing) -> str:
    length = minutes(thing.seconds) if thing.seconds else ""
    return "  ".join(filter(None, (thing.kind.value, length, thing.link, thing.note)))


def _view(thing: SharedThing) -> dict[str, Any]:
    return {
        "id": thing.id,
        "at": thing.at.isoformat(),
        "kind": thing.kind.value,
        "link": thing.link,
        "note": thing.note,
        "spent_s": thing.seconds,
    }
