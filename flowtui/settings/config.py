"""The settings: a TOML file into frozen values. Whatever is wrong in it becomes a Problem.

Reading never raises and never writes: a missing file means the defaults, a file that is not TOML
the defaults and one problem, a bad value the default for that key and one problem.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings.body import FLOOR, FLOOR_FORMS, Body, with_habits
from flowtui.settings.kinds import Kind
from flowtui.settings.paths import Paths
from flowtui.settings.problems import Collector, Problem, nearest, refuse, shown
from flowtui.settings.sections import (
    Blocks,
    Context,
    Day,
    Display,
    Evidence,
    Goals,
    Guard,
    Notices,
    Planning,
    Review,
    Sources,
    Tasks,
)
from flowtui.settings.web import Web

S = TypeVar("S")
Table = Mapping[str, object]
EMPTY: Mapping[str, Any] = MappingProxyType({})
MAX_BYTES = 1 << 20
"""A larger file is no settings file."""

BUILT_IN_CONTEXTS: Mapping[str, Context] = MappingProxyType({"work": Context(), "own": Context()})
"""Contexts that are there without being written down; a file may change their fields."""


def read_section(
    cls: type[S], raw: object, prefix: str, into: Collector, base: S | None = None
) -> S:
    """Read one table of `option`s; a key that is missing or wrong keeps what `base` has.

    `prefix` is the dotted name of the table, for the problems.
    """
    start = cls() if base is None else base
    if not isinstance(raw, dict):
        into.add(prefix, f"{shown(raw)} is not a table; write it as [{prefix}]")
        return start
    kinds = {f.name: f.metadata["kind"] for f in dataclasses.fields(cls)}  # type: ignore[arg-type] # a dataclass
    values: dict[str, object] = {}
    for key, value in raw.items():
        if key not in kinds:
            into.add(f"{prefix}.{key}", _unknown(key, kinds, prefix))
            continue
        kind: Kind[Any] = kinds[key]
        try:
            values[key] = kind.read(value)
        except ValueError:
            into.add(f"{prefix}.{key}", f"{shown(value)} is not {kind.form}")
    return dataclasses.replace(start, **values)  # type: ignore[type-var] # a dataclass


def _section(cls: type[S]) -> S:
    def read(raw: object, name: str, into: Collector) -> S:
        return read_section(cls, raw, name, into)

    made: Any = field(default_factory=cls, metadata={"read": read, "section": cls})
    result: S = made
    return result


def _contexts(raw: object, name: str, into: Collector) -> Mapping[str, Context]:
    found = dict(BUILT_IN_CONTEXTS)
    if not isinstance(raw, dict):
        into.add(name, f"{shown(raw)} is not a table; write it as [{name}.work]")
        return MappingProxyType(found)
    for context, table in raw.items():
        if re.fullmatch(r"[\w-]{1,40}", context) is None:
            into.add(f"{name}.{shown(context)}", "a context is named by letters, digits, - and _")
            continue
        base = found.get(context)
        found[context] = read_section(Context, table, f"{name}.{context}", into, base)
    return MappingProxyType(found)


def _keys(raw: object, name: str, into: Collector) -> Mapping[str, str]:
    if not isinstance(raw, dict):
        into.add(name, f"{shown(raw)} is not a table; write it as [{name}]")
        return EMPTY
    found: dict[str, str] = {}
    for action, key in raw.items():
        if isinstance(key, str) and key.strip():
            found[action] = key.strip()
        else:
            into.add(f"{name}.{action}", f'{shown(key)} is not a key such as "ctrl+k"')
    return MappingProxyType(found)


def _body(raw: object, name: str, into: Collector) -> Body:
    body = read_section(Body, _good_floors(raw, name, into), name, into)
    return with_habits(body, body.habits, f"{name}.habits", into) if body.habits else body


def _good_floors(raw: object, name: str, into: Collector) -> object:
    """`raw` without the floors that cannot be read: a bad one takes none of the others along."""
    floors = raw.get("floors") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(floors, list):
        return raw
    kept: list[object] = []
    for item in floors:
        try:
            FLOOR.read(item)
        except ValueError:
            into.add(f"{name}.floors", f"{shown(item)} is not {FLOOR.form} such as {FLOOR_FORMS}")
            continue
        kept += [item] if item not in kept else []
    return {**raw, "floors": kept}


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, checked; `Config()` holds the defaults."""

    day: Day = _section(Day)
    blocks: Blocks = _section(Blocks)
    goals: Goals = _section(Goals)
    contexts: Mapping[str, Context] = field(
        default_factory=lambda: BUILT_IN_CONTEXTS, metadata={"read": _contexts}
    )
    display: Display = _section(Display)
    notices: Notices = _section(Notices)
    evidence: Evidence = _section(Evidence)
    plan: Planning = _section(Planning)
    tasks: Tasks = _section(Tasks)
    review: Review = _section(Review)
    guard: Guard = _section(Guard)
    sources: Sources = _section(Sources)
    web: Web = _section(Web)
    keys: Mapping[str, str] = field(default_factory=lambda: EMPTY, metadata={"read": _keys})
    """Action id to key, as written; whether both exist is for the app to check."""
    body: Body = field(default_factory=Body, metadata={"read": _body, "section": Body})


