"""The app: modes, themes, keys, and the one bridge between services and screens.

Screens ask the services by way of `perform` and `ask`, which run on the desk's thread; what comes
of it arrives as a new snapshot.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from textual import events, work
from textual.binding import BindingType
from textual.geometry import Size

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.written_files import WrittenFiles
from flowtui.settings.actions import ACTIONS, remapped
from flowtui.settings.config import Config
from flowtui.settings.themes import ThemeSpec
from flowtui.tui import dialogs
from flowtui.tui.shell import service_calls
from flowtui.tui.shell.early_keys import asks
from flowtui.tui.shell.host import Host, SnapshotTaken
from flowtui.tui.shell.modes import BODY, FOCUS, IDLE, INSIGHT, MODES, REVIEW, RUNNING, RUNS
from flowtui.tui.shell.palette import ActionCommands, bindings
from flowtui.tui.shell.service_thread import Desk
from flowtui.tui.shell.shown_filter import ShownFilter
from flowtui.tui.shell.suspend import guard_resume
from flowtui.tui.shell.theming import to_textual, variable_defaults

if TYPE_CHECKING:
    from textual.filter import LineFilter

    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.wiring import Services
    from flowtui.tui.body.global_actions import CheckinLog
    from flowtui.tui.shell.bells import Ringing

T = TypeVar("T")
CALENDARS_S = 900
"""How often calendars are looked at."""
ASK_EVERY = 10
"""Seconds after which the services are asked though no file has changed."""


class FlowApp(Host):
    """flowtui on the screen. `build` makes the services; it is called on the desk's thread."""

    TITLE = "flowtui"
    # all at once: a style sheet that comes with its screen makes Textual read every sheet again
    CSS_PATH = ["app.tcss", "focus/idle.tcss", "focus/running.tcss"]
    COMMANDS = {ActionCommands}
    MODES = dict(MODES)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-normal"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]

    def __init__(
        self,
        build: Callable[[], Services],
        clock: Clock,
        config: Config,
        themes: Mapping[str, ThemeSpec],
        theme: str,
        problems: Sequence[str] = (),
        plain: bool = False,
        expect_running: bool = False,
        open_on: OpenOn | None = None,
        today: Snapshot | None = None,
        written: WrittenFiles | None = None,
    ) -> None:
        """`today` is what the first frame shows until the ledger has been opened.

        `written` tells whether another process wrote something since the last look.
        """
        expect_running = today.block is not None if today is not None else expect_running
        # the likely face at once: to switch to it later would read all style sheets again
        self.DEFAULT_MODE = RUNNING if expect_running else IDLE  # type: ignore[misc] # read once
        plain = plain or config.display.plain
        super().__init__(Desk(build), clock, config, plain, themes[theme].ansi)
        self.snapshot = today
        self.parting_words: list[str] = []
        self.actions, key_problems = remapped(config.keys)
        self._problems = [*problems, *key_problems]
        self._specs = themes
        self._open_on = open_on
        self.first_start: Path | None = None
        """The settings file that is to be begun, where somebody starts for the first time."""
        self._ringing: Ringing | None = None
        self._shown: list[LineFilter] = [ShownFilter()]
        if self.plain:
            from flowtui.tui.shell.theming import PlainFilter

            self._shown.append(PlainFilter())
        elif not config.display.unicode:
            from flowtui.tui.shell.theming import AsciiFilter

            self._shown.append(AsciiFilter())
        self._written = written or WrittenFiles()
        self._looks = 0
        if self.plain or not config.display.motion:
            self.animation_level = "none"
        # known before the style sheets are read, so that these are read once
        self.register_theme(to_textual(themes[theme]))
        self.set_reactive(FlowApp.theme, theme)
        self._sheet_variables = self.get_css_variables()
        self.stylesheet.set_variables(self._sheet_variables)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """A value for every variable that the style sheets use, whatever the theme gives."""
        return variable_defaults()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, then what leaves text alone, and last ASCII where the settings say so."""
        return [*super().get_line_filters(), *self._shown]

    def refresh_css(self, animate: bool = True) -> None:
        """As Textual's, but style sheets read with the same variables are not read again.

        Textual asks for it whenever a mode is shown for the first time.
        """
        variables = self.get_css_variables()
        if variables != self._sheet_variables:
            self._sheet_variables = variables
            super().refresh_css(animate)
            return
        for screen in self.screen_stack:
            self.stylesheet.update(screen, animate=animate)

    def on_mount(self) -> None:
        """Keys and the first mode; services and the other themes come after the first frame."""
        defaults = {action.id: action.keys for action in ACTIONS}
        # only what differs: Textual takes every key of a keymap away from its other bindings
        self.set_keymap({a.id: a.keys for a in self.actions if a.keys != defaults[a.id]})
        self.set_class(self.plain, "-plain")
        self.call_after_refresh(self.begin)
        loop = asyncio.get_running_loop()
        guard_resume(lambda: loop.call_soon_threadsafe(self._repaint))

    def _repaint(self) -> None:
        """Draw every cell: somebody else may have written on the terminal."""
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    def begin(self) -> None:
        """After the first frame: open the ledger and start what lives by the clock."""
        if self.first_start is None:
            self._begin()
        else:
            self._ask_first(self.first_start)

    @asks
    async def _ask_first(self, file: Path) -> None:
        """Three questions before anything is there; then the first block is planned."""
        from flowtui.settings.edit import begin_file, set_value
        from flowtui.tui.dialogs.first_dialog import FirstDialog

        answers = await self.push_screen_wait(FirstDialog(os.getcwd()))  # noqa: PTH109 - as shown
        try:
            begin_file(file)
            for key, value in answers.values if answers is not None else ():
                set_value(file, key, value)
        except FlowError as error:
            self.said(str(error), lost=True)
        self.config = service_calls.settings_of(file)
        self._begin()
        if answers is not None:
            await self.early_keys.snapshot_shown()
            await self.screen.run_action("block_plan")

    def _begin(self) -> None:
        gc.freeze()  # what start-up made stays; collections that are to come need not look at it
        gc.enable()
        self.refresh_snapshot()
        for spec in self._specs.values():
            self.register_theme(to_textual(spec))
        self.set_interval(1.0, self._look_every_second, name="look")
        self.set_interval(self.config.blocks.heartbeat_s, self._beat, name="heartbeat")
        for problem in self._problems[:3]:
            self.notify(problem, severity="warning", timeout=12, markup=False)
        if self.config.plan.calendars:
            self._renew_calendars()
            self.set_interval(CALENDARS_S, self._renew_calendars, name="calendars")
        self._start_conductor()
        self._put_session_back()
        if self._open_on is not None and self._open_on.what == "check-in":
            self.check_in(self._open_on.day)
        elif self._open_on is not None:
            self.look_back(self._open_on.day)
        self._tell_todays_arm()

    @work(exclusive=True, group="calendars", exit_on_error=False)
    async def _renew_calendars(self) -> None:
        """Read the calendars that have changed, in a process of their own and out of the way."""
        try:
            await self.aside(lambda services: services.calendars.renew())
        except FlowError as error:
            self.said(error.message, lost=True)
            return
        self.refresh_snapshot()

    @work(group="arm", exit_on_error=False)
    async def _tell_todays_arm(self) -> None:
        """Each morning an experiment tells that day's arm, each week its review is offered."""
        text = await self.ask(service_calls.todays_arm) or await self.ask(service_calls.week_offer)
        if text:
            self.said(text)

    @work(group="guard", exit_on_error=False)
    async def _put_session_back(self) -> None:
        """What an agent that was killed has left switched off in this session is put back."""
        for problem in await self.ask(service_calls.put_session_back):
            self.said(problem, lost=True)

    @work(group="conductor", exit_on_error=False)
    async def _start_conductor(self) -> None:
        services = await self.ask(service_calls.ready_to_ring)
        self._ringing = service_calls.make_ringing(self, services)
        self._ringing.begin()

    @work(exclusive=True, group="snapshot", exit_on_error=False)
    async def refresh_snapshot(self) -> None:
        """Take a new snapshot and hand it to the screen."""
        day = self.shown_day
        try:
            snapshot = await self.ask(partial(service_calls.take_snapshot, day))
        except FlowError as error:
            self.said(str(error), lost=True)
            return
        self.snapshot = snapshot
        wanted = IDLE if snapshot.block is None else RUNNING
        if (
            self.current_mode in FOCUS
            and self.current_mode != wanted
            and len(self.screen_stack) == 1
        ):
            await self.switch_mode(wanted)
            self.repeat_said()
        for screen in self.screen_stack:
            screen.post_message(SnapshotTaken(snapshot))
        if self._ringing is not None:
            await self._ringing.replan()

    def _check_size(self) -> None:
        """A busy machine can lose the signal that tells of a resized terminal: look for oneself."""
        if self.is_headless or sys.__stdin__ is None:
            return
        try:
            size = Size(*os.get_terminal_size(sys.__stdin__.fileno()))
        except (OSError, ValueError):
            return  # no terminal any more
        if size != self.size:
            self.post_message(events.Resize(size, size))

    def _look_every_second(self) -> None:
        """Ask the services only where a file says that there is something to ask about.

        The look itself is a few calls of stat; the services are asked every ten seconds all the
        same, since a watcher of runs may have to be started.
        """
        self._check_size()
        self._looks += 1
        if self.snapshot is not None and self.snapshot.today.day != self._today():
            self.refresh_snapshot()
        if self._written.changed() or self._looks % ASK_EVERY == 0:
            self._look()

    def _today(self) -> date | None:
        """The logical day of now, by the snapshot's zone: an app left open turns it too."""
        if self.snapshot is None:
            return None
        return DayRule(self.snapshot.zone, self.config.day.start).day_of(self.clock.now())

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        """Has another process written? Then show it. What do the runs do?"""
        try:
            before = self.runs
            look = partial(service_calls.look_around, before, self.held)
            changed, self.runs, self.held = await self.ask(look)
            if changed:
                self.refresh_snapshot()
        except FlowError as error:
            self.said(error.message, lost=True)
            return
        if self._ringing is not None and self.runs is not before:
            await self._ringing.tell_of_runs()

    @work(exclusive=True, group="heartbeat", exit_on_error=False)
    async def _beat(self) -> None:
        snapshot = self.snapshot
        if snapshot is None or snapshot.block is None or snapshot.absence is not None:
            return
        id = snapshot.block.id
        try:
            noticed = await self.ask(lambda services: service_calls.beat_once(services, id))
        except FlowError as error:
            self.said(error.message, lost=True)
            return
        if noticed:
            self.said("the machine slept, or its clock was set: noted   u takes it back")
            self.refresh_snapshot()

    @work(group="command", exit_on_error=False)
    async def action_app_undo(self) -> None:
        """Take back the last change, whoever made it."""

        def undo(services: Services) -> str:
            done = services.history.undo()
            return f"took back: {done[0].label}   U does it again" if done else "nothing to undo"

        await self.perform(undo)

    @work(group="command", exit_on_error=False)
    async def action_app_redo(self) -> None:
        """Do again what was taken back."""

        def redo(services: Services) -> str:
            done = services.history.redo()
            return f"did again: {done[0].label}   u takes it back" if done else "nothing to redo"

        await self.perform(redo)

    async def action_mode_focus(self) -> None:
        """To the running block, or to today's blocks."""
        running = self.snapshot is not None and self.snapshot.block is not None
        await self.switch_mode(RUNNING if running else IDLE)

    async def action_mode_runs(self) -> None:
        """To training runs and GPUs."""
        await self.switch_mode(RUNS)

    async def action_mode_body(self) -> None:
        """To the body log."""
        await self.switch_mode(BODY)

    async def action_mode_insight(self) -> None:
        """To what goes with output."""
        await self.switch_mode(INSIGHT)

    async def action_mode_review(self) -> None:
        """Go to Review."""
        await self.switch_mode(REVIEW)

    def action_app_checkin(self) -> None:
        """Open today's check-in."""
        self.check_in()

    def check_in(self, day: date | None = None) -> None:
        """Open the check-in of `day`, by default today's.

        At once: the next key belongs to it, though its questions are still to come.
        """
        from flowtui.tui.body.checkin_screen import CheckinScreen
        from flowtui.tui.body.global_actions import CheckinLog

        log = CheckinLog(self)

        def left(_: None) -> None:
            self._left_check_in(log)

        self.push_screen(CheckinScreen(log, day), left)

    @work(group="checkin", exit_on_error=False)
    async def _left_check_in(self, log: CheckinLog) -> None:
        from flowtui.tui.body import global_actions

        await global_actions.left(self, log)

    def look_back(self, day: date | None = None) -> None:
        """Open the review of the week that holds `day`, by default of the one that is due."""
        from flowtui.tui.review.week_review_screen import WeekReviewScreen

        self.push_screen(WeekReviewScreen(day), self._looked_back)

    def _looked_back(self, changed: bool | None) -> None:
        if changed:
            self.said("the week's review is kept   u takes it back")
            self.refresh_snapshot()

    @asks
    async def action_app_log(self) -> None:
        """Ask for a quick line and record it."""
        from flowtui.tui.body import global_actions

        await global_actions.quick_log(self)

    @asks
    async def action_app_theme(self) -> None:
        """Choose a theme, keep it in the settings."""
        from flowtui.settings.edit import set_value

        name = await self.push_screen_wait(dialogs.ThemeDialog(list(self._specs), self.theme))
        if name is None:
            return

        def keep(services: Services) -> str:
            set_value(services.paths.config_file, "display.theme", name)
            return f"theme {name}"

        await self.perform(keep)

    def action_app_help(self) -> None:
        """Every key that works here."""
        places = getattr(self.screen, "places", ("app",))
        self.push_screen(dialogs.HelpDialog(self.actions, places))

    def action_app_suspend(self) -> None:
        """Back to the shell; `fg` returns."""
        self.action_suspend_process()

    def action_app_leave(self) -> None:
        """Leave; a running block goes on by itself."""
        block = self.snapshot.block if self.snapshot is not None else None
        if block is not None:
            self.parting_words.append(
                "the block goes on; come back: flowtui, end it: flowtui stop; "
                "you are asked then what the time was"
            )
        self._close(leave_running=True)

    def close_in_order(self) -> None:
        """The terminal was closed or flowtui was asked to end: say goodbye to the block."""
        self._close(leave_running=False)

    def _close(self, leave_running: bool) -> None:
        if self._ringing is not None:
            self._ringing.end()
        self.desk.close(lambda services: service_calls.goodbye(services, leave_running))
        self.exit()

    async def on_load(self) -> None:
        """A closed terminal (SIGHUP) and SIGTERM end the app in order."""
        import signal

        loop = asyncio.get_running_loop()
        for name in ("SIGHUP", "SIGTERM"):
            try:
                loop.add_signal_handler(getattr(signal, name), self.close_in_order)
            except (NotImplementedError, RuntimeError, ValueError):
                pass  # not in the main thread, as in tests: there is no terminal to lose


@dataclass(frozen=True, slots=True)
class OpenOn:
    """What the app is opened for."""

    what: Literal["check-in", "review"]
    day: date | None = None
    """Its day, or one of its week; None: today, or the week that is due."""
