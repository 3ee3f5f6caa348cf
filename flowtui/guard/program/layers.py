"""The layers that keep things away, put on together, followed, looked after, taken off again.

On: policies, hosts file, firewall cut, apps. Off: the other way round. Each works without the
others; what one cannot do is noted and said.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from . import apps, firewall, hosts, hosts_text, pf, policy, policy_text, procs, resolve
from .deadline import Reading
from .errors import Damaged, GuardError
from .journal import Journal, Record
from .lease import Lease
from .proof import FAILED, Proof
from .roots import Roots

RESOLVE_S = 1.5
CUT: Any = pf if sys.platform == "darwin" else firewall
"""What cuts open connections here; both modules promise the same."""
REPAIRS = 6
"""Repairs a minute; somebody who meddles more often than that is let be until the next minute."""
Say = Callable[..., None]


class Layers:
    """What a lease changes in the world; all of it by way of the journal."""

    def __init__(self, roots: Roots, journal: Journal, say: Say, boot: str) -> None:
        self.roots = roots
        self.journal = journal
        self._say = say
        self._boot = boot
        self._cut_until = 0.0
        self._repairs: list[float] = []
        self._seen: dict[str, tuple[object, ...]] = {}

    def engage(self, lease: Lease, caller: int, now: Reading) -> Lease:
        """Put everything on. Raises OSError if the journal cannot be written: then undo."""
        seen = procs.snapshot() if caller else {}
        above = sorted(procs.ancestors(caller, seen))
        lease = replace(lease, spare=tuple((pid, seen[pid].start) for pid in above))
        wanted = lease.hosts()
        # a path is no host: what else is open to the host of a blocked path is let be
        targets = resolve.targets(wanted, RESOLVE_S)
        notes: list[str] = []
        for browser, folder in self.roots.policies.items():
            if lease.sites() or lease.wish.only:
                rules = self._rules(lease)
                self._try(notes, partial(policy.apply, self.journal, browser, folder, rules))
        addresses = list(dict.fromkeys([*lease.addresses, *wanted]))
        lease = replace(lease, addresses=tuple(addresses))
        if wanted:
            self._try(notes, partial(self._hosts, lease, notes))
        if targets:
            seconds = self._cut_s(lease)
            self._try(notes, partial(CUT.apply, self.journal, targets, seconds, lease.uid))
            self._cut_until = now.boottime + seconds
        if lease.wish.apps:
            self._freeze(lease)
        if not self.journal.records() and not lease.wish.apps and not _all_open(lease):
            raise GuardError("nothing", "; ".join(notes) or "there is nothing to change here")
        return replace(lease, notes=tuple(dict.fromkeys([*lease.notes, *notes])))

    def adopt(self) -> None:
        """Another guard has put the lease on; look after it from now on."""
        record = self._one(CUT.KIND)
        if record is not None and not CUT.intact():
            self._cut_until = 0.0  # the machine was started anew: nothing is open that was
        for record in self.journal.of(apps.KIND):
            if record["boot"] != self._boot:
                apps.restore(self.journal, record, self._boot)

    def follow(self, before: Lease, lease: Lease, now: Reading) -> Lease:
        """Sites were added, or a window has opened or closed: bring each layer to that."""
        known = set(before.hosts())
        fresh = [name for name in lease.hosts() if name not in known]
        targets = resolve.targets(fresh, RESOLVE_S) if fresh else []
        notes: list[str] = []
        addresses = tuple(dict.fromkeys([*lease.addresses, *lease.hosts()]))
        lease = replace(lease, addresses=addresses)
        for browser, folder in self.roots.policies.items():
            self._try(notes, partial(self._policy, lease, browser, folder))
        self._try(notes, partial(self._hosts, lease, notes))
        if targets:
            self._cut(targets, lease, now)
        if lease.wish.apps:
            self._freeze(lease)
        return replace(lease, notes=tuple(dict.fromkeys([*lease.notes, *notes])))

    def check(self, lease: Lease, now: Reading) -> list[str]:
        """Put right what somebody has meddled with; what it was, in words."""
        found: list[str] = []
        self._repairs = [at for at in self._repairs if now.boottime - at < 60]
        for record in self.journal.records():
            if len(self._repairs) >= REPAIRS:
                break
            try:
                said = self._check_one(record, lease, now)
            except (OSError, GuardError) as error:
                said = f"{record['kind']} could not be put right: {error}"
            if said:
                self._repairs.append(now.boottime)
                found.append(said)
        return found

    def scan(self, lease: Lease) -> int:
        """Freeze apps that were started meanwhile, hold those that were let go."""
        record = self._one(apps.KIND)
        if record is not None:
            apps.hold(record)
        return self._freeze(lease)

    def release(self, mend: bool = False) -> list[Proof]:
        """Take everything off that the journal knows of; may be done again and again."""
        proofs: list[Proof] = []
        for record in reversed(self.journal.records()):
            try:
                proofs.append(self._restore(record, mend))
            except (OSError, GuardError) as error:
                what = str(record.get("path", record["kind"]))
                proofs.append(Proof(record["kind"], what, FAILED, None, None, str(error)))
        folder = str(self.journal.folder)
        proofs += [Proof("journal", folder, FAILED, None, None, p) for p in self.journal.problems]
        return proofs

    def frozen(self) -> int:
        """How many processes are frozen."""
        record = self._one(apps.KIND)
        return apps.alive(record, self._boot) if record is not None else 0

    def _restore(self, record: Record, mend: bool) -> Proof:
        if record["kind"] == hosts.KIND:
            return hosts.restore(self.journal, record, mend)
        if record["kind"] == policy.KIND:
            return policy.restore(self.journal, record)
        if record["kind"] in (firewall.KIND, pf.KIND):
            cut: Any = pf if record["kind"] == pf.KIND else firewall
            return cast(Proof, cut.restore(self.journal, record))
        if record["kind"] == apps.KIND:
            return apps.restore(self.journal, record, self._boot)
        raise Damaged(f"the journal has a record of an unknown kind: {record['kind']}")

    def _check_one(self, record: Record, lease: Lease, now: Reading) -> str:
        if record["kind"] == hosts.KIND:
            # read only when something has happened to it: it may be large
            look = (*_look(Path(record["path"])), str(record["tails"]))
            if self._seen.get(record["path"]) == look:
                return ""
            if not hosts.intact(self.journal, record):
                hosts.replant(self.journal, record)
                return f"{record['path']} was meddled with: our lines were put back"
            self._seen[record["path"]] = look
        if record["kind"] == policy.KIND and not policy.intact(record, self._rules(lease)):
            policy.change(self.journal, record, self._rules(lease))
            return f"{record['path']} was meddled with, or the administrator's lists changed"
        left = self._cut_until - now.boottime
        if record["kind"] == pf.KIND and left < 1:
            pf.expire()
        elif record["kind"] == CUT.KIND and left >= 1 and not CUT.intact():
            targets = [(str(a), int(p)) for a, p in record["targets"]]
            CUT.renew(self.journal, record, targets, int(left), lease.uid)
            return "the rules of the firewall were flushed: ours were put back"
        return ""

    def _rules(self, lease: Lease) -> policy_text.Rules:
        return rules_of(lease, self.journal, self.roots)

    def _policy(self, lease: Lease, browser: str, folder: Path) -> None:
        rules = self._rules(lease)
        for record in self.journal.of(policy.KIND):
            if Path(record["path"]).parent == folder:
                policy.change(self.journal, record, rules)
                return
        policy.apply(self.journal, browser, folder, rules)

    def _hosts(self, lease: Lease, notes: list[str]) -> None:
        record = self._one(hosts.KIND)
        if record is None:
            text = hosts.text(self.roots.hosts)
        else:
            text = self.journal.bytes_of(record["original"])
        taken = hosts_text.mapped(text)
        own = [name for name in lease.hosts() if name in taken]
        if own:
            notes.append(f"{', '.join(own[:3])}: you map it yourself in {self.roots.hosts}")
        blocked = set(lease.hosts()) - set(own)
        names: dict[str, str] = {
            name: hosts_text.address(n) for n, name in enumerate(lease.addresses) if name in blocked
        }
        if record is not None:
            hosts.change(self.journal, record, names)
        elif names:
            hosts.apply(self.journal, self.roots.hosts, names)

    def _cut(self, targets: Sequence[tuple[str, int]], lease: Lease, now: Reading) -> None:
        seconds = self._cut_s(lease)
        record = self._one(CUT.KIND)
        try:
            if record is None:
                CUT.apply(self.journal, list(targets), seconds, lease.uid)
            else:
                CUT.renew(self.journal, record, list(targets), seconds, lease.uid)
        except GuardError as error:
            self._say("layer", problem=error.message)
        self._cut_until = now.boottime + seconds

    def _cut_s(self, lease: Lease) -> int:
        """How long to cut: other names may live at the same address, so no longer than needed."""
        slow = any(firewall.SLOW.match(p.program) for p in procs.snapshot().values())
        wanted = firewall.CUT_S if slow else firewall.CUT_QUICK_S
        return int(min(wanted, max(1, lease.count.left_s)))

    def _freeze(self, lease: Lease) -> int:
        record = self._one(apps.KIND)
        spare = {pid for pid, start in lease.spare if _is(procs.one(pid), start)}
        _, count = apps.freeze(self.journal, record, lease.wish.apps, lease.uid, self._boot, spare)
        return count

    def _one(self, kind: str) -> Record | None:
        return next(iter(self.journal.of(kind)), None)

    def _try(self, notes: list[str], call: Callable[[], object]) -> None:
        try:
            call()
        except GuardError as error:
            notes.append(error.message)
            self._say("layer", problem=error.message)


def rules_of(lease: Lease, journal: Journal, roots: Roots) -> policy_text.Rules:
    """What browsers are to refuse now; with "these alone", the own machine and network stay."""
    local: list[str] = []
    if lease.wish.only:
        own = socket.gethostname().lower()
        try:
            record = next(iter(journal.of(hosts.KIND)), None)
            text = journal.bytes_of(record["original"]) if record else hosts.text(roots.hosts)
            local = hosts_text.local_names(text)
        except (OSError, GuardError):
            pass  # without a hosts file there are no such names
        local = [own, own.split(".")[0], f"{own}.local", *local] if own else local
    key = (lease.wish, tuple(lease.open_groups()), tuple(local))
    for known, rules in _rules_before:
        if known[0] is key[0] and known[1:] == key[1:]:
            return rules
    made = policy_text.rules(lease.sites(), lease.wish.exceptions, lease.wish.only, local)
    _rules_before[:] = [(key, made)]
    return made


_rules_before: list[tuple[tuple[Any, tuple[str, ...], tuple[str, ...]], policy_text.Rules]] = []
"""The last that were made: they are compared every two seconds, and cost a second where names are
many."""


def _is(process: procs.Process | None, start: int) -> bool:
    return process is not None and process.start == start


def _look(path: Path) -> tuple[int, ...]:
    """What changes whenever a file does; nobody but the kernel sets the last of it."""
    try:
        seen = path.stat()
    except OSError:
        return ()
    return (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _all_open(lease: Lease) -> bool:
    return bool(lease.open_groups()) and not lease.sites()
