"""Desktop notices on a real message bus, by each program that can send them."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from flowtui.services.agent import Agent
from flowtui.services.plan.planning_line import planned_from_line
from flowtui.system.desktop import commands
from flowtui.system.notices import Channel, Delivery, Notice, Notifier, Severity, run_command
from tests.unit.test_conductor import until
from tests.user import Person

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>"""
NOTICE = Notice(
    "-t \"quoted\" 'so' \\n",
    "-b <b>bold</b> & \\n \\\" ' $(id) %s [markup] żółw 日本",
    Severity.SERIOUS,
)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """The address of a bus that exists for one test."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("needs the Debian package dbus-daemon")
    config = tmp_path / "bus.conf"
    config.write_text(CONFIG.format(socket=tmp_path / "bus"), encoding="utf-8")
    process = subprocess.Popen(
        [daemon, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@dataclass
class Service:
    """Stands where a desktop's notification service stands, and notes what it is asked."""

    calls: list[list[Any]] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=lambda: ["body", "body-markup"])

    def answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.member == "Notify":
            self.calls.append(message.body)
            return Message.new_method_return(message, "u", [1])
        if message.member == "GetServerInformation":
            return Message.new_method_return(message, "ssss", ["test", "test", "1", "1.2"])
        if message.member == "GetCapabilities":
            return Message.new_method_return(message, "as", [self.capabilities])
        return None


async def serve(address: str, service: Service) -> MessageBus:
    connection = await MessageBus(bus_address=address).connect()
    connection.add_message_handler(service.answer)
    await connection.request_name("org.freedesktop.Notifications")
    return connection


def has_only(name: str) -> Callable[[str], bool]:
    return lambda asked: asked == name


@pytest.mark.parametrize(
    ("program", "package"),
    [("notify-send", "libnotify-bin"), ("gdbus", "libglib2.0-bin"), ("busctl", "systemd")],
)
async def test_each_program_brings_every_word_to_the_desktop_as_it_is(
    bus: str, program: str, package: str
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs the Debian package {package}")
    env = {"DBUS_SESSION_BUS_ADDRESS": bus, "PATH": "/usr/bin:/bin"}
    service = Service()
    connection = await serve(bus, service)
    try:
        [command] = commands(NOTICE, "linux", env, has_only(program))
        assert await asyncio.to_thread(partial(run_command, env=env), command) is not None
    finally:
        connection.disconnect()
    [[app, replaces, _icon, title, body, actions, hints, _expires]] = service.calls
    assert (app, replaces, actions) == ("flowtui", 0, [])
    assert title == NOTICE.title
    assert "<" not in body  # the service reads marks in the body
    assert unescape(body) == NOTICE.body
    assert hints["urgency"].value == 2


@dataclass(frozen=True)
class DesktopOnly:
    desktop: bool = True
    terminal: bool = False
    bell: bool = False


async def test_a_bus_without_a_notification_service_is_told_and_not_waited_for(bus: str) -> None:
    if shutil.which("gdbus") is None:
        pytest.skip("needs the Debian package libglib2.0-bin")
    env = {"DBUS_SESSION_BUS_ADDRESS": bus, "PATH": "/usr/bin:/bin"}
    notifier = Notifier(DesktopOnly(), env, None, platform="linux")
    sent = await asyncio.to_thread(notifier.send, NOTICE)
    assert sent.by == ()
    assert "did not show it" in sent.problems[0]


async def test_the_notifier_finds_the_way_to_the_desktop_by_itself(bus: str) -> None:
    if shutil.which("gdbus") is None:
        pytest.skip("needs the Debian package libglib2.0-bin")
    env = {"DBUS_SESSION_BUS_ADDRESS": bus, "PATH": "/usr/bin:/bin"}
    service = Service()
    connection = await serve(bus, service)
    try:
        notifier = Notifier(DesktopOnly(), env, None, platform="linux")
        assert await asyncio.to_thread(notifier.send, NOTICE) == Delivery((Channel.DESKTOP,))
    finally:
        connection.disconnect()
    assert len(service.calls) == 1


@pytest.mark.parametrize(
    ("word", "standing"),
    [("begin", "begun"), ("later", "planned"), ("skip", "let go"), ("", "due"), ("rm", "due")],
)
async def test_an_offer_is_answered_by_its_buttons(
    bus: str, tmp_path: Path, word: str, standing: str
) -> None:
    if shutil.which("notify-send") is None or shutil.which("gdbus") is None:
        pytest.skip("needs the Debian packages libnotify-bin and libglib2.0-bin")
    person = Person(tmp_path / "flowtui")
    planned_from_line(person.services, "13:00 for 90m: fuse [b]")
    person.pass_min(60)
    service = Service(capabilities=["body", "actions"])
    connection = await serve(bus, service)
    env = {**person.env, "DBUS_SESSION_BUS_ADDRESS": bus}
    said: list[str] = []
    agent = Agent(person.services, env, said.append, person.open)
    agent.begin()
    try:
        await until(lambda: service.calls)
        assert service.calls[0][5] == [
            "begin", "begin", "later", "in 15 min", "skip", "not today",
        ]  # fmt: skip
        if word:
            await connection.send(_signal("ActionInvoked", "us", [1, word]))
        await connection.send(_signal("NotificationClosed", "uu", [1, 2]))
        if standing != "due":
            await until(lambda: len(said) > 1)
        asked = agent._asked
        assert asked is not None
        await until(lambda: asked._process.poll() is not None)
        (one,) = person.open().plan_book.day()
        assert one.standing.value == standing
        assert len(service.calls) == 1  # told once, by one way
    finally:
        agent.end()
        connection.disconnect()


async def test_where_no_buttons_can_be_shown_an_offer_is_told_as_ever(
    bus: str, tmp_path: Path
) -> None:
    person = Person(tmp_path / "flowtui")
    planned_from_line(person.services, "13:00 for 90m: fuse")
    person.pass_min(60)
    service = Service()
    connection = await serve(bus, service)
    env = {**person.env, "DBUS_SESSION_BUS_ADDRESS": bus}
    agent = Agent(person.services, env, lambda _: None, person.open)
    agent.begin()
    try:
        await until(lambda: service.calls)
        assert service.calls[0][5] == [] and "flowtui plan begin" in service.calls[0][4]
    finally:
        agent.end()
        connection.disconnect()


def _signal(name: str, signature: str, body: list[Any]) -> Message:
    return Message.new_signal(
        "/org/freedesktop/Notifications", "org.freedesktop.Notifications", name, signature, body
    )
