"""The randomisation test on a CSV file: columns of arm and outcome, and of pairs if it has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.insight.refusal import BEYOND
from flowtui.core.insight.variable import Outcome
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.insight.child import Tell, compute
from flowtui.services.insight.day_csv import date_column, dates, number, outcome_named, rows_of

ANY_DAY = date(2024, 1, 1)
"""Where rows begin that have no date; a Monday."""


@dataclass(frozen=True, slots=True)
class TableRead:
    """The result, and what should be known of it."""

    read: dict[str, Any]
    outcome: Outcome
    remarks: tuple[str, ...]


def read_table(
    path: Path, arm: str, outcome: str, pair: str | None, tell: Tell | None = None
) -> TableRead:
    """The test on the table at `path`. Raises FlowError or UsageError naming row and column."""
    header, rows = rows_of(path)
    remarks: list[str] = []
    key = date_column(header)
    if key is None:
        days = [ANY_DAY + timedelta(days=at) for at in range(len(rows))]
        remarks.append("no column `date`: the rows are taken as days in a row")
    else:
        days = dates(path, header.index(key), rows)
    order = sorted(range(len(rows)), key=lambda at: days[at])
    arms = [_arm(path, at, rows[at][_place(path, header, arm)]) for at in order]
    values = _values(path, [(at, rows[at][_place(path, header, outcome)]) for at in order])
    pairs: list[int] | None = None
    if pair is not None:
        labels = [rows[at][_place(path, header, pair)].strip() for at in order]
        pairs, said = _pairs(path, labels, arms, values)
        remarks += said
    else:
        remarks.append(
            "no --pair: days are taken as dealt out freely; name the pairs for a sharper test"
        )
    known = [a is not None for a in arms]
    if {a for a in arms if a is not None} != {0, 1}:
        raise FlowError(f"{path}: {arm} is the same on every day", "there is nothing to compare")
    question = {
        "days": [days[at].isoformat() for at in order],
        "arm": [a or 0 for a in arms],
        "pair": pairs,
        "counts": known,
        "values": values,
    }
    result = compute("trial", question, tell)["assigned"]
    if result is None:
        raise FlowError(
            f"{path} has too few days for any test",
            "two whole pairs (or two days of each arm) with differing outcomes are needed",
        )
    return TableRead(result, outcome_named(outcome), tuple(remarks))


def _place(path: Path, header: Sequence[str], name: str) -> int:
    if name in header:
        return header.index(name)
    near = get_close_matches(name, header, 1)
    hint = f"did you mean {near[0]}?" if near else f"its columns are: {', '.join(header[:12])}"
    raise UsageError(f"{path} has no column {name!r}", hint)


def _arm(path: Path, row: int, cell: str) -> int | None:
    folded = cell.strip().casefold()
    named = {"a": 1, "b": 0, "on": 1, "off": 0, "with": 1, "without": 0}
    named |= {"treatment": 1, "control": 0}
    value = named.get(folded, number(cell))
    if value is None:
        return None
    if value not in (0, 1):
        raise FlowError(
            f"{path}, row {row + 2}: {cell!r} is not an arm",
            "write 1 and 0, yes and no, or A and B",
        )
    return int(value)


def _values(path: Path, cells: Sequence[tuple[int, str]]) -> list[float | None]:
    found: list[float | None] = []
    for row, cell in cells:
        value = number(cell)
        if isinstance(value, str) or (value is not None and abs(value) > BEYOND):
            raise FlowError(
                f"{path}, row {row + 2}: {cell.strip()!r} is not a number",
                "correct it, or leave it empty",
            )
        found.append(value)
    return found


def _pairs(
    path: Path,
    labels: Sequence[str],
    arms: Sequence[int | None],
    values: Sequence[float | None],
) -> tuple[list[int], list[str]]:
    """A number for each label, and how many pairs lack an arm."""
    if not all(labels):
        raise FlowError(f"{path}: a day has no pair", "name the pair of every day")
    numbers = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    seen: dict[str, set[int]] = {label: set() for label in numbers}
    for label, arm, value in zip(labels, arms, values, strict=True):
        if arm is not None and value is not None:
            seen[label].add(arm)
    halves = [label for label, both in seen.items() if len(both) < 2]
    said = []
    if halves:
        count = len(halves)
        said.append(
            f"{count} {'pair' if count == 1 else 'pairs'} without a known day of each arm "
            f"left out: {', '.join(halves[:5])}"
        )
    return [numbers[label] for label in labels], said
