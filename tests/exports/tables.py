"""Loop, Zero, Daylio and Strava: tables and archives of tables."""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

LOOP_HABITS = (
    "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,"
    "Color,Unit,Target Type,Target Value,Archived?\n"
    "001,Meditate,YES_NO,Did you meditate?,,1,1,#FF8F00,,,,false\n"
    "002,Wake up early,YES_NO,Up before six?,,2,3,#00897B,,,,false\n"
    '003,"Read, on paper",NUMERICAL,How many pages?,,1,1,#00897B,pages,AT_LEAST,20.0,false\n'
)
LOOP_OWN = {
    "001 Meditate": (
        "Date,Value,Notes\n2026-03-03,YES_MANUAL,\n2026-03-02,SKIP,\n2026-03-01,NO,Sick\n"
    ),
    "002 Wake up early": (
        "Date,Value,Notes\n2026-03-03,UNKNOWN,\n2026-03-02,YES_AUTO,\n"
        '2026-03-01,YES_MANUAL,"Forgot, then did"\n'
    ),
    "003 Read on paper": "Date,Value,Notes\n2026-03-03,12500,\n2026-03-02,NO,\n2026-03-01,20000,\n",
}
LOOP_ALL = (
    "Date,Meditate,Wake up early,Read, on paper,\n"
    "2026-03-03,YES_MANUAL,UNKNOWN,12500,\n"
    "2026-03-02,SKIP,YES_AUTO,NO,\n"
    "2026-03-01,NO,YES_MANUAL,20000,\n"
)
LOOP_OLD_HABITS = (
    "Position,Name,Question,Description,NumRepetitions,Interval,Color\n"
    "001,Meditate,,,1,1,#FF8F00\n002,Wake up early,,,2,3,#00897B\n"
)
LOOP_OLD = "Date,Meditate,Wake up early,\n2026-03-03,2,-1,\n2026-03-02,3,1,\n2026-03-01,0,2,\n"
ZERO = (
    "Date,Start,End,Hours,Night Eating\n"
    "2/18/21,13:23,10:00,44,0\n"
    "2/14/21,20:30,9:39,13,2\n"
    "2/11/21,19:30,8:51,13,1\n"
    "2/10/21,19:00,7:30,12,0\n"
    "2/9/21,18:00,12:00,18,0"
)
"""As Zero writes it: newest first, no newline at the end, hours rounded down, one of two days."""
DAYLIO = (
    "full_date,date,weekday,time,mood,activities,scales,note_title,note\n"
    '2026-03-03,March 3,Tuesday,9:05 pm,rad,"music | good sleep","Focus:\u00a07","Out",'
    '"Dinner, ""late"""\n'
    '2026-03-02,March 2,Monday,10:30 pm,meh,"work | good sleep","Focus:\u00a04","",""\n'
    '2026-03-02,March 2,Monday,8:30\u202fam,Wired,"","","",""\n'
    '2026-03-01,March 1,Sunday,21:35,awful,"","","",""\n'
)
STRAVA_HEADER = [
    *("Activity ID", "Activity Date", "Activity Name", "Activity Type"),
    *("Activity Description", "Elapsed Time", "Distance", "Max Heart Rate"),
    *("Relative Effort", "Commute", "Activity Private Note", "Activity Gear", "Filename"),
    *("Athlete Weight", "Bike Weight", "Elapsed Time", "Moving Time", "Distance"),
    *("Max Speed", "Average Speed", "Elevation Gain", "Elevation Loss", "Elevation Low"),
    *("Elevation High", "Max Grade", "Average Grade", "Max Cadence", "Average Cadence"),
    *("Max Heart Rate", "Average Heart Rate", "Max Watts", "Average Watts", "Calories"),
    *("Max Temperature", "Average Temperature", "Relative Effort", "Total Work"),
    *("Number of Runs", "Uphill Time", "Downhill Time", "Other Time", "Perceived Exertion"),
    *("Type", "Start Time", "Media"),
]


