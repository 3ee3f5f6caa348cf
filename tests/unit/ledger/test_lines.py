"""A line is whole or it is not: the checksum decides, and what it lets pass is what was written."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import NewerLedgerError
from flowtui.ledger.lines import (
    Change,
    check_format,
    checked,
    head_of,
    insert_of,
    is_whole,
    line_of,
    parse_line,
    parse_lines,
    record_of,
    record_text,
    seq_of,
    split_lines,
    text_of,
)

any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(st.text(), any_json, max_size=4)
changes = st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1), documents), max_size=3)


def made(changes: list[tuple[str, str, dict[str, Any]]], **head: Any) -> bytes:
    """A line without its newline."""
    texts = [Change(table, key, text_of(document)).text() for table, key, document in changes]
    return line_of({"seq": 7, **head}, texts)[:-1]


@given(changes, st.text())
def test_a_line_is_one_line_and_reads_back_as_it_was_written(
    changes: list[tuple[str, str, dict[str, Any]]], label: str
) -> None:
    raw = made(changes, label=label)

    assert b"\n" not in raw and is_whole(raw) and split_lines(raw) == [raw]
    assert parse_line(raw) == [{"seq": 7, "label": label}, *([*change, None] for change in changes)]
    assert head_of(raw) == {"seq": 7, "label": label}


@given(changes, st.text())
def test_the_quick_look_at_a_line_agrees_with_the_json_parser(
    changes: list[tuple[str, str, dict[str, Any]]], label: str
) -> None:
    raw = made(changes, label=label)

    found = insert_of(raw)

    assert seq_of(raw) == 7
    if found is not None:
        parsed = [found.table, found.key, json.loads(found.document), None]
        assert parse_line(raw) == [head_of(raw), parsed]
        assert found.seq == 7


@given(documents, documents)
def test_a_change_is_never_taken_for_an_insert(one: dict[str, Any], other: dict[str, Any]) -> None:
    change = Change("blocks", "b1", text_of(one), text_of(other)).text()

    assert insert_of(line_of({"seq": 7}, [change])[:-1]) is None


@given(st.text(min_size=1), st.text(min_size=1), documents)
def test_a_record_reads_back_as_it_was_written(
    table: str, key: str, document: dict[str, Any]
) -> None:
    found = record_of(checked(record_text(table, key, text_of(document)).encode())[:-1])

    assert found is not None and found[:2] == (table, key)
    value = json.loads(found[2]) if isinstance(found[2], bytes) else found[2]
    assert value == document


def test_the_quick_look_knows_plain_lines_and_leaves_the_others_to_the_parser() -> None:
    nested = {"a": [["x"], ["y"]]}

    assert insert_of(made([("blocks", "b1", {"id": "b1", "n": [1, {"c": "}]"}]})])) is not None
    assert insert_of(made([("blocks", "b1", {}), ("blocks", "b2", {})])) is None
    assert insert_of(made([("blocks", "b1", nested)])) is None
    assert insert_of(made([('quo"te', "b1", {})])) is None
    deleted = Change("blocks", "b1", None, "{}").text()
    assert insert_of(line_of({"seq": 7}, [deleted])[:-1]) is None


@given(changes, st.data())
def test_no_flipped_bit_goes_unnoticed(
    changes: list[tuple[str, str, dict[str, Any]]], data: st.DataObject
) -> None:
    raw = made(changes, label="x")
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    flipped = bytearray(raw)
    flipped[bit // 8] ^= 1 << bit % 8

    assert not is_whole(bytes(flipped))
    assert split_lines(bytes(flipped)) == []


@given(changes, changes, st.integers(0, 255).filter(lambda byte: byte != 10))
def test_a_newline_that_became_another_byte_loses_neither_of_its_lines(
    one: list[tuple[str, str, dict[str, Any]]],
    other: list[tuple[str, str, dict[str, Any]]],
    byte: int,
) -> None:
    first, second = made(one, label="1"), made(other, label="2")

    assert split_lines(first + bytes([byte]) + second) == [first, second]
    assert split_lines(first + bytes([byte])) == [first]


def test_half_a_surrogate_pair_survives_since_file_names_can_hold_one() -> None:
    text = text_of({"folder": "caf\udce9", "ü": "é"})

    assert json.loads(text) == {"folder": "caf\udce9", "ü": "é"}
    assert text.encode()


def test_text_in_any_language_stays_readable() -> None:
    assert text_of({"intention": "prüfen: 学习"}) == '{"intention":"prüfen: 学习"}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object()])
def test_what_json_has_no_form_for_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        text_of({"a": value})


@pytest.mark.parametrize(
    "payload",
    ["{}", "[]", "[1]", "[{}]", '[{"seq":"1"}]', '[{"seq":1},"x"]', '[{"seq":1},[1,2,3]]', "[nul]"],
)
def test_json_that_is_no_transaction_is_told_apart_even_with_the_right_checksum(
    payload: str,
) -> None:
    from zlib import crc32

    raw = b"%08x %b" % (crc32(payload.encode()), payload.encode())

    assert parse_line(raw) is None
    assert parse_lines([raw, line_of({"format": 2})[:-1]])[0] is None


def test_the_head_of_a_very_long_line_is_read_without_the_rest() -> None:
    raw = made([("blocks", "b", {"text": "x" * 100_000})], label="l" * 3000)

    assert head_of(raw) == {"seq": 7, "label": "l" * 3000}


def test_a_format_of_tomorrow_is_refused_by_name() -> None:
    check_format({"format": 2}, Path("2026.jsonl"))
    with pytest.raises(NewerLedgerError, match=r"2026\.jsonl was written by a newer flowtui"):
        check_format({"format": 3}, Path("2026.jsonl"))


def test_jq_reads_a_journal_after_the_checksum_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(
        line_of({"format": 2, "ledger": "journal"})
        + made([("blocks", "b1", {"n": 1})], label="put")
        + b"\n"
    )

    cut = subprocess.run(["cut", "-c10-", path], capture_output=True, check=True).stdout

    lines = [json.loads(line) for line in cut.splitlines()]
    assert lines[0] == [{"format": 2, "ledger": "journal"}]
    assert lines[1] == [{"seq": 7, "label": "put"}, ["blocks", "b1", {"n": 1}, None]]
