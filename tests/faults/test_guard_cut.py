"""The cut touches what was asked for: web ports, the asking user, public addresses, outgoing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.guard import site as site_module
from tests.guard.namespace import SITE, Cell, cell, until

HOLD = """
import socket, sys
link = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
link.sendall(b"GET /stream HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
print("open", flush=True)
try:
    while link.recv(4096): pass
except OSError: pass
"""
"""Keeps a stream open, and ends when it is cut."""
SERVE = """
import socket
server = socket.create_server(("0.0.0.0", 8888))
print("ready", flush=True)
link, _ = server.accept()
print("open", flush=True)
while link.recv(10): link.sendall(b"x")
"""
CALL_IN = """
import socket, time
link = socket.socket()
link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
link.bind(("45.66.0.3", 443))
link.connect(("45.66.0.2", 8888))
while True:
    link.sendall(b"x")
    if not link.recv(10): break
    time.sleep(0.05)
"""
"""A client out there that calls in, from an address and a port that are cut."""
AS_OTHER = ("setpriv", "--reuid", "65533", "--clear-groups")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Cell]:
    """A cell with a machine beyond and a guard."""
    with cell(tmp_path) as made:
        beyond = made.popen(sys.executable, site_module.__file__, stdout=subprocess.PIPE)
        assert beyond.stdout is not None and beyond.stdout.readline() == b"ready\n"
        made.install()
        yield made


def hold(room: Cell, address: str, port: int, *before: str) -> subprocess.Popen[Any]:
    """A connection to `address` that stays open."""
    words = ("/usr/bin/python3", "-c", HOLD, address, str(port))
    held = room.popen(*before, *words, stdout=subprocess.PIPE, text=True)
    assert held.stdout is not None and held.stdout.readline() == "open\n"
    return held


def arm(room: Cell, *sites: str) -> dict[str, Any]:
    """The answer to `arm`."""
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX);"
        "s.connect('/run/flowtui/guard.sock'); s.sendall(sys.argv[1].encode() + b'\\n');"
        "print(s.makefile().readline())"
    )
    groups = [{"list": "news", "sites": list(sites)}]
    line = json.dumps({"v": 1, "id": 1, "verb": "arm", "groups": groups, "seconds": 30})
    answer: dict[str, Any] = json.loads(room.run("/usr/bin/python3", "-c", code, line).stdout)
    assert answer["ok"], answer
    return answer


def cut(held: subprocess.Popen[Any]) -> bool:
    """True if a connection has ended, by whatever."""
    return held.poll() is not None


def test_only_web_connections_of_the_asking_user_are_cut(room: Cell) -> None:
    mine = [hold(room, SITE, 80), hold(room, SITE, 443)]
    others = {
        "another user's": hold(room, SITE, 443, *AS_OTHER),
        "mine to port 22": hold(room, SITE, 22),
        "mine to port 8443": hold(room, SITE, 8443),
        "mine to the network here": hold(room, "10.66.0.1", 80),
    }

    arm(room, "news.test")

    until(lambda: all(map(cut, mine)), "what was open to the site is cut", 5)
    again = [hold(room, SITE, 443, *AS_OTHER), hold(room, SITE, 22)]
    room.run("sleep", "1.5")
    assert [what for what, held in others.items() if cut(held)] == []
    assert not any(map(cut, again))


def test_a_list_of_others_that_leads_into_the_own_network_cuts_nothing(room: Cell) -> None:
    held = [hold(room, "10.66.0.1", 8080), hold(room, "10.66.0.1", 80)]

    arm(room, "router.lan.test", "www.lan.test")

    room.run("sleep", "1.5")
    assert not any(map(cut, held))
    assert "10.66.0.1" not in room.run("nft", "list", "ruleset").stdout


def test_a_list_of_paths_alone_does_not_cut_the_host(room: Cell) -> None:
    held = hold(room, SITE, 443)

    answer = arm(room, "mail.test/inbox", "news.test/sport")

    room.run("sleep", "1.5")
    assert not cut(held) and answer["lease"]["layers"]["cut"] is None


def test_who_calls_in_is_not_cut_even_from_an_address_that_is(room: Cell) -> None:
    server = room.popen("/usr/bin/python3", "-c", SERVE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None and server.stdout.readline() == "ready\n"
    outside = room.run("cat", "/run/outside.pid").stdout.strip()
    beyond = ("nsenter", "-t", outside, "-n")
    room.run(*beyond, "ip", "addr", "add", "45.66.0.3/24", "dev", "there")
    client = room.popen(*beyond, "/usr/bin/python3", "-c", CALL_IN)
    assert server.stdout.readline() == "open\n"

    arm(room, "caller.test")

    assert "45.66.0.3 . 443" in room.run("nft", "list", "ruleset").stdout
    room.run("sleep", "1.5")
    assert server.poll() is None and client.poll() is None


def test_the_plan_names_the_cut(room: Cell) -> None:
    lists = room.home / "flowtui/config/lists"
    lists.mkdir(parents=True)
    (lists / "mine.toml").write_text('sites = ["news.test"]\n')
    (lists / "paths.toml").write_text('sites = ["mail.test/inbox"]\n')

    said = room.flowtui("guard", "plan", "mine").stdout

    assert "ports 80 and 443" in said and "nothing of others" in said
    assert "table" not in room.flowtui("guard", "plan", "paths").stdout
