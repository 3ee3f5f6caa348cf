"""The agent: silent while an app is open, awake only when something happens, kept by a service."""

from __future__ import annotations

import asyncio
import os
import plistlib
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Plan, PlanKind
from flowtui.services.agent import Agent
from flowtui.services.agent_unit import LABEL, UNIT, AgentUnit, Manager
from flowtui.services.agent_watch import Ringer, conductor_of, other_agent, ring_alone
from flowtui.services.conductor import PIPE, PLAN, Conductor
from flowtui.services.focus.running_block import Draft
from flowtui.system.presence import Presence
from flowtui.system.service_notify import ServiceNotify
from flowtui.system.wakeups import ClockAlarm, FolderAlarm
from tests.unit.test_conductor import SILENT, until
from tests.user import Person, Shell


def agent_of(person: Person, said: list[str]) -> Agent:
    person.configure(SILENT)
    return Agent(person.services, person.env, said.append, person.open)


def conductor(agent: Agent) -> Conductor:
    return agent._conductor


async def test_an_agent_gives_way_to_an_app_and_comes_back_when_it_has_gone(person: Person) -> None:
    agent = agent_of(person, [])
    agent.begin()
    await until(lambda: conductor(agent).conducts)
    app = Presence(person.services.paths.run_dir / PIPE)

    assert app.announce()
    await until(lambda: not conductor(agent).conducts)
    app.leave()
    await until(lambda: conductor(agent).conducts)

    agent.end()


async def test_an_agent_stays_silent_until_the_last_of_two_apps_has_gone(person: Person) -> None:
    said: list[str] = []
    agent = agent_of(person, said)
    person.begin(50)
    agent.begin()
    await until(lambda: conductor(agent).conducts)
    apps = [Presence(person.services.paths.run_dir / PIPE) for _ in range(2)]
    for app in apps:
        assert app.announce()
    await until(lambda: not conductor(agent).conducts)
    person.pass_min(51)

    apps[0].leave()
    await asyncio.sleep(0)
    assert (said, conductor(agent).conducts) == ([], False)
    apps[1].leave()
    await until(lambda: said)

    assert said[0].startswith("The plan is reached")
    agent.end()


def test_without_an_agent_an_app_announces_itself_to_nobody(tmp_path: Path) -> None:
    assert not Presence(tmp_path / PIPE).announce()
    (tmp_path / PIPE).write_text("no pipe")
    assert not Presence(tmp_path / PIPE).announce()


async def test_a_block_of_another_process_is_found_by_its_file(person: Person) -> None:
    agent = agent_of(person, [])
    person.past(60, 10)
    agent.begin()
    await until(lambda: conductor(agent).conducts)

    person.open().focus.start(Draft(plan=Plan(PlanKind.FIXED, 3000)))
    await until(lambda: agent.next_at.plan_at is not None)

    agent.end()


async def test_a_clock_that_is_set_back_does_not_make_it_deaf(person: Person) -> None:
    """The plan's end comes after as much time as it was away, whatever the wall says."""
    agent = agent_of(person, [])
    person.begin(50)
    agent.begin()
    await until(lambda: agent.next_at.plan_at is not None)
    before = conductor(agent)._set[PLAN]

    person.clock.set_wall(person.ago(300))
    conductor(agent)._clock_changed()
    await until(lambda: PLAN in conductor(agent)._set)

    assert abs((conductor(agent)._set[PLAN] - before).total_seconds()) < 5
    agent.end()


async def test_settings_and_zone_are_taken_anew_when_they_change(person: Person) -> None:
    agent = agent_of(person, [])
    person.past(60, 10)
    agent.begin()
    await until(lambda: conductor(agent).conducts)

    person.configure(SILENT + '[body]\ncheckin_at = "21:00"\n')
    await until(lambda: agent._services.config.body.checkin_at is not None)

    agent.end()


async def test_an_agent_whose_home_is_removed_ends(person: Person) -> None:
    agent = agent_of(person, [])
    person.past(60, 10)
    gone: list[bool] = []
    agent.begin(lambda: gone.append(True))
    await until(lambda: conductor(agent).conducts)

    shutil.rmtree(person.services.paths.data_dir)
    await until(lambda: gone)

    agent.end()


async def test_what_cannot_be_announced_is_tried_again_ever_less_often(person: Person) -> None:
    agent = agent_of(person, [])
    agent.begin()
    await until(lambda: conductor(agent).conducts)
    at = person.ago(1)
    baton = conductor(agent)
    waits = []
    for times in range(7):
        baton._again[PLAN] = (at, times)
        waits.append(baton._patience(PLAN, at).total_seconds() if times else 0)
    assert waits == [0, 2, 4, 8, 16, 30, 30]
    assert baton._patience(PLAN, person.ago(0)).total_seconds() == 0
    agent.end()


def test_a_second_agent_is_refused(person: Person, flow: Shell) -> None:
    lock = other_agent(person.services.paths)
    assert lock is not None
    with lock:
        said = flow("agent", "run")
    assert (said.code, "an agent runs already" in said.err) == (1, True)


