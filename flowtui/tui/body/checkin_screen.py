"""The evening's check-in: one screen, one key an answer, Enter passes on.

What is known already is filled in and passed over. Answers are kept when the last question is
answered, or when the screen is left; what was never reached stays missing.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from flowtui.core.body.answers import Planned
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.scales import QUALITY
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.checkin_sheet import Asked, Sheet
from flowtui.tui.body.checkin_sheet import Row, SheetRows, keys_text
from flowtui.tui.widgets.lines import Line

ENTER = ""
PASSED = "skipped"
TINY, WIDTH = 60, 96
"""Cells: below the first the form is reduced; wider than the second it does not grow."""
FREE = ("line", "workout", "amount", "window", "choice", "hours")
"""Kinds of question whose answer may begin with any letter."""
COUNTED = ("count",)
"""Kinds whose answer may be a longer number."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a check-in came to."""

    day: date
    given: dict[str, str]
    """Question's id to key or text, in the order in which they were asked."""
    go_to: date | None = None
    """Another day whose check-in is wanted next."""


class CheckinScreen(ModalScreen[Answers | None]):
    """Asks the questions of one day."""

    AUTO_FOCUS = ""
    CSS_PATH = "checkin.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up,shift+tab", "move(-1)", show=False),
        Binding("down,tab", "move(1)", show=False),
        Binding("enter", "pass_on", show=False),
        Binding("left_square_bracket", "day(-1)", show=False),
        Binding("right_square_bracket", "day(1)", show=False),
        Binding("ctrl+s", "save", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-normal")]

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self._sheet = sheet
        self._given: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self._covered: set[str] = set()
        self._at = 0

    def compose(self) -> ComposeResult:
        """The day above, all questions, then the one that is asked now with its keys."""
        with Vertical(id="checkin"):
            with Horizontal(classes="head"):
                yield Line(id="day")
                yield Line(id="count", classes="-auto")
            yield SheetRows()
            yield Line(id="prompt")
            yield Line(id="keys")
            yield Input(id="typed", compact=True)
            yield Line(id="wrong", classes="lost -collapse -empty")
            yield Line(id="hint", classes="muted")

    def on_mount(self) -> None:
        """Begin with the first question that needs an answer."""
        typed = self.query_one("#typed", Input)
        typed.display = typed.can_focus = False
        self._at = self._next(0)
        self._draw()

    @property
    def _asked(self) -> Asked:
        return self._sheet.asked[self._at]

    def on_key(self, event: events.Key) -> None:
        """One key is an answer; a letter that is none begins a typed one."""
        if self._typing or event.character is None or not event.character.isprintable():
            return
        char = event.character
        if char in "[]":
            return
        event.stop()
        keys = {k.key for k in self._asked.question.keys} | {o.key for o in self._asked.offers}
        if char.casefold() in keys:
            self._answer(char.casefold())
        elif char == " ":
            self._type("")
        elif self._asked.question.ask.value in (FREE if not char.isdigit() else FREE + COUNTED):
            self._type(char)
        else:
            self._wrong(f"{char} is not an answer here; space types one, enter passes on")

    def action_pass_on(self) -> None:
        """Enter: keep what is known, else note that the question was passed over."""
        self._answer(ENTER)

    def action_move(self, by: int) -> None:
        """To the question before or after, to answer it anew."""
        if not self._typing:
            self._at = (self._at + by) % len(self._sheet.asked)
            self._wrong("")
            self._draw()

    def action_day(self, by: int) -> None:
        """The check-in of the day before, or after."""
        there = self._sheet.day + by * ONE_DAY
        if there <= self._sheet.today:
            self.dismiss(Answers(self._sheet.day, dict(self._given), there))

    def action_save(self) -> None:
        """Keep what was answered so far and leave."""
        self.dismiss(Answers(self._sheet.day, dict(self._given)))

    def action_leave(self) -> None:
        """From a typed answer back to the question; from there out, with what was answered."""
        if self._typing:
            self._stop_typing()
            self._draw()
        else:
            self.action_save()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter ends a typed answer."""
        event.stop()
        text = event.value.strip()
        self._stop_typing()
        self._answer(text)

    # Answering

    @property
    def _typing(self) -> bool:
        return bool(self.query_one("#typed", Input).display)

    def _type(self, start: str) -> None:
        typed = self.query_one("#typed", Input)
        typed.display = typed.can_focus = True
        typed.value = start
        typed.cursor_position = len(start)
        typed.focus()
        self._wrong("")
        self.query_one("#keys", Line).display = False

    def _stop_typing(self) -> None:
        typed = self.query_one("#typed", Input)
        typed.display = typed.can_focus = False
        self.query_one("#keys", Line).display = True
        self.set_focus(None)

    def _answer(self, text: str) -> None:
        """Note the answer if it can be meant, and go on; after the last one, keep all."""
        asked = self._asked
        id = asked.question.id
        try:
            made = self._sheet.tried(asked, text)
        except UsageError as error:
            self._wrong(str(error))
            return
        self._wrong("")
        if not isinstance(made, Planned):
            self._note_quality(made)
        self._given.pop(id, None)
        if text or asked.question.needs_answer:
            self._given[id] = text
            self._shown[id] = _words(asked, text)
        following = self._next(self._at + 1)
        if following >= len(self._sheet.asked):
            self.action_save()
            return
        self._at = following
        self._draw()

    def _note_quality(self, made: tuple[Entry, ...]) -> None:
        """A sleep typed with its quality answers the question after it too."""
        for entry in made:
            if entry.kind is Kind.SLEEP and entry.quality is not None:
                self._covered.add("sleep.quality")
                self._shown["sleep.quality"] = f"{entry.quality} {QUALITY.word(entry.quality)}"

    def _next(self, start: int) -> int:
        """The next question from `start` on that nothing is known of; their number if none is."""
        for place in range(start, len(self._sheet.asked)):
            question = self._sheet.asked[place].question
            if question.needs_answer and question.id not in {*self._given, *self._covered}:
                return place
        # all is known: show the first one rather than nothing
        return len(self._sheet.asked) if start else 0

    # Drawing

    def _wrong(self, text: str) -> None:
        self.query_one("#wrong", Line).show(text)

    def _draw(self) -> None:
        sheet, asked = self._sheet, self._asked
        late = "   late" if sheet.late else ""
        self.query_one("#day", Line).show(f"check-in   {sheet.day:%A %-d %B}{late}")
        self.query_one("#count", Line).show(f"{self._at + 1} of {len(sheet.asked)}")
        rows = [
            Row(
                _title(a),
                self._shown.get(a.question.id) or a.question.known_text or "",
                known=a.question.id not in self._given,
                beside=a.question.context or "",
                yesterday=a.yesterday,
            )
            for a in sheet.asked
        ]
        tiny = self.size.width < TINY
        room = self.size.height - (4 if tiny else 9)
        sheet_rows = self.query_one(SheetRows)
        sheet_rows.styles.height = max(1, min(len(rows), room))
        sheet_rows.show(rows, self._at)
        self.query_one("#prompt", Line).show(asked.question.prompt)
        width = min(WIDTH, self.size.width) - (2 if tiny else 6)
        self.query_one("#keys", Line).show(keys_text(asked, width, 1 if tiny else 2))
        passes = "keeps" if not asked.question.needs_answer else "passes on"
        hint = f"enter {passes}   ↑ back   space types   [ day before   esc leaves"
        self.query_one("#hint", Line).show(f"enter {passes}  ↑  space  esc" if tiny else hint)

    def on_resize(self) -> None:
        """Fit the keys to the width."""
        if self.is_mounted and self.query("#keys"):
            self._draw()


def _title(asked: Asked) -> str:
    question = asked.question
    if question.variable is None:
        return "first tomorrow"
    if question.habit is not None:
        return question.habit.title
    names = {"sleep.quality": "sleep quality", "eating": "eating window", "worked": "what worked"}
    if question.variable.name is not None:
        return f"not {question.variable.name.replace('-', ' ')}"
    return names.get(question.id, question.id)


def _words(asked: Asked, text: str) -> str:
    """What the row shows for an answer given by `text`."""
    if not text:
        return PASSED
    for key in asked.question.keys:
        if key.key == text:
            digit = key.value is not None and asked.question.ask.value == "scale"
            return f"{key.value:g} {key.label}" if digit else key.label
    return asked.meant(text)
