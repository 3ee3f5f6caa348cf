"""Damaged, cut, hostile and wrong files: one clear line each, and nothing half imported."""

from __future__ import annotations

import gzip
import random
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.exchange import fit as fit_format
from flowtui.exchange import sources, xmls
from flowtui.exchange.plan import ImportPlan
from flowtui.exchange.registry import FORMATS, format_of
from tests.exports import fit, health, tables
from tests.unit.exchange.make import OPTIONS, plan, table

STRAVA = tables.strava_csv([tables.strava_row(n, exertion="6") for n in (1, 2, 3)])
APPLE = health.apple_xml(health.apple_body())


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _loop(path: Path) -> bytes:
    return tables.loop_zip(path / "make.zip").read_bytes()


EXPORTS: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "loop.zip": ("loop", _loop),
    "loop.db": ("loop", lambda p: tables.loop_db(p / "make.db").read_bytes()),
    "zero.csv": ("zero", lambda _: tables.ZERO.encode()),
    "daylio.csv": ("daylio", lambda _: tables.DAYLIO.encode()),
    "hc.zip": ("health-connect", lambda p: health.health_connect_zip(p / "m.zip").read_bytes()),
    "export.xml": ("apple-health", lambda _: APPLE.encode()),
    "export.zip": ("apple-health", lambda p: health.apple_zip(p / "make.zip").read_bytes()),
    "activities.csv": ("strava", lambda _: STRAVA.encode()),
    "a.fit": ("fit", lambda _: fit.fit_file()),
    "days.csv": ("csv", lambda _: b"date,output,note\n2026-03-01,3,a\n2026-03-02,4,b\n"),
}
WHOLE_OR_NOTHING = ("loop.zip", "hc.zip", "export.xml", "export.zip", "a.fit")
"""Formats that say where they end; a table cut between two rows cannot be told from a whole one."""


def attempt(path: Path, name: str) -> ImportPlan | FlowError:
    try:
        return plan(path, name=name)
    except FlowError as error:
        assert error.message
        assert "\n" not in error.message
        return error


@pytest.mark.parametrize("file", WHOLE_OR_NOTHING)
def test_a_file_cut_anywhere_is_refused_whole(file: str, tmp_path: Path) -> None:
    name, make = EXPORTS[file]
    content = make(tmp_path)
    rnd = random.Random(7)
    # white space after the last element is no part of the document
    last = len(content.rstrip()) - 1
    cuts = {0, 1, 3, 4, 12, last, *(rnd.randrange(last) for _ in range(60))}

    for cut in sorted(cuts):
        got = attempt(_written(tmp_path / file, content[:cut]), name)
        assert isinstance(got, FlowError), f"cut at {cut} of {len(content)}"


@pytest.mark.parametrize("file", ["zero.csv", "daylio.csv", "activities.csv", "days.csv"])
def test_a_table_cut_anywhere_is_refused_or_read_up_to_a_whole_row(
    file: str, tmp_path: Path
) -> None:
    """No entry may come of half a row: all that come are those of the whole file."""
    name, make = EXPORTS[file]
    content = make(tmp_path)
    whole = {e.id: e for e in plan(_written(tmp_path / file, content), name=name).new}

    for cut in range(len(content)):
        got = attempt(_written(tmp_path / file, content[:cut]), name)
        if isinstance(got, ImportPlan):
            for entry in got.new:
                full = whole[entry.id]
                assert (entry.at, entry.start, entry.end) == (full.at, full.start, full.end)
                assert (entry.value, entry.effort) == (full.value, full.effort)


@pytest.mark.parametrize("file", ["loop.db", "a.fit"])
def test_a_database_or_recording_cut_anywhere_never_gives_wrong_entries(
    file: str, tmp_path: Path
) -> None:
    name, make = EXPORTS[file]
    content = make(tmp_path)
    whole = {e.id for e in plan(_written(tmp_path / file, content), name=name).new}
    rnd = random.Random(5)

    for cut in [rnd.randrange(len(content)) for _ in range(40)]:
        got = attempt(_written(tmp_path / file, content[:cut]), name)
        assert isinstance(got, FlowError) or {e.id for e in got.new} <= whole


