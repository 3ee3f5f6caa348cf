"""The text of the hosts file: our segment in it, and the file without it. Bytes in, bytes out.

A segment is a line that opens it, one line a name, and a line that closes it; opening and closing
line carry a random token. Nothing outside of a segment is ever changed by a byte.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from .errors import Damaged
from .units import LAUNCHER

LOCAL_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,252}")
BASE = (127, 66)
"""Names are sent to 127.66.0.0/16: loopback addresses on which nothing listens."""


MAPPED = "::ffff:"
"""The same addresses as IPv6 has them (RFC 4291, 2.5.5.2): whoever asks for IPv6 alone, as GIO and
`wget -6` do, or has no other network, would be answered by the DNS where there is no such line."""


def leads_nowhere(found: str) -> bool:
    """True for an address that a name is sent to, in either family."""
    return found.removeprefix(MAPPED).startswith(f"{BASE[0]}.{BASE[1]}.")


OWN_ADDRESSES = 64_000
"""So many names have an address of their own; the others share those that are left."""


def address(number: int) -> str:
    """The loopback address of the name with this number, from 0 on."""
    if number < 0:
        raise ValueError(number)
    if number >= OWN_ADDRESSES:
        return f"{BASE[0]}.{BASE[1]}.255.{number % 254 + 1}"
    high, low = divmod(number + 1, 254)
    return f"{BASE[0]}.{BASE[1]}.{high}.{low + 1}"


def others_at(to: str, total: int) -> int:
    """How many more of `total` names are sent to the address `to` than one."""
    if not to.startswith(f"{BASE[0]}.{BASE[1]}.255."):
        return 0
    place = int(to.rsplit(".", 1)[1]) - 1
    first = OWN_ADDRESSES + (place - OWN_ADDRESSES) % 254
    return max(0, len(range(first, total, 254)) - 1)


def opening(token: str) -> bytes:
    """The line before a segment."""
    return f"# flowtui {token}: these lines go when the block ends".encode()


def closing(token: str) -> bytes:
    """The line after a segment."""
    return f"# flowtui {token}: end".encode()


def tail(original: bytes, token: str, names: dict[str, str]) -> bytes:
    """What is put behind `original`: a segment that sends each name to its addresses."""
    lines = [opening(token)]
    for prefix in ("", MAPPED):
        lines += [f"{prefix}{to} {name}".encode() for name, to in names.items()]
    lines.append(closing(token))
    glue = b"\n" if original and not original.endswith(b"\n") else b""
    return glue + b"\n".join(lines) + b"\n"


def mapped(text: bytes) -> set[str]:
    """The names that a hosts file maps already, in lower case."""
    found: set[str] = set()
    for line in text.splitlines():
        words = line.split(b"#", 1)[0].split()
        found.update(word.decode("ascii", "replace").lower() for word in words[1:])
    return found


def local_names(text: bytes, most: int = 200) -> list[str]:
    """Names that a hosts file sends to this machine or its network; what it blocks is none."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        words = line.split(b"#", 1)[0].decode("ascii", "replace").lower().split()
        try:
            ip = ipaddress.ip_address(words[0]) if words else None
        except ValueError:
            continue
        if ip is not None and ip.is_private and not ip.is_unspecified:
            # a thousand names at 127.0.0.1 are a list of what is blocked, not machines
            names = words[1:] if not ip.is_loopback or str(ip) != "127.0.0.1" else words[1:4]
            found.update((name, None) for name in names if LOCAL_NAME.fullmatch(name))
    return list(found)[:most] if len(found) <= most else []


def is_torn(now: bytes, original: bytes, tails: Iterable[bytes]) -> bool:
    """True if `now` is `original` with what a stopped write of one of `tails` may leave behind it.

    That is the beginning of the newer one, then the rest of an older.
    """
    if not now.startswith(original):
        return False
    rest, known = now[len(original) :], [b"", *tails]
    for new in known:
        same = common(rest, new)
        left = rest[same:]
        if not left or any(old.startswith(left, same) for old in known):
            return True
    return False


def common(one: bytes, other: bytes) -> int:
    """Length of the longest beginning that both share."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def without(now: bytes, token: str, ours: Iterable[bytes], glued: bool) -> bytes:
    """`now` less the segment of `token`; lines of others inside it stay.

    `ours` are the lines between its marks as they were written; a line that somebody commented
    out is ours still. Raises Damaged where the marks are not one opening and one closing line, in
    this order: then nothing is sure, and nothing may be cut.
    """
    lines = re.split(rb"(?<=\n)", now)
    starts = [n for n, line in enumerate(lines) if line.rstrip(b"\r\n") == opening(token)]
    ends = [n for n, line in enumerate(lines) if line.rstrip(b"\r\n") == closing(token)]
    if not starts and not ends and token.encode() not in now:
        return now
    if len(starts) != 1 or len(ends) != 1 or starts[0] > ends[0]:
        raise Damaged(
            "the marks of flowtui in the hosts file are damaged: nothing in it was changed",
            f"see what would go: sudo {LAUNCHER} rescue --mend --dry-run",
        )
    start, end = starts[0], ends[0]
    written = set(map(_of_one_family, ours))
    kept = [line for line in lines[start + 1 : end] if _bare(line) not in written]
    after = kept + lines[end + 1 :]
    before = lines[:start]
    if glued and before and not any(after):
        before[-1] = before[-1][:-1] if before[-1].endswith(b"\n") else before[-1]
    return b"".join(before + after)


def mended(now: bytes, token: str, ours: Iterable[bytes]) -> bytes:
    """`now` less exactly the lines that we wrote, wherever they stand; for damaged marks."""
    written = {*map(_of_one_family, ours), opening(token), closing(token)}
    lines = re.split(rb"(?<=\n)", now)
    return b"".join(
        line for line in lines if not line or _of_one_family(line.rstrip(b"\r\n")) not in written
    )


def segment_of(now: bytes, token: str) -> bytes:
    """The bytes from the opening to the closing line; empty if either is missing."""
    start = now.find(opening(token))
    end = now.find(closing(token), start + 1)
    return now[start : end + len(closing(token))] if 0 <= start < end else b""


def lines_of(text: bytes, token: str) -> list[bytes]:
    """The lines between the marks of a tail as it was written."""
    return segment_of(text, token).split(b"\n")[1:-1]


def _bare(line: bytes) -> bytes:
    return _of_one_family(line.rstrip(b"\r\n").lstrip(b"# \t"))


def _of_one_family(line: bytes) -> bytes:
    """A line of ours as the one for IPv4: those for IPv6 differ by what stands before."""
    bare = line[len(MAPPED) :].lstrip(b"# \t")
    ours = line.startswith(MAPPED.encode()) and bare.startswith(f"{BASE[0]}.{BASE[1]}.".encode())
    return bare if ours else line
