"""A real sshd on loopback: own keys, own configuration, an own home over there; nothing of /etc.

As root it runs in a mount namespace whose /run is its own, since sshd wants a folder there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.remote.fake_slurm import tools_beside_slurm

SSHD = "/usr/sbin/sshd"
SSH = shutil.which("ssh")
PATIENCE_S = 20.0


def missing() -> str:
    """What has to be installed for this; empty if all is there."""
    if not Path(SSHD).exists():
        return "openssh-server"
    return "" if SSH else "openssh-client"


class Sshd:
    """One server, with a client's configuration that names it `box`."""

    def __init__(self, folder: Path, force: str = "", name: str = "box") -> None:
        self._path = tools_beside_slurm(folder)
        self.folder = folder
        self.name = name
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.log = folder / "sshd.log"
        self.port = _free_port()
        self._force = force
        self._process: subprocess.Popen[bytes] | None = None
        for key in ("host", "id"):
            self._keygen(key)
        self._write_client()
        self.start()

    def env(self) -> dict[str, str]:
        """The environment of somebody whose ssh knows the server."""
        path = f"{self.bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {"PATH": path, "HOME": str(self.home)}

    def start(self) -> None:
        """Serve, on the same port as ever."""
        user = pwd.getpwuid(os.getuid()).pw_name
        lines = [
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {self.folder / 'host'}",
            "PidFile none", "UsePAM no", "StrictModes no", "PasswordAuthentication no",
            "PermitRootLogin yes", f"AuthorizedKeysFile {self.folder / 'id.pub'}",
            f"AllowUsers {user}", f"SetEnv HOME={self.home} PATH={self._path}",
        ]  # fmt: skip
        if self._force:
            lines.append(f"ForceCommand {self._force}")
        config = self.folder / "sshd_config"
        config.write_text("\n".join(lines) + "\n")
        command = [SSHD, "-D", "-f", str(config), "-E", str(self.log)]
        if os.getuid() == 0:
            inside = 'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"'
            command = ["unshare", "-m", "sh", "-c", inside, "-", *command]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, stderr=subprocess.DEVNULL
        )
        self._await()

    def cut(self) -> int:
        """End every connection, as a lost network does; how many there were."""
        count = 0
        for pid in _children(self._pid()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                count += 1
        return count

    def freeze(self, frozen: bool = True) -> None:
        """Let every connection hang, or go on."""
        for pid in _family(self._pid())[1:]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def connections(self) -> int:
        """How often somebody came in."""
        text = self.log.read_text() if self.log.exists() else ""
        return text.count("Accepted publickey")

    def stop(self) -> None:
        """Serve no more."""
        process, self._process = self._process, None
        if process is None:
            return
        for pid in reversed(_family(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def new_host_key(self) -> None:
        """Be another machine from now on."""
        self.stop()
        for suffix in ("", ".pub"):
            (self.folder / f"host{suffix}").unlink()
        self._keygen("host")
        self.start()

    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _keygen(self, key: str) -> None:
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / key)],
            check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def _write_client(self) -> None:
        known, config = self.folder / "known", self.folder / "config"
        key = (self.folder / "host.pub").read_text().split()[:2]
        known.write_text(f"{self.name} {' '.join(key)}\n")
        config.write_text(
            f"Host {self.name}\n  HostName 127.0.0.1\n  Port {self.port}\n"
            f"  HostKeyAlias {self.name}\n  User {pwd.getpwuid(os.getuid()).pw_name}\n"
            f"  IdentityFile {self.folder / 'id'}\n  IdentitiesOnly yes\n  IdentityAgent none\n"
            f"  UserKnownHostsFile {known}\n  GlobalKnownHostsFile none\n"
        )
        wrapper = self.bin / "ssh"
        wrapper.write_text(f'#!/bin/sh\nexec {SSH} -F {config} "$@"\n')
        wrapper.chmod(0o755)
        python = self.bin / "python3"
        python.symlink_to(sys.executable)

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        found += _children(each)
    return found
