"""What is announced when an instant comes, and in which words."""

from __future__ import annotations

from collections.abc import Callable

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block
from flowtui.core.focus.commands import Arrive
from flowtui.core.focus.measure import measure
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.findings.finding import Severity as Grave
from flowtui.core.status_file import minutes
from flowtui.services.conductor import Instants, instants
from flowtui.services.guard import guard_moments
from flowtui.services.runs.digest import NEWS, SERIOUS, headline
from flowtui.services.wiring import Services
from flowtui.system.notices import Notice as Notice
from flowtui.system.notices import Notifier
from flowtui.system.notices import Severity as Severity

PLAN_REACHED = "plan-reached"
BREAK_OVER = "break-over"
BLOCK_PLANNED = "block-planned"
GUARD = "guard"
OFFER = (("begin", "begin"), ("later", "in 15 min"), ("skip", "not today"))
"""The buttons of an offer."""


def notifier(services: Services, write: Callable[[str], None]) -> Notifier:
    """What calls the user as the settings want it; `write` takes characters for the terminal."""
    return Notifier(services.config.notices, services.env, write)


def plan_notice(services: Services) -> Notice | None:
    """Announce the end of the plan in the ledger; the notice to show, or None if there is none.

    The event reaches listeners and hooks in any case; the notice only if the settings want it.
    """
    block = services.focus.reach()
    if block is None or PLAN_REACHED not in services.config.notices.events:
        return None
    return Notice("The plan is reached", _plan_words(services, block))


def rest_notice(services: Services) -> Notice | None:
    """The same for the end of a break."""
    rest = services.breaks.ring()
    if rest is None:
        return None
    services.events.tell(BREAK_OVER, {"break_s": rest.seconds})
    if BREAK_OVER not in services.config.notices.events:
        return None
    what = f"{minutes(rest.seconds)} of rest"
    if services.cycles.cycle is not None:
        what += f"; next {services.plans.usual_words()}, when you begin it"
    return Notice("The break is over", what)


def reminder_notice(services: Services) -> Notice | None:
    """The same for a reminder of the body log; the settings decided already whether it is told."""
    reminder = services.body.reminders.ring()
    if reminder is None:
        return None
    wanted = services.config.notices.events
    guard = ""
    for one in (*reminder.also, reminder):
        if one.always:
            guard = _arm_ahead(services, one.about) or guard
        services.events.tell(one.event, {"about": one.about})
    if reminder.event not in wanted:
        return None  # something was done at its time, and no word of it is wanted
    others = "; ".join(one.title for one in reminder.also)
    also = f"   also: {others}" if others else ""
    keys = f"{reminder.keys}{also}" if reminder.keys else ""
    if reminder.event != BLOCK_PLANNED:
        return Notice(reminder.title, f"{reminder.body}{also}", keys=keys)
    about = reminder.about.split()[0]
    also += f"   {guard}" if guard else ""
    keys += f"   {guard}" if guard and keys else ""
    return Notice(reminder.title, f"{reminder.body}{also}", keys=keys, about=about, buttons=OFFER)


def guard_notice(services: Services) -> Notice | None:
    """Let the guard last on where its block does; what it is about to do, told before."""
    sentences = guard_moments.turn(services)
    if not sentences or GUARD not in services.config.notices.events:
        return None
    return Notice("The guard", "; ".join(sentences))


def _arm_ahead(services: Services, about: str) -> str:
    """Put on the guard of the planned block that came due, if it is to be; what came of it."""
    from flowtui.services.plan.guard_ahead import arm_ahead

    try:
        return arm_ahead(services, services.plan_book.occurrence(about.split()[0]))
    except FlowError:
        return ""  # removed just now


def answer_offer(services: Services, about: str, word: str) -> str:
    """Do what was answered to the offer of a planned block; what is said then. Raises FlowError."""
    from flowtui.services.plan.begin_planned import begin_planned

    services.store.ledger.refresh()
    one = services.plan_book.occurrence(about)
    if word == "begin":
        return f"started {begin_planned(services, one).block.intention or 'a block'}"
    if word == "later":
        to = services.plan_book.later(one).to
        return f"offered again at {to.astimezone(services.zone):%H:%M}" if to else ""
    services.plan_book.let_go(one)
    return f"let go of {one.plan.intention or 'a planned block'}"


def run_arrived(services: Services) -> str | None:
    """End the plan of the running block if it waits for a run that has got there.

    Returns what the run did, or None. The end of the plan is then announced as any other.
    """
    block = services.store.running()
    if block is None or not block.plan.run:
        return None
    what = services.runs.waits.arrived(block)
    if what is None:
        return None
    services.focus.apply(Arrive(), label=f"{block.plan.run_name} {what}: plan of")
    return f"{block.plan.run_name} {what}"


@dataclass(frozen=True, slots=True)
class RunsTold:
    """News of runs, for the quiet line, and as a notice if the settings want it."""

    notice: Notice
    wanted: bool


def run_news(services: Services) -> RunsTold | None:
    """What is to be told of runs now, in one notice; None if nothing is, or focus holds it back.

    In focus (a block runs and is not paused) only the serious class is told, and once.
    """
    block = services.store.running()
    focused = block is not None and block.open_gap is None
    news = services.runs.teller.fresh(focused)
    if not news:
        return None
    title, body = headline(news)
    serious = any(n.severity is Grave.SERIOUS for n in news)
    event = SERIOUS if serious else NEWS
    services.events.tell(event, {"news": [n.to_json() for n in news]})
    severity = Severity.SERIOUS if serious else Severity.NORMAL
    notice = Notice(title, body, severity)
    return RunsTold(notice, event in services.config.notices.events)


def run_notice(services: Services) -> Notice | None:
    """The same for whoever has nothing but notices."""
    told = run_news(services)
    return told.notice if told is not None and told.wanted else None


def due(services: Services) -> Instants:
    """The instants that matter now; the clocks are looked at first."""
    services.focus.look()
    return instants(services)


def _plan_words(services: Services, block: Block) -> str:
    focus = minutes(measure(block, services.clock.now()).focus_s)
    name = block.intention or "your block"
    if block.ended_at is not None:
        begun = services.breaks.current()
        then = f"; a break of {minutes(begun.seconds)} has begun" if begun is not None else ""
        return f"{name}: ended after {focus}{then}"
    rest = minutes(services.breaks.suggest(measure(block, services.clock.now()).focus_s))
    return f"{name}: {focus} of focus; the clock runs on, a break of {rest} would do"
