"""How much of a lease is left: arithmetic on clocks, without reading one.

Within a boot, boot time alone counts: it runs through sleep and nobody can set it. Across boots
the wall clock is believed only where it can be. What is left never grows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .errors import Damaged

LONGEST_S = 24 * 3600.0


@dataclass(frozen=True)
class Reading:
    """All clocks at one instant."""

    boot_id: str
    boottime: float
    """Seconds since boot, sleep included."""
    wall: float
    """Seconds since 1970 by a clock that anybody with the right may set."""
    synced: bool
    """True if the wall clock follows a time server."""


@dataclass(frozen=True)
class Countdown:
    """What was left at a reading."""

    left_s: float
    boot_id: str
    boottime: float
    wall: float
    owed_since: float | None = None
    """Wall time before a reboot whose length is not accounted for yet; None: nothing is owed."""
    owed_counted_s: float = 0.0
    """Seconds counted since `owed_since`."""

    @property
    def over(self) -> bool:
        """True once nothing is left, to the millisecond: sums of seconds are not exact."""
        return self.left_s < 0.001


def begin(seconds: float, now: Reading) -> Countdown:
    """A countdown of `seconds` from `now`."""
    return Countdown(float(seconds), now.boot_id, now.boottime, now.wall)


def advance(count: Countdown, now: Reading, strict: bool) -> Countdown:
    """`count` carried on to `now`.

    Time that a machine was off counts where the wall clock is synchronised, or `strict` is False;
    else it is owed until the clock is. A clock that was set back owes nothing.
    """
    if now.boot_id == count.boot_id:
        passed = max(0.0, now.boottime - count.boottime)
        owed, counted = count.owed_since, count.owed_counted_s + passed
    else:
        # of a new boot, all that it has been up has passed; a container that starts anew has a
        # boot id of its own over the boot time of its host, which says nothing
        passed = max(0.0, now.boottime) if now.boottime < count.boottime else 0.0
        owed = count.wall if count.owed_since is None else count.owed_since
        counted = passed + (0.0 if count.owed_since is None else count.owed_counted_s)
    left = count.left_s - passed
    if owed is not None and (now.synced or not strict):
        left -= max(0.0, now.wall - owed - counted)
        owed, counted = None, 0.0
    return Countdown(
        max(0.0, left), now.boot_id, now.boottime, now.wall, owed, counted if owed else 0.0
    )


def lengthened(count: Countdown, seconds: float) -> Countdown:
    """`count` with `seconds` more, at most 24 hours; less than nothing more is a ValueError.

    It is promised from now on: what was owed of before shortens it no more.
    """
    if not seconds > 0 or not math.isfinite(seconds):
        raise ValueError(seconds)
    left = min(LONGEST_S, count.left_s + seconds)
    return Countdown(
        max(count.left_s, left),
        count.boot_id,
        count.boottime,
        count.wall,
    )


def encode(count: Countdown) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "left_s": count.left_s,
        "boot_id": count.boot_id,
        "boottime": count.boottime,
        "wall": count.wall,
        "owed_since": count.owed_since,
        "owed_counted_s": count.owed_counted_s,
    }


def decode(raw: Any) -> Countdown:
    """Raises Damaged for what `encode` has not written."""
    try:
        owed = raw["owed_since"]
        numbers = [float(raw[k]) for k in ("left_s", "boottime", "wall", "owed_counted_s")]
        owed = None if owed is None else float(owed)
        boot_id = raw["boot_id"]
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"the countdown cannot be read: {error}") from None
    if not all(map(math.isfinite, [*numbers, owed or 0.0])) or not isinstance(boot_id, str):
        raise Damaged("the countdown holds no numbers")
    left, boottime, wall, counted = numbers
    if not 0 <= left <= LONGEST_S or counted < 0:
        raise Damaged(f"the countdown says {left:g} s, which no lease is")
    return Countdown(left, boot_id, boottime, wall, owed, counted)
