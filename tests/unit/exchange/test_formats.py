"""Every format's export is recognised, read right, and known when it comes a second time."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.body.entry import length_s
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form
from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.exercises import HEALTH_CONNECT
from flowtui.exchange.registry import FORMATS, format_named, format_of
from tests.exports import fit, health, tables
from tests.unit.exchange.make import BERLIN, NOW, OPTIONS, by_key, plan, table

Maker = Callable[[Path], Path]
EXPORTS: dict[str, tuple[str, Maker]] = {
    "loop archive": ("loop", lambda p: tables.loop_zip(p / "Loop Habits CSV.zip")),
    "loop selection": ("loop", lambda p: tables.loop_zip(p / "loop.zip", own=False)),
    "loop folder": ("loop", lambda p: tables.loop_folder(p / "loop")),
    "loop database": ("loop", lambda p: tables.loop_db(p / "Loop Habits Backup.db")),
    "zero": ("zero", lambda p: table(p / "zero.csv", tables.ZERO)),
    "daylio": ("daylio", lambda p: table(p / "daylio.csv", tables.DAYLIO, "utf-8-sig")),
    "health connect": ("health-connect", lambda p: health.health_connect_zip(p / "hc.zip")),
    "health connect db": ("health-connect", lambda p: health.health_connect_db(p / "hc.db")),
    "apple zip": ("apple-health", lambda p: health.apple_zip(p / "Export.zip")),
    "apple xml": (
        "apple-health",
        lambda p: table(p / "export.xml", health.apple_xml(health.apple_body())),
    ),
    "strava": ("strava", lambda p: tables.strava_zip(p / "export_1.zip")),
    "fit": ("fit", lambda p: _bytes(p / "a.fit", fit.fit_file())),
}


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_recognised_and_a_second_import_adds_nothing(
    export: str, tmp_path: Path
) -> None:
    name, make = EXPORTS[export]
    path = make(tmp_path)
    first = plan(path)
    again = plan(path, first.new)

    assert (format_of(path).name, first.format) == (name, name)
    assert first.new
    assert (again.new, again.known, again.changed) == ((), len(first.new), ())


@pytest.mark.parametrize("export", EXPORTS)
def test_every_imported_entry_says_where_it_came_from(export: str, tmp_path: Path) -> None:
    name, make = EXPORTS[export]
    path = make(tmp_path)

    for entry in plan(path).new:
        assert (entry.source.format, entry.source.file) == (name, path.name)
        assert entry.source.key
        assert len(entry.source.file_hash or "") == 16
        assert (entry.source.line or 0) >= 1
        assert entry.recorded_at <= NOW
        assert not entry.late


def test_loop_keeps_no_skipped_and_missing_apart(tmp_path: Path) -> None:
    """What the schedule filled in was not done by the person, so it is left out."""
    made = plan(tables.loop_zip(tmp_path / "loop.zip"))
    entries = by_key(made)

    assert entries["meditate|2026-03-03"].state is State.GIVEN
    assert entries["meditate|2026-03-02"].state is State.SKIPPED
    assert entries["meditate|2026-03-01"].state is State.NO
    assert entries["meditate|2026-03-01"].note == "Sick"
    assert "wake-up-early|2026-03-03" not in entries
    assert [(row.what, row.count) for row in made.left_out] == [
        ("days filled in by a habit's schedule (YES_AUTO)", 1)
    ]


def test_loops_amounts_are_thousandths_with_their_unit(tmp_path: Path) -> None:
    made = plan(tables.loop_zip(tmp_path / "loop.zip"))
    pages = by_key(made)["read-on-paper|2026-03-03"]

    assert (pages.value, pages.unit, pages.scope) == (12.5, "pages", Scope.DAY)
    assert by_key(made)["read-on-paper|2026-03-02"].state is State.NO
    assert [(h.name, h.form, h.unit) for h in made.habits] == [
        ("meditate", Form.YES_NO, None),
        ("wake-up-early", Form.YES_NO, None),
        ("read-on-paper", Form.COUNT, "pages"),
    ]


def test_loops_unquoted_header_with_a_comma_in_a_habits_name_is_read(tmp_path: Path) -> None:
    whole = plan(tables.loop_zip(tmp_path / "a.zip"))
    selection = plan(tables.loop_zip(tmp_path / "b.zip", own=False))

    assert {e.id for e in selection.new} == {e.id for e in whole.new}


def test_loops_archive_after_its_database_adds_nothing(tmp_path: Path) -> None:
    """One habit, three kinds of export, the same ids."""
    database = plan(tables.loop_db(tmp_path / "loop.db"))
    archive = plan(tables.loop_zip(tmp_path / "loop.zip"), database.new)

    assert archive.new == ()
    assert archive.known == len(database.new)


def test_two_loop_habits_of_one_name_stay_two(tmp_path: Path) -> None:
    folder = tmp_path / "loop"
    folder.mkdir()
    table(folder / "Habits.csv", "Position,Name,Type\n001,Run,YES_NO\n002,RUN!,YES_NO\n")
    table(folder / "Checkmarks.csv", "Date,Run,RUN!,\n2026-03-01,2,0,\n")

    found = {e.name: e.state for e in plan(folder).new}
    assert found == {"run-habit": State.GIVEN, "run-2": State.NO}


def test_zeros_fasts_become_the_windows_between_them(tmp_path: Path) -> None:
    """From the fast that ended on 10 February at noon to the next at 19:00."""
    made = plan(table(tmp_path / "zero.csv", tables.ZERO))
    zone = OPTIONS.zone
    ends = [
        (f"{e.start.astimezone(zone):%d %H:%M}", f"{e.end.astimezone(zone):%d %H:%M}")
        for e in made.new
        if e.start and e.end
    ]

    assert ends == [("10 12:00", "10 19:00"), ("11 07:30", "11 19:30")]
    assert [(row.what.split()[0], row.count) for row in made.left_out] == [
        ("stretches", 2),
        ("eating", 1),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2/12/21,20:30,9:39,20,2", "20 h from 20:30 do not end at 9:39"),
        ("2/30/21,20:30,9:39,13,2", "'2/30/21' is not a date"),
        ("2/12/21,25:30,9:39,13,2", "'25:30' is not a time of day"),
        ("2/12/21,20:30,9:39,many,2", "'many' is not a number"),
        ("2/12/21,20:30,20:00,-1,2", "do not end at"),
    ],
)
def test_a_fast_that_cannot_be_is_listed_with_its_line(row: str, why: str, tmp_path: Path) -> None:
    text = tables.ZERO.replace("2/11/21,19:30,8:51,13,1", row)
    made = plan(table(tmp_path / "zero.csv", text))

    assert [(u.line, why in u.why) for u in made.unread] == [(4, True)]


def test_a_fast_of_zero_over_the_spring_change_is_placed_by_its_clock_times(
    tmp_path: Path,
) -> None:
    text = (
        "Date,Start,End,Hours,Night Eating\n"
        "3/29/26,20:00,12:00,16,0\n3/28/26,20:00,12:00,15,0\n3/27/26,20:00,12:00,16,0\n"
    )
    options = replace(OPTIONS, now=datetime(2026, 4, 20, tzinfo=UTC))
    made = plan(table(tmp_path / "zero.csv", text), options=options)

    assert [length_s(e) for e in made.new] == [8 * 3600, 8 * 3600]


def test_a_running_fast_is_left_out(tmp_path: Path) -> None:
    text = tables.ZERO.replace("2/18/21,13:23,10:00,44,0", "2/18/21,13:23,,,")

    assert "fasts that were still running" in [
        row.what for row in plan(table(tmp_path / "z.csv", text)).left_out
    ]


def test_daylio_moods_activities_and_scales(tmp_path: Path) -> None:
    made = plan(table(tmp_path / "daylio.csv", tables.DAYLIO, "utf-8-sig"))
    entries = by_key(made)
    mood = entries["2026-03-03 21:05|mood"]

    assert (mood.value, mood.scale, mood.note) == (5, "habit:mood@1", 'Out / Dinner, "late"')
    assert mood.at == datetime(2026, 3, 3, 20, 5, tzinfo=UTC)
    assert entries["2026-03-03 21:05|good-sleep"].value is None
    assert entries["2026-03-02 22:30|scale:focus"].value == 4
    assert {h.name: h.form for h in made.habits}["focus"] is Form.SCALE


def test_a_mood_with_a_name_of_ones_own_is_listed_and_can_be_told(tmp_path: Path) -> None:
    path = table(tmp_path / "daylio.csv", tables.DAYLIO, "utf-8-sig")
    told = plan(path, options=replace(OPTIONS, words={"wired": 4.0}))

    (left,) = [one for one in plan(path).left_out if "names of your own" in one.what]
    assert left.count == 1 and left.what.endswith(f"flowtui import daylio {path} --mood wired=3")
    assert by_key(told)["2026-03-02 08:30|mood"].value == 4


def test_health_connect_sleeps_know_stages_zones_and_their_app(tmp_path: Path) -> None:
    made = plan(health.health_connect_zip(tmp_path / "hc.zip"))
    staged, flown, run = made.new

    assert (length_s(staged), staged.source.app) == (4 * 3600, "com.example.band")
    assert (flown.zone, flown.end_zone) == ("Europe/Berlin", "Asia/Kolkata")
    assert (run.name, run.note, length_s(run)) == ("running", "Evening", 45 * 60)
    assert [u.why for u in made.unread] == ["exercise type 999 unknown"]
    assert [(row.what, row.count) for row in made.left_out] == [("steps", 5)]


def test_health_connects_numbers_of_sports_are_those_of_the_platform() -> None:
    """They differ from Jetpack's, where yoga is 83 and running 56."""
    assert len(HEALTH_CONNECT) == 62
    known = {4: "biking", 20: "hiit", 33: "running", 45: "strength", 53: "walking", 57: "yoga"}
    assert {n: HEALTH_CONNECT[n] for n in known} == known
    assert HEALTH_CONNECT[61] == "rowing-machine"


