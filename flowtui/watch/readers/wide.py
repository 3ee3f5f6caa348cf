"""Logs in UTF-16, as PowerShell's `>` writes them: two bytes a letter."""

from __future__ import annotations

import codecs

_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAMPLE = 512


class Wide:
    """Turns such bytes into UTF-8, wherever they are cut."""

    def __init__(self, encoding: str, rest: str = "", begun: bool = True) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._decoder.setstate((rest.encode("latin-1"), 0))
        self._begun = begun

    def feed(self, data: bytes) -> bytes:
        """The same text in UTF-8; half a letter waits."""
        text = self._decoder.decode(data)
        if not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        return text.encode("utf-8", "replace")

    def state(self) -> tuple[str, str]:
        """What to make one like it of."""
        return self._encoding, self._decoder.getstate()[0].decode("latin-1")


def wide_of(head: bytes) -> Wide | None:
    """The decoder for a file that begins with `head`; None if it has a byte a letter.

    Known by the mark in front, or where it is missing by every other byte being nothing.
    """
    encoding = _MARKS.get(head[:2])
    if encoding is None:
        sample = head[:_SAMPLE]
        half = len(sample) // 2
        if half < 8:
            return None
        if sample[1::2].count(0) > 0.7 * half and sample[::2].count(0) < 0.1 * half:
            encoding = "utf-16-le"
        elif sample[::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.1 * half:
            encoding = "utf-16-be"
    return None if encoding is None else Wide(encoding, begun=False)
