"""The one codec: every annotation comes back as it was, and every error names the field."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from flowtui.core.codec import STORED, Figure, RecordError, Zone, decode, encode
from flowtui.core.kinds import KINDS

AT = datetime(2026, 11, 23, 3, 38, 4, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Inner:
    at: datetime
    length: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    zone: Zone
    colour: Colour | None = None
    inner: tuple[Inner, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    tags: frozenset[str] = frozenset()
    days: Mapping[date, bool] = field(default_factory=dict)
    number: float | None = None
    figure: Figure | None = None
    count: int = field(default=0, metadata=STORED)
    loose: Any = None
    end: datetime | None = None


FULL = Outer(
    "ü",
    "Europe/Berlin",
    Colour.BLUE,
    (Inner(AT, timedelta(seconds=90)), Inner(AT)),
    ("b", 2),
    frozenset({"z", "y"}),
    {date(2026, 1, 2): True, date(2026, 1, 1): False},
    2.5,
    math.inf,
    3,
    {"free": [1, None]},
    AT,
)


def test_what_is_encoded_is_json_and_comes_back_as_it_was() -> None:
    data = encode(FULL)

    assert decode(Outer, json.loads(json.dumps(data)), "it") == FULL
    assert data["inner"][0] == {"at": "2026-11-23T03:38:04Z", "length": 90}
    assert data["tags"] == ["y", "z"] and data["figure"] == "inf"
    assert data["days"] == {"2026-01-02": True, "2026-01-01": False}


def test_what_says_nothing_is_left_out_unless_it_is_marked() -> None:
    assert encode(Outer("a", "UTC")) == {"name": "a", "zone": "UTC", "count": 0}


def test_instants_are_stored_in_utc_and_whole_numbers_without_a_point() -> None:
    local = AT.astimezone(datetime.now(UTC).astimezone().tzinfo)

    assert encode(Inner(local))["at"] == "2026-11-23T03:38:04Z"
    assert encode(Outer("a", "UTC", number=4.0))["number"] == 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": "green"}, "field 'colour' is 'green', must be one of red, blue"),
        ({"inner": [{"at": "2026-11-23T03:38:04Z"}, {"at": "noon"}]}, "field 'inner[2].at' is"),
        ({"inner": [{}]}, "field 'inner[1].at' is missing"),
        ({"inner": [{"at": "2026-11-23T033804.1Z"}]}, "field 'inner[1].at' is"),
        ({"inner": [{"at": "2026-11-23T03:38:04+0"}]}, "field 'inner[1].at' is"),
        ({"inner": {}}, "field 'inner' is {}, must be a list"),
        ({"pair": ["a"]}, "field 'pair' has 1 items, must have 2"),
        ({"pair": ["a", True]}, "field 'pair[2]' is True, must be a whole number"),
        ({"days": {"2026-W01-1": True}}, "field 'days.2026-W01-1' is '2026-W01-1', must be a day"),
        ({"days": {"2026-01-01": 1}}, "field 'days.2026-01-01' is 1, must be true or false"),
        ({"number": "nan"}, "field 'number' is 'nan', must be a number"),
        ({"number": True}, "field 'number' is True, must be a number"),
        ({"number": 10**400}, "field 'number' is 1000"),
        ({"number": math.nan}, "field 'number' is nan, must be a number"),
        ({"figure": "many"}, "field 'figure' is 'many', must be a number"),
        ({"count": 1.0}, "field 'count' is 1.0, must be a whole number"),
        ({"zone": "/Mars/Olympus"}, "field 'zone' is '/Mars/Olympus', must be the name of a time"),
        ({"zone": "../Europe"}, "field 'zone' is '../Europe', must be the name of a time zone"),
        ({"name": None}, "field 'name' is None, must be a text"),
        ({"extra": 1}, "field 'extra' is unknown"),
    ],
)
def test_an_error_names_the_record_and_the_field(change: dict[str, Any], named: str) -> None:
    data = {"name": "a", "zone": "UTC"} | change

    with pytest.raises(RecordError) as caught:
        decode(Outer, data, "thing k3")

    assert f"thing k3: the {named}" in caught.value.message


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("plans", "state")])
def test_a_record_that_is_no_record_is_refused_by_every_kind(kind: str) -> None:
    with pytest.raises(RecordError):
        KINDS[kind].decode({"id": "x", "surprise": 1})
    with pytest.raises(RecordError, match="field 'id'"):
        KINDS[kind].decode({})


def test_a_block_that_ends_before_it_starts_cannot_be_meant() -> None:
    record = {"id": "k3", "day": "2026-11-23", "zone": "UTC", "started_at": "2026-11-23T03:38:04Z"}

    with pytest.raises(RecordError, match="block k3 ends before it starts"):
        KINDS["blocks"].decode(record | {"ended_at": "2026-11-23T03:38:03Z"})


def test_an_entry_of_the_former_version_with_a_schema_is_read() -> None:
    record = {
        "schema": 1,
        "id": "e1",
        "kind": "energy",
        "day": "2026-11-23",
        "zone": "UTC",
        "recorded_at": "2026-11-23T03:38:04Z",
        "value": 4,
        "v": 1,
    }

    entry = KINDS["entries"].decode(record)

    assert KINDS["entries"].encode(entry) == {
        key: item for key, item in record.items() if key not in ("schema", "v")
    }
