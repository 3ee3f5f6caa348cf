"""The week in six questions: a row each, the facts of the one that is asked, a line to answer in.

What was typed is kept with Enter, with the arrows and on leaving; nothing has to be answered.
"""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from flowtui.core.errors import FlowError
from flowtui.core.review.week_review import QUESTIONS
from flowtui.core.text import middle_cut
from flowtui.tui.widgets.answer_field import AnswerField
from flowtui.tui.widgets.lines import Line, ThinBar

if TYPE_CHECKING:
    from flowtui.core.review.week_review import WeekReview
    from flowtui.services.review.week_reviews import ReviewSheet
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

TINY = 60
TITLE_CELLS = 22
BECAME = "became"
"""The seventh row, where the week before had an "if"."""


class WeekReviewScreen(ModalScreen[bool]):
    """Asks about one week. Dismissed with whether anything was answered."""

    AUTO_FOCUS = ""
    CSS_PATH = "week_review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "close", show=False, priority=True),
        Binding("ctrl+o", "open_to_all", show=False, priority=True),
        Binding("ctrl+l", "lay_out", show=False, priority=True),
        Binding("ctrl+r", "preview", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-normal")]

    def __init__(self, day: date | None = None) -> None:
        super().__init__()
        self._wanted = day
        self._sheet: ReviewSheet | None = None
        self._at = 0
        self._early: list[events.Key] = []
        """Keys that were pressed before the questions were there."""
        self._changed = False
        self._drafts: dict[str, str] = {}
        """What was typed and is not kept yet, by question."""
        self._refused: dict[str, str] = {}
        """What of it was refused."""
        self._why: dict[str, str] = {}
        """Why, by question."""
        self._warned = False
        """Whether it was shown, on leaving, that something was not kept."""
        self._order = asyncio.Lock()
        """Answers are kept one after the other, as they were given."""

    @property
    def _host(self) -> Host:
        return cast("Host", self.app)

    def compose(self) -> ComposeResult:
        """The week above, the questions, the facts of one, the line to answer in."""
        with Vertical(id="review"):
            with Horizontal(classes="head"):
                yield Line(id="week")
                yield Line(id="count", classes="-auto muted")
            yield ThinBar()
            yield Static("", id="rows", markup=False)
            yield Static("", id="facts", markup=False)
            with Horizontal(classes="answer"):
                yield Line(id="sign", classes="-auto")
                yield AnswerField(self._takes, id="typed")
            yield Line(id="wrong", classes="lost -collapse -empty")
            yield Line(id="hint", classes="muted")

    def on_mount(self) -> None:
        """Fetch the questions; keys pressed meanwhile wait for them."""
        self._open()

    @work(group="week-review", exclusive=True, exit_on_error=False)
    async def _open(self) -> None:
        try:
            self._sheet = await self._host.ask(partial(_sheet, self._wanted))
        except FlowError as error:
            self.app.notify(str(error), severity="error", markup=False)
            self.dismiss(False)
            return
        answers = [not self._answer(name) for name in self._names]
        self._go(answers.index(True) if True in answers else 0)
        self.set_focus(self._field)
        early, self._early = self._early, []
        for event in early:
            self._field.give(event)

    # Keys

    @property
    def _field(self) -> AnswerField:
        return self.query_one("#typed", AnswerField)

    def on_key(self, event: events.Key) -> None:
        """Keys that came before the field was there, or after a click beside it."""
        if event is self._field.left:
            return
        event.stop()
        self._field.give(event)
        if self._sheet is not None and self.focused is None:
            self.set_focus(self._field)

    def _takes(self, event: events.Key) -> bool:
        """Act on a key; False leaves it to the field."""
        if self._sheet is None:
            self._early.append(event)
            return True
        steps = {"enter": 1, "down": 1, "tab": 1, "up": -1, "shift+tab": -1}.get(event.key)
        if steps is not None:
            self._put_down()
            self._go((self._at + steps) % len(self._names))
            return True
        if event.key == "escape":
            self.action_close()
            return True
        return False

    def _put_down(self) -> None:
        """What was typed is the row's answer now; it is kept while other keys come."""
        name, text = self._names[self._at], self._field.value.strip()
        if self._sheet is None or text == self._answer(name):
            return
        self._drafts[name] = text
        self._keep(self._at, name, text)

    @work(group="keep", exit_on_error=False)
    async def _keep(self, place: int, name: str, text: str) -> None:
        """Keep an answer, after those before it; one that is refused stays as it was typed."""
        assert self._sheet is not None
        first = self._sheet.first
        async with self._order:
            try:
                self._sheet = await self._host.ask(partial(_given, first, name, text))
            except FlowError as error:
                self._refused[name] = text
                self._why[name] = str(error)
                if self._field.value.strip() == self._answer(self._names[self._at]):
                    self._go(place)  # nothing is being typed elsewhere
                self.query_one("#wrong", Line).show(str(error))
                self._draw()
                return
        self._changed = True
        self._warned = False
        self._refused.pop(name, None)
        if self._drafts.get(name) == text:
            del self._drafts[name]
        self._draw()

    async def _kept(self) -> bool:
        """Wait until what was typed is kept; False where a part of it was refused."""
        self._put_down()
        await asyncio.sleep(0)  # its worker has begun, and stands in line
        async with self._order:
            return not self._drafts

    def action_close(self) -> None:
        """Leave; what was typed is kept, and what was refused holds one back once."""
        if self._sheet is None:
            self.dismiss(False)
        else:
            self._close()

    @work(group="answer", exit_on_error=False)
    async def _close(self) -> None:
        if await self._kept() or self._warned:
            self.dismiss(self._changed)
            return
        self._warned = True
        self._go(next(at for at, name in enumerate(self._names) if name in self._drafts))

    @work(group="answer", exit_on_error=False)
    async def action_open_to_all(self) -> None:
        """Let a public report tell the thing to share, or keep it to oneself again."""
        if not await self._kept() or self._sheet is None:
            return
        first, public = self._sheet.first, not self._sheet.review.public
        try:
            self._sheet = await self._host.ask(partial(_opened, first, public))
        except FlowError as error:
            self.query_one("#wrong", Line).show(str(error))
            return
        self._changed = True
        self._draw()

    @work(group="answer", exit_on_error=False)
    async def action_lay_out(self) -> None:
        """Next week's blocks by eye: moved, made more or fewer, then taken."""
        from flowtui.tui.plan.week_plan_dialog import WeekPlanDialog

        if not await self._kept() or self._sheet is None:
            return
        taken = await self.app.push_screen_wait(WeekPlanDialog(self._sheet.first, for_review=True))
        if taken:
            self._changed = True
            self._sheet = await self._host.ask(partial(_sheet, self._sheet.first))
            self._go(self._at)

    @work(group="answer", exit_on_error=False)
    async def action_preview(self) -> None:
        """What a public report of the week would say, to the letter."""
        from flowtui.tui.review.preview_dialog import PreviewDialog

        if not await self._kept() or self._sheet is None:
            return
        try:
            text = await self._host.ask(partial(_preview, self._sheet.first, self._sheet.last))
        except FlowError as error:
            self.query_one("#wrong", Line).show(str(error))
            return
        await self.app.push_screen_wait(PreviewDialog(text))

    # Drawing

    @property
    def _names(self) -> list[str]:
        names = [question.name for question in QUESTIONS]
        return [BECAME, *names] if self._sheet is not None and self._sheet.last_then else names

    def _answer(self, name: str) -> str:
        assert self._sheet is not None
        review: WeekReview = self._sheet.review
        return self._drafts.get(name, review.answer(name))

    def _go(self, place: int) -> None:
        self._at = place
        self._field.write(self._answer(self._names[place]))
        name = self._names[place]
        self.query_one("#wrong", Line).show(self._why[name] if name in self._refused else "")
        self._draw()

    def _draw(self) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        width = min(96, self.size.width) - (2 if self.size.width < TINY else 6)
        done, asked = sheet.review.answered, len(QUESTIONS)
        first, last = sheet.first, sheet.last
        self.query_one("#week", Line).show(f"The week, in six questions   {first:%-d %b} to "
                                           f"{last:%-d %b}")  # fmt: skip
        self.query_one("#count", Line).show(f"{done} of {asked}")
        self.query_one(ThinBar).share = done / asked
        self.query_one("#rows", Static).update(Content("\n").join(self._rows(width)))
        self.query_one("#facts", Static).update(
            "\n".join(middle_cut(f"  {fact}", width) for fact in self._facts())
        )
        self.query_one("#sign", Line).show("› ")
        self.query_one("#hint", Line).show(self._hint())

    def _rows(self, width: int) -> list[Content]:
        rows = []
        for place, name in enumerate(self._names):
            number = next((n for n, q in enumerate(QUESTIONS, 1) if q.name == name), 0)
            title = QUESTIONS[number - 1].title if number else "what became of the if"
            here = place == self._at
            mark = "›" if here else " "
            head = f"{mark} {number or ' '}  {title:<{TITLE_CELLS}}"
            text = middle_cut(self._answer(name) or "·", max(4, width - len(head)))
            if name == "share" and self._sheet is not None and self._sheet.review.public:
                text = middle_cut(f"{text}   told to all", max(4, width - len(head)))
            if name in self._refused:
                text = middle_cut(f"{text}   not kept", max(4, width - len(head)))
            style = "bold $focus" if here else ""
            rows.append(Content.assemble((head, style), (text, "" if here else "$muted")))
        return rows

    def _facts(self) -> list[str]:
        sheet, name = self._sheet, self._names[self._at]
        assert sheet is not None
        if name == BECAME:
            return [f"last week: {sheet.last_then}"]
        place = next(n for n, q in enumerate(QUESTIONS) if q.name == name)
        return [*sheet.facts[place], f"such as: {QUESTIONS[place].hint}"]

    def _hint(self) -> str:
        extra = {
            "left": "   done NAME takes one off",
            "blocks": "   ctrl+l lays them out",
            "share": "   ctrl+o tells all   ctrl+r preview",
        }.get(self._names[self._at], "")
        if self.size.width < TINY:
            return f"enter next  ↑{extra}  esc"
        return f"enter next   ↑ back{extra}   esc leaves, all is kept"

    def on_resize(self) -> None:
        """Fit the texts to the width."""
        if self._sheet is not None and self.query("#rows"):
            self._draw()


def _sheet(day: date | None, services: Services) -> ReviewSheet:
    from flowtui.services.review.week_reviews import WeekReviews

    return WeekReviews(services).sheet(day)


def _given(first: date, name: str, text: str, services: Services) -> ReviewSheet:
    from flowtui.services.review.week_reviews import WeekReviews

    WeekReviews(services).give(first, name, text)
    return WeekReviews(services).sheet(first)


def _opened(first: date, public: bool, services: Services) -> ReviewSheet:
    from flowtui.services.review.week_reviews import WeekReviews

    WeekReviews(services).open_to_all(first, public)
    return WeekReviews(services).sheet(first)


def _preview(first: date, last: date, services: Services) -> str:
    from flowtui.core.review.render import post
    from flowtui.services.review.report import draft_report

    draft = draft_report(services, first, last)
    return post(draft, 500, draft.lines)
