"""No key is lost: what is pressed before a dialog stands there is kept, and given to it.

A key that opens a dialog starts a worker (`asks`), which may have to ask the ledger first; then a
screen is made and composed. Keys and pastes of that time belong to no screen yet. They wait here,
in the order in which they came, and go on as soon as the dialog can take them, or as soon as it is
clear that there will be none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.worker import Worker, WorkerError

P = ParamSpec("P")
Node = TypeVar("Node", bound=DOMNode)
Early = events.Key | events.Paste
AT_MOST_S = 3.0
"""However slow a disk may be: keys do not wait longer than that for a dialog."""
TURNING = ("enter", "escape", "ctrl+s")
"""Keys that close dialogs, and choose in lists and fields."""
ROUNDS = 3
"""Enter in a list becomes a message of the list, and that one of ours, before anything opens."""


def asks(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """A worker that opens dialogs, or the other face of Focus; keys wait for what it opens.

    In place of `@work` wherever a key leads to a question. Nothing slow may come after its last
    dialog: that goes into a worker of its own.
    """

    @wraps(method)
    def begin(self: Node, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
        keys = cast("HoldsKeys", self.app).early_keys

        async def ask() -> None:
            try:
                await method(self, *args, **kwargs)
                await keys.snapshot_shown()
            finally:
                keys.look_again()

        worker = self.run_worker(ask(), name=method.__name__, group="dialog", exit_on_error=False)
        keys.expect(worker)
        return worker

    return cast("Callable[Concatenate[Node, P], Worker[None]]", begin)


class KeyThrough(Message):
    """Follows a key on its way, and so tells when all who may take it have had it."""

    def __init__(self, screen: Screen[Any], rounds: int) -> None:
        super().__init__()
        self.screen = screen
        self.rounds = rounds


class HoldsKeys(Protocol):
    """An app that does."""

    early_keys: EarlyKeys


class EarlyKeys:
    """Holds keys back while a dialog is on its way."""

    def __init__(
        self,
        app: App[Any],
        hand_on: Callable[[Early], Awaitable[None]],
        at_most_s: float = AT_MOST_S,
    ) -> None:
        """`hand_on` gives an event to whoever has the focus."""
        self._app = app
        self._hand_on = hand_on
        self.at_most_s = at_most_s
        self._early: list[Early] = []
        self._asking: set[Worker[None]] = set()
        self._coming: set[Screen[Any]] = set()
        self._under_way: Screen[Any] | None = None
        self._given_up = False
        self._patience: Timer | None = None

    @property
    def waiting(self) -> bool:
        """Whether a key has to wait: others do, one is under way still, or a dialog is."""
        return self._busy or bool(self._early)

    @property
    def _busy(self) -> bool:
        if self._under_way is not None and self._under_way not in self._app.screen_stack:
            self._under_way = None  # the key has closed its screen, and what followed it is gone
        return self.awaited or self._under_way is not None

    @property
    def awaited(self) -> bool:
        """Whether a dialog is on its way."""
        self._asking = {worker for worker in self._asking if not worker.is_finished}
        if self._given_up:
            return False
        about_to_ask = bool(self._asking) and not isinstance(self._app.screen, ModalScreen)
        return bool(self._coming) or about_to_ask

    async def snapshot_shown(self) -> None:
        """Wait until the snapshot that is being taken is on the screen."""
        for worker in [w for w in self._app.workers if w.group == "snapshot"]:
            if not worker.is_finished:
                with suppress(WorkerError):  # cancelled: there is a newer one, the loop has it too
                    await worker.wait()

    def expect(self, worker: Worker[None]) -> None:
        """`worker` is going to open a dialog."""
        self._given_up = False
        self._asking.add(worker)

    def pushed(self, screen: Screen[Any]) -> None:
        """`screen` was put on top; it takes keys once it is composed and has its focus."""
        self._given_up = False
        self._coming.add(screen)
        # the screen's own queue first: behind its mounting. Then the app's: behind set_focus
        screen.call_later(self._app.call_later, self._stands, screen)

    def _stands(self, screen: Screen[Any]) -> None:
        self._coming.discard(screen)
        self.look_again()

    def look_again(self) -> None:
        """Something has changed: give what can be given, after what is under way now."""
        self._app.call_later(self._give)

    def follow(self, event: Early, to: DOMNode, screen: Screen[Any]) -> None:
        """Hold the next key until `event`, just sent to the widget `to` of `screen`, is through.

        It may move the focus, or open and close a screen: then the next one belongs there.
        """
        turns = isinstance(event, events.Key) and event.key in TURNING
        self._send(to, screen, ROUNDS if turns else 1)

    def _send(self, to: DOMNode, screen: Screen[Any], rounds: int) -> None:
        self._under_way = screen
        to.post_message(KeyThrough(screen, rounds))

    def through(self, message: KeyThrough) -> None:
        """The key, or what came of it, has been dealt with."""
        if self._under_way is not message.screen:
            return
        if message.rounds > 1 and self._app.screen is message.screen and not self.awaited:
            self._send(self._app.focused or message.screen, message.screen, message.rounds - 1)
            return
        self._under_way = None
        if self._early:
            self.look_again()

    def keep(self, event: Early) -> None:
        """Keep `event` for later."""
        if self._patience is None:
            self._patience = self._app.set_timer(self.at_most_s, self._lose_patience)
        # as new: one that has been on its way already may not go twice
        again: Early = (
            events.Key(event.key, event.character)
            if isinstance(event, events.Key)
            else events.Paste(event.text)
        )
        again.time = event.time
        self._early.append(again)
        self._early.sort(key=lambda one: one.time)

    async def _give(self) -> None:
        while self._early and not self._busy:
            event = self._early.pop(0)
            await self._hand_on(event)
        if not self._early and self._patience is not None:
            self._patience.stop()
            self._patience = None

    async def _lose_patience(self) -> None:
        self._patience = None
        self._given_up = True
        self._coming.clear()
        self._under_way = None
        await self._give()
