"""The weekly review: facts filled in, each answer kept as it is given, all of them one command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flowtui.core.body.habits import habit_name
from flowtui.core.day import week_of
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Block, Outcome
from flowtui.core.kinds import REVIEWS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.planned_block import PlannedBlock, Standing
from flowtui.core.review.shared import SharedKind
from flowtui.core.review.week_review import NAMES, WeekReview, offered, week_to_review
from flowtui.core.status_file import minutes
from flowtui.core.text import one_line
from flowtui.services.body import stop_list
from flowtui.services.plan.planning_line import when_and_length
from flowtui.services.store import Store
from flowtui.system.files import write_atomic

if TYPE_CHECKING:
    from flowtui.services.plan.week_planner import Proposal
    from flowtui.services.wiring import Services

TAKE = "take"
"""The answer that takes the blocks which are proposed."""
DONE_WITH = "done "
"""Before the name of a thing to stop: it is off the list, and that is a success."""
DAYS = 7
TOLD = 3


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """The questions about one week, with what is known."""

    first: date
    last: date
    review: WeekReview
    """Empty where nothing was answered yet."""
    facts: tuple[tuple[str, ...], ...]
    """For each question, sentences from the records."""
    last_then: str = ""
    """The "if" of the week before."""


class WeekReviews:
    """Begins, continues and reads reviews of weeks."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reviews: Store[WeekReview] = Store(services.store.ledger, REVIEWS, "flowtui review")

    def every(self) -> list[WeekReview]:
        """All of them, the oldest first."""
        return sorted(self._reviews.every(), key=lambda one: one.week)

    def get(self, first: date) -> WeekReview | None:
        """What was answered about the week that begins on `first`."""
        return self._reviews.get(first.isoformat())

    def week(self, day: date | None = None) -> tuple[date, date]:
        """The week that holds `day`; by default the one that is due to be looked back at."""
        services = self._services
        if day is None:
            return week_to_review(services.today(), services.first_weekday)
        return week_of(day, services.first_weekday)

    def offer(self) -> date | None:
        """The first day of the week to offer a review of now; None where there is no occasion.

        None in a block, for a week without any block, and where a review was begun.
        """
        services = self._services
        first = offered(services.today(), services.first_weekday)
        if first is None or services.store.running() is not None:
            return None
        if self.get(first) is not None:
            return None
        last = first + timedelta(days=DAYS - 1)
        return first if services.store.on_days(first, last) else None

    def offer_once(self) -> date | None:
        """As `offer`, but None from the second call on, in any process."""
        first = self.offer()
        if first is None:
            return None
        mark = self._services.paths.cache_dir / "review-offered"
        try:
            if mark.read_text(encoding="ascii").strip() == first.isoformat():
                return None
        except (OSError, ValueError):
            pass  # never offered, or damaged: then it is offered
        with suppress(OSError):
            write_atomic(mark, first.isoformat().encode())
        return first

    def sheet(self, day: date | None = None) -> ReviewSheet:
        """The questions about a week and what is known. Raises UsageError for one to come."""
        services = self._services
        first, last = self.week(day)
        if first > services.today():
            raise UsageError(f"the week of {first} has not begun", "look back at one that has")
        before = self.get(first - timedelta(days=DAYS))
        blocks = [b for b in services.store.on_days(first, last) if b.ended_at is not None]
        facts = (
            tuple(self._came(blocks)),
            tuple(self._hindered(blocks, first, last)),
            tuple(self._stops(last)),
            tuple(self._ahead(first)),
            (),
            tuple(self._shared(first, last)),
        )
        then = before.then if before is not None else ""
        return ReviewSheet(first, last, self._review(first), facts, then)

    def _review(self, first: date) -> WeekReview:
        """What was answered about a week, without its facts; blank where nothing was.

        Raises UsageError for a week to come.
        """
        if first > self._services.today():
            raise UsageError(f"the week of {first} has not begun", "look back at one that has")
        begun_at = self._services.clock.now().replace(microsecond=0)
        return self.get(first) or WeekReview(first.isoformat(), first, begun_at)

    def give(self, first: date, name: str, text: str) -> WeekReview:
        """Keep an answer about the week that begins on `first`; empty takes it back.

        `blocks` takes words of a plan, `take` for what is proposed, or `;` between several;
        `left` puts a name on the stop-doing list, `done NAME` takes it off. Raises FlowError and
        keeps nothing where the answer cannot be meant.
        """
        if name not in (*NAMES, "became"):
            raise UsageError(f"there is no question {name!r}", f"name one of {', '.join(NAMES)}")
        text = one_line(text, name).strip()
        review = self._review(first)
        if name == "blocks":
            return self._plan(review, text)
        if name == "left":
            review = replace(review, stopped=self._leave(review, text))
        return self._keep(review.with_answer(name, text), name)

    def open_to_all(self, first: date, public: bool) -> WeekReview:
        """Whether the thing to share may stand in a public report. Raises FlowError without one."""
        review = self._review(first)
        if not review.share:
            raise FlowError("nothing to share was named", "answer that question first")
        return self._keep(replace(review, public=public), "who may see it")

    def plan_these(self, first: date, drafts: list[PlannedBlock]) -> WeekReview:
        """Make `drafts` the blocks of next week that this review planned, in place of former."""
        return self._replan(self._review(first), drafts, _in_words(drafts))

    # Answers

    def _keep(self, review: WeekReview, name: str) -> WeekReview:
        label = f"answer {name!r} about the week of {review.week}"
        with self._reviews.change(label, group=_group(review)):
            self._reviews.put(review, review.week)
        return review

    def _plan(self, review: WeekReview, text: str) -> WeekReview:
        if text == TAKE:
            found = self._proposal(review.week)
            if found is None or not found.plan.blocks:
                raise FlowError("there is nothing to take", "plan in words: mon,thu 09:00 for 90m")
            from flowtui.services.plan.week_planner import drafts

            made = drafts(self._services, found.plan.blocks)
            return self._replan(review, made, _in_words(made))
        made = [self._draft(part.strip(), review.week) for part in text.split(";") if part.strip()]
        return self._replan(review, made, text)

    def _draft(self, line: str, week: date) -> PlannedBlock:
        """Words such as "mon,thu 09:00 for 90m: read", for the week after `week` alone."""
        when, _colon, intention = f"{line} ".partition(": ")
        schedule, seconds = when_and_length(self._services, when.strip())
        if schedule.repeats:
            first = week + timedelta(days=DAYS)
            schedule = replace(schedule, first=first, last=first + timedelta(days=DAYS - 1))
        context = self._services.contexts.named(None, "")
        return PlannedBlock("", schedule, seconds, intention.strip(), context=context)

    def _replan(self, review: WeekReview, drafts: list[PlannedBlock], text: str) -> WeekReview:
        book, group = self._services.plan_book, _group(review)
        made = book.add_all(drafts, group) if drafts else []
        for id in review.plans:
            if book.has(id):
                book.forget(id, group)
        plans = tuple(plan.id for plan in made)
        return self._keep(replace(review, blocks=text, plans=plans), "blocks")

    def _leave(self, review: WeekReview, text: str) -> str:
        """Put a name on the stop-doing list, or take one off; the name that is new there.

        What an earlier answer of this review put there goes: it was corrected.
        """
        body, group = self._services.body.log, _group(review)
        name = habit_name(text.removeprefix(DONE_WITH)) if text else ""
        done_with = text.startswith(DONE_WITH)
        known = name in body.names().stops
        if done_with and not known:
            raise FlowError(f"{name!r} is not on the stop-doing list", "see: flowtui habit")
        if name == review.stopped and not done_with:
            return name
        with body.store.change(f"stop {name or 'nothing'}", group=group) as writer:
            if review.stopped and review.stopped in body.names().stops and not done_with:
                body.declared.archive(writer, review.stopped)
            if done_with:
                body.declared.archive(writer, name)
            elif name and not known:
                body.declared.add(writer, (), [name])
        body.changed()
        return name if name and not known and not done_with else ""

    # Facts

    def _came(self, blocks: list[Block]) -> Iterator[str]:
        services = self._services
        now = services.clock.now()
        if not blocks:
            yield "no block was recorded in this week"
            return
        from flowtui.core.focus.measure import measure

        done = [block for block in blocks if block.outcome is Outcome.DONE]
        focus_s = sum(measure(block, now).focus_s for block in blocks)
        many = "1 block" if len(blocks) == 1 else f"{len(blocks)} blocks"
        yield f"{minutes(focus_s)} in {many}, {len(done)} of them done"
        commits = sum(b.evidence.commits or 0 for b in blocks if b.evidence is not None)
        if commits:
            yield "1 commit" if commits == 1 else f"{commits} commits"
        named = list(dict.fromkeys(block.intention for block in done if block.intention))
        yield from named[-TOLD:]

    def _hindered(self, blocks: list[Block], first: date, last: date) -> Iterator[str]:
        reasons = Counter(i.reason or i.source.value for b in blocks for i in b.interruptions)
        if reasons:
            told = ", ".join(f"{reason} {n}" for reason, n in reasons.most_common(TOLD))
            yield f"interruptions: {reasons.total()} ({told})"
        asked = self._services.plan_book.between(first, last)
        missed = [one for one in asked if one.standing is Standing.NOT_BEGUN]
        if missed:
            yield f"planned and not begun: {len(missed)}"

    def _stops(self, last: date) -> Iterator[str]:
        services = self._services
        day = min(last, services.today())
        for stop in stop_list.counted(services.body.log, {}, day, DAYS):
            times = "1 time" if stop.times == 1 else f"{stop.times} times"
            days = "1 day" if stop.kept == 1 else f"{stop.kept} days"
            yield f"{stop.name.replace('-', ' ')}: {times}, {days} kept off"

    def _ahead(self, first: date) -> Iterator[str]:
        following = first + timedelta(days=DAYS)
        planned = self._services.plan_book.between(following, following + timedelta(days=DAYS - 1))
        waiting = [one for one in planned if one.standing in (Standing.PLANNED, Standing.DUE)]
        if waiting:
            many = "1 block" if len(waiting) == 1 else f"{len(waiting)} blocks"
            yield f"planned already: {many}"
        found = self._proposal(first)
        if found is not None and found.plan.blocks:
            zone = self._services.zone
            at = ", ".join(f"{b.start.astimezone(zone):%a %H:%M}" for b in found.plan.blocks)
            yield f"proposed, {TAKE} plans them: {at}"

    def _shared(self, first: date, last: date) -> Iterator[str]:
        for thing in self._services.shared.between(first, last)[-TOLD:]:
            word = "shared" if thing.kind is SharedKind.SHARED else "gave"
            yield f"{word} {f'{thing.link} {thing.note}'.strip()}"

    def _proposal(self, first: date) -> Proposal | None:
        from flowtui.services.plan.week_planner import proposal

        try:
            return proposal(self._services, first + timedelta(days=DAYS))
        except FlowError:
            return None


def _in_words(drafts: list[PlannedBlock]) -> str:
    return "; ".join(
        f"{draft.schedule.text()} for {(draft.seconds or 0) // 60}m" for draft in drafts
    )


def _group(review: WeekReview) -> str:
    """All that belongs to one review is one command."""
    at: datetime = review.begun_at
    return f"review of the week of {review.week} {at.isoformat()}"
