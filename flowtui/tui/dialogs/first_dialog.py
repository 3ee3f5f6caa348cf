"""The first start: three questions, each of which can be left empty."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Input, Label

from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.length_grammar import parse_duration
from flowtui.tui.dialogs.base import Dialog, field, labelled
from flowtui.tui.widgets.choice import Choice

EVENINGS = ("20:00", "21:00", "22:00")


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """Settings by their key, as they stand in the file."""

    values: tuple[tuple[str, object], ...]


class FirstDialog(Dialog[FirstAnswers]):
    """Asks where the work lies, how long a block is, and whether evenings begin a check-in."""

    title_text = "welcome"
    hint = "enter begins   tab next   esc none of it   config changes it later"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def form(self) -> Iterable[Widget]:
        """Three questions."""
        yield Label("three questions; leave empty what does not matter", classes="about",
                    markup=False)  # fmt: skip
        yield field("your work", "folder", "", f"its folder, such as {self._folder or '~/work'}")
        yield field("a block", "length", "", "how long: 50m, 90m, 1h30")
        evening = Choice(EVENINGS, None, none="no", id="evening")
        yield labelled("check-in", evening)

    def on_mount(self) -> None:
        """Begin with the folder."""
        self.query_one("#folder", Input).focus()

    def answer(self) -> FirstAnswers:
        """What was answered. Raises UsageError for a folder that is not there, or no length."""
        values: list[tuple[str, object]] = []
        folder = self.text("folder")
        if folder:
            path = Path(folder).expanduser()
            if not path.is_absolute() or not path.is_dir():
                raise UsageError(f"{folder!r} is no folder", "give its whole path, or nothing")
            values.append(("contexts.work.folders", [str(path)]))
        length = self.text("length")
        if length:
            minutes = parse_duration(length) // 60
            values.append(("blocks.default_min", max(1, min(1440, minutes))))
        evening = self.query_one("#evening", Choice).value
        if evening:
            values.append(("body.checkin_at", evening))
        return FirstAnswers(tuple(values))
