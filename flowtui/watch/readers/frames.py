"""A log's bytes as frames: what a terminal would have shown on a line at some time.

A frame ends at a line feed, a carriage return, a run of backspaces or a cursor movement: programs
that redraw a bar use one of these. Frames are bounded: of a line without end the first MAX_FRAME
bytes are kept, so that two gigabytes in one line cost nothing.
"""

from __future__ import annotations

import re

MAX_FRAME = 32_768
_LONG = 4096
_GLUED = re.compile(rb"(?<=s\]|t\]|\w\]|\d\]) {0,99}(?=[^\]\[\r\n]{0,60}?\d{1,3}%\|)")
"""Between two frames of a bar whose carriage returns were lost on the way."""

_MOVE = re.compile(rb"\x1b\[[0-9;?]*[A-HJKSTfhlsu]")
_STYLE = re.compile(
    rb"\x1b\[[0-9;:]*m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]"
)

GLUED_FROM = 160
_GLUE = re.compile(
    r"(?<=[\d)%])(?=(?:Episode|Epoch|Step|Iter(?:ation)?)\b[ :#]*[\[(]?\d)"
    r"|(?<=[\w?]\]) *(?=[^\]\[%|]{0,60}?\d{1,3}%\|)"
)
"""Where a line end or carriage return was lost."""
_SHAPE = re.compile(r"\d+")


class Frames:
    """Cuts bytes into frames; what has no end yet waits in `rest`."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that end in `data`, without those that are empty."""
        data = self.rest + data if self.rest else data
        if b"\x1b[" in data:
            data = _MOVE.sub(b"\n", data)
        if b"\x08" in data:
            data = data.replace(b"\x08", b"\n")
        # as one pattern it would be clearer, and take twenty times as long
        pieces = data.replace(b"\r", b"\n").split(b"\n")
        if len(data) > _LONG and any(len(piece) > _LONG for piece in pieces):
            pieces = [part for piece in pieces for part in _parts(piece)]
        rest = pieces.pop()
        self.rest = rest if len(rest) <= MAX_FRAME else rest[:MAX_FRAME]
        return [
            piece if len(piece) <= MAX_FRAME else piece[:MAX_FRAME] for piece in pieces if piece
        ]

    def close(self) -> list[bytes]:
        """What waited for its end."""
        rest, self.rest = self.rest, b""
        return [rest] if rest else []


def _parts(piece: bytes) -> list[bytes]:
    """A long piece cut where frames of a bar are glued to each other."""
    if len(piece) <= _LONG or piece.count(b"%|") < 2:
        return [piece]
    return _GLUED.split(piece)


LONG = 300
_ENDLESS = re.compile(rf"(\d(?:[\d,.]){{{LONG},}})|[ \t]{{{LONG},}}")


def text_of(frame: bytes) -> str:
    """A frame as text: styles, zero bytes and blanks at its end gone, what is no UTF-8 replaced.

    No figure has hundreds of digits, and no table so wide a gap: both are cut down, so that no
    pattern and no number of a reader can choke on them.
    """
    if b"\x1b" in frame:
        frame = _STYLE.sub(b"", frame)
    if b"\x00" in frame:
        frame = frame.replace(b"\x00", b"")
    text = frame.decode("utf-8", "replace").rstrip()
    if len(text) > LONG and _ENDLESS.search(text) is not None:
        text = _ENDLESS.sub(lambda match: "?" if match[1] else " " * LONG, text)
    return text


def unglued(text: str) -> list[str]:
    """Lines that lost the ends between them: `Score: 20.0Episode 2 ...`, `...it/s]  5%|...`."""
    parts = _GLUE.split(text)
    return parts if len(parts) > 1 else []


def shape_of(text: str) -> str:
    """A line without its digits; figures behind a point count, as they are cut off first."""
    tail = re.search(r"\.(\d+)$", text)
    return _SHAPE.sub("0", text) + (f".{len(tail[1])}" if tail else "")


def thin(data: bytes, every: int = 8192) -> bytes:
    """`data` with fewer frames of bars: of a long line that was redrawn, some of its frames.

    What stands on lines of its own is kept whole; of a line of more than a few kilobytes that holds
    carriage returns, the first and the last frames and one in `every` bytes.
    """
    if data.count(b"\r", 0, 65_536) < 8:
        return data
    lines = data.split(b"\n")
    return b"\n".join([_thin_line(line, every) if len(line) > 4096 else line for line in lines])


def _thin_line(line: bytes, every: int) -> bytes:
    first = line.find(b"\r", 512)
    last = line.rfind(b"\r", 0, len(line) - 1024)
    if first < 0 or last <= first or line.count(b"\r", 0, 4096) < 4:
        return line
    kept = [line[:first]]
    at = first + every
    while at < last:
        start = line.find(b"\r", at)
        end = line.find(b"\r", start + 1)
        if start < 0 or end < 0 or end > last:
            break
        if end - start > 1:
            kept.append(line[start:end])
        at = max(end, at + every)
    kept.append(line[last:])
    return b"\r".join(kept)
