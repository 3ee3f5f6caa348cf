"""The managed policy of Chromium and its kin: ours, with what an administrator has set.

Chromium takes each policy from the last file by name alone, so ours, which sorts last, carries the
administrator's lists too. It never loosens them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import names

FILE = "zzz-flowtui.json"
EVERYTHING = ("http://*", "https://*", "ftp://*")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "0.0.0.0")
"""Where notebooks, dashboards and servers of one's own are: with "these sites alone" too."""
BLOCK, ALLOW = "URLBlocklist", "URLAllowlist"


@dataclass(frozen=True)
class Rules:
    """What browsers are to refuse and to allow, as patterns of Chromium's URL lists."""

    block: tuple[str, ...]
    allow: tuple[str, ...]
    left_out: int
    """Sites beyond the thousand that Chromium reads."""


def rules(
    sites: Iterable[str],
    exceptions: Sequence[str],
    only: Sequence[str],
    local: Sequence[str] = (),
) -> Rules:
    """Rules for blocked `sites` less `exceptions`; with `only`, for everything but these.

    `local` are names of this machine and its network: with `only` they stay reachable too. With
    both, what either keeps away is kept away.
    """
    allow = list(exceptions)
    block = collapsed(sites)
    if only:
        return _only(block, exceptions, only, local)
    hosts = {names.split(entry)[0] for entry in block if "/" not in entry}
    allow += sorted(vital for vital in names.VITAL if any(up in hosts for up in names.above(vital)))
    kept = block[: names.MAX_POLICY]
    return Rules(tuple(kept), tuple(dict.fromkeys(allow)), len(block) - len(kept))


def _only(
    block: Sequence[str], exceptions: Sequence[str], only: Sequence[str], local: Sequence[str]
) -> Rules:
    """Rules for everything but `only`, and of that nothing that `block` holds."""
    hosts = {entry for entry in block if "/" not in entry}
    open_still = [o for o in only if not any(u in hosts for u in names.above(names.split(o)[0]))]
    within = [e for e in exceptions if not block or _inside(e, only)]
    allow = [*within, *open_still, *sorted(names.VITAL), *LOOPBACK, *local]
    kept = block[: names.MAX_POLICY - len(EVERYTHING)]
    left_out = len(block) - len(kept)
    return Rules((*EVERYTHING, *kept), tuple(dict.fromkeys(allow)), left_out)


def _inside(entry: str, only: Sequence[str]) -> bool:
    host = names.split(entry)[0]
    return any(names.within(host, names.split(one)[0]) for one in only)


def collapsed(sites: Iterable[str]) -> list[str]:
    """`sites` less those that another one, which holds for all names below it, covers."""
    listed = list(dict.fromkeys(sites))
    whole = {entry for entry in listed if "/" not in entry}
    found = []
    for entry in listed:
        host, path = names.split(entry)
        parents = list(names.above(host))
        if not any(up in whole for up in (parents if path else parents[1:])):
            found.append(entry)
    return found


def says(data: bytes) -> bool:
    """True if a policy file has one of the two lists: it takes the place of those before it."""
    try:
        raw = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(raw, dict) and (BLOCK in raw or ALLOW in raw)


def effective(policies: Mapping[str, bytes]) -> dict[str, list[str]]:
    """The two lists that hold among an administrator's files, given by name: the last one's."""
    found: dict[str, list[str]] = {BLOCK: [], ALLOW: []}
    for name in sorted(policies):
        if name == FILE:
            continue
        try:
            raw = json.loads(policies[name].decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue  # Chromium drops such a file as well
        for key in (BLOCK, ALLOW):
            value = raw.get(key) if isinstance(raw, dict) else None
            if isinstance(value, list):
                found[key] = [item for item in value if isinstance(item, str)]
    return found


def merged(ours: Rules, admin: Mapping[str, Sequence[str]]) -> bytes:
    """The bytes of our file. Exceptions of ours that the administrator blocks are dropped."""
    blocked = list(admin.get(BLOCK, ()))
    allowed = [entry for entry in ours.allow if not _forbidden(entry, blocked)]
    room = max(0, names.MAX_POLICY - len(blocked))
    lists: dict[str, Any] = {BLOCK: list(dict.fromkeys([*blocked, *ours.block[:room]]))}
    # an administrator's own exceptions hold against an administrator's blocks, not against ours
    kept = [entry for entry in admin.get(ALLOW, ()) if not _opens(entry, ours.block)]
    both = list(dict.fromkeys([*kept, *allowed]))[: names.MAX_POLICY]
    if both:
        lists[ALLOW] = both
    return json.dumps(lists, indent=1, sort_keys=True).encode() + b"\n"


def _forbidden(ours: str, blocked: Sequence[str]) -> bool:
    """True if a pattern of an administrator may cover our exception; in doubt it does."""
    host = names.split(ours)[0]
    for pattern in blocked:
        bare = _host_of(pattern)
        if not bare or "*" in bare or names.within(host, bare) or names.within(bare, host):
            return True
    return False


def _opens(allowed: str, ours: Sequence[str]) -> bool:
    host = _host_of(allowed)
    if not host or "*" in host:
        return True
    return any(names.within(host, names.split(entry)[0]) for entry in ours)


def _host_of(pattern: str) -> str:
    rest = pattern.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]
    return rest.rsplit("@", 1)[-1].split(":", 1)[0].lstrip(".").lower()
