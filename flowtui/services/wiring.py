"""The one place that chooses the parts and puts them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.focus.commands import Event, EventKind
from flowtui.core.focus.measure import deadline, measure
from flowtui.core.kinds import PLANS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.time_grammar import parse_instant
from flowtui.ledger.ledger import Ledger
from flowtui.services.body.body_log import BodyService
from flowtui.services.body.checkin import Checkins
from flowtui.services.body.entry_store import EntryStore
from flowtui.services.body.reminders import Reminder, Reminders
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.focus.breaks import Breaks
from flowtui.services.focus.contexts import ContextRule, Contexts
from flowtui.services.focus.corrections import History
from flowtui.services.focus.cycles import Cycles
from flowtui.services.focus.evidence import EvidenceService
from flowtui.services.focus.heart import Heart
from flowtui.services.focus.presets import Plans
from flowtui.services.focus.running_block import FocusService
from flowtui.services.focus.snapshot import NAME, Snapshots, TodayFile
from flowtui.services.focus.totals import Totals
from flowtui.services.guard.guard_state import GuardState
from flowtui.services.hook_events import Events
from flowtui.services.imports import Imports
from flowtui.services.listeners import Mishaps
from flowtui.services.status import StatusFile
from flowtui.settings.config import Config, load
from flowtui.settings.paths import Paths, resolve
from flowtui.settings.problems import Problem
from flowtui.settings.zone import local_zone
from flowtui.system.clock import SystemClock
from flowtui.system.hook_runner import HookRunner

if TYPE_CHECKING:
    from flowtui.core.focus.away import Away
    from flowtui.core.focus.block import Block
    from flowtui.core.plan.calendar_event import CalendarEvent
    from flowtui.core.plan.planned_block import Occurrence
    from flowtui.services.body.habit_edits import HabitEdits
    from flowtui.services.focus.away_offers import AwayOffers
    from flowtui.services.focus.inbox import Inbox
    from flowtui.services.focus.tracker_import import TrackerImport
    from flowtui.services.guard.block_guard import GuardService
    from flowtui.services.plan.calendar_out import CalendarOut
    from flowtui.services.plan.calendars import Calendars
    from flowtui.services.plan.plan_book import PlanBook
    from flowtui.services.plan.task_sources import TaskSources
    from flowtui.services.review.shared_things import SharedThings
    from flowtui.services.review.text_index import BlockTexts
    from flowtui.services.runs.runs_service import RunDesk


AWAY_NAME = "away"
"""The file of time away that nobody has said anything of, in the folder of states."""


@dataclass(frozen=True, slots=True)
class BodyServices:
    """Everything on the body log."""

    log: BodyService
    checkins: Checkins
    imports: Imports
    reminders: Reminders

    @property
    def habits(self) -> HabitEdits:
        """Renaming, merging and deleting habits."""
        from flowtui.services.body.habit_edits import HabitEdits

        return HabitEdits(self.log)


@dataclass(frozen=True)
class Services:
    """Everything a front end works with."""

    paths: Paths
    config: Config
    problems: tuple[Problem, ...]
    """What is wrong with the settings; the defaults stand in."""
    clock: Clock
    zone: ZoneInfo
    rule: DayRule
    store: BlockStore
    totals: Totals
    status: StatusFile
    snapshots: Snapshots
    today_file: TodayFile
    heart: Heart
    focus: FocusService
    history: History
    evidence: EvidenceService
    contexts: Contexts
    plans: Plans
    breaks: Breaks
    cycles: Cycles
    body: BodyServices
    events: Events
    hooks: HookRunner
    mishaps: Mishaps
    """What went wrong after a change was on disk."""
    env: Mapping[str, str]
    """The environment, for processes of our own: it names the same folders."""

    @cached_property
    def runs(self) -> RunDesk:
        """Everything on training runs; built when first asked for, since few commands do."""
        from flowtui.services.runs.runs_wiring import build_runs

        return build_runs(self.paths, self.store.ledger, self.clock, self.rule, self.zone, self.env)

    @cached_property
    def guard(self) -> GuardService:
        """What keeps distractions away; built when first asked for, as few commands do."""
        from flowtui.services.guard.guard_wiring import build_guard
        from flowtui.services.insight.questions import GuardedBlocks

        parts = (self.paths, self.config, self.clock, self.rule, self.env, self.status)
        guard = build_guard(*parts)
        guard.subscribe(GuardedBlocks(self.store.ledger, guard.state).note)
        return guard

    @cached_property
    def plan_book(self) -> PlanBook:
        """Planned blocks."""
        from flowtui.services.plan.plan_book import PlanBook

        book = PlanBook(self.store, self.clock, self.zone, self.config.day.rest_days, self._away)
        book.listeners.mishaps = self.mishaps
        book.listeners.subscribe(self.status.write)
        book.listeners.subscribe(lambda: self.today_file.save(self.snapshots.take))
        book.listeners.subscribe(self.publish)
        book.listeners.subscribe(lambda: _follow_plans(self))
        return book

    def _away(self, first: date, last: date) -> frozenset[date]:
        return self.body.log.away(self.body.log.log(first, last))

    @cached_property
    def calendar_out(self) -> CalendarOut:
        """Blocks and plans as a calendar."""
        from flowtui.services.plan.calendar_out import CalendarOut

        titles = self.config.plan.publish_titles
        return CalendarOut(self.store, self.plan_book, self.clock, titles)

    def publish(self) -> None:
        """Write the calendar of the settings anew, if there is one. Raises FlowError."""
        if self.config.plan.publish is not None:
            self.calendar_out.write(self.config.plan.publish)

    @cached_property
    def inbox(self) -> Inbox:
        """Parked thoughts that wait."""
        from flowtui.services.focus.inbox import Inbox

        return Inbox(self.store)

    @cached_property
    def away_offers(self) -> AwayOffers:
        """Time away that is offered as a gap."""
        from flowtui.services.focus.away_offers import AwayOffers

        offers = AwayOffers(self.paths.state_dir / AWAY_NAME, self.focus)
        offers.listeners.mishaps = self.mishaps
        offers.listeners.subscribe(self.status.write)
        return offers

    @cached_property
    def block_texts(self) -> BlockTexts:
        """What was written in blocks, for searches."""
        from flowtui.services.review.text_index import BlockTexts

        return BlockTexts(self.store)

    @cached_property
    def tasks(self) -> TaskSources:
        """Tasks of other programs."""
        from flowtui.services.plan.task_sources import TaskSources

        return TaskSources(self.config.tasks, self.env)

    @cached_property
    def shared(self) -> SharedThings:
        """Things shared and given."""
        from flowtui.services.review.shared_things import SharedThings

        return SharedThings(self.store.ledger, self.clock, self.rule)

    @cached_property
    def tracker_import(self) -> TrackerImport:
        """Past focus out of other programs' time tracking."""
        from flowtui.services.focus.tracker_import import TrackerImport

        return TrackerImport(self.store, self.zone.key)

    @cached_property
    def calendars(self) -> Calendars:
        """The calendars of the settings, and any other that is named."""
        from flowtui.services.plan.calendars import Calendars

        plan = self.config.plan
        return Calendars(
            plan.calendars, plan.me, self.zone, self.paths.cache_dir, self.env, self.clock
        )

    @property
    def first_weekday(self) -> int:
        """First day of a week, Monday = 0."""
        return self.config.day.week_starts

    def instant(self, text: str) -> datetime:
        """The instant that a person means by `text`, in the past. Raises UsageError."""
        return parse_instant(text, self.clock.now(), self.zone)

    def today(self) -> date:
        """The logical day of now."""
        return self.rule.day_of(self.clock.now())


