"""The short form of `exchange_fuzz`; the long one is a command of its own."""

from __future__ import annotations

from tests.faults.exchange_fuzz import spoil


def test_a_spoilt_export_is_read_or_refused_in_one_line() -> None:
    counts, faults = spoil(400, seed=7)

    assert faults == []
    assert counts["read"] > 20 and counts["refused"] > 20
