"""What root does by hand with the installed program: rescue, uninstall, install again.

All of it runs from the root-owned copy alone, so that no folder of a user has a say.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from . import files, hello, installation, lock, recover, service
from .errors import GuardError
from .roots import Roots
from .units import LAUNCHER

MOST_BYTES = 4 << 20
BOOT_LOCK = "boot.lock"
"""Held in the folder of the socket by whoever starts the guard at boot, or takes it away."""


def rescue(root: Path, mend: bool, dry: bool) -> dict[str, Any]:
    """Put back what an ended lease has left. Raises GuardError where something stays."""
    done = recover.run(Roots(root), mend, dry)
    if done["problem"] and not done["active"]:
        raise GuardError("left", done["problem"], f"see: sudo {LAUNCHER} rescue --dry-run")
    return done


def uninstall(root: Path) -> dict[str, Any]:
    """Put everything back, prove it, and remove what was installed.

    A soft lease is ended; a firm or hard one refuses. Raises GuardError.
    """
    if not installation.installed(root):
        raise GuardError("none", "no guard is installed here")
    lease = _lease(root)
    if lease is not None and lease.strict and not lease.count.over:
        left = max(1, round(lease.count.left_s / 60))
        raise GuardError(
            "running", f"a lease runs for {left} min more", "the guard stays until it has ended"
        )
    Roots(root).open_run()
    held = lock.take(Roots(root).run / BOOT_LOCK, wait_s=60.0)  # a hook may be starting it just now
    try:
        return _taken_away(root, lease is not None)
    finally:
        lock.free(held)


def _taken_away(root: Path, armed: bool) -> dict[str, Any]:
    service.stop(root, service.has_systemd())
    if armed:
        recover.end(Roots(root), "uninstalled")
    done = recover.run(Roots(root))
    if done["active"]:
        raise GuardError("running", "a lease is on", "the guard was left installed")
    if done["problem"]:
        raise GuardError(
            "left", f"not everything could be put back: {done['problem']}",
            "the guard was left installed",
        )  # fmt: skip
    gone, left_over = installation.take_away(root)
    service.forget()
    return {"resources": done["resources"], "removed": gone, "left": left_over}


def upgrade(
    root: Path,
    file: Path,
    wanted: str,
    owners: list[int],
    systemd: bool,
    shortest_s: int | None = None,
) -> list[str]:
    """Put the program in `file` in the place of this one, if its SHA-256 is `wanted`.

    The bytes are read once and hashed before they are written: who can write the file cannot
    change what was agreed to. Returns the plan, in lines. Raises GuardError.
    """
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            data = os.read(fd, MOST_BYTES)
        finally:
            os.close(fd)
    except OSError as error:
        raise GuardError("file", f"{file}: {error.strerror}") from None
    if files.digest(data) != wanted.lower():
        raise GuardError(
            "hash", f"{file} has another hash: {files.digest(data)}", "see: flowtui guard hash"
        )
    return install(root, owners, systemd, data, shortest_s)


def install(
    root: Path, owners: list[int], systemd: bool, program: bytes, shortest_s: int | None = None
) -> list[str]:
    """Install `program`, or put it in the place of the one that is there, and start it."""
    service.python()
    steps = installation.plan(root, owners, systemd, program)
    installation.check(root, steps)
    fresh = not installation.installed(root)
    installation.carry_out(root, steps)
    try:
        service.start(root, systemd, shortest_s)
    except GuardError:
        if fresh:
            service.stop(root, systemd)
            installation.take_away(root)
        raise
    return [step.words() for step in steps]


def boot(root: Path, shortest_s: int | None = None) -> int:
    """At boot, where no service manager starts the guard: put back, and start it once.

    Two hooks may run this at the same time. Raises GuardError, OSError.
    """
    roots = Roots(root)
    if not installation.installed(root):
        return 0
    roots.open_run()
    held = lock.take(roots.run / BOOT_LOCK, wait_s=60.0)
    try:
        # uninstalled while we waited: nothing may be made anew
        if not installation.installed(root) or hello.answers(roots.socket):
            return 0
        done = recover.run(roots)
        service.start(root, systemd=False, shortest_s=shortest_s)
    finally:
        lock.free(held)
    return 1 if done["problem"] else 0


def own_program() -> bytes:
    """The archive that runs. Raises GuardError where none does."""
    try:
        return Path(sys.argv[0]).read_bytes()
    except OSError as error:
        raise GuardError("file", f"{sys.argv[0]}: {error.strerror}") from None


def _lease(root: Path) -> Any:
    """The lease as it is on disk, carried on to now; None without one that can be read."""
    from . import clock
    from .errors import Damaged
    from .lease import LeaseFile

    try:
        lease = LeaseFile(Roots(root).state / "lease.json").read()
    except (OSError, Damaged):
        return None
    return None if lease is None else lease.at(clock.read())
