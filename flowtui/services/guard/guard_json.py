"""The one `guard` object of JSON: as the guard was asked just now, or as it is remembered.

Always an object with the same keys; what cannot be known without asking is null. `level` is
"guard", "session" (notices and own apps alone) or "none". Instants are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flowtui.core.guard.protection import GuardView
from flowtui.guard.program.units import PROGRAM
from flowtui.services.guard.guard_state import Kept

Json = dict[str, Any]


def nothing(installed: bool | None = None) -> Json:
    """The object of a machine on which nothing is kept away."""
    return {
        "installed": Path(PROGRAM).exists() if installed is None else installed,
        "answers": None,
        "owner": None,
        "level": "none",
        "lists": [],
        "strictness": None,
        "left_s": 0,
        "attempts": 0,
        "frozen": 0,
        "lease": None,
        "browsers": [],
        "notes": [],
        "last": None,
    }


def remembered(kept: Kept | None, now: datetime) -> Json:
    """The object as it is remembered, for `flowtui status`, which asks nobody."""
    found = nothing()
    if kept is None:
        return found
    left_s = max(0, int(kept.until - now.timestamp()))
    lease = _lease(kept, left_s, now, kept.lists, kept.strictness)
    return found | {
        "installed": found["installed"] or kept.level == "guard",
        "level": kept.level,
        "lists": list(kept.lists),
        "strictness": kept.strictness,
        "left_s": left_s,
        "attempts": kept.attempts,
        "lease": lease if kept.level == "guard" else None,
    }


def looked(
    kept: Kept | None, view: GuardView | None, answers: Mapping[str, Any], now: datetime
) -> Json:
    """The object as the guard tells it: `answers` has `installed`, `hello` and `status`.

    `hello` and `status` are None where it does not answer, or not to this user.
    """
    hello, status = answers["hello"], answers["status"]
    held = (status or {}).get("lease")
    found = nothing(answers["installed"]) | {
        "answers": hello is not None,
        "owner": None if hello is None else bool(hello["owner"]),
        "last": _last((status or {}).get("last")),
    }
    if view is not None:
        found |= {
            "level": view.level,
            "lists": list(view.lists),
            "strictness": view.strictness,
            "left_s": view.left_s,
            "attempts": view.attempts,
            "frozen": view.frozen,
            "open": list(view.open),
            "ready_in_s": view.ready_in_s,
            "browsers": [
                {"browser": c.browser, "covered": c.covered, "why": c.why} for c in view.covers
            ],
            "notes": list(view.notes),
        }
    if held is not None:
        found["level"] = "guard"
        found["lease"] = _told(kept, held, now)
    elif view is not None and view.level == "guard" and kept is not None:
        found["lease"] = _lease(kept, view.left_s, now, view.lists, view.strictness)
    return found


def _lease(kept: Kept, left_s: int, now: datetime, lists: tuple[str, ...], strictness: str) -> Json:
    return {
        "id": kept.lease or None, "block": kept.block or None, "mine": True, "lists": list(lists),
        "only": None, "apps": None, "strictness": strictness, "ends_at": _at(now, left_s),
        "left_s": left_s, "left_out": list(kept.left_out), "pending": None,
    }  # fmt: skip


def _told(kept: Kept | None, held: Mapping[str, Any], now: datetime) -> Json:
    """A lease as the guard tells it; of another user's it tells its end alone."""
    mine = bool(held.get("mine"))
    own = kept is not None and mine and kept.lease in ("", held.get("id"))
    pending = held.get("pending")
    return {
        "id": held.get("id"),
        "block": (kept.block or None) if kept is not None and own else None,
        "mine": mine,
        "lists": list(held.get("lists", ())),
        "only": bool(held.get("only")) if mine else None,
        "apps": list(held.get("apps", ())),
        "strictness": held.get("strictness"),
        "ends_at": _at(now, held["left_s"]),
        "left_s": held["left_s"],
        "left_out": list(kept.left_out) if kept is not None and own else [],
        "pending": None
        if pending is None
        else {
            "kind": "emergency" if pending["emergency"] else "release",
            "ready_at": _at(now, pending["ready_in_s"]),
        },
    }


def _last(last: Mapping[str, Any] | None) -> Json | None:
    if last is None:
        return None
    at = datetime.fromtimestamp(last["at"], UTC).isoformat(timespec="seconds")
    return {
        "lease": last["lease"], "why": last["why"], "at": at, "attempts": last["attempts"],
        "by_list": last["by_list"], "proof": list(last["resources"]),
    }  # fmt: skip


def _at(now: datetime, seconds: float) -> str:
    return (now + timedelta(seconds=seconds)).astimezone(UTC).isoformat(timespec="seconds")
