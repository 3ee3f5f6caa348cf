"""What a guard is about to do, told a minute before, and what has to be done for it to last.

A half-written comment is lost where a site is cut without a word; an emergency exit that is ready
for ten minutes is of no use to whoever does not know.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import AtPlan, Block, PlanKind
from flowtui.core.focus.measure import deadline
from flowtui.core.kinds import PLANS
from flowtui.core.plan.planned_block import Occurrence, Standing
from flowtui.core.status_file import minutes
from flowtui.services.guard.guard_state import GuardState, Kept
from flowtui.services.guard.moment_file import MARGIN_S, MomentFile

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

AHEAD_S = 60
"""How long before a cut it is told of: enough to send what is half written."""
LATE_S = 600
"""What is older than this, as after a sleep, is told no more: nothing can be saved by it."""


def next_at(services: Services) -> datetime | None:
    """The next instant at which `turn` has something to do, perhaps gone by; None for none."""
    now = services.clock.now()
    times = [at for at, _ in _untold(services, now)]
    lasts = _lasts_until(services, now)
    if lasts is not None:
        times.append(lasts)
    ahead = _cut_ahead(services, now)
    if ahead is not None:
        times.append(ahead.at.timestamp() - AHEAD_S)
    return datetime.fromtimestamp(min(times), UTC) if times else None


def turn(services: Services) -> list[str]:
    """Let a lease last on under its block, and give what is to be told now, in sentences."""
    now = services.clock.now()
    file = MomentFile(services.paths.state_dir)
    lasts = _lasts_until(services, now)
    if lasts is not None and lasts <= now.timestamp():
        with contextlib.suppress(FlowError):
            services.guard.attend(services.store.need_running())
    due = [(at, words) for at, words in _untold(services, now) if at <= now.timestamp()]
    ahead = _cut_ahead(services, now)
    if ahead is not None and ahead.at.timestamp() - AHEAD_S <= now.timestamp():
        due.append((ahead.at.timestamp() - AHEAD_S, _words_ahead(ahead, now)))
    if due:
        file.tell_until(max(at for at, _ in due))
    return [words for at, words in due if now.timestamp() - at <= LATE_S]


def _untold(services: Services, now: datetime) -> list[tuple[float, str]]:
    """What a lease of one's own is about to do and was not told of: when to tell, and what."""
    file = MomentFile(services.paths.state_dir)
    kept = GuardState(services.paths.state_dir).read()
    moments = file.read()
    if kept is None or moments is None or moments.lease != kept.lease:
        return []
    since = file.told_until()
    listed: list[tuple[float, str]] = []
    for at, name in moments.closes:
        words = f"{name} is kept away again in 1 min: finish what you are writing there"
        listed.append((at - AHEAD_S, words))
    if moments.ready_at is not None:
        words = "the emergency exit is ready, for ten minutes: flowtui guard emergency"
        listed.append((moments.ready_at, words))
    return sorted(one for one in listed if one[0] > since)


def _lasts_until(services: Services, now: datetime) -> float | None:
    """When the lease of the running block has to be made to last on; None if it need not."""
    kept = GuardState(services.paths.state_dir).read()
    block = services.store.running()
    if kept is None or block is None or not _goes_on(kept, block, now):
        return None
    return kept.until - MARGIN_S + 1


def _goes_on(kept: Kept, block: Block, now: datetime) -> bool:
    if kept.block != block.id or not kept.lease or block.plan.at_plan is AtPlan.END:
        return False
    # a pause: the end of the plan is known when it is over
    return deadline(block, now) is not None or block.plan.kind is PlanKind.OPEN


def _cut_ahead(services: Services, now: datetime) -> Occurrence | None:
    """The planned block that puts its guard on by itself next, if that was not told of."""
    if not len(services.store.ledger.table(PLANS)) or services.store.running() is not None:
        return None
    book = services.plan_book
    if not any(plan.arm for plan in book.every()):
        return None
    today, told = book.today(), MomentFile(services.paths.state_dir).told_until()
    for one in book.between(today, today + timedelta(days=1)):
        if one.plan.arm and one.standing is Standing.PLANNED and one.at > now:
            return one if one.at.timestamp() - AHEAD_S > told else None
    return None


def _words_ahead(one: Occurrence, now: datetime) -> str:
    names = " ".join(one.plan.guard) or "what the settings name"
    left = minutes(max(1, round((one.at - now).total_seconds())))
    return f"{names} is kept away in {left}, for {one.plan.intention or 'a planned block'}"
