"""One look, without a guard: end what is over, put back what is left. Needs the journal alone.

Run at boot, by a timer as a dead man's hand, at the uninstallation and by a person in need. A
lease that is not over stays: it is only carried on, so that it ends even if no guard ever runs.
"""

from __future__ import annotations

from typing import Any

from . import clock, hosts, lock
from .engine import Engine
from .errors import GuardError
from .roots import Roots


def run(roots: Roots, mend: bool = False, dry: bool = False) -> dict[str, Any]:
    """What was done, or with `dry` would be. Raises GuardError, OSError."""
    if not roots.state.is_dir():
        return {"active": False, "resources": [], "problem": ""}
    if dry:
        return _look(roots)
    roots.open_run()
    try:
        held = lock.take(roots.run / "guard.lock", wait_s=1.0)
    except GuardError:
        return {"active": True, "left_s": None, "resources": [], "problem": "", "guard": True}
    try:
        engine = Engine(roots, clock.read)
        engine.open()
        if engine.lease is not None:
            engine.keep(engine.lease)
            left = round(engine.lease.count.left_s)
            return {"active": True, "left_s": left, "resources": [], "problem": "", "guard": False}
        proofs = engine.layers.release(mend) if engine.journal.records() else []
        last = engine.proofs.read() or {}
        resources = [p.plain() for p in proofs] or list(last.get("resources", []))
        bad = [p for p in proofs if not p.settled]
        problem = "; ".join(f"{p.what}: {p.note}" for p in bad)
        problem = problem or "; ".join(engine.journal.problems)
        return {"active": False, "resources": resources, "problem": problem}
    finally:
        lock.free(held)


def end(roots: Roots, why: str) -> None:
    """End a lease that is on, without a guard. Raises GuardError while one runs, OSError."""
    roots.open_run()
    held = lock.take(roots.run / "guard.lock", wait_s=2.0)
    try:
        engine = Engine(roots, clock.read)
        engine.open()
        engine.end(why)
    finally:
        lock.free(held)


def _look(roots: Roots) -> dict[str, Any]:
    """The records that are there, and the lines of the hosts file that would go."""
    engine = Engine(roots, clock.read)
    lines: list[str] = []
    records = engine.journal.records()
    for record in records:
        lines.append(f"{record['kind']} {record.get('path', '')} {record['state']}".strip())
        if record["kind"] == hosts.KIND:
            lines += hosts.diff(engine.journal, record)
    problem = "; ".join(engine.journal.problems)
    return {"active": False, "resources": [], "lines": lines, "problem": problem}
