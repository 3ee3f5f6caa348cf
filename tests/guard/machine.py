"""A whole machine with the real systemd, in a container over the root of this one; can be rebooted.

Needs root and systemd-nspawn. What happens in it stays in a tmpfs; the network is its own loopback.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.guard.namespace import FLOWTUI, HOSTS, need_root, until

REBOOT = 133
"""What systemd-nspawn ends with when the machine in it wants to be started anew."""
ROOT = Path(__file__).parents[2]


class Machine:
    """One machine; `run` is in it."""

    def __init__(self) -> None:
        need_root("systemd-nspawn", "nsenter", "mount")
        if not Path("/lib/systemd/systemd").exists():
            pytest.skip("install systemd")
        self.box = Path(tempfile.mkdtemp(prefix="flowtui-machine-"))
        self._top = self.box / "top"
        self.root = self.box / "root"
        self._top.mkdir()
        self.root.mkdir()
        _mount("-t", "tmpfs", "none", str(self._top))
        for name in ("up", "work"):
            (self._top / name).mkdir()
        layers = f"lowerdir=/,upperdir={self._top}/up,workdir={self._top}/work"
        _mount("-t", "overlay", "overlay", "-o", layers, str(self.root))
        etc = self.root / "etc"
        for name in ("hosts", "machine-id", "fstab", "resolv.conf"):
            (etc / name).unlink(missing_ok=True)
        (etc / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
        (etc / "hosts").write_bytes(HOSTS)
        os.utime(etc / "hosts", ns=(10**18, 10**18))
        (etc / "fstab").write_text("")
        for unit in ("systemd-networkd.service", "systemd-resolved.service", "e2scrub_reap.service",
                     "systemd-timesyncd.service", "apt-daily.timer", "systemd-binfmt.service",
                     "getty@tty1.service", "console-getty.service"):  # fmt: skip
            mask = etc / "systemd/system" / unit
            mask.unlink(missing_ok=True)
            mask.symlink_to("/dev/null")
        self._process: subprocess.Popen[Any] | None = None

    def boot(self) -> None:
        """Start it; returns when systemd has come up."""
        log = (self.box / "console").open("ab")
        self._process = subprocess.Popen(
            ["systemd-nspawn", "--register=no", "--keep-unit", "--private-network", "--quiet",
             "--resolv-conf=off", "--timezone=off", *_shown(), "-D", str(self.root), "--boot",
             "systemd.unit=multi-user.target"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        until(lambda: self._up(), f"the machine comes up, see {self.box}/console", 60)

    def reboot(self) -> None:
        """Let it reboot itself, and start it again."""
        assert self._process is not None
        self.run("systemctl", "reboot", check=False)
        assert self._process.wait(60) == REBOOT
        self.boot()

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the machine to its end."""
        leader = self._leader()
        assert leader is not None
        env = {"PATH": os.environ["PATH"], "HOME": "/root", "LC_ALL": "C.UTF-8", "TZ": "UTC",
               "FLOWTUI_HOME": "/srv/flowtui-test"}  # fmt: skip
        done = subprocess.run(
            ["nsenter", "-t", str(leader), "-a", "--", *command],
            capture_output=True, text=True, timeout=60, env=env, cwd="/",
        )  # fmt: skip
        assert not check or done.returncode == 0, (command, done.stdout, done.stderr)
        return done

    def flowtui(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run flowtui in the machine."""
        return self.run(str(FLOWTUI), *words, check=check)

    def state(self) -> str:
        """The hosts file and its times, as they have to be afterwards."""
        code = (
            "import hashlib,os; p='/etc/hosts'; s=os.stat(p);"
            "print(hashlib.sha256(open(p,'rb').read()).hexdigest(), s.st_mtime_ns, s.st_mode)"
        )
        return self.run(sys.executable, "-c", code).stdout

    def close(self) -> None:
        """Switch it off and forget it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        subprocess.run(["umount", "-R", "-l", str(self.root)], check=False)
        subprocess.run(["umount", "-l", str(self._top)], check=False)
        shutil.rmtree(self.box, ignore_errors=True)

    def _leader(self) -> int | None:
        """Process 1 of the machine, as it is numbered out here."""
        if self._process is None:
            return None
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        try:
            children = path.read_text().split()
        except OSError:
            return None
        for child in children:
            try:
                if Path(f"/proc/{child}/comm").read_text() == "systemd\n":
                    return int(child)
            except OSError:
                continue
        return None

    def _up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.box / "console").read_text(errors="replace")
        if self._leader() is None:
            time.sleep(0.1)
            return False
        said = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return said in ("running", "degraded")


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _shown() -> list[str]:
    """What it has to be shown: a checkout under /tmp, since a machine has a /tmp of its own."""
    places = {ROOT, FLOWTUI.parents[1], Path(sys.base_prefix)}
    hidden = [p for p in places if p.is_relative_to("/tmp") or p.is_relative_to("/run")]
    return [f"--bind-ro={place}" for place in sorted(hidden)]
