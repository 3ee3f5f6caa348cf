"""How an error reaches a person: one line why, one line what to do, on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import click

from flowtui.core.status_file import minutes
from flowtui.core.text import json_shown, plain_lines

if TYPE_CHECKING:
    from datetime import datetime

    from flowtui.core.focus.recovery import Closing
    from flowtui.services.wiring import Services

PROGRAM = "flowtui"


def complain(message: str, hint: str | None) -> None:
    """Say that something could not be done."""
    from flowtui.core.text import plain_lines

    with suppress(OSError):  # there is nobody to tell
        sys.stderr.write(f"{PROGRAM}: {plain_lines(message)}\n")
        if hint:
            sys.stderr.write(f"  {plain_lines(hint)}\n")
        sys.stderr.flush()


class Context:
    """Data goes to stdout, everything told to a person to stderr."""

    def __init__(self, env: Mapping[str, str], home: str | None, plain: bool = False) -> None:
        self.env = env
        self.home = home
        self.plain = plain
        self.quiet = False
        """True for commands that are asked by machines, or tell of problems themselves."""

    @cached_property
    def services(self) -> Services:
        """The services on the user's folders."""
        from flowtui.services.wiring import build

        services = build(self.env, Path(self.home) if self.home else None)
        services.hooks.behind = True
        if not self.quiet:
            from flowtui.settings.zone import unknown_tz

            name = unknown_tz(self.env)
            if name:
                self.say(f"TZ is {name!r}, no time zone known here; {services.zone.key} is used")
        if services.problems and not self.quiet:
            more = len(services.problems) - 1
            others = f" (and {more} more)" if more else ""
            self.say(f"{services.problems[0]}{others}; the default is used, see: flowtui doctor")
        return services

    def instant(self, text: str | None) -> datetime | None:
        """The instant meant by an `--at`; None where there is none. Raises UsageError."""
        if text is None:
            return None
        from flowtui.core.time_grammar import parse_instant

        services = self.services
        return parse_instant(text, services.clock.now(), services.zone)

    def close(self) -> None:
        """Tell of damage that was met, and hand the hooks over."""
        if "services" not in vars(self):
            return
        for sentence in self.services.mishaps.collect():
            self.say(f"done and recorded, but afterwards: {sentence}")
        for sentence in self.services.body.log.renamed():
            self.say(sentence)
        reports = self.services.store.ledger.reports()
        if reports and not self.quiet:
            first, more = reports[0], len(reports) - 1
            where = f"{first.file}, line {first.line}" if first.line else f"{first.file}"
            others = f" (and {more} more)" if more else ""
            self.say(f"{where}: {first.what}{others}; see: flowtui doctor")
        self.services.hooks.close()

    def settle(self, at: datetime | None = None, ends: bool = False) -> None:
        """Before a command on the running block: record what happened while nobody looked.

        `at` is the instant of the command where one was given: somebody was back by then. With
        `ends` the command ends the block: where that is refused, the absence is left as it is.
        """
        focus = self.services.focus
        moved_s = focus.follow_clock()
        if moved_s:
            self.say(_clock_words(moved_s))
        found = focus.absence()
        if found is None:
            seen = focus.observe()
            if seen is not None and seen.stepped_s:
                self.say(_clock_words(seen.stepped_s))
            if seen is not None and seen.slept_s:
                self.say(f"the machine slept {minutes(seen.slept_s)}: {GAP_WORDS}")
        elif at is None or at > found.start:
            from flowtui.core.focus.recovery import Closing
            from flowtui.core.focus.step import check_end

            if ends:
                check_end(focus.store.need_running(), at or found.end)
            block = focus.close_absence(Closing.CONTINUE, until=at)
            zone, end = self.services.zone, min(found.end, at or found.end)
            number = next((n for n, g in enumerate(block.gaps, 1) if g.end == end), "last")
            self.say(
                f"{found.start.astimezone(zone):%H:%M} to {end.astimezone(zone):%H:%M} "
                f"became a gap ({found.cause.value}); "
                f"it was focus? flowtui relabel {block.id} {number} --focus"
            )

    @property
    def is_asked(self) -> bool:
        """Whether there is a person at a terminal who can answer."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def ask_absence(self, at: datetime | None, goes_on: str) -> Closing | None:
        """What a person at a terminal says of the time away, before the block is paused or ended.

        None where nothing has to be asked, or nobody can be: `settle` makes a gap of it then.
        `goes_on` are the words for what the command does where the block goes on.
        """
        if not self.is_asked:
            return None
        focus = self.services.focus
        moved_s = focus.follow_clock()
        if moved_s:
            self.say(_clock_words(moved_s))
        found, block = focus.absence(), focus.current()
        if found is None or block is None or (at is not None and at <= found.start):
            return None
        from flowtui.core.focus.recovery import Closing, closings

        zone, now = self.services.zone, self.services.clock.now()
        start, end = found.start.astimezone(zone), found.end.astimezone(zone)
        words = {
            Closing.CONTINUE: f"a gap; then {goes_on}",
            Closing.COUNT: f"focus, I was working; then {goes_on}",
            Closing.HEARTBEAT: f"not part of the block: end it at {start:%H:%M}",
            Closing.PLAN: "no matter: end the block where its plan ended",
        }
        offers = [offer for offer in closings(block, found, now) if offer in words]
        why = "the block had ended" if found.cause.value == "away" else "nothing of flowtui ran"
        self.say(f"{why} from {start:%H:%M} to {end:%H:%M}; that time was")
        for number, offer in enumerate(offers, 1):
            self.say(f"  {number}  {words[offer]}")
        numbers = click.IntRange(1, len(offers))
        chosen: int = click.prompt("which", type=numbers, default=1, err=True)
        return offers[chosen - 1]

    def say(self, text: str) -> None:
        """Tell the person something; no data. Never stops a command half way."""
        with suppress(OSError):
            click.echo(self._drawn(text), err=True)

    def put(self, text: str) -> None:
        """Print data; names and texts from outside in it are shown, never obeyed."""
        click.echo(self._drawn(text))

    def _drawn(self, text: str) -> str:
        """`text` in the characters that the settings allow."""
        shown = plain_lines(text)
        if shown.isascii() or "services" not in vars(self):
            return shown
        from flowtui.core.ascii_text import to_ascii

        return shown if self.services.config.display.unicode else to_ascii(shown)

    def put_json_list(self, items: Iterable[Any]) -> None:
        """As `put_json` of a list, but each item is printed before the next one is asked for."""
        from flowtui.cli.streams import shows

        before = "[\n"
        for item in items:
            text = json.dumps(item, ensure_ascii=False, indent=2)
            if not shows(sys.stdout, text):
                text = json.dumps(item, indent=2)
            click.echo(before + json_shown(indent(text, "  ")), nl=False)
            before = ",\n"
        click.echo("[]" if before.startswith("[") else "\n]")

    def put_json(self, data: Any) -> None:
        """Print data as JSON; characters that a terminal obeys or lacks stand as escapes."""
        from flowtui.cli.streams import shows

        text = json.dumps(data, ensure_ascii=False, indent=2)
        if not shows(sys.stdout, text):
            text = json.dumps(data, indent=2)
        click.echo(json_shown(text))


GAP_WORDS = "that became a gap; take it back: flowtui undo"


def _clock_words(seconds: int) -> str:
    way = "ahead" if seconds > 0 else "back"
    return (
        f"the clock was set {way} by {minutes(abs(seconds))}: the block moved with it, "
        "and is as long as it was; take it back: flowtui undo"
    )


def words(kind: type[StrEnum]) -> click.Choice[str]:
    """A choice among the words of an enumeration, as they are typed."""
    return click.Choice([word.value for word in kind])


pass_context = click.make_pass_decorator(Context)

at_option = click.option(
    "--at", metavar="TIME", help="when it happened: 09:15, 20m ago, yesterday 22:30, or ISO 8601"
)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON")
