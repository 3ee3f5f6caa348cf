"""Makes the origin that an address belongs to; what a kind needs is loaded with the first of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.runs.address import SLURM, SSH, Address
from flowtui.system.child import end_child, start_child
from flowtui.watch.remote.host import SshHost
from flowtui.watch.remote.origin import Origin

SSH_ALONE = ("PYTHON", "LD_")
"""Beginnings of variables that ssh and what it starts here do not get."""


class OriginKinds:
    """Origins of one person; the connection to a host is shared by all that ask it."""

    def __init__(self, clock: Clock, env: Mapping[str, str], master_only: bool = False) -> None:
        self._clock = clock
        self._env = env
        self._master_only = master_only
        self._hosts: dict[str, SshHost] = {}

    def hosts(self) -> list[SshHost]:
        """The hosts that were asked for so far."""
        return list(self._hosts.values())

    def host(self, name: str) -> SshHost:
        """A host by its name for ssh; the empty one is this machine."""
        if name not in self._hosts:
            self._hosts[name] = self._new_host(name)
        return self._hosts[name]

    def origin(self, address: Address) -> Origin:
        """Whatever is to be asked about an address. Raises FlowError for a kind that is not known.

        Nothing is connected yet.
        """
        if address.scheme == SSH:
            return self.host(address.host)
        if address.scheme == SLURM:
            from flowtui.watch.slurm.cluster import SlurmCluster

            return SlurmCluster(self.host(address.host), self._clock)
        raise FlowError(f"{address} cannot be watched", "see: flowtui runs add --help")

    def _new_host(self, name: str) -> SshHost:
        if not name:
            from flowtui.watch.remote.here import HereLine

            return SshHost("", HereLine(), self._clock)
        from flowtui.watch.remote.line import SshLine

        start = partial(start_child, env=self._env, unset=SSH_ALONE)
        line = SshLine(name, start, end_child, self._clock, self._master_only)
        return SshHost(name, line, self._clock)
