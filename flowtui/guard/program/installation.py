"""Installing the guard and taking it away: a plan that can be read first, then exactly that.

Everything that is put somewhere is listed with its hash in a manifest; what is not as it was put
there is left at the uninstallation, and said.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import boot_hooks, files, units
from .errors import Damaged, GuardError
from .lease import LeaseFile
from .roots import POLICIES, Roots
from .systemd import DROP_IN_FOLDER as DROP_IN

LIB = "usr/local/lib/flowtui"
MANIFEST = f"{LIB}/manifest.json"
UNIT_FOLDER = "etc/systemd/system"


@dataclass(frozen=True)
class Step:
    """One thing that is put somewhere."""

    path: Path
    data: bytes | None
    """The file's bytes; None for a folder."""
    mode: int
    why: str

    @property
    def hash(self) -> str | None:
        """Hash of the bytes; None for a folder."""
        return None if self.data is None else files.digest(self.data)

    def words(self) -> str:
        """One line of the plan."""
        known = f"  sha256 {(self.hash or '')[:16]}…" if self.data is not None else ""
        return f"{self.path}  {self.mode:04o}  {self.why}{known}"


def plan(root: Path, owners: Sequence[int], systemd: bool, program: bytes) -> list[Step]:
    """What an installation for these users puts below `root`, in order.

    `program` is the privileged program. Who was an owner before stays one.
    """
    owners = sorted({*owners, *owners_before(root)})
    config = json.dumps({"owners": owners}).encode() + b"\n"
    steps = [
        Step(root / LIB, None, 0o755, "folder of the program"),
        Step(root / LIB / "guard.pyz", program, 0o644, "the privileged program"),
        Step(root / LIB / "flowtui-guard", units.LAUNCHER_TEXT.encode(), 0o755, "its command"),
        Step(root / "etc/flowtui", None, 0o755, "folder"),
        Step(Roots(root).config, config, 0o644, f"who may ask: {_users(owners)}"),
        Step(Roots(root).state, None, 0o700, "lease, journal and log"),
    ]
    for browser, below, programs in POLICIES:
        if any(shutil.which(name) for name in programs):
            # each missing folder is one of its own, so that each is removed again
            missing = [p for p in (root / below, *(root / below).parents) if not p.exists()]
            why = f"folder of {browser}'s policies"
            steps += [Step(folder, None, 0o755, why) for folder in reversed(missing)]
    if sys.platform == "darwin":
        path = root / units.PLIST_PATH
        steps.append(Step(path, units.PLIST.encode(), 0o644, "launchd job"))
    for hook in hooks(root, systemd):
        why = f"after a reboot, run by {hook.by}"
        steps.append(Step(root / hook.below, hook.text.encode(), hook.mode, why))
    if systemd:
        for name, text in units.UNITS.items():
            path = root / UNIT_FOLDER / name
            steps.append(Step(path, text.encode(), 0o644, "systemd unit"))
    return steps


def hooks(root: Path, systemd: bool) -> list[boot_hooks.Hook]:
    """What starts the guard anew after a reboot where neither systemd nor launchd does."""
    return [] if systemd or sys.platform == "darwin" else boot_hooks.of(root)


