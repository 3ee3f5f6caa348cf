"""Addresses that answer late, without end, or lead elsewhere."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message

import pytest

from flowtui.guard.program.clock import monotonic
from flowtui.system import fetch
from flowtui.system.fetch import FetchError

HEAD = b"HTTP/1.0 200 OK\r\n"


class Peer:
    """Sends `first` to whoever connects, then `drop` again and again until it is closed."""

    def __init__(self, first: bytes, drop: bytes) -> None:
        self._first, self._drop = first, drop
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/hosts"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            link, _ = self._listener.accept()
            with link:
                link.recv(65536)
                link.sendall(self._first)
                while self._drop and not self._closed.wait(0.01):
                    link.sendall(self._drop)
        except OSError:
            return

    def close(self) -> None:
        self._closed.set()
        self._listener.close()


@pytest.fixture
def peer() -> Iterator[Callable[[bytes, bytes], Peer]]:
    made: list[Peer] = []

    def make(first: bytes, drop: bytes) -> Peer:
        made.append(Peer(first, drop))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(
    ("first", "drop"),
    [(HEAD + b"\r\n", b"a"), (HEAD, b"X"), (b"", b"H"), (HEAD + b"X: ", b"y"),
     (HEAD.replace(b"1.0", b"1.1") + b"Transfer-Encoding: chunked\r\n\r\n", b"0")],
    ids=["body", "head", "status", "header", "chunk"],
)  # fmt: skip
def test_who_sends_a_byte_now_and_then_does_not_hold_us_up(
    peer: Callable[[bytes, bytes], Peer], monkeypatch: pytest.MonkeyPatch, first: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT_S", 0.5)

    # as long as it is heard, it goes on: without a limit this never returns
    with pytest.raises(FetchError):
        fetch.fetch(peer(first, drop).address, {}, monotonic)


def test_a_handshake_without_end_does_not_hold_us_up(
    peer: Callable[[bytes, bytes], Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT_S", 0.5)
    # a record of TLS that says it has 16 KiB, a byte at a time
    address = peer(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"a").address

    with pytest.raises(FetchError):
        fetch.fetch(address.replace("http:", "https:"), {}, monotonic)


def test_what_ends_before_its_end_is_not_taken_for_the_whole(
    peer: Callable[[bytes, bytes], Peer],
) -> None:
    cut = HEAD + b"Content-Length: 100\r\n\r\nads.test\n"

    with pytest.raises(FetchError, match="ended before"):
        fetch.fetch(peer(cut, b"").address, {}, monotonic)


@pytest.mark.parametrize(
    ("asked", "led_to", "taken"),
    [
        ("https://lists.test/a", "http://lists.test/a", False),
        ("https://lists.test/a", "http://127.0.0.1:631/", False),
        ("https://lists.test/a", "https://other.test/a", True),
        ("http://lists.test/a", "https://lists.test/a", True),
        ("https://lists.test/a", "ftp://lists.test/a", False),
    ],
)
def test_nothing_leads_from_https_to_what_can_be_changed_on_the_way(
    asked: str, led_to: str, taken: bool
) -> None:
    handler = fetch._WebOnly(lambda address: True)
    request = urllib.request.Request(asked)

    def follow() -> object:
        redirect: Callable[..., object] = handler.redirect_request
        return redirect(request, None, 302, "Found", Message(), led_to)

    if taken:
        assert follow() is not None
    else:
        with pytest.raises(FetchError):
            follow()
