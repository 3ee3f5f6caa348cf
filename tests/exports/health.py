"""Health Connect's database and Apple Health's XML, archives included."""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

_COMMON = (
    "row_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB UNIQUE NOT NULL,"
    " last_modified_time INTEGER NOT NULL, client_record_id TEXT, client_record_version TEXT,"
    " device_info_id INTEGER, app_info_id INTEGER, recording_method INTEGER,"
    " dedupe_hash BLOB, start_time INTEGER, start_zone_offset INTEGER, end_time INTEGER,"
    " end_zone_offset INTEGER, local_date_time_start_time INTEGER,"
    " local_date_time_end_time INTEGER, local_date INTEGER"
)
_SCHEMA = f"""
CREATE TABLE application_info_table (row_id INTEGER PRIMARY KEY, package_name TEXT UNIQUE,
    app_name TEXT, app_icon BLOB, record_types_used TEXT);
CREATE TABLE sleep_session_record_table ({_COMMON}, title TEXT, notes TEXT);
CREATE TABLE sleep_stages_table (parent_key INTEGER, stage_start_time INTEGER,
    stage_end_time INTEGER, stage_type INTEGER);
CREATE TABLE exercise_session_record_table ({_COMMON}, title TEXT, notes TEXT,
    exercise_type INTEGER, has_route INTEGER);
CREATE TABLE steps_record_table ({_COMMON}, count INTEGER);
PRAGMA user_version = 20;
"""


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _uuid(seed: str) -> bytes:
    return hashlib.sha256(seed.encode()).digest()[:16]


def health_connect_db(path: Path) -> Path:
    """Two nights (one with stages, one flown east), a run, an unknown sport, some steps."""
    connection = sqlite3.connect(path)
    connection.executescript(_SCHEMA)
    connection.execute(
        "INSERT INTO application_info_table VALUES (1, 'com.example.band', 'Band', NULL, '')"
    )
    night = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    _session(connection, "sleep_session_record_table", "n1", night, 8 * 60, (3600, 3600))
    for number, stage in enumerate((7, 4, 5, 6, 1, 4, 3, 0)):
        begin = night + timedelta(minutes=60 * number)
        connection.execute(
            "INSERT INTO sleep_stages_table VALUES (1, ?, ?, ?)",
            (_ms(begin), _ms(begin + timedelta(minutes=60)), stage),
        )
    flight = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)
    _session(connection, "sleep_session_record_table", "n2", flight, 6 * 60, (3600, 19800))
    run = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
    _session(connection, "exercise_session_record_table", "r", run, 45, (3600, 3600), 33, "Evening")
    _session(connection, "exercise_session_record_table", "x", run, 5, (3600, 3600), 999)
    for hour in range(5):
        _session(
            connection,
            "steps_record_table",
            f"s{hour}",
            run + timedelta(hours=hour),
            60,
            (3600, 3600),
        )
    connection.commit()
    connection.close()
    return path


def _session(
    connection: sqlite3.Connection,
    table: str,
    seed: str,
    start: datetime,
    minutes: int,
    offsets: tuple[int, int],
    sport: int | None = None,
    title: str | None = None,
) -> None:
    end = start + timedelta(minutes=minutes)
    fields: dict[str, object] = {
        "uuid": _uuid(table + seed),
        "last_modified_time": _ms(end),
        "app_info_id": 1,
        "start_time": _ms(start),
        "start_zone_offset": offsets[0],
        "end_time": _ms(end),
        "end_zone_offset": offsets[1],
    }
    if sport is not None:
        fields |= {"exercise_type": sport, "title": title}
    names = ", ".join(fields)
    marks = ", ".join("?" * len(fields))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(fields.values()))


