"""What the guard answers, turned into what a person is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowtui.core.guard import protection
from flowtui.core.guard.protection import GuardView
from flowtui.core.text import plain
from flowtui.guard import browsers
from flowtui.guard.program.units import LAUNCHER
from flowtui.services.guard.guard_state import Kept


def view_of(held: Mapping[str, Any], home: Path, kept: Kept, env: Mapping[str, str]) -> GuardView:
    """A lease as the guard tells it, with what it means for each browser here."""
    found = browsers.coverage(
        browsers.installed(home, env=env), held["layers"], bool(held["only"]), held.get("paths", 0)
    )
    pending = held["pending"]
    return GuardView(
        "guard",
        tuple(held["lists"]),
        held["strictness"],
        held["left_s"],
        held["attempts"],
        held["frozen"],
        tuple(protection.Cover(one.browser, one.covered, one.why) for one in found),
        tuple(held["open"]),
        tuple(dict.fromkeys([*kept.left_out, *(plain(note) for note in held["notes"])])),
        pending["ready_in_s"] if pending else None,
        kept.quiet,
        emergency=bool(pending and pending["emergency"]),
    )


def silent_view(kept: Kept, left_s: int, problem: str) -> GuardView:
    """What is remembered of a lease whose guard does not answer now."""
    notes = (*kept.left_out, problem)
    if left_s <= 0:
        # after a reboot that started no guard, or with one that is broken
        notes = (*notes, f"its time is over; put everything back: sudo {LAUNCHER} rescue")
    return GuardView(
        "guard", kept.lists, kept.strictness, left_s, kept.attempts, notes=notes,
        quiet=kept.quiet, answers=False,
    )  # fmt: skip
