"""A line to one host: the system's own ssh as a child, our follower sent over its input.

The system's ssh alone obeys ~/.ssh/config, agents, keys on tokens, ProxyJump and a master that is
there already. It never asks anything here (BatchMode): a prompt behind an app would be seen by
nobody. What it wants of a person is told, with the command to type.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.text import plain
from flowtui.watch.remote.origin import OriginError

CONNECT_S = 20.0
ANSWER_S = 20.0
NO_PYTHON = "has no python3"
NOISE = 1 << 16
"""So much may a shell's start-up files print before the follower says that it is there."""
READY = b"\x1eready "
MOST_LINE = 32 << 20
OPTIONS = (
    "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5",
    "-o", "ServerAliveCountMax=2", "-o", "LogLevel=ERROR", "-o", "ClearAllForwardings=yes",
)  # fmt: skip
MASTER_ONLY = ("-o", "ControlMaster=no", "-o", "ProxyCommand=false")
"""Works over a master that is there; without one it fails at once, and nobody is asked a code."""

Start = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]
End = Callable[["subprocess.Popen[bytes]"], None]


def follower_code() -> bytes:
    """The program that runs on the other host."""
    return Path(__file__).with_name("follower.py").read_bytes()


def ssh_command(host: str, size: int, master_only: bool) -> list[str]:
    """The command that runs the follower there; the words are the same in every login shell."""
    more = MASTER_ONLY if master_only else ()
    code = f"import sys; exec(sys.stdin.buffer.read({size}))"
    return ["ssh", *OPTIONS, *more, "--", host, f"python3 -I -c '{code}'"]


class SshLine:
    """One connection; opened by the first question, opened anew after it was lost."""

    def __init__(
        self, host: str, start: Start, end: End, clock: Clock, master_only: bool = False
    ) -> None:
        self.host = host
        self.skew_s = 0.0
        """Our clock less the host's, by its last answer."""
        self.opened = 0
        """How often it was connected."""
        self._start = start
        self._end = end
        self._clock = clock
        self._master_only = master_only
        self._child: subprocess.Popen[bytes] | None = None
        self._rest = bytearray()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as was seen."""
        return self._child is not None

    def ask(self, question: dict[str, Any], wait_s: float = ANSWER_S) -> tuple[Any, bytes]:
        """The answer to one question, and the bytes that belong to it. Raises OriginError."""
        if self._child is None:
            self.open()
        try:
            self._send(json.dumps(question).encode() + b"\n", wait_s)
            until = self._clock.monotonic() + wait_s
            answer = json.loads(self._read_line(until))
            data = self._read_bytes(int(answer.get("bytes", 0)), until)
        except (OSError, ValueError, EOFError) as error:
            words = self._words(error)
            self.close()
            raise OriginError(words) from None
        if "now" in answer:
            self.skew_s = self._clock.now().timestamp() - float(answer["now"])
        return answer, data

    def close(self) -> None:
        """Let go of the connection; the follower ends with it."""
        child, self._child = self._child, None
        self._rest.clear()
        if child is not None:
            self._end(child)

    def _command(self) -> tuple[list[str], bytes]:
        """What is started, and what is given to it first."""
        code = follower_code()
        return ssh_command(self.host, len(code), self._master_only), code

    def open(self) -> None:
        """Connect. Raises OriginError."""
        command, code = self._command()
        try:
            self._child = self._start(command)
        except OSError as error:
            raise OriginError(
                f"ssh cannot be started: {error.strerror or error}", told=True
            ) from None
        self.opened += 1
        until = self._clock.monotonic() + CONNECT_S
        try:
            self._send(code, CONNECT_S)
            seen = 0
            while True:
                line = self._read_line(until)
                if READY in line:
                    return
                seen += len(line)
                if seen > NOISE:
                    raise ValueError("it prints without end before it listens")
        except (OSError, ValueError, EOFError) as error:
            words, told = self._refusal(error)
            self.close()
            raise OriginError(words, told) from None

    def _send(self, data: bytes, wait_s: float) -> None:
        child = self._child
        assert child is not None and child.stdin is not None
        until = self._clock.monotonic() + wait_s
        pipe = child.stdin.fileno()
        os.set_blocking(pipe, False)
        view = memoryview(data)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_WRITE)
            while view:
                if not selector.select(max(0.0, until - self._clock.monotonic())):
                    raise TimeoutError(f"no answer for {wait_s:g} s")
                view = view[os.write(pipe, view) :]

    def _fill(self, until: float) -> None:
        child = self._child
        assert child is not None and child.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            left = until - self._clock.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError("no answer in time")
        data = os.read(child.stdout.fileno(), 1 << 16)
        if not data:
            raise EOFError("the connection was lost")
        self._rest += data

    def _read_line(self, until: float) -> bytes:
        place = 0
        while (end := self._rest.find(b"\n", place)) < 0:
            place = len(self._rest)
            if place > MOST_LINE:
                raise ValueError("an answer without end")
            self._fill(until)
        line = bytes(self._rest[: end + 1])
        del self._rest[: end + 1]
        return line

    def _read_bytes(self, count: int, until: float) -> bytes:
        while len(self._rest) < count:
            self._fill(until)
        data = bytes(self._rest[:count])
        del self._rest[:count]
        return data

    def _words(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self.host} does not answer"
        said = self._said()
        return f"the connection to {self.host} was lost" + (f": {said}" if said else "")

    def _refusal(self, error: Exception) -> tuple[str, bool]:
        """Why there is no connection, and whether a person has to do something about it."""
        if isinstance(error, TimeoutError):
            return f"{self.host} does not answer", False
        said = self._said()
        return refusal(self.host, said, self._master_only, str(error))

    def _said(self) -> str:
        """What ssh wrote on its standard error; empty while it still runs."""
        child = self._child
        if child is None or child.stderr is None:
            return ""
        try:
            child.wait(1.0)
        except subprocess.TimeoutExpired:
            return ""
        os.set_blocking(child.stderr.fileno(), False)
        try:
            return os.read(child.stderr.fileno(), 4096).decode("utf-8", "replace").strip()
        except OSError:
            return ""


def refusal(host: str, said: str, master_only: bool, otherwise: str) -> tuple[str, bool]:
    """What ssh's words mean, and whether a person has to do something about it."""
    lines = [plain(line, 200) for line in said.splitlines() if line.strip(" @")]
    last = lines[-1] if lines else ""
    by_hand = f"in a terminal: ssh -fN {host}"
    if "IDENTIFICATION HAS CHANGED" in said:
        return f"{host}: its host key has changed; nobody but you can say whether to trust it", True
    if "Host key verification failed" in said:
        return f"{host}: its host key is not known here; {by_hand}", True
    if "Permission denied" in said:
        return f"{host} wants a password, a code or a key that is not at hand; {by_hand}", True
    if master_only:
        return f"there is no open connection to {host} to use; {by_hand}", True
    if "Could not resolve hostname" in said:
        return f"{host}: no such host is known", False
    if "python3" in said and ("not found" in said or "No such file" in said):
        return f"{host} {NO_PYTHON}", True
    return f"{host} cannot be reached: {last or otherwise}", False
