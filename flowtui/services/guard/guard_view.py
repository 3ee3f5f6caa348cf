"""What the guard answers, turned into what a person is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowtui.core.guard import protection
from flowtui.core.guard.protection import GuardView
from flowtui.core.text import plain
from flowtui.guard import browsers
from flowtui.guard.lists import SiteList


def view_of(held: Mapping[str, Any], home: Path, quiet: bool = False) -> GuardView:
    """A lease as the guard tells it, with what it means for each browser here."""
    found = browsers.coverage(browsers.installed(home), held["layers"], bool(held["only"]))
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
        tuple(plain(note) for note in held["notes"]),
        pending["ready_in_s"] if pending else None,
        quiet,
    )


def left_out(chosen: list[SiteList], answer: Mapping[str, Any]) -> list[str]:
    """What of large lists no layer has room for."""
    said = [
        f"{one.name}: {one.total - len(one.sites)} of {one.total} names are left out, "
        f"a lease has room for {len(one.sites)}"
        for one in chosen
        if one.total > len(one.sites)
    ]
    for browser, layer in (answer["lease"]["layers"].get("policies") or {}).items():
        if layer["left_out"]:
            said.append(f"{browser}: its policy has no room for {layer['left_out']} of the names")
    said += [plain(reason) for reason in list(answer.get("left_out", ()))[:5]]
    return said
