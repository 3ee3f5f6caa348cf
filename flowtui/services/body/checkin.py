"""The evening's check-in: the sheet of questions with what is known, and keeping the answers.

All answers of a check-in are one command: one undo takes them back. In the app each is on disk as
it is given; see `checkin_session`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from flowtui.core.body.answers import Planned
from flowtui.core.body.checkin import CheckinPlan, Question, ids, question_of, questions
from flowtui.core.body.eating import open_one
from flowtui.core.body.entry import Entry, length_s
from flowtui.core.body.entry_days import BodyLog
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.entry_line import line_of
from flowtui.core.clock import Clock
from flowtui.core.day import ONE_DAY, DayRule
from flowtui.core.errors import UsageError
from flowtui.core.focus.pointers import FirstBlock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.status_file import minutes
from flowtui.services.body.body_log import BodyService
from flowtui.services.body.checkin_sheet import CLOSE, Asked, Known, Offer, Sheet, resolved
from flowtui.services.body.entry_store import LATELY, EntryWriter
from flowtui.services.focus.presets import Plans
from flowtui.services.focus.totals import Totals

FIRST_BLOCK = "first-block"
OFFERED = 5
"""Earlier answers that a key repeats."""
BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a check-in came to."""

    day: date
    entries: tuple[Entry, ...]
    first_block: str | None
    """Intention of the next day's first block, if it was planned."""

    @property
    def answered(self) -> int:
        """Answers kept; questions passed over count too, they are known to be."""
        return len(self.entries) + (self.first_block is not None)


@dataclass(frozen=True, slots=True)
class Put:
    """What one answer wrote."""

    entries: tuple[Entry, ...]
    before: tuple[Entry | None, ...]
    """Each of them as it was; None: there was none."""
    first: str | None = None
    """The intention, where the answer planned the next day's first block."""


