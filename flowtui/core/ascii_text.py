"""Texts for a terminal that draws nothing beyond ASCII: signs give way, letters stay.

Each sign becomes one of the same width, so that nothing moves. Letters, digits and marks of any
script are what somebody wrote, and are left alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_SIGNS = {
    **dict.fromkeys("─╌╍┄┅┈┉╴╶–—−", "-"),
    **dict.fromkeys("━═╸╺╼╾", "="),
    **dict.fromkeys("│┃║╎╏▏▎▍▌▋▊▉", "|"),
    **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True)),
    **dict(zip("░▒▓", ".:%", strict=True)),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **{"✓": "v", "✔": "v", "☑": "v", "✗": "x", "✘": "x", "×": "x", "☐": "o"},
    **{"●": "*", "◉": "*", "■": "*", "◆": "*", "•": "*", "○": "o", "◌": "o", "◐": "o"},
    **{"▶": ">", "▸": ">", "›": ">", "→": ">", "‹": "<", "←": "<", "↑": "^", "↓": "v"},
    **{"·": ".", "…": "~", "±": "~", "≥": ">", "≤": "<", "°": "'", "\u00a0": " "},
}
_BOX = range(0x2500, 0x2580)
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_BRAILLE = range(0x2800, 0x2900)


def to_ascii(text: str, width: Callable[[str], int] | None = None) -> str:
    """`text` with every sign beyond ASCII as one that any terminal draws, in the same width.

    `width` tells the cells of a character, for whoever has a newer table than Python.
    """
    if text.isascii():
        return text
    return "".join(_sign(char, width or _width) for char in text)


def plain_words(text: str) -> str:
    """`text` without what is drawn: boxes, bars and dots become blanks, a cursor's mark `>`."""
    if text.isascii():
        return text
    return "".join(">" if char == "▌" else " " if _drawn(char) else char for char in text)


def _drawn(char: str) -> bool:
    return 0x2500 <= ord(char) < 0x25A0 or ord(char) in _BRAILLE


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _sign(char: str, width: Callable[[str], int]) -> str:
    if char.isascii():
        return char
    if char in _SIGNS:
        return _SIGNS[char]
    category = unicodedata.category(char)
    if category[0] in "LMN":
        return char
    if ord(char) in _BOX:
        return "+"
    if ord(char) in _BRAILLE:
        return " " if char == "\u2800" else "*"
    if category == "Cf" or char in _SKIN_TONES:
        return ""
    return "?" * width(char)
