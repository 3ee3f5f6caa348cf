"""Why a pair is not tested, and what missing days allow to be said. A refusal is an answer."""

from __future__ import annotations

from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass

MIN_DAYS = 28
"""Days with both values below which nothing is tested."""
MIN_ARM = 5
"""Days with, and days without, below which nothing is tested."""
MIN_COVERAGE = 0.5
"""Share of the days between a factor's first and last record that must have one."""
BEYOND = 1e100
"""Numbers of this size are mistakes, and as good as without end."""
MIN_CHANGES = 4
"""Times a factor must have changed between one known day and the next."""


class Why(StrEnum):
    """The reason a pair is refused."""

    TAUTOLOGY = "tautology"
    DISGUISE = "disguise"
    INFINITE = "infinite"
    TOO_FEW = "too few days"
    CONSTANT = "constant"
    ONE_ARM = "one arm"
    COVERAGE = "coverage"
    ONE_STRETCH = "one stretch"
    SAME_AS = "same as"
    CALENDAR = "calendar"
    NOTHING_LEFT = "nothing left"
    OUTCOME_CONSTANT = "outcome constant"
    DEGREES = "no freedom"
    WORDS = "words"
    CODE = "code"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Refused:
    """One pair that was not tested."""

    factor: str
    lag: int
    why: Why
    reason: str
    """One sentence."""
    days_needed: int | None = None
    """Further days after which it can be tested; None where more days do not help."""


def words(why: Why, **said: object) -> str:
    """The sentence for `why`; which values it needs is seen in its text."""
    return _WORDS[why].format(**said)


_WORDS = {
    Why.TAUTOLOGY: "{factor} is made of the same records as {outcome}: "
    "they would move together whatever you did.",
    Why.DISGUISE: "{factor} is all but {outcome} in other units (correlation {r:.3f}): "
    "it would explain itself.",
    Why.INFINITE: "{factor} holds a value without end on {day}: correct it, then ask again.",
    Why.TOO_FEW: "{n} {days} with both {factor} and {outcome}; {least} are needed.",
    Why.CONSTANT: "{factor} was the same on all {n} days: there is nothing to compare.",
    Why.ONE_ARM: "{factor} differed from its usual value on {n} {days} only; {least} are needed.",
    Why.COVERAGE: "{factor} is known on {n} of {span} days between its first and last record; "
    "half of them are needed, for who knows what the others were like.",
    Why.ONE_STRETCH: "{factor} changed only {n} {times} in {span} days: a season or a change in "
    "your life at that time would look the same.",
    Why.SAME_AS: "{factor} went along with {other} on every day (correlation {r:.3f}): "
    "they cannot be told apart, so {other} alone is tested.",
    Why.CALENDAR: "{factor} follows from the weekday or the date alone: "
    "it cannot be told apart from them.",
    Why.NOTHING_LEFT: "{outcome} follows from the weekday and the date alone: "
    "nothing is left that {factor} could go with.",
    Why.OUTCOME_CONSTANT: "{outcome} was the same on all {n} days: there is nothing to explain.",
    Why.CODE: "{name} is {code:g} on {n} {days}, which looks like a code for missing: leave those "
    "cells empty, or correct them, then ask again.",
    Why.WORDS: "{factor} holds words, not numbers: {text!r} on {day}.",
    Why.ALWAYS: "{factor} is recorded on {n} days, and on none as not done: "
    "log the days without it too, as a no.",
    Why.DEGREES: "{n} days are too few beside {p} things to adjust for.",
}


MANY = 0.20
"""Share of missing days from which chance cannot be taken for granted."""


@dataclass(frozen=True, slots=True)
class Missingness:
    """How the missing days of one factor lie."""

    factor: str
    days: int
    """Calendar days from its first record to its last."""
    missing: int
    """Of those, days on which factor or outcome is unknown."""
    share: float
    by_weekday: tuple[float | None, ...]
    """Share of days that are recorded, Monday first; None where there is no such day."""
    clues: tuple[str, ...]
    """What differs around missing days beyond what chance does."""
    differences: tuple[tuple[str, float, float], ...]
    """All that was looked at: what, difference beside missing days, p."""
    suspect: bool
    """Whether the results should carry the caveat."""

    @property
    def caveat(self) -> str:
        """One sentence; empty where nothing is to be said."""
        if self.clues:
            return (
                f"{self.missing} of {self.days} days are missing, and they differ: "
                f"{' and '.join(self.clues)}. "
                "If bad days go unlogged, this can look like an effect."
            )
        if self.suspect:
            return (
                f"{self.missing} of {self.days} days are missing: "
                "if it is the bad days that go unlogged, this can look like an effect."
            )
        return ""
