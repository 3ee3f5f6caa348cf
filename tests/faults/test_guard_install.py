"""Installing, installing again and taking away: root runs its own copy, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.guard import archive
from flowtui.guard.program import units
from flowtui.services.guard import setup
from tests.guard.namespace import Cell, cell, need_root, until

COPY = units.LAUNCHER
MADE = "find /etc /usr/local/lib /var/lib /run -path '*flowtui*' | sort"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Cell]:
    """A cell without a guard, and a list of one's own."""
    with cell(tmp_path) as made:
        (made.home / "flowtui/config/lists").mkdir(parents=True)
        (made.home / "flowtui/config/lists/mine.toml").write_text('sites = ["news.test"]\n')
        yield made


def made(room: Cell) -> str:
    """All files and folders of ours."""
    return room.run("sh", "-c", MADE).stdout


def owners(room: Cell) -> list[int]:
    """Who may ask, as it is installed."""
    found: list[int] = json.loads(room.run("cat", "/etc/flowtui/guard.json").stdout)["owners"]
    return found


def test_the_hash_that_is_told_is_that_of_what_is_installed(room: Cell) -> None:
    told = room.flowtui("guard", "hash").stdout.strip()
    planned = room.flowtui("guard", "install", "--dry-run", "--no-systemd", "--owner", "0")
    room.install()

    installed = room.run("sha256sum", "/usr/local/lib/flowtui/guard.pyz").stdout.split()[0]
    assert told == installed == room.run(COPY, "hash").stdout.strip()
    assert told in planned.stdout and f"sudo {COPY} uninstall" in planned.stdout


def test_the_root_owned_copy_rescues_and_uninstalls_with_flowtui_gone(room: Cell) -> None:
    before = room.state()
    room.install()
    room.flowtui("start", "--guard", "mine", "--for", "5m", "--detach")
    bare = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}

    looked = room.run(COPY, "rescue", env=bare)
    done = room.run(COPY, "uninstall", "--yes", "--no-systemd", env=bare)

    assert "alive and well" in looked.stdout
    assert "/etc/hosts exact" in done.stdout and f"removed {COPY}" in done.stdout
    assert made(room) == "" and room.state() == before


def test_hints_name_the_root_owned_copy_by_its_full_path(tmp_path: Path) -> None:
    lib = tmp_path / "usr/local/lib/flowtui"
    assert setup.by_hand("rescue", tmp_path).endswith("guard rescue")
    lib.mkdir(parents=True)
    (lib / "guard.pyz").write_bytes(b"")

    assert setup.by_hand("rescue", tmp_path) == f"sudo {COPY} rescue"


def test_an_upgrade_is_what_was_agreed_to_or_nothing(room: Cell, tmp_path: Path) -> None:
    room.install()
    new = tmp_path / "new.pyz"
    new.write_bytes(archive.build())
    wanted = hashlib.sha256(new.read_bytes()).hexdigest()

    done = room.run(COPY, "--no-systemd", "upgrade", str(new), wanted, "--yes", "--owner", "61000")
    assert "it answers" in done.stdout and owners(room) == [0, 61000]
    new.write_bytes(archive.build() + b"changed meanwhile")
    refused = room.run(COPY, "--no-systemd", "upgrade", str(new), wanted, "--yes", check=False)
    link = tmp_path / "link.pyz"
    link.symlink_to(new)
    linked = room.run(COPY, "--no-systemd", "upgrade", str(link), wanted, "--yes", check=False)

    assert refused.returncode == 1 and "another hash" in refused.stderr
    assert linked.returncode == 1
    installed = room.run("sha256sum", "/usr/local/lib/flowtui/guard.pyz").stdout.split()[0]
    assert installed == wanted


def test_a_second_installation_adds_owners_and_drops_none(room: Cell) -> None:
    room.install()
    room.flowtui("start", "--guard", "mine", "--for", "5m", "--detach")

    again = ("guard", "install", "--yes", "--no-systemd", "--owner", "61000")
    room.flowtui(*again)

    assert owners(room) == [0, 61000]
    assert "127.66." in room.run("getent", "ahostsv4", "news.test").stdout, "the lease goes on"
    assert room.flowtui("guard", "release", check=False).returncode == 0


def test_while_a_firm_lease_runs_an_installation_is_refused_whole(room: Cell) -> None:
    room.install()
    room.flowtui("start", "--guard", "mine", "--strict", "firm", "--for", "5m", "--detach")
    before, first = made(room), room.serving()

    done = room.flowtui(
        "guard", "install", "--yes", "--no-systemd", "--owner", "61000", check=False
    )

    assert done.returncode == 1 and "firm lease runs" in done.stderr
    assert made(room) == before and owners(room) == [0] and room.serving() == first
    assert room.run(COPY, "uninstall", "--yes", check=False).returncode == 1