def owners_before(root: Path) -> list[int]:
    """Who may ask the guard that is installed already; none if none is, or that cannot be read."""
    try:
        listed = json.loads(files.read(Roots(root).config) or b"{}")["owners"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [uid for uid in listed if isinstance(uid, int) and uid >= 0]


def check(root: Path, steps: Sequence[Step]) -> None:
    """Refuse an installation that could not be carried out, before anything is made.

    Raises GuardError for a place that is not root's alone, not a folder or not to be written, and
    while a firm or hard lease runs: its guard is not to be stopped.
    """
    try:
        lease = LeaseFile(Roots(root).state / "lease.json").read()
    except (OSError, Damaged):
        lease = None
    if lease is not None and lease.strict and not lease.count.over:
        raise GuardError(
            "running", f"a {lease.wish.strictness} lease runs", "install again when it has ended"
        )
    _manifest(root)
    for step in steps:
        here = step.path
        try:
            if here.is_symlink() or (here.exists() and here.is_dir() != (step.data is None)):
                raise GuardError("place", f"{here} is something else already", "look at it first")
            while not here.exists():
                here = here.parent
            if not here.is_dir():
                here = here.parent
            _only_roots(here)
            writable = os.access(here, os.W_OK) and not os.statvfs(here).f_flag & os.ST_RDONLY
        except OSError as error:
            raise GuardError("place", f"{here}: {error.strerror}", "nothing was done") from None
        if not writable:
            raise GuardError("place", f"{here} cannot be written", "nothing was done")


def carry_out(root: Path, steps: Sequence[Step]) -> None:
    """Put everything where the plan says. Raises GuardError; what a failed one made is removed.

    Each thing is in the manifest before it is there: whoever is killed in between leaves nothing
    that an uninstallation does not know of.
    """
    manifest = _manifest(root)
    first = not manifest
    try:
        for step in steps:
            fresh = not step.path.exists()
            entry = manifest.get(str(step.path), {})
            made = bool(entry.get("made")) or fresh
            before = entry.get("hash")
            manifest[str(step.path)] = {"hash": step.hash, "made": made, "before": before}
            if step.path != root / LIB:
                _note(root, manifest)
            if step.data is None:
                step.path.mkdir(mode=step.mode, parents=True, exist_ok=True)
                if fresh:
                    step.path.chmod(step.mode)
            else:
                files.replace(step.path, step.data, step.mode)
            if step.path == root / LIB:
                _note(root, manifest)
    except OSError as error:
        if first:
            take_away(root)
        raise GuardError(
            "place", f"{error.filename}: {error.strerror}", "nothing is left"
        ) from None


def changed(root: Path) -> list[str]:
    """Installed files that are not as they were put, in words; empty if all are."""
    found = []
    for path, entry in _manifest(root).items():
        if entry["hash"] is None:
            continue
        data = files.read(Path(path))
        if data is None:
            found.append(f"{path} is gone")
        elif files.digest(data) != entry["hash"]:
            found.append(f"{path} is not as it was installed")
    return found


def installed(root: Path) -> bool:
    """True if there is an installation below `root`."""
    return (root / MANIFEST).exists()


def program_hash(root: Path) -> str | None:
    """The hash of the installed program; None without one."""
    data = files.read(root / LIB / "guard.pyz")
    return None if data is None else files.digest(data)


def take_away(root: Path) -> tuple[list[str], list[str]]:
    """Remove what was installed; returns what was removed and what was left, with the reason."""
    gone: list[str] = []
    left: list[str] = []
    manifest = _manifest(root)
    for path in reversed(manifest):
        entry, here = manifest[path], Path(path)
        try:
            _remove(here, entry, gone, left)
        except OSError as error:
            left.append(f"{path}: {error.strerror}")
    (root / MANIFEST).unlink(missing_ok=True)
    for below in (Roots(root).run, root / DROP_IN.lstrip("/")):
        if below.is_dir() and not below.is_symlink():
            shutil.rmtree(below)  # sockets and locks, which were ours alone
            gone.append(str(below))
    folder = root / LIB
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        gone.append(str(folder))
    return gone, left


def _remove(here: Path, entry: dict[str, Any], gone: list[str], left: list[str]) -> None:
    if entry["hash"] is None:
        if here == here.parent or not entry["made"] or not here.is_dir():
            return
        if (
            here.name == "flowtui"
            and here.parent.name == "lib"
            and here.parent.parent.name == "var"
        ):
            shutil.rmtree(here)  # state, which is ours alone; recover has run before
            gone.append(str(here))
        elif not any(here.iterdir()):
            here.rmdir()
            gone.append(str(here))
        elif here.name != "flowtui":
            left.append(f"{here}: others have put files there")
        return
    data = files.read(here)
    if data is None:
        return
    if files.digest(data) not in (entry["hash"], entry.get("before")):
        left.append(f"{here}: was changed since it was installed")
        return
    here.unlink()
    gone.append(str(here))


def _note(root: Path, manifest: dict[str, Any]) -> None:
    files.replace(root / MANIFEST, json.dumps(manifest, indent=1).encode(), 0o644)


def _manifest(root: Path) -> dict[str, Any]:
    data = files.read(root / MANIFEST)
    try:
        raw = json.loads(data) if data else {}
    except ValueError:
        raise GuardError(
            "damaged", f"{root / MANIFEST} is damaged", "remove it and install again"
        ) from None
    return dict(raw)


def _only_roots(folder: Path) -> None:
    """Refuse folders that others than root could have put, or can put, something into."""
    for here in (folder, *folder.parents):
        seen = here.lstat()
        loose = stat.S_IMODE(seen.st_mode) & 0o022 and not seen.st_mode & stat.S_ISVTX
        if seen.st_uid not in (0, os.geteuid()) or loose or stat.S_ISLNK(seen.st_mode):
            raise GuardError(
                "place", f"{here} is not root's alone to write", "mend that first: chown, chmod"
            )


def _users(owners: Sequence[int]) -> str:
    import pwd

    names = []
    for uid in owners:
        try:
            names.append(pwd.getpwuid(uid).pw_name)
        except KeyError:
            names.append(str(uid))
    return ", ".join(names)
