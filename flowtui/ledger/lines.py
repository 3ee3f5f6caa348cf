"""One line of a journal is one transaction: a checksum, a space, and a JSON list.

    5f0c9a41 [{"seq":7,"at":"2026-11-23T03:38:04Z","label":"start block"},["blocks","k3mq7x",{...}]]

The list holds a head and then the changed documents, each `[table, id, document]`; a document that
is null was deleted. Two more shapes keep TinyDB's tables whole: `[table, null, true]` made an empty
table, `[table, null, null]` dropped one. A fourth element names the file that a change belongs to
when it is not the file the line stands in. Beside `seq`, `at` and `label` a head may hold
`background`, `undoes`, `redoes`, `files` (see `flowtui.ledger.files`), `part`, and `kept` with
`folded` (see `flowtui.ledger.compact`). The first line of a file has a head with `format` instead.

The checksum is CRC-32 in eight hexadecimal digits. It finds each single flipped bit and each burst
of up to 32 bits; it is not meant to keep a forger out, and it costs 0.3 µs for a typical line,
where a cryptographic hash would cost more than the rest of the reading.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from flowtui.core.errors import NewerLedgerError

FORMAT = 1
"""The number a file's first line carries. A file with a greater one is left alone."""

_PAYLOAD_AT = 9
_LINE_START = re.compile(rb"[0-9a-f]{8} \[")
_SINGLE = re.compile(
    rb'\[\{"seq":([0-9]+)([^{}\[\]]*)\},\["([^"\\]+)","([^"\\]+)",(\{.*\}|null)\]\]\Z'
)
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


class Edit(NamedTuple):
    """One changed document. `document` is its JSON text; "null" deletes it."""

    table: str
    key: str | None
    """None changes the table as such: `document` "true" makes it, "null" drops it."""
    document: str
    target: str | None = None
    """The file it belongs to, if not the one the line stands in."""


class Single(NamedTuple):
    """A transaction that changed one document, with the document not parsed."""

    seq: int
    kept: bool
    table: str
    key: str
    document: bytes | None
    """JSON; None deletes it."""


def change_text(table: str, key: str | None, document: str, target: str | None = None) -> str:
    """JSON text of one change; `document` is JSON text already ("null" for a deletion)."""
    end = f",{text_of(target)}]" if target is not None else "]"
    return f"[{text_of(table)},{text_of(key)},{document}{end}"


def line_of(head: dict[str, Any], changes: list[str]) -> bytes:
    """The bytes of a whole line, with its newline; `changes` are JSON texts."""
    payload = ",".join([f"[{text_of(head)}", *changes]).encode() + b"]"
    return b"%08x %b\n" % (crc32(payload), payload)


def header_line(holds: str | None) -> bytes:
    """The first line of a file; `holds` is the name of a file of a ledger, None outside one."""
    return line_of({"format": FORMAT} | ({} if holds is None else {"ledger": holds}), [])


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


def single(raw: bytes) -> Single | None:
    """A whole line as a `Single`, if it is plainly one; None sends it to the JSON parser.

    It relies on lines having been written by `line_of`, without spaces between elements, which
    the checksum vouches for: a line with two changes then has `],["` between them, and inside a
    JSON text each quotation mark has a backslash before it.
    """
    match = _SINGLE.match(raw, _PAYLOAD_AT)
    if match is None or b'],["' in raw:
        return None
    seq, head, table, key, document = match.groups()
    kept = b',"kept":true' in head
    return Single(
        int(seq), kept, table.decode(), key.decode(), None if document == b"null" else document
    )


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
        if type(change) is not list or not 3 <= len(change) <= 4 or type(change[0]) is not str:
            return False
    return True
