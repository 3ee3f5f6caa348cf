"""Past focus out of time trackers: every program's form, no row twice, none over another."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError
from flowtui.exchange.trackers.registry import TRACKERS, tracker_named, tracker_of
from flowtui.exchange.trackers.tracked import TrackedTime
from tests.unit.exchange.make import BERLIN, OPTIONS
from tests.user import Person, Shell

TOGGL = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,"
    "Duration,Tags,Amount ()\n"
    'A,a@example.org,,Kernels,,"fuse it, at last",No,2026-03-03,09:00:00,2026-03-03,10:30:00,'
    '01:30:00,"cuda, deep work",\n'
    "A,a@example.org,,,,read,No,2026-03-03,23:30:00,2026-03-04,00:15:00,00:45:00,,\n"
)
TOGGL_NEW = (
    '\ufeff"Description","Duration","Member","Email","Project","Tags","Start date","Start time",'
    '"Stop date","Stop time"\n'
    '"fuse it, at last","1:30:00","A","a@example.org","-","cuda","2026-03-03","09:00:00",'
    '"2026-03-03","10:30:00"\n'
    '"read","0:45:00","A","a@example.org","-","-","2026-03-03","23:30:00","2026-03-04","00:15:00"\n'
)
CLOCKIFY = (
    '"Project","Client","Description","Task","User","Group","Email","Tags","Billable","Start Date",'
    '"Start Time","End Date","End Time","Duration (h)","Duration (decimal)"\n'
    '"Kernels","","fuse it, at last","","A","","a@example.org","cuda, deep work","No","03/03/2026",'
    '"09:00:00 AM","03/03/2026","10:30:00 AM","01:30:00","1.50"\n'
    '"","","read","","A","","a@example.org","","No","03/03/2026","11:30:00 PM","03/04/2026",'
    '"12:15:00 AM","00:45:00","0.75"\n'
)
TIMEW = (
    'inc 20260303T090000Z - 20260303T103000Z # cuda "fuse it, at last" Kernels\n'
    "inc 20260303T233000Z - 20260304T001500Z # read\n"
    "inc 20260304T110000Z # running\n"
)
TIMEW_JSON = json.dumps(
    [
        {"id": 2, "start": "20260303T090000Z", "end": "20260303T103000Z", "tags": ["cuda"],
         "annotation": "fuse it, at last"},
        {"id": 1, "start": "20260303T233000Z", "end": "20260304T001500Z", "tags": ["read"]},
    ]
)  # fmt: skip
NINE = int(datetime(2026, 3, 3, 9, tzinfo=UTC).timestamp())
WATSON = json.dumps(
    [[NINE, NINE + 5400, "Kernels", "a1", ["cuda"], NINE + 5400],
     [NINE + 52200, NINE + 54900, "read", "b2", [], NINE + 54900]]
)  # fmt: skip
WATSON_LOG = json.dumps(
    [{"id": "a1", "project": "Kernels", "start": "2026-03-03T09:00:00+00:00",
      "stop": "2026-03-03T10:30:00+00:00", "tags": ["cuda"]}]
)  # fmt: skip
ORG = (
    "* TODO [#A] fuse it, at last :cuda:deep@work:\n  :LOGBOOK:\n"
    "  CLOCK: [2026-03-03 Tue 09:00]--[2026-03-03 Tue 10:30] =>  1:30\n"
    "  CLOCK: [2026-03-04 Wed 11:00]\n  :END:\n"
    "** DONE read\nCLOCK: [2026-03-03 Di. 23:30]--[2026-03-04 Mi. 00:15] =>  0:45\n"
)
RESCUE = (
    "Date,Time Spent (seconds),Number of People,Activity,Category,Productivity\n"
    "2026-03-03T09:00:00,1500,1,vim,Editing & IDEs,2\n"
    "2026-03-03T09:00:00,300,1,docs,Reference,1\n"
    "2026-03-03T09:00:00,900,1,news,News,-2\n"
    "2026-03-03T10:00:00,3700,1,vim,Editing & IDEs,2\n"
)
ARCHIVE = (
    "2026-03-03 09:00:00 +0100,vim,notes.txt,Editing & IDEs,Software Development,1500\n"
    "2026-03-03 09:00:00 +0100,news.example.org,No Details,General News,News & Opinion,900\n"
    '2026-03-03 10:00:00 +0100,docs.example.org,"a, b",Engineering,Reference & Learning,600\n'
)
API = json.dumps(
    {
        "row_headers": RESCUE.splitlines()[0].split(","),
        "rows": [line.split(",") for line in RESCUE.splitlines()[1:]],
    }
)
WATCH = json.dumps(
    {
        "buckets": {
            "aw-watcher-afk_box": {
                "type": "afkstatus",
                "events": [
                    {"timestamp": "2026-03-03T09:00:00.120Z", "duration": 1800.5,
                     "data": {"status": "not-afk"}},
                    {"timestamp": "2026-03-03T09:30:00Z", "duration": 120,
                     "data": {"status": "afk"}},
                    {"timestamp": "2026-03-03T09:32:00Z", "duration": 3480,
                     "data": {"status": "not-afk"}},
                    {"timestamp": "2026-03-03T12:00:00Z", "duration": 60,
                     "data": {"status": "not-afk"}},
                ],
            },
            "aw-watcher-window_box": {
                "type": "currentwindow",
                "events": [
                    {"timestamp": "2026-03-03T09:00:00Z", "duration": 3000,
                     "data": {"app": "Code", "title": "secret"}},
                    {"timestamp": "2026-03-03T09:50:00Z", "duration": 600,
                     "data": {"app": "Firefox", "title": "secret"}},
                ],
            },
        }
    }
)  # fmt: skip
SUPER = json.dumps(
    {
        "data": {
            "task": {
                "ids": ["t1", "t2", "t3"],
                "entities": {
                    "t1": {"id": "t1", "title": "all", "subTaskIds": ["t2"], "created": 1,
                           "timeSpentOnDay": {"2026-03-03": 5400000}},
                    "t2": {"id": "t2", "title": "fuse it, at last", "subTaskIds": [], "created": 2,
                           "projectId": "p", "tagIds": ["g"],
                           "timeSpentOnDay": {"2026-03-03": 5400000}},
                    "t3": {"id": "t3", "title": "read", "subTaskIds": [], "created": 3,
                           "timeSpentOnDay": {"2026-03-03": 2700000, "2026-03-02": 20000}},
                },
            },
            "project": {"entities": {"p": {"title": "Kernels"}}},
            "tag": {"entities": {"g": {"title": "cuda"}}},
        }
    }
)  # fmt: skip
TABLE = (
    "start;duration;description;tags\n2026-03-03 09:00;90;fuse it, at last;cuda|deep work\n"
    "2026-03-03 23:30;45;read;\n"
)
FIRST = "03 09:00 03 10:30 fuse it, at last"
SECOND = "03 23:30 04 00:15 read"
FILES: dict[str, tuple[str, str, list[str]]] = {
    "toggl": ("Toggl_time_entries.csv", TOGGL, [FIRST, SECOND]),
    "toggl of late": ("Toggl_Track.csv", TOGGL_NEW, [FIRST, SECOND]),
    "clockify": ("Clockify_Report.csv", CLOCKIFY, [FIRST, SECOND]),
    "timewarrior": ("2026-03.data", TIMEW, [FIRST, "03 23:30 04 00:15 "]),
    "timewarrior export": ("timew.json", TIMEW_JSON, [FIRST, "03 23:30 04 00:15 "]),
    "watson": ("frames", WATSON, ["03 09:00 03 10:30 Kernels", SECOND]),
    "watson log": ("watson.json", WATSON_LOG, ["03 09:00 03 10:30 Kernels"]),
    "org": ("work.org", ORG, [FIRST, SECOND]),
    "rescuetime": (
        "rescuetime.csv",
        RESCUE,
        ["03 09:00 03 09:30 Editing & IDEs", "03 10:00 03 11:00 Editing & IDEs"],
    ),
    "rescuetime api": (
        "answer.json",
        API,
        ["03 09:00 03 09:30 Editing & IDEs", "03 10:00 03 11:00 Editing & IDEs"],
    ),
    "rescuetime archive": (
        "rescuetime-activity-history.csv",
        ARCHIVE,
        ["03 08:00 03 08:25 Editing & IDEs", "03 09:00 03 09:10 Engineering"],
    ),
    "activitywatch": ("aw-buckets-export.json", WATCH, ["03 09:00 03 10:30 Code"]),
    "super-productivity": (
        "sp-backup.json",
        SUPER,
        [FIRST, "03 10:30 03 11:15 read"],
    ),
    "blocks": ("tracked.csv", TABLE, [FIRST, SECOND]),
}


def written(tmp_path: Path, name: str) -> Path:
    file, text, _ = FILES[name]
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    return path


def told(person: Person) -> list[str]:
    person.services.store.ledger.refresh()
    return [
        f"{b.started_at:%d %H:%M} {b.ended_at:%d %H:%M} {b.intention}"
        for b in sorted(person.services.store.blocks.every(), key=lambda b: b.started_at)
    ]


@pytest.mark.parametrize("name", FILES)
def test_an_export_becomes_blocks_once_and_one_undo_takes_all_back(
    flow: Shell, person: Person, name: str
) -> None:
    path, format = written(person.home.parent, name), name.split()[0]
    if format != "blocks":
        found = tracker_of(path)
        assert found is not None and found.name == format
    words = ["import", *(["blocks"] if format == "blocks" else []), str(path)]
    before = person.ledger_bytes()
    dry = flow.ok(*words, "--dry-run", "--json").json
    assert (dry["new"], dry["written"], dry["unread_count"]) == (len(FILES[name][2]), 0, 0)
    assert person.ledger_bytes() == before

    assert flow.ok(*words, "--json").json["written"] == dry["new"]
    assert told(person) == FILES[name][2]
    assert {b.imported for b in person.services.store.blocks.every()} == {format}
    again = flow.ok(*words, "--json").json
    assert (again["new"], again["known"]) == (0, dry["new"])
    flow.ok("undo")
    assert told(person) == []
    assert flow.ok("doctor").code == 0


def test_tags_and_projects_become_tags(flow: Shell, person: Person) -> None:
    flow.ok("import", str(written(person.home.parent, "toggl")))
    first = min(person.services.store.blocks.every(), key=lambda b: b.started_at)
    assert first.tags == ("cuda", "deep-work", "kernels")


def test_what_shares_time_with_a_block_is_listed_and_left_out_or_cut(
    flow: Shell, person: Person
) -> None:
    own = flow.ok("add", "mine", "--start", "2026-03-03 10:00", "--end", "2026-03-03 11:00",
                  "--json").json["id"]  # fmt: skip
    path = str(written(person.home.parent, "toggl"))
    left = flow.ok("import", path, "--dry-run", "--json").json
    assert [row["text"] for row in left["overlaps"]] == ["2026-03-03 09:00 fuse it, at last"]
    cut = flow.ok("import", path, "--cut", "--json").json
    assert (cut["cut"], cut["overlaps"], cut["written"]) == (1, [], 2)
    assert told(person) == ["03 09:00 03 10:00 fuse it, at last", "03 10:00 03 11:00 mine", SECOND]
    assert person.block(own).imported == ""


def read(tmp_path: Path, name: str, text: str) -> list[str]:
    """What a tracker's file gives: stretches, or what was not understood."""
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    tracker = tracker_named(name)
    assert tracker is not None
    found = []
    for row in tracker.read(path, OPTIONS):
        if isinstance(row, TrackedTime):
            start, end = (at.astimezone(BERLIN) for at in (row.start, row.end))
            words = " ".join(filter(None, (row.text, row.project, *row.tags)))
            found.append(f"{start:%d %H:%M} {end:%d %H:%M:%S} {words}".strip())
        else:
            found.append(type(row).__name__)
    return found