class Checkins:
    """Asks and keeps."""

    def __init__(
        self, body: BodyService, clock: Clock, rule: DayRule, totals: Totals, plans: Plans
    ) -> None:
        self._body = body
        self._clock = clock
        self._rule = rule
        self._totals = totals
        self._plans = plans

    def sheet(self, day: date | None = None) -> Sheet:
        """The questions of `day` (default today) with what is known. Raises UsageError for a
        day to come."""
        today = self._rule.day_of(self._clock.now())
        day = day or today
        if day > today:
            raise UsageError(f"{day} has not begun", "check in when it has")
        with self._body.store.ledger.trial() as staging:
            writer = EntryWriter(self._body.store, staging)
            asked = self._asked(writer, day, None)
            known = self._known(writer, day, None)
        # the transaction is over: answers that are only tried out need no ids of the ledger's
        known = replace(known, pen=replace(known.pen, new_id=lambda: "tried"))
        late = self._clock.now() >= self._rule.bounds(day).end
        return Sheet(day, today, late, asked, known)

    def keep(
        self, day: date | None, answers: Mapping[str, str], at: datetime | None = None
    ) -> Kept:
        """Record `answers` (question's id to key, text or "") about `day`, in one transaction.

        `at`: as of another instant than now. Raises UsageError naming the answer that cannot be
        meant; nothing is recorded then.
        """
        with self._body.store.change("check-in") as writer:
            today = writer.pen(at).today
            day = day or today
            if day > today:
                raise UsageError(f"{day} has not begun", "check in when it has")
            asked = {a.question.id: a for a in self._asked(writer, day, at)}
            made: list[Entry] = []
            first: str | None = None
            for name, text in answers.items():
                one = asked.get(name) or self._unasked(name, asked)
                try:
                    done = self._put(writer, one, text, day, at)
                except UsageError as error:
                    raise UsageError(f"{name}: {error.message}", error.hint) from None
                first = done.first or first
                made += done.entries
            writer.staging.label = f"check-in of {day}"
        self._body.changed()
        return Kept(day, tuple(made), first)

    def put(self, writer: EntryWriter, name: str, text: str, day: date, at: datetime) -> Put:
        """Record one answer in a transaction under way. Raises UsageError."""
        asked = {a.question.id: a for a in self._asked(writer, day, at)}
        return self._put(writer, asked.get(name) or self._unasked(name, asked), text, day, at)

    def _put(
        self, writer: EntryWriter, asked: Asked, text: str, day: date, at: datetime | None
    ) -> Put:
        known = self._known(writer, day, at)
        made = resolved(asked, text, day, known)
        if isinstance(made, Planned):
            writer.state.put(FirstBlock(made.day, made.intention), id=FIRST_BLOCK)
            return Put((), (), made.intention)
        before = tuple(self._body.store.entries.get(entry.id) for entry in made)
        return Put(tuple(writer.put(entry, known.pen.now) for entry in made), before)

    def first_block(self, day: date) -> str | None:
        """The intention planned for the first block of `day` at the check-in before it."""
        first: FirstBlock | None = self._body.store.state.get(FIRST_BLOCK)
        if first is None or first.day != day:
            return None
        return first.intention or None

    def question_named(self, word: str) -> str:
        """The id of the question that a person calls `word`: `quality`, a habit's name.

        Raises UsageError naming the questions there are.
        """
        known = ids(self._plan(hidden=False))
        folded = word.casefold()
        by_word = {name: name for name in known}
        by_word |= {name.partition(":")[2]: name for name in known if ":" in name}
        by_word |= {"quality": "sleep.quality"}
        if folded in by_word:
            return by_word[folded]
        from difflib import get_close_matches

        near = get_close_matches(folded, by_word, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"the check-in has no question {word!r}", f"{hint}questions: {', '.join(known)}"
        )

    def _plan(self, hidden: bool = True) -> CheckinPlan:
        settings, names = self._body.settings, self._body.names()
        plan = CheckinPlan(habits=names.habits, stops=names.stops, eating=True)
        known = {*ids(plan), "habit", "stop"}
        return replace(
            plan,
            # a habit may have been archived since the order was written
            order=tuple(q for q in settings.order if q in known),
            hidden=frozenset(q for q in settings.hidden if q in known and hidden),
            eating=self._body.kept() if hidden else True,
        )

    def _asked(self, writer: EntryWriter, day: date, at: datetime | None) -> tuple[Asked, ...]:
        recent = writer.between(day - BACK, day)
        log = BodyLog(recent, self._rule.start)
        made = questions(
            log,
            day,
            writer.pen(at),
            self._plan(),
            self._context(day),
            self._plans.intentions(),
        )
        return tuple(
            Asked(q, self._offers(q, day, recent, writer), _before(q, day, log)) for q in made
        )

    def _unasked(self, name: str, asked: Mapping[str, Asked]) -> Asked:
        """A question that the settings hide can still be answered by its name."""
        if name not in ids(self._plan(hidden=False)):
            raise UsageError(f"the check-in has no question {name!r}", ", ".join(asked))
        return Asked(question_of(name, self._plan(hidden=False), ()))

    def _context(self, day: date) -> dict[str, str]:
        seen = self._totals.day(self._clock.now(), day)
        count = len(seen.blocks)
        if not count:
            return {}
        return {"output": f"{count} block{'s' if count > 1 else ''}, {minutes(seen.focus_s)}"}

    def _offers(
        self, question: Question, day: date, recent: list[Entry], writer: EntryWriter
    ) -> tuple[Offer, ...]:
        kind = question.variable.kind if question.variable else None
        given = [e for e in reversed(recent) if e.kind is kind and e.state is State.GIVEN]
        if kind is Kind.WORKED:
            texts = dict.fromkeys(e.note for e in given if e.note)
            return _numbered([(text, text) for text in texts if text])
        if kind is Kind.WORKOUT and question.needs_answer:
            lines = dict.fromkeys(map(_repeated, given))
            return _numbered([(line, line) for line in lines if line])
        if kind is Kind.EATING:
            current = open_one(writer.eating(LATELY))
            if current is not None and day == self._rule.day_of(self._clock.now()):
                return (Offer("c", "close it now", CLOSE),)
            if question.needs_answer:
                spans = dict.fromkeys(
                    line_of(w, dated=False).removeprefix("eat ") for w in given if w.end
                )
                return _numbered([(span, span) for span in spans])
        return ()

    def _known(self, writer: EntryWriter, day: date, at: datetime | None) -> Known:
        return Known(
            writer.pen(at),
            tuple(writer.between(day, day)),
            tuple(writer.eating(LATELY, around=day)),
            self._body.declared.words(writer),
        )


def _before(question: Question, day: date, log: BodyLog) -> str:
    """Yesterday's answer; of a line, the line itself."""
    if question.variable is not None and question.variable.kind is Kind.WORKED:
        notes = [e.note for e in log.of(day - ONE_DAY, question.variable) if e.note]
        return notes[-1] if notes else ""
    return question.yesterday_text or ""


def _repeated(entry: Entry) -> str:
    """A workout as it could be typed again: kind, length and effort, without its time."""
    seconds = length_s(entry)
    if seconds is None:
        return ""
    bare = replace(entry, start=None, end=None, at=None, duration_s=seconds, note=None)
    return line_of(replace(bare, scope=Scope.ONE), dated=False).removeprefix("workout ")


def _numbered(choices: list[tuple[str, str]]) -> tuple[Offer, ...]:
    return tuple(
        Offer(str(number), label, text)
        for number, (label, text) in enumerate(choices[:OFFERED], start=1)
    )
