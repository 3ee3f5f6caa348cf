"""What a client may ask for: JSON of any kind in, checked values out. Nothing else is believed.

No path, date, pattern, process id or command is ever taken: sites by name, apps by program,
lengths in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import VERSION, apps, names
from .deadline import LONGEST_S
from .errors import GuardError
from .strictness import HARD, LEVELS, SOFT

MAX_LINE = 64 * 1024
MAX_GROUPS = 32
MOST_GROUPS = 64
"""Lists of one lease, those included that were added to it."""
MAX_WINDOWS = 8
MAX_DEPTH = 8
SHORTEST_S = 60
Window = tuple[int, int]
"""From and until, in seconds after the start of the lease: a list is open in between."""


@dataclass(frozen=True)
class Group:
    """One list of sites with its own windows."""

    name: str
    sites: tuple[str, ...]
    windows: tuple[Window, ...] = ()

    def open_at(self, elapsed_s: float) -> bool:
        """True while a window of this list is open."""
        return any(start <= elapsed_s < end for start, end in self.windows)


@dataclass(frozen=True)
class Wish:
    """What a lease is to keep away."""

    groups: tuple[Group, ...] = ()
    exceptions: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """Everything but these, where it is not empty."""
    apps: tuple[str, ...] = ()
    strictness: str = SOFT
    seconds: int = 0
    refused: tuple[str, ...] = field(default=(), compare=False)
    """Sites that are left out, each with its reason."""


def parse(line: bytes) -> dict[str, Any]:
    """One request: an object with `v`, `id` and `verb`. Raises GuardError."""
    if len(line) > MAX_LINE:
        raise GuardError("size", f"a request has at most {MAX_LINE} bytes")
    if line.count(b"[") + line.count(b"{") > 4096:
        raise GuardError("json", "the request is nested too much")
    try:
        raw = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise GuardError("json", "the request is not JSON") from None
    if not isinstance(raw, dict):
        raise GuardError("json", "the request is not an object")
    if raw.get("v") != VERSION or isinstance(raw.get("v"), bool):
        raise GuardError("version", f"this guard speaks version {VERSION}", "flowtui guard install")
    if not isinstance(raw.get("verb"), str):
        raise GuardError("verb", "the request has no verb")
    if not isinstance(raw.get("id", 0), (int, str)) or len(str(raw.get("id", 0))[:80]) > 64:
        raise GuardError("json", "the id is neither a number nor a short text")
    return raw


def wish(raw: dict[str, Any], own: Iterable[str] = (), shortest_s: int = SHORTEST_S) -> Wish:
    """What `plan` and `arm` ask for. Raises GuardError for anything that cannot be meant."""
    known(raw, ("groups", "except", "only", "apps", "strictness", "seconds", "staged"))
    left: list[str] = []
    groups = tuple(_group(item, own, left) for item in _list(raw, "groups", MAX_GROUPS))
    if len({group.name for group in groups}) != len(groups):
        raise GuardError("groups", "two lists have the same name")
    fit(groups)
    strictness = raw.get("strictness", SOFT)
    if strictness not in LEVELS:
        raise GuardError("strictness", "strictness is soft, firm or hard")
    wanted = Wish(
        groups,
        tuple(_sites(raw, "except", 1000, own, left)),
        tuple(_sites(raw, "only", 1000, own, left, vital=True)),
        programs(raw),
        str(strictness),
        length(raw, shortest_s),
        tuple(left),
    )
    if not (wanted.only or wanted.apps or staged(raw) or any(group.sites for group in groups)):
        raise GuardError("nothing", "there is nothing to keep away", "name a list, or apps")
    if wanted.strictness == HARD and any(group.windows for group in groups):
        for group in groups:
            if sum(end - start for start, end in group.windows) * 2 > wanted.seconds:
                raise GuardError("windows", f"{group.name} would be open most of a hard lease")
    return wanted


def fit(groups: Sequence[Group]) -> None:
    """Refuse more lists or sites than a lease holds, these by number or by length."""
    if len(groups) > MOST_GROUPS:
        raise GuardError("groups", f"a lease has at most {MOST_GROUPS} lists")
    count = chars = 0
    for group in groups:
        count += len(group.sites)
        chars += sum(map(len, group.sites))
    if count > names.MAX_NAMES:
        raise GuardError("names", f"a lease has at most {names.MAX_NAMES} sites")
    if chars > names.MAX_CHARS:
        raise GuardError("names", f"the sites of a lease have at most {names.MAX_CHARS} characters")


def length(raw: dict[str, Any], shortest_s: int = SHORTEST_S) -> int:
    """The length of a lease or of an extension, in seconds."""
    seconds = raw.get("seconds")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise GuardError("seconds", "the length is not a whole number of seconds")
    if not shortest_s <= seconds <= LONGEST_S:
        raise GuardError("seconds", "a lease lasts from 1 minute to 24 hours")
    return seconds


def added(raw: dict[str, Any], own: Iterable[str] = ()) -> tuple[Group, tuple[str, ...]]:
    """What `add` asks for: more sites of one list, without windows; and what was left out."""
    known(raw, ("list", "sites", "apps", "staged"))
    left: list[str] = []
    group = _group({"list": raw.get("list", "added"), "sites": raw.get("sites", [])}, own, left)
    return group, tuple(left)


def staged(raw: dict[str, Any]) -> bool:
    """True if what was handed over before is meant too."""
    value = raw.get("staged", False)
    if not isinstance(value, bool):
        raise GuardError("staged", "staged is true or false")
    return value


def programs(raw: dict[str, Any]) -> tuple[str, ...]:
    """The apps of a request; one that is never frozen refuses all."""
    return tuple(dict.fromkeys(apps.program(item) for item in _list(raw, "apps", apps.MOST)))


def known(raw: dict[str, Any], fields: Sequence[str]) -> None:
    """Refuse a request with fields that this guard does not know: they would be ignored."""
    for key in raw:
        if key not in ("v", "id", "verb", *fields):
            raise GuardError("field", f"{str(key)[:40]!r} is nothing that {raw['verb'][:20]} takes")


def _group(raw: Any, own: Iterable[str], left: list[str]) -> Group:
    if not isinstance(raw, dict) or not set(raw) <= {"list", "sites", "open"}:
        raise GuardError("groups", "a list is an object of list, sites and open")
    name = raw.get("list")
    if not isinstance(name, str) or not 0 < len(name) <= 40 or not name.isprintable():
        raise GuardError("groups", "a list has a name of up to 40 characters")
    windows = [_window(item) for item in _list(raw, "open", MAX_WINDOWS)]
    sites = _sites(raw, "sites", names.MAX_NAMES, own, left)
    return Group(name, tuple(sites), tuple(sorted(windows)))


def _window(raw: Any) -> Window:
    if not isinstance(raw, list) or len(raw) != 2:
        raise GuardError("windows", "a window is a pair of seconds")
    start, end = raw
    for number in (start, end):
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LONGEST_S:
            raise GuardError("windows", "a window is a pair of seconds within 24 hours")
    if end <= start:
        raise GuardError("windows", "a window ends after it begins")
    return start, end


def _sites(
    raw: dict[str, Any],
    key: str,
    most: int,
    own: Iterable[str],
    left: list[str],
    vital: bool = False,
) -> list[str]:
    """Canonical sites, each once; those that may not be blocked are left out, with the reason."""
    found: dict[str, None] = {}
    for item in _list(raw, key, most):
        try:
            found[names.site(item, own)] = None
        except GuardError as error:
            if (
                not isinstance(item, str)
                or not item.isprintable()
                or len(item) > names.MAX_HOST + 210
            ):
                raise
            if vital:
                continue
            if len(left) < 50:
                left.append(error.message)
    return list(found)


def _list(raw: dict[str, Any], key: str, most: int) -> list[Any]:
    value: Any | None = raw.get(key, [])
    if not isinstance(value, list) or len(value) > most:
        raise GuardError(key, f"{key} is not a list of at most {most}")
    return value


def _no_constant(word: str) -> Any:
    raise ValueError(word)