def test_apple_health_keeps_the_source_that_knows_stages(tmp_path: Path) -> None:
    """Watch and phone saw one night; in bed alone stands in only where nothing better is."""
    made = plan(health.apple_zip(tmp_path / "Export.zip"))
    night, nap = (e for e in made.new if e.kind is Kind.SLEEP)

    assert (night.source.app, length_s(night)) == ("Watch", 405 * 60)
    assert night.start == datetime(2026, 3, 2, 22, tzinfo=UTC)
    assert (nap.note, length_s(nap)) == ("time in bed", 30 * 60)


def test_apple_workouts_and_mindful_minutes(tmp_path: Path) -> None:
    made = plan(health.apple_zip(tmp_path / "Export.zip"))
    run = next(e for e in made.new if e.kind is Kind.WORKOUT)
    mindful = next(e for e in made.new if e.kind is Kind.HABIT)

    assert (run.name, length_s(run), run.effort) == ("running", round(45.5 * 60), 7)
    assert (mindful.name, mindful.value, mindful.unit) == ("mindful", 10, "min")
    assert ("HKQuantityTypeIdentifierStepCount", 10) in [
        (row.what, row.count) for row in made.left_out
    ]


def test_lines_of_an_apple_export_are_those_of_the_file(tmp_path: Path) -> None:
    """Though the DOCTYPE and all unwanted records were cut away before the parser."""
    records = health.apple_body()
    nested = (
        ' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="W" value="60">\n'
        '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n </Record>\n'
    )
    records.insert(3, nested)
    text = health.apple_xml(records)
    path = table(tmp_path / "export.xml", text)
    wanted = text.split("\n").index(
        next(line for line in text.split("\n") if "HKWorkoutActivityTypeRunning" in line)
    )
    made = plan(path)
    run = next(e for e in made.new if e.kind is Kind.WORKOUT)

    assert run.source.line == wanted + 1
    assert ("HKQuantityTypeIdentifierHeartRate", 1) in [
        (row.what, row.count) for row in made.left_out
    ]


