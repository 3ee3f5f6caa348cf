"""The socket: who asks is told by the kernel, what is asked is a line, nobody can hold it up.

One thread, one writer. Each owner has seats of their own; of others a few are heard, one line each.
A client has a bounded line, a bounded time and a bounded share of each turn; answers that are not
read are dropped with their client.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from . import attempts, clock
from .errors import GuardError
from .requests import MAX_LINE

MOST_OF_ONE = 12
"""Connections of one owner; a further one takes the place of the one that is silent the longest."""
MOST_STRANGERS, MOST_OF_STRANGER = 16, 2
"""Connections of users who may not ask, in all and each; they get one answer."""
STRANGER_S = 2.0
BACKLOG = 512
"""Connections that the kernel keeps for us; it may keep fewer (net.core.somaxconn)."""
ACCEPTS_A_TURN = 512
"""Connections that are taken from the kernel's queue before those that are here have their turn."""
TURN_S = 0.05
"""How long one user is answered before the others, and the lease, have their turn."""
IDLE_S = 20.0
"""A client that says nothing for so long is let go."""
LINE_S = 5.0
"""A line that has begun has to end within this."""
LINES_A_TURN = 16
"""A client that floods has its turn again after the others."""
MOST_WAITING = 256 * 1024
"""Bytes of answers that a client may leave unread; it is asked nothing more until it reads."""


class Peer:
    """One connection, and who is behind it."""

    def __init__(self, link: socket.socket, uid: int, pid: int, owner: bool, now: float) -> None:
        self.link = link
        self.owner = owner
        self.uid = uid
        self.pid = pid
        self.inbox = bytearray()
        self.outbox = bytearray()
        self.since = now
        """When it last said a whole line."""
        self.begun: float | None = None
        """When the line began that is not whole yet."""
        self.leaving = False
        self.wanted = selectors.EVENT_READ


def credentials(link: socket.socket) -> Any:
    """Process and user behind a connection, as the kernel knows them: (pid, uid)."""
    if sys.platform == "darwin":
        # LOCAL_PEERCRED gives struct xucred: version, uid, ngroups, groups; LOCAL_PEERPID the pid
        _, uid = struct.unpack("=II", link.getsockopt(0, 1, 76)[:8])
        (pid,) = struct.unpack("=i", link.getsockopt(0, 2, 4))
        return pid, uid
    raw = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3I", raw)
    return pid, uid


