"""What a guard is about to do, told a minute before, and what has to be done for it to last.

A half-written comment is lost where a site is cut without a word; an emergency exit that is ready
for ten minutes is of no use to whoever does not know. Kept in a folder that the agent watches, so
that it wakes for what another process has asked for.
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import AtPlan, Block, PlanKind
from flowtui.core.focus.measure import deadline
from flowtui.core.kinds import PLANS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.planned_block import Occurrence, Standing
from flowtui.core.status_file import minutes
from flowtui.services.guard.guard_state import GuardState, Kept
from flowtui.system.files import write_atomic

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

AHEAD_S = 60
"""How long before a cut it is told of: enough to send what is half written."""
MARGIN_S = 20
"""A lease with so little left, under a block that goes on, is made to last on."""
LATE_S = 600
"""What is older than this, as after a sleep, is told no more: nothing can be saved by it."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What is to come under one lease; instants are seconds since 1970."""

    lease: str
    closes: tuple[tuple[float, str], ...] = ()
    """When a list that is open by a window is kept away again, and its name."""
    ready_at: float | None = None
    """When an emergency exit that was asked for can be confirmed."""


class MomentFile:
    """Two small files in a folder of their own; may be lost without harm."""

    def __init__(self, state_folder: Path) -> None:
        self.folder = state_folder / "guard"

    def read(self) -> Moments | None:
        """What is to come; None for nothing."""
        raw = self._load("moments.json")
        try:
            closes = tuple((float(at), str(name)) for at, name in raw["closes"])
            ready = raw["ready_at"]
            return Moments(str(raw["lease"]), closes, None if ready is None else float(ready))
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, moments: Moments | None) -> None:
        """Keep it where it is another than before. Best effort."""
        if moments == self.read():
            return
        with contextlib.suppress(OSError):
            if moments is None:
                (self.folder / "moments.json").unlink(missing_ok=True)
                return
            body = {"lease": moments.lease, "closes": moments.closes, "ready_at": moments.ready_at}
            write_atomic(self.folder / "moments.json", json.dumps(body).encode())

    def ready(self, lease: str, ready_at: float | None, now: float) -> None:
        """Note of a lease when its emergency exit is ready; None where none was asked for."""
        here = self.read()
        closes = here.closes if here is not None and here.lease == lease else ()
        before = here.ready_at if here is not None and here.lease == lease else None
        if (
            ready_at is not None
            and before is not None
            and (ready_at <= now or _near(ready_at, before))
        ):
            return  # the same one, ready for a while or by a count of whole seconds
        if closes or ready_at is not None or before is not None:
            self.write(Moments(lease, closes, ready_at))

    def told_until(self) -> float:
        """All up to this instant was told."""
        raw = self._load("told.json")
        return float(raw) if isinstance(raw, int | float) else 0.0

    def tell_until(self, at: float) -> None:
        """Note that all up to `at` was told. Best effort."""
        with contextlib.suppress(OSError):
            write_atomic(self.folder / "told.json", json.dumps(at).encode())

    def _load(self, name: str) -> Any:
        try:
            return json.loads((self.folder / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None


def _near(one: float, other: float) -> bool:
    return abs(one - other) < 5


def moments_of(lease: str, wish: dict[str, Any], now: datetime) -> Moments:
    """What is to come under a lease that was just put on as `wish`."""
    start, length = now.timestamp(), wish["seconds"]
    closes = [
        (start + until, group["list"])
        for group in wish["groups"]
        for _, until in group["open"]
        if until < length  # a window that lasts to the end is followed by no cut
    ]
    return Moments(lease, tuple(sorted(closes)))


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
