"""The fields of an entry that a format may fill in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from flowtui.core.body.entry_kinds import Scope, State


class Fields(TypedDict, total=False):
    """As in `flowtui.core.body.entry.Entry`; what is left out is None or the usual."""

    day: date | None
    zone: str | None
    recorded_at: datetime | None
    state: State | None
    at: datetime | None
    start: datetime | None
    end: datetime | None
    end_zone: str | None
    name: str | None
    value: float | None
    unit: str | None
    quality: int | None
    effort: float | None
    duration_s: int | None
    scope: Scope | None
    scale: str | None
    note: str | None
    app: str | None
