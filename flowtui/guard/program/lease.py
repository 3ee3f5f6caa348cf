"""The lease: what was promised, to whom, how much of it is left; kept on disk, checksummed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import deadline, files, journal, names
from .deadline import Countdown, Reading
from .errors import Damaged
from .requests import Group, Wish
from .strictness import LEVELS, SOFT

MANY = 2000
"""Of a lease with more sites the names are kept in a file of their own."""
NAMES = re.compile(r"names-[0-9a-f]{16}\.json")
ARMING, ACTIVE, ENDING = "arming", "active", "ending"


@dataclass(frozen=True)
class Pending:
    """An end before the time that was asked for and is not there yet."""

    emergency: bool
    reason: str
    count: Countdown
    phrase: str = ""
    confirm_left_s: float = 0.0
    """Of an emergency whose delay is over: how long it can still be confirmed."""


@dataclass(frozen=True)
class Lease:
    """One lease."""

    id: str
    uid: int
    wish: Wish
    count: Countdown
    length_s: float
    """Seconds promised in all, extensions included."""
    phase: str = ARMING
    started: float = 0.0
    """Wall time of the start, for people to read."""
    pending: Pending | None = None
    attempts: tuple[tuple[str, int], ...] = ()
    addresses: tuple[str, ...] = ()
    """Hosts by the number of their loopback address."""
    spare: tuple[tuple[int, int], ...] = ()
    """Whoever asked, and all that it runs in (pid, start): never frozen."""
    notes: tuple[str, ...] = ()
    """What is not covered, and what was meddled with."""

    @property
    def strict(self) -> bool:
        """True if the clock is believed only where it is synchronised."""
        return self.wish.strictness != SOFT

    @property
    def elapsed_s(self) -> float:
        """Seconds of the lease that are over."""
        return max(0.0, self.length_s - self.count.left_s)

    def at(self, now: Reading) -> Lease:
        """The lease carried on to `now`, its pending end too."""
        count = deadline.advance(self.count, now, self.strict)
        if self.pending is None:
            return replace(self, count=count)
        waited = self.pending
        moved = deadline.advance(waited.count, now, True)
        confirm = waited.confirm_left_s
        if waited.count.over and now.boot_id == waited.count.boot_id:
            confirm -= max(0.0, now.boottime - waited.count.boottime)
        return replace(
            self, count=count, pending=replace(waited, count=moved, confirm_left_s=confirm)
        )

    def sites(self) -> list[str]:
        """The sites that are blocked now, exceptions taken out, those of open windows too."""
        return list(_now(self.wish, tuple(self.open_groups()))[0])

    def open_groups(self) -> list[str]:
        """Names of lists that are open now."""
        return [g.name for g in self.wish.groups if g.open_at(self.elapsed_s)]

    def hosts(self) -> list[str]:
        """Names for the hosts file: no paths, and none of which a part is to stay reachable.

        A site and its "www." are the same there: an exception of the one holds for the other.
        """
        return list(_now(self.wish, tuple(self.open_groups()))[1])


_last: list[tuple[Wish, tuple[str, ...], list[str], list[str]]] = []


def _now(wish: Wish, open_groups: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Sites and hosts of a wish while some lists are open; the last answers are kept.

    They are asked for with every status, and a wish may hold a hundred thousand names.
    """
    for known, opened, sites, hosts in _last:
        if known is wish and opened == open_groups:
            return sites, hosts
    exact = {entry for entry in wish.exceptions if "/" not in entry}
    blocked: dict[str, None] = {}
    for group in wish.groups:
        if group.name not in open_groups:
            blocked.update((s, None) for s in group.sites if not (exact and _excepted(s, exact)))
    paths = {names.twin(names.split(e)[0]) for e in wish.exceptions if "/" in e}
    sites = list(blocked)
    hosts = [s for s in sites if "/" not in s and names.twin(s) not in paths]
    _last[:] = [(wish, open_groups, sites, hosts), *_last[:3]]
    return sites, hosts


def _excepted(site: str, exact: Any) -> bool:
    host = names.split(site)[0]
    return any(up in exact for up in names.above(host))


