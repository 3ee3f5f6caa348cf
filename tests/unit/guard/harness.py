"""A guard below a folder of its own, on clocks that move only when told to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flowtui.guard.program import firewall, requests, resolve
from flowtui.guard.program.deadline import Reading
from flowtui.guard.program.early import Early
from flowtui.guard.program.engine import Engine
from flowtui.guard.program.lease import Lease
from flowtui.guard.program.roots import Roots

ME = 1000
STAMP_NS = 1_577_934_245_678_000_000


class World:
    """One machine; `engine` is the guard that runs on it now."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch, hosts: bytes | None) -> None:
        self.roots = Roots(root)
        self.now = Reading("boot-1", 1000.0, 1_800_000_000.0, True)
        self.policies = root / "etc/chromium/policies/managed"
        self.policies.mkdir(parents=True)
        if hosts is not None:
            self.roots.hosts.write_bytes(hosts)
            os.utime(self.roots.hosts, ns=(STAMP_NS, STAMP_NS))
        os.utime(self.policies, ns=(STAMP_NS, STAMP_NS))
        # no rules and no questions beyond this folder: those have tests in namespaces
        patch.setattr(firewall, "available", lambda: None)
        patch.setattr(resolve, "targets", lambda names, seconds: [])
        self.engine = self.anew()

    def anew(self) -> Engine:
        """Another guard starts on the same disk."""
        self.engine = Engine(self.roots, lambda: self.now)
        self.engine.open()
        return self.engine

    @property
    def early(self) -> Early:
        """Ends before the time."""
        return Early(self.engine, lambda: self.now)

    def wish(self, **more: Any) -> requests.Wish:
        """A wish for an hour without news, with other fields."""
        groups = [{"list": "news", "sites": ["news.test", "www.news.test"]}]
        raw = {"v": 1, "verb": "arm", "seconds": 3600, "strictness": "soft", "groups": groups}
        raw |= more
        return requests.wish(raw)

    def arm(self, **more: Any) -> Lease:
        """Arm it."""
        return self.engine.arm(ME, 0, self.wish(**more))

    def later(self, seconds: float) -> None:
        """The machine runs on, and the guard looks."""
        self.now = replace(
            self.now, boottime=self.now.boottime + seconds, wall=self.now.wall + seconds
        )
        self.engine.tick()

    def reboot(self, off_s: float = 60.0, synced: bool = True) -> None:
        """The machine is off for a while, and starts anew with its guard."""
        wall = self.now.wall + off_s + 10
        self.now = Reading(self.now.boot_id + "+", 10.0, wall, synced)
        self.anew()

    def left_s(self) -> float:
        """Seconds that are left of the lease; 0 without one."""
        return self.engine.lease.count.left_s if self.engine.lease is not None else 0.0

    @property
    def hosts(self) -> bytes:
        """The hosts file as it is."""
        return self.roots.hosts.read_bytes()

    def look(self) -> list[tuple[object, ...]]:
        """All that has to be the same afterwards."""
        found: list[tuple[object, ...]] = []
        for path in sorted((self.roots.root / "etc").rglob("*")):
            seen = path.lstat()
            data = path.read_bytes() if path.is_file() else b""
            found.append((path.name, data, seen.st_ino, seen.st_mode, seen.st_uid))
        both = [path for path in (self.roots.hosts, self.policies) if path.exists()]
        return [*found, *((path.name, path.lstat().st_mtime_ns) for path in both)]

    def blocks(self, name: str = "news.test") -> bool:
        """True if the hosts file sends `name` nowhere."""
        return any(
            line.split()[1:] == [name.encode()]
            for line in self.hosts.splitlines()
            if line.startswith(b"127.66.")
        )
