"""Focus while a block runs: nearly empty; the rest dims and returns with the next key."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from flowtui.core.focus.block import Block, PlanKind
from flowtui.core.focus.measure import deadline, measure
from flowtui.core.guard import protection
from flowtui.core.text import cell_count, fitting, middle_cut
from flowtui.settings.sections import CLOCKS
from flowtui.tui.focus import block_text
from flowtui.tui.focus.away_offer import LOOK_S, AwayOffer
from flowtui.tui.focus.running_actions import RunningActions
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets import big_time
from flowtui.tui.widgets.big_time import BigTime
from flowtui.tui.widgets.lines import KeyStrip, Line, ModesStrip, Said, ThinBar

if TYPE_CHECKING:
    from flowtui.core.focus.away import Away
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.core.guard.protection import GuardView
    from flowtui.services.wiring import Services

GUARD_LOOK_S = 2
STATES = ("focus", "paused", "overtime", "wandered", "called away")


class RunningScreen(RunningActions):
    """The running block."""

    BINDINGS = [*bindings("running")]
    places = ("running", "app")

    def __init__(self) -> None:
        super().__init__()
        self._style = ""
        self._dim: Timer | None = None
        self._asked_about: tuple[str, datetime] | None = None
        """The block and the start of the absence that was asked about by itself."""
        self._guard: GuardView | None = None
        self._away = AwayOffer()
        self._gaps = 0
        """Gaps of the block when it was drawn last."""

    def compose(self) -> ComposeResult:
        """Intention above, time in the middle, what happened below."""
        yield ModesStrip("mode.focus")
        with Horizontal(classes="head around"):
            yield Line(id="intention")
            yield Line(id="about", classes="-auto muted")
        yield Line(id="then", classes="muted around -collapse")
        with Vertical(id="middle"):
            yield BigTime(id="time")
            yield Line(id="unit")
            yield ThinBar(id="progress")
            yield Line(id="ends", classes="muted")
        yield Line(id="next", classes="around -collapse")
        yield Line(id="repo", classes="muted around -collapse")
        yield Line(id="run", classes="around -collapse -empty")
        yield Line(id="guard", classes="around -collapse -empty")
        yield Line(id="tally", classes="around -collapse")
        yield Line(id="today", classes="muted around -collapse")
        yield Line(id="away", classes="around -collapse -empty")
        yield Said()
        yield KeyStrip()

    def on_mount(self) -> None:
        """Take the settings' way of showing time; begin to count the quiet."""
        self._style = self.flow.config.display.clock
        display = self.flow.config.display
        self.query_one(BigTime).font = display.font if display.unicode else big_time.ASCII_FONT
        super().on_mount()
        self._wake()
        self.set_interval(GUARD_LOOK_S, self._look_at_guard)
        if self.flow.config.blocks.away_min is not None:
            self.set_interval(LOOK_S, self._look_for_person)
            self.set_timer(0.2, partial(self._look_for_person, asks=False))
        self.set_timer(0.2, self._look_at_guard)  # after the first frame: asking opens the ledger

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Time, plan and tally of the running block."""
        block = snapshot.block
        if block is None:
            return
        absence = snapshot.absence
        if absence is not None and self._asked_about != (block.id, absence.start):
            self._asked_about = (block.id, absence.start)
            self.ask_about_absence()
        width = self.size.width
        seen = measure(block, now)
        figure, unit = block_text.big_time(seen, self._style)
        state = block_text.state_word(block, seen)
        tags = " ".join(f"#{tag}" for tag in block.tags)
        about = "  ".join(w for w in (tags, block.context, block.mode or "") if w)
        about = middle_cut(about, max(10, width // 3))
        intention = middle_cut(block.intention or "a block", max(10, width - cell_count(about) - 8))
        self._line("intention", intention)
        self._line("about", about)
        self._line("then", middle_cut(block.then, max(10, width - 6)))
        self.query_one(BigTime).text = figure
        self._line("unit", f"{state} · {unit}" if unit else state)
        for word in STATES:
            self.set_class(word == state, f"-{word.split()[0]}")
        share = block_text.share(seen)
        progress = self.query_one("#progress", ThinBar)
        progress.display = share is not None and self._style != "none"
        progress.share = share or 0
        self._line("ends", block_text.end_line(block, now, self.zone))
        gap = block.open_gap
        self._line("next", f"next: {gap.note}" if gap is not None and gap.note else "")
        self._line("run", self._run_line(block, now, width - 6))
        self._line("guard", protection.line(self._guard, width - 6) if self._guard else "")
        tally = [*block_text.tally(block, now), *self._held()]
        self._line("tally", fitting(tally, width - 6))
        goal = self.flow.config.goals.day_min
        today = block_text.against(self._today(snapshot, now), goal * 60 if goal else None)
        blocks = block_text.count(len(snapshot.today.blocks), "block")
        parts = [f"today {today}", blocks, *([snapshot.cycle] if snapshot.cycle else [])]
        self._line("today", fitting(parts, width - 6))
        if len(block.gaps) < self._gaps:
            self._look_for_person(asks=False)  # a gap that was taken back is offered again
        self._gaps = len(block.gaps)
        self._line("away", self._away.line(block, self.flow.reading(), self.zone))

    @work(group="guard", exclusive=True, exit_on_error=False)
    async def _look_at_guard(self) -> None:
        """Ask how the guard of the block stands: its attempts move without anybody writing."""
        if not self.is_current and self._guard is None:
            return
        self._guard = await self.flow.ask(_guard_of)
        self._redraw()

    @work(group="away", exclusive=True, exit_on_error=False)
    async def _look_for_person(self, asks: bool = True) -> None:
        """Ask whether somebody is here, while the clock runs; what is found is offered."""
        block = self._block()
        asks = asks and block is not None and block.open_gap is None
        if block is not None and await self._away.look(self.flow, asks):
            self._wake()
            self._redraw()

    @work(group="command", exit_on_error=False)
    async def action_away_take(self) -> None:
        """The time away becomes a gap."""
        away, block = self._offered_away(), self._block()
        if away is not None and block is not None:
            await self._away.take(self.flow, away, block)
            self._redraw()

    @work(group="command", exit_on_error=False)
    async def action_away_keep(self) -> None:
        """The time away was focus all the same."""
        if self._offered_away() is not None:
            await self._away.drop(self.flow)
            self.flow.said("it stays focus   l shows gaps, where it can be changed")
            self._redraw()

    def unsaid(self) -> list[str]:
        """What is still offered as the block ends."""
        block = self._block()
        line = self._away.line(block, self.flow.reading(), self.zone) if block else ""
        return [f"{line}   (esc first)"] if line else []

    def _offered_away(self) -> Away | None:
        block = self._block()
        away = self._away.waiting(block, self.flow.reading()) if block is not None else None
        if away is None:
            self.flow.said("no time away is known of: nothing is asked")
        return away

    def _run_line(self, block: Block, now: datetime, width: int) -> str:
        """The run that matters most, in one line; empty if none is under way or ended in here."""
        board = self.flow.runs
        if board is None or not board.is_fresh(now.timestamp()):
            return ""
        from flowtui.core.runs import run_text

        end = deadline(block, now)
        return run_text.under_block(
            board.runs,
            self.zone,
            block.started_at.timestamp(),
            end.timestamp() if end is not None else None,
            width,
        )

    def _held(self) -> list[str]:
        held = self.flow.held
        return [f"{block_text.count(held, 'finding')} held"] if held else []

    def _today(self, snapshot: Snapshot, now: datetime) -> int:
        """Focus today, carried on from the snapshot by what the block has gained since."""
        block = snapshot.block
        assert block is not None
        if block.id not in [each.id for each in snapshot.today.blocks]:
            return snapshot.today.focus_s  # it counts on the day on which it began
        others = snapshot.today.focus_s - measure(block, snapshot.taken_at).focus_s
        return max(0, others) + measure(block, now).focus_s

    def _line(self, id: str, text: str) -> None:
        self.query_one(f"#{id}", Line).show(text)

    def on_key(self, event: events.Key) -> None:
        """Every key brings back what has dimmed."""
        self._wake()

    def _wake(self) -> None:
        self.remove_class("-dim")
        if self._dim is not None:
            self._dim.stop()
        quiet_s = self.flow.config.blocks.idle_dim_s
        if quiet_s is not None and not self.flow.plain:
            self._dim = self.set_timer(quiet_s, lambda: self.add_class("-dim"))

    def show_repo(self, lines: list[str]) -> None:
        """Branch, dirty files and last commit, where the block was started."""
        self._line("repo", middle_cut("   ".join(lines), max(10, self.size.width - 6)))

    def action_clock_next(self) -> None:
        """Seconds, minutes, five, bar, none."""
        self._style = CLOCKS[(CLOCKS.index(self._style) + 1) % len(CLOCKS)]
        self.query_one(Said).say(f"time shown as {self._style}   to keep it: display.clock")
        self._redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the block's state refuses."""
        block = self._block() if self.is_mounted else None
        if block is None:
            return True
        if action == "block_back":
            return block.open_interruption is not None
        if action in ("block_wandered", "block_called"):
            return None if block.open_gap is not None else True
        if action in ("block_extend", "block_shorten"):
            return None if block.plan.kind is PlanKind.OPEN else True
        return True


def _guard_of(services: Services) -> GuardView | None:
    """The guard of the running block; where there is none, nothing of it is loaded."""
    from flowtui.services.guard.guard_state import GuardState

    if GuardState(services.paths.state_dir).read() is None:
        return None
    block = services.focus.current()
    return services.guard.view(None) if block is None else services.guard.attend(block)
