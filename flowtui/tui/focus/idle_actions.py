"""What the keys do while no block runs: plan, start, look back, correct."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.timer import Timer

from flowtui.core.errors import FlowError
from flowtui.core.focus import balance
from flowtui.core.focus.block import Block, Fate
from flowtui.core.focus.block_facts import evidence_lines
from flowtui.core.focus.edit_times import read_inside
from flowtui.core.focus.measure import measure
from flowtui.core.review.search import holds
from flowtui.core.status_file import minutes
from flowtui.tui import dialogs
from flowtui.tui.focus.block_list import BlockList
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.shell.early_keys import asks

if TYPE_CHECKING:
    from flowtui.core.focus.forms import BlockForm, PlanForm, PlanOffer
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"
SETTLE_S = 0.15
"""Seconds without a key after which all days are searched."""
FOUND = 40
"""Blocks of all days that a search lists at most."""


class IdleActions(FlowScreen):
    """Commands on past blocks and on the next one."""

    filter = ""
    """Only blocks that hold this text are listed."""
    _soon: Timer | None = None
    found: tuple[Block, ...] = ()
    """Blocks of other days that hold it, newest first."""

    @property
    def chosen(self) -> Block | None:
        """The block under the cursor."""
        return self.query_one(BlockList).chosen

    @asks
    async def action_block_plan(self) -> None:
        """Plan a block; a form that was refused comes back as it was."""
        offered = await self.ask(_offer)
        form: PlanForm | None = None
        week = self.flow.snapshot.week if self.flow.snapshot is not None else None
        lean = balance.leaning(week.by_mode) if week is not None else ""
        while True:
            dialog = dialogs.PlanDialog(offered, form, partial(self.flow.aside, _tasks), lean)
            form = await self.app.push_screen_wait(dialog)
            if form is None or await self._start(form):
                return

    @asks
    async def action_block_again(self) -> None:
        """Start at once with the last choices; what is unfinished is gone on with."""
        from flowtui.core.focus.forms import PlanForm

        offered = await self.ask(_offer)
        await self._start(PlanForm.again(offered, go_on=True))

    @asks
    async def action_parked_open(self) -> None:
        """The thoughts that wait."""
        thoughts = self.flow.snapshot.parked if self.flow.snapshot is not None else ()
        answer = await self.app.push_screen_wait(dialogs.InboxDialog(thoughts))
        if answer is not None and answer.fates:
            await self.perform(partial(sort_thoughts, answer.fates))

    @asks
    async def action_list_continue(self) -> None:
        """Start the chosen block again, with all it had."""
        block = self.chosen
        if block is not None:
            await self._start(await self.ask(partial(_like, block)))

    async def _start(self, form: PlanForm) -> bool:
        return await self.perform(partial(_begin, form))

    @asks
    async def action_block_add(self) -> None:
        """Enter a past block, on the day that is shown."""
        day = self.flow.shown_day
        offered = await self.ask(_offer)
        form: BlockForm | None = None
        while True:
            dialog = dialogs.EditDialog(None, offered.contexts, offered.known_tags, form=form)
            form = await self.app.push_screen_wait(dialog)
            if form is None:
                return
            if await self.perform(partial(_add, form, day)):
                return

    @asks
    async def action_list_edit(self) -> None:
        """Change the chosen block."""
        block = self.chosen
        if block is not None:
            await change_block(self, block)

    @asks
    async def action_list_delete(self) -> None:
        """Delete the chosen block, after asking."""
        block = self.chosen
        if block is None:
            return
        focus = minutes(measure(block, self.flow.clock.now()).focus_s)
        about = f"{block.intention or 'a block'}, {focus}; u brings it back"
        if await self.app.push_screen_wait(dialogs.ConfirmDialog("delete this block?", about)):
            await self.perform(
                lambda services: f"deleted {services.history.delete(block.id).id}{UNDO}"
            )

    @asks
    async def action_list_split(self) -> None:
        """Cut the chosen block in two."""
        block = self.chosen
        if block is None:
            return
        text: str | None = ""
        while True:
            dialog = dialogs.LineDialog(
                "split at", "10:15", text or "", True, block.intention, verb="split"
            )
            text = await self.app.push_screen_wait(dialog)
            if text is None or await self.perform(partial(_split, block, text)):
                return

    @asks
    async def action_list_join(self) -> None:
        """Join the chosen block with the one before it in the list, after asking."""
        block, snapshot = self.chosen, self.flow.snapshot
        if block is None or snapshot is None:
            return
        listed = self.query_one(BlockList).listed
        before = [b for b in listed if b.started_at < block.started_at]
        if not before:
            self.flow.said("there is no block before this one to join it with", lost=True)
            return
        first = max(before, key=lambda one: one.started_at)
        names = f"{first.intention or 'a block'}  ·  {block.intention or 'a block'}"
        question = dialogs.ConfirmDialog("join these two?", f"{names}; u takes them apart")
        if not await self.app.push_screen_wait(question):
            return
        await self.perform(
            lambda services: f"joined into {services.history.join(first.id, block.id).id}{UNDO}"
        )

    @asks
    async def action_list_show(self) -> None:
        """Everything about the chosen block; its gaps and interruptions can be changed."""
        from flowtui.tui.focus.block_details import look_inside

        block = self.chosen
        if block is not None:
            await look_inside(self, block, evidence_lines(block.evidence))

    @asks
    async def action_list_filter(self) -> None:
        """Show only what holds a word, while it is typed; below it what holds it of all days."""
        before = self.filter
        about = "in everything you wrote; esc shows what was shown before"
        dialog = dialogs.LineDialog(
            "show only",
            "a word or #tag",
            self.filter,
            about=about,
            live=self.show_only,
            verb="show",
        )
        text = await self.app.push_screen_wait(dialog)
        self.show_only(before if text is None else text)

    def show_only(self, text: str) -> None:
        """List what holds `text`; empty for all of the day."""
        if text == self.filter:
            return
        # what was found stays as far as it holds that too: no row comes and goes with each key
        kept = tuple(block for block in self.found if holds(block, text)) if text else ()
        self.filter, self.found = text, kept
        self._redraw()
        if self._soon is not None:
            self._soon.stop()  # more is typed: only what is left standing is looked for
        self._soon = self.set_timer(SETTLE_S, partial(self._search, text)) if text else None

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _search(self, text: str) -> None:
        found: list[Block] = []
        for year in await self.flow.aside(_years):
            found += await self.flow.aside(partial(_holding, text, year, FOUND - len(found)))
            if text != self.filter:
                return  # more was typed meanwhile
            if len(found) > len(self.found):
                self.found = tuple(found)
                self._redraw()
            if len(found) >= FOUND:
                break
        if tuple(found) != self.found:
            self.found = tuple(found)
            self._redraw()

    def action_day_before(self) -> None:
        """The day before the one shown."""
        self._go(-1)

    def action_day_after(self) -> None:
        """The day after the one shown, up to today."""
        self._go(1)

    @asks
    async def action_day_go(self) -> None:
        """Any day, by its name or date."""
        snapshot = self.flow.snapshot
        if snapshot is None:
            return
        today = snapshot.today.day
        day = await self.app.push_screen_wait(dialogs.DayDialog(today, _latest(snapshot)))
        if day is not None:
            self.flow.shown_day = None if day == today else day
            self.flow.refresh_snapshot()

    def _go(self, days: int) -> None:
        snapshot = self.flow.snapshot
        if snapshot is None:
            return
        day = min(snapshot.shown.day + timedelta(days=days), _latest(snapshot))
        self.flow.shown_day = None if day == snapshot.today.day else day
        self.flow.refresh_snapshot()

    @work(group="command", exit_on_error=False)
    async def action_break_start(self) -> None:
        """Take the suggested break, or end the one that is on."""

        def rest(services: Services) -> str:
            if services.breaks.current() is not None:
                services.breaks.stop()
                return "break ended"
            return f"break of {minutes(services.breaks.start().seconds)}   b ends it"

        try:
            await self.perform(rest)
        except FlowError as error:
            self.flow.said(error.message, lost=True)

    @asks
    async def action_cycle_choose(self) -> None:
        """Take a cycle of work and break, or none; what was refused comes back as typed."""
        from flowtui.core.focus.cycle import FORMS

        text: str | None = await self.ask(_cycle_words)
        while True:
            about = "it proposes lengths and begins each break; a block begins when you say"
            dialog = dialogs.LineDialog(
                "cycle", f"{FORMS}; none", text or "", about=about, verb="take"
            )
            text = await self.app.push_screen_wait(dialog)
            if text is None or await self.perform(partial(_choose_cycle, text)):
                return

    @on(BlockList.Picked)
    def _enter(self) -> None:
        self.action_block_plan()

    @on(BlockList.Opened)
    def _open(self) -> None:
        self.action_list_show()


def _latest(snapshot: Snapshot) -> date:
    """The last day that can be shown: what was begun east of here may lie on tomorrow."""
    filled = [day for day, seconds in snapshot.week.by_day.items() if seconds]
    return max([snapshot.today.day, *filled])


async def change_block(screen: FlowScreen, block: Block) -> None:
    """Ask for other values of `block`; a form that was refused comes back as it was."""
    offered = await screen.ask(_offer)
    form: BlockForm | None = None
    while True:
        dialog = dialogs.EditDialog(block, offered.contexts, offered.known_tags, form=form)
        form = await screen.app.push_screen_wait(dialog)
        if form is None or await screen.perform(partial(_change, block, form)):
            return


def _offer(services: Services) -> PlanOffer:
    from flowtui.services.focus.block_forms import offer

    return offer(services)


def _cycle_words(services: Services) -> str:
    cycle = services.cycles.cycle
    return cycle.words.replace(" ×", " x") if cycle is not None else ""


def _choose_cycle(text: str, services: Services) -> str:
    cycle = services.cycles.choose(text)
    if cycle is None:
        return "no cycle: blocks and breaks as you choose them"
    return f"{cycle.words}   S begins {services.plans.usual_words()}"


def sort_thoughts(fates: Sequence[tuple[str, Fate]], services: Services) -> str:
    """Keep what became of parked thoughts."""
    texts = services.inbox.answer(fates)
    what = "1 thought" if len(texts) == 1 else f"{len(texts)} thoughts"
    following = [text for text, (_, fate) in zip(texts, fates, strict=True) if fate is Fate.NEXT]
    said = f"   S begins with {following[-1]}" if following else ""
    return f"sorted {what}{said}{UNDO}"


def _years(services: Services) -> list[int]:
    return services.block_texts.years()


def _holding(text: str, year: int, most: int, services: Services) -> list[Block]:
    return services.block_texts.of_year(year, text, most)


def _tasks(services: Services) -> list[str]:
    """Intentions from where tasks are kept, and from what is parked."""
    parked = [one.text for one in services.inbox.waiting()]
    return [*parked, *(task.text for task in services.tasks.look().tasks)]


def _like(block: Block, services: Services) -> PlanForm:
    from flowtui.services.focus.block_forms import form_like

    return form_like(services, block)


def _begin(form: PlanForm, services: Services) -> str:
    from flowtui.services.focus.block_forms import begin_from_form

    begun = begin_from_form(services, form)
    confirmation = f"started {begun.block.intention or 'a block'}{UNDO}"
    return "   ".join([*begun.sentences[:1], confirmation])


def _add(form: BlockForm, day: date | None, services: Services) -> str:
    from flowtui.services.focus.block_forms import entered

    return f"added {entered(services, form, day).id}{UNDO}"


def _split(block: Block, text: str, services: Services) -> str:
    at = read_inside(text, block, services.clock.now())
    first, second = services.history.split(block.id, at, services.evidence.collect)
    return f"split into {first.id} and {second.id}{UNDO}"


def _change(block: Block, form: BlockForm, services: Services) -> str:
    from flowtui.services.focus.block_forms import changed

    return f"changed {changed(services, block, form).id}{UNDO}"
