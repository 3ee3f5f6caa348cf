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

    def on_mount(self) -> None:
        """Where plain words are wanted there is no bar at all."""
        if getattr(self.app, "plain", False):
            self.styles.height = 0
            self.styles.margin = 0

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
        self._wanted: list[tuple[Action, bool]] = []
        self._shown: tuple[tuple[str, bool], ...] = ()

    def show(self, actions: Iterable[tuple[Action, bool | None]]) -> None:
        """Show actions with whether each can be done now: None greys it, False hides it."""
        self._wanted = [(a, bool(can)) for a, can in actions if a.footer and can is not False]
        self._draw()

    def on_resize(self) -> None:
        """As many as the width that it really has can hold."""
        self._draw()

    def _draw(self) -> None:
        wanted = self._fitting(self._wanted)
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

    def _fitting(self, wanted: list[tuple[Action, bool]]) -> list[tuple[Action, bool]]:
        """As many as there is room for; help is the last to go."""
        room = self.size.width or self.app.size.width
        last = [one for one in wanted if one[0].id == "app.help"]
        shown: list[tuple[Action, bool]] = []
        used = sum(_width(action) for action, _ in last)
        for one in wanted:
            if one in last:
                continue
            used += _width(one[0])
            if used > room + 2:
                break
            shown.append(one)
        return [*shown, *last]


def _width(action: Action) -> int:
    return len(shown_keys(action).split(", ")[0]) + len(action.label) + 3


class DemoMark(Static):
    """Says on every screen of a demo that it is one."""

    DEFAULT_CSS = """
    DemoMark {
        layer: overlay;
        dock: right;
        width: 6;
        height: 1;
        color: $background;
        background: $warn;
        text-style: bold;
    }
    DemoMark.-above {
        layer: default;
        dock: top;
        width: 1fr;
        background: $background 0%;
        text-align: right;
    }
    DemoMark:ansi { color: $warn; background: ansi_default; text-style: reverse bold; }
    """

    def __init__(self, inset: int = 0, above: bool = False) -> None:
        """`inset` cells from the right edge; `above` on a row of its own over all the screen."""
        super().__init__(Content.styled(" demo ", "bold reverse $warn") if above else " demo ")
        self.styles.margin = (0, inset, 0, 0)
        self.set_class(above, "-above")


class ModesStrip(Static):
    """The modes by their keys, the one that is shown marked, and the keys that work everywhere."""

    DEFAULT_CSS = """
    ModesStrip {
        dock: top;
        height: 1;
        margin-bottom: 1;
        color: $muted;
        link-color: $muted;
        link-style: none;
        link-background: $background 0%;
    }
    .-tiny ModesStrip { margin-bottom: 0; }
    """

    def __init__(self, mode: str) -> None:
        """`mode` is the id of the action that leads to the screen: "mode.focus"."""
        super().__init__("", markup=False)
        self._mode = mode
        self._last = (0, 0)
        self._shown: tuple[object, ...] = ()

    def show(self, actions: Iterable[Action], width: int) -> None:
        """Show the modes, and `c` and `:` where there is room for them."""
        if (width, id(actions)) == self._last:
            return
        self._last = (width, id(actions))
        by_id = {action.id: action for action in actions}
        state = (width, *(by_id[id].keys for id in (*MODE_IDS, *GLOBAL_IDS)))
        if state == self._shown:
            return
        self._shown = state
        wide = width >= WIDE
        modes = [self._mode_part(by_id[id], wide) for id in MODE_IDS]
        left = Content("  ").join(modes)
        ends = [
            Content.assemble(
                (shown_keys(by_id[id]).split(", ")[0], f"@click=app.{by_id[id].method}"),
                f" {by_id[id].label}",
            )
            for id in GLOBAL_IDS
        ]
        right = Content("  ").join(ends)
        gap = width - left.cell_length - right.cell_length
        self.update(Content.assemble(left, " " * gap, right) if gap >= 2 else left)

    def _mode_part(self, action: Action, wide: bool) -> Content:
        key = shown_keys(action).split(", ")[0]
        if action.id == self._mode:
            return Content.styled(f"{key} {action.label}", "bold $accent underline")
        text = f" {action.label}" if wide else ""
        return Content.assemble((key, f"@click=app.{action.method}"), text)


MODE_IDS = ("mode.focus", "mode.runs", "mode.body", "mode.insight", "mode.review")
GLOBAL_IDS = ("app.checkin", "app.log")
WIDE = 54
"""Cells from which on each mode is named."""
