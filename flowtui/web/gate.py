"""Who may ask the page for what. Nothing a browser was tricked into sends passes.

Names of hosts are a list, so a foreign name that was made to point here is refused; changes need a
cookie, the same origin and POST; the token is compared in constant time, and only so often.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from flowtui.web.requests import RefusedRequest, Request, cookies

COOKIE = "flowtui"
WRONG_TOKENS = 5
"""So many wrong tokens a minute; then none is looked at for the rest of it."""
MINUTE_S = 60.0
DAYS_30_S = 30 * 24 * 3600
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PURPOSE = b"the page of flowtui"
_KEYBOARD = b"the keyboard of flowtui"


@dataclass(slots=True)
class Gate:
    """Lets requests in. `monotonic` gives seconds."""

    token: str
    port: int
    names: Collection[str] = ()
    """Names beside those of this machine by which the page may be asked for, small letters."""
    look_only: bool = False
    monotonic: Callable[[], float] = field(kw_only=True)
    _wrong: deque[float] = field(default_factory=deque)
    _session: str = field(init=False)

    def __post_init__(self) -> None:
        self._session = hmac.new(self.token.encode(), _PURPOSE, "sha256").hexdigest()

    @property
    def cookie(self) -> str:
        """What is set once the token was given; not the token itself."""
        return f"{COOKIE}={self._session}; Path=/; HttpOnly; SameSite=Strict; Max-Age={DAYS_30_S}"

    @property
    def key(self) -> str:
        """What opens the whole app beside the cookie.

        A cookie is sent to every port of a name, and so to whoever else listens on this machine;
        the key stays with the page, in the part of its address that no browser sends.
        """
        return hmac.new(self.token.encode(), _KEYBOARD, "sha256").hexdigest()

    def check_key(self, request: Request) -> None:
        """Raises RefusedRequest for a socket without the key."""
        if not hmac.compare_digest(request.query.get("key", "").encode(), self.key.encode()):
            raise RefusedRequest(403, "open the address of the app that flowtui serve printed")

    def check(self, request: Request, acts: bool = False) -> bool:
        """Whether the request brings the token, and so gets a cookie; else it must have one.

        One that `acts`, as every POST does, must come from this page. Raises RefusedRequest for
        all that may not ask.
        """
        self._check_host(request)
        acts = acts or request.method == "POST"
        if not acts and "token" in request.query:
            self._check_token(request)
            return True
        given = cookies(request.headers).get(COOKIE, "")
        if not hmac.compare_digest(given.encode(), self._session.encode()):
            raise RefusedRequest(403, "open the address that flowtui serve printed")
        if acts:
            self._check_origin(request)
            if self.look_only:
                raise RefusedRequest(403, "this page is for looking only")
        return False

    def _hosts(self) -> set[str]:
        own = {f"{name}:{self.port}" for name in LOOPBACK}
        return own | set(self.names) | {f"{name}:{self.port}" for name in self.names}

    def _check_host(self, request: Request) -> None:
        if request.headers.get("host", "").lower() not in self._hosts():
            raise RefusedRequest(421, "this name is not served here; see: flowtui serve --host")

    def _check_origin(self, request: Request) -> None:
        """A form of this page alone: by its Origin, or by what the browser says of its site."""
        origin = request.headers.get("origin")
        if origin is not None:
            scheme, mark, host = origin.lower().partition("://")
            same = host == request.headers.get("host", "").lower()
            if not (mark and scheme in ("http", "https") and same):
                raise RefusedRequest(403, "a form of another page is not taken")
        elif request.headers.get("sec-fetch-site") != "same-origin":
            raise RefusedRequest(403, "a form of another page is not taken")

    def _check_token(self, request: Request) -> None:
        given, site = request.query["token"], request.headers.get("sec-fetch-site", "")
        if site in ("cross-site", "same-site") and not hmac.compare_digest(
            given.encode(), self.token.encode()
        ):
            # another page's guesses are refused, and lock nobody out
            raise RefusedRequest(403, "this token is not the one; see: flowtui serve")
        now = self.monotonic()
        while self._wrong and self._wrong[0] <= now - MINUTE_S:
            self._wrong.popleft()
        if len(self._wrong) >= WRONG_TOKENS:
            raise RefusedRequest(429, "too many wrong tokens; try again in a minute")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            self._wrong.append(now)
            raise RefusedRequest(403, "this token is not the one; see: flowtui serve")
