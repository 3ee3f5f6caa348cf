"""Insight: what passed, what did not, what was refused and why; experiments; facts; noise."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from flowtui.core.insight import experiment_text, sentences
from flowtui.core.insight.experiment import Stage
from flowtui.tui.insight import insight_text as say
from flowtui.tui.insight.experiment_flow import Trial
from flowtui.tui.insight.insight_actions import InsightActions, View
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.charts import dimmed
from flowtui.tui.widgets.lines import KeyStrip, Line, ModesStrip, Said, ThinBar
from flowtui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot

STAGE_MARKS = {
    Stage.AHEAD: ("○", "$muted"),
    Stage.RUNNING: ("●", "$focus"),
    Stage.OVER: ("◆", "$warn"),
    Stage.READ: ("✓", "$rest"),
    Stage.STOPPED: ("–", "$faint"),
}


class InsightScreen(InsightActions):
    """What goes with output, and what was put to the test."""

    CSS_PATH = "insight.tcss"
    BINDINGS = [*bindings("insight")]
    places = ("insight", "app")

    def compose(self) -> ComposeResult:
        """Views above, one line on the whole, the list, all about the chosen line."""
        yield ModesStrip("mode.insight")
        with Horizontal(classes="head"):
            yield Line(id="views")
            yield Line(id="as-of", classes="-auto muted")
        yield Line(id="summary")
        yield Line(id="note", classes="muted -collapse -empty")
        yield ThinBar(id="progress")
        yield Rows(id="rows")
        with VerticalScroll(id="page", can_focus=False):
            yield Static("", id="text", markup=False)
        with Vertical(id="about"):
            yield Static("", id="sentence", markup=False)
            yield Static("", id="tags", markup=False)
        yield Said()
        yield KeyStrip()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Nothing here changes with the clock; the first time there is everything to look up."""
        if self.looked is None and self.progress is None and not self.wrong:
            self.look()

    @property
    def chosen(self) -> str | None:
        """Id of the chosen line."""
        return self.query_one(Rows).chosen

    def show(self) -> None:
        """Show what is known of the view."""
        parts = [
            Content.styled(view.value, "bold $accent" if view is self.view else "$muted")
            for view in View
            if view is self.view or self.app.size.width >= say.TINY
        ]
        self.query_one("#views", Line).update(Content("   ").join(parts))
        listed = self.view in (View.PATTERNS, View.EXPERIMENTS)
        self._draw_progress()
        self.set_class(self.view is View.EXPERIMENTS, "-trials")
        rows = {View.PATTERNS: self._pattern_rows, View.EXPERIMENTS: self._trial_rows}
        lines = rows[self.view]() if self.view in rows else []
        ansi = self.app.current_theme.ansi
        table = self.query_one(Rows)
        table.show([(id, dimmed(text, ansi)) for id, text in lines])
        table.display = listed and bool(lines)
        if table.display and self.focused is None:
            table.focus()
        page = self.query_one("#page")
        page.display = not (listed and lines)
        self.query_one("#about").display = listed and bool(lines)
        if page.display:
            content = Content("\n").join(self._page_lines(self.size.width - 6))
            self.query_one("#text", Static).update(dimmed(content, ansi))
        self._draw_lines()
        self._draw_about()
        self._show_keys()

    def _draw_progress(self) -> None:
        bar = self.query_one("#progress", ThinBar)
        bar.display = self.progress is not None
        if self.progress is not None:
            done, total, _ = self.progress
            bar.share = done / total if total else 0.0

    def _draw_lines(self) -> None:
        """Summary, its note, and as of which day."""
        looked, summary, note, day = self.looked, "", "", ""
        if self.view is View.PATTERNS and looked is not None:
            summary, day = sentences.summary(looked.insight), say.as_of(looked.through)
            note = (
                say.scale_note(looked.insight, self.flow.plain) if looked.insight.findings else ""
            )
        if self.view is View.EXPERIMENTS:
            summary = self._score_words()
        if self.view is View.FOCUS:
            summary = "What your blocks alone tell"
        if self.view is View.NOISE:
            summary = "Your own days, with every habit moved in time"
        if self.wrong:
            summary = self.wrong
        if self.progress is not None:
            done, total, what = self.progress
            far = f"{done} of {total}   {what}   " if total else "reading the days   "
            summary, note = f"{far}esc breaks it off", ""
        line = self.query_one("#summary", Line)
        line.show(summary)
        line.set_class(bool(self.wrong), "-wrong")
        tiny = self.app.size.width < say.TINY
        self.query_one("#note", Line).show("" if tiny else note)
        self.query_one("#as-of", Line).show("" if tiny else day)

    def _score_words(self) -> str:
        if self.score is None:
            return "Declared first, dealt by chance, read once at the end"
        count, mean = self.score
        noun = "prediction" if count == 1 else "predictions"
        return f"{count} {noun} scored, mean {mean:.2f} (0 is best, a coin gets 0.25)"

    def _pattern_rows(self) -> list[tuple[str, Content]]:
        if self.looked is None or not self.looked.insight.findings:
            return []  # refusals alone are no list: what is needed is said in full
        whole, width = self.looked.insight, self._width()
        return [
            (row.id, say.row_line(row, whole, width, self.flow.plain)) for row in say.rows_of(whole)
        ]

    def _trial_rows(self) -> list[tuple[str, Content]]:
        today, lines = self._today(), []
        for trial in self.trials:
            mark, colour = STAGE_MARKS[trial.experiment.stage(today)]
            text = experiment_text.standing(trial.experiment, today, "enter reads it")
            lines.append((trial.experiment.id, Content.assemble((f"{mark} ", colour), (text, ""))))
        return lines

    def _page_lines(self, width: int) -> list[Content]:
        if self.view is View.FOCUS:
            return say.fact_lines(self.facts, min(width, 90))
        if self.view is View.NOISE:
            return self._noise_lines(min(width, 90))
        if self.view is View.EXPERIMENTS:
            return _plain(EMPTY_TRIALS)
        if self.looked is None:
            return []
        return say.empty_lines(self.looked.insight, width, self.flow.plain)

    def _noise_lines(self, width: int) -> list[Content]:
        if self.noise is None or self.noise_outcome is None:
            return _plain(ABOUT_NOISE) if self.progress is None else []
        return say.noise_view(self.noise, self.noise_outcome, width)

    def _draw_about(self) -> None:
        sentence, tags = "", ""
        if self.view is View.PATTERNS and self.looked is not None:
            whole = self.looked.insight
            row = next((r for r in say.rows_of(whole) if r.id == self.chosen), None)
            if row is not None:
                sentence, tags = say.about(row, whole)
        elif self.view is View.EXPERIMENTS:
            trial = self._trial()
            if trial is not None:
                sentence = "\n".join(self._about_trial(trial))
        self.query_one("#sentence", Static).update(sentence)
        label = self.query_one("#tags", Static)
        label.update(tags)
        label.display = bool(tags)

    def _about_trial(self, trial: Trial) -> list[str]:
        stage = trial.experiment.stage(self._today())
        lines = experiment_text.told(trial.experiment, trial.outcome)
        if stage is Stage.RUNNING:
            lines.append("y did it   Y left it   the result stays closed until the last day")
        return lines

    def key_j(self) -> None:
        """Down a page that is longer than the screen."""
        self.query_one("#page", VerticalScroll).scroll_down(animate=False)

    def key_k(self) -> None:
        """Up again."""
        self.query_one("#page", VerticalScroll).scroll_up(animate=False)

    def key_down(self) -> None:
        """As j."""
        self.key_j()

    def key_up(self) -> None:
        """As k."""
        self.key_k()

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._draw_about()

    @on(OptionList.OptionSelected)
    def _opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_insight_open()

    def _width(self) -> int:
        tiny = self.app.size.width < say.TINY
        return self.size.width - (2 if tiny else 6) - 3

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        if self.is_mounted:
            self.show()


def _plain(lines: list[str]) -> list[Content]:
    return [Content(line) for line in lines]


EMPTY_TRIALS = [
    "No experiment yet.",
    "",
    "  E   declare one: what you try, for how long, and how sure you are",
    "",
    "Each morning tells only that day's arm. The result is read once, when all",
    "days are over, and your own prediction is scored with it.",
]
ABOUT_NOISE = [
    "  T   try it on noise",
    "",
    "Every habit is moved in time against your output, twenty times. Nothing that",
    "goes together in such days is true: see what a plain correlation would have",
    "claimed of them, and what this says.",
]
