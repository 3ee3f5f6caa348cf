"""Dialogs from everywhere in the app: help, themes, one line to type, yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from flowtui.core.errors import UsageError
from flowtui.core.glossary import WORDS
from flowtui.settings.actions import PLACES, Action, shown_keys
from flowtui.tui.dialogs.base import Dialog
from flowtui.tui.widgets.form_list import FormList
from flowtui.tui.widgets.line_input import LineInput

FIRST = (
    "block.plan", "block.again", "block.pause", "block.wandered", "block.park", "block.finish",
    "app.checkin", "app.log", "app.undo", "app.leave",
)  # fmt: skip
"""The ten keys with which a day can be lived."""
HELP_WIDTH = 100
"""Cells of the help where there is room; as in the style sheet."""


class HelpDialog(Dialog[None]):
    """The keys of the places that are at hand now."""

    title_text = "keys"
    hint = "esc back   remap by id in config.toml, see: flowtui keys"
    BINDINGS = [Binding("question_mark,q", "leave", show=False)]

    def __init__(self, actions: Sequence[Action], places: Sequence[str]) -> None:
        super().__init__()
        self._actions = actions
        self._places = places

    def form(self) -> Iterable[Widget]:
        """The keys that matter, the words, then a heading a place and a line an action."""
        yield Label("the keys that matter", classes="heading", markup=False)
        by_id = {action.id: action for action in self._actions}
        for id in FIRST:
            if id in by_id:
                yield from self._line(by_id[id])
        yield Label("words", classes="heading", markup=False)
        for word, text in WORDS:
            yield from self._entry(word, text)
        for place in self._places:
            yield Label(PLACES[place], classes="heading", markup=False)
            for action in self._actions:
                if action.place == place:
                    yield from self._line(action)

    def _line(self, action: Action) -> Iterable[Label]:
        return self._entry(shown_keys(action), action.help)

    def _entry(self, name: str, text: str) -> Iterable[Label]:
        """What it means beside its name; a second line stands under the first."""
        import textwrap

        room = min(HELP_WIDTH, self.app.size.width) - 24
        for number, line in enumerate(textwrap.wrap(text, max(20, room))):
            yield Label(f"{'' if number else name:>14}  {line}", classes="about", markup=False)

    def action_submit(self) -> None:
        """Enter closes."""
        self.dismiss(None)


class ThemeDialog(Dialog[str]):
    """Answers with the name of a theme."""

    title_text = "theme"
    hint = "j k look   enter keep   esc as before"

    def __init__(self, names: Sequence[str], current: str) -> None:
        super().__init__()
        self._names = names
        self._before = current

    def form(self) -> Iterable[Widget]:
        """The themes."""
        yield FormList(*(Option(n, id=n) for n in self._names), id="names")

    def on_mount(self) -> None:
        """Begin at the present theme."""
        names = self.query_one("#names", OptionList)
        names.highlighted = self._names.index(self._before) if self._before in self._names else 0
        names.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        if event.option_id is not None:
            self.app.theme = event.option_id

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Keep it."""
        event.stop()
        self.dismiss(event.option_id)

    def action_leave(self) -> None:
        """Put the former theme back."""
        self.app.theme = self._before
        self.dismiss(None)


class LineDialog(Dialog[str]):
    """Asks for one line; answers with it, stripped. Empty is an answer unless `needed`."""

    def __init__(
        self,
        title: str,
        hint: str = "",
        value: str = "",
        needed: bool = False,
        about: str = "",
        live: Callable[[str], object] | None = None,
        verb: str = "save",
    ) -> None:
        """`live` is told each time the line changes; `verb` is what Enter does with it."""
        super().__init__()
        self._live = live
        self.set_class(live is not None, "-beneath")  # what it changes is seen above it
        self.hint = f"enter {verb}   esc leave"
        self.title_text = title
        self._placeholder = hint
        self._value = value
        self._needed = needed
        self._about = about

    def form(self) -> Iterable[Widget]:
        """The line."""
        if self._about:
            yield Label(self._about, classes="about", markup=False)
        yield LineInput(
            self._value,
            placeholder=self._placeholder,
            id="line",
            compact=True,
            select_on_focus=False,  # or the next key would replace a line that was refused
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed so far."""
        if self._live is not None:
            self._live(event.value.strip())

    def answer(self) -> str:
        """The line."""
        line = self.text("line")
        if self._needed and not line:
            raise UsageError("there is nothing to keep", "type it, or leave with esc")
        return line


class ConfirmDialog(Dialog[bool]):
    """Asks before something that cannot be taken back by a slip of the finger."""

    hint = "enter yes   esc no"

    def __init__(self, title: str, about: str = "") -> None:
        super().__init__()
        self.title_text = title
        self._about = about

    def form(self) -> Iterable[Widget]:
        """What will happen."""
        if self._about:
            yield Label(self._about, classes="about", markup=False)

    def answer(self) -> bool:
        """Yes."""
        return True