def test_apples_zone_is_the_one_at_home_where_it_fits_and_a_fixed_one_elsewhere(
    tmp_path: Path,
) -> None:
    body = health.apple_body()
    text = health.apple_xml(b.replace(" +0100", " -0800") for b in body)
    made = plan(table(tmp_path / "export.xml", text))

    assert {e.zone for e in made.new} == {"Etc/GMT+8"}


def test_strava_takes_the_exact_one_of_two_columns(tmp_path: Path) -> None:
    made = plan(tables.strava_zip(tmp_path / "export.zip"))
    run, gym = made.new

    assert (run.start, length_s(run)) == (datetime(2026, 3, 3, 6, 30, tzinfo=UTC), 1800)
    assert run.end == datetime(2026, 3, 3, 7, 0, 30, tzinfo=UTC)
    assert (run.effort, run.scale, run.name) == (6, "strava-exertion", "running")
    assert (gym.name, gym.note, gym.effort) == ("strength", "Gym, legs", None)


@pytest.mark.parametrize(
    ("moment", "sport"),
    [
        ("03.03.2026, 18:05:00", "Lauf"),
        ("3 mars 2026 à 18:05:00", "Course à pied"),
        ("3 de mar. de 2026, 18:05:00", "Corrida"),
        ("2026/03/03 18:05:00", "Lauf"),
    ],
)
def test_a_strava_export_in_another_language_is_read_by_its_places(
    tmp_path: Path, moment: str, sport: str
) -> None:
    names = {name: f"x{n}" for n, name in enumerate(dict.fromkeys(tables.STRAVA_HEADER))}
    rows = [tables.strava_row(7, moment, sport, "1830.0", "1800.0", "6.0")]
    text = tables.strava_csv(rows)
    header, _newline, rest = text.partition("\n")
    foreign = ",".join(names[name] for name in header.split(","))
    made = plan(table(tmp_path / "activities.csv", f"{foreign}\n{rest}"))
    assert made.format == "strava"
    (run,) = made.new
    assert (run.name, run.effort, run.duration_s) == ("running", 6, 1800)
    assert run.start == datetime(2026, 3, 3, 18, 5, tzinfo=UTC)


