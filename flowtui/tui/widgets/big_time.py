"""The time in large digits: figlet where there is room, Textual's Digits where there is not."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive
from textual.widgets import Digits, Static

NARROW = 60
FALLBACK_FONT = "ansi_shadow"
ASCII_FONT = "standard"
"""Where nothing beyond ASCII is drawn."""
MINUTES = 120
"""Up to so many minutes the figures are kept for the next start."""

_kept: dict[str, dict[str, str]] = {}
"""By font: figures that an earlier start drew."""


def load_figures(path: Path) -> None:
    """Take the figures that an earlier start drew: pyfiglet costs a tenth of the first frame."""
    with suppress(OSError, ValueError):
        data = json.loads(path.read_bytes())
        if isinstance(data, dict):
            _kept.update(data)


def figures_to_keep(font: str) -> bytes | None:
    """The minutes of `font` for `load_figures` at the next start; None if they are kept already."""
    if font in _kept:
        return None
    figures = {str(minutes): draw(str(minutes), font) for minutes in range(MINUTES + 1)}
    return json.dumps({font: figures}).encode()


@lru_cache(maxsize=256)
def figlet(text: str, font: str) -> str:
    """`text` in a pyfiglet font, without empty rows; in the default font where it is unknown."""
    return _kept.get(font, {}).get(text) or draw(text, font)


def draw(text: str, font: str) -> str:
    """As `figlet`, by pyfiglet itself."""
    from pyfiglet import Figlet, FontNotFound

    try:
        figure = Figlet(font=font, width=200)
    except (FontNotFound, OSError):
        figure = Figlet(font=FALLBACK_FONT, width=200)
    rows = str(figure.renderText(text)).rstrip().split("\n")
    rows = [row.rstrip() for row in rows if row.strip()]
    if not rows:
        return text
    margin = min(len(row) - len(row.lstrip()) for row in rows)
    width = max(len(row) for row in rows) - margin
    return "\n".join(row[margin:].ljust(width) for row in rows)


class BigTime(Container):
    """Shows `text` large. An empty text takes no room."""

    DEFAULT_CSS = """
    BigTime { height: auto; align-horizontal: center; }
    BigTime Static { width: auto; height: auto; }
    BigTime Digits { width: auto; height: auto; display: none; }
    BigTime.-narrow Static { display: none; }
    BigTime.-narrow Digits { display: block; }
    BigTime.-empty { display: none; }
    """

    text: reactive[str] = reactive("")
    font: reactive[str] = reactive(FALLBACK_FONT)

    def compose(self) -> ComposeResult:
        """Both forms; the width decides which one is seen."""
        yield Static(markup=False)
        yield Digits()

    def watch_text(self) -> None:
        """Redraw, only when the text has changed."""
        self._show()

    def watch_font(self) -> None:
        """Redraw in another font."""
        self._show()

    def on_resize(self) -> None:
        """Choose the form that fits."""
        self._show()

    def on_mount(self) -> None:
        """Draw what was set before there were children."""
        self._show()

    def _show(self) -> None:
        if not self.is_mounted or not self.children:
            return
        self.set_class(not self.text, "-empty")
        if getattr(self.app, "plain", False):
            self.set_class(False, "-narrow")
            self.query_one(Static).update(self.text)
            return
        narrow = self.screen.size.width < NARROW
        if not narrow and self.text:
            drawn = figlet(self.text, self.font)
            narrow = max(map(len, drawn.split("\n"))) > self.screen.size.width - 6
            self.query_one(Static).update(drawn)
        self.set_class(narrow, "-narrow")
        self.query_one(Digits).update(self.text)
