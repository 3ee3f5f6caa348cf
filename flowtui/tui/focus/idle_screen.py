"""Focus while no block runs: today's blocks, the day and the week, and the key that starts one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from flowtui.core.focus import balance
from flowtui.core.focus.block import Block
from flowtui.core.focus.pointers import Break
from flowtui.core.review.search import holds
from flowtui.core.status_file import clock, minutes
from flowtui.core.text import cell_count, fitting, middle_cut
from flowtui.tui.focus import block_text, home_text
from flowtui.tui.focus.block_list import BlockList, Group
from flowtui.tui.focus.idle_actions import IdleActions
from flowtui.tui.plan.planned_actions import PlannedActions
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.big_time import ASCII_FONT, BigTime
from flowtui.tui.widgets.lines import KeyStrip, Line, ModesStrip, Said, ThinBar

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot


BALANCED = ("theory", "practice", "build")
"""Modes that the line of theory and practice sums up."""
NARROW, WIDE = 60, 110
"""Cells below which the screen is reduced, and from which on it has two columns."""
HUGE = 180
TALL = 36
"""Rows beside the list from which on more of what waits is named."""
BEFORE = 6
"""Blocks of the day before, while it is not known how many there is room for."""
LOW = 30
"""Rows below which a break takes the place of the day's line and of what is ahead."""
SIDE, WIDER_SIDE = 52, 76
"""Cells of the second column, with what parts it from the first; the latter from `HUGE` on."""


class _Room(Vertical):
    """Where the list stands: as many rows as what is above and below it leaves."""

    def on_resize(self) -> None:
        """Fill it anew, once what is on its way to the screen is there."""
        screen = self.screen
        if isinstance(screen, IdleScreen):
            screen.call_later(screen._redraw)


