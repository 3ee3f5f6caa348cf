"""What a column of a table can mean, and how its cells become entries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import habit_name
from flowtui.core.body.scales import ENERGY, OUTPUT, QUALITY, SUGAR
from flowtui.core.body.validation import hours
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange.dates import plain, read_length_s
from flowtui.exchange.numbers import Marks, read_number
from flowtui.exchange.protocol import Fields
from flowtui.exchange.units import Unit, split_unit, unit_named

TALL = ("habit", "value")
"""Roles of a table with a row a habit: one column names it, the other holds its value."""
ROW = ("date", "time", "at", "zone", "id", "note", *TALL, "ignore")
"""Roles that say something about the whole row."""
VALUE = (
    *("energy", "output", "sugar", "caffeine", "worked"),
    *("sleep", "sleep.quality", "sleep.start", "sleep.end"),
    *("workout", "workout.name", "workout.effort", "workout.start", "workout.end"),
    *("eating.open", "eating.close"),
)
"""Roles that hold a value. `habit:NAME` and `stop:NAME` come on top."""
LENGTHS = ("sleep", "workout")
"""Roles that are lengths of time."""
USUAL_S = {"sleep": 16 * 3600, "workout": 8 * 3600}
"""Seconds: who has more than that on half of the days has another unit."""
SHORTEST_S = 30 * 60
TIMES = ("sleep.start", "sleep.end", "workout.start", "workout.end", "eating.open", "eating.close")
YES = frozenset(
    (
        *(
            "yes",
            "y",
            "true",
            "x",
            "done",
            "✓",
            "✔",
            "✅",
            "☑",
            "ja",
            "oui",
            "si",
            "sí",
            "sì",
            "sim",
        ),
        *("да", "так", "tak", "ano", "igen", "evet", "kyllä", "ναι", "はい", "是", "예", "네"),
    )
)
NO = frozenset(
    (
        *(
            "no",
            "n",
            "false",
            "none",
            "✗",
            "✘",
            "❌",
            "☐",
            "nein",
            "non",
            "não",
            "nao",
            "nee",
            "nej",
        ),
        *("нет", "ні", "nie", "ne", "nem", "hayır", "ei", "όχι", "いいえ", "否", "아니요"),
    )
)
MISSING = frozenset(
    ("#n/a", "#na", "<na>", "nan", "null", "nil", "n.a.", "?", "missing", "#value!")
)
"""What programs and people write where nothing is known: as an empty cell."""
SKIP = frozenset(("skip", "skipped", "n/a", "na", "-", "–", "—"))
ONE, ZERO = ("1", "1.0"), ("0", "0.0")
_SYNONYMS = {
    "date": (
        *("date", "day", "datum", "fecha", "full_date", "local_date", "calendar date"),
        *("jour", "giorno", "dia", "día", "dag", "dato", "dátum", "data", "дата", "日付", "日期"),
    ),
    "time": ("time", "uhrzeit", "hora", "heure", "ora", "время"),
    "at": ("at", "datetime", "timestamp", "date_time", "logged_at"),
    "zone": ("zone", "timezone", "time zone", "tz"),
    "habit": (
        *("habit", "habit name", "metric", "variable", "tracker", "gewohnheit", "hábito"),
        *("habitude", "abitudine", "gewoonte"),
    ),
    "value": ("value", "amount", "wert", "valeur", "valor", "valore", "waarde"),
    "id": ("id", "uuid", "record_id", "entry_id"),
    "note": ("note", "notes", "comment", "notiz"),
    "energy": ("energy", "energie", "energy level", "énergie", "energía", "energia"),
    "output": ("output", "productivity"),
    "sugar": ("sugar", "added sugar"),
    "caffeine": (
        *("caffeine", "coffee", "coffees", "cups", "cups of coffee", "kaffee", "koffein"),
        *("café", "cafés", "caffè", "koffie"),
    ),
    "sleep": (
        *("sleep", "hours slept", "sleep hours", "sleep duration", "slept", "asleep"),
        *("time asleep", "minutes asleep", "schlaf", "schlafdauer", "sommeil", "sueño", "sonno"),
        *("slaap", "sono", "sömn"),
    ),
    "sleep.quality": ("sleep quality", "quality of sleep"),
    "sleep.start": ("bedtime", "sleep start", "fell asleep", "asleep at"),
    "sleep.end": ("wake time", "wake up", "woke up", "sleep end", "woke"),
    "workout": (
        *("workout minutes", "exercise minutes", "workout", "exercise", "workout duration"),
        *("training", "sport minuten"),
    ),
    "workout.name": ("workout type", "activity type", "exercise type", "sport"),
    "workout.effort": ("effort", "rpe", "perceived exertion"),
    "eating.open": ("window opened", "first meal", "eating start"),
    "eating.close": ("window closed", "last meal", "eating end"),
    "worked": ("what worked",),
}
_OUT_OF_NAME = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column means: its role, and the unit and the decimals of its numbers."""

    role: str
    unit: Unit | None = None
    """None: that of the role."""
    marks: Marks = Marks.POINT
    yes_no: bool = False
    """Whether its 1 and 0 are a yes and a no: nothing else stands in the column."""

    def seconds(self, text: str, role_s: float) -> int:
        """A length in seconds; a plain number counts the unit, or `role_s` where none is said."""
        unit_s = self.unit.seconds if self.unit is not None else None
        return read_length_s(text, unit_s or role_s, lambda cell: read_number(cell, self.marks))


