"""Long lists, handed over in parts before the request that means them: `stage`, then `arm`.

So a list of a hundred thousand names is armed whole or not at all, in one change of each file. What
is handed over is checked as it comes, kept in memory alone, bounded, and forgotten soon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from . import names, requests
from .errors import GuardError
from .requests import Group, Wish

KEPT_S = 60.0
"""What is not asked for within this is forgotten."""
MOST_BYTES = 4 << 20
"""Characters of all names of one user."""


class Heap:
    """What one user has handed over, by list."""

    def __init__(self) -> None:
        self.sites: dict[str, dict[str, None]] = {}
        self.refused: list[str] = []
        self.count = 0
        self.bytes = 0
        self.at = 0.0


class Stage:
    """Heaps by user; `clock` gives steady seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heaps: dict[int, Heap] = {}

    def put(self, uid: int, raw: dict[str, Any], own: Iterable[str]) -> dict[str, Any]:
        """Take one part; with `first` all earlier ones are forgotten. Raises GuardError."""
        first = raw.pop("first", False) is True
        group, left = requests.added({**raw, "apps": []}, own)
        self._forget()
        heap = Heap() if first or uid not in self._heaps else self._heaps[uid]
        listed = heap.sites.setdefault(group.name, {})
        fresh = [site for site in group.sites if site not in listed]
        heap.count += len(fresh)
        heap.bytes += sum(map(len, fresh))
        if heap.count > names.MAX_NAMES or heap.bytes > MOST_BYTES or len(heap.sites) > 32:
            self._heaps.pop(uid, None)
            raise GuardError("names", f"a lease has at most {names.MAX_NAMES} sites")
        listed.update(dict.fromkeys(fresh))
        heap.refused += left[: 50 - len(heap.refused)]
        heap.at = self._clock()
        self._heaps[uid] = heap
        return {"sites": heap.count, "refused": list(left)}

    def whole(self, uid: int, wish: Wish) -> Wish:
        """`wish` with what was handed over for its lists. Raises GuardError if that is gone."""
        self._forget()
        heap = self._heaps.get(uid)
        if heap is None:
            raise GuardError("staged", "nothing was handed over before", "ask again")
        groups = tuple(self._joined(heap, group) for group in wish.groups)
        if sum(len(group.sites) for group in groups) > names.MAX_NAMES:
            raise GuardError("names", f"a lease has at most {names.MAX_NAMES} sites")
        return replace(wish, groups=groups, refused=(*wish.refused, *heap.refused)[:50])

    def group(self, uid: int, group: Group) -> Group:
        """The same for one list that is added to a lease."""
        return self.whole(uid, Wish((group,))).groups[0]

    def drop(self, uid: int) -> None:
        """What a user handed over was used, or will not be."""
        self._heaps.pop(uid, None)

    def _joined(self, heap: Heap, group: Group) -> Group:
        more = heap.sites.get(group.name, {})
        return replace(group, sites=tuple(dict.fromkeys([*group.sites, *more])))

    def _forget(self) -> None:
        now = self._clock()
        for uid in [uid for uid, heap in self._heaps.items() if now - heap.at > KEPT_S]:
            del self._heaps[uid]
