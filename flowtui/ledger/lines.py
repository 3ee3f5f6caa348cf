"""One line of a journal is one transaction: a checksum, a space, and a JSON list.

    5f0c9a41 [{"seq":7,"at":"2026-11-23T03:38:04Z"},["blocks","k3mq7x",{...},null]]

The list holds a head and then the changed documents, each `[table, id, document, before]`: what it
is now and what it was. Null says that there is, or was, none. Two more shapes keep TinyDB's tables
whole: `[table, null, true, null]` made an empty table, `[table, null, null, null]` dropped one.
Beside `seq`, `at` and `label` a head may hold `background`, `undoes` and `redoes`. The first line
of a file has a head with `format` instead.

A file of records has a document a line: `[table, id, document]`; see `flowtui.ledger.records`.

The checksum is CRC-32 in eight hexadecimal digits. It finds each single flipped bit and each burst
of up to 32 bits; it is not meant to keep a forger out, and it costs 0.3 µs for a typical line,
where a cryptographic hash would cost more than the rest of the reading.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from flowtui.core.errors import NewerLedgerError

FORMAT = 2
"""The number a file's first line carries. A file with a greater one is left alone."""

_PAYLOAD_AT = 9
_SHAPES = (3, 4)
"""Elements of a change; format 1 has three, or four with the name of a file."""
_LINE_START = re.compile(rb"[0-9a-f]{8} \[")
_INSERT = re.compile(
    rb'\[\{"seq":([0-9]+)[^{}\[\]]*\},\["([^"\\]+)","([^"\\]+)",(\{.*\}),null\]\]\Z'
)
_RECORD = re.compile(rb'\["([^"\\]+)","([^"\\]+)",(\{.*\})\]\Z')
_SEQ = re.compile(rb'\[\{"seq":([0-9]+)[,}]')
_plain = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_escaped = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode
_decoder = json.JSONDecoder()


