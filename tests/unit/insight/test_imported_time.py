"""Time imported from time trackers: an outcome of its own, in review, mixed with nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.day import DayRule
from flowtui.core.focus.block import Block, EndedBy
from flowtui.core.insight.day_table import DayTable
from flowtui.core.insight.focus_facts import focus_facts
from flowtui.services.body.habit_catalog import Names
from flowtui.services.insight.day_rows import OUT_OF_BLOCKS, day_table
from tests.user import Person, Shell

RULE = DayRule(ZoneInfo("UTC"))
FIRST = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
WHAT = ("none", "lived", "imported", "both")


def block(day: int, minutes: int, imported: str = "", hour: int = 0) -> Block:
    start = NOON + timedelta(days=day, hours=hour)
    end = start + timedelta(minutes=minutes)
    id = f"{imported}{day}-{hour}"
    return Block(id, start, "UTC", ended_at=end, ended_by=EndedBy.USER, imported=imported)


def entry(day: int) -> Entry:
    return Entry(f"e{day}", Kind.ENERGY, FIRST + timedelta(days=day), "UTC", NOON, value=3.0)


def table(blocks: list[Block], entries: list[Entry], days: int) -> DayTable:
    last = FIRST + timedelta(days=days - 1)
    return day_table(blocks, entries, Names((), ()), RULE, last, NOON + timedelta(days=days + 1))


def names(found: DayTable) -> set[str]:
    return {column.name for column in found.columns}


def test_imported_time_is_in_no_column_of_lived_blocks() -> None:
    blocks = [block(0, 50), block(0, 90, "toggl", hour=3), block(1, 30, "toggl"), block(2, 20)]

    found = table(blocks, [entry(k) for k in range(4)], 4)

    assert found.column("deep_min").values == (50.0, None, 20.0, 0.0)
    assert found.column("blocks").values == (1.0, None, 1.0, 0.0)
    assert found.column("longest_min").values == (50.0, None, 20.0, 0.0)
    assert found.column("imported_min").values == (90.0, 30.0, None, 0.0)


@given(st.lists(st.sampled_from(WHAT), min_size=1, max_size=40))
def test_what_was_imported_changes_no_lived_minute(days: list[str]) -> None:
    lived = [block(k, 40 + k) for k, what in enumerate(days) if what in ("lived", "both")]
    other = [block(k, 15, "watson", hour=4) for k, what in enumerate(days)
             if what in ("imported", "both")]  # fmt: skip
    entries = [entry(k) for k in range(len(days))]

    mixed = table(lived + other, entries, len(days))
    alone = table(lived, entries, len(days))

    for name in OUT_OF_BLOCKS:
        values, before = mixed.column(name).values, alone.column(name).values
        elsewhere = [what == "imported" for what in days]
        pairs = zip(values, before, elsewhere, strict=True)
        assert all(value == (None if away else was) for value, was, away in pairs)
    assert ("imported_min" in names(mixed)) == bool(other)


def test_days_before_the_tracker_and_after_it_are_not_days_of_zero_imported_time() -> None:
    blocks = [block(k, 60, "toggl") for k in range(40, 60) if k % 3]

    values = table(blocks, [entry(k) for k in range(120)], 120).column("imported_min").values

    assert values[:40] == (None,) * 40
    assert set(values[40:60]) == {0.0, 60.0, None} - {None}
    assert values[60:] == (None,) * 60


def test_imported_time_is_an_outcome_and_no_factor_and_the_dictionary_says_what_it_is() -> None:
    found = table([block(0, 50), block(1, 30, "toggl"), block(2, 30, "org")], [], 3)

    column = found.outcome("imported_min")
    assert column.factor is None and column.outcome is not None
    assert (column.outcome.label, column.unit) == ("imported minutes", "min")
    dictionary = dict(found.dictionary())
    assert "imported from time trackers (org, toggl)" in dictionary["imported_min"]
    for name in OUT_OF_BLOCKS:
        assert "Without time imported from time trackers." in dictionary[name]


def test_the_facts_of_focus_are_those_of_lived_blocks() -> None:
    lived = [replace(block(k, 50), rating=4) for k in range(15)]
    imported = [block(k, 600, "toggl", hour=2) for k in range(60)]

    def told(blocks: list[Block]) -> list[tuple[str, int]]:
        facts = focus_facts(blocks, NOON + timedelta(days=90), lambda b: b.started_at.date())
        return [(fact.sentence, fact.n) for fact in facts]

    assert told(lived + imported) == told(lived)


def test_the_shell_counts_imported_time_in_review_and_names_it_in_insight(
    flow: Shell, person: Person, tmp_path: Path
) -> None:
    rows = [f"2026-02-{day:02} 09:00,2026-02-{day:02} 10:{day:02},kernels" for day in range(1, 28)]
    file = tmp_path / "tracked.csv"
    file.write_text("\n".join(["start,end,title", *rows]))
    flow.ok("import", "blocks", str(file))
    flow.ok("add", "mine", "--start", "2026-02-10 14:00", "--end", "2026-02-10 14:25")

    report = flow.ok("report", "--since", "2026-02-10", "--until", "2026-02-10", "--json").json
    table = flow.ok("insight", "table", "--json").json
    at = table["days"].index("2026-02-10")

    assert report["focus_s"] == 70 * 60 + 25 * 60
    assert (table["columns"]["deep_min"][at], table["columns"]["imported_min"][at]) == (25, 70)
    assert "imported from time trackers" in table["dictionary"]["imported_min"]
    said = flow.ok("insight")
    assert "27 days of imported time are not in it: flowtui insight --outcome imported_min" in (
        said.err
    )
    assert flow.ok("insight", "--outcome", "imported_min", "--json").json["outcome"] == (
        "imported_min"
    )
