"""Ends before the time: what each strictness allows, how long it takes, and that it is noted."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import deadline, strictness
from .deadline import Reading
from .engine import Engine
from .errors import GuardError
from .lease import Pending
from .strictness import FIRM, HARD, SOFT


class Early:
    """Releases and the emergency exit of the lease of an engine."""

    def __init__(self, engine: Engine, clock: Callable[[], Reading]) -> None:
        self._engine = engine
        self._clock = clock

    def release(self, uid: int, reason: object, cancel: bool) -> dict[str, Any]:
        """End a soft lease; let a firm one end after its delay, or take that back."""
        engine = self._engine
        lease = engine.mine(uid)
        level = lease.wish.strictness
        if level == HARD:
            raise GuardError(
                "hard", "a hard lease ends at its time", "in need: flowtui guard emergency"
            )
        if level == SOFT:
            engine.end("released")
            return {"ended": True}
        now = self._clock()
        lease = lease.at(now)
        if cancel:
            engine.keep(replace(lease, pending=None))
            return {"ended": False, "ready_in_s": None}
        if lease.pending is None:
            said = strictness.reason(reason)
            delay = strictness.firm_delay_s(engine.history.of(FIRM), now.wall)
            if delay >= lease.count.left_s:
                raise GuardError("soon", "the lease ends by itself before that")
            engine.history.add(FIRM, now.wall)
            lease = replace(lease, pending=Pending(False, said, deadline.begin(delay, now)))
            engine.keep(lease)
            engine.say("release asked", lease=lease.id, reason=said, delay_s=delay)
        assert lease.pending is not None
        return {"ended": False, "ready_in_s": round(lease.pending.count.left_s)}

    def request(self, uid: int, reason: object) -> dict[str, Any]:
        """Ask for the emergency exit of a hard lease; it can be confirmed after its delay."""
        engine = self._engine
        lease = engine.mine(uid).at(self._clock())
        if lease.wish.strictness != HARD:
            raise GuardError("level", "this lease needs no emergency exit", "flowtui guard release")
        now = self._clock()
        if lease.pending is None:
            said = strictness.reason(reason)
            wait = strictness.emergency_left_s(engine.history.of("emergency"), now.wall)
            if wait > 0:
                days = max(1, round(wait / 86400))
                raise GuardError("used", f"the emergency exit was used: {days} days until the next")
            delay = strictness.EMERGENCY_S
            if delay >= lease.count.left_s:
                raise GuardError("soon", "the lease ends by itself before that")
            pending = Pending(
                True, said, deadline.begin(delay, now), strictness.phrase(os.urandom(8)),
                strictness.CONFIRM_S,
            )  # fmt: skip
            lease = replace(lease, pending=pending)
            engine.say("emergency asked", lease=lease.id, reason=said)
        engine.keep(lease)
        assert lease.pending is not None
        left = round(lease.pending.count.left_s)
        return {"ready_in_s": left, "phrase": "" if left > 0 else lease.pending.phrase}

    def confirm(self, uid: int, text: object) -> dict[str, Any]:
        """End a hard lease by typing its sentence, once the delay is over."""
        engine = self._engine
        lease = engine.mine(uid).at(self._clock())
        pending = lease.pending
        if pending is None or not pending.emergency:
            raise GuardError("none", "no emergency exit was asked for", "flowtui guard emergency")
        if not pending.count.over:
            raise GuardError("wait", f"it can be confirmed in {round(pending.count.left_s)} s")
        if pending.confirm_left_s <= 0:
            raise GuardError("lapsed", "that was too late: ask again", "flowtui guard emergency")
        if not isinstance(text, str) or " ".join(text.split()) != pending.phrase:
            raise GuardError("phrase", "that is not the sentence", f"type: {pending.phrase}")
        engine.history.add("emergency", self._clock().wall)
        engine.say("emergency used", lease=lease.id, reason=pending.reason)
        engine.end(f"emergency: {pending.reason}")
        return {"ended": True}

    def cancel(self, uid: int) -> dict[str, Any]:
        """Take an emergency back; the weekly one is not used up by that."""
        engine = self._engine
        lease = engine.mine(uid).at(self._clock())
        if lease.pending is not None and lease.pending.emergency:
            engine.say("emergency cancelled", lease=lease.id)
            engine.keep(replace(lease, pending=None))
        return {"ended": False}
