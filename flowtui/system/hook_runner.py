"""Takes events and has their hooks run: in a thread of the app, behind a command that ends."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.system.hooks import EVENT_VARIABLE, TIMEOUT_S, HookResult, find, run_hooks, write_log
from flowtui.system.hooks_behind import hand_over


class HookRunner:
    """Takes events at once and runs their hooks one after the other.

    The thread starts with the first event. `listener` hears of each event's results in that thread.
    """

    def __init__(
        self,
        folder: Path,
        env: Mapping[str, str],
        log: Path,
        clock: Clock,
        listener: Callable[[list[HookResult]], None] = lambda results: None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._folder = folder
        self._env = dict(env)
        self._log = log
        self._clock = clock
        self._listener = listener
        self._timeout_s = timeout_s
        self._waiting: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._held: list[tuple[str, str]] = []
        self.behind = False
        """True for a command, which ends: its hooks run in a process of their own then."""

    def fire(self, event: str, payload: Mapping[str, object]) -> None:
        """Have the hooks of `event` run soon; returns at once. `payload` must be fit for JSON."""
        given = json.dumps({"event": event, **payload}, ensure_ascii=False).encode() + b"\n"
        if self.behind:
            self._held.append((event, given.decode()))
            return
        self._waiting.put((event, given))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="hooks", daemon=True)
            self._thread.start()

    def close(self, wait_s: float = TIMEOUT_S) -> bool:
        """Take no more events and wait for those already taken; False if that takes too long.

        Of a command nobody waits for hooks: they are handed over.
        """
        held, self._held = self._held, []
        if held:
            self._hand_over(held)
        if self._thread is None:
            return True
        self._waiting.put(None)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _hand_over(self, events: list[tuple[str, str]]) -> None:
        """Start the process that runs the hooks of `events`, where there are any."""
        wanted = [pair for pair in events if any(find(self._folder, pair[0]))]
        if not wanted or self._env.get(EVENT_VARIABLE):
            return
        try:
            hand_over(self._folder, self._log, self._env, wanted)
        except OSError as error:
            problem = [(f"{event} not run: {error}", "") for event, _ in wanted]
            write_log(self._log, self._clock.now(), problem)

    def _work(self) -> None:
        while (taken := self._waiting.get()) is not None:
            event, given = taken
            results = run_hooks(
                self._folder, event, given, self._env, self._log, self._clock, self._timeout_s
            )
            if results:
                self._listener(results)
