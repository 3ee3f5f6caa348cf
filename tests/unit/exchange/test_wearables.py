"""Nights, workouts and answers out of the exports of watches, rings and phones."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC
from pathlib import Path

import pytest

from flowtui.exchange.plan import ImportPlan
from flowtui.exchange.wearables.nights import fixed
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


FITBIT_TABLE = (
    "sleep_id,sleep_type,minutes_in_sleep_period,minutes_after_wake_up,minutes_to_fall_asleep,"
    "minutes_asleep,minutes_awake,start_utc_offset,sleep_start,end_utc_offset,sleep_end\n"
    "7,STAGES,480,5,12,432,48,+01:00,2026-03-02 21:40:00+0000,+01:00,2026-03-03 05:40:00+0000\n"
)
OURA_MODEL = (
    "id;day;bedtime_start;bedtime_end;total_sleep_duration;type\n"
    "a;2026-03-03;2026-03-02T22:40:00.000+01:00;2026-03-03T06:40:00.000+01:00;25920;long_sleep\n"
    "b;2026-03-03;2026-03-03T14:00:00.000+01:00;2026-03-03T14:25:00.000+01:00;1200;sleep\n"
)
NIGHT = "02 21:40 03 05:40 432"
FILES: dict[str, tuple[str, str, list[str]]] = {
    "fitbit": ("sleep-2026-03-03.json", json.dumps(FITBIT), [NIGHT, "03 13:00 03 13:25 20 nap"]),
    "fitbit csv": ("fitbit_export.csv", FITBIT_CSV, [NIGHT]),
    "fitbit table": ("UserSleeps_2026-03-01.csv", FITBIT_TABLE, [NIGHT]),
    "oura model": ("sleepmodel.csv", OURA_MODEL, [NIGHT, "03 13:00 03 13:25 20 nap"]),
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


CYCLE_ES = "2026-03-02 22:30:00,2026-03-03 22:10:00,UTC+01:00"
HEAD_ES = "Hora de inicio del ciclo,Hora de finalización del ciclo,Zona horaria del ciclo"
WHOOP_ES = {
    "sueño.csv": (
        f"{HEAD_ES},Inicio del sueño,Inicio de la vigilia,Calificación del sueño (%),"
        "Frecuencia respiratoria (rpm),Duración del sueño (min),Tiempo en la cama (min),Siesta\n"
        f"{CYCLE_ES},2026-03-02 22:40:00,2026-03-03 06:40:00,80,15.1,432,480,false\n"
        f"{CYCLE_ES},2026-03-03 14:00:00,2026-03-03 14:25:00,80,15.1,20,25,true\n"
    ),
    "entrenamientos.csv": (
        f"{HEAD_ES},Hora de inicio del entrenamiento,Hora de finalización del entrenamiento,"
        "Duración (min),Nombre de la actividad,Esfuerzo de actividad\n"
        f"{CYCLE_ES},2026-03-03 18:00:00,2026-03-03 18:40:00,40,Carrera,11.2\n"
    ),
    "journal_entries.csv": (
        f'{HEAD_ES},Texto de la pregunta,"Respondió ""Sí""",Notas\n'
        f"{CYCLE_ES},¿Leíste en la cama?,true,\n"
    ),
}
DE = "Startzeit,Endzeit,Zeitzone,Erholung,HF,HRV,Temp,O2,Belastung,Energie,Max,Mittel"
WHOOP_CYCLES_DE = (
    f"{DE},Beginn des Schlafs,Aufwachen,Schlaf %,Atem,Schlafdauer (min)\n"
    f"{CYCLE_ES},66,50,60,34,97,11,2000,150,60,2026-03-02 22:40:00,2026-03-03 06:40:00,80,15,432\n"
)


def test_whoop_of_another_language_is_read_by_its_places(tmp_path: Path) -> None:
    path = tmp_path / "mis_datos_de_whoop.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in WHOOP_ES.items():
            archive.writestr(name, text)
        archive.writestr("physiological_cycles.csv", WHOOP_CYCLES_DE)
    made = plan(path)

    assert made.format == "whoop"
    assert sorted(nights(made)) == sorted([NIGHT, "03 13:00 03 13:25 20 nap"])
    assert {(e.name, e.state.value) for e in made.new if e.name} == {
        ("running", "given"), ("leíste-en-la-cama", "given"),
    }  # fmt: skip
    assert plan(path, made.new).new == ()


@pytest.mark.parametrize("name", [*WHOOP_ES, "ciclos.csv"])
def test_each_table_of_whoop_is_known_alone(tmp_path: Path, name: str) -> None:
    path = table(tmp_path / name, WHOOP_ES.get(name, WHOOP_CYCLES_DE))
    made = plan(path)

    assert (made.format, made.unread_count) == ("whoop", 0)
    assert len(made.new) == (2 if name == "sueño.csv" else 1)


