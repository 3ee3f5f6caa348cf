"""Whoop: sleeps, workouts and the journal of its data export.

`sleeps.csv`: Cycle timezone, Sleep onset, Wake onset, Asleep duration (min), Nap; `workouts.csv`:
Workout start time, Workout end time, Activity name; `journal_entries.csv`: Question text, Answered
yes, Notes; `physiological_cycles.csv` has the night of each cycle. Times are those of the cycle's
zone ("UTC+01:00").
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Habit, habit_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange import exercises
from flowtui.exchange.csvs import Header, Line, needs
from flowtui.exchange.dates import read_number
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.protocol import Declared, LeftOut, Options, Row
from flowtui.exchange.sniffing import has_columns, holds, table_header
from flowtui.exchange.wearables.nights import member, moment, night, table, workout

SLEEPS, CYCLES = "sleeps.csv", "physiological_cycles.csv"
WORKOUTS, JOURNAL = "workouts.csv", "journal_entries.csv"
MEMBERS = (SLEEPS, CYCLES, WORKOUTS, JOURNAL)


class Whoop:
    """Whoop's data export: the archive, its folder, or one of its tables."""

    name = "whoop"
    title = "Whoop (data export)"

    def sniff(self, path: Path) -> bool:
        """One of its tables, or an archive that holds them."""
        header = table_header(path)
        if has_columns(header, ("Cycle timezone",)):
            return True
        return (path.is_dir() or path.suffix.casefold() == ".zip") and holds(
            path, lambda names: any(n.rsplit("/", 1)[-1] == CYCLES for n in names)
        )

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Nights, workouts and answers. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with member(path, MEMBERS) as (source, names):
            if not names:
                raise FlowError(f"{path} holds none of {', '.join(MEMBERS)}", "export it again")
            has_sleeps = any(name.endswith(SLEEPS) for name in names)
            for name in names:
                header, rows = table(source, name, options)
                needs(header, ("Cycle timezone",), name)
                if name.endswith(CYCLES) and has_sleeps:
                    continue  # its nights are those of sleeps.csv
                yield from _rows(header, rows, desk)


def _rows(header: Header, rows: list[Line], desk: Desk) -> Iterator[Row]:
    if header.at("Question text") is not None:
        yield from _journal(header, rows, desk)
        return
    empty = 0
    for row in rows:
        try:
            if header.at("Workout start time") is not None:
                yield _workout(header, row, desk)
            elif not row.get(header.at("Sleep onset")):
                empty += 1
            else:
                yield _sleep(header, row, desk)
        except UsageError as error:
            yield desk.unread(row.number, row.text, error.message)
    if empty:
        yield LeftOut("cycles without a night", empty)


def _sleep(header: Header, row: Line, desk: Desk) -> Row:
    offset = row.get(header.at("Cycle timezone"))
    first, last = row.get(header.at("Sleep onset")), row.get(header.at("Wake onset"))
    minutes = row.get(header.at("Asleep duration (min)"))
    nap = row.get(header.at("Nap")).casefold() == "true"
    return night(
        desk,
        row.number,
        f"sleep|{first}",
        row.text,
        moment(first, desk, offset),
        moment(last, desk, offset),
        read_number(minutes) * 60 if minutes else None,
        "nap" if nap else "",
    )


def _workout(header: Header, row: Line, desk: Desk) -> Row:
    offset = row.get(header.at("Cycle timezone"))
    first, last = (row.get(header.at(f"Workout {end} time")) for end in ("start", "end"))
    name = exercises.strava(row.get(header.at("Activity name")))
    start, end = moment(first, desk, offset), moment(last, desk, offset)
    return workout(desk, row.number, f"workout|{first}", row.text, start, end, name)


def _journal(header: Header, rows: list[Line], desk: Desk) -> Iterator[Row]:
    """Each question as a habit, answered for the day on which its cycle began."""
    declared: dict[str, Habit] = {}
    for row in rows:
        question = row.get(header.at("Question text"))
        offset = row.get(header.at("Cycle timezone"))
        try:
            name = habit_name(question.rstrip("?"))
            day = moment(row.get(header.at("Cycle start time")), desk, offset).date()
        except UsageError as error:
            yield desk.unread(row.number, row.text, error.message)
            continue
        declared.setdefault(name, Habit(name, label=question, ask=False))
        yes = row.get(header.at("Answered yes")).casefold() == "true"
        yield desk.entry(
            row.number,
            f"journal|{day}|{question}",
            Kind.HABIT,
            row.text,
            day=day,
            name=name,
            state=State.GIVEN if yes else State.NO,
            scope=Scope.DAY,
            note=row.get(header.at("Notes")),
        )
    yield from (Declared(habit) for habit in declared.values())