@pytest.mark.parametrize("file", EXPORTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_are_refused_or_listed_and_never_crash(
    flips: list[tuple[float, int]], file: str, tmp_path: Path
) -> None:
    name, make = EXPORTS[file]
    for old in ("make.zip", "make.db", "m.zip"):
        (tmp_path / old).unlink(missing_ok=True)
    content = bytearray(make(tmp_path))
    for place, value in flips:
        content[int(place * len(content))] = value

    attempt(_written(tmp_path / file, bytes(content)), name)


@pytest.mark.parametrize("reader", [f.name for f in FORMATS])
@pytest.mark.parametrize("file", EXPORTS)
def test_a_file_of_another_format_is_refused_or_listed(
    reader: str, file: str, tmp_path: Path
) -> None:
    own, make = EXPORTS[file]
    got = attempt(_written(tmp_path / file, make(tmp_path)), reader)

    if reader not in (own, "csv"):
        assert isinstance(got, FlowError) or not got.new


@pytest.mark.parametrize("reader", [f.name for f in FORMATS])
@pytest.mark.parametrize("content", [b"", b"\n", b"\0\0\0\0", b"PK\x03\x04", b"hello", b"\xff\xfe"])
def test_what_is_no_export_at_all_is_refused(reader: str, content: bytes, tmp_path: Path) -> None:
    got = attempt(_written(tmp_path / "x.zip", content), reader)

    assert isinstance(got, FlowError)
    with pytest.raises(FlowError, match="no export that can be read"):
        format_of(tmp_path / "x.zip")


@pytest.mark.parametrize("reader", [f.name for f in FORMATS])
def test_an_empty_folder_is_refused(reader: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert isinstance(attempt(tmp_path / "empty", reader), FlowError)


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv", "c:evil"],
)
def test_an_archive_with_a_path_that_climbs_out_is_refused_whole(name: str, tmp_path: Path) -> None:
    path = tables.loop_zip(tmp_path / "loop.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")

    with pytest.raises(FlowError, match="a path that leads out of it"):
        plan(path, name="loop")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "loop.zip"]


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    path = tables.loop_zip(tmp_path / "loop.zip")
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(FlowError, match="a link"):
        plan(path, name="loop")


def test_a_zip_bomb_is_refused_before_a_byte_is_unpacked(tmp_path: Path) -> None:
    """Sixty megabytes of blanks in sixty kilobytes: a thousandfold."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/export.xml", b" " * (60 << 20))

    assert path.stat().st_size < 100_000
    with pytest.raises(FlowError, match=r"would grow 1\d\d\d-fold to 60 MiB, as zip bombs do"):
        plan(path, name="apple-health")


def test_an_archive_whose_files_share_their_bytes_is_refused(tmp_path: Path) -> None:
    """Two directory entries point to one stream: the way of the bombs without a nested archive."""
    path = tmp_path / "overlap.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.xml", "x" * 1000)
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[start:end]
    record = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 3, 3, 3 * len(entry), start, 0)
    path.write_bytes(content[:start] + entry * 3 + record)

    with pytest.raises(FlowError, match="overlap"):
        plan(path, name="apple-health")


def test_an_encrypted_archive_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tables.loop_zip(tmp_path / "loop.zip")
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(bytes(content))

    with pytest.raises(FlowError, match="is encrypted") as refused:
        plan(path, name="loop")
    assert refused.value.hint == "unpack it first"


def test_an_archive_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_MEMBERS", 5)

    with pytest.raises(FlowError, match="holds 9 files"):
        plan(tables.loop_zip(tmp_path / "loop.zip"), name="loop")


def test_a_database_larger_than_the_free_space_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = health.health_connect_zip(tmp_path / "hc.zip")
    monkeypatch.setattr("flowtui.exchange.health_connect.MAX_BYTES", 1000)

    with pytest.raises(FlowError, match="more than can be read"):
        plan(path)


def test_a_packed_recording_that_never_ends_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_format, "MAX_BYTES", 1 << 20)
    path = _written(tmp_path / "a.fit.gz", gzip.compress(b"\0" * (8 << 20)))

    with pytest.raises(FlowError, match="more than 1 MiB unpacked"):
        plan(path, name="fit")


def test_apples_broken_dtd_is_no_obstacle_and_neither_is_none_at_all(tmp_path: Path) -> None:
    """iOS 16 wrote declarations that no parser accepts; every export since has a DOCTYPE."""
    body = health.apple_body()
    counts = []
    for dtd in (health.BROKEN_DTD, "", "<!DOCTYPE HealthData>\n"):
        text = health.apple_xml(body, dtd)
        counts.append(plan(table(tmp_path / "export.xml", text)).counts)

    assert counts[0] == {"habit:mindful": 1, "sleep": 2, "workout": 1}
    assert counts[1:] == counts[:1] * 2


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    """A billion laughs: declared in a DOCTYPE that the parser never sees, so refused as unknown."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">\n' for n in range(10))
    text = health.apple_xml(
        [' <Record type="x" value="&l9;"/>\n', ' <Workout duration="&l9;"/>\n'],
        f"<!DOCTYPE HealthData [\n{laughs}]>\n",
    )

    with pytest.raises(FlowError, match="undefined entity"):
        plan(table(tmp_path / "export.xml", text))


