"""What a value of Loop Habit Tracker means, in all the ways in which its versions write it.

Yes-or-no habits: YES_MANUAL 2, YES_AUTO 1, NO 0, SKIP 3, UNKNOWN -1, as words or numbers (Entry of
iSoron/uhabits). Amounts are numbers times 1000. One version writes the object itself into its
table: `Entry(timestamp=Timestamp(unixTime=1422144000000), value=2)`.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Habit
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange.csvs import Line
from flowtui.exchange.dates import read_date
from flowtui.exchange.desk import Desk
from flowtui.exchange.protocol import Found, Unread

_WORDS = {"YES_MANUAL": 2, "YES_AUTO": 1, "NO": 0, "SKIP": 3, "UNKNOWN": -1}
_SKIPS = (3, -3)
_AUTO = "days filled in by a habit's schedule (YES_AUTO)"
_OBJECT = re.compile(r"Entry\((?:[^()]|\([^()]*\))*?value=(-?\d+)(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True, slots=True)
class Told:
    """One habit as Loop describes it."""

    habit: Habit
    numeric: bool


def without_objects(text: str) -> str:
    """A table's text with each written object, commas and all, replaced by its value."""
    return _OBJECT.sub(r"\1", text)


def code_of(value: str) -> int | None:
    """The number that `value` stands for; None if Loop does not write that."""
    code = _WORDS.get(value.strip().upper())
    if code is None and re.fullmatch(r"-?\d+", value.strip()):
        code = int(value)
    return code


def is_amount(value: str) -> bool:
    """Whether only a habit that is counted can have this value."""
    code = code_of(value)
    return code is not None and code not in (*_WORDS.values(), *_SKIPS)


def mark(
    desk: Desk, row: Line, told: Told, day: str, value: str, note: str, left: Counter[str]
) -> Found | Unread | None:
    try:
        when: date = read_date(day)
    except UsageError as error:
        return desk.unread(row.number, row.text, error.message)
    code = code_of(value)
    if code is None:
        return desk.unread(row.number, row.text, f"{value!r} is not a value that Loop writes")
    if code == -1:
        return None
    state, amount = State.GIVEN, None
    if code == 0:
        state = State.NO
    elif code in _SKIPS:
        state = State.SKIPPED
    elif told.numeric:
        amount = code / 1000
    elif code == 1:
        left[_AUTO] += 1
        return None
    elif code != 2:
        return desk.unread(row.number, row.text, f"{value!r} is not an answer to a yes-or-no habit")
    return desk.entry(
        row.number,
        f"{told.habit.name}|{when}",
        Kind.HABIT,
        row.text,
        day=when,
        name=told.habit.name,
        state=state,
        value=amount,
        unit=told.habit.unit if amount is not None else None,
        scope=Scope.DAY,
        note=note,
    )
