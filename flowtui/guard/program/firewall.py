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

from . import clock, files, lock
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

HEAD = f"""\
table inet {TABLE} {{
  set cut4 {{ type ipv4_addr . inet_service; flags timeout; }}
  set cut6 {{ type ipv6_addr . inet_service; flags timeout; }}
  chain out {{
    type filter hook output priority -5; policy accept;
    ip daddr . tcp dport @cut4 reject with tcp reset
    ip6 daddr . tcp dport @cut6 reject with tcp reset
    ip daddr . udp dport @cut4 reject
    ip6 daddr . udp dport @cut6 reject
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
    """False for addresses that are this machine itself or no single machine."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (ip.is_loopback or ip.is_multicast or ip.is_unspecified or ip.is_link_local)


def script(targets: Iterable[Target], seconds: int) -> str:
    """What nft is given: the table, and each target for so many seconds."""
    four: list[str] = []
    six: list[str] = []
    for address, port in sorted(set(targets)):
        ip = ipaddress.ip_address(address)
        (four if ip.version == 4 else six).append(f"{ip} . {int(port)} timeout {int(seconds)}s")
    lines = [f"table inet {TABLE} {{}}", f"delete table inet {TABLE}", HEAD]
    for name, elements in (("cut4", four), ("cut6", six)):
        if elements:
            lines.append(f"add element inet {TABLE} {name} {{ {', '.join(elements)} }}")
    return "\n".join(lines) + "\n"


def apply(journal: Journal, targets: Sequence[Target], seconds: int) -> Record:
    """Reset what goes to `targets`, for `seconds` at most. Raises GuardError without nft."""
    if available() is None:
        raise GuardError("nft", "there is no nft here: what is open already is not cut")
    before = ruleset()
    record = journal.prepare(KIND, before=before, targets=[list(target) for target in targets])
    problem = _nft("-f", "-", given=script(targets, seconds))
    if problem:
        restore(journal, record)
        raise GuardError("nft", f"the firewall refused: {problem}")
    kill_sockets(targets)
    return journal.note(record, state=APPLIED)


def renew(journal: Journal, record: Record, targets: Sequence[Target], seconds: int) -> Record:
    """Put the table anew, with more targets or after somebody has flushed it."""
    record = journal.note(record, targets=[list(target) for target in targets])
    _nft("-f", "-", given=script(targets, seconds))
    kill_sockets(targets)
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


def kill_sockets(targets: Sequence[Target]) -> None:
    """Close what this machine has open to `targets`, at once; best effort."""
    ss = shutil.which("ss", path=PATH)
    if ss is None:
        return
    end = clock.monotonic() + KILL_S
    for address, port in targets:
        if clock.monotonic() > end:
            return
        shown = f"[{address}]" if ":" in address else address
        _run([ss, "-K", "-H", "-n", "dst", shown, "dport", "=", str(int(port))], "")


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
