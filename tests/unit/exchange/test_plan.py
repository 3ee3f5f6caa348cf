"""The dry run: counts, what is known, what changed, what shares time, progress and cancel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError
from flowtui.exchange.plan import UNREAD_KEPT
from flowtui.exchange.protocol import CancelledImportError
from tests.exports import health, tables
from tests.unit.body.entries import pen
from tests.unit.exchange.make import NOW, OPTIONS, Stopped, plan, table


def test_the_plan_counts_by_kind_and_tells_the_days(tmp_path: Path) -> None:
    made = plan(health.apple_zip(tmp_path / "Export.zip"))

    assert made.counts == {"habit:mindful": 1, "sleep": 2, "workout": 1}
    assert made.days == (date(2026, 3, 3), date(2026, 3, 3))
    assert made.file == "Export.zip"


def test_a_later_export_adds_only_what_is_new(tmp_path: Path) -> None:
    """The file's name, hash and line numbers may differ; the rows are the same."""
    first = plan(table(tmp_path / "a.csv", tables.ZERO))
    more = tables.ZERO.replace("Eating\n", "Eating\n2/20/21,20:00,12:00,16,0\n")
    second = plan(table(tmp_path / "b.csv", more), first.new)

    assert second.known == len(first.new) == 2
    assert [e.start for e in second.new] == [datetime(2021, 2, 20, 9, tzinfo=UTC)]


def test_a_row_that_reads_differently_now_is_told_and_left_alone(tmp_path: Path) -> None:
    first = plan(tables.loop_folder(tmp_path / "loop"))
    table(tmp_path / "loop" / "Checkmarks.csv", tables.LOOP_OLD.replace("01,0,2", "01,2,2"))
    second = plan(tmp_path / "loop", first.new)

    assert (second.new, second.known) == ((), len(first.new) - 1)
    assert [e.source.key for e in second.changed] == ["meditate|2026-03-01"]


def test_a_row_twice_in_the_file_counts_once(tmp_path: Path) -> None:
    row = tables.strava_row(7)
    made = plan(table(tmp_path / "activities.csv", tables.strava_csv([row, row])))

    assert (len(made.new), made.repeated) == (1, 1)


def test_a_window_that_shares_time_with_the_log_is_listed(tmp_path: Path) -> None:
    own = pen(NOW).write(
        Kind.EATING,
        start=datetime(2021, 2, 10, 13, tzinfo=UTC),
        end=datetime(2021, 2, 10, 14, tzinfo=UTC),
    )
    made = plan(table(tmp_path / "zero.csv", tables.ZERO), [own])

    assert len(made.new) == 1
    assert ["shares time with" in u.why for u in made.unread] == [True]


def test_an_entry_in_the_future_is_listed_not_imported(tmp_path: Path) -> None:
    rows = [tables.strava_row(7, "Mar 21, 2026, 6:30:00 AM")]
    made = plan(table(tmp_path / "activities.csv", tables.strava_csv(rows)))

    assert made.new == ()
    assert "lies in the future" in made.unread[0].why


def test_a_sleep_of_thirty_hours_is_listed_not_imported(tmp_path: Path) -> None:
    made = plan(table(tmp_path / "days.csv", "date,sleep\n2026-03-01,30\n2026-03-02,7.5\n"))

    assert [e.duration_s for e in made.new] == [27000]
    assert [(u.line, u.why) for u in made.unread] == [(2, "sleep of 30 h is longer than 24 h")]


def test_unknown_rows_are_counted_to_the_last_and_listed_up_to_a_thousand(
    tmp_path: Path,
) -> None:
    rows = "".join("2026-03-01,lots\n" for _ in range(UNREAD_KEPT + 5))
    made = plan(table(tmp_path / "days.csv", "date,energy\n" + rows))

    assert (made.unread_count, len(made.unread)) == (UNREAD_KEPT + 5, UNREAD_KEPT)
    assert made.unread[0].line == 2


def test_progress_is_told_and_reaches_the_whole(tmp_path: Path) -> None:
    path = table(tmp_path / "zero.csv", tables.ZERO)
    watch = Stopped(10**9)
    plan(path, watch=watch)

    assert watch.seen[-1] == (path.stat().st_size, path.stat().st_size)


@pytest.mark.parametrize("name", ["zero", "apple", "loop", "strava", "health"])
def test_stopping_leaves_no_plan(name: str, tmp_path: Path) -> None:
    path = {
        "zero": lambda: table(tmp_path / "zero.csv", tables.ZERO),
        "apple": lambda: health.apple_zip(tmp_path / "Export.zip"),
        "loop": lambda: tables.loop_zip(tmp_path / "loop.zip"),
        "strava": lambda: tables.strava_zip(tmp_path / "s.zip"),
        "health": lambda: health.health_connect_zip(tmp_path / "hc.zip"),
    }[name]()

    with pytest.raises(CancelledImportError, match="the import was stopped"):
        plan(path, watch=Stopped(1))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="does not exist"):
        plan(tmp_path / "nothing.csv")
    with pytest.raises(FlowError, match="does not exist"):
        plan(tmp_path / "nothing.csv", name="zero")


def test_reading_changes_nothing_on_disk(tmp_path: Path) -> None:
    path = health.health_connect_zip(tmp_path / "hc.zip")
    before = (path.read_bytes(), sorted(tmp_path.iterdir()))
    plan(path)

    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_habits_that_are_declared_already_are_not_offered(tmp_path: Path) -> None:
    from flowtui.core.body.habits import Habit
    from flowtui.exchange.plan import plan_import
    from flowtui.exchange.registry import format_named

    path = tables.loop_folder(tmp_path / "loop")
    made = plan_import(path, format_named("loop"), OPTIONS, {}, [Habit("meditate")])

    assert [h.name for h in made.habits] == ["wake-up-early"]


def test_imported_day_totals_are_recorded_at_the_end_of_their_day(tmp_path: Path) -> None:
    """So that a cup logged by hand during that day does not come on top of the day's total."""
    made = plan(table(tmp_path / "days.csv", "date,coffee\n2026-03-01,3\n"))
    expected = datetime(2026, 3, 2, 3, tzinfo=UTC) - timedelta(seconds=1)

    assert made.new[0].recorded_at == expected
    early = replace(OPTIONS, now=datetime(2026, 3, 1, 20, tzinfo=UTC))
    assert plan(tmp_path / "days.csv", options=early).new[0].recorded_at == early.now
