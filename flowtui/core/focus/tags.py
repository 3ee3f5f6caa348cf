"""Tags: short lower-case words that group blocks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from flowtui.core.errors import UsageError
from flowtui.core.text import is_shown

MAX_TAG_LENGTH = 40
"""Characters a tag may have, counted after normalising."""

_FORM = "one word without quotes, brackets or commas, of at most 40 characters"
_APART = frozenset(",;'\"`()[]{}<>|\\“”‘’«»„")
"""What parts tags, or quotes them where they are typed."""


def parse_tag(text: str) -> str:
    """Normalise one tag: leading `#` dropped, NFC, lower case.

    Any script, signs and emoji are allowed (`c++`, `c#`, `@home`), with a letter, a digit or a
    picture among them; no blank, quote, bracket or comma.

    Raises:
        UsageError: naming the tag and the accepted form.
    """
    tag = unicodedata.normalize("NFC", text.strip().lstrip("#").lower())
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
    # Cn: a letter or an emoji newer than this Python's table
    return unicodedata.category(char) in ("Nd", "Nl", "No", "So", "Cn", "Co") or (
        unicodedata.category(char)[0] == "L"
    )


def _allowed(char: str) -> bool:
    return is_shown(char) and not char.isspace() and char not in _APART


def _shown(text: str) -> str:
    return repr(text if len(text) <= MAX_TAG_LENGTH + 1 else text[:MAX_TAG_LENGTH] + "…")
