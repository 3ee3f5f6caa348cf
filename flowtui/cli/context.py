"""What every command gets: the services, built when first asked for, and how to speak."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from flowtui.services.wiring import Services


class Context:
    """Data goes to stdout, everything told to a person to stderr."""

    def __init__(self, env: Mapping[str, str], home: str | None, plain: bool = False) -> None:
        self.env = env
        self.home = home
        self.plain = plain

    @cached_property
    def services(self) -> Services:
        """The services on the user's folders."""
        from flowtui.services.wiring import build

        return build(self.env, Path(self.home) if self.home else None)

    def instant(self, text: str | None) -> datetime | None:
        """The instant meant by an `--at`; None where there is none. Raises UsageError."""
        if text is None:
            return None
        from flowtui.core.timewords import parse_instant

        services = self.services
        return parse_instant(text, services.clock.now(), services.zone)

    def close(self) -> None:
        """Give the hooks that were started the time to end."""
        if "services" in vars(self):
            self.services.hooks.close()

    def settle(self) -> None:
        """Before a command on the running block: record what happened while nobody looked."""
        focus = self.services.focus
        found = focus.absence()
        if found is not None:
            from flowtui.core.recovery import Closing

            focus.close_absence(Closing.CONTINUE)
            start, end = (i.astimezone(self.services.zone) for i in (found.start, found.end))
            self.say(
                f"{start:%H:%M} to {end:%H:%M} became a gap ({found.cause.value}); "
                "it was focus? flowtui relabel running last --focus"
            )
        else:
            seen = focus.observe()
            if seen is not None:
                self.say("sleep or a changed clock was noted; take it back: flowtui undo")

    def say(self, text: str) -> None:
        """Tell the person something; no data."""
        click.echo(text, err=True)

    def put(self, text: str) -> None:
        """Print data."""
        click.echo(text)

    def put_json(self, data: Any) -> None:
        """Print data as JSON."""

        click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def words(kind: type[StrEnum]) -> click.Choice[str]:
    """A choice among the words of an enumeration, as they are typed."""
    return click.Choice([word.value for word in kind])


pass_context = click.make_pass_decorator(Context)

at_option = click.option(
    "--at", metavar="TIME", help="when it happened: 09:15, 20m ago, yesterday 22:30, or ISO 8601"
)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON")
