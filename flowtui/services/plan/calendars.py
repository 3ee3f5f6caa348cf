"""The user's calendars, read by a process of its own and kept until a file changes."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.plan.calendar_event import CalendarEvent, CalendarReading
from flowtui.services.plan.calendar_addresses import CalendarAddresses
from flowtui.system import interpreter
from flowtui.system.files import write_atomic

READER = "flowtui.exchange.calendar"
BEFORE, AFTER = timedelta(days=1), timedelta(days=60)
"""The days around today that are read at once and kept; all that plans and shows asks of them."""
READ_S = 20.0
"""Seconds that all calendars together may take."""
WINDOW_LIMIT_DAYS = 3_700


class Calendars:
    """Reads calendars; `sources` are those of the settings that lie on this machine."""

    def __init__(
        self,
        sources: Sequence[str],
        me: Sequence[str],
        zone: ZoneInfo,
        cache_dir: Path,
        env: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self.sources = tuple(sources)
        self._me = tuple(me)
        self._zone = zone
        self._cache = cache_dir / "calendar.json"
        self._other = cache_dir / "calendar-other.json"
        self._clock = clock
        self._known: tuple[int, tuple[CalendarEvent, ...]] | None = None
        """Of the days around today, with the time of the file that they were read from."""
        self._env = dict(env)
        web = [one for one in sources if "://" in one]
        self.addresses = CalendarAddresses(web, cache_dir / "calendars", clock)

    def read(self, paths: Sequence[Path], first: date, last: date) -> CalendarReading:
        """What `paths` (files, folders) say of the days from `first` to `last`, both included.

        Raises FlowError where a path is missing, the reading takes too long or cannot be done.
        """
        for path in paths:
            if not path.exists():
                raise FlowError(f"there is no {path}", "name a calendar file or a folder of them")
        if not 0 <= (last - first).days <= WINDOW_LIMIT_DAYS:
            raise FlowError(
                f"{first} to {last} cannot be read",
                f"name days in order, at most {WINDOW_LIMIT_DAYS} of them",
            )
        reading = CalendarReading.from_json(_asked(self._question(paths, first, last), self._env))
        for item in reading.left_out:
            if [item.uid] == [str(path.absolute()) for path in paths]:
                raise FlowError(f"{item.uid}: {item.why}", "name a calendar file (.ics)")
        return reading

    def days(self, first: date, last: date) -> CalendarReading:
        """What the calendars of the settings say; kept until one of their files changes.

        Sources that are missing are left out and named; so is whatever cannot be read in time.
        """
        paths = [Path(one).expanduser() for one in self.local_sources()]
        paths += [copy.path for copy in self.addresses.copies() if copy.path is not None]
        remarks = tuple(self.addresses.remarks())
        if not paths:
            return CalendarReading(remarks=remarks)
        low, high = self._around()
        if low <= first and last <= high:
            reading = self._days(paths, low, high, self._cache)
            events = self._touching(reading.events, first, last)
        else:
            reading = self._days(paths, first, last, self._other)
            events = reading.events
        return replace(reading, events=events, remarks=(*reading.remarks, *remarks))

    def renew(self) -> None:
        """Read the days around today anew where a file has changed. Raises FlowError."""
        if self.sources:
            self.days(*self._around())

    def known(self, first: date, last: date) -> tuple[CalendarEvent, ...]:
        """What is kept of the days around today, however old; reads no calendar and never raises.

        For whoever is asked often; somebody else calls `renew`.
        """
        if not self.sources:
            return ()
        try:
            stamp = self._cache.stat().st_mtime_ns
        except OSError:
            return ()
        if self._known is None or self._known[0] != stamp:
            kept = self._kept(self._cache)
            try:
                events = CalendarReading.from_json(kept["reading"]).events if kept else ()
            except (KeyError, TypeError, ValueError):
                events = ()
            self._known = (stamp, events)
        return self._touching(self._known[1], first, last)

    def _around(self) -> tuple[date, date]:
        today = self._clock.now().astimezone(self._zone).date()
        return today - BEFORE, today + AFTER

    def _touching(
        self, events: Sequence[CalendarEvent], first: date, last: date
    ) -> tuple[CalendarEvent, ...]:
        low = datetime.combine(first, time(), self._zone)
        high = datetime.combine(last + timedelta(days=1), time(), self._zone)
        return tuple(
            event
            for event in events
            if event.start < high and (event.end > low or event.start >= low)
        )

    def _days(self, paths: Sequence[Path], first: date, last: date, cache: Path) -> CalendarReading:
        question = self._question([path for path in paths if path.exists()], first, last)
        key = hashlib.sha256(
            json.dumps([question, [_stamps(path) for path in paths]]).encode()
        ).hexdigest()
        kept = self._kept(cache)
        if kept is not None and kept.get("key") == key:
            try:
                return CalendarReading.from_json(kept["reading"])
            except (KeyError, TypeError, ValueError):
                pass  # a damaged cache is made anew
        answer = _asked(question, self._env)
        answer["left_out"] += [
            {"uid": str(path), "why": "it is not there"} for path in paths if not path.exists()
        ]
        try:
            write_atomic(cache, json.dumps({"key": key, "reading": answer}).encode())
        except OSError:
            pass  # it will be read again
        return CalendarReading.from_json(answer)

    def local_sources(self) -> list[str]:
        """Files and folders of this machine among the sources."""
        return [one for one in self.sources if "://" not in one]

    def _question(self, paths: Sequence[Path], first: date, last: date) -> dict[str, Any]:
        return {
            "paths": [str(path.absolute()) for path in paths],
            "first": first.isoformat(),
            "last": last.isoformat(),
            "zone": self._zone.key,
            "me": list(self._me),
        }

    def _kept(self, cache: Path) -> dict[str, Any] | None:
        try:
            kept = json.loads(cache.read_bytes())
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) else None


def _asked(question: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """The reading process's answer. Raises FlowError."""
    again = "try again with fewer days or fewer calendars"
    try:
        process = interpreter.start(
            READER,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    except OSError as error:
        raise FlowError(f"calendars cannot be read: {error.strerror}", "try again") from None
    with process:
        try:
            out, errors = process.communicate(json.dumps(question), timeout=READ_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise FlowError(f"reading the calendars took over {READ_S:g} s", again) from None
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        last = errors.strip().splitlines()[-1:] or [f"status {process.returncode}"]
        raise FlowError(f"the calendars cannot be read: {last[0]}", again) from None
    return answer


def _stamps(path: Path) -> list[list[object]]:
    """Sizes and times of the files of a source, by which a change is seen."""
    stamps: list[list[object]] = []
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        try:
            found = file.stat()
        except OSError:
            continue
        stamps.append([str(file), found.st_size, found.st_mtime_ns])
    return stamps
