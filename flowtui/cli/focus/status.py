"""`flowtui status`, the long way: asked of the ledger, or followed second by second."""

from __future__ import annotations

import time
from contextlib import suppress

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.cli.focus import status_formats
from flowtui.core import status_file
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.status_file import Fields

EPILOG = "Fields of --format:\n\n" + "\n\n".join(
    f"{{{name}}}  {help}" for name, help in status_formats.FORMAT_FIELDS.items()
)


@click.command("status", epilog=EPILOG)
@json_option
@click.option("--format", "template", metavar="F", help='such as "{phrase} {intention}"')
@click.option("--tmux", is_flag=True, help="for tmux's status-right")
@click.option("--waybar", is_flag=True, help="the JSON of a waybar custom module")
@click.option("--follow", is_flag=True, help="print again whenever the answer changes")
@click.option("--every", type=click.FloatRange(0.2, 60), default=1.0, help="seconds; with --follow")
@pass_context
def status_command(
    context: Context,
    as_json: bool,
    template: str | None,
    tmux: bool,
    waybar: bool,
    follow: bool,
    every: float,
) -> None:
    """The running block and today, in one line; made for prompts and status bars."""
    chosen = [name for name, on in (("json", as_json), ("tmux", tmux), ("waybar", waybar)) if on]
    chosen += ["format"] if template is not None else []
    if len(chosen) > 1:
        raise UsageError(f"--{' and --'.join(chosen)} cannot be combined", "give one of them")
    shape = chosen[0] if chosen else "plain"
    if not follow:
        context.put(status_formats.render(_asked(context), shape, template or "").rstrip("\n"))
        return
    _follow(context, shape, template or "", every)


def _follow(context: Context, shape: str, template: str, every: float) -> None:
    said = None
    try:
        while True:
            answer = _answer(context, shape, template)
            if shape == "json":
                answer = _one_line(answer)
            if answer != said:
                context.put(answer.rstrip("\n"))
                said = answer
            time.sleep(every)
    except KeyboardInterrupt:
        return


def _answer(context: Context, shape: str, template: str) -> str:
    from flowtui.cli.focus.prompt import current

    fields = current(context.home)
    if fields is not None:
        try:
            return status_formats.render(fields, shape, template)
        except (LookupError, TypeError, ValueError, AttributeError):
            pass  # the file is damaged: do without it
    return status_formats.render(_asked(context), shape, template)


def _asked(context: Context) -> Fields:
    """The fields, asked of the ledger; the file is made new by it."""
    services = context.services
    services.store.ledger.refresh()
    with suppress(FlowError):  # a home that cannot be written is shown all the same
        services.focus.observe(person=False)  # a sleep is noticed by whoever looks first
    services.status.write()
    decoded = status_file.decode(services.status.text())
    assert decoded is not None
    from flowtui.cli.focus.prompt import with_runs

    return with_runs(decoded, str(services.paths.state_dir), services.clock.now().timestamp())


def _one_line(answer: str) -> str:
    import json

    return json.dumps(json.loads(answer), ensure_ascii=False) + "\n"
