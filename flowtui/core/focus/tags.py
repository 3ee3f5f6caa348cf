"""Tags: short lower-case words that group blocks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from flowtui.core.errors import UsageError

MAX_TAG_LENGTH = 40
"""Characters a tag may have, counted after normalising."""

_FORM = "letters, digits and - _ . /, with at least one letter or digit, at most 40 characters"


def parse_tag(text: str) -> str:
    """Normalise one tag: one leading `#` dropped, NFC, lower case.

    Letters and digits of any script are allowed (with their combining marks), and `-_./`.

    Raises:
        UsageError: naming the tag and the accepted form.
    """
    tag = unicodedata.normalize("NFC", text.strip().removeprefix("#").lower())
    allowed = all(_allowed(char) for char in tag)
    if not allowed or not any(map(_wordy, tag)) or len(tag) > MAX_TAG_LENGTH:
        raise UsageError(f"{_shown(text)} is not a tag", f"A tag is made of {_FORM}.")
    return tag


def parse_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Normalise tags, each text holding one or several split by commas or spaces.

    Repeated tags are kept once, in the order in which they came. An empty text gives no tag.

    Raises:
        UsageError: at the first tag that is none, naming it.
    """
    words = (word for text in texts for word in re.split(r"[,\s]+", text) if word)
    return tuple(dict.fromkeys(parse_tag(word) for word in words))


def _wordy(char: str) -> bool:
    return unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nd"


def _allowed(char: str) -> bool:
    return char in "-_./" or _wordy(char) or unicodedata.category(char) in ("Mn", "Mc")


def _shown(text: str) -> str:
    return repr(text if len(text) <= MAX_TAG_LENGTH + 1 else text[:MAX_TAG_LENGTH] + "…")