def test_a_strava_table_alone_with_other_words_for_dates_is_read(tmp_path: Path) -> None:
    rows = [tables.strava_row(7, "3 Mar 2026, 18:05:00"), tables.strava_row(8, "yesterday")]
    made = plan(table(tmp_path / "activities.csv", tables.strava_csv(rows)))

    assert [e.start for e in made.new] == [datetime(2026, 3, 3, 18, 5, tzinfo=UTC)]
    assert [u.line for u in made.unread] == [3]


def test_fit_sessions_have_the_watchs_zone_and_effort(tmp_path: Path) -> None:
    recording = fit.Recording(offset=timedelta(hours=5, minutes=45))
    made = plan(_bytes(tmp_path / "a.fit", fit.fit_file(recording)))
    run = made.new[0]

    assert (run.name, length_s(run), run.effort) == ("running", 1800, 6)
    assert (run.zone, run.source.app) == ("Asia/Kathmandu", "device 4711")


def test_a_folder_of_fit_files_packed_and_not(tmp_path: Path) -> None:
    folder = tmp_path / "watch"
    folder.mkdir()
    later = fit.Recording(start=datetime(2026, 3, 4, 6, tzinfo=UTC), sport=5, rpe=None)
    _bytes(folder / "a.fit", fit.fit_file())
    _bytes(folder / "b.FIT.gz", gzip.compress(fit.fit_file(later)))
    _bytes(folder / "course.fit", fit.fit_file(None))
    made = plan(folder)

    assert [(e.name, e.effort) for e in made.new] == [("running", 6), ("swimming", None)]
    assert [(row.what, row.count) for row in made.left_out] == [
        ("FIT files without a session (courses, settings)", 1)
    ]


def test_an_archive_of_fit_files(tmp_path: Path) -> None:
    path = tmp_path / "watch.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("GARMIN/Activity/a.fit", fit.fit_file())

    assert [e.name for e in plan(path).new] == ["running"]


def test_other_places_shift_local_times_and_nothing_else(tmp_path: Path) -> None:
    path = table(tmp_path / "daylio.csv", tables.DAYLIO)
    tokyo = plan(path, options=replace(OPTIONS, zone=ZoneInfo("Asia/Tokyo")))

    mood = by_key(tokyo)["2026-03-03 21:05|mood"]
    assert (mood.at, mood.zone) == (datetime(2026, 3, 3, 12, 5, tzinfo=UTC), "Asia/Tokyo")
    assert BERLIN.key != mood.zone


