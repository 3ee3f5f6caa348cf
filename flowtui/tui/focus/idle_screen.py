"""Focus while no block runs: today's blocks, the day and the week, and the key that starts one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from flowtui.core.focus.block import Block
from flowtui.core.focus.pointers import Break
from flowtui.core.status_file import clock, minutes
from flowtui.tui.focus import block_text
from flowtui.tui.focus.block_list import BlockList
from flowtui.tui.focus.idle_actions import IdleActions
from flowtui.tui.plan.planned_actions import PlannedActions
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.lines import KeyStrip, Line, Said, ThinBar

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot


class IdleScreen(PlannedActions, IdleActions):
    """Today, and what can be started."""

    BINDINGS = [*bindings("idle", "list")]
    places = ("idle", "list", "app")

    def compose(self) -> ComposeResult:
        """Day and goal above, blocks in the middle, week and break below."""
        with Horizontal(classes="head"):
            yield Line(id="day")
            yield Line(id="total", classes="-auto")
        yield ThinBar(id="goal")
        yield Line(id="rest", classes="rest -collapse -empty")
        yield Line(id="filter", classes="muted -collapse -empty")
        yield BlockList()
        yield Line(id="empty", classes="muted -collapse -empty")
        yield Static(id="planned", classes="-empty", markup=False)
        yield Line(id="week", classes="muted -collapse")
        yield Line(id="floors", classes="muted -collapse")
        yield Line(id="offer")
        yield Said()
        yield KeyStrip()

    def on_mount(self) -> None:
        """The list has the keys."""
        super().on_mount()
        self.query_one(BlockList).focus()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """The day's blocks and sums."""
        goals, width = self.flow.config.goals, self.size.width
        day, today = snapshot.shown, snapshot.shown.day == snapshot.today.day
        self._line("day", f"{day.day:%A %-d %B}" + ("" if today else f" {day.day:%Y}"))
        goal_s = goals.day_min * 60 if goals.day_min else None
        long = goals.overwork_h is not None and day.focus_s > goals.overwork_h * 3600
        total = block_text.against(day.focus_s, goal_s) + ("  a long day" if long else "")
        self._line("total", total + (" today" if today else ""))
        bar = self.query_one("#goal", ThinBar)
        bar.display = goal_s is not None
        bar.share = day.focus_s / goal_s if goal_s is not None else 0
        self._line("rest", _break_line(snapshot.rest, now))
        blocks = [b for b in day.blocks if self._wanted(b)]
        listed = self.query_one(BlockList)
        listed.show(blocks, now, width)
        listed.set_class(not blocks, "-empty")
        self._line("filter", f"only what holds “{self.filter}”   / changes" if self.filter else "")
        self._line("empty", self._when_empty(blocks, today))
        self._show_planned(snapshot, now)
        week_goal = round(goals.week_h * 3600) if goals.week_h else None
        week = f"week {block_text.against(snapshot.week.focus_s, week_goal)}"
        bars = block_text.week_bars(snapshot.week)
        self._line("week", f"{week}   {bars}" if width >= 70 else week)
        self._line("floors", block_text.fitting(self._floors(snapshot), width - 6))
        self._line("offer", f"enter plans a block   S starts {snapshot.usual} at once")
        self.set_class(long, "-long")

    def _show_planned(self, snapshot: Snapshot, now: datetime) -> None:
        planned = self.query_one("#planned", Static)
        planned.set_class(not snapshot.planned, "-empty")
        if snapshot.planned:
            from flowtui.core.plan.planned_text import planned_lines

            lines = planned_lines(snapshot.planned, now, snapshot.zone, self.size.width - 6)
            planned.set_class(not lines, "-empty")
            planned.update("\n".join(lines))

    def _wanted(self, block: Block) -> bool:
        needle = self.filter.casefold()
        hay = " ".join((block.intention, *(f"#{t}" for t in block.tags), block.context, block.note))
        return needle in hay.casefold()

    def _when_empty(self, blocks: list[Block], today: bool) -> str:
        if blocks:
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
        named = [(mode, s) for mode, s in modes.items() if mode and s]
        parts += [f"{name} {minutes(s)}" for name, s in sorted(named, key=lambda p: -p[1])]
        return parts

    def _line(self, id: str, text: str) -> None:
        self.query_one(f"#{id}", Line).show(text)


def _break_line(rest: Break | None, now: datetime) -> str:
    if rest is None:
        return ""
    left = int((rest.ends_at - now).total_seconds())
    if left > 0:
        return f"break  {clock(left)} left   b ends it"
    return f"break over since {minutes(-left)}   enter goes on   b ends it"
