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
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard import archive, units
from flowtui.guard.program import files
from flowtui.guard.program.roots import POLICIES, Roots

LIB = "usr/local/lib/flowtui"
MANIFEST = f"{LIB}/manifest.json"
UNIT_FOLDER = "etc/systemd/system"


@dataclass(frozen=True, slots=True)
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
        return None if self.data is None else archive.digest(self.data)

    def words(self) -> str:
        """One line of the plan."""
        known = f"  sha256 {(self.hash or '')[:16]}…" if self.data is not None else ""
        return f"{self.path}  {self.mode:04o}  {self.why}{known}"


def plan(root: Path, owners: Sequence[int], systemd: bool) -> list[Step]:
    """What an installation for these users puts below `root`, in order."""
    config = json.dumps({"owners": sorted(set(owners))}).encode() + b"\n"
    steps = [
        Step(root / LIB, None, 0o755, "folder of the program"),
        Step(root / LIB / "guard.pyz", archive.build(), 0o644, "the privileged program"),
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
    if systemd:
        for name, text in units.UNITS.items():
            path = root / UNIT_FOLDER / name
            steps.append(Step(path, text.encode(), 0o644, "systemd unit"))
    return steps


def carry_out(root: Path, steps: Sequence[Step]) -> None:
    """Put everything where the plan says. Raises FlowError; a second run mends a first."""
    manifest = _manifest(root)
    try:
        for step in steps:
            fresh = not step.path.exists()
            if step.data is None:
                step.path.mkdir(mode=step.mode, parents=True, exist_ok=True)
                if fresh:
                    step.path.chmod(step.mode)
                _only_roots(step.path)
            else:
                files.replace(step.path, step.data, step.mode)
            known = manifest.get(str(step.path), {})
            manifest[str(step.path)] = {
                "hash": step.hash, "made": bool(known.get("made")) or fresh,
            }  # fmt: skip
            if (root / LIB).is_dir():
                files.replace(root / MANIFEST, json.dumps(manifest, indent=1).encode(), 0o644)
    except OSError as error:
        raise FlowError(f"{error.filename}: {error.strerror}", "nothing else was done") from None


def changed(root: Path) -> list[str]:
    """Installed files that are not as they were put, in words; empty if all are."""
    found = []
    for path, entry in _manifest(root).items():
        if entry["hash"] is None:
            continue
        data = files.read(Path(path))
        if data is None:
            found.append(f"{path} is gone")
        elif archive.digest(data) != entry["hash"]:
            found.append(f"{path} is not as it was installed")
    return found


def installed(root: Path) -> bool:
    """True if there is an installation below `root`."""
    return (root / MANIFEST).exists()


def outdated(root: Path) -> bool:
    """True if the installed program is not the one of this flowtui."""
    data = files.read(root / LIB / "guard.pyz")
    return data is not None and archive.digest(data) != archive.digest(archive.build())


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
    if archive.digest(data) != entry["hash"]:
        left.append(f"{here}: was changed since it was installed")
        return
    here.unlink()
    gone.append(str(here))


def _manifest(root: Path) -> dict[str, Any]:
    data = files.read(root / MANIFEST)
    try:
        raw = json.loads(data) if data else {}
    except ValueError:
        raise FlowError(f"{root / MANIFEST} is damaged", "remove it and install again") from None
    return dict(raw)


def _only_roots(folder: Path) -> None:
    """Refuse folders that others than root could have put, or can put, something into."""
    for here in (folder, *folder.parents):
        seen = here.lstat()
        loose = stat.S_IMODE(seen.st_mode) & 0o022 and not seen.st_mode & stat.S_ISVTX
        if seen.st_uid not in (0, os.geteuid()) or loose or stat.S_ISLNK(seen.st_mode):
            raise FlowError(f"{here} is not root's alone to write", "mend that first")


def _users(owners: Sequence[int]) -> str:
    import pwd

    names = []
    for uid in owners:
        try:
            names.append(pwd.getpwuid(uid).pw_name)
        except KeyError:
            names.append(str(uid))
    return ", ".join(names)
