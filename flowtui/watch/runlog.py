"""All that tells of one run, read as one: several sources folded into one history.

Where two of them give a metric of the same name, the more exact one keeps it. One of them says
where the run stands: the first that knows the whole, else the first that knows a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowtui.core.runs.history import History
from flowtui.core.runs.reading import Item, Notice, Reading
from flowtui.core.runs.rhythm import Rhythm
from flowtui.watch.follow import FileSource
from flowtui.watch.mlflow_files import MlflowFolder
from flowtui.watch.packed import PACKED, PackedSource
from flowtui.watch.place import Place
from flowtui.watch.places import Found
from flowtui.watch.source import Source
from flowtui.watch.tables import MlflowRows, TrackioRows


def open_place(place: Place) -> Source:
    """The source for a place; nothing is read yet."""
    if place.kind == "mlflow":
        return MlflowRows(place.path, place.run)
    if place.kind == "trackio":
        return TrackioRows(place.path, place.run)
    if place.kind == "mlflow-folder":
        return MlflowFolder(place.path)
    if place.path.suffix in PACKED:
        return PackedSource(place.path)
    return FileSource(place.path)


class RunLog:
    """Reads one run; `history` and `rhythm` grow with every look and poll."""

    def __init__(self, found: Found) -> None:
        self.name = found.name
        self.history = History()
        self.rhythm = Rhythm()
        self._prefixes = [place.prefix for place in found.places]
        self._sources: list[Source] = [open_place(place) for place in found.places]
        self._groups = [place.group for place in found.places]
        self._owners: dict[str, str] = {}
        """Metric -> the group of places that gives it."""
        self._lead: str | None = None
        self._shifts: dict[int, float] = {}
        """By place: seconds from its own clock to ours, once that was seen."""

    @property
    def title(self) -> str | None:
        """The run's name as one of its files has it (`.wandb`); None if none does."""
        titles = (s.title for s in self._sources if isinstance(s, FileSource))
        return next((title for title in titles if title), None)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats met so far, each once."""
        found = [name for source in self._sources for name in source.formats]
        return tuple(dict.fromkeys(found))

    @property
    def changed_at(self) -> float | None:
        """When any of its places last changed, POSIX seconds."""
        return max((s.changed_at for s in self._sources if s.changed_at is not None), default=None)

    @property
    def problems(self) -> tuple[str, ...]:
        """What cannot be read just now, in words."""
        return tuple(f"{s.path}: {s.problem}" for s in self._sources if s.problem)

    @property
    def sources(self) -> Sequence[Source]:
        """Its places."""
        return tuple(self._sources)

    def look(self) -> None:
        """Read all there is so far; half lines at the end wait for the next poll."""
        said = [source.look() for source in self._sources]
        self._lead = self._leader(said)
        for place, items in enumerate(said):
            self._fold(place, items, None)

    def poll(self, arrived: float) -> int:
        """Read what is new, seen at `arrived` (POSIX seconds); returns how much there was."""
        said = [source.poll() for source in self._sources]
        if self._lead is None:
            self._lead = self._leader(said)
        for place, items in enumerate(said):
            if items:
                self._fold(place, items, arrived)
        return sum(map(len, said))

    def close(self) -> None:
        """Nothing more will come: last lines without an end are taken as they are."""
        for place, source in enumerate(self._sources):
            self._fold(place, source.close(), None)

    def state(self) -> dict[str, Any]:
        """All that is needed to go on, as JSON, but for the history (see `History.dump`)."""
        return {
            "sources": [source.state() for source in self._sources],
            "owners": self._owners,
            "lead": self._lead,
            "shifts": {str(place): shift for place, shift in self._shifts.items()},
            "rhythm": self.rhythm.to_json(),
        }

    def restore(self, state: dict[str, Any], history: History) -> None:
        """Go on from `state` with the history that belongs to it."""
        for source, known in zip(self._sources, state["sources"], strict=False):
            source.restore(known)
        self._owners, self._lead = dict(state["owners"]), state["lead"]
        shifts = state.get("shifts", {})
        self._shifts = {int(place): float(shift) for place, shift in shifts.items()}
        self.rhythm, self.history = Rhythm.from_json(state["rhythm"]), history

    def _fold(self, place: int, items: list[Item], arrived: float | None) -> None:
        leads = self._lead is None or self._groups[place] == self._lead
        items = self._on_our_clock(place, items, arrived)
        alone = len(self._sources) == 1 and not self._prefixes[place]
        kept = items if alone else [self._own(place, item) for item in items]
        self.history.fold(kept, arrived, leads)
        if leads:
            self._feel(kept, arrived, self._sources[place].changed_at)

    def _on_our_clock(self, place: int, items: list[Item], arrived: float | None) -> list[Item]:
        """Items with their instants moved by whole hours, where the log's clock is set so.

        A time stamp without a zone is taken for local time; a container or another machine may have
        written it in its own. What was written last tells: the file changed at that moment.
        """
        if place not in self._shifts:
            last = next((item.at for item in reversed(items) if item.at is not None), None)
            changed = arrived if arrived is not None else self._sources[place].changed_at
            if last is None or changed is None:
                return items
            self._shifts[place] = zone_shift(changed - last)
        shift = self._shifts[place]
        if not shift:
            return items
        return [i if i.at is None else i._replace(at=i.at + shift) for i in items]

    def _own(self, place: int, item: Item) -> Item:
        """The item with its metrics' names prefixed, without those that another source gives."""
        if isinstance(item, Notice) or not item.metrics:
            return item
        prefix, owners = self._prefixes[place], self._owners
        group = self._groups[place]
        kept = {}
        for name, value in item.metrics.items():
            full = prefix + name
            if owners.setdefault(full, group) == group:
                kept[full] = value
        return item._replace(metrics=kept)

    def _feel(self, items: Sequence[Item], arrived: float | None, changed_at: float | None) -> None:
        """Feed the rhythm with the instants at which the run got on."""
        got_on = False
        for item in items:
            if isinstance(item, Notice):
                continue
            got_on = True
            at = item.at if item.at is not None else arrived
            if at is not None:
                self.rhythm.arrive(at)
        heard = arrived if arrived is not None else changed_at
        if got_on and heard is not None:
            self.rhythm.hear(heard)

    def _leader(self, said: Sequence[Sequence[Item]]) -> str | None:
        """Which group of places says where the run stands."""
        first: int | None = None
        for place, items in enumerate(said):
            readings = [item for item in items if isinstance(item, Reading)]
            if any(reading.total_steps for reading in readings[-50:]):
                return self._groups[place]
            if first is None and any(r.step is not None or r.epoch is not None for r in readings):
                first = place
        return None if first is None else self._groups[first]


ZONE_S = 1800.0
"""Clocks of time zones differ by half hours (three of some forty by a quarter)."""
FARTHEST_S = 14 * 3600.0
NEAR_S = 20.0
"""Between what was written last and the file's time of change there are seconds."""


def zone_shift(seconds: float) -> float:
    """Whole half hours of `seconds`, if they are that and no farther than two zones can be; else 0.

    What is a few seconds off is another zone's clock; what is anything else is a file that was
    copied, or touched, or has gone on with lines that have no time stamp.
    """
    whole = round(seconds / ZONE_S) * ZONE_S
    near = -NEAR_S <= seconds - whole <= NEAR_S
    return whole if near and abs(whole) <= FARTHEST_S else 0.0
