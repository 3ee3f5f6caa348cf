"""A network and mount namespace: loopback alone, an overlay over /etc, nothing of it outside.

Needs root. What runs in a cell sees the machine's programs and its own /etc, /run/flowtui,
/var/lib/flowtui and /usr/local/lib.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SITE, SITE6 = "45.66.0.1", "2a0f:66::1"
"""Where every name leads in a cell, by its own DNS: to another machine, by a wire of its own.

Public addresses: nothing local or private is ever cut. The wire ends in another namespace."""
HOSTS = (
    b"127.0.0.1 localhost\r\n10.66.0.9\tprinter.test  # mine\n\xff\xfe odd bytes\n::1 localhost6"
)
"""Mixed line ends, bytes that are no UTF-8, no newline at the end."""
SETUP = """
set -e
mkdir -p $BOX/up $BOX/work
mount -t tmpfs none $BOX/up
mkdir $BOX/up/u $BOX/up/w
mount -t overlay overlay -o lowerdir=/etc,upperdir=$BOX/up/u,workdir=$BOX/up/w /etc
test -d /usr/local/lib -a -d /run
mount -t tmpfs none /var/lib
mount -t tmpfs none /usr/local/lib
mount -t tmpfs none /run
ip link set lo up
setpriv --pdeathsig KILL unshare --net sh -c 'echo $$ > /run/outside.pid; exec sleep 1000000' &
until test -s /run/outside.pid; do sleep 0.01; done
outside=$(cat /run/outside.pid)
ip link add here type veth peer name there netns $outside
ip addr add 45.66.0.2/24 dev here
ip addr add 10.66.0.2/24 dev here
ip -6 addr add 2a0f:66::2/64 dev here nodad
ip link set here up
out="nsenter -t $outside -n ip"
$out link set lo up
$out addr add 45.66.0.1/24 dev there
$out addr add 10.66.0.1/24 dev there
$out -6 addr add 2a0f:66::1/64 dev there nodad
$out link set there up
rm -f /etc/resolv.conf /etc/hosts
cp $BOX/hosts /etc/hosts
chmod 644 /etc/hosts
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' > /etc/resolv.conf
rm -rf /etc/chromium/policies
mkdir -p /etc/chromium/policies/managed
touch -d '2020-01-02 03:04:05.678' /etc/hosts /etc/chromium/policies/managed
echo ready
exec sleep 1000000
"""
FLOWTUI = Path(sys.executable).with_name("flowtui")
NEEDS = ("unshare", "nsenter", "ip", "nft", "mount")


class Cell:
    """One such room; `run` and `popen` are in it."""

    def __init__(self, box: Path) -> None:
        self.box = box
        self.home = box / "home"
        self.home.mkdir(parents=True)
        (box / "hosts").write_bytes(HOSTS)
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", SETUP],
            env={"BOX": str(box), "PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._holder.stdout is not None
        said = self._holder.stdout.readline()
        assert said == "ready\n", said + self._holder.stdout.read()
        self._started: list[subprocess.Popen[Any]] = []

    @property
    def env(self) -> dict[str, str]:
        """The environment of a person in the cell."""
        return {
            "PATH": f"{FLOWTUI.parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "FLOWTUI_HOME": str(self.home / "flowtui"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def inside(self, *command: str) -> list[str]:
        """`command` as it has to be started to run in the cell."""
        return ["nsenter", "-t", str(self._holder.pid), "-n", "-m", "--", *command]

    def popen(self, *command: str, **more: Any) -> subprocess.Popen[Any]:
        """Start a command in the cell; it is ended with it."""
        more.setdefault("env", self.env)
        more.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen(self.inside(*command), **more)
        self._started.append(process)
        return process

    def run(
        self, *command: str, check: bool = True, **more: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the cell to its end."""
        more.setdefault("env", self.env)
        done = subprocess.run(
            self.inside(*command), capture_output=True, text=True, timeout=120, **more
        )
        assert not check or done.returncode == 0, (command, done.stdout, done.stderr)
        return done

    def flowtui(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run flowtui in the cell."""
        return self.run(str(FLOWTUI), *words, check=check)

    def python(self, code: str, *arguments: str) -> str:
        """The output of a piece of Python in the cell."""
        return self.run(sys.executable, "-c", code, *arguments).stdout

    def install(self, shortest_s: int = 2) -> None:
        """Install the guard, under its own supervisor; leases may be short."""
        self.flowtui("guard", "install", "--yes", "--no-systemd", "--shortest", str(shortest_s),
                     "--owner", "0")  # fmt: skip

    def supervisor(self) -> int:
        """The supervisor's process."""
        return int(self.run("cat", "/run/flowtui/supervisor.pid").stdout)

    def guards(self) -> list[int]:
        """Processes of the guard and its supervisor, in this cell."""
        found = []
        mine = Path(f"/proc/{self._holder.pid}/ns/mnt").stat().st_ino
        for path in Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "cmdline").read_bytes().split(b"\0")
                if (path / "ns/mnt").stat().st_ino == mine and any(
                    word.endswith(b"guard.pyz") for word in words
                ):
                    found.append(int(path.name))
            except OSError:
                continue
        return sorted(found)

    def serving(self) -> int:
        """The process of the guard that serves."""
        for pid in self.guards():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            # a child that has not become another program yet has the words of its parent
            if b"serve" in words and parent not in self.guards_by(b"serve"):
                return pid
        raise AssertionError("no guard serves")

    def guards_by(self, word: bytes) -> list[int]:
        """The guard's processes with this word in their command."""
        found = []
        for pid in self.guards():
            try:
                if word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    found.append(pid)
            except OSError:
                continue
        return found

    def state(self) -> str:
        """Everything that a lease must leave as it was: bytes, inode, mode, owner, times, names."""
        return self.python(LOOK)

    def close(self) -> None:
        """End all that runs in the cell; with its last process it is gone."""
        for wish in self.home.rglob("wish.json"):
            wish.unlink()  # agents of the session end with what was asked of them
        for process in self._started:
            if process.poll() is None:
                process.terminate()
        for pid in self.guards():
            _kill(pid)
        for pid in self.guards():
            _kill(pid)
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)  # what is frozen cannot end
        self._holder.kill()
        self._holder.wait()
        assert self._holder.stdout is not None
        self._holder.stdout.close()
        for process in self._started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()


LOOK = """
import hashlib, os, sys
for path in ("/etc/hosts", "/etc/chromium/policies/managed"):
    seen = os.stat(path)
    what = hashlib.sha256(open(path, "rb").read()).hexdigest() if os.path.isfile(path) else sorted(os.listdir(path))
    xattrs = sorted(os.listxattr(path))
    print(path, what, seen.st_ino, oct(seen.st_mode), seen.st_uid, seen.st_gid, seen.st_mtime_ns, xattrs)
import subprocess
print(subprocess.run(["nft", "-s", "list", "ruleset"], capture_output=True, text=True).stdout)
"""  # noqa: E501


@contextmanager
def cell(box: Path) -> Iterator[Cell]:
    """A cell for the length of a test; skips with what is missing."""
    need_root(*NEEDS)
    room = Cell(box / "cell")
    try:
        yield room
    finally:
        room.close()


def need_root(*programs: str) -> None:
    """Skip, by name, what this machine cannot do."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"install {', '.join(missing)}")


def until(true: Callable[[], object], what: str, seconds: float = 20) -> float:
    """Wait until `true()`; how long that took. Fails with `what`."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if true():
            return time.monotonic() - start
        time.sleep(0.02)
    raise AssertionError(f"never came true within {seconds} s: {what}")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
