"""What a block keeps away, as a person chose it, and how that stands in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.codec import STORED
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count

STRICTNESS = ("soft", "firm", "hard")
LEAST_S = 60
MOST_S = 24 * 3600
Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a block is to keep away."""

    lists: tuple[str, ...]
    strictness: str = "soft"


@dataclass(frozen=True, slots=True)
class GuardedBlock:
    """How a block was guarded."""

    level: str
    """`guard` or `session`."""
    lists: tuple[str, ...] = field(default=(), metadata=STORED)


@dataclass(frozen=True, slots=True)
class GuardOffer:
    """What the plan of a block can choose from, and what it starts with."""

    names: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    strictness: str = "soft"
    installed: bool = False
    """True if there is a guard; without one, sites stay reachable."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether a browser is covered, and by what, or why not."""

    browser: str
    covered: bool
    why: str


@dataclass(frozen=True, slots=True)
class GuardView:
    """The guard of the running block, as it was looked at just now."""

    level: str
    """"guard": sites are kept away; "session": notices and own apps alone."""
    lists: tuple[str, ...]
    strictness: str
    left_s: int
    attempts: int = 0
    frozen: int = 0
    covers: tuple[Cover, ...] = ()
    open: tuple[str, ...] = ()
    """Lists that are open now, by a window of theirs."""
    notes: tuple[str, ...] = ()
    """What is not covered, and what was meddled with."""
    ready_in_s: int | None = None
    """Until an end that was asked for; None if none was."""
    quiet: bool = False
    """True if do-not-disturb was asked for."""
    emergency: bool = False
    """True if the end that was asked for is the emergency exit, which has to be confirmed."""
    answers: bool = True
    """False if the guard does not answer now: what is said is what is remembered."""


def seconds_for(left_s: float | None, open_s: int) -> int:
    """How long a lease lasts for a block of which so much is left (None: open-ended)."""
    wanted = open_s if left_s is None else round(left_s)
    return max(LEAST_S, min(MOST_S, wanted))


def offsets(spans: Iterable[Span], now: datetime, zone: ZoneInfo, length_s: int) -> list[list[int]]:
    """Stretches of the day as seconds after `now`, for the next `length_s`.

    On the local clock as it will be: a stretch over a clock change is as long as it really is.
    """
    local = now.astimezone(zone)
    found: list[list[int]] = []
    for start, end in spans:
        for days in (-1, 0, 1):
            day = local.date() + timedelta(days=days)
            last = day if end > start else day + timedelta(days=1)
            opens = datetime.combine(day, start, zone)
            closes = datetime.combine(last, end, zone)
            first = max(0, round((opens - now).total_seconds()))
            until = min(length_s, round((closes - now).total_seconds()))
            if first < until:
                found.append([first, until])
    return sorted(found)


def parts(view: GuardView) -> list[str]:
    """What to say of the guard, the most telling first: lists, attempts, browsers, apps."""
    said = [" ".join(_listed(view)) or "apps"]
    if not view.answers:
        said.append("does not answer now: asked again")
    elif view.level == "guard":
        said.append(f"{view.attempts} attempt{'' if view.attempts == 1 else 's'}")
        said += [f"{one.browser} {'✓' if one.covered else '✗'}" for one in view.covers]
    if view.frozen:
        said.append(f"{view.frozen} {'app' if view.frozen == 1 else 'apps'} frozen")
    if view.level == "session":
        said.append("sites stay reachable")
        said += ["notices off"] if view.quiet else []
    if view.ready_in_s is not None:
        said.append(_pending(view, view.ready_in_s))
    elif view.strictness != "soft":
        said.append(view.strictness)
    return said


def _pending(view: GuardView, ready_in_s: int) -> str:
    """An end that was asked for, in words."""
    if not view.emergency:
        return f"ends in {minutes(ready_in_s)}"
    if ready_in_s > 0:
        return f"emergency exit in {minutes(ready_in_s)}"
    return "emergency exit ready, confirm it: flowtui guard emergency"


def _listed(view: GuardView) -> list[str]:
    return [f"{name} (open)" if name in view.open else name for name in view.lists]


def line(view: GuardView, width: int) -> str:
    """One line of at most `width` cells: what does not fit is left out from its end."""
    text = "guard"
    for part in parts(view):
        longer = f"{text} {part}" if text == "guard" else f"{text}  {part}"
        if cell_count(longer) > width:
            break
        text = longer
    return text


def remains(view: GuardView | None) -> str:
    """What to say of a guard that outlives its block; empty where none does."""
    if view is None or view.level != "guard":
        return ""
    if not view.answers:
        return "the guard does not answer now; what it keeps away ends by itself at its time"
    if view.ready_in_s is not None:
        return f"the guard {_pending(view, view.ready_in_s)}"
    return f"the guard stays for {minutes(view.left_s)} more, as promised"


def uncovered(view: GuardView) -> list[str]:
    """Sentences on what is not covered; empty if all is."""
    said = [f"{one.browser}: {one.why}" for one in view.covers if not one.covered]
    return [*said, *view.notes]
