"""Which zone a TZID means.

In this order: a definition in the file (VTIMEZONE) where it says something else than the zone of
that name, as it is the calendar's own word; the IANA name, also at the end of a path as Mozilla
writes it; the names of Windows; a city in the name; an offset in the name; else the owner's own
zone. Whatever is not plain is told in a remark.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from flowtui.core.text import plain

_UTC_NAMES = frozenset({"utc", "gmt", "z", "zulu", "etc/utc", "etc/gmt", "utc+00:00"})
_OFFSET = re.compile(r"(?:UTC|GMT)\s?([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_REPEATED = re.compile(r"^(?:RRULE|RDATE)[;:]", re.IGNORECASE)


class Zones:
    """The zones of one calendar; each name is looked up once."""

    def __init__(
        self, definitions: Mapping[str, list[str]], own: ZoneInfo, around: datetime, default: str
    ) -> None:
        """`around` is an instant (aware) near which definitions are compared with names.

        `default` is the zone that the calendar names for times without one; empty: none.
        """
        self._definitions = {name.strip('"'): lines for name, lines in definitions.items()}
        self._own = own
        self._around = around
        self._found: dict[str, tzinfo] = {}
        self.remarks: list[str] = []
        self.default: tzinfo | None = None
        if default:
            self.default = named(default) or _windows(default)
            if self.default is None:
                self.remarks.append(
                    f"the calendar's zone {plain(default, 60)!r} is unknown: "
                    f"times without a zone are in {own.key}"
                )

    def of(self, name: str) -> tzinfo:
        """The zone that `name` means."""
        if name not in self._found:
            self._found[name] = self._look_up(name.strip().strip('"'))
        return self._found[name]

    def _look_up(self, name: str) -> tzinfo:
        lines = self._definitions.get(name)
        known = named(name)
        definition = _defined(lines) if lines else None
        if definition is not None and (known is None or self._differ(definition, known)):
            whole = lines is not None and any(_REPEATED.match(line) for line in lines)
            if known is None or whole:
                if known is not None:
                    self._remark(name, "is defined otherwise in the file, and read as defined")
                return definition
        if known is not None:
            return known
        windows = _windows(name)
        if windows is not None:
            return windows
        city = _city(name)
        if city is not None:
            self._remark(name, f"is read as {city.key}")
            return city
        offset = _OFFSET.search(name)
        if offset is not None:
            self._remark(name, f"is read as UTC{offset[1]}{offset[2]} all year")
            return _fixed(offset)
        self._remark(name, f"is unknown, and read as {self._own.key}")
        return self._own

    def _differ(self, one: tzinfo, other: tzinfo) -> bool:
        days = (0, 91, 182, 273)
        moments = [self._around.astimezone(UTC) + timedelta(days=d) for d in days]
        return any(
            m.astimezone(one).utcoffset() != m.astimezone(other).utcoffset() for m in moments
        )

    def _remark(self, name: str, what: str) -> None:
        self.remarks.append(f"the zone {plain(name, 60)!r} {what}")


def named(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, or of the last parts of a path; None if there is none."""
    if name.lower() in _UTC_NAMES:
        return ZoneInfo("UTC")
    parts = [part for part in name.replace(" ", "_").split("/") if part]
    for size in range(min(3, len(parts)), 0, -1):
        if size == 1 and len(parts) > 1:
            break  # the last part alone of a longer path names no zone
        zone = _iana("/".join(parts[-size:]))
        if zone is not None:
            return zone
    return None


def _iana(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        by_case = {name.lower(): name for name in zoneinfo.available_timezones()}
        right = by_case.get(key.lower())
        return ZoneInfo(right) if right else None


def _windows(name: str) -> ZoneInfo | None:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    by_case = {key.lower(): value for key, value in WINDOWS_TO_OLSON.items()}
    key = by_case.get(name.lower())
    return _iana(key) if key else None


def _city(name: str) -> ZoneInfo | None:
    """The zone of the first city named, as in Outlook's "(UTC+01:00) Amsterdam, Berlin, ..."."""
    cities = {key.rpartition("/")[2].lower(): key for key in zoneinfo.available_timezones()}
    for word in re.sub(r"\(.*?\)", "", name).split(","):
        key = cities.get(word.strip().replace(" ", "_").lower())
        if key is not None and "/" in key:
            return ZoneInfo(key)
    return None


def _fixed(offset: re.Match[str]) -> tzinfo:
    length = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(-length if offset[1] == "-" else length)


def _defined(lines: list[str]) -> tzinfo | None:
    """The zone of a VTIMEZONE; None where it cannot be understood."""
    from icalendar import Timezone

    try:
        component = Timezone.from_ical("\r\n".join(lines))
        if not isinstance(component, Timezone):
            return None
        zone: tzinfo = component.to_tz(lookup_tzid=False)
        datetime(2026, 1, 1, tzinfo=zone).utcoffset()
    except Exception:  # whatever a damaged definition raises in the library
        return None
    return zone
