"""Where a text log stands: what its earlier lines said that later ones need.

It is the only state of the line formats, and plain JSON, so that a reader can be put away.
"""

from __future__ import annotations

from dataclasses import asdict, field
from typing import Any

from flowtui.core.lazy_dataclass import dataclass


@dataclass(slots=True)
class Bars:
    """Which of the bars that are drawn is the training's; see `bars`."""

    outer: list[float] = field(default_factory=list)
    """n and total of a bar that counts epochs."""
    main_name: str = ""
    main_total: int | None = None
    main_n: int | None = None
    through: bool = False
    """True if the bar is the whole run's, though headings of epochs come between its frames."""
    rounds: int = 0
    """How often the main bar was complete and began anew."""
    epoch: int | None = None
    """The heading under which the main bar was drawn last."""
    told: float | None = None
    """The epoch that a line of figures told last."""
    told_at: float | None = None
    """The same, when the main bar was drawn last."""
    evaluating: str | None = None
    base: int | None = None
    """What epochs count from: 0 or 1."""
    epoch_total: int | None = None
    """Steps in an epoch, by the last bar of one."""
    samples: bool = False
    """True if Keras' bars count samples."""
    keras: list[int] = field(default_factory=list)
    """n and total of Keras' latest bar of training under this heading."""
    redrawn: bool = False
    """True if that bar was drawn before it was complete: complete twice, it is the same bar."""
    validates: bool = False
    """True if the training's bars have figures of a validation."""
    drawn: dict[str, str] = field(default_factory=dict)
    """Figures of a validation as the bar repeats them."""


@dataclass(slots=True)
class Counter:
    """Whether a step that stands beside an epoch counts in it or through the run."""

    word: str = ""
    """What steps are called, once a line said so."""
    through: bool | None = None
    """None: nothing has shown it yet."""
    epoch: int | None = None
    n: int = 0
    before: int = 0
    """Steps of the epochs that are over, where no line says how many an epoch has."""


@dataclass(slots=True)
class Place:
    """The memory of a text log."""

    bars: Bars = field(default_factory=Bars)
    counter: Counter = field(default_factory=Counter)
    epoch: int | None = None
    """By the last heading ("Epoch 3/10")."""
    total_epochs: int | None = None
    step: int | None = None
    """The last step that a bar or line gave."""
    began: bool = False
    """True once a position was read: what came before were settings."""
    section: str = ""
    """The set that a heading announced."""
    pending: dict[str, float] = field(default_factory=dict)
    """Figures of an evaluation that is under way, by their full names."""
    evaluated: str = ""
    """The set of the last evaluation."""
    settings: int = 0
    """Lines that look like settings."""
    totals: dict[str, float] = field(default_factory=dict)
    """How many "steps" and "epochs" the settings say, not given yet."""
    header: list[str] = field(default_factory=list)
    """The columns of a table whose rows come."""
    spans: list[list[int]] = field(default_factory=list)
    """Where these columns begin and end, if a line of dashes says so."""
    table: str = ""
    """Whose table it is."""
    columns: list[str] = field(default_factory=list)
    """Ultralytics' heading."""
    rows: dict[str, float] = field(default_factory=dict)
    """Of a box whose end has not come."""
    box: str = ""
    """The heading inside of a box."""
    best_follows: bool = False
    """LightGBM: the next round is the best one over again."""
    lead: int | None = None
    """The lowest rank that gave figures; the others' are left out."""
    errors: dict[str, list[str]] = field(default_factory=dict)
    """Rank ("" for none) -> lines of a traceback that is not over."""
    first: str = ""
    """The log's first line: where it comes again, the program began anew."""
    erred: bool = False
    """True if an error came since then."""
    testing: int = 0
    """How many lines ago a unit test's failure was announced; 0 if none was."""
    shapes: dict[str, list[list[Any]]] = field(default_factory=dict)
    """Names of unknown pairs -> what was held back until the shape comes again."""
    formats: list[str] = field(default_factory=list)
    """Formats of lines met so far, in the order of their first line."""
    ends: list[str] = field(default_factory=list)
    """How the latest lines ended, to tell a whole last line from a torn one."""
    learnable: bool = False
    """True if the last line's reading was of nothing but its own numbers."""

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Place:
        """Back from `to_json`. Raises TypeError or KeyError for anything else."""
        return cls(**{**data, "bars": Bars(**data["bars"]), "counter": Counter(**data["counter"])})
