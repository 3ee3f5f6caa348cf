"""The guard killed at every system call of arming and restoring, and refused by the disk at each.

    python -m tests.faults.guard_crash --all        every point; needs root, strace and nft
    python -m tests.faults.guard_crash --points 60  so many, spread over all
    python -m tests.faults.guard_crash --all --part 0/4   a quarter; four can run at once
    python -m tests.faults.guard_crash --names 2100       so many names more: in a file of their own

strace delivers SIGKILL on entering the Nth call of a kind, or lets it fail with ENOSPC or EIO. Then
another process recovers, with nothing but the journal, past the end of the lease. Everything has to
be as it was: bytes, inode, mode, owner and times of the hosts file, names and times of the policy
folder, the rules of the firewall, and no process left frozen.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from flowtui.guard.program import clock, lock, requests
from flowtui.guard.program.deadline import Reading
from flowtui.guard.program.engine import Engine
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.roots import Roots

HOSTS = b"127.0.0.1 localhost\r\n10.0.0.9 mine\n\xff\xfe no text\n::1 six"
ADMIN = b'{"URLBlocklist": ["games.test"], "URLAllowlist": ["wiki.test"]}'
STAMP = (1_577_934_245_678_000_000, 1_577_934_245_678_000_000)
NAMES = ["news.test", "www.news.test", "video.test", "mail.test/inbox"]
MARK = "sched_yield"
DISK = ("openat", "write", "pwrite64", "fsync", "rename", "ftruncate", "unlink", "mkdir", "fchmod")
SKIP = ("exit_group", "rt_sigreturn", "restart_syscall", "execve")


@dataclass(frozen=True)
class Point:
    """Where something goes wrong: the Nth call of a kind while arming or restoring."""

    step: str
    call: str
    number: int
    what: str
    """"kill", or the name of an error."""


def past(reading: Reading) -> Reading:
    """Ten days later."""
    return replace(reading, boottime=reading.boottime + 864_000, wall=reading.wall + 864_000)


def app_in(root: Path) -> str:
    """The app of this bench and of no other that runs beside it: processes are the machine's."""
    return f"waster-{root.parent.name}"


def child(step: str, root: Path, names: int) -> None:
    """What is killed: arms, or ends the lease that is on."""
    roots = Roots(root)
    roots.run.mkdir(parents=True, exist_ok=True)
    held = lock.take(roots.run / "guard.lock", 5)
    engine = Engine(roots, clock.read)
    if step == "recover":
        for _ in range(2):  # again and again: the second time there is nothing to do
            Engine(roots, lambda: past(clock.read())).open()
        lock.free(held)
        return
    engine.open()
    more = [f"n{number}.test" for number in range(names)]
    raw = {
        "v": 1, "verb": "arm", "seconds": 3600, "strictness": "firm", "apps": [app_in(root)],
        "groups": [{"list": "news", "sites": [*NAMES, *more]}], "except": ["video.test/course"],
    }  # fmt: skip
    wish = requests.wish(raw)
    os.sched_yield()
    if step == "arm":
        try:
            engine.arm(os.getuid(), 0, wish)
        except GuardError as error:
            sys.stderr.write(f"refused: {error.message}\n")
    else:
        engine.end("test")
    os.sched_yield()
    lock.free(held)


