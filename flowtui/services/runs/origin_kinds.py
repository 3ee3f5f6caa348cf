"""Makes the origin that an address belongs to; what a kind needs is loaded with the first of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.runs.address import COMMANDS, MLFLOW, SLURM, SSH, TRACKIO, Address
from flowtui.settings.sections import Sources
from flowtui.system.child import end_child, start_child
from flowtui.watch.remote.host import SshHost
from flowtui.watch.remote.origin import Origin

if TYPE_CHECKING:
    from flowtui.services.runs.fleet import Fleet
    from flowtui.watch.remote.web import Web

TOKENS = "tokens"
"""The folder of logins among the settings, one file a server."""
SSH_ALONE = ("PYTHON", "LD_")
"""Beginnings of variables that ssh and what it starts here do not get."""


class OriginKinds:
    """Origins of one person; the connection to a host is shared by all that ask it."""

    def __init__(
        self, clock: Clock, env: Mapping[str, str], tokens: Path, sources: Sources
    ) -> None:
        self._clock = clock
        self._env = env
        self._tokens = tokens
        self._sources = sources
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
        if address.scheme == MLFLOW:
            from flowtui.watch.servers.mlflow import MlflowServer

            return MlflowServer(self._web(address.host), self._clock)
        if address.scheme == TRACKIO:
            from flowtui.watch.servers.trackio import TrackioServer

            return TrackioServer(self._web(address.host), self._clock)
        if address.scheme in COMMANDS:
            from flowtui.watch.remote.command import CommandOrigin

            start = partial(start_child, env=self._env, unset=SSH_ALONE)
            return CommandOrigin(address, start, end_child, self._clock)
        raise FlowError(f"{address} cannot be watched", "see: flowtui runs add --help")

    def fleet(self) -> Fleet | None:
        """The GPUs of jobs by the Prometheus of the settings; None if none is named."""
        if self._sources.prometheus is None:
            return None
        from flowtui.services.runs.fleet import Fleet
        from flowtui.watch.servers.prometheus import Prometheus

        web = self._web(self._sources.prometheus)
        return Fleet(Prometheus(web, self._clock, self._sources.gpu_labels), self._clock)

    def _web(self, url: str) -> Web:
        from flowtui.watch.remote.web import Web

        return Web(url, self._tokens, self._clock, self._sources.ca_file)

    def _new_host(self, name: str) -> SshHost:
        if not name:
            from flowtui.watch.remote.here import HereLine

            return SshHost("", HereLine(), self._clock)
        from flowtui.watch.remote.line import SshLine
        from flowtui.watch.remote.shell_line import AnyLine, ShellLine

        start = partial(start_child, env=self._env, unset=SSH_ALONE)
        parts = (name, start, end_child, self._clock, self._sources.ssh_open_only)
        return SshHost(name, AnyLine(SshLine(*parts), ShellLine(*parts)), self._clock)
