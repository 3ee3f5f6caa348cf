"""The life of a lease: put on, extended, tightened, looked after, ended. One writer, no thread.

A lease is on disk before anything is touched, and gone from there only when all is put back. So
whoever starts next knows what to do: undo what was being put on, keep what is promised, finish
what was ending.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import deadline, hosts_text, log, requests
from .attempts import Tally
from .deadline import Reading
from .errors import Damaged, GuardError
from .journal import Journal
from .layers import Layers
from .lease import ACTIVE, ARMING, ENDING, Lease, LeaseFile
from .proof import Proof
from .requests import Group, Wish
from .roots import Roots
from .units import LAUNCHER

CHECKPOINT_S = 15.0
CHECK_S = 2.0
SCAN_S = 2.0
RETRY_S = 10.0
Clock = Callable[[], Reading]


class Engine:
    """One lease and what belongs to it. All methods raise GuardError and leave all as it was."""

    def __init__(self, roots: Roots, clock: Clock) -> None:
        self.roots = roots
        self._clock = clock
        self.log = log.Log(roots.state)
        self.history = log.History(roots.state)
        self.proofs = log.Proofs(roots.state)
        self.journal = Journal(roots.state / "journal")
        self.file = LeaseFile(roots.state / "lease.json")
        self.layers = Layers(roots, self.journal, self.say, clock().boot_id)
        self.lease: Lease | None = None
        self.tally = Tally()
        self.problem = ""
        """Why the last restore left something, or an empty text."""
        self.looked: tuple[Any, float, dict[str, Any]] | None = None
        """What was last seen of the layers, of which lease and when."""
        self._next: dict[str, float] = {}

    def say(self, event: str, **facts: object) -> None:
        """Note an event in the log."""
        self.log.say(self._clock().wall, event, **facts)

    def open(self) -> None:
        """Take over what an earlier guard has left. Raises OSError without a place for state."""
        self.roots.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.roots.state.chmod(0o700)
        self.journal.open()
        try:
            lease = self.file.read()
        except Damaged as error:
            # nobody knows until when: rather an end too early than none
            self.say("damaged", what=error.message)
            lease = None
            self.file.clear()
        if lease is None or lease.phase != ACTIVE:
            self.file.sweep()
            if lease is not None or self.journal.records():
                self.say("undo", phase=lease.phase if lease else "none")
                self._restore(lease, "interrupted")
            return
        self.lease = lease.at(self._clock())
        self.tally.counts = dict(self.lease.attempts)
        self.layers.adopt()
        self.say("adopt", lease=lease.id, left_s=round(self.lease.count.left_s))
        self.tick()

    def arm(self, uid: int, caller: int, wish: Wish) -> Lease:
        """Promise and put on. A running lease is refused by name."""
        if self.lease is not None:
            raise self.running(uid)
        now = self._clock()
        if self.journal.records():
            self._restore(None, "leftover")
            if self.journal.records() or self.journal.problems:
                raise GuardError("leftover", self.problem, f"sudo {LAUNCHER} rescue")
        count = deadline.begin(wish.seconds, now)
        lease = Lease(
            os.urandom(6).hex(), uid, wish, count, float(wish.seconds), ARMING, now.wall,
            notes=wish.refused[:20],
        )  # fmt: skip
        self.tally = Tally()
        try:
            self.file.write(lease)
            lease = self.layers.engage(lease, caller, now)
            lease = replace(lease, phase=ACTIVE)
            self.file.write(lease)
        except (OSError, GuardError) as error:
            self._restore(lease, "not armed")
            if isinstance(error, OSError):
                raise GuardError(
                    "disk", f"{self.roots.state} cannot be written: {error.strerror}", "make room"
                ) from None
            raise
        self.lease = lease.at(self._clock())
        self.say("arm", lease=lease.id, uid=uid, seconds=wish.seconds, strictness=wish.strictness)
        return self.lease

    def extend(self, uid: int, seconds: int) -> Lease:
        """Let the lease last `seconds` from now. What would end it earlier is refused, not kept."""
        lease = self.mine(uid)
        now = self._clock()
        lease = lease.at(now)
        more = seconds - lease.count.left_s
        if more <= 0:
            self.lease = lease
            left = round(lease.count.left_s)
            raise GuardError(
                "earlier", f"the lease lasts {left} s more already: it never gets shorter"
            )
        longer = replace(
            lease,
            count=deadline.lengthened(lease.count, more),
            length_s=lease.length_s + more,
        )
        self._keep(longer)
        self.say("extend", lease=lease.id, seconds=seconds)
        return longer

    def add(self, uid: int, group: Group, apps: tuple[str, ...]) -> Lease:
        """More sites and apps; nothing is ever taken out, no window comes with them."""
        lease = self.mine(uid)
        now = self._clock()
        lease = lease.at(now)
        wider = replace(lease, wish=tightened(lease.wish, group, apps))
        wider = self._followed(lease, wider, now)
        self._keep(wider)
        self.say("add", lease=lease.id, sites=len(group.sites), apps=len(apps))
        return wider

    def end(self, why: str) -> list[Proof]:
        """End the lease now and put everything back."""
        lease = self.lease
        if lease is None:
            return []
        ending = replace(lease, phase=ENDING)
        try:
            self.file.write(ending)
        except OSError:
            pass  # a full disk: put back all the same; a crash before that finds it overdue
        return self._restore(lease, why)

    def tick(self) -> None:
        """Carry everything on to now; called about once a second."""
        now = self._clock()
        if self.lease is None:
            if self._due("retry", now, RETRY_S) and self.problem:
                self._restore(None, "retry")
            return
        before = self.lease
        lease = before.at(now)
        pending = lease.pending
        if pending is not None and pending.emergency and pending.confirm_left_s <= 0:
            self.say("emergency lapsed", lease=lease.id)
            lease = replace(lease, pending=None)
        self.lease = lease
        if lease.count.over:
            self.end("its time")
            return
        if pending is not None and not pending.emergency and pending.count.over:
            self.end(f"released: {pending.reason}")
            return
        if lease.open_groups() != before.open_groups():
            self.lease = self._followed(before, lease, now)
            self.say("window", open=lease.open_groups())
        self._look_after(now)

    def by_list(self, lease: Lease) -> dict[str, int]:
        """Attempts by the name of the list that a site is on."""
        counts = {name: self.tally.counts[at] for at, name in self.first_at(lease).items()}
        return {
            group.name: sum(counts[site] for site in group.sites if site in counts) if counts else 0
            for group in lease.wish.groups
        }

    def first_at(self, lease: Lease) -> dict[str, str]:
        """Of each address that was knocked at, the first name that is sent there."""
        wanted = set(self.tally.counts)
        places: dict[str, str] = {}
        for number, name in enumerate(lease.addresses) if wanted else ():
            at = hosts_text.address(number)
            if at in wanted:
                places.setdefault(at, name)
        return places

    def running(self, uid: int) -> GuardError:
        """What to say to somebody who wants a second lease."""
        lease = self.lease
        assert lease is not None
        left = max(1, round(lease.count.left_s / 60))
        whose = "a lease" if lease.uid == uid else "a lease of another user"
        return GuardError("running", f"{whose} runs for {left} min more", "it can be tightened")

    def mine(self, uid: int) -> Lease:
        """The lease, if there is one and `uid` (or root) may change it."""
        if self.lease is None:
            raise GuardError("none", "there is no lease")
        if uid not in (0, self.lease.uid):
            raise GuardError("other", "the lease is another user's")
        return self.lease

    def keep(self, lease: Lease) -> None:
        """Put `lease` in the place of the present one. Raises GuardError if the disk is full."""
        self._keep(lease)

    def _keep(self, lease: Lease) -> None:
        lease = replace(lease, attempts=tuple(sorted(self.tally.counts.items())))
        try:
            self.file.write(lease)
        except OSError as error:
            raise GuardError(
                "disk", f"{self.roots.state} cannot be written: {error.strerror}", "make room"
            ) from None
        self.lease = lease

    def _followed(self, before: Lease, lease: Lease, now: Reading) -> Lease:
        try:
            return self.layers.follow(before, lease, now)
        except OSError as error:
            self.say("layer", problem=str(error))
            return lease

    def _look_after(self, now: Reading) -> None:
        lease = self.lease
        assert lease is not None
        if self._due("scan", now, SCAN_S) and lease.wish.apps:
            self.layers.scan(lease)
        if self._due("check", now, CHECK_S):
            for said in self.layers.check(lease, now):
                self.say("tamper", what=said)
                notes = tuple(dict.fromkeys([*lease.notes, said]))[-30:]
                self.lease = lease = replace(lease, notes=notes)
        if self._due("checkpoint", now, CHECKPOINT_S):
            try:
                self._keep(lease)
            except GuardError as error:
                self.say("checkpoint", problem=error.message)

    def _restore(self, lease: Lease | None, why: str) -> list[Proof]:
        proofs = self.layers.release()
        self.lease = None
        left = [proof for proof in proofs if not proof.settled]
        self.problem = "; ".join(f"{proof.what}: {proof.note}" for proof in left)
        attempts = sum(self.tally.counts.values())
        if lease is not None or proofs:
            body = {
                "lease": lease.id if lease else "",
                "uid": lease.uid if lease else 0,
                "why": why,
                "at": self._clock().wall,
                "attempts": attempts,
                "by_list": self.by_list(lease) if lease else {},
                "resources": [proof.plain() for proof in proofs],
            }
            self.proofs.write(body)
            self.say("end", why=why, attempts=attempts, left=self.problem)
        try:
            self.file.clear()
        except OSError as error:
            self.problem = self.problem or f"the lease cannot be removed: {error.strerror}"
        return proofs

    def _due(self, name: str, now: Reading, every_s: float) -> bool:
        if now.boottime < self._next.get(name, 0.0):
            return False
        self._next[name] = now.boottime + every_s
        return True


def tightened(wish: Wish, group: Group, apps: tuple[str, ...]) -> Wish:
    """`wish` with more to keep away; a list that is there keeps its windows."""
    groups = list(wish.groups)
    for place, known in enumerate(groups):
        if known.name == group.name:
            sites = tuple(dict.fromkeys([*known.sites, *group.sites]))
            groups[place] = Group(known.name, sites, known.windows)
            break
    else:
        groups.append(Group(group.name, group.sites))
    requests.fit(groups)
    both = tuple(dict.fromkeys([*wish.apps, *apps]))[:32]
    return replace(wish, groups=tuple(groups), apps=both)