class IdleScreen(PlannedActions, IdleActions):
    """Today, and what can be started."""

    BINDINGS = [*bindings("idle", "list")]
    places = ("idle", "list", "app")

    def __init__(self) -> None:
        super().__init__()
        self._state: tuple[object, ...] = ()
        """What the screen was drawn from last."""
        self._texts: dict[str, object] = {}
        """What each text shows, so that nothing is drawn that has not changed."""

    def compose(self) -> ComposeResult:
        """The day as a line above, its blocks in the middle, the rest beside or below them."""
        yield ModesStrip("mode.focus")
        with Horizontal(classes="head"):
            yield Line(id="day")
            yield Line(id="total", classes="-auto")
        yield ThinBar(id="goal", classes="-unset")
        yield Static(id="timeline", classes="-empty", markup=False)
        yield Line(id="rest", classes="rest -collapse -empty")
        yield BigTime(id="pause")
        with Horizontal(id="home"):
            with _Room(id="blocks"):
                yield Line(id="filter", classes="muted -collapse -empty")
                yield Line(id="empty", classes="muted -collapse -empty")
                yield BlockList()
            yield Static(id="side", classes="-empty", markup=False)
        yield Static(id="below", classes="-empty", markup=False)
        yield Line(id="offer")
        yield Said()
        yield KeyStrip()

    def on_mount(self) -> None:
        """The list has the keys."""
        super().on_mount()
        self.query_one(BlockList).focus()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """The day's blocks and sums; a second alone changes nothing but a break."""
        self._draw_rest(snapshot, now)
        height = self.query_one("#blocks").size.height
        runs, minute = id(self.flow.runs), int(now.timestamp()) // 60
        state = (id(snapshot), minute, self.app.size, height, runs, self.filter, self.found)
        if state == self._state:
            return
        self._state = state
        width, room = self.app.size.width, self.size.width
        self._draw_head(snapshot)
        self._text("timeline", [] if self.flow.plain else home_text.timeline(snapshot, now, room))
        day, today = snapshot.shown, snapshot.shown.day == snapshot.today.day
        blocks = [b for b in day.blocks if self._wanted(b)]
        earlier = self._with_room(snapshot, len(blocks)) if today else []
        beside = 0 if width < WIDE or self.flow.plain else SIDE if width < HUGE else WIDER_SIDE
        listed = self.query_one(BlockList)
        if self.filter:
            shown = {block.id for block in blocks}
            others = [b for b in self.found if b.id not in shown]
            earlier = [("other days", others)] if others else []
        self.query_one("#side").styles.width = max(1, beside - 4)
        listed.show(blocks, now, room - beside, earlier, bool(self.filter), snapshot.zone)
        listed.set_class(not blocks and not earlier, "-empty")
        self._line("filter", f"only what holds “{self.filter}”   / changes" if self.filter else "")
        self._line("empty", self._when_empty(blocks, today))
        tall = self.query_one("#home").size.height
        side = self._side(snapshot, now, beside - 4, tall) if beside else []
        self._text("side", side)
        self._text("below", [] if beside else self._below(snapshot, now, room))
        self._line("offer", home_text.offer_line(snapshot, room))

    def _with_room(self, snapshot: Snapshot, rows: int) -> list[Group]:
        """The days before, newest first, as far as they fit below so many rows.

        Of the last one at least some are shown where today is empty.
        """
        height = self.query_one("#blocks").size.height
        days = [] if snapshot.before is None else [snapshot.before, *snapshot.earlier]
        fit = max(height - rows - 2, 0 if rows else 3) if height else BEFORE
        groups: list[Group] = []
        for day in days:
            shown = day.blocks[-fit:] if fit > 0 else ()
            if not shown or (groups and len(shown) < len(day.blocks)):
                break
            groups.append((f"{day.day:%a %-d %b}", shown))
            fit -= len(shown) + 1
        return groups

    def _draw_head(self, snapshot: Snapshot) -> None:
        goals, day = self.flow.config.goals, snapshot.shown
        today = day.day == snapshot.today.day
        self._line("day", f"{day.day:%A %-d %B}" + ("" if today else f" {day.day:%Y}"))
        goal_s = goals.day_min * 60 if goals.day_min else None
        long = goals.overwork_h is not None and day.focus_s > goals.overwork_h * 3600
        total = block_text.against(day.focus_s, goal_s) + ("  a long day" if long else "")
        self._line("total", total + (" today" if today else ""))
        bar = self.query_one("#goal", ThinBar)
        bar.set_class(goal_s is None or self.flow.plain, "-unset")
        bar.share = day.focus_s / goal_s if goal_s is not None else 0
        self.set_class(long, "-long")

    def _draw_rest(self, snapshot: Snapshot, now: datetime) -> None:
        """A break: how long it still is, large, and what comes after it."""
        rest, figure = snapshot.rest, self.query_one("#pause", BigTime)
        left = int((rest.ends_at - now).total_seconds()) if rest is not None else 0
        display = self.flow.config.display
        figure.font = display.font if display.unicode else ASCII_FONT
        figure.text = clock(left) if left > 0 and not self.flow.plain else ""
        # where there is little room a break needs it more than what was and what is to come
        self.set_class(bool(figure.text) and self.app.size.height < LOW, "-resting")
        self._line("rest", _break_line(rest, now, _next_up(snapshot, self.size.width - 40)))

    def _side(self, snapshot: Snapshot, now: datetime, width: int, height: int) -> home_text.Lines:
        """What stands beside the list, from the nearest to the widest.

        The week is a row a day where there are rows for it, else one line.
        """
        parts = home_text
        week = snapshot.week
        lines = parts.section("guard", parts.guard_lines(snapshot, now, width), width)
        lines += parts.section("planned", self._planned(snapshot, now, width), width)
        first = parts.tomorrow_line(snapshot, width)
        if first and not parts.plans_tomorrow(snapshot):
            lines += parts.section("tomorrow begins with", [Content(first)], width)
        lines += parts.section("runs", self._runs(snapshot, width), width, "2 shows all")
        thoughts = parts.thought_lines(snapshot, width, parts.THOUGHTS if height < TALL else 12)
        lines += parts.section("parked", thoughts, width, "I opens the inbox")
        today = (snapshot.today.day - week.first).days
        floors = [Content.styled(part, "$muted") for part in self._floors(snapshot)]
        bars = [*parts.week_bars(week, self._week_goal(), today, width), Content("")]
        if not height or len(lines) + len(bars) + len(floors) <= height:
            return [*lines, *bars, *floors]
        if len(lines) + len(bars) - 1 <= height:
            return [*lines, *bars[:-1]]
        line = Content.styled(parts.week_line(week, self._week_goal(), width), "$muted")
        return [*lines[: max(0, height - 1)], line]

    def _below(self, snapshot: Snapshot, now: datetime, width: int) -> home_text.Lines:
        """The same in few lines, each under its name; the week is last and always there."""
        week = home_text.week_line(snapshot.week, self._week_goal(), width)
        if self.app.size.width < NARROW:
            return [Content.styled(week, "$muted")]
        room = width - 10
        named = [
            ("guard", home_text.guard_lines(snapshot, now, room)),
            ("planned", self._planned(snapshot, now, room)),
            ("runs", self._runs(snapshot, room)[:2]),
            ("parked", home_text.thought_lines(snapshot, room)[:1]),
        ]
        first = home_text.tomorrow_line(snapshot, room)
        if first and not named[1][1]:
            named.append(("tomorrow", [Content(first)]))
        most = max(1, self.size.height // 3 - 2)
        lines: home_text.Lines = []
        for name, found in named:
            for number, line in enumerate(found):
                head = Content.styled(f"{name if number == 0 else '':<10}", "$muted")
                lines.append(Content.assemble(head, line))
        floors = fitting(self._floors(snapshot), width)
        last = [Content.styled(text, "$muted") for text in (week, floors) if text]
        return [*lines[:most], *last]

    def _week_goal(self) -> int | None:
        hours = self.flow.config.goals.week_h
        return round(hours * 3600) if hours else None

    def _planned(self, snapshot: Snapshot, now: datetime, width: int) -> home_text.Lines:
        if not snapshot.planned and not snapshot.meetings:
            return []
        from flowtui.core.plan.planned_text import meeting_lines, planned_lines

        zone, meetings = snapshot.zone, snapshot.meetings
        lines = planned_lines(snapshot.planned, now, zone, width, meetings)
        until = home_text.day_ends(now, zone, self.flow.config.plan.hours)
        quiet = meeting_lines(meetings, now, until, zone, width)
        return [*map(Content, lines), *(Content.styled(line, "$muted") for line in quiet)]

    def _runs(self, snapshot: Snapshot, width: int) -> home_text.Lines:
        board = self.flow.runs
        if board is None or not board.is_fresh(self.flow.clock.now().timestamp()):
            return []
        return home_text.run_lines(board.runs, snapshot.zone, width)

    def _wanted(self, block: Block) -> bool:
        return not self.filter or holds(block, self.filter)

    def _when_empty(self, blocks: list[Block], today: bool) -> str:
        if blocks or (self.filter and self.found):
            return ""
        if self.filter:
            return "nothing holds that   / changes the filter"
        return (
            "no block yet   enter plans the first" if today else "no block on this day   ] goes on"
        )

    def _floors(self, snapshot: Snapshot) -> list[str]:
        parts = []
        for name, context in self.flow.config.contexts.items():
            seconds = snapshot.week.by_context.get(name, 0)
            if context.week_floor_h:
                floor = round(context.week_floor_h * 3600)
                reached = "  ✓ kept" if seconds >= floor else ""
                parts.append(f"{name} {minutes(seconds)}, floor {minutes(floor)}{reached}")
            elif seconds:
                parts.append(f"{name} {minutes(seconds)}")
        modes = snapshot.week.by_mode
        named = [(m, s) for m, s in modes.items() if s and m and m not in BALANCED]
        both = balance.ratio(modes)
        parts += [both] if both else []
        parts += [f"{name} {minutes(s)}" for name, s in sorted(named, key=lambda p: -p[1])]
        return parts

    def _line(self, id: str, text: str) -> None:
        self.query_one(f"#{id}", Line).show(text)

    def _text(self, id: str, lines: home_text.Lines) -> None:
        """Show `lines`, unless they are shown already."""
        ansi = self.app.current_theme.ansi
        shown = (ansi, [(line.plain, line.spans) for line in lines])
        if self._texts.get(id) == shown:
            return
        self._texts[id] = shown
        widget = self.query_one(f"#{id}", Static)
        widget.set_class(not lines, "-empty")
        content = Content("\n").join(lines)
        if ansi:
            from flowtui.tui.widgets.charts import dimmed

            content = dimmed(content, ansi)
        widget.update(content)


def _next_up(snapshot: Snapshot, width: int) -> str:
    """What the key after the break begins."""
    what = middle_cut(snapshot.goes_on, max(8, width - cell_count(snapshot.usual)))
    return f"{what}, {snapshot.usual}" if what else snapshot.usual


def _break_line(rest: Break | None, now: datetime, next_up: str) -> str:
    if rest is None:
        return ""
    left = int((rest.ends_at - now).total_seconds())
    then = f"   then {next_up}" if next_up else ""
    if left > 0:
        return f"break  {clock(left)} left{then}   b ends it"
    return f"break over since {minutes(-left)}{then}   S begins it   b ends the break"
