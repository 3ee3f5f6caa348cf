"""How the agent stands: who conducts, what rings next, what was told last."""

from __future__ import annotations

import fcntl
import json
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flowtui.core.errors import FlowError
from flowtui.services.agent_unit import AgentUnit
from flowtui.services.conductor import LOCK, instants
from flowtui.system import interpreter
from flowtui.system.away import can_ask
from flowtui.system.desktop import can_reach_desktop
from flowtui.system.hooks import find

if TYPE_CHECKING:
    from flowtui.services.wiring import Services
    from flowtui.settings.paths import Paths

AGENT_LOCK, LAST = "agent.lock", "last-notice.json"
SHOWN = 3
EVENTS = ("plan-reached", "block-end", "break-over")
"""Hooks that the end of a block runs."""


def other_agent(paths: Paths) -> IO[str] | None:
    """The lock that only one agent holds; None while another holds it. Raises FlowError."""
    path = paths.run_dir / AGENT_LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise FlowError(f"{path} cannot be made: {error.strerror}", "see: flowtui paths") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


class Ringer(StrEnum):
    """Who rings the end of a block that was started without an app."""

    RUNS = "runs"
    """An app or an agent runs already."""
    STARTED = "started"
    """A process of this block alone was started."""
    NOBODY = "nobody"
    """None could be heard from here: no desktop, and no hook that would be run."""


def ring_alone(services: Services, block_id: str) -> Ringer:
    """See that somebody rings the end of this block; starts a process where nobody conducts.

    The same process notices time away, where the system tells it.
    """
    if conductor_of(services.paths) is not None:
        return Ringer.RUNS
    heard = services.config.notices.desktop and can_reach_desktop(services.env)
    heard = heard or any(find(services.paths.hooks_dir, event)[0] for event in EVENTS)
    watches = services.config.blocks.away_min is not None and can_ask(services.env)
    if not heard and not watches:
        return Ringer.NOBODY
    try:
        interpreter.start(
            "flowtui",
            *("agent", "run", "--block", block_id),
            env=services.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return Ringer.NOBODY
    return Ringer.STARTED if heard else Ringer.NOBODY


def ended(services: Services, block_id: str) -> bool:
    """Whether the block has ended and no break after it is left to be announced."""
    block = services.store.running()
    rest = services.breaks.current()
    return (block is None or block.id != block_id) and (rest is None or rest.rung)


def conductor_of(paths: Paths) -> int | None:
    """The process that conducts; None if none does."""
    path = paths.run_dir / LOCK
    try:
        with path.open("r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                text = file.read().strip()
                return int(text) if text.isdecimal() else 0
    except OSError:
        pass  # nobody ever conducted here
    return None


def agent_state(services: Services) -> dict[str, Any]:
    """All that `flowtui agent status` tells, as JSON."""
    unit = AgentUnit(services.env).state()
    now = instants(services)
    bells = [("end of the plan", now.plan_at), ("end of the break", now.rest_at)]
    bells += [(reminder.title, reminder.at) for reminder in services.body.reminders.coming()]
    due = sorted((at, what) for what, at in bells if at is not None)
    return {
        "service": {
            "manager": unit.manager.value,
            "path": str(unit.path),
            "installed": unit.installed,
            "active": unit.active,
            "remarks": list(unit.remarks),
        },
        "conductor": conductor_of(services.paths),
        "next": [{"at": at.isoformat(), "what": what} for at, what in due[:SHOWN]],
        "last": _last(services.paths.run_dir / LAST),
    }


def _last(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
