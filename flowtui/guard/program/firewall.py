"""The cut-over: what is open already is reset, and stays so until browsers have forgotten it.

One table of our own. The addresses in it expire in the kernel, so that a guard that dies leaves
nothing behind that matters. On macOS `pf` does the same.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from . import clock, files, lock, sockets
from .errors import GuardError
from .journal import APPLIED, RESTORING, Journal, Record
from .proof import EXACT, FAILED, MERGED, Proof

KIND = "nft"
TABLE = "flowtui_guard"
CUT_S = 90
"""Longer than Firefox remembers an address, which is about a minute."""
CUT_QUICK_S = 8
"""Where no such browser runs: Chromium sees a change of the hosts file within a second."""
SLOW = re.compile(r"firefox|librewolf|floorp|waterfox|thunderbird|zen-bin|mullvadbrowser")
WAIT_S = 2.5
KILL_S = 1.0
"""How long closing of open sockets may take in all; the rules hold without it."""
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
Target = tuple[str, int]
"""An address and a port."""

WEB = (80, 443)
"""All that is ever cut: TCP to these ports, and QUIC, which is UDP to the second."""

HEAD = """\
table inet {table} {{
  set cut4 {{ type ipv4_addr . inet_service; flags timeout; }}
  set cut6 {{ type ipv6_addr . inet_service; flags timeout; }}
  chain cut {{
    fib daddr type {{ local, broadcast, multicast, anycast }} return
{incoming}    tcp dport {{ 80, 443 }} ip daddr . tcp dport @cut4 reject with tcp reset
    tcp dport {{ 80, 443 }} ip6 daddr . tcp dport @cut6 reject with tcp reset
    udp dport 443 ip daddr . udp dport @cut4 reject
    udp dport 443 ip6 daddr . udp dport @cut6 reject
  }}
  chain out {{
    type filter hook output priority -5; policy accept;
    meta skuid {uid} jump cut
  }}
  chain in {{
    type filter hook input priority -5; policy accept;
    iifname "lo" ip daddr 127.66.0.0/16 meta l4proto tcp reject with tcp reset
    iifname "lo" ip daddr 127.66.0.0/16 meta l4proto udp reject
  }}
}}
"""


def available() -> str | None:
    """The path of nft, or None."""
    return shutil.which("nft", path=PATH)


def may_be_cut(address: str) -> bool:
    """True for addresses on the public internet alone.

    Loopback, private and shared networks (RFC 1918, 4193, 6598), link-local, multicast and what
    stands for one of these (an IPv4 address in an IPv6 one) may be others' work, or this machine.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if inner is not None and not may_be_cut(str(inner)):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def script(targets: Iterable[Target], seconds: int, uid: int, listening: Iterable[int] = ()) -> str:
    """What nft is given: the table, and each target for so many seconds.

    It holds for what `uid` has opened; `listening` are local ports on which somebody is served.
    """
    four: list[str] = []
    six: list[str] = []
    for address, port in sorted(set(targets)):
        if int(port) not in WEB or not may_be_cut(address):
            continue
        ip = ipaddress.ip_address(address)
        (four if ip.version == 4 else six).append(f"{ip} . {int(port)} timeout {int(seconds)}s")
    ports = ", ".join(str(int(port)) for port in sorted(set(listening))[:1024])
    incoming = f"    tcp sport {{ {ports} }} return\n" if ports else ""
    lines = [f"table inet {TABLE} {{}}", f"delete table inet {TABLE}"]
    lines.append(HEAD.format(table=TABLE, uid=int(uid), incoming=incoming))
    for name, elements in (("cut4", four), ("cut6", six)):
        if elements:
            lines.append(f"add element inet {TABLE} {name} {{ {', '.join(elements)} }}")
    return "\n".join(lines) + "\n"


def apply(journal: Journal, targets: Sequence[Target], seconds: int, uid: int) -> Record:
    """Reset what `uid` has open to `targets`, for `seconds` at most. Raises GuardError."""
    if available() is None:
        raise GuardError("nft", "there is no nft here: what is open already is not cut")
    before = ruleset()
    record = journal.prepare(KIND, before=before, targets=[list(target) for target in targets])
    problem = _nft("-f", "-", given=script(targets, seconds, uid, sockets.listening()))
    if problem:
        restore(journal, record)
        raise GuardError("nft", f"the firewall refused: {problem}")
    kill_sockets(targets, uid)
    return journal.note(record, state=APPLIED)


def renew(
    journal: Journal, record: Record, targets: Sequence[Target], seconds: int, uid: int
) -> Record:
    """Put the table anew, with more targets or after somebody has flushed it."""
    record = journal.note(record, targets=[list(target) for target in targets])
    _nft("-f", "-", given=script(targets, seconds, uid, sockets.listening()))
    kill_sockets(targets, uid)
    return record


def intact() -> bool:
    """True if our table is there."""
    return not _nft("list", "chain", "inet", TABLE, "out")


def restore(journal: Journal, record: Record) -> Proof:
    """Take our table away; nothing else was ever touched."""
    record = journal.mark(record, RESTORING)
    _nft("delete", "table", "inet", TABLE)
    if available() is not None and intact():
        return Proof(KIND, f"table {TABLE}", FAILED, record["before"], None, "it is still there")
    after = ruleset()
    same = after == record["before"]
    note = "" if same else "other programs have changed their rules meanwhile"
    journal.done(record)
    return Proof(KIND, f"table {TABLE}", EXACT if same else MERGED, record["before"], after, note)


def ruleset() -> str | None:
    """The hash of all rules but ours, without counters; None if they cannot be listed."""
    if available() is None:
        return None
    out = _run([available() or "nft", "-s", "list", "ruleset"], "")
    if out is None or out.returncode:
        return None
    kept: list[str] = []
    ours = False
    for line in out.stdout.splitlines():
        if line.startswith("table "):
            ours = line.startswith(f"table inet {TABLE} ")
        if not ours:
            kept.append(line)
    return files.digest("\n".join(kept).encode())


def kill_sockets(targets: Sequence[Target], uid: int) -> None:
    """Close what `uid` has opened to `targets` on this machine, at once; best effort.

    Each socket is named by both its ends: no other connection of anybody fits.
    """
    ss = shutil.which("ss", path=PATH)
    if ss is None:
        return
    wanted = {(a, int(p)) for a, p in targets if may_be_cut(a) and int(p) in WEB}
    open_ones = [one for one in sockets.opened(uid) if one.remote in wanted]
    end = clock.monotonic() + KILL_S
    for start in range(0, len(open_ones), 32):
        if clock.monotonic() > end:
            return
        some = open_ones[start : start + 32]
        terms = " or ".join(f"( src {_end(s.local)} and dst {_end(s.remote)} )" for s in some)
        for protocol in ("-t", "-u"):
            _run([ss, "-K", "-H", "-n", protocol, "state", "all", *terms.split()], "")


def _end(target: Target) -> str:
    address, port = target
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _nft(*arguments: str, given: str = "") -> str:
    """Run nft; an empty text, or the first line of what is wrong."""
    program = available()
    if program is None:
        return "there is no nft"
    done = _run([program, *arguments], given)
    if done is None:
        return "nft took too long"
    if not done.returncode:
        return ""
    return (done.stderr.strip().splitlines() or [f"nft ended with {done.returncode}"])[0][:200]


def _run(command: list[str], given: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            env={"PATH": PATH, "LC_ALL": "C"},
            cwd=os.sep,
            pass_fds=lock.held,
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
