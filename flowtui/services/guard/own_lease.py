"""A lease of one's own: put on, added to, or made to give way to a stricter one.

A part of a lease is only ever added to: it lasts longer, and keeps more away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.guard.client import Client, NoGuard, Refused, Silent
from flowtui.services.guard import wishes

Json = dict[str, Any]
LOOK_S = 0.5
"""The screen waits for this answer: a guard that takes longer is as good as none."""
TAKE_OVER_S = 120
"""A lease of one's own that ends within this is added to by what is asked for next."""


def lease_of(client: Client) -> Json | None:
    """The lease as the guard tells it; None where there is none, or no guard answers."""
    try:
        held: Json | None = client.ask("status", LOOK_S)["lease"]
    except FlowError:
        return None
    return held


def gives_way(held: Json, strictness: str, only: bool) -> bool:
    """Whether a soft lease cannot become what is wanted by adding to it.

    That is so where it is to be stricter, or, with `only`, to leave only some sites open.
    """
    return bool(held["strictness"] == "soft" and (strictness != "soft" or only))


def put_on(client: Client, wish: Json, held: Json | None, take_back: bool) -> Json:
    """Arm for `wish`, or add to `held`; a soft lease that gives way is let go of first.

    With `take_back` an end of `held` that was asked for is taken back. Returns `lease` and
    `left_out`; raises as the client.
    """
    if held is None:
        return _armed(client, wish)
    if not gives_way(held, wish["strictness"], bool(wish["only"])):
        return _added(client, held, wish, take_back)
    client.plan(wish)  # what would be refused leaves the old one as it is
    with contextlib.suppress(FlowError):
        client.ask("release", reason="a stricter one takes its place")
    still = lease_of(client)  # the answer may be lost, and the lease be over
    if still is not None and still.get("id") == held["id"]:
        return _added(client, still, wish, take_back)
    answer = _armed(client, wish)
    if "added" in held["lists"]:
        told = "what was added by hand is reachable again: flowtui guard add"
        answer = {**answer, "left_out": [*answer.get("left_out", ()), told]}
    return answer


def _armed(client: Client, wish: Json) -> Json:
    """Arm; a lease of one's own that is about to end is added to. Raises as the client."""
    try:
        return client.arm(wish)
    except Silent:
        held = lease_of(client)  # the answer may be lost, and the lease be on
        if not wishes.is_of(held, wish):
            raise
        return {"lease": held, "left_out": []}
    except Refused as refusal:
        held = lease_of(client) if refusal.code == "running" else None
        if held is None or not held.get("mine") or held["left_s"] > TAKE_OVER_S:
            raise
    return _added(client, held, wish, True)


def _added(client: Client, held: Json, wish: Json, take_back: bool) -> Json:
    """Let `held` last longer and keep more away.

    What is refused is told in `left_out`; the lease is one's own all the same.
    """
    refused: list[str] = []
    pending = held.get("pending")
    if pending and not pending["emergency"] and take_back:
        _refusals(partial(client.ask, "release", reason="", cancel=True), "its end")
    if held["left_s"] < wish["seconds"]:
        refused += _refusals(partial(client.ask, "extend", seconds=wish["seconds"]), "longer")
    for group in wish["groups"]:
        more = partial(client.arm_more, group["list"], group["sites"], ())
        refused += _refusals(more, group["list"])
    if wish["apps"]:
        refused += _refusals(partial(client.arm_more, "added", (), wish["apps"]), "apps")
    if wish["only"] and not held["only"]:
        refused.append("other sites stay open: the guard that is on keeps what it began with")
    return {"lease": lease_of(client) or held, "left_out": refused}


def _refusals(deed: Callable[[], Any], about: str) -> list[str]:
    """Do it; what of it was refused, in words."""
    try:
        return list((deed() or {}).get("refused", ()))
    except (Refused, NoGuard) as refusal:
        return [f"{about}: {refusal.message}"]
