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
    main_total: int | None = None
    main_n: int | None = None
    rounds: int = 0
    """How often the main bar was complete and began anew."""
    evaluating: str | None = None
    base: int | None = None
    """What a named epoch bar counts from: 0 or 1."""
    epoch_total: int | None = None
    """Steps in an epoch, by the last bar of one."""


@dataclass(slots=True)
class Place:
    """The memory of a text log."""

    bars: Bars = field(default_factory=Bars)
    epoch: int | None = None
    """By the last heading ("Epoch 3/10")."""
    total_epochs: int | None = None
    step: int | None = None
    """The last step that a bar or line gave."""
    table: list[str] = field(default_factory=list)
    """fastai's heading."""
    columns: list[str] = field(default_factory=list)
    """Ultralytics' heading."""
    rows: dict[str, float] = field(default_factory=dict)
    """Of a table of Stable-Baselines3 that is not over."""
    section: str = ""
    best_follows: bool = False
    """LightGBM: the next round is the best one over again."""
    lead: int | None = None
    """The lowest rank that gave figures; the others' are left out."""
    errors: dict[str, list[str]] = field(default_factory=dict)
    """Rank ("" for none) -> lines of a traceback that is not over."""
    shapes: dict[str, list[list[Any]]] = field(default_factory=dict)
    """Names of unknown pairs -> what was held back until the shape comes again."""
    formats: list[str] = field(default_factory=list)
    """Formats of lines met so far, in the order of their first line."""
    oom_said: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Place:
        """Back from `to_json`. Raises TypeError or KeyError for anything else."""
        return cls(**{**data, "bars": Bars(**data["bars"])})
