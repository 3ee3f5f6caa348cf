"""One HTTP/1.1 request, read within limits of size and time (RFC 9112).

What is ambiguous is refused: two lengths, two hosts, folded lines, chunks. A connection carries one
request.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

HEAD_BYTES = 16 * 1024
BODY_BYTES = 64 * 1024
READ_S = 5.0
HEADERS = 100
FIELDS = 20
FORM = "application/x-www-form-urlencoded"
_LINE = re.compile(rb"([A-Z]{1,20}) (/[\x21-\x7e]{0,2000}) HTTP/1\.[01]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}):[ \t]*([\x20-\x7e\t\x80-\xff]*?)[ \t]*")
_ONCE = ("host", "content-length", "origin", "cookie", "content-type")


class RefusedRequest(Exception):
    """A request that is not answered; `status` is its HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in small letters."""
    form: Mapping[str, str] = field(default_factory=dict)


async def read(reader: asyncio.StreamReader) -> Request | None:
    """The request of a connection; None where nothing came. Raises RefusedRequest."""
    try:
        async with asyncio.timeout(READ_S):
            head = await _head(reader)
            if head is None:
                return None
            method, target, headers = parse_head(head)
            body = await _body(reader, method, headers)
    except TimeoutError:
        raise RefusedRequest(408, "the request took too long") from None
    except asyncio.IncompleteReadError:
        raise RefusedRequest(400, "the request broke off") from None
    path, _mark, query = target.partition("?")
    form = parse_form(body) if method == "POST" else {}
    return Request(method, path, parse_form(query.encode()), headers, form)


async def _head(reader: asyncio.StreamReader) -> bytes | None:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise RefusedRequest(431, "the head is too long") from None
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise


async def _body(reader: asyncio.StreamReader, method: str, headers: Mapping[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        raise RefusedRequest(501, "chunks are not taken")
    length = headers.get("content-length")
    if method != "POST":
        if length not in (None, "0"):
            raise RefusedRequest(400, "only POST has a body")
        return b""
    if length is None:
        raise RefusedRequest(411, "the length is missing")
    if not (length.isascii() and length.isdecimal() and len(length) < 10):
        raise RefusedRequest(400, "the length is no number")
    if int(length) > BODY_BYTES:
        raise RefusedRequest(413, "the body is too long")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise RefusedRequest(415, "only forms are taken")
    return await reader.readexactly(int(length))


def parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, target and headers of a head that ends in an empty line. Raises RefusedRequest."""
    if len(head) > HEAD_BYTES:
        raise RefusedRequest(431, "the head is too long")
    first, *rest = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    line = _LINE.fullmatch(first)
    if line is None:
        raise RefusedRequest(400, "this is no request")
    if len(rest) > HEADERS:
        raise RefusedRequest(431, "there are too many headers")
    headers: dict[str, str] = {}
    for raw in rest:
        match = _HEADER.fullmatch(raw)
        if match is None:
            raise RefusedRequest(400, "a header is malformed")
        name, value = match[1].decode("ascii").lower(), match[2].decode("latin-1")
        if name in headers and name in _ONCE:
            raise RefusedRequest(400, f"{name} is given twice")
        headers[name] = value
    method = line[1].decode("ascii")
    if method not in ("GET", "HEAD", "POST"):
        raise RefusedRequest(405, "only GET and POST are taken")
    return method, line[2].decode("ascii"), headers


def parse_form(body: bytes) -> dict[str, str]:
    """The fields of a form or a query; of a name given twice the last. Raises RefusedRequest."""
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise RefusedRequest(400, "a form is ASCII") from None
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS, errors="replace")
    except ValueError:
        raise RefusedRequest(400, "there are too many fields") from None
    return dict(pairs)


def cookies(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request by name; of a name given twice the first."""
    found: dict[str, str] = {}
    for part in headers.get("cookie", "").split(";"):
        name, sign, value = part.strip().partition("=")
        if sign:
            found.setdefault(name, unquote(value))
    return found