WHOOP_WORDS = {
    "de": (
        "physiologische_zyklen.csv,Schlaf.csv,Trainings.csv,logbuch_eintraege.csv",
        "Startzeit des Zyklus,Endzeit des Zyklus,Zeitzone des Zyklus",
        "Beginn des Schlafs,Beginn des Aufwachens,Schlafdauer (min.),Nickerchen",
        "Startzeit des Trainings,Endzeit des Trainings,Name der Aktivität",
        'Fragetext,"Beantwortet mit ""Ja""",Anmerkungen',
    ),
    "fr": (
        "physiological_cycles.csv,sommeil.csv,entrainements.csv,journal_entries.csv",
        "Heure de début du cycle,Heure de fin du cycle,Fuseau horaire du cycle",
        "Premiers signes de sommeil,Premiers signes de réveil,Durée du sommeil (min),Sieste",
        "Heure de début de l’entraînement,Heure de fin de l'entraînement,Nom de l’activité",
        "Question,Réponse oui,Notes",
    ),
    "pt": (
        "ciclos_fisiológicos.csv,sonos.csv,treinos.csv,entradas_diário.csv",
        "Hora de início do ciclo,Hora de fim do ciclo,Fuso horário do ciclo",
        "Início do sono,Início da vigília,Duração do sono (min),Sesta",
        "Hora de início do treino,Hora de fim do treino,Nome da atividade",
        "Texto de pergunta,Respondeu sim,Notas",
    ),
}


@pytest.mark.parametrize("language", WHOOP_WORDS)
def test_whoop_of_a_known_language_is_read_whatever_the_order_of_its_columns(
    tmp_path: Path, language: str
) -> None:
    files, cycle, night, workout, answer = WHOOP_WORDS[language]
    names = files.split(",")
    path = tmp_path / "my_whoop_data.zip"
    bounds = "2026-03-02 22:40:00,2026-03-03 06:40:00,432,false"
    with zipfile.ZipFile(path, "w") as archive:
        scores = ",".join(f"S{n}" for n in range(9))
        cells = ",".join(["50"] * 9)
        archive.writestr(names[0], f"{cycle},{scores},{night}\n{CYCLE_ES},{cells},{bounds}\n")
        archive.writestr(names[1], f"{night},{cycle}\n{bounds},{CYCLE_ES}\n")
        archive.writestr(
            names[2],
            f"{workout},{cycle}\n2026-03-03 18:00:00,2026-03-03 18:40:00,Running,{CYCLE_ES}\n",
        )
        archive.writestr(names[3], f"{cycle},{answer}\n{CYCLE_ES},Read in bed?,true,\n")
    made = plan(path)

    assert (made.format, made.unread_count, nights(made)) == ("whoop", 0, [NIGHT])
    assert {(e.name, e.state.value) for e in made.new if e.name} == {
        ("running", "given"), ("read-in-bed", "given"),
    }  # fmt: skip


def test_workouts_of_whoop_without_a_zone_are_local(tmp_path: Path) -> None:
    text = (
        "Cycle start time,Workout start time,Workout end time,Duration (min),Activity name\n"
        "2026-03-02 22:30:00,2026-03-03 18:00:00,2026-03-03 18:40:00,40,Running\n"
    )
    made = plan(table(tmp_path / "workouts.csv", text))

    assert [f"{e.start:%H:%M} {e.name}" for e in made.new if e.start] == ["17:00 running"]


def test_a_takeout_with_both_forms_of_a_night_reads_it_once(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "Takeout/Fitbit/Global Export Data/sleep-2026-03-03.json", json.dumps(FITBIT)
        )
        archive.writestr("Takeout/Fitbit/Health/UserSleeps_2026-03-01.csv", FITBIT_TABLE)
    made = plan(path)

    assert nights(made) == [NIGHT, "03 13:00 03 13:25 20 nap"]
    assert [left.count for left in made.left_out] == [1]


@pytest.mark.parametrize(("first", "second"), [("3/2/2026", "3/3/2026"), ("2/3/2026", "3/3/2026")])
def test_nights_of_sleep_as_android_take_the_order_of_their_dates_from_the_file(
    tmp_path: Path, first: str, second: str
) -> None:
    months_first = first.startswith("3")
    other = ("3/14/2026", "3/15/2026") if months_first else ("14/3/2026", "15/3/2026")
    text = (
        "Id,Tz,From,To,Sched,Hours,Rating,Comment\n"
        f'"1","Europe/Berlin","{first} 10:40 PM","{second} 6:40 AM","","7,2","4,0",""\n'
        f'"2","Europe/Berlin","{other[0]} 10:40 PM","{other[1]} 6:40 AM","","7,2","4,0",""\n'
    )
    made = plan(table(tmp_path / "sleep-export.csv", text))

    assert nights(made) == [NIGHT, "14 21:40 15 05:40 432"]


def test_garmins_list_is_known_in_any_language_under_any_name(tmp_path: Path) -> None:
    head = "Tipo de actividad,Fecha,Favorito,Título,Distancia,Calorías,Tiempo" + ",x" * 10
    row = 'Carrera,2026-03-03 18:00:00,false,"Madrid","8,12",500,00:45:12' + ",1" * 10
    made = plan(table(tmp_path / "descarga.csv", f"{head}\n{row}\n"))

    assert made.format == "garmin"
    assert [(e.name, str(e.end - e.start)) for e in made.new if e.start and e.end] == [
        ("running", "0:45:12")
    ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        *(("UTC+01:00", 1), ("-0730", -7.5), ("UTCZ", 0), ("GMT+14", 14), ("", None)),
        *(("UTC+14:30", None), ("+93:39", None), ("UTC+99:99", None), ("Europe/Berlin", None)),
    ],
)
def test_an_offset_is_one_that_a_zone_can_have_or_none(text: str, hours: float | None) -> None:
    zone = fixed(text)
    offset = None if zone is None else zone.utcoffset(None)

    assert (None if offset is None else offset.total_seconds() / 3600) == hours
