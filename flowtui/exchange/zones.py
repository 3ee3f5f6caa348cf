"""From a UTC offset in a file to the name of a zone that has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_ODD = {
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
    630: "Australia/Adelaide",
    765: "Pacific/Chatham",
    825: "Pacific/Chatham",
    -150: "America/St_Johns",
    -210: "America/St_Johns",
    -570: "Pacific/Marquesas",
}
"""Places with offsets of less than an hour, by minutes."""


def zone_at(instant: datetime, offset: timedelta | None, home: ZoneInfo) -> str:
    """The name of a zone with `offset` at `instant`: `home` if it fits, else a fixed one.

    A file that says +0200 does not say where; the fixed zone keeps the clock right, which is all
    that a day needs. None, or an offset no zone has: `home`.
    """
    if offset is None or instant.astimezone(home).utcoffset() == offset:
        return home.key
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "Etc/UTC"
    if minutes % 60 == 0 and -12 <= minutes // 60 <= 14:
        # in these names the sign is the other way round (POSIX)
        return f"Etc/GMT{-minutes // 60:+d}"
    odd = _ODD.get(minutes)
    if odd is not None and instant.astimezone(ZoneInfo(odd)).utcoffset() == offset:
        return odd
    return home.key
