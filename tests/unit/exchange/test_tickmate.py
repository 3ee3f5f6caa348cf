"""Tickmate's database as its app makes it: a table of tracks, a table of ticks."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

from tests.unit.exchange.make import plan


def made(path: Path, several: bool = True) -> Path:
    """A database; before version 10 a track had one tick a day."""
    more = ", multiple_entries_per_day integer DEFAULT 0" if several else ""
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table tracks(_id integer primary key, name text not null, description text not "
        f"null, icon text not null, enabled integer not null{more});"
        "create table ticks(_id integer primary key, _track_id integer, year integer,"
        " month integer, day integer);"
        "insert into tracks(_id, name, description, icon, enabled) values"
        " (1, 'Read a page', '', 'x', 1), (2, 'Cups', '', 'x', 1), (3, '---', '', 'x', 1);"
        "insert into ticks(_track_id, year, month, day) values"
        " (1, 2026, 0, 31), (1, 2026, 1, 1), (2, 2026, 1, 1), (2, 2026, 1, 1),"
        " (9, 2026, 1, 2), (1, 2026, 1, 30);"
    )
    if several:
        connection.execute("update tracks set multiple_entries_per_day = 1 where _id = 2")
    connection.commit()
    connection.close()
    return path


def test_ticks_are_days_with_a_yes_and_several_are_a_count(tmp_path: Path) -> None:
    seen = plan(made(tmp_path / "tickmate.db"))

    assert seen.format == "tickmate"
    assert [(e.name, e.day, e.value) for e in seen.new] == [
        ("read-a-page", date(2026, 1, 31), None),
        ("read-a-page", date(2026, 2, 1), None),
        ("cups-habit" if seen.renamed else "cups", date(2026, 2, 1), 2.0),
    ]
    assert sorted(row.why for row in seen.unread)[1:] == ["belongs to no track", "is no day"]
    assert plan(tmp_path / "tickmate.db", known=seen.new).known == 3


def test_a_database_of_before_there_were_several_a_day_is_read(tmp_path: Path) -> None:
    seen = plan(made(tmp_path / "old.db", several=False))

    assert {e.value for e in seen.new} == {None} and len(seen.new) == 3