def health_connect_zip(path: Path) -> Path:
    """The backup as the phone writes it: one database in a zip."""
    inner = health_connect_db(path.with_suffix(".tmp.db"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "health_connect_export.db")
    inner.unlink()
    return path


BROKEN_DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT VisionPrescription (RightEye?, LeftEye?, Attachment*)>
<!ATTLIST VisionPrescription
  type             CDATA #REQUIRED
  brand            CDATA #IMPLIED
<!ELEMENT RightEye EMPTY>
<!ATTLIST RightEye
  sphere           CDATA #IMPLIED
<!ELEMENT MetadataEntry EMPTY>
>
]>
"""
"""As iOS 16 wrote it: ATTLIST declarations are never closed, a stray > follows."""
_SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
_STAGE = "HKCategoryValueSleepAnalysis"


def apple_date(moment: datetime) -> str:
    """As Apple writes instants."""
    return f"{moment:%Y-%m-%d %H:%M:%S %z}"


def apple_record(
    kind: str, value: str, start: datetime, end: datetime, source: str = "Watch", unit: str = ""
) -> str:
    """One `<Record>`."""
    unit_text = f' unit="{unit}"' if unit else ""
    return (
        f' <Record type="{kind}" sourceName="{source}" sourceVersion="9.6.3"'
        ' device="&lt;&lt;HKDevice: 0x281&gt;, name:Watch, model:Watch, hardware:Watch6,2&gt;"'
        f'{unit_text} creationDate="{apple_date(end)}" startDate="{apple_date(start)}"'
        f' endDate="{apple_date(end)}" value="{value}"/>\n'
    )


def apple_sleep(stage: str, start: datetime, minutes: int, source: str = "Watch") -> str:
    """One sample of sleep."""
    return apple_record(
        _SLEEP, f"{_STAGE}{stage}", start, start + timedelta(minutes=minutes), source
    )


def apple_workout(
    sport: str, start: datetime, minutes: int, moving: float | None = None, source: str = "Watch"
) -> str:
    """One `<Workout>` with the statistics newer systems put inside."""
    end = start + timedelta(minutes=minutes)
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{sport}"'
        f' duration="{minutes if moving is None else moving}" durationUnit="min"'
        f' sourceName="{source}" creationDate="{apple_date(end)}"'
        f' startDate="{apple_date(start)}" endDate="{apple_date(end)}">\n'
        '  <MetadataEntry key="HKIndoorWorkout" value="0"/>\n'
        '  <WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="210"'
        ' unit="kcal"/>\n </Workout>\n'
    )


def apple_xml(body: Iterable[str], dtd: str = BROKEN_DTD) -> str:
    """A whole export."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + dtd
        + '<HealthData locale="de_DE">\n <ExportDate value="2026-03-10 08:00:00 +0100"/>\n'
        ' <Me HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>\n'
        + "".join(body)
        + "</HealthData>\n"
    )


def apple_body() -> list[str]:
    """A night seen by watch and phone, a nap in bed only, a run with effort, some steps."""
    plus1 = timezone(timedelta(hours=1))
    bed = datetime(2026, 3, 2, 23, 0, tzinfo=plus1)
    run = datetime(2026, 3, 3, 18, 0, tzinfo=plus1)
    steps = [
        apple_record(
            "HKQuantityTypeIdentifierStepCount",
            str(100 + n),
            run + timedelta(minutes=n),
            run + timedelta(minutes=n + 1),
            "Phone\x0b",
            "count",
        )
        for n in range(10)
    ]
    return [
        *steps,
        apple_sleep("InBed", bed - timedelta(minutes=20), 500, "Phone"),
        apple_sleep("AsleepCore", bed, 120),
        apple_sleep("AsleepDeep", bed + timedelta(minutes=120), 60),
        apple_sleep("Awake", bed + timedelta(minutes=180), 15),
        apple_sleep("AsleepREM", bed + timedelta(minutes=195), 90),
        apple_sleep("AsleepCore", bed + timedelta(minutes=270), 150),
        apple_sleep("InBed", datetime(2026, 3, 3, 14, 0, tzinfo=plus1), 30, "Phone"),
        apple_workout("Running", run, 50, 45.5),
        apple_record(
            "HKQuantityTypeIdentifierWorkoutEffortScore",
            "7",
            run,
            run + timedelta(minutes=50),
            unit="appleEffortScore",
        ),
        apple_record(
            "HKCategoryTypeIdentifierMindfulSession",
            "HKCategoryValueNotApplicable",
            run + timedelta(hours=3),
            run + timedelta(hours=3, minutes=10),
        ),
    ]


def apple_zip(path: Path) -> Path:
    """The archive with a translated name, the decoy beside it, and a route."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "apple_health_export/export_cda.xml",
            '<?xml version="1.0"?>\n<ClinicalDocument>\n'
            + "<!-- -->" * 10_000
            + "</ClinicalDocument>",
        )
        archive.writestr("apple_health_export/Exportación.xml", apple_xml(apple_body()))
        archive.writestr("apple_health_export/workout-routes/route.gpx", "<gpx/>")
    return path