def text_of(value: object) -> str:
    """JSON text of one value, on one line, readable in any language.

    Raises TypeError for what JSON has no form for, ValueError for a NaN, an infinity or a loop.
    """
    text = _plain(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half a surrogate pair, as from a file name that is not UTF-8
            return _escaped(value)
    return text


class Change(NamedTuple):
    """One changed document; the documents are JSON texts, or None where there is none."""

    table: str
    key: str | None
    """None changes the table as such: `document` "true" makes it, None drops it."""
    document: str | None
    before: str | None = None

    def text(self) -> str:
        """As it stands in a line."""
        place = f"{text_of(self.table)},{text_of(self.key)}"
        return f"[{place},{self.document or 'null'},{self.before or 'null'}]"


class Insert(NamedTuple):
    """A transaction that added one document, which is not parsed."""

    seq: int
    table: str
    key: str
    document: bytes


Transaction = list[Any] | Insert
"""Head and changes; or a transaction that added one document, which is not parsed."""


class News(enum.Enum):
    """What `Journal.poll` found."""

    SAME = "same"
    GREW = "grew"
    REPLACED = "replaced"


def record_text(table: str, key: str | None, document: str) -> str:
    """A line of a file of records, without its checksum; `document` is JSON text."""
    return f"[{text_of(table)},{text_of(key)},{document}]"


def checked(payload: bytes) -> bytes:
    """The bytes of a line, with its newline."""
    return b"%08x %b\n" % (crc32(payload), payload)


def line_of(head: dict[str, Any], changes: Iterable[str] = ()) -> bytes:
    """The bytes of a transaction's line, with its newline; `changes` are JSON texts."""
    return checked(",".join([f"[{text_of(head)}", *changes]).encode() + b"]")


def journal_header(folded: int, history: int = 0) -> bytes:
    """The first line of a journal; `history` is the number of bytes up to `folded` after it."""
    return line_of({"format": FORMAT, "ledger": "journal", "folded": folded, "history": history})


def is_whole(raw: bytes) -> bool:
    """Whether `raw` (without newline) is a line whose checksum is right."""
    payload = raw[_PAYLOAD_AT:]
    return raw[:_PAYLOAD_AT] == b"%08x " % crc32(payload) and payload[:1] == b"["


def split_lines(raw: bytes) -> list[bytes]:
    """The whole lines in `raw`: itself, or those that a damaged newline joined, or none.

    A newline that turned into another byte leaves `A?B`, or `A?` at the end of the file; what it
    joined is still whole, and nothing else is taken for whole.
    """
    if is_whole(raw):
        return [raw]
    if is_whole(raw[:-1]):
        return [raw[:-1]]
    for match in _LINE_START.finditer(raw, 1):
        first, second = raw[: match.start() - 1], raw[match.start() :]
        if is_whole(first) and is_whole(second):
            return [first, second]
    return []


def seq_of(raw: bytes) -> int | None:
    """The number of a transaction, without parsing its line; None if it is told otherwise."""
    match = _SEQ.match(raw, _PAYLOAD_AT)
    return int(match[1]) if match else None


def insert_of(raw: bytes) -> Insert | None:
    """A whole line as an `Insert`, if it is plainly one; None sends it to the JSON parser.

    It relies on lines having been written by `line_of`, without spaces between elements, which
    the checksum vouches for: a line with two changes then has `],["` between them, and inside a
    JSON text each quotation mark has a backslash before it.
    """
    match = _INSERT.match(raw, _PAYLOAD_AT)
    if match is None or b'],["' in raw:
        return None
    seq, table, key, document = match.groups()
    return Insert(int(seq), table.decode(), key.decode(), document)


def record_of(raw: bytes) -> tuple[str, str | None, Any] | None:
    """Table, id and document, as JSON bytes if it can be, of a line of a file of records."""
    match = _RECORD.match(raw, _PAYLOAD_AT)
    if match is not None:
        return match[1].decode(), match[2].decode(), match[3]
    try:
        table, key, document = json.loads(raw[_PAYLOAD_AT:])
    except ValueError:
        return None
    return (table, key, document) if isinstance(table, str) else None


def parse_line(raw: bytes) -> list[Any] | None:
    """Head and changes of a whole line; None if its JSON is not a transaction."""
    try:
        value = json.loads(raw[_PAYLOAD_AT:])
    except ValueError:
        return None
    return value if _is_transaction(value) else None


def parse_lines(raws: list[bytes]) -> list[list[Any] | None]:
    """`parse_line` of each; one call of the JSON parser for all of them, which is twice as fast.

    It also lets the documents share the strings of their keys.
    """
    try:
        joined = b",".join([raw[_PAYLOAD_AT:] for raw in raws]).decode()
        values = json.loads(f"[{joined}]")
    except ValueError:
        values = []
    if len(values) != len(raws):
        return [parse_line(raw) for raw in raws]
    return [value if _is_transaction(value) else None for value in values]


def head_of(raw: bytes) -> dict[str, Any]:
    """The head alone of a whole line, however long the rest; empty if there is none."""
    end = 512
    while True:
        piece = raw[_PAYLOAD_AT + 1 : end].decode("utf-8", "ignore")
        try:
            head, _ = _decoder.raw_decode(piece)
        except ValueError:
            if end >= len(raw):
                return {}
            end *= 8
        else:
            return head if isinstance(head, dict) else {}


def check_format(head: dict[str, Any], path: Path) -> None:
    """Raises NewerLedgerError if a head says that a later flowtui wrote the file at `path`."""
    format = head.get("format")
    if type(format) is int and format > FORMAT:
        raise NewerLedgerError(
            f"{path} was written by a newer flowtui; nothing was changed",
            "update flowtui: pip install -U flowtui",
        )


def _is_transaction(value: object) -> bool:
    """A head first, then changes of three or four elements."""
    if type(value) is not list or not value or type(value[0]) is not dict:
        return False
    head = value[0]
    if type(head.get("seq")) is not int and type(head.get("format")) is not int:
        return False
    for change in value[1:]:
        if type(change) is not list or len(change) not in _SHAPES or type(change[0]) is not str:
            return False
    return True
