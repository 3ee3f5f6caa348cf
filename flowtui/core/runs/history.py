"""What a run's log has said so far, folded into bounded memory.

However many readings come, a history holds the last state, per metric the figures of `Track`, and
about four thousand places of curves in all (some 300 kB); two metrics get long curves, two hundred
short ones. `dump` gives the bytes to keep it outside of the ledger.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from flowtui.core.runs.metric_series import Series
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import key_metric
from flowtui.core.runs.ranks import Ranks
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading

VERSION = 2
PLACES = 4096
MAX_METRICS = 400
MAX_NAME = 200
EVER = 1e11
"""Seconds, or epochs, beyond which a figure is no figure; not-a-number is beyond it too."""
MAX_NOTICES = 200
WENT_ON = 8
"""As many readings after an error mean that it was caught; ranks may still say a few."""
_FIELDS = (
    "step", "total_steps", "epoch", "total_epochs", "eta_s", "rate", "first_at", "last_at",
    "readings", "left_out", "backs", "moves",
)  # fmt: skip


class History:
    """All that rules, screens and `runs show` know of a run's progress and metrics."""

    def __init__(self) -> None:
        self.step: int | None = None
        self.total_steps: int | None = None
        self.epoch: float | None = None
        self.total_epochs: float | None = None
        self.eta_s: float | None = None
        """Seconds left by the log's own word, at `last_at`."""
        self.rate: float | None = None
        """Steps per second by the log's own word."""
        self.first_at: float | None = None
        """POSIX seconds of the first reading whose instant is known."""
        self.last_at: float | None = None
        self.readings = 0
        self.left_out = 0
        """Values of metrics beyond the first MAX_METRICS, which are not kept."""
        self.backs = 0
        """How often the step went back: the run was resumed from an earlier one."""
        self.moves = 0
        """How often step or epoch changed."""
        self.preparing = False
        """True while no step came after the first epoch: a bar may have been of a preparation."""
        self.metrics: dict[str, Track] = {}
        self.ticks = Series()
        """Progress over time: (step, instant, instant); epochs where there are no steps."""
        self.ranks = Ranks()
        """How far each worker is, where the log tells them apart."""
        self.notices: list[Notice] = []
        """The first and the latest of them, MAX_NOTICES at most."""
        self.marks: list[int] = []
        """For each notice, how many readings came before it."""
        self.stands: list[int] = []
        """For each notice, how often the run had moved before it."""

    @property
    def empty(self) -> bool:
        """True if nothing was read yet."""
        return self.readings == 0 and not self.notices

    @property
    def progress(self) -> float | None:
        """Share of the whole that is done, 0 to 1; None if the whole is not known."""
        for done, total in ((self.step, self.total_steps), (self.epoch, self.total_epochs)):
            if done is not None and total:
                return min(1.0, max(0.0, done / total))
        return None

    @property
    def position(self) -> float | None:
        """Step, or the epoch where the log knows no steps."""
        return self.step if self.step is not None else self.epoch

    @property
    def key(self) -> str | None:
        """The metric that says how good the run is; None if none is known to."""
        return key_metric(self.metrics)

    def of_kind(self, kind: NoticeKind) -> list[Notice]:
        """The notices of one kind, oldest first."""
        return [notice for notice in self.notices if notice.kind is kind]

    def latest(self) -> list[Notice]:
        """The notices that the run did not go on after, oldest first.

        An end falls with the first step after it, an error with a new start: the log was appended
        to by a second one.
        """
        since = self.readings - WENT_ON
        kinds = [notice.kind for notice in self.notices]
        anew = (
            len(kinds) - kinds[::-1].index(NoticeKind.RESUMED) if NoticeKind.RESUMED in kinds else 0
        )
        return [
            notice
            for place, notice in enumerate(self.notices)
            if (
                self.stands[place] == self.moves
                if notice.kind is NoticeKind.FINISHED
                else self.marks[place] >= since and place + 1 >= anew
            )
        ]

    def fold(self, items: Iterable[Item], arrived: float | None = None, leads: bool = True) -> None:
        """Take readings and notices in the order in which the log has them.

        Of a run with several logs one `leads`: it says where the run stands, the others add metrics
        at their own steps. `arrived` is when they were seen (POSIX seconds): the instant of those
        that do not say their own; None at a first look at an old log, whose instants nobody knows.
        """
        for item in items:
            if isinstance(item, Reading):
                self.readings += 1
                step, metrics, epoch, _, _, at, _, _, _, rank = item
                if at is None:
                    at = arrived
                if at is not None and not -EVER < at < EVER:
                    at = None  # a log may claim any instant
                if at is not None:
                    if self.last_at is None or at > self.last_at:
                        self.last_at = at
                    if self.first_at is None or at < self.first_at:
                        self.first_at = at
                if rank is not None and step is not None and at is not None:
                    self.ranks.add(rank, step, at)
                if leads:
                    self._lead(item, at)
                else:
                    self._totals(item)
                if metrics:
                    self._values(metrics, step, epoch, at)
            else:
                self._notice(item)

    def _totals(self, reading: Reading) -> None:
        """The whole, from a log that does not lead, where the one that does knows none."""
        steps, epochs = reading.total_steps, reading.total_epochs
        if self.total_steps is None and steps is not None and steps > 0:
            self.total_steps = steps
        if self.total_epochs is None and epochs is not None and 0 < epochs < EVER:
            self.total_epochs = epochs

    def _lead(self, reading: Reading, at: float | None) -> None:
        step, _, epoch, total_steps, total_epochs, _, _, eta_s, rate, _ = reading
        before = self.step if self.step is not None else self.epoch
        if total_steps is not None and total_steps > 0:
            self.total_steps = total_steps
        if total_epochs is not None and 0 < total_epochs < EVER:
            self.total_epochs = total_epochs
        if step is not None and step != self.step and 0 <= step < 10**18:
            self._stepped(step)
        if epoch is not None and -EVER < epoch < EVER:
            if self.preparing and self.epoch is not None and step is None and epoch > self.epoch:
                self._prepared()
            self.moves += epoch != self.epoch
            self.epoch = epoch
        if eta_s is not None and 0 <= eta_s < EVER:
            self.eta_s = eta_s
        if rate is not None and 0 <= rate < EVER:
            self.rate = rate
        now = self.step if self.step is not None else self.epoch
        if now is not None and at is not None and (before is None or now > before):
            self.ticks.add(now, at, at)

    def _stepped(self, step: int) -> None:
        if self.step is not None and step < self.step:
            if self.step - step <= max(2, self.step // 1000):
                return  # figures of a step that is just over; the run did not go back
            self.backs += 1
            self.ticks = Series()  # its pace is measured anew
        self.step = step
        self.preparing = self.epoch is None
        self.moves += 1
        if self.total_steps is not None and step > self.total_steps:
            self.total_steps = self.eta_s = None  # the bar was that of a part

    def _prepared(self) -> None:
        """Epochs go on behind a bar that was complete before the first: it prepared the run."""
        self.preparing = False
        if self.step is not None and self.step == self.total_steps:
            self.step = self.total_steps = self.eta_s = self.rate = None
            self.ticks = Series()

    def _values(
        self, metrics: Mapping[str, float], step: int | None, epoch: float | None, at: float | None
    ) -> None:
        # a figure without a step was printed while the run stood where it stands
        place = step if step is not None else self.step if self.step is not None else epoch
        if place is not None and not -(10**18) < place < 10**18:
            place = None
        tracks = self.metrics
        for name, value in metrics.items():
            track = tracks.get(name) or self._new_track(name)
            if track is None:
                self.left_out += 1
            else:
                track.add(track.n if place is None else place, at, value)

    def _new_track(self, name: str) -> Track | None:
        if not name.isprintable() or len(name) > MAX_NAME:
            name = shown(name)[:MAX_NAME]
            if name in self.metrics:
                return self.metrics[name]
        if len(self.metrics) >= MAX_METRICS:
            return None
        places = max(8, min(512, PLACES // (len(self.metrics) + 1)))
        for track in self.metrics.values():
            if track.series.places > places:
                track.series.squeeze(places)
        track = self.metrics[name] = Track(name, places)
        return track

    def _notice(self, notice: Notice) -> None:
        if not notice.text.isprintable():
            notice = notice._replace(text=shown(notice.text))
        if notice.step is None and self.step is not None:
            notice = notice._replace(step=self.step)
        self.notices.append(notice)
        self.marks.append(self.readings)
        self.stands.append(self.moves)
        if len(self.notices) > MAX_NOTICES:  # the first ones and the latest ones tell most
            half = MAX_NOTICES // 2
            del self.notices[half], self.marks[half], self.stands[half]

    def dump(self) -> bytes:
        """All of it as compressed JSON."""
        data: dict[str, Any] = {
            "version": VERSION,
            **{name: getattr(self, name) for name in _FIELDS},
            "preparing": self.preparing,
            "metrics": [track.to_json() for track in self.metrics.values()],
            "ticks": self.ticks.to_json(),
            "ranks": self.ranks.to_json(),
            "notices": [list(notice) for notice in self.notices],
            "marks": self.marks,
            "stands": self.stands,
        }
        return zlib.compress(json.dumps(data, allow_nan=False).encode(), 6)

    @classmethod
    def load(cls, raw: bytes) -> History:
        """Back from `dump`. Raises ValueError for bytes that are no history."""
        try:
            data = json.loads(zlib.decompress(raw))
            if data["version"] != VERSION:
                raise ValueError(f"a history of version {data['version']}")
            history = cls()
            for name in _FIELDS:
                setattr(history, name, data[name])
            history.preparing = data.get("preparing") is True
            tracks = [Track.from_json(track) for track in data["metrics"]]
            history.metrics = {track.name: track for track in tracks}
            history.ticks = Series.from_json(data["ticks"])
            history.ranks = Ranks.from_json(data.get("ranks"))
            history.marks = [int(mark) for mark in data["marks"]]
            history.stands = [int(moved) for moved in data["stands"]]
            history.notices = [Notice(NoticeKind(n[0]), *n[1:]) for n in data["notices"]]
        except (zlib.error, KeyError, TypeError, IndexError, AttributeError) as error:
            raise ValueError(f"no history of a run: {error}") from error
        return history


def shown(text: str) -> str:
    """A text of a log without what a terminal would obey: such characters become "?"."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def plain(value: float | None) -> float | str | None:
    """A figure as JSON can say it: not-a-number and infinities as "nan", "inf", "-inf"."""
    return value if value is None or math.isfinite(value) else str(float(value))
