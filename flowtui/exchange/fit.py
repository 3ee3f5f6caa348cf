"""FIT files of watches and bike computers: the sessions of each, alone, in a folder or archive.

Reading is left to fitdecode (MIT), imported only here and only when a file is read. A session's
`timestamp`s are UTC; the activity message also says what the watch showed, which gives the zone.
`workout_rpe` is the effort a person entered on the watch, 0 to 100.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError
from flowtui.exchange import exercises
from flowtui.exchange.dates import zone_at
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.protocol import Found, LeftOut, Options, Row, Unread
from flowtui.exchange.sniffing import head_of, holds
from flowtui.exchange.sources import open_source

if TYPE_CHECKING:
    import fitdecode

SUFFIXES = (".fit", ".fit.gz")
MAX_BYTES = 256 << 20
"""Unpacked size beyond which a single recording is no honest one."""
SCALE = "fit-rpe"
_STEP = 1 << 16
_UNPACKING = (struct.error, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What fitdecode lets through from fields that are not what they say, besides its own errors."""


class Fit:
    """FIT recordings."""

    name = "fit"
    title = "FIT (Garmin and other watches; file, folder or zip)"

    def sniff(self, path: Path) -> bool:
        """A FIT file by its mark, or a folder or archive with one."""
        if path.is_file() and (_is_fit(head_of(path, 14)) or _named(path.name)):
            return True
        return (path.is_dir() or path.suffix.casefold() == ".zip") and holds(path, _has_fit)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every session; of several files a damaged one is listed and the others are read.

        Raises FlowError for a lone file that is damaged.
        """
        desk = desk_for(self.name, path, options)
        empty = loose = 0
        with open_source(path) as source:
            names = sorted(filter(_named, source.names()))
            if not names and path.is_file():
                names = source.names()[:1]
            if not names:
                raise FlowError(f"{path} holds no FIT file", "their names end in .fit or .fit.gz")
            for done, name in enumerate(names):
                options.tick(done, len(names))
                try:
                    with source.open(name) as file:
                        content = _plain(file, name)
                    made, whole = _sessions(content, name, done + 1, desk)
                except FlowError as error:
                    if len(names) == 1:
                        raise
                    yield desk.unread(done + 1, name, error.message)
                    continue
                empty += not made
                loose += not whole
                yield from made
        if loose:
            yield LeftOut(
                "checksums: so many files have wrong ones and were read all the same", loose
            )
        if empty:
            yield LeftOut("FIT files without a session (courses, settings)", empty)


def _is_fit(head: bytes) -> bool:
    return len(head) >= 12 and head[8:12] == b".FIT"


def _named(name: str) -> bool:
    return name.casefold().endswith(SUFFIXES)


def _has_fit(names: list[str]) -> bool:
    return any(map(_named, names))


def _plain(file: IO[bytes], name: str) -> bytes:
    """The recording's bytes, unpacked within the limit."""
    try:
        stream: IO[bytes] | gzip.GzipFile = file
        if name.casefold().endswith(".gz"):
            stream = gzip.GzipFile(fileobj=file)
        content = bytearray()
        while chunk := stream.read(_STEP):
            content += chunk
            if len(content) > MAX_BYTES:
                raise FlowError(
                    f"{name} is more than {MAX_BYTES >> 20} MiB unpacked", "nothing was imported"
                )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FlowError(f"{name} is damaged: {error}", "copy it from the watch again") from None
    if not _is_fit(bytes(content[:14])):
        raise FlowError(f"{name} is no FIT file", "a FIT file has .FIT in its first 12 bytes")
    return bytes(content)


def _sessions(
    content: bytes, name: str, number: int, desk: Desk
) -> tuple[list[Found | Unread], bool]:
    """The sessions of a recording, and whether its checksums are right.

    One whose checksums alone are wrong is read: some programs write them so. One that is cut short
    is not. Raises FlowError.
    """
    try:
        import fitdecode
    except ImportError:
        raise FlowError("reading FIT needs fitdecode", "pip install fitdecode") from None
    try:
        return _decoded(content, name, number, desk, fitdecode.CrcCheck.RAISE), True
    except fitdecode.FitCRCError:
        pass
    except (fitdecode.FitError, AssertionError, *_UNPACKING) as error:
        raise _damaged(name, error) from None
    try:
        return _decoded(content, name, number, desk, fitdecode.CrcCheck.DISABLED), False
    except Exception as error:  # whatever a damaged recording raises in the library
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> FlowError:
    what = f": {error}" if str(error) else ""
    return FlowError(f"{name} is damaged{what}", "copy it from the watch again")


def _decoded(
    content: bytes, name: str, number: int, desk: Desk, check_crc: object
) -> list[Found | Unread]:
    import fitdecode

    serial, offset = "-", None
    sessions: list[Mapping[str, object]] = []
    with fitdecode.FitReader(
        content, check_crc=check_crc, error_handling=fitdecode.ErrorHandling.RAISE
    ) as reader:
        for frame in reader:
            if not isinstance(frame, fitdecode.FitDataMessage):
                continue
            if frame.name == "file_id":
                serial = str(_values(frame).get("serial_number") or "-")
            elif frame.name == "session":
                sessions.append(_values(frame))
            elif frame.name == "activity":
                offset = _offset(_values(frame))
    parts = [one for one in sessions if _words(one) not in _NO_PARTS] or sessions
    return [_entry(fields, serial, offset, name, number, desk) for fields in parts]


_NO_PARTS = ("transition", "multisport")
"""Sessions of a multisport recording that are no workout of their own: changing, and the whole."""


def _words(session: Mapping[str, object]) -> str:
    return str(session.get("sport") or "").casefold()


def _values(frame: fitdecode.FitDataMessage) -> Mapping[str, object]:
    return {field.name: field.value for field in frame.fields}


def _offset(activity: Mapping[str, object]) -> timedelta | None:
    """What the watch showed less UTC, to the quarter of an hour that offsets have."""
    utc, shown = activity.get("timestamp"), activity.get("local_timestamp")
    if not isinstance(utc, datetime) or not isinstance(shown, datetime):
        return None
    delta = shown.replace(tzinfo=UTC) - utc.replace(tzinfo=UTC)
    quarters = round(delta.total_seconds() / 900)
    return timedelta(minutes=15 * quarters) if -56 <= quarters <= 60 else None


def _entry(
    fields: Mapping[str, object],
    serial: str,
    offset: timedelta | None,
    name: str,
    number: int,
    desk: Desk,
) -> Found | Unread:
    start, elapsed = fields.get("start_time"), fields.get("total_elapsed_time")
    moving, rpe = fields.get("total_timer_time"), fields.get("workout_rpe")
    if elapsed is None:
        elapsed = moving
    if not isinstance(start, datetime) or not isinstance(elapsed, int | float):
        return desk.unread(number, name, "a session without a start or a length")
    start = start.replace(tzinfo=UTC)
    sport = exercises.fit(str(fields.get("sport") or ""), str(fields.get("sub_sport") or ""))
    effort = round(rpe / 5) / 2 if isinstance(rpe, int | float) else None
    seconds = round(elapsed)
    return desk.entry(
        number,
        f"{serial}|{start:%Y-%m-%dT%H:%M:%S}|{sport}",
        Kind.WORKOUT,
        name,
        start=start,
        end=start + timedelta(seconds=seconds),
        duration_s=min(round(moving), seconds) if isinstance(moving, int | float) else None,
        zone=zone_at(start, offset, desk.options.zone),
        name=sport,
        effort=effort,
        scale=SCALE if effort is not None else None,
        app=None if serial == "-" else f"device {serial}",
    )
