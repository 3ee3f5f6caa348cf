"""What another process wrote is shown, whoever in this one took it over first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.focus.commands import Pause
from tests.user import Person

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_change_that_a_heartbeat_or_a_look_took_over_first_is_shown_all_the_same(
    tmp_path: Path,
) -> None:
    one, two = Person(tmp_path / "flowtui", AT), Person(tmp_path / "flowtui", AT)
    one.begin(50)
    snapshots = two.services.snapshots
    assert snapshots.is_behind()
    snapshots.take()
    assert not snapshots.is_behind()

    one.services.focus.apply(Pause("go on here"))
    two.services.store.ledger.refresh()  # as anything on the desk may
    assert snapshots.is_behind() and snapshots.is_behind()
    block = snapshots.take().block
    assert block is not None and block.open_gap is not None
    assert not snapshots.is_behind()
