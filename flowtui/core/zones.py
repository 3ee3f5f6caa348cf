"""Time zones by the names that records carry, also by one that this machine does not know."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

FALLBACK = ZoneInfo("UTC")
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z][A-Za-z0-9_+.-]*(?:/[A-Za-z0-9_+.-]+)*")
_LONGEST = 64


def is_zone_name(text: str) -> bool:
    """Whether `text` is written as an IANA name, known here or not."""
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None


@cache
def known_zone(name: str) -> ZoneInfo | None:
    """The zone called `name`; None if this machine's database has none."""
    try:
        return ZoneInfo(name)
    except (TypeError, ValueError, KeyError, OSError):
        return None  # a folder such as "Europe" is an OSError, an absolute path a ValueError


def zone_or_utc(name: str) -> ZoneInfo:
    """The zone called `name`, or UTC where it is not known: `zone_words` tells of that."""
    return known_zone(name) or FALLBACK


def elsewhere(name: str, at: datetime, here: ZoneInfo) -> str:
    """Whose clock a record shows where that is not the one `here`: "Kolkata time"; else empty.

    Zones whose clocks agree at that instant are not told apart.
    """
    there = zone_or_utc(name)
    if at.astimezone(there).utcoffset() == at.astimezone(here).utcoffset():
        return ""
    return f"{there.key.rpartition('/')[2].replace('_', ' ')} time"


def zone_words(name: str) -> str:
    """The name of a zone as it is shown: with a remark where its times are shown in UTC."""
    return name if known_zone(name) else f"{name} (unknown on this machine; times in UTC)"