def test_status_tells_what_rings_next_and_that_nobody_does(flow: Shell, person: Person) -> None:
    flow.ok("plan", "add", "13:00 for 90m", "fuse it")
    person.begin(50)
    told = flow.ok("agent", "status", "--json").json
    assert told["conductor"] is None
    assert [(bell["at"][11:16], bell["what"]) for bell in told["next"]] == [
        ("12:50", "end of the plan"),
        ("13:00", "13:00 fuse it, 1 h 30"),
    ]
    assert "nobody: no app and no agent runs" in flow.ok("agent", "status").out


def test_a_block_that_nobody_can_ring_is_said_to_be_so(flow: Shell, person: Person) -> None:
    assert ring_alone(person.services, "abcdef") is Ringer.NOBODY
    assert "no bell will ring" in flow.ok("start", "x", "--for", "25m", "--detach").err
    assert conductor_of(person.services.paths) is None


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux tells of changes")
async def test_files_wake_by_a_descriptor_also_in_folders_that_come_later(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "ledger"
    alarm = FolderAlarm((folder,))
    assert alarm.fd is not None and not alarm.drain()
    folder.mkdir(parents=True)
    assert alarm.drain()
    (folder / "journal.jsonl").write_text("{}\n")
    assert alarm.drain() and not alarm.drain()
    alarm.close()
    clock = ClockAlarm()
    assert clock.fd is not None
    clock.arm()
    clock.close()


# The service


@pytest.fixture
def session(tmp_path: Path) -> dict[str, str]:
    """A user with a stand-in for systemctl that notes what it is asked."""
    tools = tmp_path / "bin"
    tools.mkdir()
    systemctl = tools / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexit ${{FAIL:-0}}\n')
    systemctl.chmod(0o755)
    (tmp_path / "runtime" / "systemd").mkdir(parents=True)
    return {
        "HOME": str(tmp_path / "home"),
        "PATH": f"{tools}:/usr/bin:/bin",
        "XDG_RUNTIME_DIR": str(tmp_path / "runtime"),
        "FLOWTUI_HOME": str(tmp_path / 'a "home" of 100 %'),
    }


def asked(tmp_path: Path) -> list[str]:
    file = tmp_path / "asked"
    return file.read_text().splitlines() if file.exists() else []


def test_a_service_is_shown_installed_and_removed_without_a_trace(
    session: dict[str, str], tmp_path: Path
) -> None:
    unit = AgentUnit(session, "linux")
    plan = unit.plan()
    assert not plan.path.exists()
    assert "Type=notify\n" in plan.text and "WantedBy=default.target\n" in plan.text
    assert 'Environment="FLOWTUI_HOME=' in plan.text
    assert 'a \\"home\\" of 100 %%"' in plan.text
    (start,) = [line for line in plan.text.splitlines() if line.startswith("ExecStart=")]
    assert start.startswith('ExecStart="/') and '"-I" "-m" "flowtui" "agent" "run"' in start

    unit.install()
    assert plan.path == tmp_path / "home/.config/systemd/user" / UNIT
    assert plan.path.read_text() == plan.text
    assert unit.state().installed
    assert unit.uninstall()
    assert not plan.path.exists() and not unit.uninstall()
    assert f"--user enable --now {UNIT}" in asked(tmp_path)
    assert f"--user disable --now {UNIT}" in asked(tmp_path)


def test_a_service_that_does_not_start_leaves_nothing(session: dict[str, str]) -> None:
    unit = AgentUnit({**session, "FAIL": "1"}, "linux")
    with pytest.raises(FlowError, match="status 1"):
        unit.install()
    assert not unit.path.exists()


def test_a_service_of_another_flowtui_is_said_to_be_so(session: dict[str, str]) -> None:
    unit = AgentUnit(session, "linux")
    unit.install()
    unit.path.write_text(unit.path.read_text().replace("ExecStart=", "ExecStart=/old/venv #"))
    unit.path.write_text("[Service]\nExecStart=/gone/venv/bin/python\n")
    assert "another flowtui" in unit.state().remarks[0]


def test_where_nothing_keeps_a_service_it_says_what_to_do_instead(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PATH": "/nonexistent", "XDG_RUNTIME_DIR": str(tmp_path)}
    unit = AgentUnit(env, "linux")
    assert unit.manager is Manager.NONE
    with pytest.raises(FlowError) as refused:
        unit.install()
    assert "flowtui agent run" in str(refused.value.hint)


def test_the_property_list_of_a_mac_is_one(session: dict[str, str]) -> None:
    plan = AgentUnit(session, "darwin").plan()
    parsed = plistlib.loads(plan.text.encode())
    assert parsed["Label"] == LABEL
    assert parsed["ProgramArguments"][1:] == ["-I", "-m", "flowtui", "agent", "run"]
    assert parsed["EnvironmentVariables"] == {"FLOWTUI_HOME": session["FLOWTUI_HOME"]}
    assert parsed["KeepAlive"] == {"SuccessfulExit": False}


def test_the_manager_hears_that_it_is_ready_what_it_waits_for_and_that_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind("notify")
    notify = ServiceNotify({"NOTIFY_SOCKET": "notify", "WATCHDOG_USEC": "600000000"})
    calls: list[Callable[[], None]] = [
        notify.ready, lambda: notify.status("next\nat 9"), notify.alive,
    ]  # fmt: skip
    for call in calls:
        call()
    assert [server.recv(99) for _ in calls] == [b"READY=1", b"STATUS=next at 9", b"WATCHDOG=1"]
    assert notify.alive_every_s == 300
    server.close()
    ServiceNotify({}).ready()
