"""Servers that are asked over HTTP: bounded in time and size, with a login that stays secret.

urllib3 is loaded with the first request, in the process that watches. A login lies in a file that
its owner alone can read; it is read anew for each request, so that a new token needs no restart,
and never stands in an address, a message or a list of processes. Redirects are not followed: they
would carry the login elsewhere.
"""

from __future__ import annotations

import base64
import json
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flowtui.core.clock import Clock
from flowtui.core.text import plain
from flowtui.watch.remote.origin import OriginError

CONNECT_S, READ_S, WHOLE_S = 5.0, 35.0, 60.0
MOST = 48 << 20
"""Bytes of an answer, unpacked: all of ten thousand GPUs."""
CHUNK = 1 << 18


class Web:
    """One server."""

    def __init__(self, url: str, tokens: Path, clock: Clock, ca_file: Path | None = None) -> None:
        parts = urlsplit(url)
        self.url = url.rstrip("/")
        self.host = parts.hostname or url
        self._names = [f"{parts.hostname}_{parts.port}", str(parts.hostname)]
        self._tokens = tokens
        self._clock = clock
        self._ca_file = ca_file
        self._pool: Any = None
        self.server_s = 0.0
        """Seconds that answers took since the last `spent`."""
        self.requests = 0

    def get(self, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        """The JSON at a path. Raises OriginError."""
        query = f"?{urlencode(fields, doseq=True)}" if fields else ""
        return self._ask("GET", f"{self.url}{path}{query}", None, {})

    def post(self, path: str, data: Mapping[str, Any], form: bool = False) -> Any:
        """The JSON that a path gives for some JSON, or for a form. Raises OriginError."""
        body = urlencode(data, doseq=True) if form else json.dumps(data)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        return self._ask("POST", f"{self.url}{path}", body.encode(), {"Content-Type": kind})

    def spent(self) -> tuple[int, float]:
        """Requests and seconds since this was last asked."""
        result = self.requests, self.server_s
        self.requests, self.server_s = 0, 0.0
        return result

    def close(self) -> None:
        """Let go of connections."""
        if self._pool is not None:
            self._pool.clear()

    def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Any:
        import urllib3

        headers = {"Accept-Encoding": "gzip", "User-Agent": "flowtui", **headers, **self._login()}
        began = self._clock.monotonic()
        self.requests += 1
        try:
            answer = self._manager().request(
                method, url, body=body, headers=headers, preload_content=False, redirect=False,
                retries=False, timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
            )  # fmt: skip
            try:
                data = self._body(answer, began)
            finally:
                answer.release_conn()
        except urllib3.exceptions.SSLError as error:
            raise OriginError(
                f"{self.host}: its certificate is not trusted ({plain(_reason(error), 80)}); "
                "one of your own goes to [sources] ca_file",
                told=True,
            ) from None
        except urllib3.exceptions.HTTPError as error:
            raise OriginError(f"{self.host}: {_words(error)}") from None
        finally:
            self.server_s += self._clock.monotonic() - began
        if answer.status != 200:
            raise self._refusal(answer.status, answer.headers, data)
        try:
            return json.loads(data)
        except ValueError:
            raise OriginError(f"{self.host} gives something that is no JSON") from None

    def _body(self, answer: Any, began: float) -> bytes:
        parts, size = [], 0
        for part in answer.stream(CHUNK, decode_content=True):
            size += len(part)
            if size > MOST:
                raise OriginError(f"{self.host}: an answer of more than {MOST >> 20} MiB")
            if self._clock.monotonic() - began > WHOLE_S:
                raise OriginError(f"{self.host}: an answer that takes more than {WHOLE_S:g} s")
            parts.append(part)
        return b"".join(parts)

    def _refusal(self, status: int, headers: Mapping[str, str], data: bytes) -> OriginError:
        if status in (401, 403) and b"Invalid Host" not in data:
            return OriginError(
                f"{self.host} wants a login, or yours has run out (HTTP {status}): "
                f"it goes to {self._tokens / self._names[1]}",
                told=True,
            )
        if status == 429:
            after = headers.get("Retry-After", "")
            return OriginError(
                f"{self.host} has too many requests (HTTP 429)",
                wait_s=min(3600.0, float(after)) if after.isdigit() else 120.0,
            )
        said = plain(data[:300].decode("utf-8", "replace"), 120)
        return OriginError(f"{self.host} answers with HTTP {status}{f': {said}' if said else ''}")

    def _manager(self) -> Any:
        import urllib.request

        import urllib3

        if self._pool is None:
            context = ssl.create_default_context()
            if self._ca_file is not None:
                try:
                    context.load_verify_locations(self._ca_file)
                except (OSError, ssl.SSLError):
                    raise OriginError(f"{self._ca_file} holds no certificates", told=True) from None
            proxy = urllib.request.getproxies().get(urlsplit(self.url).scheme)
            if proxy and not urllib.request.proxy_bypass(self.host):
                self._pool = urllib3.ProxyManager(proxy, maxsize=2, ssl_context=context)
            else:
                self._pool = urllib3.PoolManager(maxsize=2, ssl_context=context)
        return self._pool

    def _login(self) -> dict[str, str]:
        """The header of the login that lies in the folder of tokens; none if there is none."""
        for name in self._names:
            path = self._tokens / name
            try:
                with path.open(encoding="utf-8") as file:
                    mode = stat.S_IMODE(path.stat().st_mode)
                    line = file.read(8192).strip()
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError):
                raise OriginError(f"{path} cannot be read", told=True) from None
            if mode & 0o077:
                raise OriginError(f"{path} can be read by others: chmod 600 {path}", told=True)
            return _header(line, path)
        return {}


def _header(line: str, path: Path) -> dict[str, str]:
    """ "Bearer TOKEN", "Basic USER:PASSWORD" or "Header: value"; nothing of it is ever shown."""
    word, _, rest = line.partition(" ")
    if not line.isprintable() or not rest:
        raise OriginError(
            f'{path} is to hold one line: "Bearer ...", "Basic USER:PASSWORD" or "Header: value"',
            told=True,
        )
    if word == "Basic":
        secret = base64.b64encode(rest.encode()).decode() if ":" in rest else rest
        return {"Authorization": f"Basic {secret}"}
    if word == "Bearer":
        return {"Authorization": line}
    name, colon, value = line.partition(":")
    if not colon or not name.replace("-", "").isalnum():
        raise OriginError(f'{path} is to begin with "Bearer", "Basic" or "Header:"', told=True)
    return {name: value.strip()}


def _words(error: Exception) -> str:
    """Why there is no answer, without addresses, which may hold more than they should."""
    import urllib3

    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "no such host is known"
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return f"no answer for {READ_S:g} s"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "nobody listens there"
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
        return "it does not answer"
    return f"the answer broke off ({type(error).__name__})"


def _reason(error: Exception) -> str:
    inner = error.args[0] if error.args else error
    return getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or "TLS"
