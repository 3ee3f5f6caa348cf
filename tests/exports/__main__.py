"""Writes one export of each program into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.exports import fit, health, tables


def main(folder: Path) -> None:
    """Writes them all."""
    folder.mkdir(parents=True, exist_ok=True)
    tables.loop_zip(folder / "Loop Habits CSV 2026-03-03.zip")
    tables.loop_folder(folder / "loop-old")
    (folder / "Loop Habits Backup.db").unlink(missing_ok=True)
    tables.loop_db(folder / "Loop Habits Backup.db")
    (folder / "zero.csv").write_text(tables.ZERO)
    (folder / "daylio_export_2026_03_03.csv").write_text(tables.DAYLIO, encoding="utf-8-sig")
    tables.strava_zip(folder / "export_101.zip")
    health.health_connect_zip(folder / "Health Connect.zip")
    health.apple_zip(folder / "Export.zip")
    (folder / "2026-03-03-17-00-00.fit").write_bytes(fit.fit_file())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
