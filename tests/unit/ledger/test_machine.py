"""The ledger against a dict: whatever is done, in whatever order, by whichever process."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from flowtui.core.errors import LedgerError
from flowtui.core.kinds import KINDS
from flowtui.ledger.history import Change
from flowtui.ledger.ledger import Ledger
from tests.faults.disks import Failing
from tests.unit.ledger.helpers import check, everything, find, get, open_ledger, save

KEEP = 6
World = dict[str, dict[str, dict[str, Any]]]

ids = st.sampled_from(["a", "b", "c", "d"])
dated_kinds = st.sampled_from(["blocks", "entries"])
state_kinds = st.sampled_from(["plans", "state"])
days = st.sampled_from(["2024-02-29", "2025-12-31", "2026-01-01", "2026-03-02", "2019-07-01"])
values = st.integers(0, 3) | st.sampled_from(["ü", None, [["x"], ["y"]], {"deep": [1.5]}])
turns = st.sampled_from([0, 1])


class Command(NamedTuple):
    """One command with everything as it was before and after it."""

    seq: int
    before: World
    after: World


class Model:
    """What should be there, and what undo and redo should do."""

    def __init__(self) -> None:
        self.world: World = {kind: {} for kind in KINDS}
        self.done: list[Command] = []
        self.undone: list[Command] = []
        self.seq = 0

    def copy(self) -> World:
        return {kind: dict(records) for kind, records in self.world.items()}

    def command(self, after: World) -> None:
        if after == self.world:
            return
        self.seq += 1
        self.done.append(Command(self.seq, self.world, after))
        self.undone.clear()
        self.world = after


class LedgerMachine(RuleBasedStateMachine):
    """Two processes take turns on one folder; either may restart at any time."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.folder = self.root / "ledger"
        self.model = Model()
        self.ledgers = [self.opened(), self.opened()]

    def opened(self) -> Ledger:
        return open_ledger(self.folder, keep=KEEP)

    def teardown(self) -> None:
        if hasattr(self, "root"):
            for ledger in self.ledgers:
                ledger.close()
            shutil.rmtree(self.root)

    @contextmanager
    def command(self, turn: int) -> Iterator[World]:
        after = self.model.copy()
        with self.ledgers[turn].transaction("command"):
            yield after
        self.model.command(after)

    @rule(turn=turns, kind=dated_kinds, id=ids, day=days, value=values)
    def put_dated(self, turn: int, kind: str, id: str, day: str, value: object) -> None:
        ledger = self.ledgers[turn]
        record = {"id": id, "day": day, "value": value}
        with self.command(turn) as after:
            save(ledger, kind, record)
            after[kind][id] = record

    @rule(turn=turns, kind=state_kinds, id=ids, value=values)
    def put_state(self, turn: int, kind: str, id: str, value: object) -> None:
        ledger = self.ledgers[turn]
        with self.command(turn) as after:
            save(ledger, kind, {"id": id, "value": value})
            after[kind][id] = {"id": id, "value": value}

    @rule(turn=turns, id=ids, other=ids, day=days)
    def put_across_files(self, turn: int, id: str, other: str, day: str) -> None:
        ledger = self.ledgers[turn]
        with self.command(turn) as after:
            save(ledger, "state", {"id": "running", "block": id})
            after["state"]["running"] = {"id": "running", "block": id}
            for name, of_day in ((id, day), (other, "2026-01-01")):
                save(ledger, "blocks", {"id": name, "day": of_day})
                after["blocks"][name] = {"id": name, "day": of_day}

    @rule(turn=turns, kind=dated_kinds | state_kinds, id=ids)
    def delete(self, turn: int, kind: str, id: str) -> None:
        ledger = self.ledgers[turn]
        if id in self.model.world[kind]:
            with self.command(turn) as after:
                ledger.table(kind).remove(doc_ids=[id])
                del after[kind][id]
        else:
            with ledger.transaction("nothing"):
                assert ledger.table(kind).remove(doc_ids=[id]) == []

    @rule(turn=turns, kind=dated_kinds, id=ids, day=days)
    def change_and_fail(self, turn: int, kind: str, id: str, day: str) -> None:
        ledger = self.ledgers[turn]
        with pytest.raises(ZeroDivisionError), self.ledgers[turn].transaction("fails"):
            save(ledger, kind, {"id": id, "day": day, "value": "never"})
            raise ZeroDivisionError

    @rule(
        turn=turns,
        id=ids,
        day=days,
        value=values,
        call=st.sampled_from(["write", "fdatasync"]),
        number=st.sampled_from([errno.ENOSPC, errno.EIO]),
        after=st.integers(0, 3),
        where=st.sampled_from([".jsonl", "state.jsonl", "2026.jsonl", ".new"]),
    )
    def put_on_a_bad_disk(
        self,
        turn: int,
        id: str,
        day: str,
        value: object,
        call: str,
        number: int,
        after: int,
        where: str,
    ) -> None:
        ledger = self.ledgers[turn]
        records: list[dict[str, Any]] = [
            {"id": id, "day": day, "value": value},
            {"id": "x", "day": "2026-01-01"},
        ]
        world = self.model.copy()
        try:
            with (
                pytest.MonkeyPatch.context() as patch,
                self.ledgers[turn].transaction("command"),
            ):
                Failing(patch, call, number, after=after, ending=where)
                for record in records:
                    save(ledger, "blocks", record)
                    world["blocks"][record["id"]] = record
                save(ledger, "state", {"id": id, "value": value})
                world["state"][id] = {"id": id, "value": value}
        except LedgerError:
            assert everything(self.ledgers[turn]) == self.model.world
        else:
            self.model.command(world)

    @rule(turn=turns, steps=st.integers(1, 3))
    def undo(self, turn: int, steps: int) -> None:
        self.turn_back(self.ledgers[turn].undo(steps), steps, self.model.done, self.model.undone)

    @rule(turn=turns, steps=st.integers(1, 3))
    def redo(self, turn: int, steps: int) -> None:
        self.turn_back(self.ledgers[turn].redo(steps), steps, self.model.undone, self.model.done)

    def turn_back(
        self, changes: list[Change], steps: int, stack: list[Command], other: list[Command]
    ) -> None:
        """What can be reached is decided once, before the first step is taken."""
        oldest = self.model.seq - KEEP
        reached = [*takewhile(lambda command: command.seq > oldest, stack[::-1])][:steps]
        assert [change.seq for change in changes] == [command.seq for command in reached]
        for command in reached:
            assert stack.pop() is command
            other.append(command)
            self.model.world = command.before if stack is self.model.done else command.after
            self.model.seq += 1

    @rule(turn=turns)
    def restart(self, turn: int) -> None:
        self.ledgers[turn].close()
        self.ledgers[turn] = self.opened()

    @rule(turn=turns)
    def compact(self, turn: int) -> None:
        self.ledgers[turn].fold()

    @rule(kind=dated_kinds, id=ids, first=days, last=days)
    def look(self, kind: str, id: str, first: str, last: str) -> None:
        ledger = self.opened()
        assert get(ledger, kind, id) == self.model.world[kind].get(id)
        found = find(ledger, kind, date.fromisoformat(first), date.fromisoformat(last))
        expected = [r for r in self.model.world[kind].values() if first <= r["day"] <= last]
        assert found == sorted(expected, key=lambda r: (r["day"], r["id"]))

    @invariant()
    def every_process_sees_the_same(self) -> None:
        if not hasattr(self, "model"):
            return
        for ledger in (*self.ledgers, self.opened()):
            ledger.refresh()
            assert everything(ledger) == self.model.world
        assert [f for f in check(self.folder) if "is read from here" not in f.what] == []


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