@dataclass(frozen=True, slots=True)
class Cell:
    """One value cell, read."""

    kind: Kind
    fields: Fields


def meaning_from(text: str, header: str) -> Meaning:
    """`text` as a role, its unit after a colon (`sleep:min`), else the one in the column's name.

    Raises UsageError for a role or a unit that does not exist.
    """
    head, colon, said = text.rpartition(":")
    if colon and head in VALUE:
        unit = unit_named(said)
        if unit is None:
            raise UsageError(f"{said!r} is no unit", "write it as sleep:min, workout:s, sleep:h")
        return fitting(head, unit)
    if head in ("habit", "stop"):
        text, own = split_unit(text)  # habit:x (pages) is x, counted in pages
        return fitting(role_from(text), own or split_unit(header)[1])
    return fitting(role_from(text), split_unit(header)[1])


def fitting(role: str, unit: Unit | None) -> Meaning:
    """A role with its unit. Raises UsageError for a unit that its numbers cannot be in."""
    if unit is None or role in ROW or role in TIMES or role.startswith(("habit:", "stop:")):
        return Meaning(role, unit)
    if role in LENGTHS and unit.seconds is None:
        raise UsageError(f"{role} is a length of time, not {unit.name}", f"map it as {role}:min")
    if role == "caffeine" and unit.name != "cups":
        raise UsageError(
            f"caffeine is counted in cups, not in {unit.name}", "map it as habit:caffeine-dose"
        )
    return Meaning(role, unit)


