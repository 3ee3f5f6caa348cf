"""The evening's check-in: one screen, one key an answer, Enter passes on.

What is known already is filled in and passed over. Each answer is on disk before the next key can
be pressed; what was never reached stays missing. A key that may be the beginning of a longer answer
is collected until Enter, or until the pause that is shown is over.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from typing import ClassVar, Protocol

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.timer import Timer

from flowtui.core.body.answers import Planned
from flowtui.core.body.checkin import Ask
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.keying import Does, finished, press
from flowtui.core.body.scales import QUALITY
from flowtui.core.body.validation import hours
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import FlowError, UsageError
from flowtui.services.body.checkin_sheet import Asked, Sheet
from flowtui.tui.body.checkin_sheet import Row, SheetRows, keys_text
from flowtui.tui.widgets.answer_field import AnswerField
from flowtui.tui.widgets.lines import Line

ENTER = ""
PASSED = "skipped"
TINY, WIDTH = 60, 96
"""Cells: below the first the form is reduced; wider than the second it does not grow."""
PAUSE_TICKS = 3


class Log(Protocol):
    """What keeps the answers."""

    def open(self, day: date | None) -> Awaitable[Sheet]:
        """Begin the check-in of `day` (None: today). Raises FlowError."""

    def give(self, name: str, text: str) -> Awaitable[None]:
        """Keep an answer; in the order of the calls. Raises FlowError."""


class CheckinScreen(ModalScreen[None]):
    """Asks the questions of one day. Dismissed when every answer is kept."""

    AUTO_FOCUS = ""
    CSS_PATH = "checkin.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-normal")]
    TICK_S: ClassVar[float] = 0.5
    """A third of the pause after which what was collected is the answer: longer than it takes to
    find the next key, a second."""

    def __init__(self, log: Log, day: date | None = None) -> None:
        super().__init__()
        self._log = log
        self._wanted = day
        self._sheet: Sheet | None = None
        self._early: list[events.Key] = []
        """Keys that were pressed before the questions were there."""
        self._waits: list[Awaitable[None]] = []
        """Answers that are being kept."""
        self._pause: Timer | None = None
        self._left = 0
        """Ticks until what was collected is the answer."""
        self._begun = ""
        """What was collected."""
        self._over = False
        """Whether the last answer is given: keys belong to nothing any more."""
        self._clear()

    def _clear(self) -> None:
        self._given: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self._covered: set[str] = set()
        self._at = 0
        self._typing = False

    def compose(self) -> ComposeResult:
        """The day above, all questions, then the one that is asked now with its keys."""
        with Vertical(id="checkin"):
            with Horizontal(classes="head"):
                yield Line(id="day")
                yield Line(id="count", classes="-auto")
            yield SheetRows()
            yield Line(id="prompt")
            yield Line(id="keys")
            with Horizontal(classes="answer"):
                yield AnswerField(self._takes, id="typed")
                yield Line(id="pause", classes="-auto muted")
            yield Line(id="wrong", classes="lost -collapse -empty")
            yield Line(id="hint", classes="muted")

    def on_mount(self) -> None:
        """Fetch the questions; keys pressed meanwhile wait for them."""
        self._open(self._wanted)

    @work(group="checkin", exclusive=True, exit_on_error=False)
    async def _open(self, day: date | None) -> None:
        try:
            sheet = await self._log.open(day)
        except FlowError as error:
            self.app.notify(str(error), severity="error", markup=False)
            self.dismiss(None)
            return
        self._clear()
        self._sheet = sheet
        self._at = self._next(0)
        self._draw()
        self.set_focus(self._field)
        early, self._early = self._early, []
        for event in early:
            self._field.give(event)

    @property
    def _asked(self) -> Asked:
        assert self._sheet is not None
        return self._sheet.asked[self._at]

    @property
    def _field(self) -> AnswerField:
        return self.query_one("#typed", AnswerField)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Keys that came before the field was there, or after a click beside it."""
        if event is self._field.left:
            return  # on its way to the field's bindings
        event.stop()
        self._field.give(event)
        if self._sheet is not None and self.focused is None:
            self.set_focus(self._field)

    def _takes(self, event: events.Key) -> bool:
        """Act on a key; False leaves it to the field."""
        if self._over:
            return True
        if self._sheet is None:
            self._early.append(event)
            return True
        begun = self._field.value
        if event.key in self._MEANT:
            getattr(self, self._MEANT[event.key])()
            return True
        if self._typing or event.character is None or not event.is_printable:
            return False
        if not begun and event.character in "[]":
            self._go(-1 if event.character == "[" else 1)
            return True
        return self._pressed(begun, event.character)

    _MEANT: ClassVar[dict[str, str]] = {
        "enter": "_entered",
        "escape": "_escaped",
        "up": "_up",
        "shift+tab": "_up",
        "down": "_down",
        "tab": "_down",
    }

    def _pressed(self, begun: str, char: str) -> bool:
        offers = [offer.key for offer in self._asked.offers]
        pressed = press(self._asked.question, offers, begun, char)
        if pressed.does is Does.ANSWER:
            self._answer(pressed.text)
        elif pressed.does is Does.COLLECT:
            self._collect(pressed.text)
        elif pressed.does is Does.TYPE:
            self._type(pressed.text)
        else:
            self._wrong(f"{char} is not an answer here; space types one, enter passes on")
        return True

    def _entered(self) -> None:
        """Enter: what was typed is the answer; else keep what is known, or pass over."""
        self._answer(self._field.value.strip())

    def _escaped(self) -> None:
        """From a begun answer back to the question; from there out."""
        if self._typing or self._field.value:
            self._stop_typing()
            self._draw()
        else:
            self.action_save()

    def _up(self) -> None:
        self._move(-1)

    def _down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        """To the question before or after, to answer it anew."""
        assert self._sheet is not None
        if self._typing or not self._settled():
            return
        self._at = (self._at + by) % len(self._sheet.asked)
        self._wrong("")
        self._draw()

    def _go(self, by: int) -> None:
        """The check-in of the day before, or after."""
        assert self._sheet is not None
        there = self._sheet.day + by * ONE_DAY
        if there <= self._sheet.today:
            self._sheet = None  # keys wait until its questions are there
            self._open(there)

    def action_save(self) -> None:
        """Leave; what was answered is kept."""
        if self._sheet is None or self._settled():
            self._finish()

    def on_input_changed(self) -> None:
        """What was pasted, or mended with backspace, is a typed answer."""
        if not self._typing and self._field.value != self._begun:
            self._type(self._field.value)

    # Answering

    def _collect(self, text: str) -> None:
        """Show what was begun, and how long more may follow."""
        self._wrong("")
        self._begun = text
        self._field.write(text)
        self._stop_pause()
        if finished(text):
            self._left = PAUSE_TICKS
            self._pause = self.set_interval(self.TICK_S, self._tick)
        self._show_pause()

    def _tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._show_pause()
        else:
            self._entered()

    def _show_pause(self) -> None:
        running = self._pause is not None
        shown = f"enter, or wait {'▪' * self._left:<{PAUSE_TICKS}}" if running else ""
        self.query_one("#pause", Line).show(shown)

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _settled(self) -> bool:
        """Whether nothing is begun any more: what was collected is the answer first."""
        return not self._field.value or self._typing or self._answer(self._field.value)

    def _type(self, start: str) -> None:
        self._typing = True
        self._stop_pause()
        self._field.write(start)
        self._wrong("")
        self.query_one("#pause", Line).show("enter ends it")

    def _stop_typing(self) -> None:
        self._typing = False
        self._begun = ""
        self._stop_pause()
        self._field.write("")
        self._show_pause()

    def _answer(self, text: str) -> bool:
        """Keep the answer if it can be meant, and go on; after the last one, leave."""
        assert self._sheet is not None
        asked = self._asked
        id = asked.question.id
        try:
            made = self._sheet.tried(asked, text)
        except UsageError as error:
            if text:
                self._type(text)  # it comes back as it was typed
            self._wrong(str(error))
            return False
        self._stop_typing()
        self._wrong("")
        if not isinstance(made, Planned):
            self._note_quality(made)
        if text or asked.question.needs_answer:
            self._given[id] = text
            self._shown[id] = _words(asked, text, made)
            self._keep(self._at, id, asked.stands_for(text))
        following = self._next(self._at + 1)
        if following >= len(self._sheet.asked):
            self._finish()
            return True
        self._at = following
        self._draw()
        return True

    def _keep(self, place: int, id: str, text: str) -> None:
        """Have it written now; what could not be is said, and asked again."""
        self._waits.append(self._log.give(id, text))
        self._await_kept(self._waits[-1], place, id)

    @work(group="keep", exit_on_error=False)
    async def _await_kept(self, writing: Awaitable[None], place: int, id: str) -> None:
        try:
            await writing
        except FlowError as error:
            self._given.pop(id, None)
            self._shown.pop(id, None)
            self._at = place
            self._draw()
            self._wrong(str(error))
        finally:
            self._waits.remove(writing)

    @work(group="finish", exclusive=True, exit_on_error=False)
    async def _finish(self) -> None:
        """Leave when every answer is on disk; one that could not be kept holds the screen."""
        self._over = True
        failed = False
        for writing in list(self._waits):
            try:
                await writing
            except FlowError:
                failed = True
        self._over = not failed
        if not failed:
            self.dismiss(None)

    def _note_quality(self, made: tuple[Entry, ...]) -> None:
        """A sleep typed with its quality answers the question after it too."""
        for entry in made:
            if entry.kind is Kind.SLEEP and entry.quality is not None:
                self._covered.add("sleep.quality")
                self._shown["sleep.quality"] = f"{entry.quality} {QUALITY.word(entry.quality)}"

    def _next(self, start: int) -> int:
        """The next question from `start` on that nothing is known of; their number if none is."""
        assert self._sheet is not None
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
        assert sheet is not None
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
        if self._sheet is not None and self.query("#keys"):
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


def _words(asked: Asked, text: str, made: tuple[Entry, ...] | Planned) -> str:
    """What the row shows for an answer given by `text`."""
    if not text:
        return PASSED
    if asked.question.ask is Ask.HOURS and not isinstance(made, Planned):
        slept = sum(entry.duration_s or 0 for entry in made)
        return hours(slept) if slept else text
    for key in asked.question.keys:
        if key.key == text:
            digit = key.value is not None and asked.question.ask.value == "scale"
            return f"{key.value:g} {key.label}" if digit else key.label
    return asked.meant(text)