def encode(lease: Lease) -> dict[str, Any]:
    """As JSON keeps it."""
    wish, pending = lease.wish, lease.pending
    return {
        "id": lease.id,
        "uid": lease.uid,
        "wish": {
            "groups": [[g.name, list(g.sites), [list(w) for w in g.windows]] for g in wish.groups],
            "except": list(wish.exceptions),
            "only": list(wish.only),
            "apps": list(wish.apps),
            "strictness": wish.strictness,
            "seconds": wish.seconds,
        },
        "count": deadline.encode(lease.count),
        "length_s": lease.length_s,
        "phase": lease.phase,
        "started": lease.started,
        "pending": None
        if pending is None
        else dict(pending.__dict__, count=deadline.encode(pending.count)),
        "attempts": [list(pair) for pair in lease.attempts],
        "addresses": list(lease.addresses),
        "spare": [list(pair) for pair in lease.spare],
        "notes": list(lease.notes),
    }


def decode(raw: Any) -> Lease:
    """Raises Damaged for what `encode` has not written."""
    try:
        wished = raw["wish"]
        groups = tuple(
            Group(name, tuple(sites), tuple((a, b) for a, b in windows))
            for name, sites, windows in wished["groups"]
        )
        wish = Wish(
            groups,
            tuple(wished["except"]),
            tuple(wished["only"]),
            tuple(wished["apps"]),
            wished["strictness"],
            wished["seconds"],
        )
        pending = raw["pending"]
        if pending is not None:
            pending = Pending(**dict(pending, count=deadline.decode(pending["count"])))
        lease = Lease(
            str(raw["id"]),
            int(raw["uid"]),
            wish,
            deadline.decode(raw["count"]),
            float(raw["length_s"]),
            str(raw["phase"]),
            float(raw["started"]),
            pending,
            tuple((str(a), int(n)) for a, n in raw["attempts"]),
            tuple(raw["addresses"]),
            tuple((int(pid), int(start)) for pid, start in raw["spare"]),
            tuple(raw["notes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"the lease cannot be read: {error!r}") from None
    if wish.strictness not in LEVELS or lease.phase not in (ARMING, ACTIVE, ENDING):
        raise Damaged("the lease says what no lease says")
    return lease


class LeaseFile:
    """The one lease of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: tuple[tuple[Group, ...], tuple[str, ...], str] | None = None
        """Whose names were written last, and where to."""

    def read(self) -> Lease | None:
        """The lease, or None. Raises Damaged, OSError.

        Also while a guard writes it: where its names went meanwhile, it has others by now.
        """
        data = files.read(self._path)
        while True:
            try:
                return self._decoded(data)
            except Damaged:
                before, data = data, files.read(self._path)
                if data == before:
                    raise

    def _decoded(self, data: bytes | None) -> Lease | None:
        if data is None:
            return None
        raw = journal.unpack(data, str(self._path))
        beside = raw.pop("names", None) if isinstance(raw, dict) else None
        if beside is not None:
            if not isinstance(beside, str) or NAMES.fullmatch(beside) is None:
                raise Damaged("the lease says what no lease says")
            path = self._path.with_name(beside)
            groups, addresses = journal.unpack(files.read(path) or b"", str(path))
            raw = dict(raw, wish=dict(raw["wish"], groups=groups), addresses=addresses)
        return decode(raw)

    def write(self, lease: Lease) -> None:
        """Keep `lease`; on disk when this returns. Raises OSError.

        Of a large one the names, which rarely change, lie in a file beside it.
        """
        if sum(len(group.sites) for group in lease.wish.groups) <= MANY:
            files.replace(self._path, journal.pack(encode(lease)))
            self._sweep("")
            return
        groups, addresses = lease.wish.groups, lease.addresses
        kept = self._names
        if kept is None or kept[0] is not groups or kept[1] is not addresses:
            whole = encode(lease)
            data = journal.pack([whole["wish"]["groups"], whole["addresses"]])
            name = f"names-{files.digest(data)[:16]}.json"
            files.replace(self._path.with_name(name), data)
            self._names = kept = (groups, addresses, name)
        light = replace(lease, wish=replace(lease.wish, groups=()), addresses=())
        files.replace(self._path, journal.pack(dict(encode(light), names=kept[2])))
        self._sweep(kept[2])

    def clear(self) -> None:
        """There is no lease any more."""
        files.remove(self._path)
        self._sweep("")

    def sweep(self) -> None:
        """Remove what a write that was cut short has left, where no lease is on."""
        if files.read(self._path) is None:
            self._sweep("")

    def _sweep(self, name: str) -> None:
        """Remove files of names that no lease points to."""
        folder = self._path.parent
        # also what a write that was cut short has left beside its place
        for path in (*folder.glob("names-*.json"), *folder.glob(".names-*.json.new")):
            if path.name != name:
                files.remove(path)
        if not name:
            self._names = None
