"""Messages that cross screens. High-rate news carry no payload: screens pull the latest."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import ModalScreen
from textual.worker import Worker, WorkerState

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.focus.recovery import Reading
from flowtui.settings.actions import Action
from flowtui.settings.config import Config
from flowtui.tui.shell.early_keys import Early, EarlyKeys, KeyThrough
from flowtui.tui.shell.service_thread import Desk

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.runs.board import Board
    from flowtui.services.wiring import Services


class SnapshotTaken(Message):
    """A new snapshot is there; only the latest matters."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """A newer snapshot makes an older one worthless."""
        return isinstance(message, SnapshotTaken)


T = TypeVar("T")
REPEAT_S = 5
READ_S = 3.0
"""So long a line that answers a key is left alone by what comes by itself, in real time."""


class Host(App[None]):
    """The part of the app that screens work with."""

    def __init__(
        self, desk: Desk, clock: Clock, config: Config, plain: bool, ansi: bool = False
    ) -> None:
        """With `ansi` the first theme is in the terminal's own colours."""
        super().__init__(ansi_color=ansi)
        self.set_reactive(App.ansi_color, None)  # from now on each theme says it itself
        self.desk = desk
        self.clock = clock
        self.config = config
        self.plain = plain
        self.demo = False
        """Whether this is the life of a demo: each screen says so."""
        self.snapshot: Snapshot | None = None
        """The latest; None before the first."""
        self.runs: Board | None = None
        """What the watcher of runs last saw; None before the first look."""
        self.held = 0
        """Findings of runs that wait for the end of the block."""
        self.shown_day: date | None = None
        """The day whose blocks are listed; None for today."""
        self.actions: tuple[Action, ...] = ()
        """Every action, with the person's own keys."""
        self._last_said = ("", False, 0.0)
        self._said_at = -READ_S
        self._key_at: float | None = None
        self.early_keys = EarlyKeys(self, self._hand_on)

    async def on_event(self, event: events.Event) -> None:
        """Note when a key came last, whatever screen takes it; while a dialog comes, keep it."""
        if isinstance(event, events.Key):
            self._key_at = self.clock.boottime()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.early_keys.waiting:
                self.early_keys.keep(event)
            else:
                await self._hand_on(event)
            return
        await super().on_event(event)

    async def _hand_on(self, event: Early) -> None:
        """Give a key or a paste to whoever has the focus, as Textual does."""
        to, screen = self.focused or self.screen, self.screen
        await super().on_event(event)
        if event.is_forwarded:
            self.early_keys.follow(event, to, screen)

    async def _on_key(self, event: events.Key) -> None:
        """A key that nobody took on its way: a command, unless a dialog has come to be awaited."""
        if self.early_keys.awaited:
            # behind the key that opens it, before the dialog: it was sent to the old screen
            event.prevent_default()  # Textual's own handler is asked after this one
            self.early_keys.keep(event)

    def on_key_through(self, message: KeyThrough) -> None:
        """A key that may have closed a dialog has been dealt with."""
        self.early_keys.through(message)

    def used_within(self, seconds: float) -> bool:
        """Whether somebody pressed a key here so lately."""
        return self._key_at is not None and self.clock.boottime() - self._key_at <= seconds

    def reading(self) -> Reading:
        """All clocks at this instant: what a key press is remembered by."""
        clock = self.clock
        return Reading(clock.now(), clock.monotonic(), clock.boottime(), clock.boot_id())

    def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:
        """As Textual's; keys wait until the screen can take them."""
        awaitable = super().push_screen(screen, *args, **kwargs)
        top = self.screen_stack[-1]
        if self.demo and isinstance(top, ModalScreen):
            from flowtui.tui.widgets.lines import DemoMark

            top.call_later(top.mount, DemoMark(inset=3 if self.size.width >= 60 else 1))
        self.early_keys.pushed(top)
        return awaitable

    @abstractmethod
    def refresh_snapshot(self) -> object:
        """Take a new snapshot and hand it to the screen."""

    async def ask(self, call: Callable[[Services], T]) -> T:
        """The result of `call` on the desk's thread; its exceptions come here."""
        return await self.desk.ask(call)

    async def aside(self, call: Callable[[Services], T]) -> T:
        """As `ask`, for what is slow and writes nothing (git): it holds up no command."""
        return await self.desk.aside(call)

    async def perform(self, call: Callable[[Services], str]) -> bool:
        """Carry out a command; its result is the quiet line that confirms it.

        Returns False, with the reason on the screen, if it was refused.
        """
        try:
            said = await self.ask(call)
        except FlowError as error:
            self.said(str(error), lost=True)
            return False
        except Exception as error:
            # a fault of ours: what was typed is asked for again, and not gone
            self._tell_fault(getattr(call, "__name__", "a command"), error)
            return False
        finally:
            self.refresh_snapshot()
        self.said(said)
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of ours is told and written down; the app and the block go on."""
        if event.state is not WorkerState.ERROR:
            return
        self._tell_fault(event.worker.name, event.worker.error)

    def _tell_fault(self, where: str, error: BaseException | None) -> None:
        self.said(f"something went wrong in {where}: {error!r}", lost=True)
        self.log.error(error)

    def said(self, text: str, lost: bool = False) -> None:
        """Confirm or complain in the quiet line of the base screen."""
        from flowtui.tui.widgets.lines import Said

        self._last_said = (text, lost, self.clock.monotonic())
        self._said_at = asyncio.get_running_loop().time()
        for screen in reversed(self.screen_stack):
            for line in screen.query(Said):
                line.say(text, lost)
                return
        self.notify(text, severity="error" if lost else "information", markup=False)

    def announce(self, text: str) -> None:
        """Say what nobody asked for, once the answer to the last key has been there to be read."""
        left_s = self._said_at + READ_S - asyncio.get_running_loop().time()
        if left_s > 0:
            self.set_timer(left_s, lambda: self.announce(text))
        else:
            self.said(text)

    def repeat_said(self) -> None:
        """What was said a moment ago belongs to the face that is shown now."""
        text, lost, at = self._last_said
        if text and self.clock.monotonic() - at < REPEAT_S:
            self.said(text, lost)
