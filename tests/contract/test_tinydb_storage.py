"""What TinyDB promises, on TinyDB's own storages and on the journal: one suite for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import JSONStorage, Storage, TinyDB, where
from tinydb.middlewares import CachingMiddleware, Middleware
from tinydb.operations import add, delete, increment
from tinydb.table import Document

from flowtui.ledger import JournalDB, JournalStorage
from flowtui.ledger.table import JournalTable

Open = Callable[[], TinyDB]


class Shouting(Middleware):
    """A middleware that changes what passes: texts are stored in capitals and read in small."""

    def read(self) -> Any:
        return _each_text(self.storage.read(), str.lower)

    def write(self, data: Any) -> None:
        self.storage.write(_each_text(data, str.upper))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value


def cached(path: Path) -> Any:
    """TinyDB's cache over the journal."""
    return CachingMiddleware(JournalStorage)(path)  # type: ignore[no-untyped-call]  # TinyDB's


STORAGES: dict[str, Callable[[Path], TinyDB]] = {
    "tinydb's own": lambda path: TinyDB(path, storage=JSONStorage),
    "journal, tinydb's table": lambda path: TinyDB(path, storage=JournalStorage),
    "journal, own table": JournalDB,
    "journal under a cache": lambda path: JournalDB(path, storage=cached),
    "journal under a middleware": lambda path: JournalDB(path, storage=Shouting(JournalStorage)),
}


@pytest.fixture(params=STORAGES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same database each time it is called."""
    return lambda: STORAGES[request.param](tmp_path / "db")


def contents(db: TinyDB, table: str = "_default") -> dict[int, dict[str, Any]]:
    return {document.doc_id: dict(document) for document in db.table(table)}


def test_inserted_documents_get_ids_from_one_and_are_there_again_after_reopening(
    opened: Open,
) -> None:
    with opened() as db:
        assert db.insert({"n": 1}) == 1
        assert db.insert_multiple([{"n": 2}, {"n": 3}]) == [2, 3]

    with opened() as db:
        assert contents(db) == {1: {"n": 1}, 2: {"n": 2}, 3: {"n": 3}}
        assert db.insert({"n": 4}) == 4


def test_documents_with_an_id_of_their_own_keep_it_and_refuse_to_take_anothers(
    opened: Open,
) -> None:
    with opened() as db:
        assert db.insert(Document({"n": 1}, doc_id=7)) == 7
        assert db.insert({"n": 2}) == 8
        with pytest.raises(ValueError, match="already exists"):
            db.insert(Document({"n": 3}, doc_id=7))
        with pytest.raises(ValueError, match="already exists"):
            db.insert_multiple([Document({"n": 4}, doc_id=20), Document({"n": 5}, doc_id=8)])

    with opened() as db:
        assert contents(db) == {7: {"n": 1}, 8: {"n": 2}}


def test_queries_find_documents_and_gets_return_one_or_none(opened: Open) -> None:
    with opened() as db:
        db.insert_multiple({"n": n, "nested": {"list": [n, n + 1]}} for n in range(5))

        assert [d["n"] for d in db.search(where("n") > 2)] == [3, 4]
        assert [d.doc_id for d in db.search(where("nested").list.any([1]))] == [1, 2]
        assert db.get(where("n") == 2) == {"n": 2, "nested": {"list": [2, 3]}}
        assert db.get(doc_id=99) is None and db.get(where("n") == 99) is None
        assert [d["n"] for d in db.get(doc_ids=[1, 5])] == [0, 4]
        assert db.contains(where("n") == 4) and not db.contains(doc_id=6)
        assert db.count(where("n") < 3) == 3 and len(db) == 5


def test_updates_change_fields_by_value_by_function_and_by_id(opened: Open) -> None:
    with opened() as db:
        db.insert_multiple({"n": n, "gone": 1} for n in range(4))

        assert db.update({"m": 9}, where("n") > 1) == [3, 4]
        assert db.update(increment("n"), doc_ids=[1, 77]) == [1]
        assert db.update(delete("gone")) == [1, 2, 3, 4]
        assert db.update_multiple([({"k": 1}, where("n") == 1), (add("n", 5), where("n") == 2)])

    with opened() as db:
        assert contents(db) == {
            1: {"n": 1, "k": 1},
            2: {"n": 1, "k": 1},
            3: {"n": 7, "m": 9},
            4: {"n": 3, "m": 9},
        }


def test_an_upsert_updates_what_it_finds_and_else_inserts(opened: Open) -> None:
    with opened() as db:
        db.insert({"n": 1, "a": 1})

        assert db.upsert({"a": 2}, where("n") == 1) == [1]
        assert db.upsert({"n": 2, "a": 3}, where("n") == 2) == [2]
        assert db.upsert(Document({"b": 4}, doc_id=2)) == [2]

    with opened() as db:
        assert contents(db) == {1: {"n": 1, "a": 2}, 2: {"n": 2, "a": 3, "b": 4}}


def test_removed_documents_tables_and_everything_are_gone_after_reopening(opened: Open) -> None:
    with opened() as db:
        db.insert_multiple({"n": n} for n in range(4))
        db.table("other").insert({"n": 1})
        db.table("third").insert({"n": 1})

        assert db.remove(where("n") == 0) == [1]
        assert db.remove(doc_ids=[2, 50]) == [2]
        db.drop_table("other")
        db.table("third").truncate()

    with opened() as db:
        assert contents(db) == {3: {"n": 2}, 4: {"n": 3}}
        assert db.tables() == {"_default", "third"} and len(db.table("third")) == 0
        db.drop_tables()
    with opened() as db:
        assert db.tables() == set() and len(db) == 0


def test_a_table_that_shall_last_while_empty_does(opened: Open) -> None:
    with opened() as db:
        db.table("kept", persist_empty=True)
        db.table("not kept")

    with opened() as db:
        assert db.tables() == {"kept"}


def test_a_document_that_is_not_json_is_refused_and_changes_nothing(opened: Open) -> None:
    with opened() as db:
        db.insert({"n": 1})

    with pytest.raises(TypeError), opened() as db:  # a cache writes when it is closed
        db.insert({"n": {1, 2}})
    with opened() as db:
        assert contents(db) == {1: {"n": 1}}


def test_changing_a_found_document_changes_nothing_stored(opened: Open) -> None:
    with opened() as db:
        db.insert({"n": 1, "list": [1], "inner": {"a": 1}})
        found = db.get(doc_id=1)
        assert isinstance(found, Document)
        found["n"] = 2
        found.clear()

    with opened() as db:
        assert contents(db) == {1: {"n": 1, "list": [1], "inner": {"a": 1}}}


def test_documents_given_out_share_no_list_with_the_database(tmp_path: Path) -> None:
    """TinyDB's own storage parses its file each time; the journal keeps documents in memory."""
    db = JournalDB(tmp_path / "db")
    given = {"list": [1], "inner": {"a": [1]}}
    db.insert(given)
    given["list"].append(2)  # type: ignore[attr-defined]  # a list, as written above
    for found in (db.get(doc_id=1), db.all()[0], *db.search(where("list").exists())):
        found["list"].append(3)
        found["inner"]["a"].append(3)

    assert contents(db) == {1: {"list": [1], "inner": {"a": [1]}}}
    assert db.search(where("list").exists()) == [{"list": [1], "inner": {"a": [1]}}]


def test_constructing_and_reading_creates_nothing(tmp_path: Path) -> None:
    db = JournalDB(tmp_path / "no" / "db")

    assert db.all() == [] and db.tables() == set() and db.search(where("n") == 1) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "home"]


