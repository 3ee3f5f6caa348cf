"""The agent under the real systemd: installed, ringing, killed, booted, taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.guard.machine import Machine
from tests.guard.namespace import FLOWTUI, until

UNIT = "flowtui-agent.service"
RUNG = "/srv/rung"
USER = ("env", "XDG_RUNTIME_DIR=/run/user/0")


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine whose user lingers, with a hook that notes each bell."""
    made = Machine()
    try:
        linger = made.root / "var/lib/systemd/linger"
        linger.mkdir(parents=True, exist_ok=True)
        (linger / "root").touch()
        hooks = made.root / "srv/flowtui-test/config/hooks"
        hooks.mkdir(parents=True)
        hook = hooks / "plan-reached"
        hook.write_text(f"#!/bin/sh\necho rang >> {RUNG}\n")
        hook.chmod(0o755)
        made.boot()
        made.run("systemctl", "start", "user@0.service")
        yield made
    finally:
        made.close()


def test_an_installed_agent_rings_survives_a_kill_and_a_boot_and_goes_without_a_trace(
    machine: Machine,
) -> None:
    shown = flow(machine, "agent", "install", "--dry-run")
    assert "Type=notify" in shown and not installed(machine)
    flow(machine, "agent", "install")
    until(lambda: pid(machine) != "0", "it runs", 20)
    state = status(machine)
    assert state["service"]["active"] and state["service"]["installed"]
    assert state["conductor"] == int(pid(machine))
    assert not any("linger" in remark for remark in state["service"]["remarks"])

    until(lambda: waits_before_sleep(machine), "the real logind promises to wait for it", 20)
    first = pid(machine)
    machine.run("kill", "-KILL", first)
    until(lambda: pid(machine) not in ("0", first), "systemd starts another", 20)
    flow(machine, "start", "read", "--at", "58 s ago", "--for", "1m", "--detach")
    until(lambda: bells(machine) == 1, "it rings", 20)

    block = json.loads(flow(machine, "status", "--json"))["block"]["id"]
    flow(machine, "stop", "--outcome", "done")
    flow(machine, "delete", block)  # the next one begins in its time
    machine.reboot()
    until(lambda: pid(machine) != "0", "it runs after the reboot, though nobody is there", 30)
    flow(machine, "start", "write", "--at", "58 s ago", "--for", "1m", "--detach")
    until(lambda: bells(machine) == 2, "it rings again, and no bell rang twice", 20)

    flow(machine, "agent", "uninstall")
    assert pid(machine) == "0" and not installed(machine)
    left = machine.run("sh", "-c", "find $HOME/.config/systemd /run/user/0/systemd "
                       "-name '*flowtui*' 2>/dev/null; true").stdout  # fmt: skip
    assert left == "" and not waits_before_sleep(machine)
    assert not status(machine)["service"]["installed"]


def flow(machine: Machine, *words: str) -> str:
    """What `flowtui WORDS` prints for the user of the machine."""
    return machine.run(*USER, str(FLOWTUI), *words).stdout


def status(machine: Machine) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(flow(machine, "agent", "status", "--json"))
    return found


def pid(machine: Machine) -> str:
    """Its process; "0" without one."""
    asked = machine.run(*USER, "systemctl", "--user", "show", "-P", "MainPID", UNIT, check=False)
    return asked.stdout.strip() or "0"


def waits_before_sleep(machine: Machine) -> bool:
    told = machine.run("systemd-inhibit", "--list", "--no-legend").stdout
    return any("flowtui" in line and "delay" in line for line in told.splitlines())


def installed(machine: Machine) -> bool:
    return (machine.root / f"root/.config/systemd/user/{UNIT}").exists()


def bells(machine: Machine) -> int:
    return machine.run("sh", "-c", f"cat {RUNG} 2>/dev/null; true").stdout.count("rang")
