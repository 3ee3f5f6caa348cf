"""What is wrong in a file that a person wrote: collected and shown, never raised while reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path
from typing import NoReturn

from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was not understood; the default is used in its place."""

    file: Path
    """The file it stands in."""
    key: str
    """Dotted name of the setting, such as `day.start`; empty if the whole file is meant."""
    message: str
    """What is wrong and what is accepted, in one line without a full stop."""

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.file), self.key, self.message) if part)


@dataclass(slots=True)
class Collector:
    """Gathers the problems of one file."""

    file: Path
    found: list[Problem] = field(default_factory=list)

    def add(self, key: str, message: str) -> None:
        """Note a problem at the dotted `key`."""
        self.found.append(Problem(self.file, key, message))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None if none is near."""
    from difflib import get_close_matches

    by_folded = {name.casefold().replace("-", "_"): name for name in known}
    close = get_close_matches(word.casefold().replace("-", "_"), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def shown(value: object, width: int = 60) -> str:
    """A value from a file, short enough for one line and without control characters."""
    text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def refuse(problems: Sequence[Problem]) -> NoReturn:
    """Raise a UsageError (exit code 2) for the first of `problems`, counting the others."""
    more = len(problems) - 1
    also = f"There {'is 1 more problem' if more == 1 else f'are {more} more problems'}. "
    raise UsageError(str(problems[0]), f"{also if more else ''}See: flowtui doctor")
