"""Begin a block, whoever asks: what its plan means, its context, its guard, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import MAX_UNTIL_S, RUN_AT_MOST_S, Block, Mode, Plan, PlanKind
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.length_grammar import parse_duration
from flowtui.core.time_grammar import is_clock, parse_instant
from flowtui.services.focus.running_block import Draft
from flowtui.services.guard.guard_state import GuardState

if TYPE_CHECKING:
    from flowtui.core.focus.forms import PlanForm
    from flowtui.core.guard.protection import Choice, GuardView
    from flowtui.services.wiring import Services


MEETING_WORDS = ("meeting", "the meeting", "next meeting")
"""What may stand for a time: the block ends before the next meeting of the calendars."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan as typed; at most one of `length` (beside a run), `until`, `run` and `open_ended`."""

    length: str | None = None
    until: str | None = None
    run: str | None = None
    open_ended: bool = False
    ends: bool | None = None
    """True to end the block when the plan is reached, False to go on; None asks the settings."""

    @staticmethod
    def from_text(text: str) -> PlanRequest:
        """ "50m", "90", "open", "17:30", "until 17:30", "run NAME [90m]"; empty: nothing asked."""
        lower = " ".join(text.lower().split())
        if lower in ("open", "open-ended"):
            return PlanRequest(open_ended=True)
        if lower.startswith("run "):
            name = text.split()[1:]
            length = name.pop() if len(name) > 1 else None
            return PlanRequest(run=" ".join(name), length=length)
        clock = lower.removeprefix("until").strip()
        # with a colon it is a time of the day: "1:30" as a length is written 1h30 here
        if lower.startswith("until") or ":" in clock or is_clock(clock):
            return PlanRequest(until=clock)
        return PlanRequest(length=lower or None)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a block, less its plan; empty or None where nothing is said."""

    intention: str = ""
    then: str = ""
    tags: tuple[str, ...] = ()
    context: str | None = None
    mode: Mode | None = None

    def over(self, before: PlanForm) -> Said:
        """The same, and what `before` has where nothing is said."""
        return Said(
            self.intention or before.intention,
            self.then or before.then,
            self.tags or before.tags,
            self.context or before.context,
            self.mode or before.mode,
        )


@dataclass(frozen=True, slots=True)
class GuardRequest:
    """What shall be kept away, as typed."""

    lists: tuple[str, ...] | None = None
    """Names of lists; None for those of the settings."""
    strictness: str | None = None
    off: bool = False
    """True to keep nothing away, whatever the settings say."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A block that runs, and its guard."""

    block: Block
    view: GuardView | None = None
    sentences: tuple[str, ...] = ()
    """What a person should know of the guard, the most important first."""


def plan_for(services: Services, request: PlanRequest, usual: Plan | None = None) -> Plan:
    """The plan that is meant; `usual` is taken where nothing is asked (default: the settings').

    Raises UsageError for what contradicts itself, is no length or is not in the future, and
    FlowError for an unknown run.
    """
    options = {"--for": request.length, "--until": request.until, "--open": request.open_ended}
    names = [name for name, value in options.items() if value]
    if request.run is not None and names != ["--for"]:
        names.append("--until-run")
    if len(names) > 1:
        raise UsageError(f"{' and '.join(names)} cannot be combined", "give one of them")
    at_plan = services.plans.at_plan(request.ends)
    if request.run is not None:
        at_most_s = parse_duration(request.length) if request.length else RUN_AT_MOST_S
        return services.runs.waits.plan(request.run, at_most_s, at_plan)
    if request.open_ended:
        return Plan()
    if request.until is not None and request.until.strip().lower() in MEETING_WORDS:
        return Plan(PlanKind.UNTIL, until=_before_meeting(services), at_plan=at_plan)
    if request.until is not None:
        now = services.clock.now()
        until = parse_instant(request.until, now, services.zone, future=True)
        if until <= now:
            raise UsageError(f"{request.until!r} is not in the future", "give a time such as 17:30")
        return Plan(PlanKind.UNTIL, until=until, at_plan=at_plan)
    if request.length is not None:
        return Plan(PlanKind.FIXED, parse_duration(request.length), at_plan=at_plan)
    if usual is not None:
        return usual
    plan = services.plans.default()
    return replace(plan, at_plan=at_plan) if plan.kind is PlanKind.FIXED else plan


def _before_meeting(services: Services) -> datetime:
    """Five minutes before the next meeting of today or tomorrow. Raises FlowError without one."""
    from flowtui.core.plan.free_time import BEFORE_MEETING, next_meeting

    now = services.clock.now()
    if not services.calendars.sources:
        raise FlowError(
            "no calendar is set", "name one under [plan] calendars; see: flowtui config"
        )
    today = now.astimezone(services.zone).date()
    events = services.calendars.days(today, today + timedelta(days=1)).events
    meeting = next_meeting(now, events)
    if meeting is None or meeting.start - now > timedelta(seconds=MAX_UNTIL_S):
        raise FlowError("no meeting leaves room for a block before it", "give a length: --for 50m")
    return meeting.start - BEFORE_MEETING


def draft_for(
    services: Services,
    plan: Plan,
    intention: str = "",
    then: str = "",
    tags: Iterable[str] = (),
    context: str | None = None,
    mode: Mode | None = None,
) -> Draft:
    """A draft with what the context of the block, or of the current folder, brings along.

    Raises UsageError for an unknown context.
    """
    folder = current_folder()
    name = services.contexts.named(context, folder)
    rule = services.contexts.filled(name, mode, tuple(tags))
    return Draft(intention, then, rule.tags, name, rule.default_mode, plan, folder)


def choice_for(services: Services, request: GuardRequest, context: str) -> Choice | None:
    """What a block of `context` keeps away; None for nothing, and then no guard is loaded.

    Raises UsageError for an unknown list, before anything is begun.
    """
    if request.off:
        if request.lists or request.strictness:
            raise UsageError("--no-guard and --guard cannot be combined", "give one of them")
        GuardState(services.paths.state_dir).keep_choice(None)
        return None
    config = services.config
    usual = config.guard.lists or config.contexts[context].guard
    if not (request.lists or request.strictness or usual):
        return None
    return services.guard.choice(request.lists or None, request.strictness, context)


def begin(
    services: Services,
    draft: Draft,
    choice: Choice | None,
    at: datetime | None = None,
    switch: bool = False,
) -> Begun:
    """Start the block of `draft` at `at` (default now) and put its guard on.

    The block runs whatever becomes of the guard: a guard that cannot be armed is told of in
    `sentences`. Raises FlowError, and then nothing was begun, where another block runs and
    `switch` is False, or the draft cannot be started.
    """
    block = services.focus.start(draft, at, switch)
    if choice is None:
        return Begun(block)
    try:
        armed = services.guard.arm(block, choice)
    except (FlowError, OSError) as error:
        reason = error.message if isinstance(error, FlowError) else str(error)
        return Begun(block, None, (f"the guard is not on: {reason}",))
    return Begun(block, armed.view, armed.sentences)


def current_folder() -> str:
    """The folder flowtui was started in; empty where it was removed meanwhile."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""
