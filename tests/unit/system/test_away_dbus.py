"""Whether somebody is here, asked on a real message bus by each program that can ask."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

import flowtui.system.away as away
from flowtui.system.away import Hints
from tests.unit.system.test_notices_dbus import bus

__all__ = ["bus"]
SINCE = 1_700_000_000_000_000
PROGRAMS = [("gdbus", "libglib2.0-bin"), ("busctl", "systemd")]


@dataclass
class Session:
    """Stands where logind, or a lock screen, stands."""

    idle: bool = False
    locked: bool = False

    def answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.member == "GetActive":
            return Message.new_method_return(message, "b", [self.locked])
        if message.member != "GetAll":
            return None
        assert message.path == "/org/freedesktop/login1/session/auto"
        properties = {
            "Id": Variant("s", "c2 'IdleHint': <true>"),
            "IdleHint": Variant("b", self.idle),
            "IdleSinceHint": Variant("t", SINCE),
            "LockedHint": Variant("b", self.locked),
        }
        return Message.new_method_return(message, "a{sv}", [properties])


async def serve(address: str, name: str, session: Session) -> MessageBus:
    connection = await MessageBus(bus_address=address).connect()
    connection.add_message_handler(session.answer)
    await connection.request_name(name)
    return connection


def only(program: str, tmp_path: Path) -> str:
    """A search path with this one program."""
    found = shutil.which(program)
    assert found is not None
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / program).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize(("program", "package"), PROGRAMS)
@pytest.mark.parametrize(("idle", "locked"), [(False, False), (True, False), (False, True)])
async def test_logind_is_asked_and_understood(
    bus: str, tmp_path: Path, program: str, package: str, idle: bool, locked: bool
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs the Debian package {package}")
    env = {"DBUS_SYSTEM_BUS_ADDRESS": bus, "PATH": only(program, tmp_path)}
    connection = await serve(bus, "org.freedesktop.login1", Session(idle, locked))
    try:
        assert await asyncio.to_thread(partial(away.ask, env)) == Hints(idle, locked, SINCE)
    finally:
        connection.disconnect()


@pytest.mark.parametrize(("program", "package"), PROGRAMS)
async def test_where_no_logind_answers_the_lock_screen_is_asked(
    bus: str, tmp_path: Path, program: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs the Debian package {package}")
    monkeypatch.setattr(away, "SYSTEM_BUS", tmp_path / "none")
    env = {"DBUS_SESSION_BUS_ADDRESS": bus, "PATH": only(program, tmp_path)}
    connection = await serve(bus, "org.freedesktop.ScreenSaver", Session(locked=True))
    try:
        assert await asyncio.to_thread(partial(away.ask, env)) == Hints(False, True, None)
    finally:
        connection.disconnect()


async def test_a_bus_where_nobody_answers_is_no_answer(bus: str) -> None:
    env = {
        "DBUS_SYSTEM_BUS_ADDRESS": bus,
        "DBUS_SESSION_BUS_ADDRESS": bus,
        "PATH": "/usr/bin:/bin",
    }
    assert await asyncio.to_thread(partial(away.ask, env)) is None
