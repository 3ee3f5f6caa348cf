"""`flowtui status` from the status file alone: nothing is imported that is not in the answer."""

from __future__ import annotations

import os

from flowtui.cli.focus import status_formats
from flowtui.core import status_file
from flowtui.core.errors import UsageError
from flowtui.settings.fastpaths import roots
from flowtui.system.clock import epoch, since_boot
from flowtui.system.stamp import settings_stamp, stamp

SLEEP_S, STEP_S, DRIFT = 10, 2.0, 0.001
GONE_S = 90
"""Seconds after which an app that has not beaten may be gone."""
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
        if fields.get("state") in status_file.COUNTING and _unseen(f"{state}/heartbeat", now):
            return None
        return with_runs(status_file.at(fields, now), state, now)
    except (KeyError, ValueError):
        return None


def _unseen(heartbeat: str, now: float) -> bool:
    """Whether the clocks tell what the file cannot know: a sleep, a set clock, an app that is gone.

    Then the long way looks as the next command would. See `flowtui.system.heartbeat` for the file
    and `flowtui.core.focus.recovery` for the limits.
    """
    try:
        with open(heartbeat, encoding="utf-8") as file:  # noqa: PTH123 - see fastpaths
            words = file.read().split()
        wall, boottime, monotonic, pid, flags = (words[n] for n in (3, 4, 5, 6, 9))
        boot, awake = since_boot()
        elapsed = boot - float(boottime)
        if elapsed < 0:
            return True
        if elapsed - (awake - float(monotonic)) >= SLEEP_S:
            return True
        if "attended" in flags and elapsed > GONE_S and not _lives(int(pid)):
            return True
        return abs(now - _seconds(wall) - elapsed) > max(STEP_S, DRIFT * elapsed)
    except (OSError, UnicodeDecodeError, ValueError, IndexError):
        return False  # nobody looked yet: there is nothing to compare with


def _seconds(wall: str) -> float:
    """Seconds since 1970 of `2026-11-27T03:28:50.123456+00:00`."""
    year, month, day = int(wall[:4]), int(wall[5:7]), int(wall[8:10])
    # days since 1970 by the civil calendar, with years that begin in March
    year -= month <= 2
    months = (month + 9) % 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * months + 2) // 5 + day
    seconds = int(wall[11:13]) * 3600 + int(wall[14:16]) * 60 + float(wall[17:].partition("+")[0])
    if not wall.endswith("+00:00"):
        raise ValueError(wall)
    return (days - 719469) * 86400 + seconds


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it exists and belongs to somebody else
    return True


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
