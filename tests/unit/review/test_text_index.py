"""A search that looks at each key: years are read once, and again only where they have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flowtui.core.focus.edit import Changes
from flowtui.ledger import contents, records
from flowtui.services.review.text_index import BlockTexts
from tests.bench.tenyears import fill
from tests.user import Person


def found(texts: BlockTexts, needle: str, most: int = 40) -> list[str]:
    """Ids of the newest blocks that hold `needle`."""
    ids: list[str] = []
    for year in texts.years():
        ids += [block.id for block in texts.of_year(year, needle, most - len(ids))]
    return ids[:most]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of records that were read since."""
    read: list[str] = []
    before: Callable[..., Any] = records.read_records

    def noted(path: Any, migrations: Any) -> Any:
        read.append(path.name)
        return before(path, migrations)

    monkeypatch.setattr(contents, "read_records", noted)
    return read


def test_a_year_is_read_once_whatever_is_typed_after(person: Person, reads: list[str]) -> None:
    fill(person.services.paths.ledger_dir, years=6, per_year=60, last=2026)
    texts = person.open().block_texts
    assert len(texts.years()) == 6
    assert found(texts, "nothing like it") == []
    first = len(reads)
    assert first >= 6
    for needle in ("nothing", "nothing like", "zz", "nothing like that"):
        assert found(texts, needle) == []
    assert len(reads) == first
    assert len(found(texts, "ablation")) > 1
    once = len(reads)
    assert found(texts, "ablation") == found(texts, "the ablation")
    assert len(reads) == once


def test_the_newest_come_first_and_only_what_is_searched_counts(person: Person) -> None:
    older = person.past(300, 30, "fuse the KERNEL")
    newer = person.past(200, 30, "the kernel again")
    person.past(100, 30, "read")
    texts = person.open().block_texts
    assert found(texts, "kernel") == [newer.id, older.id]
    assert found(texts, "kernel", 1) == [newer.id]
    assert found(texts, "#kernel") == []
    assert found(texts, newer.id) == [] and found(texts, "UTC") == [] and found(texts, " ") == []


def test_an_edit_an_undo_and_another_process_are_seen_at_once(person: Person) -> None:
    block = person.past(300, 30, "fuse the kernel")
    texts = person.services.block_texts
    assert found(texts, "kernel") == [block.id]
    person.services.history.edit(block.id, Changes(intention="write"))
    assert found(texts, "kernel") == [] and found(texts, "write") == [block.id]
    person.services.history.undo()
    assert found(texts, "kernel") == [block.id]
    elsewhere = person.open()
    elsewhere.history.edit(block.id, Changes(note="a deadlock"))
    person.services.store.ledger.refresh()
    assert found(texts, "deadlock") == [block.id]
    elsewhere.history.delete(block.id)
    person.services.store.ledger.refresh()
    assert found(texts, "kernel") == []
