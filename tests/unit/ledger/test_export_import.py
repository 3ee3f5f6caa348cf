"""What leaves the ledger comes back the same, once, and can be taken back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB, where

from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.ledger import importing
from flowtui.ledger.export import Exporter, export_csv, export_json, export_tinydb, export_to
from flowtui.ledger.importing import KindCounts, import_file, items
from flowtui.ledger.ledger import Ledger
from tests.bench.tenyears import fill
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import (
    block,
    bytes_in,
    every,
    everything,
    get,
    open_ledger,
    put,
    save,
)
from tests.unit.ledger.test_migrate import NEW, OLD, TWO_STEPS


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A few records of every sort."""
    ledger = open_ledger(tmp_path / "ledger")
    with ledger.transaction("begin"):
        save(ledger, "blocks", block("b1", "2024-12-31", note='naïve "quotes",\n学', n=1.5))
        save(ledger, "blocks", block("b2", "2026-01-01", gaps=[{"cause": "pause"}], ok=True))
        save(ledger, "entries", block("e1", "2026-01-01", kind="sleep", dose=None))
        save(ledger, "plans", {"id": "p1", "rule": {"at": "09:00"}})
        save(ledger, "state", {"id": "running", "block": "b2"})
    return ledger


def written(exporter: Exporter, ledger: Ledger, path: Path) -> Path:
    export_to(path, exporter, ledger)
    return path


@pytest.mark.parametrize("exporter", [export_json, export_tinydb])
def test_an_export_comes_back_the_same_and_twice_changes_nothing(
    ledger: Ledger, tmp_path: Path, exporter: Exporter
) -> None:
    file = written(exporter, ledger, tmp_path / "export.json")
    new = open_ledger(tmp_path / "new")

    first = import_file(new, file)

    assert everything(new) == everything(ledger) == everything(open_ledger(tmp_path / "new"))
    assert {kind: c.added for kind, c in first.kinds.items()} == {
        "blocks": 2,
        "entries": 1,
        "plans": 1,
        "state": 1,
    }
    assert first.seq == 1 and first.problems == []
    before = bytes_in(tmp_path / "new")
    again = import_file(new, file)
    assert bytes_in(tmp_path / "new") == before and again.seq is None
    assert again.kinds["blocks"] == KindCounts(same=2)


@pytest.mark.parametrize("exporter", [export_json, export_tinydb])
def test_one_undo_takes_an_import_back(ledger: Ledger, tmp_path: Path, exporter: Exporter) -> None:
    file = written(exporter, ledger, tmp_path / "export.json")
    new = open_ledger(tmp_path / "new")
    put(new, block("mine"))
    before = everything(new)
    import_file(new, file)

    assert [change.label for change in new.undo()] == ["import export.json"]

    assert everything(new) == before


def test_a_dry_run_counts_the_same_and_creates_nothing(ledger: Ledger, tmp_path: Path) -> None:
    file = written(export_json, ledger, tmp_path / "export.json")
    new = open_ledger(tmp_path / "new")

    dry = import_file(new, file, dry_run=True)

    assert not (tmp_path / "new").exists() and dry.seq is None
    assert dry.kinds == import_file(new, file).kinds


def test_a_record_that_differs_is_kept_unless_it_shall_be_replaced(
    ledger: Ledger, tmp_path: Path
) -> None:
    file = written(export_json, ledger, tmp_path / "export.json")
    put(ledger, block("b1", "2025-05-05", n=2))

    assert import_file(ledger, file).kinds["blocks"] == KindCounts(same=1, kept=1)
    assert get(ledger, "blocks", "b1") == block("b1", "2025-05-05", n=2)
    replaced = import_file(ledger, file, replace=True)
    assert replaced.kinds["blocks"] == KindCounts(same=1, replaced=1)
    found = get(ledger, "blocks", "b1")
    assert found is not None and found["day"] == "2024-12-31"
    assert import_file(ledger, file, replace=True).seq is None


