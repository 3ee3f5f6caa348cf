"""Installing the guard and what root does with it; asked of the root-owned copy where there is one.

Root runs nothing that a user can write: once a guard is installed, this flowtui only prepares. What
changes the machine is `/usr/local/lib/flowtui/flowtui-guard`, which root alone can write.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import flowtui
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard import archive
from flowtui.guard.program import installation, root_verbs, service, units
from flowtui.guard.program.errors import GuardError

NOBODY = 2**32 - 1
"""The login user of whoever was never logged in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an installation would put where."""

    program_hash: str
    lines: tuple[str, ...]
    owners: tuple[int, ...]
    systemd: bool
    warnings: tuple[str, ...]
    """What of this flowtui could be changed by others than root."""
    after_reboot: str
    """Who puts back what an ended lease has left, after a reboot."""
    upgrade: bool
    """True if a guard is here already."""

    def as_data(self) -> dict[str, Any]:
        """The plan as JSON gives it."""
        return {
            "program_sha256": self.program_hash, "steps": list(self.lines),
            "owners": list(self.owners), "systemd": self.systemd,
            "warnings": list(self.warnings), "upgrade": self.upgrade,
            "after_reboot": self.after_reboot,
        }  # fmt: skip


def plan(root: Path, owners: Sequence[int], systemd: bool) -> Plan:
    """What an installation for `owners` would do. Raises FlowError where it cannot be done."""
    try:
        service.python()
        steps = installation.plan(root, owners, systemd, archive.build())
        if os.geteuid() == 0:
            installation.check(root, steps)
    except GuardError as error:
        raise _flow(error) from None
    everybody = {*owners, *installation.owners_before(root)}
    return Plan(
        program_hash(),
        tuple(step.words() for step in steps),
        tuple(sorted(everybody)),
        systemd,
        tuple(_not_roots()),
        _after_reboot(root, systemd),
        installation.installed(root),
    )


def _after_reboot(root: Path, systemd: bool) -> str:
    if systemd:
        return "systemd, by flowtui-recover.service"
    if sys.platform == "darwin":
        return "launchd"
    names = [hook.by for hook in installation.hooks(root, systemd)]
    if names:
        return f"{' and '.join(names)}, and a lease that is on has its guard again"
    return (
        "nobody: neither systemd nor cron, OpenRC, runit, s6 or sysvinit runs a hook here, so have "
        f"your init run, as root: {units.LAUNCHER} boot"
    )


def program_hash() -> str:
    """The SHA-256 of the program that this flowtui would install."""
    return archive.digest(archive.build())


def install(root: Path, planned: Plan, shortest_s: int | None = None) -> None:
    """Carry the plan out. Raises FlowError; then nothing of it is left."""
    owners = list(planned.owners)
    if not installation.installed(root):
        try:
            root_verbs.install(root, owners, planned.systemd, archive.build(), shortest_s)
        except GuardError as error:
            raise _flow(error) from None
        return
    with tempfile.NamedTemporaryFile(suffix=".pyz") as file:
        file.write(archive.build())
        file.flush()
        words = ["upgrade", file.name, planned.program_hash, "--yes"]
        words += [word for uid in owners for word in ("--owner", str(uid))]
        words += [] if planned.systemd else ["--no-systemd"]
        words += ["--shortest", str(shortest_s)] if shortest_s else []
        _by_root_copy(root, *words)


def prepare_upgrade(folder: Path, planned: Plan) -> str:
    """Put the new program into `folder`; the command with which root installs it."""
    path = folder / "guard-new.pyz"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(archive.build())
    except OSError as error:
        raise FlowError(f"{path} cannot be written: {error.strerror}") from None
    return f"sudo {units.LAUNCHER} upgrade {path} {planned.program_hash}"


def uninstall(root: Path) -> dict[str, Any]:
    """Put everything back, remove the guard; resources, removed, left. Raises FlowError."""
    if not installation.installed(root):
        raise FlowError("no guard is installed here", None)
    return _by_root_copy(root, "uninstall", "--yes")


def rescue(root: Path, mend: bool, dry: bool) -> dict[str, Any]:
    """Put back what an ended lease has left. Raises FlowError."""
    if installation.program_hash(root) is not None:
        options = [name for name, on in (("--dry-run", dry), ("--mend", mend)) if on]
        return _by_root_copy(root, "rescue", *options)
    try:
        return root_verbs.rescue(root, mend, dry)
    except GuardError as error:
        raise _flow(error) from None


def by_hand(verb: str, root: Path = Path("/")) -> str:
    """The command that root has to give for `verb`, by its full path."""
    if installation.program_hash(root) is not None:
        return f"sudo {units.LAUNCHER} {verb}"
    from flowtui.guard.client import as_root

    return as_root(verb)


def asking_users(names: Sequence[str], env: Mapping[str, str]) -> list[int]:
    """Who is to use the guard: those named, else whoever became root by sudo, doas, pkexec or su.

    Empty where nobody can be told. Raises UsageError for a user that there is not.
    """
    from flowtui.guard.program.console import user

    if names:
        try:
            return [user(name) for name in names]
        except GuardError as error:
            raise UsageError(error.message, error.hint) from None
    for variable in ("SUDO_UID", "PKEXEC_UID"):
        if env.get(variable, "").isdigit():
            return [int(env[variable])]
    if env.get("DOAS_USER"):
        return asking_users([env["DOAS_USER"]], {})
    if os.getuid() != 0:
        return [os.getuid()]
    try:  # su and login: the kernel knows who has logged in
        login = int(Path("/proc/self/loginuid").read_text())
    except (OSError, ValueError):
        return []
    return [] if login in (0, NOBODY) else [login]


def _by_root_copy(root: Path, *words: str) -> dict[str, Any]:
    """What the root-owned copy answers. Raises FlowError."""
    command = units.command(program=str(root / installation.LIB / "guard.pyz"))
    done = subprocess.run(
        [*command, "--root", str(root), "--json", *words],
        capture_output=True, text=True, cwd="/", env=service.ENV, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        said = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise FlowError(f"the installed guard failed: {said}", "flowtui guard doctor") from None
    if "error" in answer:
        told = answer["error"]
        raise FlowError(told["message"], told["hint"] or None)
    return answer


def _not_roots() -> list[str]:
    """Folders of this flowtui that others than root can write."""
    places = (Path(sys.executable), Path(flowtui.__file__).parent)
    loose = [str(place) for place in places if not _roots_alone(place)]
    if not loose:
        return []
    return [
        f"{' and '.join(loose)} can be changed by others than root, and so can what is installed "
        "from there. Compare the hash with the one in the release notes first; from then on root "
        f"runs {units.LAUNCHER} alone"
    ]


def _roots_alone(place: Path) -> bool:
    for path in {place, *place.parents, place.resolve(), *place.resolve().parents}:
        look = path.lstat()
        if look.st_uid != 0 or (
            not stat.S_ISLNK(look.st_mode)
            and look.st_mode & 0o022
            and not look.st_mode & stat.S_ISVTX
        ):
            return False
    return True


def _flow(error: GuardError) -> FlowError:
    return FlowError(error.message, error.hint or None)