def build(
    env: Mapping[str, str],
    home: Path | None = None,
    clock: Clock | None = None,
    attended: bool = False,
) -> Services:
    """The services on the folders that `env` and `home` name; reads the settings, nothing else.

    With `attended` the process stays and beats for the running block, as the app does.
    """
    paths = resolve(env, home)
    config, problems = load(paths)
    clock = clock or SystemClock()
    zone = config.day.zone or local_zone(env)
    rule = DayRule(zone, config.day.start)
    store = BlockStore(Ledger(paths.ledger_dir, clock), clock, rule)
    totals = Totals(store, rule, config.day.week_starts)
    goals = config.goals
    entries = EntryStore(store.ledger, clock, rule)
    body = BodyService(entries, clock, rule, config.body, paths.config_file)
    status = StatusFile(
        paths.status_file,
        store,
        clock,
        rule,
        totals,
        {
            "day_s": goals.day_min * 60 if goals.day_min else None,
            "week_s": round(goals.week_h * 3600) if goals.week_h else None,
        },
        paths.config_dir,
        body.glance,
        GuardState(paths.state_dir).live,
        config.display.unicode,
    )
    heart = Heart(paths.heartbeat_file, clock, attended)
    contexts = Contexts(
        {
            name: ContextRule(c.folders, c.default_mode, c.tags)
            for name, c in config.contexts.items()
        }
    )
    focus = FocusService(store, clock, heart, zone, config.blocks.stale_after_s)
    status.as_seen = focus.as_seen
    status.offered = lambda block: _offered(services, block)
    status.rest = lambda: services.breaks.current()
    history = History(store, clock, zone, heart)
    hooks = HookRunner(paths.hooks_dir, env, paths.hooks_log, clock)
    events = Events(clock, rule, zone.key, hooks.fire)
    focus.subscribe(lambda event: status.write())
    today_file = TodayFile(paths.cache_dir / NAME, paths.ledger_dir, status.marks)
    focus.subscribe(events.on_block)
    history.listeners.subscribe(status.write)
    body.listeners.subscribe(status.write)
    mishaps = Mishaps()
    for each in (focus.listeners, history.listeners, body.listeners):
        each.mishaps = mishaps
    cycles = Cycles(store, config.blocks.cycle, paths)
    focus.rest_after = cycles.rest_after
    plans = Plans(
        store,
        tuple(minutes * 60 for minutes in config.blocks.presets_min),
        config.blocks.default_min * 60 if config.blocks.default_min else None,
        config.blocks.at_plan,
        cycles,
    )
    breaks = Breaks(store, clock, config.blocks.break_s, cycles.suggested)
    services = Services(
        paths=paths,
        config=config,
        problems=tuple(problems),
        clock=clock,
        zone=zone,
        rule=rule,
        store=store,
        totals=totals,
        status=status,
        snapshots=Snapshots(
            focus,
            totals,
            breaks,
            plans,
            lambda: services.inbox.waiting(),
            lambda: _coming(services),
            lambda day: services.body.checkins.first_block(day),
            lambda: _meetings(services),
            GuardState(paths.state_dir).live,
        ),
        today_file=today_file,
        heart=heart,
        focus=focus,
        history=history,
        evidence=EvidenceService(
            clock,
            contexts.folders,
            config.evidence.timeout_s,
            config.evidence.git,
            lambda since, until: services.runs.ended_words(since, until),
        ),
        contexts=contexts,
        plans=plans,
        body=_body(body, store, totals, plans, config, lambda: _planned(services)),
        events=events,
        hooks=hooks,
        mishaps=mishaps,
        env=dict(env) if home is None else {**env, "FLOWTUI_HOME": str(home.absolute())},
        breaks=breaks,
        cycles=cycles,
    )
    focus.subscribe(lambda event: today_file.save(services.snapshots.take))
    history.listeners.subscribe(lambda: today_file.save(services.snapshots.take))
    if config.plan.publish is not None:
        focus.subscribe(lambda event: services.publish() if event.block.ended_at else None)
        history.listeners.subscribe(services.publish)
    history.listeners.subscribe(lambda: _follow_plans(services))
    history.unanswered.mishaps = mishaps
    history.unanswered.subscribe(lambda id, away: services.away_offers.offer_again(id, away))
    focus.subscribe(lambda event: _follow(services, event), first=True)
    focus.subscribe(lambda event: _old_news(services, event))
    return services


