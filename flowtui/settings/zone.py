"""The time zone of this machine, as an IANA name."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

MARKER = "zoneinfo/"
UTC_NAMES = ("", "UTC0", "GMT0", "<UTC>0")
"""Values of TZ that mean UTC without being a name in the database (POSIX TZ, tzset(3))."""


def zone_named(key: str) -> ZoneInfo | None:
    """The zone with this IANA name; None if there is none or the name is not one."""
    try:
        return ZoneInfo(key)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        # a folder such as "Europe" is an OSError, an absolute path a ValueError
        return None


def local_zone(env: Mapping[str, str] | None = None, root: Path = Path("/")) -> ZoneInfo:
    """The zone of this machine: `TZ`, then `/etc/localtime`, then `/etc/timezone`, then UTC.

    A `TZ` that only spells out offsets (`CET-1CEST,M3.5.0`) has no IANA name and is passed over.
    Where `/etc/localtime` is a copy rather than a link, the database is searched for its equal.
    `env` is the environment (default: this process's), `root` the folder that stands for `/`.
    """
    env = os.environ if env is None else env
    for key in _candidates(env, root):
        found = zone_named(key)
        if found is not None:
            return found
    return ZoneInfo("UTC")


def unknown_tz(env: Mapping[str, str]) -> str:
    """The value of `TZ` if it names no zone that this machine knows; else empty."""
    value = env.get("TZ", "")
    word = value.removeprefix(":")
    if word in UTC_NAMES or zone_named(word.rpartition(MARKER)[2]) is not None:
        return ""
    return value


def _candidates(env: Mapping[str, str], root: Path) -> Iterator[str]:
    value = env.get("TZ")
    if value is not None:
        word = value.removeprefix(":")
        yield "UTC" if word in UTC_NAMES else word.rpartition(MARKER)[2]
    localtime = root / "etc/localtime"
    yield from _linked(localtime)
    try:
        yield (root / "etc/timezone").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        pass  # only Debian and its kin have it
    yield from _equal(localtime)


def _linked(localtime: Path) -> Iterator[str]:
    """Names from the link, the nearest first: further links lead to names in use elsewhere."""
    path = localtime
    for _ in range(8):
        try:
            path = path.parent / path.readlink()
        except OSError:
            return
        head, marker, key = str(path).rpartition(MARKER)
        if marker and head:
            yield key.removeprefix("posix/").removeprefix("right/")


def _equal(localtime: Path) -> Iterator[str]:
    """The name whose file has the same bytes, areas such as Europe/ before old short names."""
    try:
        wanted = localtime.read_bytes()
    except OSError:
        return
    names = sorted(zoneinfo.available_timezones(), key=lambda n: ("/" not in n, "Etc/" in n, n))
    for folder in map(Path, zoneinfo.TZPATH):
        for name in names:
            file = folder / name
            try:
                if file.stat().st_size == len(wanted) and file.read_bytes() == wanted:
                    yield name
                    return
            except OSError:
                continue  # this folder lacks the name
