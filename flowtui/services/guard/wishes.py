"""What is asked of the guard for a choice: names and lengths, as many as there is room for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from flowtui.core.guard import protection
from flowtui.core.guard.protection import Choice
from flowtui.core.text import plain
from flowtui.guard import lists
from flowtui.guard.client import ASK_S, OLD_ROOM, Client
from flowtui.guard.lists import SiteList
from flowtui.guard.program.names import MAX_CHARS, MAX_NAMES


def fitted(chosen: Sequence[SiteList], client: Client | None = None) -> list[SiteList]:
    """`chosen` with no more names in all than a lease has room for, before anything is asked.

    A guard of `client` that was installed earlier may have less room than one of today.

    Short lists are kept whole; what is left is shared by the long ones, their first names first. A
    list of the only sites that stay reachable is never shortened.
    """
    many = sum(len(one.sites) for one in chosen) > OLD_ROOM
    room = client.room() if client is not None and many else MAX_NAMES
    blocking = sorted((one for one in chosen if not one.only), key=lambda one: len(one.sites))
    shares: dict[str, int] = {}
    chars = MAX_CHARS
    for place, one in enumerate(blocking):
        others = len(blocking) - place
        sites = one.sites[: room // others]
        lengths = list(accumulate(map(len, sites)))
        shares[one.name] = share = bisect_right(lengths, chars // others)
        room -= share
        chars -= lengths[share - 1] if share else 0
    return [
        one if one.only else replace(one, sites=one.sites[: shares[one.name]]) for one in chosen
    ]


def wish(
    chosen: Sequence[SiteList],
    choice: Choice,
    apps: tuple[str, ...],
    seconds: int,
    now: datetime,
    zone: ZoneInfo,
    windows: Sequence[str],
) -> dict[str, Any]:
    """The request of `arm` and `plan`; `windows` are those of the settings: "news 12:30-13:00"."""
    own = [item.split(" ", 1) for item in windows]
    groups: list[dict[str, Any]] = []
    for one in chosen:
        spans = [*one.windows, *(lists.span(text) for name, text in own if name == one.name)]
        if not one.only:
            opened = protection.offsets(spans, now, zone, seconds)
            groups.append({"list": one.name, "sites": list(one.sites), "open": opened})
    return {
        "groups": groups,
        "except": [site for one in chosen for site in one.exceptions],
        "only": [site for one in chosen if one.only for site in one.sites],
        "apps": list(apps),
        "strictness": choice.strictness,
        "seconds": seconds,
    }


def left_out(chosen: Sequence[SiteList], answer: Mapping[str, Any]) -> list[str]:
    """What of large lists no layer has room for, and what the guard did not take."""
    sentences = [
        f"{one.name}: {one.total - len(one.sites)} of {one.total} names are left out, "
        f"a lease has room for {len(one.sites)} of them"
        for one in chosen
        if one.total > len(one.sites)
    ]
    for browser, layer in (answer["lease"]["layers"].get("policies") or {}).items():
        if layer["left_out"]:
            room = f"its policy has no room for {layer['left_out']} of the names"
            sentences.append(f"{browser}: {room}")
    return [*sentences, *(plain(str(reason)) for reason in list(answer.get("left_out", ()))[:5])]


def is_of(held: dict[str, Any] | None, wish: Mapping[str, Any]) -> bool:
    """True if a lease is what was just asked for."""
    if held is None or not held.get("mine"):
        return False
    names = [group["list"] for group in wish["groups"]]
    return bool(held["lists"] == names) and abs(held["left_s"] - wish["seconds"]) <= ASK_S