def test_a_transaction_of_several_operations_is_one_line_or_none(tmp_path: Path) -> None:
    db = JournalDB(tmp_path / "db")
    storage = db.storage
    assert isinstance(storage, JournalStorage)

    with storage.transaction("several"):
        db.insert({"n": 1})
        db.insert({"n": 2})
        db.update({"m": 1}, where("n") == 1)
        assert contents(db) == {1: {"n": 1, "m": 1}, 2: {"n": 2}} and len(db) == 2
        db.remove(where("n") == 2)
        assert db.search(where("n") == 2) == []
    with pytest.raises(RuntimeError), storage.transaction("failed"):
        db.insert({"n": 3})
        raise RuntimeError

    lines = (tmp_path / "db" / "journal.jsonl").read_text().splitlines()
    assert len(lines) == 2
    head, *changes = json.loads(lines[1][9:])
    assert head["label"] == "several" and changes == [["_default", "1", {"n": 1, "m": 1}, None]]
    assert contents(JournalDB(tmp_path / "db")) == {1: {"n": 1, "m": 1}}


def test_a_failed_operation_inside_a_transaction_leaves_the_others(tmp_path: Path) -> None:
    db = JournalDB(tmp_path / "db")
    storage = db.storage
    assert isinstance(storage, JournalStorage)

    with storage.transaction():
        db.insert({"n": 1})
        with pytest.raises(ValueError, match="already exists"):
            db.insert_multiple([{"n": 2}, Document({"n": 3}, doc_id=1)])

    assert contents(JournalDB(tmp_path / "db")) == {1: {"n": 1}}


