"""The week in six questions: what is asked, what was answered, and when it is offered.

Every question can be passed over, and a review that broke off goes on where it was.
"""

from __future__ import annotations

from dataclasses import field, replace
from datetime import date, datetime, timedelta

from flowtui.core.codec import STORED
from flowtui.core.day import week_of
from flowtui.core.lazy_dataclass import dataclass

OFFERED_DAYS = 3
"""On so many days of a new week the review of the one before is offered: to Wednesday."""
LATE_IN_WEEK = 4
"""From this day of the week on (counted from 0) the running one may be reviewed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One of the six."""

    name: str
    """By which the command line and the record name it."""
    title: str
    hint: str
    """What an answer may look like."""


QUESTIONS = (
    Question("came", "what came of it", "the sampler trains; val 0.412"),
    Question("hindered", "what got in the way", "meetings on Wednesday, twice"),
    Question("left", "what I no longer do", "news before noon"),
    Question("blocks", "next week's blocks", "mon,tue,thu 09:00 for 90m"),
    Question("then", "if it breaks, then", "if a meeting takes 9:00, I begin at 13:30"),
    Question("share", "one thing to share", "what I learned about samplers"),
)
NAMES = tuple(question.name for question in QUESTIONS)


@dataclass(frozen=True, slots=True)
class WeekReview:
    """What was answered about one week; its id is the first day."""

    id: str
    week: date
    begun_at: datetime
    came: str = ""
    hindered: str = ""
    left: str = ""
    blocks: str = ""
    """What was planned, in words."""
    then: str = ""
    share: str = ""
    plans: tuple[str, ...] = field(default=(), metadata=STORED)
    """Ids of the plans that were made in it."""
    stopped: str = ""
    """The name that it put on the stop-doing list, as entries keep it."""
    became: str = ""
    """What became of the "if" of the week before."""
    public: bool = False
    """Whether the thing to share may stand in a public report, as it was written."""

    def answer(self, name: str) -> str:
        """What was answered to the question of that name; empty for nothing."""
        text: str = getattr(self, name)
        return text

    @property
    def answered(self) -> int:
        """How many of the six have an answer."""
        return sum(bool(self.answer(name)) for name in NAMES)

    def with_answer(self, name: str, text: str) -> WeekReview:
        """The same with another answer."""
        changes = {name: text}
        return replace(self, **changes)  # type: ignore[arg-type] # the names are fields of text


def week_to_review(today: date, first_weekday: int = 0) -> tuple[date, date]:
    """First and last day of the week that a review made today is about.

    Late in a week that is the running one, before that the one gone by.
    """
    first, last = week_of(today, first_weekday)
    if (today - first).days >= LATE_IN_WEEK:
        return first, last
    return first - timedelta(days=7), last - timedelta(days=7)


def offered(today: date, first_weekday: int = 0) -> date | None:
    """The first day of the week whose review is offered today; None on days without an offer."""
    first, _last = week_of(today, first_weekday)
    return first - timedelta(days=7) if (today - first).days < OFFERED_DAYS else None
