"""Hooks: the user's own programs, started when something happens.

A hook is an executable in the hooks folder named by its event (`block-end`), or any executable in a
folder of that name with `.d` (`block-end.d/10-lights`), which run in the order of their names. It
gets one JSON object on its standard input and the event in `FLOWTUI_EVENT`, and has ten seconds.
What it prints and how it ended is kept in a log. What it leaves running in the background stays.

A flowtui that was itself started by a hook runs no hooks: two could call each other for ever.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import is_shown
from flowtui.system.process import run_bounded

EVENTS = (
    "block-start",
    "block-pause",
    "block-resume",
    "block-interrupt",
    "block-return",
    "block-end",
    "block-discard",
    "plan-reached",
    "break-over",
    "check-in",
    "eating-window",
    "wind-down",
)
"""What a hook can be named after."""
EVENT_VARIABLE = "FLOWTUI_EVENT"
TIMEOUT_S = 10.0
"""Seconds that a hook may take; then its whole process group is ended."""


@dataclass(frozen=True, slots=True)
class HookResult:
    """How one hook went."""

    path: Path
    event: str
    status: int | None
    """Exit status; the negative signal number if one ended it; None if it was not started."""
    seconds: float | None
    """How long it took; None if it was not started."""
    output: str
    """What it printed, on both channels, at most 16 KiB."""
    problem: str
    """Why it was not started or was ended; empty if it ran to its own end."""

    @property
    def ok(self) -> bool:
        """True if it ran to its own end and reported success."""
        return self.status == 0 and not self.problem


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in the hooks folder that will not be run."""

    path: Path
    reason: str


def find(folder: Path, event: str) -> tuple[list[Path], list[Refusal]]:
    """The hooks of `event` in their order, and what was found but will not be run.

    Refused: what is not a regular file or not executable, what others may write to, and what
    belongs to neither this user nor root. Names with a dot in front or a tilde behind are passed
    over. A missing folder holds no hooks.
    """
    found: list[Path] = []
    refused: list[Refusal] = []
    candidates = [folder / event] if os.path.lexists(folder / event) else []
    several = folder / f"{event}.d"
    try:
        candidates += sorted(several.iterdir())
    except FileNotFoundError:
        pass  # most events have no such folder
    except OSError as error:
        refused.append(Refusal(several, f"cannot be read: {error.strerror or error}"))
    for path in candidates:
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        reason = _unsafe_folder(path.parent) or _unsafe_folder(folder) or _unsafe(path)
        if reason is None:
            found.append(path)
        else:
            refused.append(Refusal(path, reason))
    return found, refused


def check(folder: Path) -> list[Refusal]:
    """Everything in the hooks folder that will never run, with the reason; for `flowtui doctor`."""
    refused = [refusal for event in EVENTS for refusal in find(folder, event)[1]]
    known = {*EVENTS, *(f"{event}.d" for event in EVENTS)}
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return refused
    except OSError as error:
        return [Refusal(folder, f"cannot be read: {error.strerror or error}")]
    for name in names:
        if name in known or name.startswith(".") or name.endswith("~"):
            continue
        near = get_close_matches(name.partition(".")[0], EVENTS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"events are {', '.join(EVENTS)}"
        refused.append(Refusal(folder / name, f"is not named by an event; {hint}"))
    return refused


def run_hooks(
    folder: Path,
    event: str,
    payload: bytes,
    env: Mapping[str, str],
    log: Path,
    clock: Clock,
    timeout_s: float = TIMEOUT_S,
) -> list[HookResult]:
    """Run all hooks of `event`, one after the other, and write down how they went; never raises.

    `payload` is what they read: one JSON object in UTF-8. May take `timeout_s` (and two seconds
    more for a hook that will not end) for each hook, so the app calls it in a thread.
    """
    if env.get(EVENT_VARIABLE):
        return []
    found, refused = find(folder, event)
    results = [HookResult(r.path, event, None, None, "", r.reason) for r in refused]
    for path in found:
        began = clock.monotonic()
        ran = run_bounded([str(path)], payload, {**env, EVENT_VARIABLE: event}, folder, timeout_s)
        took = clock.monotonic() - began if ran.started else None
        results.append(HookResult(path, event, ran.status, took, ran.output, ran.problem))
    if results:
        write_log(log, clock.now(), [_entry(result) for result in results])
    return results


def _entry(result: HookResult) -> tuple[str, str]:
    """One result for the log: a line about it, and what it printed."""
    took = "" if result.seconds is None else f" in {result.seconds:.1f} s"
    ended = "not run" if result.status is None else f"status {result.status}{took}"
    problem = f": {result.problem}" if result.problem else ""
    return f"{result.event} {result.path} {ended}{problem}", result.output


def _unsafe(path: Path) -> str | None:
    """Why a file must not be run, or None."""
    try:
        seen = path.stat()
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    if not stat.S_ISREG(seen.st_mode):
        return "is not a file"
    if seen.st_mode & stat.S_IWOTH:
        return f"others may write to it; chmod o-w {path}"
    if seen.st_uid not in (0, os.geteuid()):
        return "belongs to somebody else"
    if not os.access(path, os.X_OK):
        return f"is not executable; chmod +x {path}"
    return None


def _unsafe_folder(folder: Path) -> str | None:
    """Why nothing in a folder must be run, or None."""
    try:
        seen = folder.stat()
    except OSError as error:
        return f"its folder cannot be read: {error.strerror or error}"
    if seen.st_mode & stat.S_IWOTH:
        return f"others may write to its folder; chmod o-w {folder}"
    if seen.st_uid not in (0, os.geteuid()):
        return "its folder belongs to somebody else"
    return None


MAX_LOG = 512 * 1024
"""Bytes after which the log is begun anew; the one before is kept beside it."""


def write_log(log: Path, now: datetime, entries: Sequence[tuple[str, str]]) -> None:
    """Append `entries`, each a line and what was printed; a log that cannot be written is let go.

    Control characters are written as their escapes, so that the log can be read with `less`.
    """
    text = "".join(
        f"{now.isoformat(timespec='seconds')} {_shown(line)}\n"
        + "".join(f"    {_shown(printed)}\n" for printed in output.splitlines())
        for line, output in entries
    )
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if log.exists() and log.stat().st_size > MAX_LOG:
            log.replace(log.with_name(log.name + ".1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(log, flags, 0o600)
        try:
            os.write(descriptor, text.encode(errors="replace"))
        finally:
            os.close(descriptor)
    except OSError:
        pass  # the results are given back all the same; a full disk must not end a block


def _shown(text: str) -> str:
    return "".join(char if is_shown(char) or char == "\t" else ascii(char)[1:-1] for char in text)