def test_an_installation_that_cannot_be_is_refused_before_anything_is_made(room: Cell) -> None:
    install = ("guard", "install", "--yes", "--no-systemd", "--owner", "0")
    before = made(room)
    for spoil, mend in (
        ("chmod 777 /usr/local/lib", "chmod 755 /usr/local/lib"),
        ("touch /etc/flowtui", "rm /etc/flowtui"),
        ("ln -s /tmp /var/lib/flowtui", "rm /var/lib/flowtui"),
        ("mount -o remount,ro /var/lib", "mount -o remount,rw /var/lib"),
    ):
        room.run("sh", "-c", spoil)
        spoilt = made(room)

        done = room.flowtui(*install, check=False)

        assert done.returncode == 1 and len(done.stderr.splitlines()) >= 1, spoil
        assert made(room) == spoilt, spoil
        room.run("sh", "-c", mend)
    assert made(room) == before


@pytest.mark.parametrize(
    ("env", "found"),
    [
        ({"SUDO_UID": "1000"}, [1000]),
        ({"PKEXEC_UID": "9"}, [9]),
        ({"DOAS_USER": "daemon"}, [1]),
    ],
)
def test_whoever_became_root_is_the_owner(env: dict[str, str], found: list[int]) -> None:
    assert setup.asking_users((), env) == found


def test_of_a_root_without_a_past_nobody_can_be_told() -> None:
    if os.getuid() != 0:
        pytest.skip("needs root")
    login = Path("/proc/self/loginuid")
    known = login.exists() and int(login.read_text()) not in (0, setup.NOBODY)
    assert bool(setup.asking_users((), {})) == known


@pytest.mark.parametrize("name", ["flowtui-guard.service", "flowtui-recover.service"])
def test_the_units_are_hardened(tmp_path: Path, name: str) -> None:
    """As systemd itself rates it: 0 is locked up, 10 is open."""
    need_root("systemd-analyze")
    unit = tmp_path / name
    unit.write_text(units.UNITS[name])

    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    ).stdout  # fmt: skip

    rated = re.search(r"exposure level for .*: ([0-9.]+)", said)
    assert rated is not None and float(rated[1]) <= 3.5, said
    for line in ("SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes",
                 "ProtectHostname=yes", "UMask=0077"):  # fmt: skip
        assert line in units.UNITS[name]


def test_without_systemd_the_plan_says_who_puts_back_after_a_reboot(room: Cell) -> None:
    said = room.flowtui("guard", "install", "--dry-run", "--no-systemd", "--owner", "0").stdout
    hook = "/etc/cron.d/flowtui-guard"
    with_cron = hook in said
    room.install()

    assert ("put back by cron" in said) == with_cron
    assert ("nobody: neither systemd nor cron" in said) != with_cron
    exists = room.run("test", "-e", hook, check=False).returncode == 0
    assert exists == with_cron


INITS = {
    "OpenRC": ("mkdir -p /etc/local.d /etc/runlevels/default; touch /etc/runlevels/default/local",
               "/etc/local.d/flowtui-guard.start"),
    "runit": ("mkdir -p /etc/runit/core-services", "/etc/runit/core-services/99-flowtui-guard.sh"),
    "s6": ("mkdir -p /etc/cont-init.d", "/etc/cont-init.d/99-flowtui-guard"),
    "sysvinit": ("mkdir -p /etc/rcS.d; touch /etc/inittab", "/etc/rcS.d/S99flowtui-guard"),
}  # fmt: skip


@pytest.mark.parametrize("init", INITS)
def test_after_a_reboot_without_systemd_the_hook_of_the_init_keeps_the_lease(
    room: Cell, init: str
) -> None:
    make, hook = INITS[init]
    room.run("sh", "-c", make)
    before = room.state()
    said = room.flowtui("guard", "install", "--dry-run", "--no-systemd", "--owner", "0").stdout
    assert f"put back by {init}" in said and hook in said
    room.install()
    room.flowtui("guard", "arm", "mine", "--for", "50m")
    for pid in sorted(room.guards_by(b"supervise")) + room.guards():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not room.guards(), "nothing runs, as after a reboot")
    room.run("rm", "-rf", "/run/flowtui")

    for _ in range(2):  # two hooks may run it at the same time
        room.run("sh", "-c", f"[ -x {hook} ] && exec {hook}; . {hook}")
    until(lambda: room.guards_by(b"serve"), "a guard serves", 60)
    until(lambda: not room.guards_by(b"boot"), "both hooks have ended", 90)
    until(lambda: len(room.guards()) == 2, "one guard with its supervisor")

    told = json.loads(room.flowtui("guard", "status", "--json").stdout)
    assert told["answers"] and told["lease"]["left_s"] > 2900
    room.flowtui("guard", "release")
    assert room.state() == before
    room.flowtui("guard", "uninstall", "--yes")
    assert room.run("test", "-e", hook, check=False).returncode == 1