class Bench:
    """A root folder to be armed and restored, and what it has to be like afterwards."""

    def __init__(self, folder: Path, names: int) -> None:
        self.names = names
        self.root = folder / "root"
        self.folder = folder
        self.app = folder / app_in(self.root)
        shutil.copy("/bin/sleep", self.app)
        self.sleeper = subprocess.Popen([str(self.app), "100000"])

    def fresh(self) -> str:
        """Make the root anew; its state."""
        shutil.rmtree(self.root, ignore_errors=True)
        managed = self.root / "etc/chromium/policies/managed"
        managed.mkdir(parents=True)
        (self.root / "etc/hosts").write_bytes(HOSTS)
        (managed / "10-admin.json").write_bytes(ADMIN)
        for path in (self.root / "etc/hosts", managed / "10-admin.json", managed):
            os.utime(path, ns=STAMP)
        return self.state()

    def state(self) -> str:
        """All that has to be the same."""
        found = []
        hosts = self.root / "etc/hosts"
        for path in (hosts, *sorted((self.root / "etc/chromium/policies").rglob("*"))):
            seen = path.lstat()
            data = path.read_bytes() if path.is_file() else b""
            found.append(
                (str(path), data, seen.st_ino, seen.st_mode, seen.st_uid, seen.st_mtime_ns)
            )
        rules = subprocess.run(["nft", "-s", "list", "ruleset"], capture_output=True, text=True)
        stat = Path(f"/proc/{self.sleeper.pid}/stat").read_text()
        stopped = stat.rpartition(")")[2].split()[0] in "tT"
        return repr((found, rules.stdout, "stopped" if stopped else "runs"))

    def left(self) -> list[str]:
        """Records and leases that are still there."""
        state = self.root / "var/lib/flowtui"
        names = [*state.glob("journal/*.json"), *state.glob("lease.json")]
        names += state.glob("*names-*")
        return [str(path) for path in (*names, *state.glob("journal/blobs/*"))]

    def run(self, step: str, *before: str) -> subprocess.CompletedProcess[str]:
        """Run a step in a process of its own, under what `before` says."""
        # without site, which would be most of the work
        command = [*before, sys.executable, "-S", "-m", "tests.faults.guard_crash", "--child", step,
                   "--root", str(self.root), "--names", str(self.names)]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def ready(self, step: str) -> str:
        """A root in which `step` can be done; the state that has to come back."""
        state = self.fresh()
        if step == "restore":
            done = self.run("arm")
            assert done.returncode == 0, done.stderr
            assert self.state() != state, "arming changed nothing"
        return state

    def points(self, step: str) -> list[Point]:
        """Every system call of a step, as the main thread makes them."""
        self.ready(step)
        log = self.folder / "trace"
        done = self.run(step, "strace", "-o", str(log))
        assert done.returncode == 0, done.stderr
        self.run("recover")
        counts: Counter[str] = Counter()
        found: list[Point] = []
        marks = 0
        for line in log.read_text(errors="replace").splitlines():
            match = re.match(r"([a-z_0-9]+)\(", line)
            if match is None:
                continue
            call = match.group(1)
            counts[call] += 1
            marks += call == MARK
            if marks == 1 and call not in SKIP and call != MARK:
                found.append(Point(step, call, counts[call], "kill"))
        assert marks == 2, "the marks were not seen"
        return found

    def attempt(self, point: Point) -> str:
        """Let it go wrong there, recover; what is not as it was, or an empty text."""
        state = self.ready(point.step)
        how = "signal=SIGKILL" if point.what == "kill" else f"error={point.what}"
        inject = f"inject={point.call}:{how}:when={point.number}"
        self.run(point.step, "strace", "-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject)
        done = self.run("recover")
        if done.returncode:
            return f"recover failed: {done.stderr[-400:]}"
        now = self.state()
        if now != state:
            return f"not as it was:\n{state}\n{now}"
        left = self.left()
        return f"left behind: {left}" if left else ""

    def close(self) -> None:
        """End the app."""
        self.sleeper.kill()
        self.sleeper.wait()


def all_points(bench: Bench) -> list[Point]:
    """Kills at every call, errors at every call that asks something of the disk."""
    found: list[Point] = []
    for step in ("arm", "restore"):
        kills = bench.points(step)
        found += kills
        for point in kills:
            if point.call in DISK:
                found += [replace(point, what=error) for error in ("ENOSPC", "EIO")]
    return found


def sampled(points: list[Point], most: int) -> list[Point]:
    """At most so many of the points, spread evenly over those of each kind."""
    kinds: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        kinds.setdefault((point.step, point.what), []).append(point)
    # kinds side by side, each in its order: whatever is cut off is cut off of all
    share = min(1.0, most / max(1, len(points)))
    wanted = {kind: max(1, int(len(of) * share)) for kind, of in kinds.items()}
    while sum(wanted.values()) < min(most, len(points)):
        wanted[max(kinds, key=lambda kind: len(kinds[kind]) * share - wanted[kind])] += 1
    return [
        of[int(n * len(of) / wanted[kind])]
        for kind, of in kinds.items()
        for n in range(wanted[kind])
    ][:most]


def isolated(arguments: list[str]) -> int:
    """Run this module with `arguments` in namespaces of its own: network, files, processes."""
    hosts = Path(tempfile.mkdtemp()) / "hosts"
    hosts.write_text("127.0.0.1 localhost\n45.66.0.1 news.test www.news.test video.test\n")
    setup = f'mount --bind {hosts} /etc/hosts && ip link set lo up && exec "$0" "$@"'
    # processes of its own too: each one of the machine's would be three calls more
    command = ["unshare", "--net", "--mount", "--propagation", "private", "--pid", "--fork",
               "--mount-proc", "sh", "-c", setup,
               sys.executable, "-m", "tests.faults.guard_crash", *arguments]  # fmt: skip
    try:
        return subprocess.run(command).returncode
    finally:
        shutil.rmtree(hosts.parent)


def bench(most: int, part: tuple[int, int], names: int) -> int:
    """Try the points; prints a line for each kind, and one JSON object at the end."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        room = Bench(Path(folder), names)
        try:
            points = all_points(room)
            chosen = sampled(points, most)[part[0] :: part[1]]
            bad: list[str] = []
            for number, point in enumerate(chosen, 1):
                if number % 100 == 0:
                    sys.stderr.write(f"{number} of {len(chosen)} tried, {len(bad)} bad\n")
                wrong = room.attempt(point)
                if wrong:
                    bad.append(f"{point}: {wrong}")
                    sys.stderr.write(f"{bad[-1]}\n")
        finally:
            room.close()
    tried = Counter(f"{p.step} {p.what}" for p in chosen)
    calls = len({p.call for p in points})
    took = round(time.monotonic() - start)
    sys.stdout.write(
        json.dumps({"points": len(points), "tried": len(chosen), "kinds of call": calls,
                    "by kind": dict(tried), "bad": len(bad), "seconds": took}) + "\n"
    )  # fmt: skip
    return 1 if bad else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--part", default="0/1", help="1/4: the second of four shares of them")
    parser.add_argument("--names", type=int, default=0, help="so many names beside the few")
    parser.add_argument("--inside", action="store_true")
    parser.add_argument("--child")
    parser.add_argument("--root", type=Path)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.root, given.names)
        return 0
    most = 10**9 if given.all else given.points
    if not given.inside:
        return isolated(["--inside", "--points", str(most), "--part", given.part,
                         "--names", str(given.names)])  # fmt: skip
    first, _, of = given.part.partition("/")
    return bench(most, (int(first), int(of)), given.names)


if __name__ == "__main__":
    sys.exit(main())
