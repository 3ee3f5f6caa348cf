"""DNS and web for a cell: names under .test lead beyond its wire, with keep-alive and a stream.

Paths: `/` a page with the host's name as its title, which opens an EventSource of `/stream`;
`/stream` an endless stream, one event every 50 ms. Says "ready" once it serves.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS = "45.66.0.1"
ADDRESS6 = "2a0f:66::1"
LAN = "10.66.0.1"
"""The same machine by a private address; names under lan.test lead there."""
PLACES = ((b"\x03lan\x04test", LAN), (b"\x06caller\x04test", "45.66.0.3"))
"""Where names lead that do not lead to `ADDRESS`, as a question for them has them."""
CLONE_NEWNET = 0x40000000
PAGE = """<!doctype html><title>{host}</title><p>{host}</p><script>
var events = 0, broken = 0;
var source = new EventSource('/stream');
source.onmessage = function () {{ events += 1; }};
source.onerror = function () {{ broken += 1; }};
</script>"""


class Handler(BaseHTTPRequestHandler):
    """Serves pages and streams, quietly."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A page, or the stream."""
        if self.path.startswith("/stream"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"data: tick\n\n")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return
        body = PAGE.format(host=self.headers.get("Host", "")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def names(link: socket.socket) -> None:
    """Answer A for every name under .test with the address, all else with nothing."""
    while True:
        query, sender = link.recvfrom(4096)
        end = 12
        while query[end]:
            end += query[end] + 1
        question, kind = query[12 : end + 5], struct.unpack(">H", query[end + 1 : end + 3])[0]
        known = kind in (1, 28) and b"\x04test" in query[12 : end + 1].lower()
        asked = query[12 : end + 1].lower()
        where = next((to for part, to in PLACES if part in asked), ADDRESS)
        known = known and (kind == 1 or where == ADDRESS)  # the others have IPv4 alone
        head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, int(known), 0, 0)
        answer = b""
        if known and kind == 1:
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 300, 4) + socket.inet_aton(where)
        elif known:
            there = socket.inet_pton(socket.AF_INET6, ADDRESS6)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 28, 1, 300, 16) + there
        link.sendto(head + question + answer, sender)


class Server(ThreadingHTTPServer):
    """Does not mind clients that are gone."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A cut connection is what this is about."""


class Server6(Server):
    """The same by IPv6."""

    address_family = socket.AF_INET6


def go_outside() -> None:
    """From here on, serve beyond the wire of the cell (setns(2))."""
    outside = Path("/run/outside.pid").read_text().strip()
    with Path(f"/proc/{outside}/ns/net").open() as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


if __name__ == "__main__":
    resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    resolver.bind(("127.0.0.1", 53))
    threading.Thread(target=names, args=(resolver,), daemon=True).start()
    go_outside()
    servers = [Server((ADDRESS, 80), Handler), *(Server((LAN, p), Handler) for p in (80, 8080))]
    servers += [Server6((ADDRESS6, port), Handler) for port in (80, 443)]
    servers += [Server((ADDRESS, port), Handler) for port in (443, 8443, 22)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()