def load(paths: Paths) -> tuple[Config, list[Problem]]:
    """Read the settings of `paths.config_file`; never raises."""
    into = Collector(paths.config_file)
    table = read_toml(paths.config_file, into)
    return read_config(table, into), into.found


def parse(text: str, file: Path) -> tuple[Config, list[Problem]]:
    """Read settings from a text as if it stood in `file`; never raises."""
    into = Collector(file)
    return read_config(_decode(text, into), into), into.found


def require(config: Config, problems: list[Problem]) -> Config:
    """Give `config` back if nothing is wrong with it.

    Raises:
        UsageError: the first problem; exit code 2.
    """
    if problems:
        refuse(problems)
    return config


def read_toml(file: Path, into: Collector) -> Table:
    """The table in a TOML file; empty if it is missing, empty and one problem if unreadable."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        into.add("", f"cannot be read: {error.strerror or error}")
        return {}
    if len(data) > MAX_BYTES:
        into.add("", "is larger than 1 MiB, which no such file is")
        return {}
    try:
        return _decode(data.decode("utf-8-sig"), into)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        into.add("", f"is not UTF-8 ({_place(before)})")
        return {}


def read_config(table: Table, into: Collector) -> Config:
    """Settings from a TOML table."""
    readers: dict[str, Callable[[object, str, Collector], object]] = {
        f.name: f.metadata["read"] for f in dataclasses.fields(Config)
    }
    values: dict[str, Any] = {}
    for name, raw in table.items():
        if name in readers:
            values[name] = readers[name](raw, name, into)
        else:
            into.add(name, _unknown(name, readers, ""))
    return Config(**values)


def option_names() -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """The dotted name and the field of every option in a fixed section, in their order."""
    for section in dataclasses.fields(Config):
        cls = section.metadata.get("section")
        for one in dataclasses.fields(cls) if cls else ():
            yield f"{section.name}.{one.name}", one


def _decode(text: str, into: Collector) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        into.add("", f"is not TOML: {_explained(str(error), text)}")
    except (RecursionError, ValueError):
        # an integer of thousands of digits, or brackets nested a thousand deep
        into.add("", "is not TOML that can be read: nested too deeply, or a number too long")
    return {}


def _explained(message: str, text: str) -> str:
    """tomllib's message with line and column, at the end of the text too."""
    place = _place(text)
    return message.replace("at end of document", f"at end of document, {place}")


def _place(before: str) -> str:
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"line {line}, column {column}"


def _unknown(key: str, known: Mapping[str, object], prefix: str) -> str:
    """What to say about an unknown key: the nearest one here, or the same one elsewhere."""
    near = nearest(key, known)
    if near is not None:
        return f"unknown; did you mean {near}?"
    elsewhere = {name.rpartition(".")[2]: name for name, _ in option_names()}
    moved = nearest(key, elsewhere)
    if moved is not None:
        return f"unknown here; did you mean {elsewhere[moved]}?"
    return f"unknown; {f'[{prefix}]' if prefix else 'the file'} knows {', '.join(known)}"
