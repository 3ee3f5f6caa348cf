"""What the guard tells: its lease, what it would change, how it stands. Nothing is changed here."""

from __future__ import annotations

import functools
import hashlib
import socket
import sys
from typing import Any

from . import (
    VERSION,
    apps,
    attempts,
    cgroups,
    clock,
    files,
    firewall,
    hosts,
    hosts_text,
    names,
    policy,
    policy_text,
    procs,
)
from .deadline import Reading
from .engine import Engine
from .errors import GuardError
from .layers import CUT, rules_of
from .lease import Lease
from .requests import Wish

LOOK_S = 4.0


@functools.lru_cache(maxsize=1)
def own_hash() -> str:
    """The hash of the program that runs; empty where it is no archive."""
    try:
        with open(sys.argv[0], "rb") as file:
            return hashlib.sha256(file.read(files.MAX_BYTES)).hexdigest()
    except OSError:
        return ""


def hello(uid: int, owner: bool) -> dict[str, Any]:
    """Who answers, and whom it sees."""
    return {
        "version": VERSION, "uid": uid, "owner": owner, "program": own_hash(),
        "room": names.MAX_NAMES,
    }  # fmt: skip


def status(engine: Engine, uid: int) -> dict[str, Any]:
    """The lease, its attempts, how the last one was put back."""
    proof = engine.proofs.read()
    if proof is not None and uid not in (0, proof.get("uid")):
        proof = None
    return {
        "lease": lease(engine, engine.lease, uid),
        "last": proof,
        "problem": engine.problem,
    }


def lease(engine: Engine, held: Lease | None, uid: int) -> dict[str, Any] | None:
    """A lease as its owner may see it; of another user's, when it ends."""
    if held is None:
        return None
    brief = {"left_s": round(held.count.left_s), "mine": uid in (0, held.uid)}
    if uid not in (0, held.uid):
        return brief
    pending = held.pending
    return dict(
        brief,
        id=held.id,
        strictness=held.wish.strictness,
        length_s=round(held.length_s),
        lists=[group.name for group in held.wish.groups],
        open=held.open_groups(),
        sites=len(held.sites()),
        paths=sum(1 for site in held.sites() if "/" in site),
        only=len(held.wish.only),
        apps=list(held.wish.apps),
        frozen=engine.layers.frozen() if held.wish.apps else 0,
        attempts=sum(engine.tally.counts.values()),
        by_list=engine.by_list(held),
        layers=layers(engine, held),
        notes=list(held.notes),
        pending=None
        if pending is None
        else {
            "emergency": pending.emergency,
            "ready_in_s": round(pending.count.left_s),
            "phrase": pending.phrase if pending.count.over else "",
        },
    )


def layers(engine: Engine, held: Lease) -> dict[str, Any]:
    """What holds, looked at anew at most every few seconds: a screen asks again and again."""
    key = (held.id, held.addresses, held.open_groups(), len(held.sites()))
    at = clock.boottime()
    if engine.looked is None or engine.looked[0] != key or at - engine.looked[1] > LOOK_S:
        engine.looked = (key, at, _layers(engine, held))
    return engine.looked[2]


def _layers(engine: Engine, held: Lease) -> dict[str, Any]:
    """Files read, names looked up, rules listed."""
    found: dict[str, Any] = {"hosts": None, "policies": {}, "cut": None}
    for record in engine.journal.records():
        if record["kind"] == hosts.KIND:
            inside = hosts.inside(engine.journal, record)
            found["hosts"] = {
                "names": len(inside),
                "intact": hosts.looks_intact(engine.journal, record),
                "works": looks_blocked(inside[:1]),
            }
        elif record["kind"] == policy.KIND:
            rules = rules_of(held, engine.journal, engine.roots)
            found["policies"][record["browser"]] = {
                "intact": policy.intact(record, rules),
                "left_out": rules.left_out,
                "overridden": policy.overridden(record),
            }
        elif record["kind"] == CUT.KIND:
            found["cut"] = {"targets": len(record["targets"]), "intact": CUT.intact()}
    return found


