"""The cut-over on macOS, by pf: the same promises as `firewall`. Never tried on a real machine.

The rules live in an anchor below com.apple/, which the system's own pf.conf evaluates: no file is
changed. They do not expire by themselves, so the guard takes them out when their time is over.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from .errors import GuardError
from .firewall import WEB, may_be_cut
from .journal import APPLIED, RESTORING, Journal, Record
from .proof import EXACT, FAILED, Proof

KIND = "pf"
TABLE = "com.apple/flowtui"
WAIT_S = 2.5
Target = tuple[str, int]


def available() -> str | None:
    """The path of pfctl, or None."""
    return shutil.which("pfctl", path="/sbin:/usr/sbin")


def script(targets: Iterable[Target], uid: int) -> str:
    """What pfctl is given: resets for what `uid` sends; QUIC at 443 alone."""
    lines = []
    for address, port in sorted(set(targets)):
        if not may_be_cut(address) or int(port) not in WEB:
            continue
        family = "inet6" if ":" in address else "inet"
        for protocol in ("tcp", "udp") if int(port) == 443 else ("tcp",):
            to = f"to {address} port {int(port)} user {int(uid)}"
            lines.append(f"block return out quick {family} proto {protocol} from any {to}")
    return "\n".join(lines) + "\n"


def apply(journal: Journal, targets: Sequence[Target], seconds: int, uid: int) -> Record:
    """Reset what goes to `targets`. Raises GuardError without pf."""
    if available() is None:
        raise GuardError("pf", "there is no pfctl here: what is open already is not cut")
    record = journal.prepare(KIND, targets=[list(target) for target in targets], pf_token="")
    # -E counts who wants pf on, and gives a token to take that back with
    said = _pfctl("-E") or ""
    token = re.search(r"Token : (\d+)", said)
    record = journal.note(record, pf_token=token.group(1) if token else "")
    _load(targets, uid)
    return journal.note(record, state=APPLIED)


def renew(
    journal: Journal, record: Record, targets: Sequence[Target], seconds: int, uid: int
) -> Record:
    """Put the rules anew."""
    record = journal.note(record, targets=[list(target) for target in targets])
    _load(targets, uid)
    return record


def intact() -> bool:
    """True if the anchor has rules."""
    return bool((_pfctl("-a", TABLE, "-s", "rules") or "").strip())


def expire() -> None:
    """The time of the cut is over."""
    _pfctl("-a", TABLE, "-F", "rules")


def restore(journal: Journal, record: Record) -> Proof:
    """Empty the anchor and give the token back."""
    record = journal.mark(record, RESTORING)
    expire()
    if record["pf_token"]:
        _pfctl("-X", record["pf_token"])
    if intact():
        return Proof(KIND, f"anchor {TABLE}", FAILED, None, None, "it has rules still")
    journal.done(record)
    return Proof(KIND, f"anchor {TABLE}", EXACT, None, None)


def forget_names() -> None:
    """Let the system's resolver read the hosts file again."""
    _run(["/usr/bin/dscacheutil", "-flushcache"], "")
    _run(["/usr/bin/killall", "-HUP", "mDNSResponder"], "")


def _load(targets: Sequence[Target], uid: int) -> None:
    # states are not killed: pfctl knows them by host alone, whoever opened them to whatever port
    _pfctl("-a", TABLE, "-f", "-", given=script(targets, uid))
    forget_names()


def _pfctl(*arguments: str, given: str = "") -> str | None:
    program = available()
    return None if program is None else _run([program, *arguments], given)


def _run(command: list[str], given: str) -> str | None:
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=WAIT_S, env={}, cwd="/"
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout + done.stderr
