"""The one table of what is kept: every kind of record, its class, and how it is told apart.

Stores, exports and the doctor walk `KINDS`. To add a kind, add a line; to change the shape of one,
add a step to `flowtui.ledger.migrate.STEPS`. A class is imported when its first record is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from flowtui.core import codec
from flowtui.core.codec import RecordError
from flowtui.core.lazy_dataclass import dataclass

VERSION_KEY = "v"
"""The one version field of every stored record; the ledger writes and reads it."""

BLOCKS = "blocks"
ENTRIES = "entries"
RUNS = "runs"
EXPERIMENTS = "experiments"
QUESTIONS = "questions"
GUARDED = "guarded"
STATE = "state"
PLANS = "planned"
ANSWERS = "answers"
SHARED = "shared"
REVIEWS = "reviews"
THOUGHTS = "thoughts"

_SINGLES = {
    "running": "flowtui.core.focus.pointers:Running",
    "break": "flowtui.core.focus.pointers:Break",
    "break-before": "flowtui.core.focus.pointers:Break",
    "announced": "flowtui.core.focus.pointers:Announced",
    "break-announced": "flowtui.core.focus.pointers:Announced",
    "first-block": "flowtui.core.focus.pointers:FirstBlock",
    "body-words": "flowtui.core.body.habits:DeclaredHabits",
    "reminded": "flowtui.core.body.habits:Reminded",
    "checkin": "flowtui.core.body.checkin:OpenCheckin",
}
"""Records of which there is one, by id: the kind `state`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record."""

    name: str
    """The word for it in files, in code and in exports."""
    word: str
    """What one of it is called in a sentence."""
    dated: bool
    """Whether a record belongs to a logical day, and so to the file of a year."""
    model: str = ""
    """Its class, as `module:Class`; empty if it has none."""
    former: frozenset[str] = frozenset()
    """Fields that an earlier version wrote and nothing reads."""
    by_id: bool = False
    """Whether there is one record of each id, and each id has a class of its own."""

    def decode(self, record: Mapping[str, Any]) -> Any:
        """The value in `record`. Raises RecordError naming the record and the field."""
        id = record.get("id")
        name = f"{self.word} {id}"
        model = _model(_SINGLES.get(str(id), "") if self.by_id else self.model)
        if model is None and self.by_id:
            raise RecordError(name, "id", "is not one that this flowtui knows")
        if model is None:
            return dict(record)
        if not isinstance(id, str) or not id:
            raise RecordError(self.word, "id", f"is {id!r}, must be a text")
        extra = {"id", "day", VERSION_KEY} - codec.field_names(model)
        return codec.decode(model, record, name, extra | self.former)

    def fields(self) -> list[str]:
        """The fields of its records, in their order; of state, those of all of them."""
        paths = _SINGLES.values() if self.by_id else [self.model]
        return [name for path in paths for name in codec.ordered_names(_model(path))]

    def read(self, id: str, field: str, text: str) -> Any:
        """`text` as a value of `field`, of a table whose cells are texts. Raises RecordError."""
        model = _model(_SINGLES.get(id, "") if self.by_id else self.model)
        if field not in codec.field_names(model):
            return text
        return codec.from_text(model, field, text)

    def encode(self, value: Any, day: date | None = None, id: str = "") -> dict[str, Any]:
        """`value` as a record, filed under the logical `day`; `id` where it has none itself."""
        id = id or value.id
        data = codec.encode(value, _model(_SINGLES[id] if self.by_id else self.model))
        filed = {"id": id} if day is None else {"id": id, "day": day.isoformat()}
        return {**filed, **data}


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(BLOCKS, "block", True, "flowtui.core.focus.block:Block"),
        Kind(ENTRIES, "entry", True, "flowtui.core.body.entry:Entry", frozenset({"schema"})),
        Kind(RUNS, "run", True, "flowtui.core.runs.run:Run"),
        Kind("plans", "plan", False),
        Kind(PLANS, "plan", False, "flowtui.core.plan.planned_block:PlannedBlock"),
        Kind(ANSWERS, "answer", True, "flowtui.core.plan.planned_block:Answer"),
        Kind(SHARED, "shared thing", True, "flowtui.core.review.shared:SharedThing"),
        Kind(REVIEWS, "week review", True, "flowtui.core.review.week_review:WeekReview"),
        Kind(THOUGHTS, "thought", True, "flowtui.core.focus.inbox:LooseThought"),
        Kind(EXPERIMENTS, "experiment", False, "flowtui.core.insight.experiment:Experiment"),
        Kind(QUESTIONS, "question", False, "flowtui.core.insight.experiment:Question"),
        Kind(GUARDED, "guarded block", False, "flowtui.core.guard.protection:GuardedBlock"),
        Kind(STATE, "state", False, by_id=True),
    )
}


@cache
def _model(path: str) -> Any:
    """The class at `module:Class`; None for an empty path."""
    if not path:
        return None
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
