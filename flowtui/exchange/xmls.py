"""A large XML file as a stream of start tags, in bounded memory and without trust.

The DOCTYPE is cut away before the parser sees it: Apple's has been malformed since iOS 16, and
without it no entity can be declared, so none can be expanded. Control characters that XML
forbids, which Apple writes all the same, are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from flowtui.core.errors import FlowError
from flowtui.exchange.protocol import Options

CHUNK = 1 << 20
HEAD_LIMIT = 4 << 20
"""Bytes within which the root element must begin; Apple's DOCTYPE has about 10,000."""
MAX_DEPTH = 64
TICK_CHUNKS = 4
_FORBIDDEN = bytes(b for b in range(32) if b not in b"\t\n\r")

Handler = Callable[[str, list[str], int], None]
"""Called with a tag's name, its attributes as name, value, name, value, and its line."""


Sieve = Callable[[bytes], bytes]
"""Takes whole elements that nobody wants out of a piece of the file, keeping its line breaks."""


def stream(
    file: IO[bytes],
    what: str,
    root: str,
    size: int,
    options: Options,
    handler: Handler,
    sieve: Sieve = bytes,
) -> None:
    """Calls `handler` for every start tag of the document whose root element is `root`.

    `sieve` sees the file in pieces cut anywhere, before the parser does. Raises FlowError if
    that element does not begin, the file ends before it does, or is not XML.
    """
    head, skipped = _head(file, what, root.encode())
    parser = _parser(what, handler, skipped)
    done, count = len(head), 0
    try:
        parser.Parse(head, False)
        while chunk := file.read(CHUNK):
            done += len(chunk)
            count += 1
            parser.Parse(sieve(chunk.translate(None, _FORBIDDEN)), False)
            if count % TICK_CHUNKS == 0:
                options.tick(done, size)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        why = "ends before it is complete" if error.code in _CUT else expat.ErrorString(error.code)
        raise FlowError(
            f"{what}, line {error.lineno + skipped}: {why}",
            "export it again; nothing was imported",
        ) from None
    options.tick(size, size)


def _parser(what: str, handler: Handler, skipped: int) -> expat.XMLParserType:
    """A parser that calls `handler`, and refuses depth and declarations."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    depth = 0

    def started(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FlowError(f"{what} nests deeper than {MAX_DEPTH} elements", "nothing was read")
        handler(name, attributes, parser.CurrentLineNumber + skipped)

    def ended(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refused(*_: object) -> None:
        raise FlowError(f"{what} declares entities of its own", "nothing was read")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.EntityDeclHandler = refused
    parser.StartDoctypeDeclHandler = refused
    return parser


_CUT = tuple(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)


def begins_with(head: bytes, root: str) -> bool:
    """Whether a file that begins with `head` has the element `root` near its beginning."""
    return _root_at(head, root.encode()) >= 0


def _head(file: IO[bytes], what: str, root: bytes) -> tuple[bytes, int]:
    """The file up to its root element and a little beyond, without DOCTYPE; lines cut away."""
    head = b""
    while (at := _root_at(head, root)) < 0:
        chunk = file.read(CHUNK)
        if not chunk or len(head) > HEAD_LIMIT:
            raise FlowError(
                f"{what} does not hold <{root.decode()}>", "is it the right file of the export?"
            )
        head += chunk.translate(None, _FORBIDDEN)
    doctype = head.find(b"<!DOCTYPE", 0, at)
    if doctype < 0:
        return head, 0
    return head[:doctype] + head[at:], head.count(b"\n", doctype, at)


def _root_at(head: bytes, root: bytes) -> int:
    """Where `<root` begins as an element; -1 if it does not. Declarations begin with `<!`."""
    for end in (b" ", b">", b"\n", b"\t", b"\r", b"/"):
        at = head.find(b"<" + root + end)
        if at >= 0:
            return at
    return -1
