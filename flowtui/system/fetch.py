"""One polite look at an address: what changed since the last, within limits of time and size."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
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
    """Follows a redirect to another web address alone: never to a file, nor from https to http."""

    def __init__(self, good: Callable[[str], bool]) -> None:
        self._good = good

    def redirect_request(  # type: ignore[no-untyped-def]
        self, req, fp, code, msg, headers, newurl
    ):
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise FetchError("it leads to something that is not on the web")
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise FetchError(
                "it leads from https to http, where anybody on the way could change it"
            )
        if not self._good(newurl):
            raise FetchError("it leads to an address that is not taken")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Links:
    """The connections of one fetch, all of which can be cut from outside.

    A time-out of a socket is for one piece of what comes: who sends a byte now and then is never
    out of time by it, be it in the handshake, the head or the body.
    """

    def __init__(self) -> None:
        self.was_cut = False
        self._sockets: list[socket.socket] = []
        links = self

        class Plain(http.client.HTTPConnection):
            def connect(self) -> None:
                super().connect()
                links.add(self.sock)

        class Secure(http.client.HTTPSConnection, Plain):
            """Its handshake comes after the `connect` of `Plain`, so that is cut as well."""

        class PlainHandler(urllib.request.HTTPHandler):
            def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
                return self.do_open(Plain, req)

        class SecureHandler(urllib.request.HTTPSHandler):
            def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
                return self.do_open(Secure, req)

        self.handlers = (PlainHandler, SecureHandler)

    def add(self, link: socket.socket) -> None:
        """Know of a connection, by a descriptor of its own: TLS takes the first one away."""
        self._sockets.append(link.dup())
        if self.was_cut:
            self.cut()

    def cut(self) -> None:
        """Let everything that is read or written on them end at once."""
        self.was_cut = True
        for link in self._sockets:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut them when so many seconds are over."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            for link in self._sockets:
                link.close()


def fetch(
    address: str,
    marks: Mapping[str, str],
    clock: Callable[[], float],
    limit: int = SIZE_LIMIT,
    *,
    good: Callable[[str], bool] = lambda address: True,
) -> Fetched:
    """Ask `address` (http, https, webcal) once. Raises FetchError.

    `clock` gives seconds that only go forward; all of it may take ten of them. `good` says of an
    address that is led to whether it is taken.
    """
    url = address.replace("webcal://", "https://", 1)
    headers = {"User-Agent": "flowtui", "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"}
    if marks.get("ETag"):
        headers["If-None-Match"] = marks["ETag"]
    if marks.get("Last-Modified"):
        headers["If-Modified-Since"] = marks["Last-Modified"]
    until = clock() + TIMEOUT_S
    links = _Links()
    opener = urllib.request.build_opener(_WebOnly(good), *links.handlers)
    request = urllib.request.Request(url, headers=headers)
    late = FetchError(f"it took more than {TIMEOUT_S:g} s")
    try:
        with links.within(TIMEOUT_S), opener.open(request, timeout=TIMEOUT_S) as answer:
            data = _body(answer, until, clock, limit)
            kept = {name: answer.headers[name] for name in _KEPT_HEADERS if answer.headers[name]}
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return Fetched(None, dict(marks))
        raise FetchError(_refused(error.code)) from None
    except urllib.error.URLError as error:
        if links.was_cut:
            raise late from None
        reason = getattr(error.reason, "strerror", None) or type(error.reason).__name__
        raise FetchError(f"it cannot be reached: {reason}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        if links.was_cut:
            raise late from None
        raise FetchError(f"it cannot be read: {type(error).__name__}") from None
    if links.was_cut:
        raise late
    return Fetched(data, kept)


def host_of(address: str) -> str:
    """The name of the machine: what may be shown of a secret address."""
    return urlsplit(address).hostname or "an address"


def _body(
    answer: http.client.HTTPResponse, until: float, clock: Callable[[], float], limit: int
) -> bytes:
    parts, size = [], 0
    while part := answer.read1(_CHUNK):  # what is there: all of a piece may never come
        size += len(part)
        if size > limit:
            raise FetchError(f"it is larger than {limit >> 20} MB")
        if clock() > until:
            raise FetchError(f"it took more than {TIMEOUT_S:g} s")
        parts.append(part)
    length = answer.headers["Content-Length"] or ""
    if length.isdecimal() and not answer.chunked and size < int(length):
        raise FetchError("it ended before its end")
    return b"".join(parts)


def _refused(code: int) -> str:
    if code in (401, 403):
        return f"it wants another address or a login (HTTP {code})"
    if code in (404, 410):
        return f"it is no longer there (HTTP {code})"
    return f"it answers with HTTP {code}"
