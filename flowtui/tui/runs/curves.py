"""Curves on one plot: steps along, a metric up, each curve with its number at its end.

Drawn by plotext, whose braille cells hold two by four dots. Colours are the theme's; the numbers
say what the colours say. The first curve is drawn last, so that it lies on top.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text
from textual.color import Color, ColorParseError
from textual_plotext import PlotextPlot

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.ticks import tick_words, ticks

COLOURS = ("focus", "warn", "rest", "foreground")
"""Theme variables of the curves, in their order."""
ANSI = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve; values that are not finite are left out."""

    name: str
    steps: tuple[float, ...]
    values: tuple[float, ...]


class CurvePlot(PlotextPlot):
    """Draws curves; nothing is drawn anew that is as it was."""

    DEFAULT_CSS = "CurvePlot { height: 1fr; background: $background; }"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.theme = "clear"
        self._drawn: object = None
        self._last: tuple[Sequence[Curve], bool, float | None] | None = None

    def render(self) -> Text:
        """As the widget does, but with our colours: it would put its own over them."""
        if getattr(self.app, "plain", False):
            return Text("\n".join(in_words(self._last[0] if self._last else (), self.size.height)))
        self.plt.plotsize(self.size.width, self.size.height)
        self.plt._set_size(self.size.width, self.size.height)
        return Text.from_ansi(self.plt.build())

    def show(self, curves: Sequence[Curve], log: bool = False, mark: float | None = None) -> None:
        """Show `curves`; with `log` the values by their logarithm; `mark` is a step to point at."""
        self._last = (curves, log, mark)
        state = (tuple(curves), log, mark, self.size, self.app.theme)
        if state == self._drawn:
            return
        self._drawn = state
        plot = self.plt
        plot.clear_figure()
        plot.canvas_color("default")
        plot.axes_color("default")
        plot.ticks_color(self._colour("muted"))
        plot.xaxes(True, False)
        plot.yaxes(True, False)
        usable = [_usable(curve, log) for curve in curves]
        if any(curve.steps for curve in usable):
            self._draw(usable, log, mark)
        self.refresh()

    def on_resize(self) -> None:
        """How much room the axes leave is known once the size is."""
        if self._last is not None:
            self.show(*self._last)

    def _draw(self, curves: Sequence[Curve], log: bool, mark: float | None) -> None:
        plot = self.plt
        low = min(value for curve in curves for value in curve.values)
        high = max(value for curve in curves for value in curve.values)
        first = min(step for curve in curves for step in curve.steps)
        last = max(step for curve in curves for step in curve.steps)
        if high <= low:
            low, high = low - 0.5, high + 0.5
        plot.ylim(low, high)
        # room for the numbers at the ends
        plot.xlim(first, last + max(1e-9, (last - first) * 3 / max(20, self.size.width)))
        if mark is not None:
            plot.vline(mark, color=self._colour("line"))
        for number, curve in reversed(list(enumerate(curves, 1))):
            if not curve.steps:
                continue
            colour = self._colour(COLOURS[(number - 1) % len(COLOURS)])
            plot.plot(list(curve.steps), list(curve.values), color=colour, marker="braille")
            if len(curves) > 1:
                beside = curve.steps[-1] + (last - first) * 1.5 / max(20, self.size.width)
                plot.text(str(number), beside, curve.values[-1], color=colour, alignment="left")
        places = ticks(low, high, max(2, min(7, self.size.height // 3)))
        words = [f"1e{place:g}" for place in places] if log else tick_words(places)
        plot.yticks(places, words)
        along = ticks(first, last, max(2, self.size.width // 16))
        plot.xticks(along, tick_words(along))

    def _colour(self, name: str) -> tuple[int, int, int] | int | str:
        """A colour of the theme in plotext's terms: the terminal's own ones by their numbers."""
        value = self.app.theme_variables.get(name, "")
        if value.startswith("ansi_"):
            plain = value.removeprefix("ansi_")
            bright = plain.startswith("bright_")
            plain = plain.removeprefix("bright_")
            return ANSI.index(plain) + 8 * bright if plain in ANSI else "default"
        try:
            return Color.parse(value).rgb
        except ColorParseError:
            return "default"


def in_words(curves: Sequence[Curve], height: int) -> list[str]:
    """Each curve in lines: its name, then values at some of its steps, the last one always."""
    room = max(2, height // max(1, len(curves))) - 1
    lines: list[str] = []
    for curve in (_usable(curve, False) for curve in curves):
        if not curve.steps:
            continue
        last = len(curve.steps) - 1
        places = sorted({round(last * n / max(1, room - 1)) for n in range(room)} | {last})[-room:]
        lines.append(curve.name)
        lines += [f"  step {curve.steps[at]:g}  {curve.values[at]:.4g}" for at in places]
    return lines[: max(1, height)]


def _usable(curve: Curve, log: bool) -> Curve:
    """What can be drawn of a curve: finite, and above zero where logarithms are taken."""
    pairs = [
        (step, math.log10(value) if log else value)
        for step, value in zip(curve.steps, curve.values, strict=True)
        if math.isfinite(value) and (value > 0 or not log)
    ]
    return Curve(curve.name, tuple(s for s, _ in pairs), tuple(v for _, v in pairs))
