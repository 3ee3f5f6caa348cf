"""`flowtui guard why`: why a site does not open, until when, and what the block was for."""

from __future__ import annotations

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import UsageError


@click.command("why")
@click.argument("site")
@json_option
@pass_context
def why_command(context: Context, site: str, as_json: bool) -> None:
    """Why SITE does not open: by which list, until when, and what you meant to do instead."""
    from flowtui.guard.lists import entry
    from flowtui.guard.program.errors import GuardError
    from flowtui.services.guard.reasons import reason_for

    try:
        name = entry(site)
    except GuardError as error:
        raise UsageError(error.message, error.hint or None) from None
    reason = reason_for(context.services, name)
    if as_json:
        context.put_json(reason.as_data())
        return
    for sentence in reason.sentences(context.services.zone):
        context.put(sentence)