def test_stock_tinydb_opens_the_tinydb_export(ledger: Ledger, tmp_path: Path) -> None:
    counts = export_to(tmp_path / "db.json", export_tinydb, ledger)

    with TinyDB(tmp_path / "db.json") as db:
        assert db.table("blocks").get(where("id") == "b1")["n"] == 1.5
        assert {name: len(db.table(name)) for name in counts} == counts
        assert db.table("blocks").insert({"id": "b3"}) == 3


def test_the_json_export_is_one_object_with_a_record_on_a_line(
    ledger: Ledger, tmp_path: Path
) -> None:
    file = written(export_json, ledger, tmp_path / "export.json")

    whole = json.loads(file.read_text(encoding="utf-8"))

    assert (whole["flowtui"], whole["format"]) == ("export", 1)
    assert whole["exported_at"] == "2026-03-02T09:00:00Z"
    assert [record["id"] for record in whole["blocks"]] == ["b1", "b2"] and whole["runs"] == []
    assert whole["state"] == [{"id": "running", "block": "b2", "v": 1}]
    assert sum('"id"' in line for line in file.read_text().splitlines()) == 5


def test_the_csv_export_has_a_row_a_record_with_what_is_nested_as_json(
    ledger: Ledger, tmp_path: Path
) -> None:
    file = written(export_csv, ledger, tmp_path / "export.csv")

    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))

    assert list(rows[0])[:3] == ["table", "id", "day"] and list(rows[0])[-1] == "other"
    by_id = {row["id"]: {k: v for k, v in row.items() if v} for row in rows}
    assert by_id == {
        "b1": {
            "table": "blocks",
            **block("b1", "2024-12-31"),
            "other": '{"n":1.5}',
            "note": 'naïve "quotes",\n学',
        },
        "b2": {
            "table": "blocks",
            **block("b2", "2026-01-01"),
            "other": '{"ok":true}',
            "gaps": '[{"cause":"pause"}]',
        },
        "e1": {"table": "entries", **block("e1", "2026-01-01"), "kind": "sleep"},
        "p1": {"table": "plans", "id": "p1", "other": '{"rule":{"at":"09:00"}}'},
        "running": {"table": "state", "id": "running", "block": "b2"},
    }


@pytest.mark.parametrize("exporter", [export_json, export_tinydb, export_csv])
def test_an_empty_ledger_is_exported_and_nothing_is_created(
    tmp_path: Path, exporter: Exporter
) -> None:
    counts = export_to(tmp_path / "out", exporter, open_ledger(tmp_path / "ledger"))

    assert set(counts.values()) == {0} and not (tmp_path / "ledger").exists()
    if exporter is not export_csv:
        assert import_file(open_ledger(tmp_path / "new"), tmp_path / "out").seq is None


