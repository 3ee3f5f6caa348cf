"""What all dialogs share: a title, a form, one line for what is wrong, Enter and Esc."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from flowtui.core.errors import FlowError
from flowtui.tui.widgets.line_input import LineInput

T = TypeVar("T")


SCROLLS = [
    Binding("down,j", "scroll_form(1)", show=False),
    Binding("up,k", "scroll_form(-1)", show=False),
    Binding("pagedown", "scroll_page(1)", show=False),
    Binding("pageup", "scroll_page(-1)", show=False),
    Binding("home,g", "scroll_form(-9999)", show=False),
    Binding("end,G", "scroll_form(9999)", show=False),
]
"""Whatever a small terminal cannot show at once; letters only where none is typed."""


class Dialog(ModalScreen[T | None], Generic[T]):
    """A dialog that answers with a T, or None if it was left with Esc.

    A subclass gives `title_text`, `hint`, `form()` and `answer()`. What is wrong is said inside the
    dialog, and everything typed stays.
    """

    BINDINGS = [
        Binding("escape", "leave", "leave", show=False),
        Binding("ctrl+s", "submit", "save", show=False),
        Binding("enter", "submit", "save", show=False),
        *SCROLLS,
    ]

    title_text = ""
    hint = "enter save   esc leave"

    def compose(self) -> ComposeResult:
        """Title, form, the line for what is wrong, the keys."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Label(self.title_text, classes="title", markup=False)
            yield from self.form()
            yield Static("", classes="wrong", markup=False)
            yield Label(self.hint, classes="hint", markup=False)

    def form(self) -> Iterable[Widget]:
        """The widgets between the title and the keys."""
        return ()

    def answer(self) -> T:
        """The answer as typed. Raises FlowError for what cannot be meant."""
        raise FlowError("this dialog has no answer")

    def action_submit(self) -> None:
        """Answer, or say what is wrong."""
        try:
            answer = self.answer()
        except FlowError as error:
            self.complain(error)
        else:
            self.dismiss(answer)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def action_scroll_form(self, by: int) -> None:
        """Show what lies above or below."""
        self.scroll_form(by)

    def action_scroll_page(self, by: int) -> None:
        """Show the next page of what there is no room for, or the one before."""
        self.scroll_form(by * max(1, self.size.height - 4))

    def scroll_form(self, by: int) -> None:
        """Move the form by so many lines, as far as there are any."""
        self.query_one(".dialog", VerticalScroll).scroll_relative(y=by, animate=False)

    def on_descendant_focus(self) -> None:
        """Show the first field together with what stands above it."""
        form, at = self.query_one(".dialog", VerticalScroll), self.focused
        first = next((widget for widget in form.query("*") if widget.focusable), None)
        if at is not None and at is first:
            self.call_after_refresh(form.scroll_home, animate=False)

    def on_key(self, event: events.Key) -> None:
        """A letter that was pressed before the field had the focus belongs to it all the same."""
        if not event.is_printable or event.character is None:
            return
        if self.focused is not None and not isinstance(self.focused, Input):
            return
        fields = [self.focused] if self.focused is not None else list(self.query(Input))
        if fields:
            event.stop()
            fields[0].insert_text_at_cursor(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """A text that was pasted while no field had the focus goes into the first one."""
        for entry in self.query(LineInput).results(LineInput):
            event.stop()
            entry.focus()
            entry.take(event.text)
            return

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field answers, as anywhere else."""
        event.stop()
        self.action_submit()

    def complain(self, error: FlowError) -> None:
        """Say what is wrong; the dialog stays as it is."""
        wrong = self.query_one(".wrong", Static)
        wrong.update(Content(str(error)))
        wrong.add_class("-said")
        self.call_after_refresh(wrong.scroll_visible, animate=False)

    def text(self, id: str) -> str:
        """What stands in the field `id`."""
        return self.query_one(f"#{id}", Input).value.strip()


def field(
    label: str, id: str, value: str = "", hint: str = "", suggester: Suggester | None = None
) -> Horizontal:
    """A labelled line to type in."""
    entry = LineInput(value, placeholder=hint, id=id, suggester=suggester, compact=True)
    return Horizontal(Label(label, classes="label", markup=False), entry, classes="field")


def labelled(label: str, widget: Widget) -> Horizontal:
    """A label and any widget on one line."""
    return Horizontal(Label(label, classes="label", markup=False), widget, classes="field")


class LastWord(Suggester):
    """Completes the last of several words from a list."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.words = list(words)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole text with its last word completed; None if no word fits."""
        head, blank, tail = value.rpartition(" ")
        sign = "#" if tail.startswith("#") else ""
        start = tail.removeprefix("#").lower()
        if not start:
            return None
        for word in self.words:
            if word.startswith(start) and word != start:
                return f"{head}{blank}{sign}{word}"
        return None


class Beginning(Suggester):
    """Completes a whole line from lines that begin like it; the lines may come later."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.words = list(words)

    async def get_suggestion(self, value: str) -> str | None:
        """The first line that begins with `value`, capitals or not."""
        start = value.casefold()
        return next((w for w in self.words if start and w.casefold().startswith(start)), None)
