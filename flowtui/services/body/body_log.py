"""The body log: quick lines, corrections, the eating window, names. One transaction a command."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from flowtui.core.body.day_text import entry_text
from flowtui.core.body.eating import edit_window
from flowtui.core.body.entry import BY_HAND, Entry
from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.entry_line import reread
from flowtui.core.body.fasting import WindowNow, targets_from, window_now
from flowtui.core.body.floors import Floor, floor_from, travel_days
from flowtui.core.body.habits import Habit
from flowtui.core.body.phrases import workout
from flowtui.core.body.quick_line import Logged, parse
from flowtui.core.body.tokens import Tokens
from flowtui.core.body.writer import Pen, whole
from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import middle_cut
from flowtui.services.body.entry_store import EntryStore
from flowtui.services.body.habit_catalog import Declared, Names
from flowtui.services.listeners import Listeners
from flowtui.services.store import days
from flowtui.settings.body import Body as Settings
from flowtui.settings.body import days_away


@dataclass(frozen=True, slots=True)
class BodyGlance:
    """What the status file says of the body."""

    energy: float | None
    """Mean of today's ratings; None without any."""
    window: WindowNow | None
    """None where no window is kept."""
    spoken: bool
    """Whether the plain line says it too."""


class BodyService:
    """Commands on body records. All raise FlowError and then leave everything as it was."""

    def __init__(
        self,
        store: EntryStore,
        clock: Clock,
        rule: DayRule,
        settings: Settings,
        file: Path | None = None,
    ) -> None:
        """`file` is where the settings were read from."""
        self.store = store
        self.settings = settings
        self.declared = Declared(store, settings, file)
        self.targets = targets_from(settings.targets)
        self._clock = clock
        self._rule = rule
        self.listeners: Listeners[[]] = Listeners()
        """Called after every change."""
        self._renamed: list[str] = []

    def changed(self) -> None:
        """Tell the listeners."""
        self.listeners.tell()

    # Reading

    def log(self, first: date, last: date) -> BodyLog:
        """Records from `first` to `last`, by day."""
        return BodyLog(self.store.between(first, last), self._rule.start)

    def sparse_log(self, first: date, last: date, kind: Kind) -> BodyLog:
        """As `log`, but of one `kind`, where all records are of one place and none tells of travel.

        For long stretches of which little is asked: what is not decoded costs nothing.
        """
        rows = self.store.entries.table.search(days(first, last))
        zones = {row.get(name) for row in rows for name in ("zone", "end_zone")} - {None}
        if len(zones) > 1:
            return self.log(first, last)
        return BodyLog(self.store.of_kind_between(kind, first, last), self._rule.start)

    def names(self) -> Names:
        """Declared habits and things to stop."""
        self.free_names()
        return self.declared.names()

    def free_names(self) -> None:
        """Give habits that an older version named like a word of the quick line another name."""
        if not self.declared.shadows():
            return
        from flowtui.services.body.shadow_names import mend

        with suppress(FlowError):  # a folder that cannot be written to can still be read
            self._renamed += mend(self.store, self.declared.settled)
            if self._renamed:
                self.changed()

    def renamed(self) -> list[str]:
        """A sentence for each habit that was given another name; each is told once."""
        told, self._renamed = self._renamed, []
        return told

    def floors(self) -> tuple[tuple[Floor, ...], tuple[str, ...]]:
        """The weekly floors; and the texts of those whose habit or thing to stop is not known."""
        names = self.names()
        known = {Variable(Kind.HABIT, habit.name) for habit in names.habits}
        known |= {Variable(Kind.STOP, stop) for stop in names.stops}
        read = {text: floor_from(text) for text in self.settings.floors}
        strange = tuple(
            text
            for text, floor in read.items()
            if floor.variable.kind is Kind.HABIT and floor.variable not in known
        )
        return tuple(f for text, f in read.items() if text not in strange), strange

    def kept(self) -> bool:
        """Whether an eating window is kept: by the settings, else by having been used lately."""
        if self.settings.eating is not None:
            return self.settings.eating
        return bool(self.store.of_kind(Kind.EATING))

    def window(self) -> WindowNow | None:
        """The eating window's live timer; None where none is kept."""
        if self.settings.eating is False:
            return None
        logged = self.store.of_kind(Kind.EATING)
        if not logged and not self.settings.eating:
            return None
        return window_now(logged, self._clock.now(), self._rule, self.targets)

    def away(self, log: BodyLog) -> frozenset[date]:
        """Days of travel: those of the settings, and those seen from the records' zones."""
        named = (day for stretch in self.settings.away for day in days_away(stretch))
        return frozenset((*named, *travel_days(log)))

    def glance(self, now: datetime) -> BodyGlance:
        """What the status file says."""
        today = self._rule.day_of(now)
        energy = self.log(today, today).value(today, Variable(Kind.ENERGY)).value
        return BodyGlance(energy, self.window(), self.settings.status_line)

    def meant(self, line: str) -> Logged:
        """What a quick line would record, recorded nowhere. Raises UsageError."""
        pen = Pen(whole(self._clock.now()), self._rule, lambda: "", BY_HAND)
        windows = self.store.of_kind(Kind.EATING) if "eat" in line.casefold() else []
        logged = parse(line, pen, self.declared.words(), windows)
        return Logged(tuple(logged.entries), logged.remarks)

    # Writing

    def write(self, line: str, at: datetime | None = None) -> Logged:
        """Record a quick line, as of `at` (default now). Raises UsageError, nothing recorded."""
        self.free_names()
        with self.store.change("log") as writer:
            pen = writer.pen(at)
            windows = writer.eating() if "eat" in line.casefold() else []
            logged = parse(line, pen, self.declared.words(writer), windows)
            entries = tuple(writer.put(entry, pen.now) for entry in logged.entries)
            writer.staging.label = f"log {_brief(entries)}"
        self.changed()
        return Logged(entries, logged.remarks)

    def workout(
        self, words: str, effort: float | None = None, began: datetime | None = None
    ) -> Entry:
        """Record a workout: `words` are its kind and length, `began` is when it started.

        Raises UsageError, nothing recorded.
        """
        with self.store.change("log") as writer:
            pen = writer.pen(None)
            tokens = Tokens(words, pen)
            entry = workout(tokens, pen, effort=effort, began=began)
            tokens.finish()
            entry = writer.put(entry, pen.now)
            writer.staging.label = f"log {_brief([entry])}"
        self.changed()
        return entry

    def edit(self, id: str, line: str) -> Entry:
        """Record `id` as `line` says it; see `flowtui.core.body.entry_line.reread`."""
        with self.store.change("edit entry") as writer:
            old = writer.by_id(id)
            words = self.declared.words(writer)
            eats = old.kind is Kind.EATING
            windows = writer.eating(around=old.day) if eats else []
            new = writer.put(reread(old, line, writer.pen(), words, windows))
        self.changed()
        return new

    def delete(self, id: str) -> Entry:
        """Remove record `id`; undo brings it back."""
        with self.store.change("delete entry") as writer:
            entry = writer.by_id(id)
            writer.delete(entry)
            writer.staging.label = f"delete {_brief([entry])}"
        self.changed()
        return entry

    def move_window(
        self,
        id: str,
        opened: datetime | None = None,
        closed: datetime | None = None,
        reopen: bool = False,
    ) -> Entry:
        """Move one or both ends of an eating window; `reopen` takes its end away."""
        with self.store.change("edit eating window") as writer:
            known = writer.eating()
            window = self._window_named(writer.by_id(id) if id else None, known)
            new = edit_window(
                [*known, *writer.eating(around=window.day), window],
                window.id,
                writer.pen(),
                opened=opened,
                closed=closed,
                reopen=reopen,
            )
            writer.put(new)
        self.changed()
        return new

    def declare(self, habits: Iterable[Habit] = (), stops: Iterable[str] = ()) -> None:
        """Name a new habit, or a thing to stop.

        Raises UsageError where a deleted habit left records under the name in another unit.
        """
        habits = tuple(habits)
        with self.store.change("declare a habit") as writer:
            self.declared.add(writer, habits, stops)
            for habit in habits:
                self._check_left(habit)
        self.changed()

    def _check_left(self, habit: Habit) -> None:
        from flowtui.core.body.habit_amounts import form_text, unlike

        left = (e for e in self.store.every() if e.kind is Kind.HABIT and e.name == habit.name)
        strange = unlike(left, habit)
        if strange is not None:
            raise UsageError(
                f"{habit.name} has records of a deleted habit, such as {strange}, "
                f"and would be {form_text(habit)}",
                "take another name, or declare it as it was counted and change its unit then",
            )

    @staticmethod
    def _window_named(chosen: Entry | None, known: list[Entry]) -> Entry:
        from flowtui.core.body.eating import windows

        if chosen is not None:
            if chosen.kind is not Kind.EATING:
                raise FlowError(f"{chosen.id} is {entry_text(chosen)}", "see: flowtui body")
            return chosen
        logged = windows(known)
        if not logged:
            raise FlowError("there is no eating window yet", "open one: flowtui eat open")
        return logged[-1]


def _brief(entries: Iterable[Entry]) -> str:
    return middle_cut(", ".join(map(entry_text, entries)), 60)
