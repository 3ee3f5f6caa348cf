"""The end of a log as a terminal would show it: overwritten text is gone, and so are colours."""

from __future__ import annotations

import re

CSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
UP = re.compile(r"\x1b\[(\d*)A")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WIDEST = 400
"""Characters of a line that are kept: a line of a gigabyte is nobody's to read."""


def rendered(data: bytes, cut: bool = False) -> list[str]:
    """The lines of `data`, the newest last. With `cut` the first line began earlier: it is dropped.

    A bar that redraws itself leaves its last frame; one that goes up a line overwrites that line.
    """
    text = data.decode("utf-8", errors="replace")
    lines: list[str] = []
    up = 0
    for raw in text.split("\n"):
        up += sum(int(n or 1) for n in UP.findall(raw))
        line = _one(raw)
        if up and lines:
            # the cursor went up before this text: it stands over an earlier line
            place = max(0, len(lines) - up)
            lines[place] = line or lines[place]
            del lines[place + 1 :]
            up = 0
        else:
            lines.append(line)
    if cut and lines:
        del lines[0]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _one(raw: str) -> str:
    """One line: what was overwritten is gone."""
    shown = ""
    for frame in raw.rstrip("\r").split("\r"):
        clean = CSI.sub("", frame[: 8 * WIDEST])
        if "\b" in clean:
            clean = _without_backspaces(clean)
        clean = UNPRINTABLE.sub("", clean)
        if clean.strip() or not shown:
            # a shorter frame leaves the end of a longer one
            shown = clean + shown[len(clean) :]
        else:
            shown = ""
    return shown.rstrip()[:WIDEST]


def _without_backspaces(text: str) -> str:
    out: list[str] = []
    place = 0
    for char in text:
        if char == "\b":
            place = max(0, place - 1)
        elif place < len(out):
            out[place] = char
            place += 1
        else:
            out.append(char)
            place += 1
    return "".join(out)
