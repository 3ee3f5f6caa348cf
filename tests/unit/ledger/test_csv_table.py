"""The ledger as one table is read back as it was, row by row, and says what it could not read."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowtui.core.errors import LedgerError
from flowtui.core.focus.block import (
    Block,
    Cause,
    Evidence,
    Gap,
    Interruption,
    Mode,
    Outcome,
    Plan,
    PlanKind,
    Source,
    Thought,
)
from flowtui.core.kinds import BLOCKS, KINDS
from flowtui.ledger.csv_table import TableReader, TableWriter, columns, is_table
from flowtui.ledger.export import export_csv, export_to
from flowtui.ledger.ledger import Ledger
from tests.bench.tenyears import fill
from tests.fakes import FakeClock
from tests.user import NOON, Person, Shell

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;\n1{}[]e='), max_size=20
)
blocks = st.builds(
    Block,
    id=st.text("abc123", min_size=1, max_size=8),
    started_at=st.just(START),
    zone=st.sampled_from(["UTC", "Asia/Tokyo"]),
    intention=texts | st.sampled_from(["true", "12", "null", '"x"', "[1]", "2026-03-01"]),
    then=texts,
    tags=st.tuples(st.sampled_from(["c++", "a,b", "1"])),
    context=st.sampled_from(["work", "7"]),
    mode=st.none() | st.sampled_from(Mode),
    plan=st.builds(Plan, kind=st.just(PlanKind.FIXED), seconds=st.integers(60, 7200)),
    ended_at=st.none() | st.just(START + timedelta(hours=2)),
    gaps=st.tuples(
        st.builds(
            Gap,
            start=st.just(START + timedelta(minutes=5)),
            end=st.just(START + timedelta(minutes=6)),
            cause=st.sampled_from(Cause),
            note=texts,
            focus=st.booleans(),
        )
    ),
    interruptions=st.tuples(
        st.builds(Interruption, at=st.just(START), source=st.sampled_from(Source))
    ),
    parked=st.tuples(st.builds(Thought, at=st.just(START), text=texts)),
    outcome=st.none() | st.sampled_from(Outcome),
    rating=st.none() | st.integers(1, 5),
    note=texts,
    evidence=st.none() | st.builds(Evidence, commits=st.none() | st.integers(0, 9)),
    added=st.booleans(),
)


@given(blocks)
@settings(max_examples=100, deadline=None)
def test_a_block_is_the_same_after_the_table(block: Block) -> None:
    record = KINDS[BLOCKS].encode(block, START.date())
    lines: list[str] = []
    TableWriter(lines.append).put(BLOCKS, record)
    file = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp") / f"flowtui-{id(lines)}.csv"
    file.write_text("".join(lines), encoding="utf-8")
    try:
        ((kind, read),) = TableReader(file).documents()
    finally:
        file.unlink()

    assert kind == BLOCKS
    assert KINDS[BLOCKS].decode(read) == block and read["day"] == "2026-03-01"


def lived(flow: Shell) -> None:
    """Records of many kinds."""
    flow.ok("habit", "pages", "--new", "count", "--unit", "pages")
    flow.ok("habit", "pages", "3")
    flow.ok("note", "yoga 30 e6, no coffee, sleep 23:40-7:05 q4 -- slept, well")
    flow.ok("add", 'a "quoted", text', "--start", "yesterday 9:00", "--for", "50m", "-t", "c++")
    flow.ok("start", "true", "--at", "30m ago", "--detach", "--for", "20m")
    flow.ok("park", "12")
    flow.ok("interrupt", "external", "phone")
    flow.ok("stop", "--outcome", "done", "--rating", "4", "--note", "1e3")
    flow.ok("plan", "add", "weekdays 09:00 for 90m", "fuse it")
    flow.ok("shared", "https://example.org/a,b", "a post")


def records(person: Person) -> dict[str, object]:
    """Everything that counts, of all kinds."""
    ledger = person.open().store.ledger
    with ledger.snapshot() as read:
        return {
            kind.name: sorted(json.dumps(record, sort_keys=True) for record in read(kind.name))
            for kind in ledger.kinds()
        }  # fmt: skip


@pytest.mark.parametrize("shape", ["csv", "tidy"])
def test_an_export_is_read_back_into_an_empty_home_and_one_undo_takes_it_away(
    person: Person, flow: Shell, tmp_path: Path, shape: str
) -> None:
    lived(flow)
    before = records(person)
    out = tmp_path / f"out.{shape}"
    flow.ok("export", f"--{shape}", str(out))
    for name in person.home.rglob("*.jsonl"):
        name.unlink()

    dry = flow.ok("import", str(out), "--dry-run")
    assert "blocks: 2 would be added" in dry.err and records(person)["blocks"] == []
    said = flow.ok("import", str(out))
    assert "blocks: 2 added" in said.err and "not taken" not in said.err
    after = records(person)
    kept = ("blocks", "entries") if shape == "tidy" else tuple(before)
    assert {kind: after[kind] for kind in kept} == {kind: before[kind] for kind in kept}
    assert flow.ok("habit", "pages", "4").code == 0  # what was declared came along
    flow.ok("undo")
    again = flow.ok("import", str(out))
    assert "blocks: 2 there already" in again.err.replace("0 added, ", "")
    assert flow("doctor").out == "everything is sound\n"
    flow.ok("undo")
    assert records(person)["blocks"] == []


def test_a_home_with_habits_of_its_own_keeps_them_and_takes_the_others(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    lived(flow)
    for shape in ("csv", "json", "tidy"):
        flow.ok("export", f"--{shape}", str(tmp_path / f"x.{shape}"))
    for shape in ("csv", "json", "tidy"):
        for name in person.home.rglob("*.jsonl"):
            name.unlink()
        flow.ok("habit", "biscuits", "--new", "count", "--unit", "pieces")
        flow.ok("habit", "pages", "--new", "dose", "--unit", "sheets")
        flow.ok("import", str(tmp_path / f"x.{shape}"))
        habits = person.open().body.log.names().habits
        assert {h.name: (h.form.value, h.unit) for h in habits} == {
            "biscuits": ("count", "pieces"), "pages": ("dose", "sheets"),
        }  # fmt: skip


def test_a_damaged_row_is_named_and_costs_itself_alone(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    lived(flow)
    out = tmp_path / "x.csv"
    flow.ok("export", "--csv", str(out))
    lines = out.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("blocks,"))
    lines[at] = lines[at].replace('"[', '"[{{', 1)
    lines.append("blocks,too,few")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    flow.ok("undo", "20")
    said = flow.ok("import", str(out))

    assert said.err.count("not taken") == 2 and "cells, the header" in said.err
    assert "blocks: 1 added" in said.err


@pytest.mark.parametrize("text", ["table,id,day,\x00\n", "table,id,day,id\nblocks,a,b,c\n"])
def test_a_table_that_is_none_is_refused_and_changes_nothing(
    person: Person, flow: Shell, tmp_path: Path, text: str
) -> None:
    (tmp_path / "x.csv").write_text(text)
    before = person.ledger_bytes()
    said = flow("import", str(tmp_path / "x.csv"))

    assert said.code in (0, 1) and "Traceback" not in said.err
    assert person.ledger_bytes() == before


def test_a_table_is_written_line_by_line_whatever_the_years(tmp_path: Path) -> None:
    """The first line is there before a record was read; memory is that of a year, not of ten."""
    number = fill(tmp_path / "ledger", years=10, per_year=400)
    ledger = Ledger(tmp_path / "ledger", FakeClock(NOON))
    first: list[str] = []

    class Enough(Exception):
        pass

    def stop(text: str) -> None:
        first.append(text)
        raise Enough

    with pytest.raises(Enough):
        export_csv(ledger, stop)
    assert first == [",".join(columns()) + "\n"]

    sizes: list[int] = []
    tracemalloc.start()
    counts = export_csv(ledger, lambda text: sizes.append(len(text)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(counts.values()) == number and max(sizes) < 10_000
    assert peak < sum(sizes) * 3


def test_what_begins_as_the_table_does_is_told_from_other_tables(tmp_path: Path) -> None:
    mine, other = tmp_path / "a", tmp_path / "b"
    export_to(mine, export_csv, Ledger(tmp_path / "ledger", FakeClock(NOON)))
    other.write_text("table;id;day\n")

    assert is_table(mine) and not is_table(other) and not is_table(tmp_path / "none")
    with pytest.raises(LedgerError, match="could not read"):
        list(TableReader(tmp_path / "none").documents())
