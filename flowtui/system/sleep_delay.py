"""A moment before the machine sleeps: logind tells of it and waits, a few seconds at most.

By a delay inhibitor (systemd-inhibit(1), org.freedesktop.login1.Manager.Inhibit, mode "delay"),
which an unprivileged user is granted; the machine is never kept awake. The promise to wait is taken
back before each sleep and asked for anew after it, since logind refuses a new one in between.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

NAME, PATH, MANAGER = (
    "org.freedesktop.login1",
    "/org/freedesktop/login1",
    "org.freedesktop.login1.Manager",
)
ANSWER_S = 5.0
AGAIN_S, LONGEST_S = 60.0, 3600.0
"""How long after it was lost a bus is looked for again, at first and at most."""


class SleepDelay:
    """Calls `before` in a thread of its own ahead of each sleep; the machine waits for its return.

    Where there is no logind, or it refuses, nothing is called, and `begin` says so.
    """

    def __init__(self, env: Mapping[str, str], before: Callable[[], None]) -> None:
        self._bus = env.get("DBUS_SYSTEM_BUS_ADDRESS", "SYSTEM")
        self._before = before
        self._connection: DBusConnection | None = None
        self._ended = threading.Event()
        self._held: int | None = None
        """Descriptor of the promise; sleep waits while it is open."""

    @property
    def holds(self) -> bool:
        """True while logind has promised to wait."""
        return self._held is not None

    def begin(self) -> bool:
        """Ask logind to wait; blocks for a moment. False where it cannot."""
        if sys.platform != "linux" or not self._open():
            return False
        threading.Thread(target=self._stay, daemon=True).start()
        return True

    def end(self) -> None:
        """Wait for no sleep any more."""
        self._ended.set()
        self._close()

    def _open(self) -> bool:
        """Connect, listen, and ask for the promise."""
        try:
            self._connection = self._opened()
            self._hold()
        except Exception:
            # a bus that is not there fails in as many ways as there are
            self._close()
            return False
        if self._ended.is_set():
            self._close()
            return False
        return True

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        self._release()
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)  # the thread that reads is woken by it
            connection.close()

    def _opened(self) -> DBusConnection:
        from jeepney import MatchRule, message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        connection = open_dbus_connection(self._bus, enable_fds=True)
        rule = MatchRule(
            type="signal", sender=NAME, interface=MANAGER, member="PrepareForSleep", path=PATH
        )
        Proxy(message_bus, connection, timeout=ANSWER_S).AddMatch(rule)
        return connection

    def _hold(self) -> None:
        from jeepney import DBusAddress, MessageType, new_method_call

        connection = self._connection
        if connection is None:
            return
        manager = DBusAddress(PATH, bus_name=NAME, interface=MANAGER)
        words = ("sleep", "flowtui", "note when the block was last seen", "delay")
        call = new_method_call(manager, "Inhibit", "ssss", words)
        answer = connection.send_and_get_reply(call, timeout=ANSWER_S)
        if answer.header.message_type is not MessageType.method_return:
            raise OSError("logind does not wait")
        self._held = answer.body[0].to_raw_fd()

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def _stay(self) -> None:
        """Listen for as long as it is wanted; a bus that went is looked for again."""
        while not self._ended.is_set():
            wait_s = AGAIN_S
            with contextlib.suppress(Exception):  # the bus has gone, or nobody waits any more
                self._listen()
            self._close()
            while not self._ended.wait(wait_s):
                if self._open():
                    break
                wait_s = min(LONGEST_S, 2 * wait_s)

    def _listen(self) -> None:
        from jeepney import HeaderFields

        while (connection := self._connection) is not None:
            message = connection.receive()
            if message.header.fields.get(HeaderFields.member) != "PrepareForSleep":
                continue
            if message.body not in ((True,), (False,)):
                continue  # from somebody else
            if message.body[0]:
                with contextlib.suppress(Exception):  # the next sleep is waited for all the same
                    self._before()
                self._release()
            elif self._held is None:
                self._hold()