def _offered(services: Services, block: Block) -> Away | None:
    """Time away that is offered of `block`; where nobody noticed any, nothing is loaded."""
    if not (services.paths.state_dir / AWAY_NAME).exists():
        return None
    return services.away_offers.first(block)


def _old_news(services: Services, event: Event) -> None:
    """A block begins: what there was to tell of runs before it is not news of it."""
    if event.kind is EventKind.STARTED and services.paths.watch_dir.is_dir():
        services.runs.teller.begin_block()


def _follow(services: Services, event: Event) -> None:
    """Let the guard follow its block; without one, nothing of it is loaded."""
    if GuardState(services.paths.state_dir).read() is not None:
        services.guard.on_event(event)


def _follow_plans(services: Services) -> None:
    """A plan changed, or something was taken back: its guard may be on; else nothing is loaded."""
    kept = GuardState(services.paths.state_dir).read()
    if kept is not None and kept.alone:
        from flowtui.services.plan.guard_ahead import follow_plans

        follow_plans(services)


def _coming(services: Services) -> tuple[Occurrence, ...]:
    """What is planned for today and tomorrow."""
    if not len(services.store.ledger.table(PLANS)):
        return ()
    return (*services.plan_book.day(), *services.plan_book.day(1))


def _meetings(services: Services) -> tuple[CalendarEvent, ...]:
    """What calendars say of today and tomorrow, as far as it was read."""
    if not services.config.plan.calendars:
        return ()
    today = services.plan_book.today()
    return services.calendars.known(today, today + timedelta(days=1))


def _planned(services: Services) -> list[Reminder]:
    """Reminders of planned blocks and meetings; nothing of them is loaded where there are none."""
    reminders: list[Reminder] = []
    if len(services.store.ledger.table(PLANS)):
        from flowtui.services.plan.offers import offers

        reminders += offers(services.plan_book, services.zone)
    block = services.store.running() if services.config.plan.calendars else None
    if block is not None and block.open_gap is None:
        from flowtui.services.plan.offers import meeting_ahead

        now, today = services.clock.now(), services.plan_book.today()
        # of overtime nobody knows the end
        ends_at = deadline(block, now) if measure(block, now).remaining_s else None
        events = services.calendars.known(today, today + timedelta(days=1))
        reminders += meeting_ahead(block, ends_at, events, services.zone)
    return reminders


def _body(
    log: BodyService,
    store: BlockStore,
    totals: Totals,
    plans: Plans,
    config: Config,
    planned: Callable[[], list[Reminder]],
) -> BodyServices:
    clock, rule = store.clock, store.rule
    return BodyServices(
        log,
        Checkins(log, clock, rule, totals, plans),
        Imports(log, clock, rule),
        Reminders(
            log,
            clock,
            rule,
            config.notices.events,
            lambda: store.running() is not None,
            planned,
        ),
    )
