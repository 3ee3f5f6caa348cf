"""One place for days: after a journey every face tells the same of a block, on one clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.body.day_text import entry_text
from flowtui.core.focus.day_line import FOCUS, day_line
from flowtui.core.zones import elsewhere
from flowtui.tui.focus.block_text import row
from tests.user import Person, Shell

NEW_YORK = ZoneInfo("America/New_York")
FOURTH = date(2026, 3, 4)


@pytest.fixture
def traveller(tmp_path: Path) -> Person:
    """Somebody who worked in Kolkata in the morning of the fourth, and is in New York now."""
    person = Person(tmp_path / "h", datetime(2026, 3, 4, 3, 0, tzinfo=UTC), "Asia/Kolkata")
    person.begin(50, "read")
    person.services.body.log.write("coffee")
    person.pass_min(50)
    person.services.focus.finish()
    person.env["TZ"] = "America/New_York"
    person.services = person.open()
    return person


def test_header_week_list_status_and_log_agree_on_the_day_of_a_block(
    traveller: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = Shell(traveller, monkeypatch, capsys)
    for hours, today in ((0, "2026-03-03"), (12, "2026-03-04")):
        traveller.pass_min(hours * 60)
        services = traveller.open()
        services.status.write()
        snapshot = services.snapshots.take()
        of_the_day = 3000 if today == "2026-03-04" else 0
        assert str(snapshot.today.day) == today
        assert snapshot.today.focus_s == of_the_day
        assert snapshot.week.by_day.get(FOURTH) == 3000
        assert services.snapshots.take(FOURTH).shown.focus_s == 3000
        assert flow.ok("status", "--json").json["day"]["focus_s"] == of_the_day
        (block,) = flow.ok("log", "--json").json
        assert block["day"] == "2026-03-04"
        shown = flow.ok("log").out
        assert "Wed 2026-03-04" in shown and "08:30–09:20" in shown and "Kolkata time" in shown


def test_what_was_made_elsewhere_shows_its_own_clock_and_names_it(traveller: Person) -> None:
    (block,) = traveller.services.store.last_ended()
    assert row(block, traveller.clock.now(), NEW_YORK)[0] == "08:30–09:20"
    assert row(block, traveller.clock.now(), NEW_YORK)[4] == "read  Kolkata time"
    assert row(block, traveller.clock.now(), ZoneInfo("Asia/Kolkata"))[4] == "read"
    (entry,) = traveller.services.body.log.store.between(FOURTH, FOURTH)
    assert entry_text(entry, NEW_YORK) == "coffee 1 at 08:30 Kolkata time"
    assert entry_text(entry, NEW_YORK, timed=False) == "coffee 1 Kolkata time"


def test_zones_whose_clocks_agree_are_not_told_apart() -> None:
    winter, summer = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)
    assert elsewhere("Europe/Paris", winter, ZoneInfo("Europe/Berlin")) == ""
    assert elsewhere("Europe/London", winter, ZoneInfo("UTC")) == ""
    assert elsewhere("Europe/London", summer, ZoneInfo("UTC")) == "London time"
    assert elsewhere("America/New_York", winter, ZoneInfo("UTC")) == "New York time"


def test_the_line_of_the_day_stands_on_the_clock_of_its_blocks(traveller: Person) -> None:
    blocks = traveller.services.store.last_ended()
    line = day_line(blocks, [], traveller.clock.now(), NEW_YORK, 100, today=False)
    assert line is not None
    assert line.scale.startswith("08")
    assert line.cells.index(FOCUS) == 5 and line.cells.count(FOCUS) in (8, 9)
