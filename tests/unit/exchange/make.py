"""Plans made from files, for the tests of imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flowtui.core.body.entry import Entry
from flowtui.exchange.plan import ImportPlan, plan_import
from flowtui.exchange.protocol import Options, Watch
from flowtui.exchange.registry import format_named, format_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
OPTIONS = Options(NOW, BERLIN)


def plan(
    path: Path,
    known: Iterable[Entry] = (),
    options: Options = OPTIONS,
    name: str | None = None,
    watch: Watch | None = None,
) -> ImportPlan:
    """The dry run of `path`, by the format it looks like unless one is named."""
    reader = format_named(name) if name else format_of(path)
    if watch is not None:
        options = replace(options, watch=watch)
    return plan_import(path, reader, options, {e.id: e for e in known})


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file."""
    path.write_text(text, encoding=encoding, newline="")
    return path


def by_key(made: ImportPlan) -> Mapping[str, Entry]:
    """New entries by the key of their row."""
    return {e.source.key or e.id: e for e in made.new}


class Stopped:
    """A watch that stops the import at the n-th look."""

    def __init__(self, after: int) -> None:
        self.seen: list[tuple[int, int]] = []
        self._after = after

    def progress(self, done: int, total: int) -> None:
        self.seen.append((done, total))

    def cancelled(self) -> bool:
        return len(self.seen) >= self._after
