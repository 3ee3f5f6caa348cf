"""Both families: what asks for IPv6 alone, or has no other network, finds nothing either."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard import site as site_module
from tests.guard.namespace import SITE6, Cell, cell, until

FETCH = """
import json, socket, sys
found = {}
for name, family in (("v4", socket.AF_INET), ("v6", socket.AF_INET6), ("any", 0)):
    try:
        ends = socket.getaddrinfo(sys.argv[1], 80, family, socket.SOCK_STREAM)
    except OSError as error:
        found[name] = ["no name"]
        continue
    got = []
    for kind, _, _, _, place in ends:
        with socket.socket(kind, socket.SOCK_STREAM) as link:
            link.settimeout(5)
            try:
                link.connect(place)
                got.append("open")
            except OSError as error:
                got.append("closed")
    found[name] = sorted(set(got))
print(json.dumps(found))
"""
HOLD6 = """
import socket, sys
link = socket.create_connection((sys.argv[1], 443), 5)
link.sendall(b"GET /stream HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
print("open", flush=True)
try:
    while link.recv(4096): pass
except OSError: pass
"""


@pytest.fixture(params=["dual stack", "IPv6 only"])
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cell]:
    """A cell with a site that has both addresses, and its guard."""
    with cell(tmp_path) as made:
        beyond = made.popen(sys.executable, site_module.__file__, stdout=subprocess.PIPE)
        assert beyond.stdout is not None and beyond.stdout.readline() == b"ready\n"
        if request.param == "IPv6 only":
            made.run("ip", "-4", "addr", "flush", "dev", "here")
        made.install()
        (made.home / "flowtui/config/lists").mkdir(parents=True)
        (made.home / "flowtui/config/lists/mine.toml").write_text('sites = ["news.test"]\n')
        yield made


def fetched(room: Cell, name: str) -> dict[str, list[str]]:
    """What becomes of a connection to `name`, by family."""
    found: dict[str, list[str]] = json.loads(room.run("/usr/bin/python3", "-c", FETCH, name).stdout)
    return found


def test_a_site_is_kept_away_in_both_families_and_comes_back(room: Cell) -> None:
    before = room.state()
    assert fetched(room, "news.test")["v6"] == ["open"]
    held = room.popen("/usr/bin/python3", "-c", HOLD6, SITE6, stdout=subprocess.PIPE)
    assert held.stdout is not None and held.stdout.readline() == b"open\n"

    started = room.flowtui("start", "--guard", "mine", "--for", "5m", "--detach")

    assert "Chromium ✓" in started.stderr, started.stderr
    assert fetched(room, "news.test") == {"v4": ["closed"], "v6": ["closed"], "any": ["closed"]}
    until(lambda: held.poll() is not None, "what was open by IPv6 is cut", 5)
    tested = json.loads(room.flowtui("guard", "test", "--json").stdout)
    assert tested
    room.flowtui("stop", "--outcome", "done")
    until(lambda: room.state() == before, "it is as it was")
    assert fetched(room, "news.test")["v6"] == ["open"]


def test_the_focus_shell_finds_nothing_in_either_family(room: Cell) -> None:
    words = ("/usr/bin/python3", "-c", FETCH, "news.test")
    found = json.loads(room.flowtui("guard", "shell", "mine", *words).stdout)

    assert found["v6"] == ["closed"] and "open" not in found["any"]
    assert fetched(room, "news.test")["v6"] == ["open"], "only in the shell"
