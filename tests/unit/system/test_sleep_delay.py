"""A moment before sleep, on a real message bus with a stand-in for logind."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from flowtui.services.agent import Agent
from flowtui.system.heartbeat import read
from flowtui.system.sleep_delay import MANAGER, NAME, PATH, SleepDelay
from tests.unit.system.test_notices_dbus import bus as bus
from tests.unit.test_conductor import until
from tests.user import Person


@dataclass
class Logind:
    """Grants delays and tells of sleep, as logind does; keeps the other end of each promise."""

    refuses: bool = False
    asked: list[list[Any]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    """Own copies of what was passed on; closed once it was."""
    connection: MessageBus | None = None

    async def serve(self, address: str) -> None:
        self.connection = await MessageBus(bus_address=address, negotiate_unix_fd=True).connect()
        self.connection.add_message_handler(self._answer)
        await self.connection.request_name(NAME)

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.member != "Inhibit":
            return None
        if self.refuses:
            return Message.new_error(message, f"{NAME}.AccessDenied", "no")
        self.asked.append(message.body)
        mine, theirs = os.pipe()
        self.ends.append(mine)
        self.given.append(theirs)
        return Message.new_method_return(message, "h", [0], unix_fds=[theirs])

    async def tell(self, sleeps: bool) -> None:
        """The signal before a sleep (True) and after it."""
        assert self.connection is not None
        signal = Message.new_signal(PATH, MANAGER, "PrepareForSleep", "b", [sleeps])
        await self.connection.send(signal)

    def waits(self) -> bool:
        """Whether the last promise is still held: its pipe has a writer."""
        while self.given:
            os.close(self.given.pop())
        os.set_blocking(self.ends[-1], False)
        try:
            return os.read(self.ends[-1], 1) != b""
        except BlockingIOError:
            return True

    def close(self) -> None:
        assert self.connection is not None
        self.connection.disconnect()
        for fd in (*self.ends, *self.given):
            os.close(fd)


async def test_sleep_waits_until_all_is_noted_and_again_the_next_time(bus: str) -> None:
    logind = Logind()
    await logind.serve(bus)
    noted = threading.Event()
    done = threading.Event()

    def before() -> None:
        noted.set()
        done.wait(10)

    delay = SleepDelay({"DBUS_SYSTEM_BUS_ADDRESS": bus}, before)
    assert await asyncio.to_thread(delay.begin)
    assert logind.asked == [["sleep", "flowtui", "note when the block was last seen", "delay"]]
    await logind.tell(True)
    await until(noted.is_set)
    assert logind.waits(), "sleep waits for what is being noted"
    done.set()
    await until(lambda: not delay.holds)
    assert len(logind.asked) == 1, "no new promise is asked for before the sleep is over"
    await logind.tell(False)
    await until(lambda: delay.holds)
    assert len(logind.asked) == 2
    delay.end()
    assert not logind.waits()
    logind.close()


async def test_where_logind_refuses_or_is_not_there_nothing_waits(bus: str, tmp_path: Path) -> None:
    logind = Logind(refuses=True)
    await logind.serve(bus)
    assert not await asyncio.to_thread(
        SleepDelay({"DBUS_SYSTEM_BUS_ADDRESS": bus}, lambda: None).begin
    )
    logind.close()
    nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'no-bus'}"}
    assert not SleepDelay(nowhere, lambda: None).begin()


async def test_the_agent_notes_when_the_block_was_last_seen(bus: str, tmp_path: Path) -> None:
    logind = Logind()
    await logind.serve(bus)
    person = Person(tmp_path / "home")
    block = person.begin(50)
    person.services.focus.observe()
    agent = Agent(person.open(), {**person.env, "DBUS_SYSTEM_BUS_ADDRESS": bus}, lambda _: None)
    agent.begin()
    await until(lambda: bool(logind.asked))
    person.pass_min(20)
    await logind.tell(True)
    file = person.services.paths.heartbeat_file

    def seen() -> bool:
        beat = read(file)
        return beat is not None and beat.reading.wall == person.clock.now()

    await until(seen)
    beat = read(file)
    assert beat is not None and beat.block_id == block.id
    await until(lambda: not logind.waits())
    agent.end()
    logind.close()


async def test_a_refusal_or_a_fault_in_one_sleep_does_not_end_it_for_the_next(bus: str) -> None:
    logind = Logind()
    await logind.serve(bus)
    noted: list[int] = []

    def before() -> None:
        noted.append(1)
        if len(noted) == 1:
            raise OSError("a full disk")

    delay = SleepDelay({"DBUS_SYSTEM_BUS_ADDRESS": bus}, before)
    assert await asyncio.to_thread(delay.begin)
    await logind.tell(True)
    await until(lambda: not delay.holds and len(noted) == 1)
    await logind.tell(False)
    await until(lambda: delay.holds)
    await logind.tell(True)
    await until(lambda: len(noted) == 2)
    delay.end()
    assert not delay.holds
    logind.close()


async def test_a_bus_that_was_lost_is_looked_for_again(
    bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.system.sleep_delay.AGAIN_S", 0.05)
    logind = Logind()
    await logind.serve(bus)
    delay = SleepDelay({"DBUS_SYSTEM_BUS_ADDRESS": bus}, lambda: None)
    assert await asyncio.to_thread(delay.begin)
    connection = delay._connection
    assert connection is not None
    connection.sock.shutdown(2)
    await until(lambda: delay.holds and delay._connection is not connection)
    delay.end()
    logind.close()
