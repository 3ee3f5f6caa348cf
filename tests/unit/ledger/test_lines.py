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
    change_text,
    check_format,
    head_of,
    header_line,
    is_whole,
    line_of,
    parse_line,
    parse_lines,
    single,
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
    texts = [change_text(table, key, text_of(document)) for table, key, document in changes]
    return line_of({"seq": 7, **head}, texts)[:-1]


@given(changes, st.text())
def test_a_line_is_one_line_and_reads_back_as_it_was_written(
    changes: list[tuple[str, str, dict[str, Any]]], label: str
) -> None:
    raw = made(changes, label=label)

    assert b"\n" not in raw and is_whole(raw) and split_lines(raw) == [raw]
    assert parse_line(raw) == [{"seq": 7, "label": label}, *map(list, changes)]
    assert head_of(raw) == {"seq": 7, "label": label}


@given(changes, st.text(), st.booleans())
def test_the_quick_look_at_a_line_agrees_with_the_json_parser(
    changes: list[tuple[str, str, dict[str, Any]]], label: str, kept: bool
) -> None:
    raw = made(changes, label=label, **({"kept": True} if kept else {}))

    found = single(raw)

    if found is not None:
        assert found.document is not None
        parsed = [found.table, found.key, json.loads(found.document)]
        assert parse_line(raw) == [head_of(raw), parsed]
        assert (found.seq, found.kept) == (7, kept)


def test_the_quick_look_knows_plain_lines_and_leaves_the_others_to_the_parser() -> None:
    nested = {"a": [["x"], ["y"]]}

    assert single(made([("blocks", "b1", {"id": "b1", "n": [1, {"c": "}]"}]})])) is not None
    assert single(made([("blocks", "b1", {}), ("blocks", "b2", {})])) is None
    assert single(made([("blocks", "b1", nested)])) is None
    assert single(made([('quo"te', "b1", {})])) is None
    deleted = single(line_of({"seq": 7}, [change_text("blocks", "b1", "null")])[:-1])
    assert deleted is not None and deleted.document is None


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
    assert parse_lines([raw, header_line(None)[:-1]])[0] is None


def test_the_head_of_a_very_long_line_is_read_without_the_rest() -> None:
    raw = made([("blocks", "b", {"text": "x" * 100_000})], label="l" * 3000)

    assert head_of(raw) == {"seq": 7, "label": "l" * 3000}


def test_a_format_of_tomorrow_is_refused_by_name() -> None:
    check_format({"format": 1}, Path("2026.jsonl"))
    with pytest.raises(NewerLedgerError, match=r"2026\.jsonl was written by a newer flowtui"):
        check_format({"format": 2}, Path("2026.jsonl"))


def test_jq_reads_a_journal_after_the_checksum_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "2026.jsonl"
    path.write_bytes(header_line("2026") + made([("blocks", "b1", {"n": 1})], label="put") + b"\n")

    cut = subprocess.run(["cut", "-c10-", path], capture_output=True, check=True).stdout

    lines = [json.loads(line) for line in cut.splitlines()]
    assert lines[0] == [{"format": 1, "ledger": "2026"}]
    assert lines[1] == [{"seq": 7, "label": "put"}, ["blocks", "b1", {"n": 1}]]
