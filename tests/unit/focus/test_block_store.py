"""Blocks in the ledger: found by what a person types, one of them running, none sharing time."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from tinydb import where

from flowtui.core.errors import FlowError, LedgerError
from flowtui.core.focus.block import Block
from flowtui.core.focus.edit import Changes
from flowtui.core.kinds import STATE
from flowtui.services.focus.block_store import RUNNING
from flowtui.services.focus.running_block import Draft
from flowtui.services.store import LETTERS
from tests.user import NOON, Person


def put(person: Person, *ids: str) -> None:
    """Past blocks with these ids, an hour each, the last one the newest."""
    for index, id in enumerate(ids):
        start = person.ago(60 * (2 * (len(ids) - index)))
        block = Block(id, start, "UTC", id, ended_at=start + timedelta(hours=1))
        with person.services.store.change("put") as writer:
            writer.put(block)


def test_an_id_is_six_letters_that_nobody_mistakes(person: Person) -> None:
    ids = [person.past(600 - 10 * n, 5).id for n in range(40)]

    assert len(set(ids)) == 40
    assert all(re.fullmatch(f"[{LETTERS}]{{6}}", id) for id in ids)
    assert not set("01lio") & set(LETTERS)


def test_an_id_that_exists_is_not_given_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(person, "aaaaaa")
    letters = iter("aaaaaa" + "bbbbbb")
    monkeypatch.setattr("secrets.choice", lambda _: next(letters))

    assert person.begin().id == "bbbbbb"


def test_the_first_letters_of_an_id_are_enough_where_they_are_clear(person: Person) -> None:
    put(person, "abcdef", "abcxyz", "zzzzzz")
    store = person.services.store

    assert store.by_id("z").id == "zzzzzz"
    assert store.by_id("abcd").id == "abcdef"
    assert store.by_id("abcdef").id == "abcdef"
    with pytest.raises(FlowError, match="several blocks begin with 'abc': abcdef, abcxyz"):
        store.by_id("abc")
    for text in ("q", "", "abcdefg"):
        with pytest.raises(FlowError, match=f"unknown block {text!r}"):
            store.by_id(text)


def test_an_id_of_digits_alone_is_an_id_like_any_other(person: Person) -> None:
    put(person, "234567")

    assert person.open().store.by_id("2345").id == "234567"
    person.services.history.delete("234567")
    person.services.history.undo()
    assert person.open().store.by_id("234567").id == "234567"


def test_last_and_running_are_words_for_ids(person: Person) -> None:
    store = person.services.store
    with pytest.raises(FlowError, match="there is no block yet"):
        store.by_id("last")
    with pytest.raises(FlowError, match="no block is running"):
        store.by_id("running")

    put(person, "abcdef", "zzzzzz")
    running = person.begin()

    assert store.by_id("last").id == "zzzzzz"
    assert store.by_id("running").id == store.by_id("now").id == running.id


def test_the_newest_blocks_come_first_however_long_ago(person: Person) -> None:
    put(person, "aaaaaa", "bbbbbb", "cccccc")
    person.clock.advance(200 * 86_400)

    assert [b.id for b in person.services.store.last_ended(2)] == ["cccccc", "bbbbbb"]
    assert [b.id for b in person.services.store.last_ended(9)] == ["cccccc", "bbbbbb", "aaaaaa"]


def test_the_last_block_of_a_person_who_flew_west_is_found(tmp_path: Path) -> None:
    """It is filed under tomorrow, as that day was where it began."""
    tokyo = Person(tmp_path / "home", NOON.replace(hour=22), "Asia/Tokyo")
    block = tokyo.begin(None)
    tokyo.pass_min(30)
    ended = tokyo.services.focus.finish()
    assert tokyo.services.store.day_of(block) == date(2026, 3, 5)

    home = Person(tmp_path / "home", ended.ended_at or NOON, "America/Los_Angeles")

    assert home.services.store.by_id("last") == ended
    assert home.services.totals.day(home.clock.now(), date(2026, 3, 5)).focus_s == 1800


def test_the_pointer_to_the_running_block_follows_undo_and_redo(person: Person) -> None:
    def pointed() -> str | None:
        record = person.open().store.ledger.table(STATE).get(doc_id=RUNNING)
        return record["block"] if record else None

    block = person.begin()
    person.pass_min(10)
    person.services.focus.finish()
    assert pointed() is None
    person.services.history.undo()
    assert pointed() == block.id
    person.services.history.undo()
    assert pointed() is None
    person.services.history.redo(2)
    assert pointed() is None
    assert person.block(block.id).ended_at is not None


def test_a_block_is_filed_under_the_day_on_which_it_began_where_it_began(
    tmp_path: Path,
) -> None:
    person = Person(tmp_path / "home", NOON.replace(hour=2, minute=30), "Europe/Warsaw")
    block = person.begin(None)  # 03:30 in Warsaw: still Tuesday there
    person.pass_min(60)
    person.services.focus.finish()

    tuesday = date(2026, 3, 3)
    assert person.services.store.day_of(block) == tuesday
    assert [b.id for b in person.open().store.between(tuesday, tuesday)] == [block.id]
    assert person.open().store.between(date(2026, 3, 4), date(2026, 3, 4)) == []


def test_a_start_moved_over_four_in_the_morning_files_the_block_anew(person: Person) -> None:
    past = person.past(7 * 60, 60)  # 05:00 to 06:00
    start = NOON.replace(hour=3)

    person.services.history.edit(past.id, Changes(started_at=start))

    days = date(2026, 3, 3), date(2026, 3, 4)
    assert [b.id for b in person.open().store.between(days[0], days[0])] == [past.id]
    assert person.open().store.between(days[1], days[1]) == []


def test_a_change_that_raises_leaves_nothing_behind(person: Person) -> None:
    put(person, "aaaaaa")
    before = person.ledger_bytes()

    with pytest.raises(ZeroDivisionError), person.services.store.change("fail") as writer:
        writer.delete(person.services.store.by_id("aaaaaa"))
        assert not person.services.store.blocks.has("aaaaaa")
        _ = 1 / 0

    assert person.ledger_bytes() == before
    assert person.services.store.by_id("aaaaaa").id == "aaaaaa"


def test_overlap_is_told_with_the_other_block_and_its_hours(person: Person) -> None:
    put(person, "aaaaaa")  # from 10:00 to 11:00

    with pytest.raises(FlowError) as told:
        person.past(70, 20)

    assert told.value.message == ("that shares time with block aaaaaa (2026-03-04 10:00 to 11:00)")
    assert told.value.hint == "move one of them: flowtui edit aaaaaa --start TIME --end TIME"


def test_a_past_block_over_the_running_one_is_refused(person: Person) -> None:
    running = person.services.focus.start(Draft(), person.ago(30))

    with pytest.raises(FlowError, match=f"shares time with block {running.id} .* to now"):
        person.past(40, 20)
    person.past(40, 10)


def test_a_record_that_this_version_cannot_read_is_named_with_its_field(
    person: Person,
) -> None:
    block = person.begin()
    with person.services.store.change("break it"):
        table = person.services.store.ledger.table("blocks")
        table.update({"colour": "red"}, where("id") == block.id)

    store = person.open().store
    with pytest.raises(LedgerError, match=f"block {block.id}: the field 'colour' is unknown"):
        store.by_id(block.id)
    assert store.running() is None and store.between(date.min, date.max) == []
    [report] = store.ledger.reports()
    assert "colour" in report.what and not report.lost