def loop_zip(path: Path, *, own: bool = True) -> Path:
    """Loop's archive; without `own` only the table of all habits, as a selection gives."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Habits.csv", LOOP_HABITS)
        for folder, text in LOOP_OWN.items() if own else ():
            archive.writestr(f"{folder}/Scores.csv", "Date,Score\n2026-03-03,0.0519\n")
            archive.writestr(f"{folder}/Checkmarks.csv", text)
        archive.writestr("Scores.csv", "Date,Meditate,\n2026-03-03,0.0519,\n")
        archive.writestr("Checkmarks.csv", LOOP_ALL)
    return path


def loop_folder(path: Path) -> Path:
    """An older export, unpacked, with numbers for values."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "Habits.csv").write_text(LOOP_OLD_HABITS)
    (path / "Checkmarks.csv").write_text(LOOP_OLD)
    return path


def loop_db(path: Path) -> Path:
    """Loop's own database with the days of the archive."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE Habits (id INTEGER PRIMARY KEY, archived INTEGER, color INTEGER,"
        " description TEXT, freq_den INTEGER, freq_num INTEGER, highlight INTEGER, name TEXT,"
        " position INTEGER, reminder_hour INTEGER, reminder_min INTEGER, reminder_days INTEGER,"
        " type INTEGER NOT NULL DEFAULT 0, target_type INTEGER, target_value REAL, unit TEXT,"
        " question TEXT, uuid TEXT);"
        "CREATE TABLE Repetitions (id INTEGER PRIMARY KEY AUTOINCREMENT, habit INTEGER,"
        " timestamp INTEGER, value INTEGER NOT NULL, notes TEXT);"
    )
    habits = (
        (1, "Meditate", 0, ""),
        (2, "Wake up early", 0, ""),
        (3, "Read, on paper", 1, "pages"),
    )
    for number, name, kind, unit in habits:
        connection.execute(
            "INSERT INTO Habits (id, archived, name, position, type, unit) VALUES (?,0,?,?,?,?)",
            (number, name, number, kind, unit),
        )
    marks = (
        *((1, 3, 2, ""), (1, 2, 3, ""), (1, 1, 0, "Sick"), (2, 1, 2, "Forgot, then did")),
        *((3, 3, 12500, ""), (3, 2, 0, ""), (3, 1, 20000, "")),
    )
    for habit, day, value, notes in marks:
        stamp = int(datetime(2026, 3, day, tzinfo=UTC).timestamp() * 1000)
        connection.execute(
            "INSERT INTO Repetitions (habit, timestamp, value, notes) VALUES (?,?,?,?)",
            (habit, stamp, value, notes),
        )
    connection.commit()
    connection.close()
    return path


def strava_row(
    number: int = 101,
    date_text: str = "Mar 3, 2026, 6:30:00 AM",
    sport: str = "Run",
    elapsed_s: str = "1830.0",
    moving_s: str = "1800.0",
    exertion: str = "",
    name: str = "Morning Run",
) -> list[str]:
    """One activity; the first of two columns of one name holds the rounded figure."""
    cells = [""] * len(STRAVA_HEADER)
    second = len(STRAVA_HEADER) - 1 - STRAVA_HEADER[::-1].index("Elapsed Time")
    cells[:6] = [str(number), date_text, name, sport, "", elapsed_s.partition(".")[0]]
    cells[second] = elapsed_s
    cells[STRAVA_HEADER.index("Moving Time")] = moving_s
    cells[STRAVA_HEADER.index("Perceived Exertion")] = exertion
    return cells


def strava_csv(rows: list[list[str]]) -> str:
    """`activities.csv` with these rows."""
    lines = [STRAVA_HEADER, *rows]
    return "".join(
        ",".join(f'"{c}"' if "," in c or '"' in c else c for c in line) + "\n" for line in lines
    )


def strava_zip(path: Path) -> Path:
    """Strava's archive, with files of other sorts beside the table."""
    rows = [
        strava_row(101, exertion="6.0"),
        strava_row(
            102, "Mar 4, 2026, 5:15:30\u202fPM", "Weight Training", "3600.0", "", "", "Gym, legs"
        ),
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.csv", "Athlete ID,Email Address\n1,a@example.org\n")
        archive.writestr("activities.csv", strava_csv(rows))
        archive.writestr("activities/101.fit.gz", b"")
    return path
