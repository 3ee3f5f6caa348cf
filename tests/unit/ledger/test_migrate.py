"""Old records are read as new ones, and a newer one is never guessed at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flowtui.core.errors import NewerLedgerError
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.lines import text_of
from flowtui.ledger.migrate import STEPS, Migrations
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import ALWAYS, block, find, get, put


def _title_becomes_intention(record: dict[str, Any]) -> dict[str, Any]:
    return {("intention" if key == "title" else key): value for key, value in record.items()}


def _minutes_become_seconds(record: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in record.items() if key != "minutes"}
    return {**rest, "seconds": record["minutes"] * 60}


TWO_STEPS = Migrations({"blocks": (_title_becomes_intention, _minutes_become_seconds)})
OLD = block("b1", title="read", minutes=50)
NEW = block("b1", intention="read", seconds=3000)


def ledger_of_today(folder: Path, **more: Any) -> Ledger:
    return Ledger(folder, FakeClock(), migrations=TWO_STEPS, **more)


@pytest.mark.parametrize("version", [None, 1])
def test_a_record_of_version_one_passes_every_step(version: int | None) -> None:
    old = {**OLD, "v": version} if version else OLD

    assert TWO_STEPS.upgrade("blocks", old) == {**NEW, "v": 3}
    assert "intention" not in old


def test_a_record_in_between_passes_the_rest_and_a_present_one_none() -> None:
    between = block("b1", intention="read", minutes=50, v=2)

    assert TWO_STEPS.upgrade("blocks", between) == {**NEW, "v": 3}
    present = {**NEW, "v": 3}
    assert TWO_STEPS.upgrade("blocks", present) is present
    assert TWO_STEPS.version("blocks") == 3 and TWO_STEPS.version("entries") == 1


def test_bytes_stay_bytes_only_if_they_are_present() -> None:
    present = text_of({**NEW, "v": 3}).encode()
    hidden = text_of({"id": "b1", "inner": {"v": 3}}).encode()

    assert TWO_STEPS.present("blocks", present) is present
    assert TWO_STEPS.present("blocks", text_of(OLD).encode()) == {**NEW, "v": 3}
    assert TWO_STEPS.present("entries", hidden) == {"id": "b1", "inner": {"v": 3}}


@pytest.mark.parametrize("version", [4, 0, "3", None, 2.0])
def test_a_version_that_is_not_known_is_refused_by_name(version: object) -> None:
    with pytest.raises(NewerLedgerError, match=r"b1 has the version .* up to version 3"):
        TWO_STEPS.upgrade("blocks", {"id": "b1", "v": version})


def test_a_ledger_of_yesterday_is_read_changed_undone_and_compacted_today(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    put(Ledger(folder, FakeClock()), OLD, label="old")
    ledger = ledger_of_today(folder, keep=1)
    assert get(ledger, "blocks", "b1") == NEW and find(ledger, "blocks", *ALWAYS) == [NEW]
    before = (folder / "journal.jsonl").read_bytes()

    put(ledger, NEW, label="same")
    assert (folder / "journal.jsonl").read_bytes() == before
    put(ledger, {**NEW, "seconds": 60}, label="change")
    [change] = ledger_of_today(folder).undo()
    assert [(t.before, t.after) for t in change.touched] == [(NEW, {**NEW, "seconds": 60})]
    ledger.refresh()
    ledger.fold()

    assert get(ledger_of_today(folder), "blocks", "b1") == NEW
    assert b'"v":1' not in (folder / "2026.jsonl").read_bytes()


def test_an_old_command_can_be_undone_and_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    put(Ledger(folder, FakeClock()), OLD, label="old")

    assert [c.label for c in ledger_of_today(folder).undo()] == ["old"]
    assert get(ledger_of_today(folder), "blocks", "b1") is None
    assert [c.label for c in ledger_of_today(folder).redo()] == ["old"]
    assert get(ledger_of_today(folder), "blocks", "b1") == NEW


def test_every_step_there_is_leads_to_the_version_it_is_counted_as() -> None:
    """The registry itself: kinds that exist, steps that are functions."""
    from flowtui.core.kinds import KINDS

    assert set(STEPS) <= set(KINDS)
    assert all(callable(step) for steps in STEPS.values() for step in steps)
