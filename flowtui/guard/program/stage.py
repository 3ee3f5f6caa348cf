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


class Heap:
    """What one process of a user has handed over, by list."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.sites: dict[str, dict[str, None]] = {}
        self.refused: list[str] = []
        self.count = 0
        self.chars = 0
        self.at = 0.0


class Stage:
    """Heaps by user, one each; `clock` gives steady seconds.

    A heap is one process's: of two that hand over at the same time, the one that came first is told
    so, and neither arms what is half the other's. Parts of a heap that is gone are refused as well.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heaps: dict[int, Heap] = {}

    def __len__(self) -> int:
        return len(self._heaps)

    def put(self, uid: int, pid: int, raw: dict[str, Any], own: Iterable[str]) -> dict[str, Any]:
        """Take one part; with `first` all earlier ones are forgotten. Raises GuardError."""
        requests.known(raw, ("list", "sites", "first"))
        first = raw.get("first", False)
        if not isinstance(first, bool):
            raise GuardError("first", "first is true or false")
        part = {key: value for key, value in raw.items() if key != "first"}
        group, left = requests.added(part, own)
        heap = Heap(pid) if first else self._heap(uid, pid)
        listed = heap.sites.setdefault(group.name, {})
        fresh = [site for site in group.sites if site not in listed]
        heap.count += len(fresh)
        heap.chars += sum(map(len, fresh))
        listed.update(dict.fromkeys(fresh))
        try:
            _bounded(heap)
        except GuardError:
            self.drop(uid)
            raise
        heap.refused += left[: 50 - len(heap.refused)]
        heap.at = self._clock()
        self._heaps[uid] = heap
        return {"sites": heap.count, "refused": list(left)}

    def whole(self, uid: int, pid: int, wish: Wish) -> Wish:
        """`wish` with what was handed over for its lists. Raises GuardError if that is gone."""
        heap = self._heap(uid, pid)
        named = {group.name for group in wish.groups}
        for name in heap.sites:
            if name not in named:
                raise GuardError("groups", f"{name} was handed over, and is not asked for")
        groups = tuple(self._joined(heap, group) for group in wish.groups)
        requests.fit(groups)
        return replace(wish, groups=groups, refused=(*wish.refused, *heap.refused)[:50])

    def group(self, uid: int, pid: int, group: Group) -> Group:
        """The same for one list that is added to a lease."""
        return self.whole(uid, pid, Wish((group,))).groups[0]

    def drop(self, uid: int) -> None:
        """What a user handed over was used, or will not be."""
        self._heaps.pop(uid, None)

    def forget(self) -> None:
        """Let go of what was not asked for in its time; to be called again and again."""
        now = self._clock()
        for uid in [uid for uid, heap in self._heaps.items() if now - heap.at > KEPT_S]:
            del self._heaps[uid]

    def _heap(self, uid: int, pid: int) -> Heap:
        self.forget()
        heap = self._heaps.get(uid)
        if heap is None or heap.pid != pid:
            raise GuardError("staged", "nothing was handed over before", "ask again")
        return heap

    def _joined(self, heap: Heap, group: Group) -> Group:
        more = heap.sites.get(group.name, {})
        return replace(group, sites=tuple(dict.fromkeys([*group.sites, *more])))


def _bounded(heap: Heap) -> None:
    if heap.count > names.MAX_NAMES:
        raise GuardError("names", f"a lease has at most {names.MAX_NAMES} sites")
    if heap.chars > names.MAX_CHARS:
        raise GuardError("names", f"the sites of a lease have at most {names.MAX_CHARS} characters")
    if len(heap.sites) > requests.MAX_GROUPS:
        raise GuardError("groups", f"a lease has at most {requests.MAX_GROUPS} lists")