def test_two_open_databases_see_each_other_and_never_give_the_same_id(tmp_path: Path) -> None:
    one, other = JournalDB(tmp_path / "db"), JournalDB(tmp_path / "db")

    ids = [db.insert({"n": n}) for n, db in enumerate([one, other, one, other, other, one])]

    assert ids == [1, 2, 3, 4, 5, 6]
    assert one.search(where("n") == 4) == other.search(where("n") == 4) == [{"n": 4}]
    other.update({"n": 40}, where("n") == 4)
    assert one.search(where("n") == 4) == [] and one.get(doc_id=5) == {"n": 40}


def test_tinydbs_own_table_loses_nothing_that_another_wrote_between_read_and_write(
    tmp_path: Path,
) -> None:
    one, other = (JournalStorage(tmp_path / "db") for _ in range(2))
    one.write({"t": {1: {"n": 1}, 2: {"n": 2}}})
    data = other.read()
    assert data is not None
    one.write({"t": {1: {"n": 1}, 2: {"n": 20}, 3: {"n": 3}}})

    data["t"]["1"] = {"n": 10}
    other.write(data)

    assert one.read() == {"t": {"1": {"n": 10}, "2": {"n": 20}, "3": {"n": 3}}}


def test_tinydbs_own_table_is_told_when_another_took_its_id(tmp_path: Path) -> None:
    from flowtui.core.errors import LedgerError

    one, other = (JournalStorage(tmp_path / "db") for _ in range(2))
    one.write({"t": {1: {"n": 1}}})
    data = other.read()
    assert data is not None
    one.write({"t": {1: {"n": 1}, 2: {"n": 2}}})
    before = (tmp_path / "db" / "journal.jsonl").read_bytes()

    data["t"]["2"] = {"n": 99}
    with pytest.raises(LedgerError, match="document 2 was added by another process"):
        other.write(data)

    assert (tmp_path / "db" / "journal.jsonl").read_bytes() == before


def test_a_ledger_is_a_database_for_whoever_opens_its_folder(tmp_path: Path) -> None:
    from tests.unit.ledger.helpers import block, every, open_ledger, put

    put(open_ledger(tmp_path / "ledger"), block("b1", n=1), block("b2", "2025-01-01", n=2))
    db = JournalDB(tmp_path / "ledger")

    assert [str(d.doc_id) for d in db.table("blocks").search(where("n") > 1)] == ["b2"]
    JournalDB(tmp_path / "ledger").table("blocks").update({"n": 3}, where("n") == 2)
    found = every(open_ledger(tmp_path / "ledger"), "blocks")
    assert [(record["id"], record["n"]) for record in found] == [("b1", 1), ("b2", 3)]


@pytest.mark.parametrize(
    ("query", "years", "found"),
    [
        (where("day") == "2025-06-01", {"2025"}, 1),
        ((where("day") >= "2025-01-01") & (where("day") <= "2026-12-31"), {"2025", "2026"}, 2),
        ((where("n") == 2024) & (where("day") < "2024-12-31"), {"2023", "2024"}, 1),
        (where("n") == 2024, {"2023", "2024", "2025", "2026"}, 1),
        (where("day").one_of(["2024-06-01"]), {"2023", "2024", "2025", "2026"}, 1),
        ((where("day") == "2025-06-01") | (where("n") == 2023), None, 2),
        (~(where("day") == "2025-06-01"), None, 3),
        (where("day") == "1999-01-01", set(), 0),
    ],
)
def test_a_query_that_names_days_opens_only_their_years(
    tmp_path: Path, query: Any, years: set[str] | None, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowtui.ledger.contents import Contents
    from tests.unit.ledger.helpers import block, open_ledger, put

    ledger = open_ledger(tmp_path / "ledger")
    for year in (2023, 2024, 2025, 2026):
        put(ledger, block(f"b{year}", f"{year}-06-01", n=year))
    ledger.fold()
    opened: set[str] = set()
    real = Contents._read

    def noting(self: Contents, name: str) -> Any:
        opened.add(name)
        return real(self, name)

    monkeypatch.setattr(Contents, "_read", noting)

    documents = open_ledger(tmp_path / "ledger").table("blocks").search(query)

    assert len(documents) == found
    assert years is None or opened == years


def test_a_missing_folder_is_made_only_if_asked_for(tmp_path: Path) -> None:
    from flowtui.core.errors import LedgerError

    with pytest.raises(LedgerError, match="could not write to"):
        JournalDB(tmp_path / "no" / "db").insert({"n": 1})
    JournalDB(tmp_path / "yes" / "yes" / "db", create_dirs=True).insert({"n": 1})

    assert not (tmp_path / "no").exists()
    assert len(JournalDB(tmp_path / "yes" / "yes" / "db")) == 1


def test_the_classes_say_what_they_are() -> None:
    assert issubclass(JournalStorage, Storage) and JournalDB.table_class is JournalTable
