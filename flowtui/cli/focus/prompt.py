"""`flowtui status` from the status file alone: nothing is imported that is not in the answer."""

from __future__ import annotations

import os

from flowtui.cli.focus import status_formats
from flowtui.core import status_file
from flowtui.core.errors import UsageError
from flowtui.settings.fastpaths import roots
from flowtui.system.clock import epoch
from flowtui.system.stamp import settings_stamp, stamp

SHAPES = ("--json", "--tmux", "--waybar")


def quick_status(arguments: list[str]) -> str | None:
    """The answer to `[--home DIR] status [shape]`; None where the long way must be taken."""
    rest, home = list(arguments), None
    if rest[:1] == ["--home"]:
        if len(rest) < 3:
            return None
        home, rest = rest[1], rest[2:]
    elif rest[0].startswith("--home="):
        home, rest = rest[0][len("--home=") :], rest[1:]
    if rest[:1] != ["status"]:
        return None
    shape, template = _shape(rest[1:])
    if shape is None:
        return None
    fields = current(home)
    if fields is None:
        return None
    try:
        return status_formats.render(fields, shape, template)
    except (UsageError, LookupError, TypeError, ValueError, AttributeError):
        return None  # the long way says what is wrong, or does without the file


def current(home: str | None) -> status_file.Fields | None:
    """The status as of now; None if the file is missing, broken or out of date."""
    config, data, state = roots(os.environ, home)
    try:
        with open(f"{state}/status", encoding="utf-8") as file:  # noqa: PTH123 - see fastpaths
            fields = status_file.decode(file.read())
    except (OSError, UnicodeDecodeError):
        return None
    if fields is None:
        return None
    now = epoch()
    try:
        if not int(fields["anchor"]) - 2 <= now < int(fields["day_ends"]):
            return None
        if stamp(f"{data}/ledger", fields["files"]) != fields["stamp"]:
            return None
        if settings_stamp(config) != fields["settings"]:
            return None
        return with_runs(status_file.at(fields, now), state, now)
    except (KeyError, ValueError):
        return None


def with_runs(fields: status_file.Fields, state: str, now: float) -> status_file.Fields:
    """`fields` with what the watcher of runs says; without it where nobody watches."""
    try:
        with open(f"{state}/watch/status", encoding="utf-8") as file:  # noqa: PTH123 - see fastpaths
            return status_file.with_runs(fields, file.read(), now)
    except (OSError, UnicodeDecodeError):
        return fields


def _shape(options: list[str]) -> tuple[str | None, str]:
    if not options:
        return "plain", ""
    if len(options) == 1 and options[0] in SHAPES:
        return options[0][2:], ""
    if len(options) == 2 and options[0] == "--format":
        return "format", options[1]
    if len(options) == 1 and options[0].startswith("--format="):
        return "format", options[0][len("--format=") :]
    return None, ""
