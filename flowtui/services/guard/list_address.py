"""Lists from an address: fetched on command alone, kept with where from, when, and their hash.

Nothing is asked by itself: what is kept away changes only when somebody says so.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard import lists
from flowtui.system.fetch import FetchError, fetch

MOST_BYTES = 32 << 20
LOCAL = ("localhost", "127.0.0.1", "::1")
"""Where http will do: elsewhere whoever sits between could take names out, or put some in."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a list came from."""

    address: str
    at: str
    """ISO 8601, UTC."""
    hash: str
    """SHA-256 of what the address gave."""


@dataclass(frozen=True, slots=True)
class News:
    """What came of fetching a list."""

    origin: Origin
    names: int
    more: int
    """Names that were not in it before."""
    less: int
    """Names that are in it no more."""
    wrong: int
    """Lines that are no site, or one that is never blocked."""
    changed: bool
    """False where the address gave the same bytes as before."""


def origin(folder: Path, name: str) -> Origin | None:
    """Where the list `name` came from; None for one that was not fetched."""
    try:
        with (folder / f"{name}.txt").open(encoding="utf-8") as file:
            head = "".join(file.readline(4096) for _ in range(6))
    except (OSError, UnicodeDecodeError):
        return None
    facts = dict(re.findall(r"(?m)^# (from|fetched|sha256) (\S+)$", head))
    if len(facts) < 3:
        return None
    return Origin(facts["from"], facts["fetched"], facts["sha256"])


def bring(folder: Path, name: str, address: str | None, clock: Clock) -> News:
    """Fetch a list from `address`, or from where it came from before. Raises FlowError.

    What cannot be fetched, or holds no name, leaves the list as it is.
    """
    lists.check_name(name, "the list")
    before = origin(folder, name)
    place = address or (before.address if before is not None else "")
    if not place:
        raise UsageError(f"{name} was not fetched before", f"flowtui guard list fetch {name} URL")
    _check_address(place)
    try:
        data = fetch(place, {}, clock.monotonic, MOST_BYTES, good=_is_good).data or b""
    except FetchError as error:
        raise FlowError(f"{place}: {error}", "the list is as it was") from None
    digest = hashlib.sha256(data).hexdigest()
    sites, wrong = lists.read_names(data.decode("utf-8", "replace").splitlines())
    if not sites:
        raise FlowError(f"{place} holds no name of a site", "a hosts file, or one name a line")
    known = _names(folder, name)
    at = clock.now().replace(microsecond=0)
    came = Origin(place, _stamp(at), digest)
    head = (f"from {came.address}", f"fetched {came.at}", f"sha256 {came.hash}")
    lists.keep(folder, name, sites, head)
    changed = before is None or before.hash != digest
    more, less = len(set(sites) - known), len(known - set(sites))
    return News(came, len(sites), more, less, wrong, changed)


def _names(folder: Path, name: str) -> set[str]:
    try:
        text = (folder / f"{name}.txt").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return set()
    return {line for line in text.splitlines() if line and not line.startswith("#")}


def _check_address(address: str) -> None:
    if not _is_good(address):
        raise UsageError(f"{address!r} is no address of a list", "such as https://HOST/hosts.txt")


def _is_good(address: str) -> bool:
    """True for https anywhere, and http on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    good = parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
    return good and bool(host) and address.isprintable() and " " not in address


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
