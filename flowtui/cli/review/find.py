"""`flowtui find WORD`: everything that was ever written down."""

from __future__ import annotations

import click

from flowtui.cli.context import Context, json_option, pass_context

SHOWN = 50


@click.command("find")
@click.argument("words", nargs=-1, required=True)
@json_option
@pass_context
def find_command(context: Context, words: tuple[str, ...], as_json: bool) -> None:
    """Find a text in all blocks, entries, plans, runs and things shared, newest first."""
    from flowtui.services.review.finds import find

    found = find(context.services, " ".join(words))
    if as_json:
        context.put_json(
            [
                {"kind": one.kind, "id": one.id, "day": one.day.isoformat(), "text": one.text}
                for one in found
            ]
        )
        return
    for one in found[:SHOWN]:
        context.put(f"{one.day}  {one.kind:<6}  {one.id:<10}  {one.text}")
    if len(found) > SHOWN:
        context.say(f"and {len(found) - SHOWN} more; all of them: --json")
    if not found:
        context.say(f"nothing holds {' '.join(words)!r}")