def test_an_entity_that_names_a_file_is_never_opened(tmp_path: Path) -> None:
    secret = table(tmp_path / "secret", "2026-03-01 12:00:00 +0100")
    text = health.apple_xml(
        [' <Workout startDate="&s;"/>\n'],
        f'<!DOCTYPE HealthData [<!ENTITY s SYSTEM "{secret.as_uri()}">]>\n',
    )

    with pytest.raises(FlowError, match="undefined entity"):
        plan(table(tmp_path / "export.xml", text))


def test_a_second_doctype_after_the_root_is_refused(tmp_path: Path) -> None:
    text = health.apple_xml(['<!DOCTYPE HealthData [<!ENTITY a "b">]>\n'])

    with pytest.raises(FlowError, match=r"export\.xml, line \d+"):
        plan(table(tmp_path / "export.xml", text))


def test_an_export_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    text = health.apple_xml(["<Correlation>" * (xmls.MAX_DEPTH + 1)])

    with pytest.raises(FlowError, match="nests deeper than"):
        plan(table(tmp_path / "export.xml", text))


def test_the_clinical_file_beside_the_export_is_not_taken_for_it(tmp_path: Path) -> None:
    path = table(tmp_path / "export_cda.xml", '<?xml version="1.0"?>\n<ClinicalDocument/>\n')

    with path.open("rb") as file, pytest.raises(FlowError, match="does not hold <HealthData>"):
        xmls.stream(file, path.name, "HealthData", 1, OPTIONS, lambda *_: None)
    with pytest.raises(FlowError, match="no Apple Health export"):
        plan(path, name="apple-health")


def test_apple_records_without_times_are_listed(tmp_path: Path) -> None:
    records = [
        ' <Record type="HKCategoryTypeIdentifierSleepAnalysis" value="x" startDate="soon"/>\n',
        ' <Workout workoutActivityType="HKWorkoutActivityTypeYoga" startDate="2026-03-01"/>\n',
        health.apple_body()[10].replace("InBed", "Dreaming"),
    ]
    made = plan(table(tmp_path / "export.xml", health.apple_xml(records)))

    assert made.new == ()
    assert [u.why.split(" ")[0] for u in made.unread] == ["has", "has", "sleep"]


def test_a_view_in_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "hc.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE VIEW sleep_session_record_table AS WITH RECURSIVE n(x) AS"
        " (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    )
    connection.commit()
    connection.close()

    with pytest.raises(FlowError, match="not a backup of Health Connect"):
        plan(path, name="health-connect")


def test_a_database_with_a_broken_page_is_refused(tmp_path: Path) -> None:
    content = bytearray(health.health_connect_db(tmp_path / "make.db").read_bytes())
    content[8192:12288] = b"\x55" * 4096

    with pytest.raises(FlowError, match="damaged"):
        plan(_written(tmp_path / "hc.db", bytes(content)), name="health-connect")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('date,output,note\n2026-03-01,3,"open\n2026-03-02,3,x\n', "line 2"),
        ("date,output,note\n2026-03-01,3,a\n2026-03-0", "ends in the middle of line 3"),
        ("date,output\n2026-03-01,\0\n", "not a table of text"),
        ("date,output\n", ""),
    ],
)
def test_broken_tables_name_the_line(text: str, message: str, tmp_path: Path) -> None:
    got = attempt(table(tmp_path / "d.csv", text), "csv")

    if message:
        assert isinstance(got, FlowError)
        assert message in got.message
    else:
        assert isinstance(got, ImportPlan)
        assert (got.new, got.unread) == ((), ())