def test_formats_are_found_by_name_and_others_are_refused() -> None:
    assert {f.name for f in FORMATS} == {
        *("flowtui", "loop", "zero", "daylio", "health-connect", "apple-health"),
        *("strava", "garmin", "whoop", "sleep-as-android", "fitbit", "oura", "google-fit"),
        *("habitbull", "tickmate", "fit", "csv"),
    }
    assert all(format_named(f.name) is f and f.title for f in FORMATS)
    with pytest.raises(UsageError, match="unknown import format 'nonesuch'"):
        format_named("nonesuch")


def test_a_damaged_file_in_a_folder_of_fit_files_costs_itself_alone(tmp_path: Path) -> None:
    folder = tmp_path / "watch"
    folder.mkdir()
    whole = fit.fit_file()
    _bytes(folder / "a.fit", whole)
    _bytes(folder / "b.fit", whole[: len(whole) // 2])
    _bytes(folder / "c.fit", b"no recording at all")
    made = plan(folder)
    assert [e.name for e in made.new] == ["running"]
    assert [(row.text, row.line) for row in made.unread] == [("b.fit", 2), ("c.fit", 3)]
    with pytest.raises(FlowError, match="damaged"):
        plan(folder / "b.fit")


def test_a_recording_whose_checksum_alone_is_wrong_is_read_and_said(tmp_path: Path) -> None:
    whole = fit.fit_file()
    path = tmp_path / "a.fit"
    _bytes(path, whole[:-2] + bytes(byte ^ 0x55 for byte in whole[-2:]))
    made = plan(path)
    assert [e.name for e in made.new] == ["running"]
    (left,) = made.left_out
    assert left.count == 1 and left.what.startswith("checksums")


def test_a_recording_that_trips_its_decoder_is_damaged_in_one_line(tmp_path: Path) -> None:
    content = bytearray(fit.fit_file())
    content[int(0.0234375 * len(content))] = 1
    with pytest.raises(FlowError, match="damaged"):
        plan(_bytes(tmp_path / "a.fit", bytes(content)))


def test_a_multisport_recording_gives_its_parts_and_neither_the_changes_nor_the_whole(
    tmp_path: Path,
) -> None:
    def part(sport: int, minute: int, minutes: int) -> fit.Recording:
        start = datetime(2026, 3, 3, 17, tzinfo=UTC) + timedelta(minutes=minute)
        return fit.Recording(start, minutes * 60, minutes * 60, sport)

    swim, change, ride, run, whole = 5, 3, 2, 1, 18
    sessions = [
        part(swim, 0, 20), part(change, 20, 3), part(ride, 23, 60), part(change, 83, 2),
        part(run, 85, 30), part(whole, 0, 115),
    ]  # fmt: skip
    path = tmp_path / "tri.fit"
    path.write_bytes(fit.fit_files(sessions))
    made = plan(path)

    assert [(e.name, (e.duration_s or 0) // 60) for e in made.new] == [
        ("swimming", 20), ("biking", 60), ("running", 30),
    ]  # fmt: skip
    assert plan(path, known=made.new).known == 3


def test_elapsed_seconds_of_strava_with_points_for_thousands_are_not_one_second(
    tmp_path: Path,
) -> None:
    names = ["ID", "Fecha", "Nombre", "Tipo", "Desc", "Tiempo", "Distancia", "FC", "Esfuerzo"]
    names += [f"x{n}" for n in range(6)] + ["Tiempo", "En movimiento", "Distancia"]
    names += [f"y{n}" for n in range(14)]
    head = ",".join(names)
    row = ["1", '"3 mar 2026, 15:09:27"', "C", "Carrera", "", '"1.390"', '"2,81"', "", ""]
    row += [""] * 7 + ["1350.0", "2810.0"] + [""] * 14
    made = plan(table(tmp_path / "activities.csv", f"{head}\n{','.join(row)}\n"), name="strava")

    (entry,) = made.new
    assert entry.start and entry.end
    assert (entry.end - entry.start).total_seconds() == 1390


def test_habitbull_writes_decimals_by_habit(tmp_path: Path) -> None:
    text = (
        "HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText\n"
        'Water,,H,2026-03-01,"1,250",\nWater,,H,2026-03-02,"0,5",\n'
    )
    made = plan(table(tmp_path / "hb.csv", text))

    assert [e.value for e in made.new] == [1.25, 0.5]