def test_no_project_and_no_tag_of_toggl_are_no_words(tmp_path: Path) -> None:
    assert read(tmp_path, "toggl", TOGGL_NEW) == [
        "03 09:00 03 10:30:00 fuse it, at last cuda", "03 23:30 04 00:15:00 read",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "length"),
    [
        *(("start,duration_ms", "5400000"), ("start,Duration (s)", "5400")),
        *(("start,length [min]", "90"), ("start,hours", "1.5"), ("start,duration", "1h30")),
        *(("start,Time spent (h)", "1.5"), ("start,minutes", "90"), ("start,duration", "1:30:00")),
        *(
            ("start,длительность", ""),
            ("Beginn,Dauer (Std)", "1.5"),
            ("inicio,duración (min)", "90"),
        ),
    ],
)
def test_a_length_is_in_the_unit_of_its_columns_name(
    tmp_path: Path, head: str, length: str
) -> None:
    if not length:
        with pytest.raises(FlowError, match="does not say when time was tracked"):
            read(tmp_path, "blocks", f"{head}\n2026-03-03 09:00,1\n")
        return
    assert read(tmp_path, "blocks", f"{head}\n2026-03-03 09:00,{length}\n") == [
        "03 09:00 03 10:30:00"
    ]


def test_decimal_commas_of_a_length_are_decided_by_its_column(tmp_path: Path) -> None:
    text = (
        "Beginn;Dauer (h);Beschreibung;Projekt\n3.3.2026 9:00;1,5;x;p\n3.3.2026 11:00;0,125;y;p\n"
    )
    assert read(tmp_path, "blocks", text) == [
        "03 09:00 03 10:30:00 x p", "03 11:00 03 11:07:30 y p",
    ]  # fmt: skip


