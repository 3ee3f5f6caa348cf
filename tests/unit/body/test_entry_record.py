"""Entries survive being stored, and damaged records name the field."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.entry import BY_HAND, Entry, Provenance
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.errors import FlowError
from flowtui.core.kinds import ENTRIES, KINDS
from tests.unit.body.entries import pen, utc

NOW = utc("2026-11-23 03:38:04")
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda d: d.replace(tzinfo=UTC, microsecond=0)
)
texts = st.none() | st.text(min_size=1, max_size=20)
numbers = st.none() | st.floats(-1e6, 1e6) | st.integers(-100, 100).map(float)
sources = st.just(BY_HAND) | st.builds(
    Provenance,
    format=st.text(min_size=1, max_size=10),
    key=texts,
    file=texts,
    file_hash=texts,
    line=st.none() | st.integers(0, 10**9),
    app=texts,
)
entries = st.builds(
    Entry,
    id=st.text(min_size=1, max_size=12),
    kind=st.sampled_from(Kind),
    day=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "UTC"]),
    recorded_at=instants,
    state=st.sampled_from(State),
    at=st.none() | instants,
    start=st.none() | instants,
    end=st.none() | instants,
    end_zone=st.none() | st.sampled_from(["Asia/Tokyo", "UTC"]),
    name=texts,
    value=numbers,
    unit=texts,
    quality=st.none() | st.integers(1, 5),
    effort=numbers,
    duration_s=st.none() | st.integers(0, 10**6),
    scope=st.sampled_from(Scope),
    scale=texts,
    late=st.booleans(),
    note=texts,
    source=sources,
)


@given(entries)
def test_every_entry_comes_back_from_json_as_it_was(entry: Entry) -> None:
    assert KINDS[ENTRIES].decode(json.loads(json.dumps(KINDS[ENTRIES].encode(entry)))) == entry


def test_a_stored_entry_reads_like_this() -> None:
    """The stored form is a promise: `grep` and `jq` of users rely on it."""
    entry = pen(NOW).write(Kind.ENERGY, value=4, at=NOW, scale="energy@1")

    assert KINDS[ENTRIES].encode(entry) == {
        "id": "e0",
        "kind": "energy",
        "day": "2026-11-23",
        "zone": "Europe/Berlin",
        "recorded_at": "2026-11-23T03:38:04Z",
        "at": "2026-11-23T03:38:04Z",
        "value": 4,
        "scale": "energy@1",
    }


def _good() -> dict[str, Any]:
    return dict(KINDS[ENTRIES].encode(pen(NOW).write(Kind.ENERGY, value=4, at=NOW)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "mood"}, "kind"),
        ({"day": "yesterday"}, "day"),
        ({"at": "2026-11-23T03:38:04"}, "at"),
        ({"value": "4"}, "value"),
        ({"value": True}, "value"),
        ({"quality": 4.5}, "quality"),
        ({"late": 1}, "late"),
        ({"value": "nan"}, "value"),
        ({"colour": "red"}, "colour"),
        ({"source": "zero"}, "source"),
        ({"source": {}}, "source.format"),
        ({"source": {"format": "zero", "row": 3}}, "source.row"),
        ({"id": 3}, "id"),
    ],
)
def test_a_damaged_record_names_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(FlowError, match=f"field '{field}'"):
        KINDS[ENTRIES].decode(_good() | change)


def test_a_record_without_a_needed_field_names_it() -> None:
    record = _good()
    del record["zone"]

    with pytest.raises(FlowError, match="entry e0: the field 'zone' is missing"):
        KINDS[ENTRIES].decode(record)
