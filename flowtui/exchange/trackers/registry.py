"""All time trackers, in the order in which they are tried on a file of unknown sort."""

from __future__ import annotations

from pathlib import Path

from flowtui.exchange.trackers.apps import ActivityWatch, OrgClock, SuperProductivity
from flowtui.exchange.trackers.rescuetime import RescueTime
from flowtui.exchange.trackers.tables import Table
from flowtui.exchange.trackers.timewarrior import Timewarrior, Watson
from flowtui.exchange.trackers.tracked import Tracker

_TOGGL = ("Start date", "Start time", "Duration", "Description")

TRACKERS: tuple[Tracker, ...] = (
    Table("clockify", "Clockify (detailed report, CSV)", ("Start Date", "Duration (h)")),
    Table("toggl", "Toggl (detailed report, CSV)", _TOGGL),
    RescueTime(),
    ActivityWatch(),
    Watson(),
    Timewarrior(),
    SuperProductivity(),
    OrgClock(),
    Table("blocks", "any table of blocks: start, end or duration, description, tags, project"),
)


def tracker_named(name: str) -> Tracker | None:
    """The tracker called `name`; None if there is none."""
    return next((one for one in TRACKERS if one.name == name), None)


def tracker_of(path: Path) -> Tracker | None:
    """The tracker whose export `path` looks like; None if it looks like none."""
    for one in TRACKERS:
        try:
            if one.sniff(path):
                return one
        except OSError:
            continue
    return None
