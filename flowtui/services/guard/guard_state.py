"""What flowtui remembers of the guard between two processes: whose block it is, what was chosen.

May be lost without harm: the lease itself is the guard's.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, field
from datetime import date
from pathlib import Path
from typing import Any

from flowtui.core.guard.protection import STRICTNESS, Choice
from flowtui.core.lazy_dataclass import dataclass
from flowtui.system.files import write_atomic

COUNTS = "guard-attempts.jsonl"
"""One line a block: its day, and the attempts by list."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The guard of a block, or one without."""

    block: str
    """Its id; empty where the guard was put on without a block."""
    lists: tuple[str, ...]
    strictness: str
    level: str
    """"guard" or "session"."""
    lease: str = ""
    attempts: int = 0
    by_list: dict[str, int] = field(default_factory=dict)
    """Attempts by list, as they were last seen."""
    until: float = 0.0
    """Seconds since 1970, for the status file."""
    quiet: bool = False
    left_out: tuple[str, ...] = ()
    """Sentences on what no layer had room for."""
    asked: bool = False
    """True once the end was asked for because the block had ended."""
    about: str = ""
    """What it was put on for without a block, parted by blanks: PLAN@DAY, or `hand`."""

    @property
    def alone(self) -> bool:
        """True for a guard that was put on without a block."""
        return not self.block


class GuardState:
    """A few small files in the state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Kept | None:
        """The guard of the block, or None."""
        raw = self._load("guard.json")
        try:
            return None if raw is None else _kept(raw)
        except (TypeError, KeyError, AttributeError):
            return None

    def live(self, now: float) -> Kept | None:
        """The guard of the block if it has not ended by `now` (seconds since 1970)."""
        kept = self.read()
        return kept if kept is not None and kept.until > now else None

    def write(self, kept: Kept) -> None:
        """Remember. Best effort."""
        self._save("guard.json", asdict(kept))

    def clear(self) -> None:
        """There is no guard any more."""
        with contextlib.suppress(OSError):
            (self._folder / "guard.json").unlink(missing_ok=True)

    def last_choice(self) -> Choice | None:
        """What was chosen for the last block that was guarded or left alone on purpose."""
        raw = self._load("guard-choice.json")
        try:
            if raw is None or raw["strictness"] not in STRICTNESS:
                return None
            return Choice(tuple(str(name) for name in raw["lists"]), raw["strictness"])
        except (TypeError, KeyError):
            return None

    def keep_choice(self, choice: Choice | None) -> None:
        """Remember what was chosen; None for nothing."""
        self._save("guard-choice.json", asdict(choice or Choice(())))

    def count(self, day: date, by_list: Mapping[str, int]) -> None:
        """Note what was asked for in vain during a block. Best effort."""
        line = json.dumps({"day": day.isoformat(), "attempts": dict(by_list)}) + "\n"
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self._folder / COUNTS).open("a", encoding="utf-8") as file:
                file.write(line)

    def counted(self, first: date, last: date) -> dict[str, int]:
        """Attempts by list from `first` to `last`, both included."""
        total: Counter[str] = Counter()
        try:
            lines = (self._folder / COUNTS).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return {}
        for line in lines:
            try:
                raw = json.loads(line)
                if first.isoformat() <= raw["day"] <= last.isoformat():
                    total.update({str(name): int(n) for name, n in raw["attempts"].items()})
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # a line that was torn by a full disk
        return dict(total)

    def told(self) -> bool:
        """True if a person was told of the installation already; from now on it is."""
        file = self._folder / "guard-told"
        if file.exists():
            return True
        with contextlib.suppress(OSError):
            write_atomic(file, b"")
        return False

    def tell_damage(self, sentences: list[str]) -> bool:
        """True if these were not told last; from now on they are."""
        before = self._load("guard-damage.json")
        if sentences == (before if isinstance(before, list) else []):
            return False
        with contextlib.suppress(OSError):
            write_atomic(self._folder / "guard-damage.json", json.dumps(sentences).encode())
        return bool(sentences)

    def _load(self, name: str) -> Any:
        try:
            return json.loads((self._folder / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def _save(self, name: str, body: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            write_atomic(self._folder / name, json.dumps(body).encode())


def _kept(raw: Any) -> Kept:
    """Raises KeyError, TypeError for what was not written here."""
    left_out = tuple(raw.get("left_out", ()))
    return Kept(**{**raw, "lists": tuple(raw["lists"]), "left_out": left_out})
