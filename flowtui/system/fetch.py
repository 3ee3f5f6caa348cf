"""One polite look at an address: what changed since the last, within limits of time and size."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
SIZE_LIMIT = 20 << 20
_CHUNK = 1 << 16
_KEPT_HEADERS = ("ETag", "Last-Modified")


class Fetched(NamedTuple):
    """What an address gave."""

    data: bytes | None
    """None where nothing has changed since."""
    marks: dict[str, str]
    """What to send next time, so that nothing unchanged is sent again."""


class FetchError(Exception):
    """Why nothing came, as the end of a sentence; no address is in it."""


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to another web address alone, never to a file."""

    def redirect_request(  # type: ignore[no-untyped-def]
        self, req, fp, code, msg, headers, newurl
    ):
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise FetchError("it leads to something that is not on the web")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(
    address: str, marks: Mapping[str, str], clock: Callable[[], float], limit: int = SIZE_LIMIT
) -> Fetched:
    """Ask `address` (http, https, webcal) once. Raises FetchError.

    `clock` gives seconds that only go forward; all of it may take ten of them.
    """
    url = address.replace("webcal://", "https://", 1)
    headers = {"User-Agent": "flowtui", "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"}
    if marks.get("ETag"):
        headers["If-None-Match"] = marks["ETag"]
    if marks.get("Last-Modified"):
        headers["If-Modified-Since"] = marks["Last-Modified"]
    until = clock() + TIMEOUT_S
    opener = urllib.request.build_opener(_WebOnly)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S) as answer:
            data = _body(answer, until, clock, limit)
            kept = {name: answer.headers[name] for name in _KEPT_HEADERS if answer.headers[name]}
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return Fetched(None, dict(marks))
        raise FetchError(_refused(error.code)) from None
    except urllib.error.URLError as error:
        reason = getattr(error.reason, "strerror", None) or type(error.reason).__name__
        raise FetchError(f"it cannot be reached: {reason}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise FetchError(f"it cannot be read: {type(error).__name__}") from None
    return Fetched(data, kept)


def host_of(address: str) -> str:
    """The name of the machine: what may be shown of a secret address."""
    return urlsplit(address).hostname or "an address"


def _body(
    answer: http.client.HTTPResponse, until: float, clock: Callable[[], float], limit: int
) -> bytes:
    parts, size = [], 0
    while part := answer.read(_CHUNK):
        size += len(part)
        if size > limit:
            raise FetchError(f"it is larger than {limit >> 20} MB")
        if clock() > until:
            raise FetchError(f"it took more than {TIMEOUT_S:g} s")
        parts.append(part)
    return b"".join(parts)


def _refused(code: int) -> str:
    if code in (401, 403):
        return f"it wants another address or a login (HTTP {code})"
    if code in (404, 410):
        return f"it is no longer there (HTTP {code})"
    return f"it answers with HTTP {code}"
