"""Verbs to deeds: which are open to whom, and what each answers. No verb just stops."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Callable
from typing import Any

from . import clock as clocks
from . import files, report, requests
from .deadline import Reading
from .early import Early
from .engine import Engine
from .errors import GuardError
from .roots import Roots
from .server import failure
from .stage import Stage


def owners(roots: Roots) -> frozenset[int]:
    """The users who may ask, as written at the installation. Raises GuardError."""
    try:
        fd = files.open_plain(roots.config, writing=False)
    except OSError as error:
        raise GuardError("config", f"{roots.config}: {error.strerror}") from None
    try:
        seen = os.fstat(fd)
        if seen.st_uid != os.geteuid() or stat.S_IMODE(seen.st_mode) & 0o022:
            raise GuardError("config", f"{roots.config} is not root's alone to write")
        raw = json.loads(files.read_fd(fd))
        listed = raw["owners"]
    except (ValueError, KeyError, TypeError):
        raise GuardError("config", f"{roots.config} is damaged", "install again") from None
    finally:
        os.close(fd)
    # 65534 is whom the kernel shows for anybody of another user namespace
    return frozenset(u for u in listed if isinstance(u, int) and u >= 0 and u != 65534)


class Verbs:
    """Answers requests; never raises."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], Reading],
        owners: frozenset[int],
        shortest_s: int = requests.SHORTEST_S,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._owners = owners
        self._shortest_s = shortest_s
        self._early = Early(engine, clock)
        self._stage = Stage(clocks.monotonic)
        self._own = frozenset({socket.gethostname().lower(), socket.gethostname().split(".")[0]})

    def answer(self, uid: int, pid: int, line: bytes) -> dict[str, Any]:
        """The answer to one line of a user's process."""
        id: Any = None
        try:
            raw = requests.parse(line)
            id = raw.get("id")
            return {"id": id, "ok": True, **self._do(uid, pid, raw)}
        except GuardError as error:
            return failure(id, error)
        except OSError as error:
            self._engine.say("fault", problem=str(error))
            return failure(id, GuardError("disk", f"the guard could not: {error.strerror}"))
        except Exception as error:
            # whatever a client has found: it gets a refusal, and the guard goes on
            self._engine.say("fault", problem=repr(error)[:300])
            return failure(id, GuardError("fault", "the guard failed at that; see its log"))

    def _do(self, uid: int, pid: int, raw: dict[str, Any]) -> dict[str, Any]:
        verb = raw["verb"]
        if verb == "hello":
            requests.known(raw, ())
            return report.hello(uid, self.may(uid))
        if not self.may(uid):
            raise self._stranger()
        deeds: dict[str, Callable[[], dict[str, Any]]] = {
            "status": lambda: self._plain(raw, lambda: report.status(self._engine, uid)),
            "attempts": lambda: self._plain(raw, lambda: report.attempted(self._engine, uid)),
            "doctor": lambda: self._plain(raw, lambda: report.doctor(self._engine)),
            "stage": lambda: self._stage.put(uid, pid, raw, self._own),
            "plan": lambda: self._plan(uid, pid, raw),
            "arm": lambda: self._arm(uid, pid, raw),
            "extend": lambda: self._extend(uid, raw),
            "add": lambda: self._add(uid, pid, raw),
            "release": lambda: self._release(uid, raw),
            "emergency-request": lambda: self._request(uid, raw),
            "emergency-confirm": lambda: self._confirm(uid, raw),
            "emergency-cancel": lambda: self._plain(raw, lambda: self._early.cancel(uid)),
        }
        if verb not in deeds:
            raise GuardError("verb", f"there is no verb {verb[:40]!r}")
        return deeds[verb]()

    def tick(self) -> None:
        """Let go of what nobody asks for any more; called about once a second."""
        self._stage.forget()

    @property
    def heaps(self) -> int:
        """How many users have handed something over that was not asked for yet."""
        return len(self._stage)

    def may(self, uid: int) -> bool:
        """Owners may ask, whoever has a lease, and root, who could do it all anyway."""
        lease = self._engine.lease
        return uid == 0 or uid in self._owners or (lease is not None and lease.uid == uid)

    def _stranger(self) -> GuardError:
        """What a user hears who is no owner: that, whether it is on, and how to become one."""
        lease = self._engine.lease
        on = "" if lease is None else "; a lease of another user is on"
        return GuardError(
            "user",
            f"you are not among those who may ask this guard{on}",
            "become one: flowtui guard install --owner NAME, as root",
        )

    def _plain(self, raw: dict[str, Any], deed: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        requests.known(raw, ())
        return deed()

    def _plan(self, uid: int, pid: int, raw: dict[str, Any]) -> dict[str, Any]:
        wish = self._wish(uid, pid, raw)
        return report.plan(self._engine, uid, pid, wish, self._clock())

    def _arm(self, uid: int, pid: int, raw: dict[str, Any]) -> dict[str, Any]:
        wish = self._wish(uid, pid, raw)
        held = self._engine.arm(uid, pid, wish)
        self._stage.drop(uid)
        return {"lease": report.lease(self._engine, held, uid)}

    def _wish(self, uid: int, pid: int, raw: dict[str, Any]) -> requests.Wish:
        wish = requests.wish(raw, self._own, self._shortest_s)
        if not requests.staged(raw):
            return wish
        whole = self._stage.whole(uid, pid, wish)
        if not (whole.only or whole.apps or any(group.sites for group in whole.groups)):
            raise GuardError("nothing", "there is nothing to keep away", "name a list, or apps")
        return whole

    def _extend(self, uid: int, raw: dict[str, Any]) -> dict[str, Any]:
        requests.known(raw, ("seconds",))
        held = self._engine.extend(uid, requests.length(raw, self._shortest_s))
        return {"lease": report.lease(self._engine, held, uid)}

    def _add(self, uid: int, pid: int, raw: dict[str, Any]) -> dict[str, Any]:
        group, left = requests.added(raw, self._own)
        if requests.staged(raw):
            self._engine.mine(uid)
            group = self._stage.group(uid, pid, group)
            self._stage.drop(uid)
        held = self._engine.add(uid, group, requests.programs(raw))
        return {"lease": report.lease(self._engine, held, uid), "refused": list(left)}

    def _release(self, uid: int, raw: dict[str, Any]) -> dict[str, Any]:
        requests.known(raw, ("reason", "cancel"))
        return self._early.release(uid, raw.get("reason"), raw.get("cancel") is True)

    def _request(self, uid: int, raw: dict[str, Any]) -> dict[str, Any]:
        requests.known(raw, ("reason",))
        return self._early.request(uid, raw.get("reason"))

    def _confirm(self, uid: int, raw: dict[str, Any]) -> dict[str, Any]:
        requests.known(raw, ("text",))
        return self._early.confirm(uid, raw.get("text"))
