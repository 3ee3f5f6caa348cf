"""All import formats, in the order in which they are tried on a file of unknown sort."""

from __future__ import annotations

from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.apple_health import AppleHealth
from flowtui.exchange.csv_map import CsvMap
from flowtui.exchange.daylio import Daylio
from flowtui.exchange.fit import Fit
from flowtui.exchange.habitbull import HabitBull
from flowtui.exchange.health_connect import HealthConnect
from flowtui.exchange.loop import Loop
from flowtui.exchange.protocol import Format
from flowtui.exchange.sniffing import looks_like
from flowtui.exchange.strava import Strava
from flowtui.exchange.tickmate import Tickmate
from flowtui.exchange.tidy_in import Tidy
from flowtui.exchange.wearables.garmin import Garmin
from flowtui.exchange.wearables.sleep_apps import FITBIT, GOOGLE_FIT, OURA, SleepAsAndroid
from flowtui.exchange.wearables.whoop import Whoop
from flowtui.exchange.zero import Zero

FORMATS: tuple[Format, ...] = (
    Tidy(),
    Loop(),
    Zero(),
    Daylio(),
    HealthConnect(),
    AppleHealth(),
    Strava(),
    Garmin(),
    Whoop(),
    SleepAsAndroid(),
    FITBIT,
    OURA,
    GOOGLE_FIT,
    HabitBull(),
    Tickmate(),
    Fit(),
    CsvMap(),
)
"""The generic table comes last: it would take many of the others."""


def format_named(name: str) -> Format:
    """The format called `name`. Raises UsageError listing those there are."""
    for candidate in FORMATS:
        if candidate.name == name:
            return candidate
    raise UsageError(
        f"unknown import format {name!r}", f"formats: {', '.join(f.name for f in FORMATS)}"
    )


def format_of(path: Path) -> Format:
    """The format that `path` looks like. Raises FlowError if it is absent or looks like none."""
    if not path.exists():
        raise FlowError(f"{path} does not exist", "check the path")
    for candidate in FORMATS:
        if candidate.sniff(path):
            return candidate
    raise FlowError(
        f"{path} looks like {looks_like(path)}, no export that can be read",
        f"name its format: flowtui import {'|'.join(f.name for f in FORMATS)} {path}",
    )
