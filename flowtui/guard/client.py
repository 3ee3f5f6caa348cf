"""The user's side of the guard's socket: one line asked, one line answered, no long wait."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.core.text import plain
from flowtui.guard.program import VERSION, clock
from flowtui.guard.program.names import MAX_NAMES
from flowtui.guard.program.roots import Roots
from flowtui.guard.program.units import LAUNCHER
from flowtui.guard.program.units import PROGRAM as PROGRAM_PATH

SOCKET = Roots().socket
PROGRAM = Path(PROGRAM_PATH)
ASK_S = 15.0
"""How long an answer may take; arming asks the resolver for up to two seconds."""
OLD_ROOM = 5000
"""Sites that a guard holds which does not say how many."""
PART_BYTES = 48 * 1024
"""Sites that are sent at once, in bytes; the guard takes no longer lines than 64 KiB."""
Answer = dict[str, Any]


SAFE = frozenset(("hello", "status", "attempts", "doctor", "plan", "stage"))
"""Verbs that change nothing: asked again where the connection was lost before the answer."""
PAUSE_S = 0.02
BACK_S = 2.0
"""How long a guard that was killed is waited for: its service manager starts another."""


class NoGuard(FlowError):
    """There is no guard here."""

    code = "no-guard"


class Silent(NoGuard):
    """There is a guard, and it does not answer now: stopped, killed and not back yet, or slow.

    What it holds away it still holds.
    """

    code = "silent"


class Refused(FlowError):
    """The guard will not; `code` says why in a word that stays."""

    def __init__(self, code: str, message: str, hint: str | None) -> None:
        super().__init__(message, hint)
        self.code = code


def as_root(verb: str) -> str:
    """The command that root has to give: sudo knows few folders, and none of a person's own.

    What an installed guard can do is asked of its own copy, which root alone can write.
    """
    if PROGRAM.exists() and verb != "install":
        return f"sudo {LAUNCHER} {verb}"
    program = shutil.which("flowtui") or sys.argv[0]
    known = ("/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/")
    return f"sudo {'flowtui' if program.startswith(known) else program} guard {verb}"


def socket_path(env: Mapping[str, str]) -> Path:
    """Where the guard listens; `FLOWTUI_GUARD_SOCKET` names another place, for tests."""
    return Path(env.get("FLOWTUI_GUARD_SOCKET") or SOCKET)


class Client:
    """Asks the guard at `path`. Each call connects anew: a guard may have been replaced."""

    def __init__(self, path: Path = SOCKET) -> None:
        self.path = path

    @property
    def installed(self) -> bool:
        """True if there is a guard here; whether it answers is another matter."""
        return self.path.is_socket() or (self.path == SOCKET and PROGRAM.exists())

    def ask(self, verb: str, timeout_s: float = ASK_S, **fields: Any) -> Answer:
        """The answer to a request, within `timeout_s`. Raises NoGuard, Silent or Refused."""
        request = {"v": VERSION, "id": 1, "verb": verb, **fields}
        line = json.dumps(request, separators=(",", ":")).encode() + b"\n"
        answer = self._asked(verb, line, timeout_s)
        if not answer.get("ok"):
            told = answer.get("error", {})
            message = plain(str(told.get("message", "the guard refused")))
            hint = plain(str(told.get("hint") or "")) or None
            raise Refused(str(told.get("code", "")), message, hint)
        return dict(answer)

    def _asked(self, verb: str, line: bytes, timeout_s: float) -> Answer:
        """Send `line` until it is answered: a full queue is waited for, a lost one asked again."""
        end = clock.monotonic() + timeout_s
        back = min(end, clock.monotonic() + BACK_S)
        while True:
            sent = False
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                    link.settimeout(max(PAUSE_S, end - clock.monotonic()))
                    link.connect(str(self.path))
                    sent = True
                    link.sendall(line)
                    return dict(json.loads(_line(link)))
            except FileNotFoundError:
                if not self.installed:
                    raise NoGuard("no guard is installed", as_root("install")) from None
                problem = "it is not running"
            except ConnectionRefusedError:
                problem = "it is not running"
                if clock.monotonic() + PAUSE_S < back:
                    time.sleep(PAUSE_S)
                    continue
            except (OSError, ValueError) as error:
                problem = (error.strerror if isinstance(error, OSError) else "") or str(error)
                again = not sent or verb in SAFE
                if again and clock.monotonic() + PAUSE_S < end:
                    time.sleep(PAUSE_S)
                    continue
            raise Silent(f"the guard does not answer: {problem}", "flowtui guard doctor") from None

    def arm(self, wish: Mapping[str, Any]) -> Answer:
        """Arm with `wish`, all of it or nothing; a long one is handed over in parts before.

        `wish` has the fields of the verb `arm`. Returns the answer, with all sites that were left
        out in `left_out`. Raises NoGuard, Silent or Refused.
        """
        answer = _twice(lambda: self.ask("arm", **self._handed_over(wish)))
        return {**answer, "left_out": list(answer["lease"]["notes"])}

    def _handed_over(self, wish: Mapping[str, Any]) -> Answer:
        """`wish` as it goes into one line, the rest of its names handed over before."""
        first, rest = parts(wish)
        self._stage(rest)
        return {**first, "staged": True} if rest else first

    def _stage(self, rest: Sequence[tuple[str, Sequence[str]]]) -> None:
        for place, (name, sites) in enumerate(rest):
            try:
                self.ask("stage", list=name, sites=list(sites), first=place == 0)
            except Refused as refusal:
                if refusal.code != "verb":
                    raise
                told = "the installed guard is older, and takes no list that is so long"
                raise Refused("version", told, as_root("install")) from None

    def _added(self, name: str, chunks: Sequence[Sequence[str]]) -> Answer:
        self._stage([(name, chunk) for chunk in chunks])
        return self.ask("add", list=name, staged=True)

    def plan(self, wish: Mapping[str, Any]) -> Answer:
        """What `arm` with `wish` would change, however long it is. Raises Silent or Refused.

        Where no guard is installed it is worked out here, and `installed` is false in the answer.
        """
        try:
            answer = _twice(lambda: self.ask("plan", **self._handed_over(wish)))
            return {**answer, "installed": True}
        except Silent:
            raise
        except NoGuard:
            return {**_previewed(wish), "installed": False}

    def room(self) -> int:
        """How many sites a lease of the guard that is installed holds."""
        try:
            return int(self.ask("hello").get("room", OLD_ROOM))
        except FlowError:
            return MAX_NAMES  # whoever is asked next says what is the matter

    @property
    def gone(self) -> bool:
        """True if no guard is installed: nothing is kept away then, whatever is remembered."""
        return self.path == SOCKET and not self.installed

    def arm_more(self, name: str, sites: Sequence[str], apps: Sequence[str]) -> Answer:
        """Add sites and apps to the running lease. Raises NoGuard or Refused."""
        answer: Answer = {}
        refused: list[str] = []
        chunks = list(_chunks(sites, PART_BYTES))
        if len(chunks) > 1:
            answer = _twice(lambda: self._added(name, chunks))
            refused = answer["refused"]
        elif chunks:
            answer = self.ask("add", list=name, sites=list(chunks[0]))
            refused = answer["refused"]
        if apps:
            answer = self.ask("add", list=name, apps=list(apps))
        return {**answer, "refused": refused}


def _twice(deed: Callable[[], Answer]) -> Answer:
    """`deed`, from its first part on again where the guard has lost what was handed over.

    That is so where another guard took its place meanwhile, or another process handed over too.
    """
    try:
        return deed()
    except Refused as refusal:
        if refusal.code != "staged":
            raise
        return deed()


def _previewed(wish: Mapping[str, Any]) -> Answer:
    from flowtui.guard import preview
    from flowtui.guard.program.errors import GuardError

    try:
        return preview.plan(wish)
    except GuardError as error:
        raise Refused(error.code, error.message, error.hint or None) from None


def parts(wish: Mapping[str, Any]) -> tuple[Answer, list[tuple[str, Sequence[str]]]]:
    """`wish` cut to what goes into one line, and the sites of its lists that come after."""
    room = PART_BYTES
    groups: list[Answer] = []
    rest: list[tuple[str, Sequence[str]]] = []
    for group in wish.get("groups", ()):
        chunks = _chunks(group["sites"], room)
        head: list[str] = next(chunks, [])
        room -= sum(len(site) + 3 for site in head)
        groups.append({**group, "sites": head})
        later = group["sites"][len(head) :]
        rest += [(group["list"], chunk) for chunk in _chunks(later, PART_BYTES)]
    return {**wish, "groups": groups}, rest


def _chunks(sites: Sequence[str], room: int) -> Any:
    """Cut `sites` into runs of at most `room` bytes, the first as well."""
    run: list[str] = []
    size = 0
    for site in sites:
        size += len(site) + 3
        if size > room and (run or room < PART_BYTES):
            yield run
            run, size, room = [], len(site) + 3, PART_BYTES
        run.append(site)
    if run:
        yield run


def _line(link: socket.socket) -> bytes:
    data = bytearray()
    while not data.endswith(b"\n"):
        part = link.recv(65536)
        if not part:
            raise OSError("it closed the connection")
        data += part
    return bytes(data)
