"""The tidy export: readable by anything, and read back as it was."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.core.body.day_series import days_between, shown_variables
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_days import BodyLog
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import habits_from
from flowtui.core.body.quick_line import Words
from flowtui.core.day import DayRule
from flowtui.exchange.registry import format_of
from flowtui.exchange.tidy import ENTRY_COLUMNS, days_csv, dictionary, entries_csv
from tests.exports import health
from tests.unit.body.entries import local, log, pen
from tests.unit.exchange.make import BERLIN, NOW, plan, table

RULE = DayRule(BERLIN)
EVENING = local("2026-03-10 22:00")
HABITS = habits_from({"meditate": "yes_no", "pages": "count"})
LINES = [
    *("energy 4 9:00", "coffee 9:00", "2 coffees 14:10", "sleep 23:40-7:05 q4", "yoga 30 e6"),
    *("eat 12:00-20:00", "yesterday eat 12:00-20:00", "no sugar", "meditate skip", "pages 20"),
    *("yesterday output 3", "worked =SUM(A1) away"),
]


def entries() -> list[Entry]:
    return log(LINES, pen(EVENING), Words(HABITS))


def write(path: Path, made: list[Entry]) -> Path:
    return table(path, "".join(entries_csv(made, RULE)))


def test_one_row_an_entry_with_every_column_in_the_dictionary() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(entries_csv(entries(), RULE)))))
    text = dictionary(shown_variables(HABITS, (), True), HABITS)

    assert len(rows) == len(LINES)
    assert all(f"  {name}: " in text for name in ENTRY_COLUMNS)
    yoga = next(r for r in rows if r["name"] == "yoga")
    assert (yoga["load"], yoga["length_s"], yoga["amount"]) == ("180", "1800", "30")
    assert "energy@1: How much energy" in text


def test_one_row_a_day_keeps_missing_no_and_skipped_apart() -> None:
    body = BodyLog(entries())
    variables = shown_variables(HABITS, (), True)
    days = days_between(date(2026, 3, 8), date(2026, 3, 10))
    text = "".join(days_csv(body, days, variables, EVENING, RULE))
    empty, before, today = csv.DictReader(io.StringIO(text))

    assert (today["sugar"], today["sugar.state"]) == ("0", "no")
    assert (today["habit:meditate"], today["habit:meditate.state"]) == ("", "skipped")
    assert (before["sugar"], before["sugar.state"]) == ("", "")
    assert (today["caffeine"], today["caffeine.last"]) == ("3", "14:10")
    assert (today["eating"], today["eating.fast_s"]) == ("8", str(16 * 3600))
    assert (before["output"], before["late"], today["late"]) == ("3", "1", "0")
    assert set(empty.values()) == {"2026-03-08", "", "0"}


def test_every_column_of_the_days_is_in_the_dictionary() -> None:
    variables = shown_variables(HABITS, ("phone in bed",), True)
    header = next(days_csv(BodyLog([]), [], variables, EVENING, RULE))
    text = dictionary(variables, HABITS)

    for name in next(csv.reader([header])):
        assert f"  {name}: " in text


def test_what_was_exported_comes_back_as_it_was_and_twice_adds_nothing(tmp_path: Path) -> None:
    made = entries()
    path = write(tmp_path / "entries.csv", made)
    first = plan(path)
    again = plan(path, first.new)

    assert format_of(path).name == "flowtui"
    assert list(first.new) == made
    assert (again.new, again.known) == ((), len(made))


def test_imported_entries_keep_their_provenance_through_an_export(tmp_path: Path) -> None:
    made = list(plan(health.apple_zip(tmp_path / "Export.zip")).new)

    assert list(plan(write(tmp_path / "entries.csv", made)).new) == made


def test_a_spreadsheet_finds_no_formula_in_it() -> None:
    text = "".join(entries_csv(entries(), RULE))

    assert "'=SUM(A1) away" in text
    assert all(
        not c.startswith(("=", "+", "@")) for row in csv.reader(io.StringIO(text)) for c in row
    )


def test_a_damaged_row_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    text = "".join(entries_csv(entries(), RULE))
    lines = text.splitlines(keepends=True)
    lines[2] = lines[2].replace("2026-03-10", "2026-13-10")
    made = plan(table(tmp_path / "entries.csv", "".join(lines)))

    assert [(u.line, "field 'day'" in u.why) for u in made.unread] == [(3, True)]
    assert len(made.new) == len(LINES) - 1


notes = st.none() | st.text(
    st.characters(blacklist_categories=("C", "Z")) | st.sampled_from(" ,;\"'=+-@"), max_size=30
).map(lambda text: " ".join(text.split()) or None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(notes, st.integers(0, 500), st.floats(0, 1e6)), max_size=6))
def test_any_note_and_number_survive_the_table(
    rows: list[tuple[str | None, int, float]], tmp_path: Path
) -> None:
    writer = pen(NOW)
    made = [
        writer.write(
            Kind.HABIT,
            name="pages",
            value=float(f"{value:.10g}"),
            at=NOW - timedelta(hours=hour),
            note=note,
        )
        for note, hour, value in rows
    ]
    path = write(tmp_path / "entries.csv", made)

    assert list(plan(path, name="flowtui").new) == made
