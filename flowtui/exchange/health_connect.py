"""Android's Health Connect: sleep and workouts from its backup (a zip with one SQLite file).

Format: the platform's own tables (AOSP HealthFitness): times in milliseconds UTC, zone offsets
in seconds for each end, `uuid` a blob. Stages: 1 awake, 2 sleeping, 3 out of bed, 4 light,
5 deep, 6 rem, 7 awake in bed, 0 unknown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError
from flowtui.core.span import Span, total_s, union
from flowtui.exchange import exercises
from flowtui.exchange.databases import FAR_MS, database
from flowtui.exchange.dates import zone_at
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.protocol import Fields, Found, LeftOut, Options, Row, Unread
from flowtui.exchange.sniffing import columns_of, has_tables, holds, tables_of
from flowtui.exchange.sources import open_source, unpacked

SLEEP = "sleep_session_record_table"
STAGES = "sleep_stages_table"
EXERCISE = "exercise_session_record_table"
APPS = "application_info_table"
MEMBER = "health_connect_export.db"
MAX_BYTES = 8 << 30
_ASLEEP = (2, 4, 5, 6)
_EVERY = 500


class HealthConnect:
    """Health Connect's backup."""

    name = "health-connect"
    title = "Health Connect (Android backup, zip or db)"

    def sniff(self, path: Path) -> bool:
        """The database itself, or an archive that holds it."""
        if has_tables(path, (SLEEP,)) or has_tables(path, (EXERCISE,)):
            return True
        return path.is_file() and path.suffix.casefold() == ".zip" and holds(path, _has_member)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Sleeps and workouts. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with open_source(path) as source:
            names = source.names()
            if len(names) == 1 and not _has_member(names):
                yield from _read(path, desk)
                return
            member = next((n for n in names if n.rsplit("/", 1)[-1] == MEMBER), None)
            if member is None:
                raise FlowError(f"{path} holds no {MEMBER}", "export it from Health Connect again")
            with unpacked(source, member, MAX_BYTES) as plain:
                yield from _read(plain, desk)


def _has_member(names: list[str]) -> bool:
    return any(name.rsplit("/", 1)[-1] == MEMBER for name in names)


def _read(path: Path, desk: Desk) -> Iterator[Row]:
    with database(path) as connection:
        have = tables_of(connection)
        if not have & {SLEEP, EXERCISE}:
            raise FlowError(
                f"{path.name} is not a backup of Health Connect", "it has no sleep table"
            )
        apps = _apps(connection) if APPS in have else {}
        total = sum(_count(connection, t) for t in (SLEEP, EXERCISE) if t in have)
        done = 0
        for table, kind in ((SLEEP, Kind.SLEEP), (EXERCISE, Kind.WORKOUT)):
            if table not in have:
                continue
            columns = columns_of(connection, table)
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY row_id"):
                if done % _EVERY == 0:
                    desk.options.tick(done, total)
                done += 1
                fields = {name: row[name] for name in columns}
                if kind is Kind.SLEEP:
                    yield _sleep(connection, fields, desk, apps, STAGES in have)
                else:
                    yield _workout(fields, desk, apps)
        for table in sorted(t for t in have if t.endswith("_record_table")):
            if table not in (SLEEP, EXERCISE) and (count := _count(connection, table)):
                yield LeftOut(table.removesuffix("_record_table").replace("_", " "), count)


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0])


def _apps(connection: sqlite3.Connection) -> dict[object, str]:
    rows = connection.execute(f"SELECT row_id, package_name FROM {APPS}")
    return {row["row_id"]: str(row["package_name"]) for row in rows}


def _sleep(
    connection: sqlite3.Connection,
    row: dict[str, object],
    desk: Desk,
    apps: dict[object, str],
    staged: bool,
) -> Found | Unread:
    fields = _common(row, desk, apps)
    if isinstance(fields, Unread):
        return fields
    if staged:
        query = (
            f"SELECT stage_start_time, stage_end_time FROM {STAGES} "
            f"WHERE parent_key = ? AND stage_type IN {_ASLEEP}"
        )
        asleep = [
            Span(begun, over)
            for start, end in connection.execute(query, (row.get("row_id"),))
            if (begun := _instant(start)) and (over := _instant(end)) and begun < over
        ]
        if asleep:
            fields["duration_s"] = total_s(union(asleep))
    return desk.entry(_line(row), _key(row), Kind.SLEEP, _text("sleep", row), **fields)


def _workout(row: dict[str, object], desk: Desk, apps: dict[object, str]) -> Found | Unread:
    fields = _common(row, desk, apps)
    if isinstance(fields, Unread):
        return fields
    name = exercises.health_connect(row.get("exercise_type"))
    if name is None:
        return desk.unread(
            _line(row), _text("exercise", row), f"exercise type {row.get('exercise_type')} unknown"
        )
    fields["name"] = name
    return desk.entry(_line(row), _key(row), Kind.WORKOUT, _text(name, row), **fields)


def _common(row: dict[str, object], desk: Desk, apps: dict[object, str]) -> Fields | Unread:
    start, end = row.get("start_time"), row.get("end_time")
    if (
        not isinstance(start, int)
        or not isinstance(end, int)
        or not isinstance(row.get("uuid"), bytes)
    ):
        return desk.unread(_line(row), _text("row", row), "has no uuid, start or end")
    home = desk.options.zone
    begun, over = _instant(start), _instant(end)
    if begun is None or over is None:
        return desk.unread(_line(row), _text("row", row), "has an impossible start or end")
    zone = zone_at(begun, _offset(row.get("start_zone_offset")), home)
    end_zone = zone_at(over, _offset(row.get("end_zone_offset")), home)
    modified = row.get("last_modified_time")
    notes = [str(row[f]) for f in ("title", "notes") if row.get(f)]
    return Fields(
        start=begun,
        end=over,
        zone=zone,
        end_zone=end_zone if end_zone != zone else None,
        app=apps.get(row.get("app_info_id")),
        note=" / ".join(notes),
        recorded_at=_instant(modified),
    )


def _instant(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int) or not 0 <= milliseconds < FAR_MS:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _offset(seconds: object) -> timedelta | None:
    if not isinstance(seconds, int) or abs(seconds) > 18 * 3600:
        return None
    return timedelta(seconds=seconds)


def _line(row: dict[str, object]) -> int:
    number = row.get("row_id")
    return number if isinstance(number, int) else 0


def _key(row: dict[str, object]) -> str:
    uuid = row.get("uuid")
    return uuid.hex() if isinstance(uuid, bytes) else ""


def _text(what: str, row: dict[str, object]) -> str:
    return f"{what}, start {row.get('start_time')}, end {row.get('end_time')}"
