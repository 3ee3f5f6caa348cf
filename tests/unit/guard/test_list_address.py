"""Lists from an address, on command alone; and why a site does not open."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flowtui.guard import lists
from flowtui.services.guard import reasons
from flowtui.services.guard.list_address import origin
from flowtui.services.guard.reasons import reason_for
from tests.unit.guard.harness import World
from tests.unit.guard.test_block_guard import Guarded
from tests.user import Person, Shell

HOSTS = b"# ads\n0.0.0.0 ads.test\n0.0.0.0 more.test\n127.0.0.1 localhost\n"


class Server:
    """Gives `body` to whoever asks."""

    def __init__(self) -> None:
        self.body, self.status, self.asked = HOSTS, 200, 0
        self.leads_to = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                self.send_response(outer.status)
                if outer.leads_to:
                    self.send_header("Location", outer.leads_to)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.http.server_port}/hosts"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of lists on the loopback."""
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_a_list_is_fetched_on_command_with_its_hash_and_date(flow: Shell, server: Server) -> None:
    came = flow("guard", "list", "fetch", "ads", server.address, "--json").json

    folder = flow.person.services.paths.lists_dir
    known = lists.known(folder)["ads"]
    assert known.sites == ("ads.test", "more.test") and known.total == 2
    assert came["sha256"] == hashlib.sha256(HOSTS).hexdigest() and came["names"] == 2
    noted = origin(folder, "ads")
    assert noted is not None and noted.address == server.address and noted.hash == came["sha256"]
    assert noted.at == came["fetched_at"] == "2026-03-04T12:00:00Z"

    flow("guard", "list")
    assert server.asked == 1, "nothing is fetched by itself"
    assert "nothing has changed" in flow("guard", "list", "fetch", "ads").err
    server.body = b"more.test\nnew.test\n"
    assert "1 more, 1 less" in flow("guard", "list", "fetch", "ads").err


@pytest.mark.parametrize("fault", ["gone", "empty"])
def test_what_cannot_be_fetched_leaves_the_list_as_it_is(
    flow: Shell, server: Server, fault: str
) -> None:
    flow.ok("guard", "list", "fetch", "ads", server.address)
    file = flow.person.services.paths.lists_dir / "ads.txt"
    before = file.read_bytes()
    server.status, server.body = (404, HOSTS) if fault == "gone" else (200, b"<html>\n")

    again = flow("guard", "list", "fetch", "ads")

    assert again.code == 1 and server.address in again.err and file.read_bytes() == before


@pytest.mark.parametrize(
    "address", ["http://lists.test/hosts", "file:///etc/passwd", "ftp://x.test/y", "x", "https://"]
)
def test_only_addresses_that_nobody_can_tamper_with_are_asked(flow: Shell, address: str) -> None:
    refused = flow("guard", "list", "fetch", "ads", address)

    assert refused.code == 2 and "no address of a list" in refused.err


@pytest.mark.parametrize(
    "address", ["http://lists.test/hosts", "http://127.0.0.1.lists.test/hosts", "ftp://x.test/"]
)
def test_an_address_that_leads_to_one_that_is_not_asked_is_no_list(
    flow: Shell, server: Server, address: str
) -> None:
    server.status, server.leads_to = 302, address

    refused = flow("guard", "list", "fetch", "ads", server.address)

    assert refused.code == 1 and not (flow.person.services.paths.lists_dir / "ads.txt").exists()
    assert "leads to" in refused.err or "302" in refused.err


def test_a_name_that_is_none_asks_no_address(flow: Shell, server: Server) -> None:
    refused = flow("guard", "list", "fetch", "../ads", server.address)

    assert refused.code and server.asked == 0


def test_a_list_that_was_never_fetched_wants_an_address(flow: Shell) -> None:
    assert "was not fetched before" in flow("guard", "list", "fetch", "ads").err


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    """A person whose guard works below a folder."""
    world = World(tmp_path / "root", monkeypatch, b"127.0.0.1 localhost\n")
    monkeypatch.setattr(reasons, "_looked_up", lambda host: world.blocks(host))
    return Guarded(Person(tmp_path / "flowtui"), world)


def test_why_tells_list_end_and_what_the_block_was_for(guarded: Guarded) -> None:
    services = guarded.person.services
    guarded.begin(50)

    reason = reason_for(services, "www.news.test/today")
    told = reason.sentences(services.zone)

    assert reason.away and reason.lists == ("news",)
    assert told[0] == "www.news.test/today is kept away by news until 12:50"
    assert "fuse the kernel" in told[1] and "flowtui note --block" in told[-1]
    other = reason_for(services, "other.test")
    assert not other.away and "not kept away" in other.sentences(services.zone)[0]


def test_why_knows_what_was_added_by_hand(guarded: Guarded) -> None:
    guarded.begin(50)
    guarded.guard.client.arm_more("added", ["forum.test"], ())

    told = reason_for(guarded.person.services, "forum.test").sentences(guarded.person.services.zone)

    assert told[0].startswith("forum.test is kept away by what was added by hand until")
