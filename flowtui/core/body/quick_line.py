"""Quick logging: `yoga 30 e6`, `coffee`, `energy 4`, `sleep 23:40-7:05 q4` become entries.

A line may hold several, parted by commas. Whatever cannot be meant is refused with what was
understood up to there; nothing of the line is recorded then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from flowtui.core.body.day_text import entry_text
from flowtui.core.body.entry import Entry
from flowtui.core.body.habits import Habit, habit_name
from flowtui.core.body.phrases import (
    CUPS,
    PLURALS,
    RATED,
    caffeine,
    eat,
    habit,
    stop,
    workout,
)
from flowtui.core.body.tokens import NO, Tokens
from flowtui.core.body.writer import Pen
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass

WORKOUTS = (
    *("yoga", "pilates", "stretch", "stretching", "dance", "boxing", "martial-arts", "hiit"),
    *("run", "running", "walk", "walking", "hike", "hiking", "bike", "cycling", "ride"),
    *("swim", "swimming", "row", "rowing", "ski", "skiing", "skate"),
    *("gym", "strength", "weights", "climb", "climbing", "boulder", "bouldering"),
    *("tennis", "badminton", "squash", "football", "basketball"),
)
"""Workouts that need no leading `workout`."""
RESERVED = frozenset(
    (
        *(*RATED, "eat", "eating", "workout", "caffeine", "habit", "stop"),
        *(*CUPS, *PLURALS, *WORKOUTS, *NO),
    )
)
"""Words that mean something by themselves: no name of one's own shadows them."""
_SEPARATOR = re.compile(r"(?<!\d),|,(?!\d)")
"""A comma between two digits is a decimal comma."""
EXAMPLES = "yoga 30 e6, coffee, energy 4, sleep 23:40-7:05 q4, eat open"


@dataclass(frozen=True, slots=True)
class Logged:
    """What one line came to."""

    entries: tuple[Entry, ...]
    """An entry with an id that the log already has replaces it (`eat close`)."""
    remarks: tuple[str, ...]
    """What a person should know about how it was read (an hour that happened twice)."""


@dataclass(frozen=True, slots=True)
class Words:
    """The names this person has declared."""

    habits: tuple[Habit, ...] = ()
    stops: tuple[str, ...] = ()
    """Things on the stop-doing list."""
    workouts: tuple[str, ...] = ()
    """Kinds of workout logged before; they need no leading `workout`."""


NO_WORDS = Words()


def free_name(name: str) -> str:
    """`name`, or where it is a word of the quick line another one that is like it."""
    return f"{name}-habit" if name in RESERVED else name


def parse(line: str, pen: Pen, words: Words = NO_WORDS, log: Iterable[Entry] = ()) -> Logged:
    """Entries for `line`, as of `pen.now`. `log` is asked for `eat open` and `eat close` only.

    Raises UsageError saying which part was not understood and what was.
    """
    entries: list[Entry] = []
    remarks: list[str] = []
    known = list(log)
    for part in parts(line):
        understood: list[str] = []
        try:
            tokens = Tokens(part, pen)
            understood = tokens.understood
            entry = _one(tokens, pen, words, known)
            tokens.finish()
        except UsageError as error:
            raise _told(error, part, understood, entries) from None
        entries.append(entry)
        known = [*(e for e in known if e.id != entry.id), entry]
        remarks.extend(tokens.remarks)
    if not entries:
        raise UsageError("nothing to log", f"for example: {EXAMPLES}")
    return Logged(tuple(entries), tuple(remarks))


def parts(line: str) -> list[str]:
    """The line at its commas; free text (`worked ...`, a note after ` -- `) is kept whole."""
    if line.split()[:1] == ["worked"]:
        return [line.strip()]  # free text to its end
    head, dash, note = line.partition(" -- ")
    parts = [part.strip() for part in _SEPARATOR.split(head) if part.strip()]
    if dash and parts:
        parts[-1] += f" -- {note}"
    return parts


def _one(tokens: Tokens, pen: Pen, words: Words, log: list[Entry]) -> Entry:
    if tokens.peek() in NO:
        tokens.word()
        tokens.said_no = True
    count = None if tokens.said_no else tokens.maybe_number()
    first = tokens.peek()
    cup = PLURALS.get(first, first)
    if cup in CUPS or first == "caffeine":
        tokens.word()
        return caffeine(tokens, pen, cup if cup in CUPS else None, count)
    if count is not None:
        raise UsageError("a line begins with what it is about", f"for example: {EXAMPLES}")
    # a declared name may be longer than the word it begins with: "sleep mask"
    own = _own(tokens, pen, words)
    if own is not None:
        return own
    if first in RATED:
        tokens.word()
        return RATED[first](tokens, pen)
    if first in ("eat", "eating"):
        tokens.word()
        return eat(tokens, pen, log)
    if first == "workout":
        tokens.word()
        return workout(tokens, pen)
    sport = tokens.take_name(dict.fromkeys((*WORKOUTS, *words.workouts)))
    if sport is not None:
        return workout(tokens, pen, sport)
    raise _unknown(first, words)


def _own(tokens: Tokens, pen: Pen, words: Words) -> Entry | None:
    """A declared habit or thing to stop, by its name; `habit` or `stop` may stand before it."""
    explicit = tokens.peek() if tokens.peek() in ("habit", "stop") else None
    if explicit:
        tokens.word()
    # "sleep" is a night's sleep whatever was declared; "habit sleep" is the habit
    habits = {h.name: h for h in words.habits if not h.archived}
    stops = {habit_name(item): item for item in words.stops}
    if explicit is None:
        habits = {name: habit for name, habit in habits.items() if name not in RESERVED}
        stops = {name: item for name, item in stops.items() if name not in RESERVED}
    if explicit != "stop":
        name = tokens.take_name(habits)
        if name is not None:
            return habit(habits[name], tokens, pen)
    if explicit != "habit":
        name = tokens.take_name(stops)
        if name is not None:
            return stop(stops[name], tokens, pen)
    if explicit:
        raise _unknown(tokens.peek(), words, explicit)
    return None


def _unknown(word: str, words: Words, explicit: str | None = None) -> UsageError:
    if not word:
        return UsageError("something is missing at the end", f"for example: {EXAMPLES}")
    if any(h.name == word and h.archived for h in words.habits):
        hint = f"ask for it again: flowtui habit {word} --unarchive"
        return UsageError(f"{word!r} is archived", hint)
    names = [h.name for h in words.habits if not h.archived]
    names += [habit_name(item) for item in words.stops]
    if explicit is None:
        names += [*RATED, "eat", "workout", "caffeine", *CUPS, *WORKOUTS, *words.workouts]
    near = get_close_matches(word, names, 1, 0.7)
    hint = f"did you mean {near[0]!r}?" if near else f"for example: {EXAMPLES}"
    return UsageError(f"{word!r} is not known", hint)


def _told(error: UsageError, part: str, understood: list[str], before: list[Entry]) -> UsageError:
    """The error with the words it is about, what was understood of them, and what stood before."""
    hints = [error.hint] if error.hint else []
    if understood:
        hints.append(f"understood: {' '.join(understood)}")
    if before:
        hints.append(f"nothing was logged, not even {'; '.join(map(entry_text, before))}")
    return UsageError(f"{part!r}: {error.message}", " · ".join(hints) or None)