def test_an_export_that_fails_leaves_the_former_one(ledger: Ledger, tmp_path: Path) -> None:
    file = written(export_json, ledger, tmp_path / "export.json")
    before = file.read_bytes()

    def breaks(ledger: Ledger, write: Callable[[str], object]) -> dict[str, int]:
        write("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(LedgerError, match=r"could not write .*No space left"):
        export_to(file, breaks, ledger)
    assert file.read_bytes() == before and not list(tmp_path.glob("*.new"))


def test_an_export_of_an_older_version_is_migrated(tmp_path: Path) -> None:
    old = open_ledger(tmp_path / "old")
    put(old, OLD)
    file = written(export_json, old, tmp_path / "export.json")
    today = Ledger(tmp_path / "new", FakeClock(), migrations=TWO_STEPS)

    import_file(today, file)

    assert get(today, "blocks", "b1") == NEW


def test_an_export_of_a_newer_flowtui_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger")
    put(ledger, block("b1"))
    before = bytes_in(tmp_path / "ledger")
    newer = Ledger(tmp_path / "newer", FakeClock(), migrations=TWO_STEPS)
    put(newer, NEW)
    (tmp_path / "format.json").write_text('{"format": 2, "blocks": [{"id": "b2"}]}')

    for file in (written(export_json, newer, tmp_path / "v3.json"), tmp_path / "format.json"):
        with pytest.raises(NewerLedgerError):
            import_file(ledger, file)
    assert bytes_in(tmp_path / "ledger") == before


def test_records_that_cannot_be_taken_are_listed_and_the_rest_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "mixed.json"
    file.write_text(
        json.dumps(
            {
                "blocks": [block("b1"), {"id": "b2"}, 7, block("b3", "2026-13-01")],
                "dreams": {"1": {"id": "d1"}},
                "plans": {"9": {"id": "p1"}},
            }
        )
    )
    ledger = open_ledger(tmp_path / "ledger")

    result = import_file(ledger, file)

    assert everything(ledger)["blocks"].keys() == {"b1"} and every(ledger, "plans") == [
        {"id": "p1"}
    ]
    assert result.problem_count == 4 and [p.split(":")[0] for p in result.problems] == [
        "record 2",
        "record 3",
        "record 4",
        "record 5",
    ]
    assert "the ledger keeps no 'dreams'" in result.problems[3]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"blocks": [',
        '{"blocks": [{}',
        '{"blocks": {"1": {}',
        "{} {}",
        "nope",
        '{"blocks" [1]}',
        '{"blocks": [1 2]}',
        "{1: 2}",
        '{"a": tru}',
    ],
)
def test_what_is_no_export_is_refused_with_the_place_and_changes_nothing(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "x.json").write_text(text)
    ledger = open_ledger(tmp_path / "ledger")

    with pytest.raises(LedgerError, match=r"x\.json is not an export of flowtui: at character"):
        import_file(ledger, tmp_path / "x.json")
    assert bytes_in(tmp_path / "ledger") == {}


def test_files_that_cannot_be_read_as_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b'{"a": "\xff\xfe"}')

    with pytest.raises(LedgerError, match="is not UTF-8 text"):
        import_file(open_ledger(tmp_path / "l"), tmp_path / "x.json")
    with pytest.raises(LedgerError, match=r"could not read .*none\.json"):
        import_file(open_ledger(tmp_path / "l"), tmp_path / "none.json")


def test_a_big_file_is_walked_in_small_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_CHUNK_CHARS", 7)
    value = {
        "n": 12345678,
        "list": [1, 23456789, "a, long: text {[", {"x": [None, True]}],
        "empty list": [],
        "empty": {},
        "object": {"1": {"a": "b"}, "2": -1.5e10},
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(value, indent=1))

    assert list(items(path)) == [
        ("n", 12345678, False),
        *(("list", item, True) for item in value["list"]),  # type: ignore[attr-defined]
        ("empty list", None, False),
        ("empty", None, False),
        ("object", {"a": "b"}, True),
        ("object", -1.5e10, True),
    ]


@given(
    st.dictionaries(
        st.text(), st.integers() | st.lists(st.text() | st.floats(allow_nan=False)), max_size=4
    ),
    st.integers(1, 9),
)
def test_any_object_is_walked_alike_whatever_the_window(value: dict[str, Any], window: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "_CHUNK_CHARS", window)
        path = Path(folder) / "x.json"
        path.write_text(json.dumps(value), encoding="utf-8")

        found = list(items(path))

    expected: list[tuple[str, Any, bool]] = []
    for key, item in value.items():
        many = isinstance(item, list)
        alone = (key, None if many else item, False)
        expected += [(key, each, True) for each in item] if many and item else [alone]
    assert found == expected


def test_years_of_records_pass_through_an_export(tmp_path: Path) -> None:
    fill(tmp_path / "many", years=5, per_year=150)
    many = Ledger(tmp_path / "many", FakeClock(datetime(2026, 11, 23, tzinfo=UTC)))
    file = written(export_json, many, tmp_path / "many.json")
    new = open_ledger(tmp_path / "new")

    result = import_file(new, file)

    assert sum(c.added for c in result.kinds.values()) == 750
    assert everything(new) == everything(many) and new.years() == [2022, 2023, 2024, 2025, 2026]
    assert import_file(open_ledger(tmp_path / "new"), file).seq is None
    assert len(open_ledger(tmp_path / "new").undo()) == 1
    assert not any(everything(open_ledger(tmp_path / "new")).values())
