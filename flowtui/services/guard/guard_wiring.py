"""The parts of the guard's service, chosen and put together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.guard.client import Client, socket_path
from flowtui.services.guard.block_guard import GuardService
from flowtui.services.guard.quiet_session import Quietness
from flowtui.services.status import StatusFile
from flowtui.settings.config import Config
from flowtui.settings.paths import Paths


def build_guard(
    paths: Paths,
    config: Config,
    clock: Clock,
    rule: DayRule,
    env: Mapping[str, str],
    status: StatusFile,
) -> GuardService:
    """The service on these folders; the status file is kept true to it."""
    guard = GuardService(
        Client(socket_path(env)),
        config.guard,
        {name: context.guard for name, context in config.contexts.items()},
        (paths.lists_dir, paths.state_dir),
        clock,
        rule,
        Quietness(paths.session_dir, env),
        Path(env["HOME"]) if env.get("HOME") else Path.home(),
        env,
    )
    guard.subscribe(status.write)
    return guard
