"""Whoop: sleeps, workouts and the journal of its data export, in any language.

`sleeps.csv`: Cycle timezone, Sleep onset, Wake onset, Asleep duration (min), Nap; `workouts.csv`:
Workout start time, Workout end time, Activity name, in some eras without the zone;
`journal_entries.csv`: Question text, Answered yes, Notes; `physiological_cycles.csv` has the night
of each cycle. In other languages names of files and columns differ: those of German, Spanish,
French and Portuguese are known; in any other one columns are taken by their places, a cycle's
start, its end and its zone first. Times are those of the zone ("UTC+01:00").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Habit, habit_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange import exercises
from flowtui.exchange.csvs import Header, Line
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import Declared, LeftOut, Options, Row
from flowtui.exchange.roles import YES
from flowtui.exchange.sniffing import first_row, holds, table_header
from flowtui.exchange.sources import open_source
from flowtui.exchange.wearables.nights import fixed, moment, night, table, workout

SLEEPS, CYCLES, WORKOUTS, JOURNAL = "sleeps", "cycles", "workouts", "journal"
CYCLES_FILE = "siolog"
"""What the name of the file of cycles has in every language: physiological, fisiologicos."""
_START = ("cycle start time", "startzeit des zyklus", "hora de inicio del ciclo",
          "heure de debut du cycle", "hora de inicio do ciclo")  # fmt: skip
_ZONE = ("cycle timezone", "zeitzone des zyklus", "zona horaria del ciclo",
         "fuseau horaire du cycle", "fuso horario do ciclo")  # fmt: skip
_NAP = ("nap", "nickerchen", "siesta", "sieste", "sesta")
_NAMES = {
    JOURNAL: (
        ("question text", "fragetext", "texto de la pregunta",
         "texto de pergunta"),
        ("answered yes", "beantwortet mit ja", "respondio si", "respondeu sim"),
        ("notes", "anmerkungen", "notas"),
    ),
    WORKOUTS: (
        ("workout start time", "startzeit des trainings", "hora de inicio del entrenamiento",
         "heure de debut de l entrainement", "hora de inicio do treino"),
        ("workout end time", "endzeit des trainings", "hora de finalizacion del entrenamiento",
         "heure de fin de l entrainement", "hora de fim do treino"),
        ("activity name", "name der aktivitat", "nombre de la actividad", "nom de l activite",
         "nome da atividade"),
    ),
    SLEEPS: (
        ("sleep onset", "beginn des schlafs", "inicio del sueno", "premiers signes de sommeil",
         "inicio do sono"),
        ("wake onset", "beginn des aufwachens", "inicio de la vigilia",
         "premiers signes de reveil", "inicio da vigilia"),
        ("asleep duration min", "schlafdauer min", "duracion del sueno min",
         "duree du sommeil min", "duracao do sono min"),
    ),
}  # fmt: skip
"""Of each table three columns, without accents and marks, in every language that is known."""
_PLACES = {
    JOURNAL: (3, 4, 5),
    WORKOUTS: (3, 4, 6),
    SLEEPS: (3, 4, 7),
    CYCLES: (12, 13, 16),
}
"""In an export of another language: where the three columns of each table stand."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table is, and where its columns stand."""

    kind: str
    cycle: int
    zone: int | None
    first: int | None
    second: int | None
    third: int | None
    nap: int | None = None


class Whoop:
    """Whoop's data export: the archive, its folder, or one of its tables."""

    name = "whoop"
    title = "Whoop (data export)"

    def sniff(self, path: Path) -> bool:
        """One of its tables, or an archive that holds them."""
        header = table_header(path)
        if header is not None and columns_of(header, first_row(path)) is not None:
            return True
        return (path.is_dir() or path.suffix.casefold() == ".zip") and holds(
            path, lambda names: any(CYCLES_FILE in _plain(n.rsplit("/", 1)[-1]) for n in names)
        )

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Nights, workouts and answers. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with open_source(path) as source:
            names = source.names()
            if not (path.is_file() and len(names) == 1):
                names = sorted(n for n in names if n.casefold().endswith(".csv"))
            tables = [(name, *table(source, name, options)) for name in names]
        known = [
            (found, header, rows)
            for _, header, rows in tables
            if (found := columns_of(header, rows[0] if rows else None)) is not None
        ]
        if not known:
            raise FlowError(f"{path} holds no table as Whoop writes them", "export it again")
        sleeps = any(found.kind == SLEEPS for found, _, _ in known)
        for found, header, rows in known:
            if found.kind == CYCLES and sleeps:
                continue  # its nights are those of the sleeps
            yield from _rows(found, header, rows, desk)


