"""What the two faces of Focus share: the snapshot, the ticking second, the way to the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from textual import on
from textual.geometry import Size
from textual.screen import Screen

from flowtui.tui.shell.host import SnapshotTaken
from flowtui.tui.widgets.lines import DemoMark, KeyStrip, ModesStrip

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

T = TypeVar("T")


class FlowScreen(Screen[None]):
    """A screen that draws itself from the app's latest snapshot, and again every second."""

    places: tuple[str, ...] = ("app",)
    """Whose actions work here, for help and palette."""

    _drawn_as: tuple[int, int, Size] | None = None
    """Of what was drawn last: the snapshot, the second, the screen's size."""

    @property
    def flow(self) -> Host:
        """The app, by its own type."""
        return cast("Host", self.app)

    def on_mount(self) -> None:
        """Draw what is known and keep time."""
        if self.flow.demo:
            above = not self.query(ModesStrip)
            if above:
                self.styles.padding = (0, *self.styles.padding[1:])  # its row becomes the mark's
            self.mount(DemoMark(above=above))
        self._show_keys()
        self._redraw()
        self._next_tick()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Show `snapshot` as of `now`; called every second, so change only what has changed."""
        raise NotImplementedError

    def _redraw(self) -> None:
        snapshot, now = self.flow.snapshot, self.flow.clock.now()
        if snapshot is not None and self in self.app.screen_stack:
            self._drawn_as = self._draws(now)
            self.draw(snapshot, now)
            self._show_keys()

    def _redraw_if_changed(self) -> None:
        """As `_redraw`, unless the same was drawn within this second: start-up asks five times."""
        if self._draws(self.flow.clock.now()) != self._drawn_as:
            self._redraw()

    def _draws(self, now: datetime) -> tuple[int, int, Size]:
        return id(self.flow.snapshot), int(now.timestamp()), self.size

    def _show_keys(self) -> None:
        for modes in self.query(ModesStrip):
            modes.show(self.flow.actions, self.size.width - (8 if self.flow.demo else 0))
        for strip in self.query(KeyStrip):
            strip.show(
                (action, self.check_action(action.method, ()))
                for place in self.places
                for action in self.flow.actions
                if action.place == place
            )

    def _next_tick(self) -> None:
        # just after the second turns, so that no second is shown twice or left out
        part = self.flow.clock.now().microsecond / 1e6
        self.set_timer(1.01 - part, self._tick)

    def _tick(self) -> None:
        self._redraw()
        self._next_tick()

    @on(SnapshotTaken)
    def _snapshot_taken(self) -> None:
        self._redraw()

    def on_resize(self) -> None:
        """Fit the texts to the new width."""
        self._redraw_if_changed()

    def on_screen_resume(self) -> None:
        """Back from a dialog, or shown for the first time."""
        self._redraw_if_changed()

    async def perform(self, call: Callable[[Services], str]) -> bool:
        """See `Host.perform`."""
        return await self.flow.perform(call)

    async def ask(self, call: Callable[[Services], T]) -> T:
        """See `Host.ask`."""
        return await self.flow.ask(call)
