"""A real SLURM in namespaces of its own: controller, nodes and munge; nothing of it outside.

Its clients are reached by way of small scripts that enter the namespaces, so that they can stand on
a PATH. There is no accounting daemon, as on many small clusters.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

DAEMONS = ("slurmctld", "slurmd", "munged")
CLIENTS = ("squeue", "scontrol", "sinfo", "sbatch", "scancel", "sacct")
NEEDS = ("unshare", "nsenter", "ip", "mount", *DAEMONS, *CLIENTS)
PATIENCE_S = 90.0
SETUP = r"""
set -eu
hostname localhost
mount -t proc proc /proc
mount -t tmpfs none /run
mkdir -p /run/munge /run/slurm "$BOX/state"
ip link set lo up
# the daemons refuse to serve where loopback is the only address
ip link add rig0 type veth peer name rig1
ip addr add 192.0.2.1/24 dev rig0
ip link set rig0 up
ip link set rig1 up
munged --force --key-file="$BOX/munge.key" --pid-file="$BOX/munge.pid" \
    --log-file="$BOX/munge.log" --seed-file="$BOX/munge.seed"
slurmctld
for node in $NODES; do
    mkdir -p "$BOX/spool/$node"
    slurmd -N "$node"
done
echo ready
exec sleep 1000000
"""


def need_slurm() -> None:
    """Skip, by name, what this machine lacks."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"install {', '.join(missing)}")


class RealSlurm:
    """One cluster of `nodes` nodes with eight pretend GPUs each."""

    def __init__(self, box: Path, nodes: int = 2) -> None:
        box.mkdir(parents=True)
        self.box = box
        self.bin = box / "bin"
        self.work = box / "work"
        self.bin.mkdir()
        self.work.mkdir()
        self._write_settings(nodes)
        names = " ".join(f"n{number + 1}" for number in range(nodes))
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "BOX": str(box), "NODES": names}
        self._env = env | {"SLURM_CONF": str(box / "slurm.conf"), "HOME": str(box)}
        self._log = (box / "log").open("wb")
        self._process = subprocess.Popen(
            [
                "unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child",
                "--propagation", "private", "sh", "-c", SETUP,
            ],
            stdout=subprocess.PIPE, stderr=self._log, env=self._env, text=True,
        )  # fmt: skip
        try:
            self._wait(nodes)
        except BaseException:
            self.close()
            raise

    def _wait(self, nodes: int) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", self.told()
        inside = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        self._enter = ["nsenter", "-t", inside.split()[0], "-m", "-n", "-u", "-p", "--"]
        for client in CLIENTS:
            self._write_client(client)
        idle = "\n".join(["idle"] * nodes)
        self.until(lambda: self.run("sinfo", "-h", "-N", "-o", "%T").strip() == idle, "idle nodes")

    def run(self, *command: str, stdin: str = "", check: bool = False) -> str:
        """What a client prints."""
        done = subprocess.run(
            [*self._enter, *command], input=stdin, env=self._env, cwd=self.work,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def submit(self, *options: str, script: str) -> str:
        """Hand in a script; the job's id."""
        body = f"#!/bin/sh\n{script}\n"
        return self.run("sbatch", "--parsable", *options, stdin=body, check=True).strip()

    def break_node(self, name: str) -> None:
        """End the daemon of a node, and tell the controller at once what it would find out."""
        pid = (self.box / f"slurmd.{name}.pid").read_text().strip()
        self.run("kill", "-9", pid, check=True)
        told = ("state=down", "reason=broken")
        self.run("scontrol", "update", f"nodename={name}", *told, check=True)

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until `true()`; fails with `what`."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert self._process.poll() is None, self.told()
            assert time.monotonic() < end, f"never came true: {what}\n{self.told()}"
            time.sleep(0.1)

    def told(self) -> str:
        """The ends of the daemons' logs."""
        logs = [self.box / "log", *sorted(self.box.glob("*.log"))]
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in logs if log.exists())

    def close(self) -> None:
        """End all of it: with the first process of their namespace every other ends."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def _write_settings(self, nodes: int) -> None:
        box = self.box
        key = box / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        for number in range(8):
            (box / f"gpu{number}").touch()
        (box / "gres.conf").write_text(
            f"NodeName=n[1-{nodes}] Name=gpu Type=h100 File={box}/gpu[0-7]\n"
        )
        (box / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        (box / "slurm.conf").write_text(
            "ClusterName=rig\nSlurmctldHost=localhost\nAuthType=auth/munge\nSlurmUser=root\n"
            f"StateSaveLocation={box}/state\nSlurmdSpoolDir={box}/spool/%n\n"
            f"SlurmctldPidFile={box}/slurmctld.pid\nSlurmdPidFile={box}/slurmd.%n.pid\n"
            f"SlurmctldLogFile={box}/slurmctld.log\nSlurmdLogFile={box}/slurmd.%n.log\n"
            "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n"
            "JobAcctGatherType=jobacct_gather/linux\nJobAcctGatherFrequency=task=1\n"
            "JobAcctGatherParams=OverMemoryKill\nSelectType=select/cons_tres\n"
            "SelectTypeParameters=CR_Core_Memory\nDefMemPerCPU=100\n"
            "SlurmdParameters=config_overrides\nMpiDefault=none\nSlurmdTimeout=4\nKillWait=2\n"
            "MinJobAge=300\nReturnToService=2\nGresTypes=gpu\nRebootProgram=/bin/true\n"
            "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny\n"
            "AccountingStorageType=accounting_storage/none\nSchedulerParameters=sched_interval=1\n"
            f"NodeName=n[1-{nodes}] NodeHostname=localhost Port=[6901-{6900 + nodes}] CPUs=16"
            " RealMemory=64000 Gres=gpu:h100:8\n"
            f"PartitionName=main Nodes=n[1-{nodes}] Default=YES MaxTime=2-00:00:00\n"
        )

    def _write_client(self, name: str) -> None:
        client = self.bin / name
        conf = self._env["SLURM_CONF"]
        enter = " ".join(self._enter)
        # the folder that it is called in lies in both
        client.write_text(
            f'#!/bin/sh\nexport SLURM_CONF={conf}\nexec {enter} {shutil.which(name)} "$@"\n'
        )
        client.chmod(0o755)