def impossible(role: str, seconds: Sequence[float]) -> str | None:
    """Why no column of `role` can hold these lengths; None if it can."""
    if role not in LENGTHS or not seconds:
        return None
    # one odd night is told with its row: a unit is wrong for half of the column
    usual = sorted(seconds)[(len(seconds) - 1) // 2]
    if usual <= USUAL_S[role] and (role != "sleep" or usual >= SHORTEST_S):
        return None
    return f"{hours(round(usual))} of {role} cannot be"


def role_from(text: str) -> str:
    """`text` as a role. Raises UsageError for one that does not exist."""
    if text in ROW or text in VALUE:
        return text
    head, colon, name = text.partition(":")
    if colon and head in ("habit", "stop") and name.strip():
        return f"{head}:{habit_name(name) if head == 'habit' else plain(name)}"
    raise UsageError(
        f"a column cannot mean {text!r}",
        f"roles: {', '.join((*ROW, *VALUE))}, habit:NAME, stop:NAME",
    )


def guessed_role(header: str) -> str | None:
    """The role that a column's name suggests; None where nothing is plain."""
    name = _OUT_OF_NAME.sub(" ", header.casefold()).strip()
    without = _OUT_OF_NAME.sub(" ", split_unit(header)[0].casefold()).strip()
    bare = re.sub(r"\s*[(\[].*$", "", name)
    for role, names in _SYNONYMS.items():
        spelled = {_OUT_OF_NAME.sub(" ", n) for n in names}
        if {name, bare, without} & spelled or name == role:
            return role
    head, colon, rest = header.partition(":")
    head = head.strip().casefold()
    if colon and head in ("habit", "stop"):
        return role_from(f"{head}:{split_unit(rest)[0].strip()}")
    return None


ENDS = {
    "start": ("start", "start time", "begin", "from", "beginn", "von", "inicio", "début", "inizio"),
    "end": ("end", "end time", "stop", "to", "ende", "bis", "fin", "fine", "fim"),
}
"""Columns that say when something began and ended, and not what."""


def with_ends(headers: Sequence[str], roles: Sequence[str | None]) -> list[str | None]:
    """The roles, with bare starts and ends as those of the one kind that has a length."""
    found = list(roles)
    kinds = [kind for kind in LENGTHS if kind in roles and f"{kind}.start" not in roles]
    names = [_OUT_OF_NAME.sub(" ", header.casefold()).strip() for header in headers]
    at = {
        end: next((n for n, name in enumerate(names) if name in words and roles[n] is None), None)
        for end, words in ENDS.items()
    }
    if len(kinds) == 1 and None not in at.values():
        for end, place in at.items():
            found[place or 0] = f"{kinds[0]}.{end}"
    return found


def state_of(text: str) -> State | None:
    """A no or a skip; None for a value. An empty cell is missing and never gets here."""
    word = plain(text).casefold()
    if word in NO:
        return State.NO
    return State.SKIPPED if word in SKIP else None


def cell(meaning: Meaning, text: str) -> Cell:
    """What a cell says, for every role with a value of its own but not a time.

    Raises UsageError for what its kind cannot be.
    """
    role = meaning.role
    state = state_of(text)
    if role.startswith(("habit:", "stop:")):
        return _named(meaning, text, state)
    kind = Kind(role.partition(".")[0])
    if state is not None:
        return Cell(kind, Fields(state=state, scope=Scope.DAY))
    if role == "worked":
        return Cell(kind, Fields(note=text, scope=Scope.DAY))
    if role == "sleep":
        return Cell(kind, Fields(duration_s=meaning.seconds(text, 3600), scope=Scope.DAY))
    if role == "workout":
        seconds = meaning.seconds(text, 60)
        if seconds == 0:
            return Cell(kind, Fields(state=State.NO, scope=Scope.DAY))
        return Cell(kind, Fields(duration_s=seconds, name="workout"))
    value = read_number(text, meaning.marks)
    if role == "sleep.quality":
        return Cell(kind, Fields(quality=int(QUALITY.check(value, role)), scale=QUALITY.id))
    if value == 0 and kind in (Kind.SUGAR, Kind.CAFFEINE):
        return Cell(kind, Fields(state=State.NO, scope=Scope.DAY))
    scale = {Kind.ENERGY: ENERGY, Kind.OUTPUT: OUTPUT, Kind.SUGAR: SUGAR}.get(kind)
    scope = Scope.ONE if kind is Kind.ENERGY else Scope.DAY
    return Cell(kind, Fields(value=value, scale=scale.id if scale else None, scope=scope))


def _named(meaning: Meaning, text: str, state: State | None) -> Cell:
    head, _, name = meaning.role.partition(":")
    kind = Kind(head)
    word = plain(text).casefold()
    if word in YES or (meaning.yes_no and word in ONE):
        return Cell(kind, Fields(name=name, scope=Scope.DAY))
    if state is None:
        value = read_number(text, meaning.marks)
        if value != 0:
            fields = Fields(name=name, value=value, scope=Scope.DAY)
            if meaning.unit is not None and kind is Kind.HABIT:
                fields["unit"] = meaning.unit.name
            return Cell(kind, fields)
        state = State.NO
    return Cell(kind, Fields(name=name, state=state, scope=Scope.DAY))
