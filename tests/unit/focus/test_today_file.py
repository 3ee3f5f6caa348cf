"""The day on the first frame: true as long as nothing was written since, else not shown."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.snapshot import Snapshot, from_json, to_json
from flowtui.services.focus.snapshot import NAME, load
from tests.user import Person


def read(person: Person, after: timedelta = timedelta(0)) -> Snapshot | None:
    """The snapshot that an app started now would show first."""
    paths = person.services.paths
    now = person.clock.now() + after
    return load(
        str(paths.cache_dir / NAME), str(paths.ledger_dir), str(paths.config_dir), now.timestamp()
    )


def test_a_snapshot_is_the_same_after_it_was_kept(person: Person) -> None:
    person.begin(50, "fuse [the] kernel ✓")
    snapshot = person.services.snapshots.take()

    again = from_json(json.loads(json.dumps(to_json(snapshot))))

    assert again == snapshot


def test_the_next_start_shows_what_the_last_change_left(person: Person) -> None:
    person.begin(50)
    person.pass_min(20)
    ended = person.services.focus.finish()

    kept = read(person)

    assert kept is not None
    assert kept.block is None
    assert [block.id for block in kept.today.blocks] == [ended.id]
    assert kept.today == person.services.snapshots.take().today
    assert kept.week == person.services.snapshots.take().week


def test_a_ledger_that_was_written_since_makes_it_old(person: Person) -> None:
    person.begin(50)
    assert read(person) is not None

    with next(iter(person.services.paths.ledger_dir.glob("*.jsonl"))).open("ab") as file:
        file.write(b"more\n")

    assert read(person) is None


def test_settings_that_were_changed_since_make_it_old(person: Person) -> None:
    person.begin(50)
    file = person.services.paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[goals]\nday_min = 30\n")

    assert read(person) is None


def test_a_day_that_is_over_is_not_shown_as_today(person: Person) -> None:
    person.begin(50)

    assert read(person, timedelta(hours=23)) is None
    assert read(person, -timedelta(hours=1)) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"version": 99}', "\x00"])
def test_a_damaged_file_is_as_good_as_none(person: Person, text: str) -> None:
    person.begin(50)
    (person.services.paths.cache_dir / NAME).write_text(text)

    assert read(person) is None


def test_a_folder_that_cannot_be_written_stops_no_command(person: Person, tmp_path: Path) -> None:
    person.services.paths.cache_dir.parent.mkdir(parents=True, exist_ok=True)
    person.services.paths.cache_dir.write_text("a file where a folder should be")

    assert person.begin(50).intention is not None
    assert read(person) is None