class Server:
    """Listens at `path`; `answer` gets user, process and line, and gives the answer.

    `owner` says of a user whether they may ask.
    """

    def __init__(
        self,
        path: Path,
        answer: Callable[[int, int, bytes], dict[str, Any]],
        owner: Callable[[int], bool] = lambda uid: True,
    ) -> None:
        self._path = path
        self._answer = answer
        self._owner = owner
        self._first = 0
        """Whose turn comes first: each user's once."""
        self._peers: dict[int, Peer] = {}
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None
        self._tap: socket.socket | None = None

    def open(self) -> None:
        """Listen. Whatever lies at the path is replaced: its folder is root's alone."""
        self._path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)  # as Roots.open_run does
        if self._path.exists() or self._path.is_symlink():
            self._path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self._path))
        os.chmod(self._path, 0o666)  # who may ask what is decided by the kernel's word
        listener.listen(BACKLOG)
        listener.setblocking(False)
        self._listener = listener
        self._selector.register(listener, selectors.EVENT_READ, None)

    def watch(self, tap: socket.socket | None) -> None:
        """Wake for `tap` too, or no more."""
        if self._tap is not None:
            self._selector.unregister(self._tap)
        self._tap = tap
        if tap is not None:
            self._selector.register(tap, selectors.EVENT_READ, "tap")

    def run_once(self, wait_s: float) -> list[str]:
        """Serve what there is, waiting at most `wait_s`; addresses that were knocked at."""
        knocks: list[str] = []
        for key, events in self._selector.select(0 if self._busy() else wait_s):
            if key.data is None:
                self._accept()
            elif key.data == "tap":
                knocks += attempts.drain(key.fileobj)  # type: ignore[arg-type] # ours, a socket
            else:
                self._guarded(key.data, partial(self._move, events))
        self._turns()
        return knocks

    def close(self) -> None:
        """Let everybody go."""
        for peer in list(self._peers.values()):
            self._drop(peer)
        if self._listener is not None:
            self._listener.close()
        self._selector.close()

    def _accept(self) -> None:
        assert self._listener is not None
        for _ in range(ACCEPTS_A_TURN):
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            try:
                pid, uid = credentials(link)
            except OSError:
                link.close()
                continue
            owner = self._owner(uid)
            if not self._seat(uid, owner):
                link.close()
                continue
            link.setblocking(False)
            peer = Peer(link, uid, pid, owner, clock.monotonic())
            self._peers[link.fileno()] = peer
            self._selector.register(link, selectors.EVENT_READ, peer)

    def _seat(self, uid: int, owner: bool) -> bool:
        """True if there is a seat for one more connection of this user."""
        mine = [peer for peer in self._peers.values() if peer.uid == uid]
        if not owner:
            strangers = sum(1 for peer in self._peers.values() if not peer.owner)
            return len(mine) < MOST_OF_STRANGER and strangers < MOST_STRANGERS
        if len(mine) >= MOST_OF_ONE:
            self._drop(min(mine, key=lambda peer: peer.since))
        return True

    def _turns(self) -> None:
        """Give each user a turn of bounded time, beginning with another one each time."""
        by_user: dict[int, list[Peer]] = {}
        for peer in self._peers.values():
            by_user.setdefault(peer.uid, []).append(peer)
        users = list(by_user)
        self._first += 1
        for place in range(len(users)):
            end = clock.monotonic() + TURN_S
            for peer in by_user[users[(self._first + place) % len(users)]]:
                self._guarded(peer, partial(self._turn, end))

    def _busy(self) -> bool:
        """True if whole lines wait for their turn."""
        return any(b"\n" in peer.inbox for peer in self._peers.values())

    def _guarded(self, peer: Peer, deed: Callable[[Peer], None]) -> None:
        try:
            deed(peer)
        except OSError:
            self._drop(peer)

    def _move(self, events: int, peer: Peer) -> None:
        """Take in what has come, send what waits."""
        if events & selectors.EVENT_READ:
            part = peer.link.recv(MAX_LINE)
            peer.leaving = peer.leaving or not part
            peer.inbox += part
            if peer.inbox and peer.begun is None:
                peer.begun = clock.monotonic()
        if events & selectors.EVENT_WRITE:
            self._flush(peer)

    def _turn(self, end: float, peer: Peer) -> None:
        """Answer some of its lines, let it go if it has kept us waiting, say what to wake for."""
        now = clock.monotonic()
        for _ in range(LINES_A_TURN):
            stop = peer.inbox.find(b"\n")
            if stop < 0 or len(peer.outbox) > MOST_WAITING or clock.monotonic() > end:
                break
            line = bytes(peer.inbox[:stop])
            del peer.inbox[: stop + 1]
            peer.since, peer.begun = now, now if peer.inbox else None
            self._say(peer, self._answer(peer.uid, peer.pid, line))
            if not peer.owner:
                peer.inbox.clear()
                peer.leaving = True
        if len(peer.inbox) > MAX_LINE and b"\n" not in peer.inbox:
            error = GuardError("size", f"a request has at most {MAX_LINE} bytes")
            self._say(peer, failure(None, error))
            peer.inbox.clear()
            peer.leaving = True
        self._flush(peer)
        late = peer.begun is not None and b"\n" not in peer.inbox and now - peer.begun > LINE_S
        done = peer.leaving and not peer.outbox and b"\n" not in peer.inbox
        if done or late or now - peer.since > (IDLE_S if peer.owner else STRANGER_S):
            self._drop(peer)
            return
        room = len(peer.inbox) <= MAX_LINE and not peer.leaving
        wanted = (selectors.EVENT_READ if room else 0) | (
            selectors.EVENT_WRITE if peer.outbox else 0
        )
        self._wake_for(peer, wanted)

    def _wake_for(self, peer: Peer, wanted: int) -> None:
        if wanted == peer.wanted:
            return
        if not wanted:
            self._selector.unregister(peer.link)
        elif not peer.wanted:
            self._selector.register(peer.link, wanted, peer)
        else:
            self._selector.modify(peer.link, wanted, peer)
        peer.wanted = wanted

    def _say(self, peer: Peer, answer: dict[str, Any]) -> None:
        peer.outbox += json.dumps(answer, separators=(",", ":")).encode() + b"\n"

    def _flush(self, peer: Peer) -> None:
        if not peer.outbox:
            return
        try:
            sent = peer.link.send(peer.outbox[:MAX_LINE])
        except BlockingIOError:
            return
        del peer.outbox[:sent]

    def _drop(self, peer: Peer) -> None:
        if self._peers.pop(peer.link.fileno(), None) is not None:
            self._wake_for(peer, 0)
        peer.link.close()


def failure(id: Any, error: GuardError) -> dict[str, Any]:
    """A refusal as a client gets it."""
    told = {"code": error.code, "message": error.message, "hint": error.hint}
    return {"id": id, "ok": False, "error": told}