def test_what_still_runs_is_counted_and_left_out(tmp_path: Path) -> None:
    text = "Description,Start date,Start time,End date,End time,Duration\nx,2026-03-03,09:00,,,\n"
    assert read(tmp_path, "toggl", text) == ["LeftOut"]


def test_a_report_of_rescuetime_by_day_is_refused(tmp_path: Path) -> None:
    rows = "2026-03-03T00:00:00,18000,1,vim,Editing,2\n2026-03-04T00:00:00,900,1,vim,Editing,2\n"
    with pytest.raises(FlowError, match="tells whole days"):
        read(tmp_path, "rescuetime", RESCUE.partition("\n")[0] + "\n" + rows)


def test_five_minutes_of_rescuetime_that_follow_one_another_are_one_stretch(tmp_path: Path) -> None:
    rows = [
        f"2026-03-03T09:{m:02}:00,{s},1,vim,Editing,2" for m, s in ((0, 280), (5, 290), (20, 90))
    ]
    text = "\n".join([RESCUE.partition("\n")[0], *rows])
    assert read(tmp_path, "rescuetime", text) == [
        "03 09:00 03 09:09:30 Editing", "03 09:20 03 09:21:30 Editing",
    ]  # fmt: skip


BAD: dict[str, Callable[[str], str]] = {
    "cut": lambda text: text[: len(text) * 2 // 3],
    "other": lambda text: "hello\n",
    "empty": lambda text: "",
}


@pytest.mark.parametrize("damage", BAD)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_one_line_or_rows_that_are_listed(
    flow: Shell, person: Person, name: str, damage: str
) -> None:
    path = written(person.home.parent, name)
    path.write_text(BAD[damage](FILES[name][1]), encoding="utf-8")
    said = flow("import", name.split()[0], str(path))
    assert "Traceback" not in said.err
    assert said.code in (0, 1, 2)
    if said.code:
        assert said.err.startswith("flowtui: ")
        assert told(person) == []


def test_rows_of_the_future_over_a_day_and_backwards_are_listed(
    flow: Shell, person: Person
) -> None:
    path = person.home.parent / "tracked.csv"
    path.write_text(
        "start,end,title\n2026-03-05 09:00,2026-03-05 10:00,later\n"
        "2026-02-01 09:00,2026-02-03 10:00,long\n2026-02-05 09:00,2026-02-04 09:00,back\n"
        "2026-02-06 09:00:00,2026-02-06 09:00:30,short\nsoon,2026-02-06 09:00,when\n"
    )
    told_ = flow.ok("import", "blocks", str(path), "--json").json
    assert (told_["written"], told_["short"], told_["unread_count"]) == (0, 1, 4)


def test_every_tracker_has_a_file_here() -> None:
    assert {name.split()[0] for name in FILES} == {one.name for one in TRACKERS}


ARCHIVED = ["03 09:00 03 09:25:00 Editing & IDEs", "03 10:00 03 10:10:00 Engineering", "LeftOut"]


def test_the_archive_of_rescuetime_is_known_without_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "rescuetime-activity-history.csv"
    path.write_text(ARCHIVE, encoding="utf-8")
    packed = tmp_path / "mine.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "data/" + path.name)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / path.name).write_text(ARCHIVE, encoding="utf-8")

    assert read(tmp_path, "rescuetime", ARCHIVE) == ARCHIVED
    for one in (path, packed, folder):
        found = tracker_of(one)
        assert found is not None and found.name == "rescuetime", one
        assert sum(isinstance(row, TrackedTime) for row in found.read(one, OPTIONS)) == 2


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        ("Rank,Time Spent (seconds),Number of People,Activity,Category,Productivity",
         "1,900,1,vim,Editing,2", "sums, not when"),
        ("Date,Time Spent (seconds),Number of People,Activity,Category",
         "2026-03-03T09:00:00,900,1,vim,Editing", "does not tell what was productive"),
    ],
)  # fmt: skip
def test_a_report_of_rescuetime_that_does_not_say_enough_is_refused(
    tmp_path: Path, head: str, row: str, said: str
) -> None:
    with pytest.raises(FlowError, match=said):
        read(tmp_path, "rescuetime", f"{head}\n{row}\n")
    path = tmp_path / "file.csv"
    found = tracker_of(path)
    assert found is not None and found.name == "rescuetime"