def columns_of(header: Header, first: Line | None) -> Columns | None:
    """What a table is, by names of columns or by their places; None for another program's."""
    found = _by_names(header)
    placed = first is not None and _is_cycle(first)
    if first is None or not placed or (found is not None and found.third is not None):
        return found
    kind = _kind(header, first)
    nap = len(header.names) - 1 if kind == SLEEPS else None
    places = _PLACES[kind]
    return Columns(kind, 0, 2, places[0], places[1], places[2], nap)


def _by_names(header: Header) -> Columns | None:
    names = [_plain(name) for name in header.names]

    def at(known: tuple[str, ...]) -> int | None:
        return next((place for place, name in enumerate(names) if name in known), None)

    start = at(_START)
    if start is None:
        return None
    for kind, wanted in _NAMES.items():
        one, two, three = map(at, wanted)
        if one is not None and two is not None:
            zone, nap = at(_ZONE), at(_NAP)
            kind = CYCLES if kind == SLEEPS and nap is None else kind
            return Columns(kind, start, zone, one, two, three, nap)
    return None


def _plain(text: str) -> str:
    """A name in small letters without accents, whatever stands between its words."""
    bare = unicodedata.normalize("NFD", text.casefold())
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _is_cycle(row: Line) -> bool:
    """Whether a row begins as Whoop's do: a start, an end (or none yet), a zone as an offset."""
    return _is_time(row.get(0)) and (not row.get(1) or _is_time(row.get(1))) and (
        fixed(row.get(2)) is not None
    )  # fmt: skip


def _kind(header: Header, row: Line) -> str:
    if len(header.names) <= 6:
        return JOURNAL
    if not (_is_time(row.get(3)) and _is_time(row.get(4))):
        return CYCLES
    return WORKOUTS if any(letter.isalpha() for letter in row.get(6)) else SLEEPS


def _is_time(text: str) -> bool:
    return len(text) >= 16 and text[:4].isdecimal() and text[4] == "-" and ":" in text


def _rows(found: Columns, header: Header, rows: list[Line], desk: Desk) -> Iterator[Row]:
    if found.kind == JOURNAL:
        yield from _journal(found, rows, desk)
        return
    (marks,) = column_marks([[row.get(found.third) for row in rows]], header.delimiter)
    empty = 0
    for row in rows:
        try:
            if found.kind == WORKOUTS:
                yield _workout(found, row, desk)
            elif not row.get(found.first):
                empty += 1
            else:
                yield _sleep(found, row, desk, marks)
        except UsageError as error:
            yield desk.unread(row.number, row.text, error.message)
    if empty:
        yield LeftOut("cycles without a night", empty)


def _sleep(found: Columns, row: Line, desk: Desk, marks: Marks) -> Row:
    offset = row.get(found.zone)
    first, last = row.get(found.first), row.get(found.second)
    minutes = row.get(found.third)
    nap = row.get(found.nap).casefold() in YES
    return night(
        desk,
        row.number,
        f"sleep|{first}",
        row.text,
        moment(first, desk, offset),
        moment(last, desk, offset),
        read_number(minutes, marks) * 60 if minutes else None,
        "nap" if nap else "",
    )


def _workout(found: Columns, row: Line, desk: Desk) -> Row:
    offset = row.get(found.zone)
    first, last = row.get(found.first), row.get(found.second)
    name = exercises.strava(row.get(found.third))
    start, end = moment(first, desk, offset), moment(last, desk, offset)
    return workout(desk, row.number, f"workout|{first}", row.text, start, end, name)


def _journal(found: Columns, rows: list[Line], desk: Desk) -> Iterator[Row]:
    """Each question as a habit, answered for the day on which its cycle began."""
    declared: dict[str, Habit] = {}
    for row in rows:
        question = row.get(found.first)
        try:
            name = habit_name(question.strip("¿?"))
            day = moment(row.get(found.cycle), desk, row.get(found.zone)).date()
        except UsageError as error:
            yield desk.unread(row.number, row.text, error.message)
            continue
        declared.setdefault(name, Habit(name, label=question, ask=False))
        yes = row.get(found.second).casefold() in YES
        yield desk.entry(
            row.number,
            f"journal|{day}|{question}",
            Kind.HABIT,
            row.text,
            day=day,
            name=name,
            state=State.GIVEN if yes else State.NO,
            scope=Scope.DAY,
            note=row.get(found.third),
        )
    yield from (Declared(habit) for habit in declared.values())
