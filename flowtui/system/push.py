"""A notice to a phone by ntfy: one POST to an address of one's own.

Format: the body is the message; Title, Priority and Tags are headers (docs of ntfy, "Publishing").
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

from flowtui.system.desktop import Notice, Severity, plain

TIMEOUT_S = 10.0
BUSY_TITLE, BUSY_BODY = "flowtui", "something to look at"
"""What is told where the words of notices shall not leave the machine."""
_PRIORITY = {Severity.QUIET: "2", Severity.NORMAL: "3", Severity.SERIOUS: "5"}


def push(address: str, notice: Notice, with_words: bool) -> str | None:
    """Send `notice` to `address`; with `with_words` its own, else that there is something.

    Returns why it did not go, in words without the address; None if it went.
    """
    title, body = (notice.title, notice.body) if with_words else (BUSY_TITLE, BUSY_BODY)
    headers = {
        # a header is ASCII: other letters go as RFC 2047 words, which ntfy reads
        "Title": _header(plain(title, 80)),
        "Priority": _PRIORITY[notice.severity],
        "User-Agent": "flowtui",
    }
    request = urllib.request.Request(
        address, data=plain(body, 240).encode(), headers=headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):
            return None
    except urllib.error.HTTPError as error:
        return f"the phone was not reached: HTTP {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"the phone was not reached: {type(error).__name__}"


def _header(text: str) -> str:
    if text.isascii():
        return text
    from email.header import Header

    return Header(text, "utf-8", maxlinelen=10_000).encode()
