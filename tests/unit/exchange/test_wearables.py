"""Nights, workouts and answers out of the exports of watches, rings and phones."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC
from pathlib import Path

import pytest

from flowtui.exchange.plan import ImportPlan
from tests.unit.exchange.make import plan, table
from tests.user import Person, Shell

CYCLE = "2026-03-02 22:30:00,2026-03-03 22:10:00,UTC+01:00"
WHOOP = {
    "physiological_cycles.csv": (
        "Cycle start time,Cycle end time,Cycle timezone,Recovery score %,Sleep onset,Wake onset,"
        "Asleep duration (min)\n"
        f"{CYCLE},66,2026-03-02 22:40:00,2026-03-03 06:40:00,432\n"
    ),
    "sleeps.csv": (
        "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,"
        "Asleep duration (min),Nap\n"
        f"{CYCLE},2026-03-02 22:40:00,2026-03-03 06:40:00,432,false\n"
        f"{CYCLE},2026-03-03 14:00:00,2026-03-03 14:25:00,20,true\n"
    ),
    "workouts.csv": (
        "Cycle start time,Cycle end time,Cycle timezone,Workout start time,Workout end time,"
        "Duration (min),Activity name,Activity Strain\n"
        f"{CYCLE},2026-03-03 18:00:00,2026-03-03 18:40:00,40,Running,11.2\n"
    ),
    "journal_entries.csv": (
        "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes\n"
        f"{CYCLE},Have any alcoholic drinks?,false,\n{CYCLE},Read in bed?,true,a paper\n"
    ),
}
FITBIT = [
    {"logId": 7, "dateOfSleep": "2026-03-03", "startTime": "2026-03-02T22:40:00.000",
     "endTime": "2026-03-03T06:40:30.000", "minutesAsleep": 432, "mainSleep": True},
    {"logId": 8, "dateOfSleep": "2026-03-03", "startTime": "2026-03-03T14:00:00.000",
     "endTime": "2026-03-03T14:25:00.000", "minutesAsleep": 20, "mainSleep": False},
]  # fmt: skip
FITBIT_CSV = (
    "Sleep\nStart Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed\n"
    '"2026-03-02 10:40PM","2026-03-03 6:40AM","432","48","2","480"\n'
)
OURA_V1 = {
    "sleep": [{"summary_date": "2026-03-02", "bedtime_start": "2026-03-02T22:40:00+01:00",
               "bedtime_end": "2026-03-03T06:40:00+01:00", "duration": 28800, "total": 25920}]
}  # fmt: skip
OURA_V2 = {
    "data": [{"id": "x", "day": "2026-03-03", "type": "long_sleep",
              "bedtime_start": "2026-03-02T22:40:00.000+01:00",
              "bedtime_end": "2026-03-03T06:40:00.000+01:00", "total_sleep_duration": 25920}]
}  # fmt: skip
OURA_CSV = (
    "date,Sleep Score,Total Sleep Duration,Bedtime Start,Bedtime End\n"
    "2026-03-03,81,25920,2026-03-02T22:40:00+01:00,2026-03-03T06:40:00+01:00\n"
)
GOOGLE = {
    "fitnessActivity": "sleep", "startTime": "2026-03-02T21:40:00Z",
    "endTime": "2026-03-03T05:40:00Z", "duration": "28800s",
}  # fmt: skip
ANDROID = (
    'Id,Tz,From,To,Sched,Hours,Rating,Comment,Framerate,Snore,"22:45","22:55"\n'
    '"1488490000000","Europe/Berlin","02. 03. 2026 22:40","03. 03. 2026 6:40",'
    '"03. 03. 2026 6:45","7.2","3.5","late","10000","-1","1.0","0.4"\n'
    ',,,,,,,,,,"0.1","0.2"\n'
    "Id,Tz,From,To,Sched,Hours,Rating,Comment\n"
    '"1488590000000","Asia/Tokyo","05. 03. 2026 1:00","05. 03. 2026 8:00","","6.5","0.0",""\n'
)


def nights(made: ImportPlan) -> list[str]:
    return [
        f"{e.start.astimezone(UTC):%d %H:%M} {e.end.astimezone(UTC):%d %H:%M} "
        f"{(e.duration_s or 0) // 60} {e.note or ''}".strip()
        for e in made.new
        if e.kind.value == "sleep" and e.start and e.end
    ]


def whoop(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in WHOOP.items():
            archive.writestr(name, text)
    return path


NIGHT = "02 21:40 03 05:40 432"
FILES: dict[str, tuple[str, str, list[str]]] = {
    "fitbit": ("sleep-2026-03-03.json", json.dumps(FITBIT), [NIGHT, "03 13:00 03 13:25 20 nap"]),
    "fitbit csv": ("fitbit_export.csv", FITBIT_CSV, [NIGHT]),
    "oura v1": ("oura.json", json.dumps(OURA_V1), [NIGHT]),
    "oura v2": ("sleep.json", json.dumps(OURA_V2), [NIGHT]),
    "oura csv": ("oura_trends.csv", OURA_CSV, [NIGHT]),
    "google-fit": ("2026-03-02T22_40_SLEEP.json", json.dumps(GOOGLE), ["02 21:40 03 05:40 0"]),
    "sleep-as-android": (
        "sleep-export.csv",
        ANDROID,
        ["02 21:40 03 05:40 432 late", "04 16:00 04 23:00 390"],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_night_is_read_with_what_was_slept_of_it(tmp_path: Path, name: str) -> None:
    file, text, expected = FILES[name]
    path = table(tmp_path / file, text)
    made = plan(path)
    assert made.format == name.split()[0]
    assert nights(made) == expected
    assert made.unread_count == 0
    assert plan(path, made.new).new == ()


def test_whoops_archive_has_nights_workouts_and_answers(tmp_path: Path) -> None:
    made = plan(whoop(tmp_path / "my_whoop_data.zip"))
    assert made.format == "whoop"
    assert nights(made) == [NIGHT, "03 13:00 03 13:25 20 nap"]
    (run,) = [e for e in made.new if e.kind.value == "workout"]
    assert (run.name, run.start and run.start.hour) == ("running", 17)
    answers = {e.name: (e.state.value, f"{e.day:%d}") for e in made.new if e.kind.value == "habit"}
    assert answers == {
        "have-any-alcoholic-drinks": ("no", "02"), "read-in-bed": ("given", "02"),
    }  # fmt: skip


def test_whoops_cycles_alone_have_the_nights(tmp_path: Path) -> None:
    path = table(tmp_path / "physiological_cycles.csv", WHOOP["physiological_cycles.csv"])
    assert nights(plan(path)) == [NIGHT]


def test_a_takeout_of_fitbit_is_read_from_its_archive(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w") as archive:
        folder = "Takeout/Fitbit/Global Export Data"
        archive.writestr(f"{folder}/sleep-2026-03-03.json", json.dumps(FITBIT))
        archive.writestr(f"{folder}/heart_rate-2026-03-03.json", "[]")
    assert len(nights(plan(path))) == 2


@pytest.mark.parametrize("foreign", [False, True])
def test_garmins_list_is_read_in_any_language(tmp_path: Path, foreign: bool) -> None:
    names = ["Activity Type", "Date", "Favorite", "Title", "Distance", "Calories", "Time", "Avg HR"]
    names += [f"More {n}" for n in range(12)]
    header = [f"spalte {n}" for n in range(20)] if foreign else names
    rest = ",0" * 12
    text = ",".join(header) + "\n"
    text += f'Running,2026-03-03 18:02:11,false,"Berlin, easy",8.01,"512",00:45:12,141{rest}\n'
    text += f"Yoga,2026-03-04 07:00:00,false,Yoga,0.00,80,30:05.4,90{rest}\n"
    made = plan(table(tmp_path / "Activities.csv", text))
    assert made.format == "garmin"
    found = [(e.name, e.start and e.end and (e.end - e.start).seconds) for e in made.new]
    assert found == [("running", 2712), ("yoga", 1805)]


def test_habitbulls_rows_are_yes_no_and_amounts(tmp_path: Path) -> None:
    text = (
        "HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText\n"
        "Meditate,,Mind,2026-03-03,1,calm\nMeditate,,Mind,2026-03-02,0,\n"
        "Pages,,Mind,2026-03-03,12,\n"
    )
    made = plan(table(tmp_path / "HabitBullData.csv", text))
    assert [(e.name, e.state.value, e.value) for e in made.new] == [
        ("meditate", "given", None), ("meditate", "no", None), ("pages", "given", 12),
    ]  # fmt: skip


def test_json_of_another_program_is_found_by_its_look_on_the_command_line(
    flow: Shell, person: Person
) -> None:
    path = table(person.home.parent / "oura.json", json.dumps(OURA_V1))
    told = flow.ok("import", str(path), "--json").json
    assert (told["format"], told["written"]) == ("oura", 1)
    flow.ok("undo")
