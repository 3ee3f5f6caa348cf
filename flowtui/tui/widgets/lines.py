"""Widgets of one line: a text, the quiet confirmation, a thin bar, the keys at hand."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from flowtui.settings.actions import Action, shown_keys


class Line(Static):
    """Plain text, one line; an empty one can take no room (class `-collapse`)."""

    DEFAULT_CSS = """
    Line { height: 1; width: 1fr; }
    Line.-auto { width: auto; }
    Line.-collapse.-empty { display: none; }
    """

    def __init__(self, text: str = "", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)
        self._text: str | Content = text
        self.set_class(not text, "-empty")

    def show(self, text: str | Content) -> None:
        """Show `text`."""
        if text == self._text:
            return
        self._text = text
        self.set_class(not text, "-empty")
        self.update(text)


SHOWN_S = 8


class Said(Static):
    """Shows a line for a few seconds; an error stays until the next one."""

    DEFAULT_CSS = """
    Said { height: auto; max-height: 3; color: $muted; }
    Said.-lost { color: $lost; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._timer: Timer | None = None

    def say(self, text: str, lost: bool = False) -> None:
        """Show `text`; with `lost` it is an error."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.set_class(lost, "-lost")
        self.update(text)
        if not lost and text:
            self._timer = self.set_timer(SHOWN_S, lambda: self.update(""))


class ThinBar(Widget):
    """A share from 0 to 1, drawn by strokes of two weights, so that colour is not needed."""

    DEFAULT_CSS = """
    ThinBar { height: 1; width: 1fr; color: $focus; }
    """

    share: reactive[float] = reactive(0.0)

    def render(self) -> Content:
        """The line; it moves by whole cells."""
        width = max(1, self.size.width)
        done = round(max(0.0, min(1.0, self.share)) * width)
        return Content.assemble("━" * done, ("─" * (width - done), "$line"))


class KeyStrip(Static):
    """Shows the actions that are meant for the foot of the screen; a click runs one."""

    DEFAULT_CSS = """
    KeyStrip {
        dock: bottom;
        height: 1;
        color: $muted;
        link-color: $accent;
        link-background: $background 0%;
        link-style: none;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._shown: tuple[tuple[str, bool], ...] = ()

    def show(self, actions: Iterable[tuple[Action, bool | None]]) -> None:
        """Show actions with whether each can be done now: None greys it, False hides it."""
        wanted = [(a, bool(can)) for a, can in actions if a.footer and can is not False]
        state = tuple((f"{a.id} {a.keys}", can) for a, can in wanted)
        if state == self._shown:
            return
        self._shown = state
        parts = []
        for action, can in wanted:
            space = "app" if action.place == "app" else "screen"
            click = f"@click={space}.{action.method}"
            key, label = shown_keys(action).split(", ")[0], action.label
            styles = (click, "$muted") if can else ("$faint", "$faint")
            parts.append(Content.assemble((key, styles[0]), (f" {label}", styles[1])))
        self.update(Content("  ").join(parts))
