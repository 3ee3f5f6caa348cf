"""Whether files are as they were, told by stat alone."""

from __future__ import annotations

from pathlib import Path

from flowtui.services.written_files import WrittenFiles
from flowtui.system.stamp import folder_stamp


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert folder_stamp(str(tmp_path / "none")) == ()


def test_a_file_that_is_written_made_replaced_or_removed_is_noticed_once(tmp_path: Path) -> None:
    ledger, runs = tmp_path / "ledger", tmp_path / "runs"
    ledger.mkdir()
    watched = WrittenFiles(ledger, runs)

    assert watched.changed()
    assert not watched.changed()
    (ledger / "a").write_text("1")
    assert watched.changed() and not watched.changed()
    (ledger / "a").write_text("12")
    assert watched.changed() and not watched.changed()
    runs.mkdir()
    (runs / "b").write_text("1")
    assert watched.changed() and not watched.changed()
    (runs / "c").write_text("2")
    (runs / "c").replace(runs / "b")
    assert watched.changed() and not watched.changed()
    (runs / "b").unlink()
    assert watched.changed() and not watched.changed()
