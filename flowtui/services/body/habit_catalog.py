"""What this person calls things: habits and the stop-doing list, of the settings and of the app.

What is declared in the app or comes with an import lives in the ledger, so that it is undone with
the command that brought it. Where both name a habit, the settings decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import DeclaredHabits, Habit, habit_name, habits_from, table_from
from flowtui.core.body.quick_line import RESERVED, Words
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.entry_store import EntryStore, EntryWriter
from flowtui.settings.body import Body

DECLARED = "body-words"
SPORTS = timedelta(days=120)
"""How long a kind of workout needs no leading `workout` after it was logged with one."""


@dataclass(frozen=True, slots=True)
class Names:
    """Habits and things to stop, in the order they are asked."""

    habits: tuple[Habit, ...]
    stops: tuple[str, ...]
    """Names, words joined by `-`, as entries keep them."""

    def habit(self, name: str) -> Habit | None:
        """The habit called `name`, or None."""
        return next((h for h in self.habits if h.name == name), None)


class Declared:
    """Reads and adds names."""

    def __init__(self, store: EntryStore, settings: Body, file: Path | None = None) -> None:
        """`file` is where the settings were read from."""
        self._store = store
        self._file = file
        self._own = habits_from(settings.habits)
        self._stops = tuple(dict.fromkeys(habit_name(item) for item in settings.stops))

    def names(self, writer: EntryWriter | None = None) -> Names:
        """All names, archived habits too."""
        habits, stops = self._kept()
        known = {h.name for h in self._own}
        return Names(
            (*self._own, *(h for h in habits if h.name not in known)),
            tuple(dict.fromkeys((*self._stops, *stops))),
        )

    @property
    def settled(self) -> frozenset[str]:
        """Names of the settings' habits and things to stop."""
        return frozenset((*(habit.name for habit in self._own), *self._stops))

    def not_own(self, name: str) -> FlowError:
        """Why a name cannot be changed here: the settings declare it, or nothing does."""
        if name not in self.settled:
            return FlowError(f"there is no habit {name!r}", "see: flowtui habit")
        from flowtui.settings.config_lines import place_of

        place = place_of(self._file, name) if self._file is not None else "config.toml"
        return FlowError(
            f"{name!r} is declared in {place}",
            f"change it there; its records follow a new name by: flowtui habit {name} --merge NEW",
        )

    def shadows(self) -> bool:
        """Whether the app keeps a habit that is called like a word of the quick line."""
        kept: DeclaredHabits | None = self._store.state.get(DECLARED)
        return kept is not None and not RESERVED.isdisjoint(kept.habits)

    def words(self, writer: EntryWriter | None = None) -> Words:
        """What the quick-log grammar may meet; workouts are those of the last months."""
        names = self.names(writer)
        logged = self._store.of_kind(Kind.WORKOUT, SPORTS)
        sports = dict.fromkeys(e.name for e in logged)
        return Words(names.habits, names.stops, tuple(n for n in sports if n))

    def add(self, writer: EntryWriter, habits: Iterable[Habit], stops: Iterable[str] = ()) -> None:
        """Declare more. A name that is taken is refused with UsageError."""
        kept, kept_stops = self._kept()
        names = self.names(writer)
        added = list(habits)
        for habit in added:
            if names.habit(habit.name) is not None or habit.name in names.stops:
                raise UsageError(f"{habit.name!r} is declared already", "take another name")
        more = [habit_name(item) for item in stops]
        for item in more:
            if item in names.stops or names.habit(item) is not None:
                raise UsageError(f"{item!r} is declared already", "take another name")
        self._write(writer, [*kept, *added], [*kept_stops, *more])

    def own(self, writer: EntryWriter, name: str) -> Habit | None:
        """The habit of that name that was declared in the app, or came with an import."""
        return next((habit for habit in self._kept()[0] if habit.name == name), None)

    def own_stop(self, name: str) -> bool:
        """Whether the app keeps a thing to stop of that name."""
        return name in self._kept()[1]

    def change_stop(self, writer: EntryWriter, name: str, to: str | None) -> None:
        """Call a thing to stop `to`; None takes it off the list."""
        kept, stops = self._kept()
        changed = [to if stop == name else stop for stop in stops]
        self._write(writer, kept, [stop for stop in changed if stop is not None])

    def change(self, writer: EntryWriter, name: str, to: Habit | None) -> None:
        """Put `to` in the place of the habit `name`; None takes it away."""
        kept, stops = self._kept()
        changed = [to if habit.name == name else habit for habit in kept]
        self._write(writer, [habit for habit in changed if habit is not None], stops)

    def archive(self, writer: EntryWriter, name: str) -> None:
        """Ask for a name no more; what was recorded stays. Raises FlowError for an unknown one."""
        kept, stops = self._kept()
        clean = habit_name(name)
        if clean in stops:
            self._write(writer, kept, [s for s in stops if s != clean])
        elif any(h.name == clean for h in kept):
            changed = [replace(h, archived=True) if h.name == clean else h for h in kept]
            self._write(writer, changed, stops)
        else:
            raise self.not_own(clean)

    def _kept(self) -> tuple[list[Habit], list[str]]:
        kept: DeclaredHabits | None = self._store.state.get(DECLARED)
        if kept is None:
            return [], []
        return list(habits_from(kept.habits)), list(kept.stops)

    def _write(self, writer: EntryWriter, habits: list[Habit], stops: list[str]) -> None:
        # read as it will be read: one that cannot be would hide all of them
        whole = habits_from(table_from(habits))
        kept = DeclaredHabits(table_from(whole), tuple(stops))
        writer.state.put(kept, id=DECLARED)