def looks_blocked(inside: list[str]) -> bool:
    """True if the first of the names leads to our range, as programs here look it up.

    Both families are asked, each for itself: a machine without IPv6 has no answer there.
    """
    for name in inside[:1]:
        found: list[str] = []
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                answers = socket.getaddrinfo(name, 80, family, socket.SOCK_STREAM)
            except OSError:
                continue
            found += [str(answer[4][0]) for answer in answers]
        return bool(found) and all(map(hosts_text.leads_nowhere, found))
    return not inside


def attempted(engine: Engine, uid: int) -> dict[str, Any]:
    """Attempts by name, most first.

    Of names in `shared`, so many others have the same address: it may have been one of these.
    """
    held = engine.mine(uid)
    first = engine.first_at(held)
    by_name = {name: engine.tally.counts[at] for at, name in first.items()}
    listed = sorted(by_name.items(), key=lambda pair: (-pair[1], pair[0]))
    others = {
        name: count
        for at, name in first.items()
        if (count := hosts_text.others_at(at, len(held.addresses)))
    }
    return {
        "total": sum(by_name.values()),
        "names": [list(pair) for pair in listed[:200]],
        "shared": {name: others[name] for name, _ in listed[:200] if name in others},
    }


def plan(engine: Engine, uid: int, caller: int, wish: Wish, now: Reading) -> dict[str, Any]:
    """Each file, rule and process that `arm` with this wish would touch."""
    from . import deadline

    held = Lease("plan", uid, wish, deadline.begin(wish.seconds, now), float(wish.seconds))
    rules = rules_of(held, engine.journal, engine.roots)
    problem = ""
    try:
        taken = hosts_text.mapped(hosts.text(engine.roots.hosts))
        wanted = [name for name in held.hosts() if name not in taken]
    except GuardError as error:
        taken, wanted, problem = set(), [], error.message
    seen = procs.recent() if wish.apps else {}
    spare = procs.ancestors(caller, seen)
    frozen = apps.matching(wish.apps, uid, seen, spare)
    changes: list[dict[str, Any]] = []
    if wanted:
        what = str(engine.roots.hosts)
        changes.append({"what": what, "how": "lines at its end", "count": len(wanted)})
    for browser, folder in engine.roots.policies.items():
        if rules.block:
            path = str(folder / policy_text.FILE)
            count = len(rules.block)
            changes.append({"what": path, "how": f"patterns for {browser}", "count": count})
    if wanted and CUT.available():
        how = (
            f"sites: what user {uid} has open to their public addresses is reset (TCP to ports 80 "
            f"and 443, QUIC to 443), for {firewall.CUT_QUICK_S} s, or {firewall.CUT_S} s while a "
            "Firefox runs; nothing of others, nothing local, nothing incoming"
        )
        changes.append({"what": f"table {CUT.TABLE}", "how": how, "count": len(wanted)})
    changes += [
        {"what": f"{process.program} ({process.pid})", "how": "frozen"} for process in frozen
    ]
    return {
        "changes": changes,
        "sites": len(held.sites()),
        "policy_left_out": rules.left_out,
        "mapped": [name for name in held.hosts() if name in taken][:20],
        "refused": [*wish.refused, *([problem] if problem else [])],
        "limits": {"sites": names.MAX_NAMES, "policy": names.MAX_POLICY},
    }


def doctor(engine: Engine) -> dict[str, Any]:
    """What of the machine bears on the guard."""
    now = clock.read()
    tap = attempts.listen()
    if tap is not None:
        tap.close()
    hosts_path = engine.roots.hosts
    return {
        "platform": sys.platform,
        "python": ".".join(map(str, sys.version_info[:3])),
        "program": own_hash(),
        "clock_synced": now.synced,
        "nft": CUT.available() or "",
        "attempts": tap is not None,
        "cgroup": cgroups.mount() or "",
        "policies": {name: str(path) for name, path in engine.roots.policies.items()},
        "hosts": "link" if hosts_path.is_symlink() else "file" if hosts_path.is_file() else "none",
        "records": [[r["kind"], str(r.get("path", ""))] for r in engine.journal.records()],
        "problems": [*engine.journal.problems, *([engine.problem] if engine.problem else [])],
        "log": engine.log.last(12),
    }
