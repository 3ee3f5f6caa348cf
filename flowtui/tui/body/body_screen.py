"""Body: today at a glance, the week, the year, charts, and the eating window over the clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from flowtui.core.body.fasting import LONG_FAST_NOTE, LONG_FAST_S, LONG_WINDOW_NOTE
from flowtui.core.status_file import minutes
from flowtui.core.text import fitting
from flowtui.services.body.body_view import Picture, View
from flowtui.tui.body import body_text
from flowtui.tui.body.body_actions import BodyActions
from flowtui.tui.body.entry_list import EntryList
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.charts import dimmed
from flowtui.tui.widgets.lines import KeyStrip, Line, ModesStrip, Said, ThinBar

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot

TINY = 60


class BodyScreen(BodyActions):
    """The body log."""

    CSS_PATH = "body.tcss"
    BINDINGS = [*bindings("body")]
    places = ("body", "app")

    def compose(self) -> ComposeResult:
        """Views and day above, the window's timer, the view, floors and what to press."""
        yield ModesStrip("mode.body")
        with Horizontal(classes="head"):
            yield Line(id="views")
            yield Line(id="day", classes="-auto")
        yield Line(id="window", classes="-collapse -empty")
        yield ThinBar(id="left")
        with Vertical(id="view"):
            yield Static("", id="chart", markup=False)
            yield EntryList()
        yield Line(id="floors", classes="muted -collapse -empty")
        yield Line(id="offer", classes="-collapse")
        yield Said()
        yield KeyStrip()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """The live timer; the view itself changes only with its picture."""
        made = self.made
        if made is None:
            self.look()
            return
        self._draw_window(made, now)

    def show(self, made: Picture) -> None:
        """Show a picture that has just been taken."""
        width, tiny = self.size.width, self.app.size.width < TINY
        self._draw_head(made, tiny)
        self._draw_window(made, self.flow.clock.now())
        listed = self.query_one(EntryList)
        today = made.view is View.TODAY
        listed.display = today
        floors = body_text.floor_words(made.floors, made.strange_floors)
        self._line(
            "floors",
            fitting([f"week   {floors[0]}", *floors[1:]], width) if floors else "",
        )
        self._line("offer", self._offer(made, tiny))
        self.query_one("#offer", Line).set_class(not today, "muted")
        room = self._room(made, tiny)
        lines = self._lines(made, width, max(2, room // 2) if today else room)
        drawn = dimmed(Content("\n").join(lines), self.app.current_theme.ansi)
        self.query_one("#chart", Static).update(drawn)
        if today:
            listed.show(made.listed, made.zone, width)
        self._show_keys()

    def _lines(self, made: Picture, width: int, room: int) -> list[Content]:
        week_day, plain = self.flow.config.day.week_starts, self.flow.plain
        if made.view is View.TODAY:
            return body_text.today_lines(made, width, room, plain)
        if made.view is View.WEEK:
            return body_text.week_lines(made, width, room)
        if made.view is View.YEAR:
            return body_text.year_lines(made, self.variable, width, room, week_day, plain)
        if made.view is View.CHARTS:
            return body_text.charts_lines(made, width, room, plain)
        return body_text.window_lines(made, width, room, plain)

    def _room(self, made: Picture, tiny: bool) -> int:
        """Lines between the head and what stands below."""
        around = 4 if tiny else 5
        around += (1 if tiny else 3) if made.window is not None else 0
        around += 1 if made.floors else 0
        return max(3, self.size.height - around)

    def _draw_head(self, made: Picture, tiny: bool) -> None:
        parts: list[Content] = []
        for view in View:
            chosen = view is made.view
            if tiny and not chosen:
                continue
            parts.append(Content.styled(view.value, "bold $accent" if chosen else "$muted"))
        if tiny and made.view is View.YEAR:
            parts.append(Content(made.year[self.variable % len(made.year)].title))
        # by hand: two texts that differ in their colours alone are the same to a Line
        self.query_one("#views", Line).update(Content("   ").join(parts))
        self._line("day", self._stretch(made, tiny))

    def _stretch(self, made: Picture, tiny: bool) -> str:
        day = made.day
        year = f" {day:%Y}" if day.year != made.today.year else ""
        if made.view is View.YEAR:
            return f"{day:%Y}"
        if made.view is View.WEEK:
            return f"week of {made.week_first:%-d %B}{year}"
        if made.view is View.TODAY:
            return f"{day:%a %-d %b}{year}" if tiny else f"{day:%A %-d %B}{year}"
        return f"to {day:%-d %B}{year}"

    def _draw_window(self, made: Picture, now: datetime) -> None:
        bar, seen = self.query_one("#left", ThinBar), made.window
        bar.display = False
        if seen is None:
            self._line("window", "")
            return
        if seen.since is None:
            self._line("window", "no window yet   w opens one")
            return
        if not seen.open and (seen.target_s is None or not seen.certain):
            # nothing is meant for today, or nobody knows what was eaten since
            self._line("window", "")
            return
        elapsed = max(0, int((now - seen.since).total_seconds()))
        tiny = self.app.size.width < TINY
        text = f"window {'open' if seen.open else 'closed'} {minutes(elapsed)}"
        further: list[str] = []
        if seen.target_s is not None:
            left = seen.target_s - elapsed
            rest = f"{minutes(left)} to" if left > 0 else f"{minutes(-left)} past"
            short = f"{minutes(abs(left))} {'left' if left > 0 else 'past'}"
            text += f", {short}" if tiny else f", {rest} {minutes(seen.target_s)}"
            bar.display = not tiny
            bar.share = min(1.0, elapsed / seen.target_s)
        if not seen.certain:
            further.append("(a day in between has no record)")
        if elapsed > LONG_FAST_S:
            further.append(LONG_WINDOW_NOTE if seen.open else LONG_FAST_NOTE)
        elif made.night is not None and self.app.size.width >= 80:
            sure = "" if made.night.certain else " at most"
            further.append(f"last night {minutes(made.night.seconds)}{sure}")
        lines = 1 if tiny else 3  # it wraps: nothing of it is cut in the middle
        self._line("window", fitting([text, *further], lines * (self.size.width - 8)))
        self.set_class(seen.open, "-open")

    def _offer(self, made: Picture, tiny: bool) -> str:
        if made.view is View.TODAY and not made.listed:
            return (
                ": logs a line   c checks in"
                if tiny
                else ("nothing recorded   : logs a line such as yoga 30 e6   c opens the check-in")
            )
        if made.view is View.TODAY:
            return "" if tiny else ": logs a line   c opens the check-in"
        if self.flow.plain and made.view is not View.WEEK:
            return "j k what" if made.view is View.YEAR else ""
        if made.view is View.YEAR:
            return (
                "j k what   ░▒▓█ more   · – ~"
                if tiny
                else ("j k what   ░▒▓█ little to much   · not recorded   – no   ~ passed over")
            )
        if made.view is View.WINDOW:
            return "" if tiny else f"━ open   › goes on past {made.start:%H:%M}   w opens or closes"
        return "· none  – no  ~ passed" if tiny else "· not recorded   – no   ~ passed over"

    def _line(self, id: str, text: str | Content) -> None:
        self.query_one(f"#{id}", Line).show(text)

    def on_resize(self) -> None:
        """Fit the view to the size."""
        if self.made is not None and self.is_mounted:
            self.show(self.made)
