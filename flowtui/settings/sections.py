"""The sections of the settings, each with its fields, their meaning, units and defaults.

To add a section: write a frozen dataclass of `option`s here and give it a field in
`flowtui.settings.config.Config`. Reading, checking, the sample and `set_value` follow from that.
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import AtPlan, Mode
from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings.kinds import (
    Kind,
    choice,
    clock_time,
    folder,
    many,
    member,
    number,
    optional,
    pairs,
    tag,
    text,
    weekday,
    whole,
    yes_no,
    zone,
)

T = TypeVar("T")

NOTICE_EVENTS = (
    "plan-reached",
    "break-over",
    "block-planned",
    "meeting",
    "guard",
    "check-in",
    "eating-window",
    "wind-down",
    "run-lost",
    "run-news",
    "digest",
)
"""What a notice can be about."""
CLOCKS = ("seconds", "minutes", "five", "bar", "none")
"""How the time of a running block is shown."""


def option(default: T, kind: Kind[T], help: str) -> T:
    """A field of a section: its default, the kind of its values, and one sentence about it."""
    made: Any = field(default=default, metadata={"kind": kind, "help": help})
    result: T = made
    return result


def _is_cycle(word: str) -> bool:
    from flowtui.core.focus.cycle import is_cycle

    return is_cycle(word)


def _is_name(word: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,59}", word) is not None


@dataclass(frozen=True, slots=True)
class Day:
    """When a day begins and which days are for rest."""

    start: time = option(
        time(4),
        clock_time(),
        "Local time at which a day begins; work past midnight counts before it.",
    )
    week_starts: int = option(0, weekday(), "First day of a week.")
    rest_days: tuple[int, ...] = option(
        (), many(weekday(), "weekdays"), "Weekdays on which nothing is expected."
    )
    zone: ZoneInfo | None = option(
        None, optional(zone(), "system"), "Time zone that decides which day it is."
    )


@dataclass(frozen=True, slots=True)
class Blocks:
    """Lengths of blocks and breaks, and how a running block behaves."""

    presets_min: tuple[int, ...] = option(
        (25, 50, 90),
        many(whole(1, 1440, "minutes"), "one to nine lengths in minutes", least=1, most=9),
        "Lengths offered when a block is planned, in minutes.",
    )
    default_min: int | None = option(
        50,
        optional(whole(1, 1440, "minutes"), "open"),
        'Length of a block that is started without one, in minutes, or "open".',
    )
    at_plan: AtPlan = option(
        AtPlan.OVERTIME,
        member(AtPlan),
        "When the plan is reached: keep counting (overtime), or end the block (end).",
    )
    idle_dim_s: int | None = option(
        10,
        optional(whole(1, 3600, "seconds"), "never"),
        "Seconds without a key after which all but the clock is dimmed.",
    )
    break_ratio: float | None = option(
        None,
        optional(number(0.02, 1.0, "minutes of break a minute of focus"), "none"),
        "Break suggested for each minute of focus; if set, the two tables below are not used.",
    )
    break_steps_min: tuple[tuple[int, int], ...] = option(
        ((25, 5), (50, 8)),
        pairs(1, 1440, "a list of pairs [focus up to, break] in minutes, the first rising"),
        "Break suggested after focus of up to so many minutes: [focus, break].",
    )
    break_beyond_min: int = option(
        10, whole(1, 240, "minutes"), "Break suggested after longer focus, in minutes."
    )
    cycle: str | None = option(
        None,
        optional(text("a cycle such as 50/10 or 25/5 x4", lambda word: _is_cycle(word)), "none"),
        "Work and break in minutes, by turns: 50/10, 25/5 x4, your own. It starts no block.",
    )
    away_min: int | None = option(
        5,
        optional(whole(1, 240, "minutes"), "never"),
        "Minutes away from the keyboard, as your system tells them, that are offered as a gap.",
    )
    heartbeat_s: int = option(
        5, whole(1, 60, "seconds"), "How often a running block says that it is alive, in seconds."
    )
    stale_after_s: int = option(
        60,
        whole(15, 86400, "seconds"),
        "How long nothing may have been running, in seconds, before you are asked about it.",
    )

    def break_s(self, focus_s: int) -> int:
        """Seconds of break to suggest after `focus_s` seconds of focus; a suggestion, no more.

        Default steps: Smits, Wenzel and de Bruin 2025, Behavioral Sciences 15(7), 861 (5 min after
        up to 25, 8 after up to 50, else 10).
        """
        if self.break_ratio is not None:
            return max(60, round(focus_s * self.break_ratio))
        for up_to_min, break_min in self.break_steps_min:
            if focus_s <= up_to_min * 60:
                return break_min * 60
        return self.break_beyond_min * 60


@dataclass(frozen=True, slots=True)
class Goals:
    """What you mean to reach; shown, never enforced."""

    day_min: int | None = option(
        None, optional(whole(1, 1440, "minutes"), "none"), "Focus meant for a day, in minutes."
    )
    week_h: float | None = option(
        None, optional(number(0.25, 120, "hours"), "none"), "Focus meant for a week, in hours."
    )
    overwork_h: float | None = option(
        6.0,
        optional(number(0.25, 24, "hours"), "none"),
        "Focus a day, in hours, above which the day is marked as long.",
    )


@dataclass(frozen=True, slots=True)
class Context:
    """One part of your life with its own folders, floor and words."""

    folders: tuple[Path, ...] = option(
        (), many(folder(), "folders"), "Where its work lies; git is asked there for evidence."
    )
    week_floor_h: float | None = option(
        None,
        optional(number(0.25, 120, "hours"), "none"),
        "Hours a week that keep it alive; a floor, not a goal.",
    )
    default_mode: Mode | None = option(
        None, optional(member(Mode), "none"), "Mode of a block that is started without one."
    )
    tags: tuple[str, ...] = option((), many(tag(), "tags"), "Tags that each of its blocks gets.")
    guard: tuple[str, ...] = option(
        (),
        many(text("the name of a list", lambda word: _is_list(word)), "names of lists"),
        "Lists that are kept away in its blocks, beside those of [guard].",
    )
    public: bool = option(
        False, yes_no(), "Name it and its hours in a public report; else it is other work."
    )


@dataclass(frozen=True, slots=True)
class Review:
    """What a public report may name; contexts are opened by their own `public`."""

    public_tags: tuple[str, ...] = option(
        (), many(tag(), "tags"), "Tags whose hours may stand in a public report, by name."
    )


@dataclass(frozen=True, slots=True)
class Display:
    """How the app looks."""

    clock: str = option(
        "minutes",
        choice(*CLOCKS),
        "What a running block shows of its time; five is 5-minute steps.",
    )
    font: str = option(
        "ansi_shadow",
        text("the name of a pyfiglet font", _is_name),
        "Font of the large digits: any font that pyfiglet has.",
    )
    theme: str = option(
        "night", text("the name of a theme", _is_name), "Colours; flowtui themes lists them."
    )
    motion: bool = option(True, yes_no(), "Let what appears and goes do so softly.")
    unicode: bool = option(True, yes_no(), "Draw with characters beyond ASCII.")
    plain: bool = option(
        False, yes_no(), "Plain words from top to bottom, for screen readers; as with --plain."
    )


@dataclass(frozen=True, slots=True)
class Notices:
    """How flowtui calls you, and about what."""

    desktop: bool = option(True, yes_no(), "Notices of the desktop.")
    terminal: bool = option(
        True, yes_no(), "Notices of the terminal, where yours can show them; over SSH and tmux too."
    )
    bell: bool = option(False, yes_no(), "The terminal's bell.")
    ntfy: str | None = option(
        None,
        optional(
            text("an ntfy address", lambda word: word.startswith(("https://", "http://"))), "none"
        ),
        "Your ntfy topic: while no app is open, the end of a plan and lost runs go to your phone.",
    )
    ntfy_words: bool = option(
        False, yes_no(), "Send the words of a notice too, not only that there is something."
    )
    events: tuple[str, ...] = option(
        NOTICE_EVENTS,
        many(choice(*NOTICE_EVENTS), f"events out of {', '.join(NOTICE_EVENTS)}"),
        "What to be called about.",
    )


def _is_source(word: str) -> bool:
    return (
        word.startswith(("https://", "http://", "webcal://"))
        or Path(word).expanduser().is_absolute()
    )


def _is_address(word: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+", word) is not None


@dataclass(frozen=True, slots=True)
class Planning:
    """What is meant for the days to come, and the calendars that lie beside it."""

    calendars: tuple[str, ...] = option(
        (),
        many(text("a folder, a file or an address", _is_source), "folders, files or addresses"),
        "Calendars whose meetings are shown: vdirsyncer folders, .ics files, secret addresses.",
    )
    me: tuple[str, ...] = option(
        (),
        many(text("a mail address", _is_address), "mail addresses"),
        "Your addresses in invitations: what you have declined is not busy.",
    )
    publish: Path | None = option(
        None,
        optional(folder(), "none"),
        "A calendar file, or a folder of vdirsyncer, that your blocks and plans are written to.",
    )
    publish_titles: tuple[str, ...] = option(
        (),
        many(text("the name of a context", _is_name), "names of contexts"),
        "Contexts whose intentions stand in it; all else is called busy.",
    )
    hours: str = option(
        "09:00-18:00",
        text("two times, such as 09:00-18:00", lambda word: _is_hours(word)),
        "Between which times of the day blocks are proposed for a week.",
    )


@dataclass(frozen=True, slots=True)
class Tasks:
    """Where you keep tasks: they are offered as intentions, and only read."""

    todo: tuple[Path, ...] = option((), many(folder(), "files"), "Files in the todo.txt format.")
    markdown: tuple[Path, ...] = option(
        (), many(folder(), "files"), "Markdown files whose open check boxes are tasks."
    )
    taskwarrior: bool = option(False, yes_no(), "Pending tasks of Taskwarrior, by its own command.")
    github: bool = option(False, yes_no(), "GitHub issues assigned to you, by an installed gh.")
    timeout_s: float = option(
        2.0, number(0.2, 30, "seconds"), "How long a source may take, in seconds."
    )


def _is_list(word: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", word) is not None


def _is_hours(word: str) -> bool:
    clock = r"([01]?\d|2[0-3]):[0-5]\d"
    if re.fullmatch(f"{clock}-{clock}", word) is None:
        return False
    begins, _dash, ends = word.partition("-")
    return begins.zfill(5) < ends.zfill(5)


def _is_stretch(word: str) -> bool:
    return re.fullmatch(r"[a-z0-9_-]+ [0-2]?\d:[0-5]\d-[0-2]?\d:[0-5]\d", word) is not None


@dataclass(frozen=True, slots=True)
class Guard:
    """What is kept away while a block runs; a lease that runs stays as it was promised."""

    lists: tuple[str, ...] = option(
        (),
        many(text("the name of a list", _is_list), "names of lists; see flowtui guard list"),
        "Lists that are kept away in every block.",
    )
    strictness: str = option(
        "soft",
        choice("soft", "firm", "hard"),
        "Who may end it early: you (soft), you, later (firm), nobody (hard).",
    )
    apps: tuple[str, ...] = option(
        (),
        many(text("the name of a program", _is_name), "names of programs such as discord"),
        "Apps that are frozen with every list.",
    )
    windows: tuple[str, ...] = option(
        (),
        many(text("a list and a stretch", _is_stretch), "stretches such as social 12:30-13:00"),
        "When a list is open all the same.",
    )
    quiet: bool = option(True, yes_no(), "Switch on do-not-disturb of the desktop meanwhile.")
    open_min: int = option(
        120, whole(1, 1440, "minutes"), "How long an open-ended block is guarded, in minutes."
    )


def _is_url(word: str) -> bool:
    return re.fullmatch(r"https?://[^@\s?#]+", word) is not None


def _is_label(word: str) -> bool:
    return re.fullmatch(r"(?:job|host|gpu|uuid)=[A-Za-z_]\w*", word) is not None


@dataclass(frozen=True, slots=True)
class Sources:
    """What is asked beyond this machine; nothing is, until a run of it is watched."""

    ssh_open_only: bool = option(
        False,
        yes_no(),
        "Use only connections of SSH that are open already: for sites that ask for a code.",
    )
    prometheus: str | None = option(
        None,
        optional(text("an address without a password", _is_url), "none"),
        "A Prometheus with the figures of DCGM, for the GPUs of jobs.",
    )
    gpu_labels: tuple[str, ...] = option(
        (),
        many(text("a pair such as job=hpc_job", _is_label), "pairs of job, host, gpu or uuid"),
        "What that Prometheus calls them; else the usual names are tried.",
    )
    ca_file: Path | None = option(
        None,
        optional(folder(), "none"),
        "A file of certificates to trust beside the system's, for servers of your own.",
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is gathered at the end of a block about what it brought forth."""

    git: bool = option(True, yes_no(), "Commits and lines in the folders of the context.")
    timeout_s: float = option(
        5.0, number(0.5, 60, "seconds"), "How long this may take, in seconds."
    )
