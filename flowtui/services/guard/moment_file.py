"""What is to come under a lease, in two small files: windows that close, an exit that is ready.

They lie in a folder that the agent watches, so that it wakes for what another process has asked
for.
"""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.system.files import write_atomic

MARGIN_S = 20
"""A lease with so little left, under a block that goes on, is made to last on."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What is to come under one lease; instants are seconds since 1970."""

    lease: str
    closes: tuple[tuple[float, str], ...] = ()
    """When a list that is open by a window is kept away again, and its name."""
    ready_at: float | None = None
    """When an emergency exit that was asked for can be confirmed."""


class MomentFile:
    """Two small files in a folder of their own; may be lost without harm."""

    def __init__(self, state_folder: Path) -> None:
        self.folder = state_folder / "guard"

    def read(self) -> Moments | None:
        """What is to come; None for nothing."""
        raw = self._load("moments.json")
        try:
            closes = tuple((float(at), str(name)) for at, name in raw["closes"])
            ready = raw["ready_at"]
            return Moments(str(raw["lease"]), closes, None if ready is None else float(ready))
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, moments: Moments | None) -> None:
        """Keep it where it is another than before. Best effort."""
        if moments == self.read():
            return
        with contextlib.suppress(OSError):
            if moments is None:
                (self.folder / "moments.json").unlink(missing_ok=True)
                return
            body = {"lease": moments.lease, "closes": moments.closes, "ready_at": moments.ready_at}
            write_atomic(self.folder / "moments.json", json.dumps(body).encode())

    def ready(self, lease: str, ready_at: float | None, now: float) -> None:
        """Note of a lease when its emergency exit is ready; None where none was asked for."""
        here = self.read()
        closes = here.closes if here is not None and here.lease == lease else ()
        before = here.ready_at if here is not None and here.lease == lease else None
        if (
            ready_at is not None
            and before is not None
            and (ready_at <= now or _near(ready_at, before))
        ):
            return  # the same one, ready for a while or by a count of whole seconds
        if closes or ready_at is not None or before is not None:
            self.write(Moments(lease, closes, ready_at))

    def told_until(self) -> float:
        """All up to this instant was told."""
        raw = self._load("told.json")
        return float(raw) if isinstance(raw, int | float) else 0.0

    def tell_until(self, at: float) -> None:
        """Note that all up to `at` was told. Best effort."""
        with contextlib.suppress(OSError):
            write_atomic(self.folder / "told.json", json.dumps(at).encode())

    def _load(self, name: str) -> Any:
        try:
            return json.loads((self.folder / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None


def _near(one: float, other: float) -> bool:
    return abs(one - other) < 5


def moments_of(lease: str, wish: dict[str, Any], now: datetime) -> Moments:
    """What is to come under a lease that was just put on as `wish`."""
    start, length = now.timestamp(), wish["seconds"]
    closes = [
        (start + until, group["list"])
        for group in wish["groups"]
        for _, until in group["open"]
        if until < length  # a window that lasts to the end is followed by no cut
    ]
    return Moments(lease, tuple(sorted(closes)))