@pytest.mark.parametrize(
    "report",
    [
        "Date,Time Spent (seconds),Number of People,Productivity\n2026-03-03T09:00:00,1500,1,2\n",
        "Date,Time Spent (seconds),Number of People,Productivity\n"
        "2026-03-03T09:00:00,1500,1,Very Productive Time\n2026-03-03T09:00:00,99,1,Neutral Time\n",
        "Date,Time Spent (seconds),Number of People,Category\n"
        "2026-03-03T09:00:00,1500,1,Software Development\n2026-03-03T09:00:00,99,1,Shopping\n",
    ],
)
def test_rescuetimes_reports_by_kind_or_productivity_give_the_same_time(
    tmp_path: Path, report: str
) -> None:
    assert read(tmp_path, "rescuetime", report)[0].startswith("03 09:00 03 09:25:00")


def test_a_negative_time_of_rescuetime_is_told_and_not_taken(tmp_path: Path) -> None:
    head = "Date,Time Spent (seconds),Number of People,Activity,Category,Productivity\n"
    rows = "2026-03-03T09:00:00,1500,1,code,Editing,2\n2026-03-03T10:00:00,-5,1,code,Editing,2\n"

    assert read(tmp_path, "rescuetime", head + rows) == ["Unread", "03 09:00 03 09:25:00 Editing"]
