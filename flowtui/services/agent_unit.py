"""The agent as a service of the user's session: systemd's user manager, or launchd.

What is written is shown before it is, lies in the user's own folders, and goes without a trace.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import escape

from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.search_path import with_safe_path
from flowtui.system import interpreter
from flowtui.system.files import write_atomic

UNIT = "flowtui-agent.service"
LABEL = "io.github.flowtui.agent"
WATCHDOG_S = 600
"""Seconds after which systemd restarts an agent that says nothing."""
COMMAND_S = 20.0


class Manager(StrEnum):
    """What could keep the agent running here."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What an installation writes and runs."""

    manager: Manager
    path: Path
    text: str
    commands: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitState:
    """How the service stands."""

    manager: Manager
    path: Path
    installed: bool
    active: bool
    remarks: tuple[str, ...]
    """What cannot work here, and what is not right."""


class AgentUnit:
    """Installs, asks about and removes the service."""

    def __init__(self, env: Mapping[str, str], system: str = sys.platform) -> None:
        self._env = env
        self._home = Path(env.get("HOME") or Path.home())
        self.manager = _manager(env, system)

    def plan(self) -> UnitPlan:
        """What an installation would do. Raises FlowError where nothing can keep it running."""
        if self.manager is Manager.NONE:
            raise FlowError(
                "nothing here keeps a service running: no user manager of systemd, no launchd",
                "run it yourself, in tmux or by your desktop's autostart: flowtui agent run",
            )
        if self.manager is Manager.LAUNCHD:
            domain = f"gui/{os.getuid()}"
            return UnitPlan(
                self.manager,
                self.path,
                _property_list(self._command(), self._kept_env()),
                (("launchctl", "bootstrap", domain, str(self.path)),),
                ("nobody has tried this on a Mac yet; say how it went",),
            )
        return UnitPlan(
            self.manager,
            self.path,
            _unit(self._command(), self._kept_env()),
            (_systemctl("daemon-reload"), _systemctl("enable", "--now", UNIT)),
            tuple(self._remarks()),
        )

    def install(self) -> UnitPlan:
        """Write the file and start the service. Raises FlowError; then nothing is left behind."""
        plan = self.plan()
        try:
            plan.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(plan.path, plan.text.encode())
        except OSError as error:
            raise FlowError(
                f"{plan.path} cannot be written: {error.strerror}", "mend that, and install again"
            ) from None
        for command in plan.commands:
            problem = self._run(command)
            if problem is not None:
                self.uninstall()
                raise FlowError(f"{' '.join(command)}: {problem}", "nothing was installed")
        return plan

    def uninstall(self) -> bool:
        """Stop the service and remove its file; False if there was none."""
        there = self.path.exists()
        if self.manager is Manager.SYSTEMD:
            self._run(_systemctl("disable", "--now", UNIT))
        elif self.manager is Manager.LAUNCHD:
            self._run(("launchctl", "bootout", f"gui/{os.getuid()}/{LABEL}"))
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        if self.manager is Manager.SYSTEMD:
            self._run(_systemctl("daemon-reload"))
            self._run(_systemctl("reset-failed", UNIT))
        return there

    def state(self) -> UnitState:
        """How it stands now."""
        installed = self.path.exists()
        active = (
            self.manager is Manager.SYSTEMD
            and self._run(_systemctl("is-active", "--quiet", UNIT)) is None
        )
        remarks = self._remarks()
        if installed and self.manager is Manager.SYSTEMD:
            program = self._command()[0]
            if program not in self.path.read_text(encoding="utf-8", errors="replace"):
                remarks.insert(0, f"it starts another flowtui than this one: {self.path}")
        return UnitState(self.manager, self.path, installed, active, tuple(remarks))

    @property
    def path(self) -> Path:
        """The file of the service."""
        if self.manager is Manager.LAUNCHD:
            return self._home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        config = Path(self._env.get("XDG_CONFIG_HOME") or self._home / ".config")
        return config / "systemd" / "user" / UNIT

    def _command(self) -> tuple[str, ...]:
        # isolated, and by its full path: a service has a bare PATH and starts in another folder
        return interpreter.service_command("flowtui", "agent", "run")

    def _kept_env(self) -> dict[str, str]:
        """What names the user's folders; all else is the session's."""
        names = ("FLOWTUI_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        return {name: self._env[name] for name in names if self._env.get(name)}

    def _remarks(self) -> list[str]:
        remarks = []
        if self.manager is Manager.SYSTEMD and not self._lingers():
            remarks.append("it ends with your last session; to keep it on: loginctl enable-linger")
        if self.manager is not Manager.LAUNCHD and not self._env.get("DBUS_SESSION_BUS_ADDRESS"):
            remarks.append("there is no session bus here: no notices of the desktop")
        return remarks

    def _lingers(self) -> bool:
        # by the password file: USER can be missing, or be whoever called sudo
        try:
            user = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return False
        return Path("/var/lib/systemd/linger", user).exists()

    def _run(self, command: Sequence[str]) -> str | None:
        """None if it went well, else what it said."""
        try:
            done = subprocess.run(
                command, env=with_safe_path(dict(self._env)), cwd="/", capture_output=True,
                text=True, timeout=COMMAND_S, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        if done.returncode == 0:
            return None
        return (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]


def _manager(env: Mapping[str, str], system: str) -> Manager:
    if system == "darwin":
        return Manager.LAUNCHD
    runtime = env.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if shutil.which("systemctl", path=env.get("PATH")) and Path(runtime, "systemd").is_dir():
        return Manager.SYSTEMD
    return Manager.NONE


def _systemctl(*arguments: str) -> tuple[str, ...]:
    return ("systemctl", "--user", *arguments)


def _unit(command: Sequence[str], env: Mapping[str, str]) -> str:
    quoted = " ".join(_quoted(word) for word in command)
    variables = "".join(f"Environment={_quoted(f'{k}={v}')}\n" for k, v in env.items())
    return f"""\
[Unit]
Description=flowtui: bells, reminders and planned blocks while no app is open

[Service]
Type=notify
ExecStart={quoted}
{variables}Restart=on-failure
RestartSec=5
WatchdogSec={WATCHDOG_S}
Nice=5
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


def _quoted(word: str) -> str:
    r"""A word of a unit file: quoted, with `%` and `$` doubled (systemd.service(5))."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'


def _property_list(command: Sequence[str], env: Mapping[str, str]) -> str:
    words = "".join(f"    <string>{escape(word)}</string>\n" for word in command)
    variables = "".join(
        f"    <key>{escape(name)}</key><string>{escape(value)}</string>\n"
        for name, value in env.items()
    )
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array>
{words}  </array>
  <key>EnvironmentVariables</key>
  <dict>
{variables}  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key>
  <dict><key>SuccessfulExit</key><false/></dict>
</dict>
</plist>
"""
