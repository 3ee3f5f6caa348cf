"""Eight hostile users with all the connections they can get: the owner is answered each time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.guard.namespace import Cell, cell, until

SOCKET = "/run/flowtui/guard.sock"
HOLD = """
import socket, time
links = []
print("on", flush=True)
while True:
    if len(links) >= 12:
        old = links.pop(0)
        old.close()
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(0.2)
    try:
        link.connect("/run/flowtui/guard.sock")
        link.sendall(b'{"v":1,"id":1,"verb":"hello"}\\n{"v":1,"verb":"status"}\\n{"v":1')
        links.append(link)
    except OSError:
        link.close()
    time.sleep(0.002)
"""
"""Holds twelve connections with lines that never end, and takes them anew."""
FLOOD = """
import socket
print("on", flush=True)
while True:
    link = socket.socket(socket.AF_UNIX)
    link.setblocking(False)
    try:
        link.connect("/run/flowtui/guard.sock")
    except OSError:
        pass
    link.close()
"""
OWNER_FLOOD = """
import socket, time
print("on", flush=True)
line = b'{"v":1,"id":1,"verb":"plan","seconds":600,"apps":["discord"]}\\n'
while True:
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(1)
    try:
        link.connect("/run/flowtui/guard.sock")
        for _ in range(200):
            link.sendall(line * 16)
            link.recv(65536)
    except OSError:
        pass
    link.close()
"""
ASK = """
import json, sys
from pathlib import Path
from flowtui.guard.client import Client
client = Client(Path("/run/flowtui/guard.sock"))
answered = 0
for number in range(int(sys.argv[1])):
    answer = client.ask("status" if number % 2 else "hello")
    answered += bool(answer["ok"])
print(answered)
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Cell]:
    """A cell with a guard."""
    with cell(tmp_path) as made:
        made.install()
        yield made


def attack(room: Cell, code: str, uid: int) -> subprocess.Popen[Any]:
    """A hostile process of `uid`, at work."""
    words = ("setpriv", "--reuid", str(uid), "--clear-groups", "/usr/bin/python3", "-c", code)
    process = room.popen(*words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    return process


def test_the_owner_is_answered_a_thousand_times_under_attack(room: Cell) -> None:
    hostile = [attack(room, HOLD, 61000 + n) for n in range(8)]
    hostile += [attack(room, FLOOD, 61000)]

    answered = room.python(ASK, "1000").strip()

    assert answered == "1000"
    assert all(process.poll() is None for process in hostile)


def test_a_flood_by_an_owner_stops_neither_the_heart_nor_another_question(room: Cell) -> None:
    before = room.state()
    (room.home / "flowtui/config/lists").mkdir(parents=True)
    (room.home / "flowtui/config/lists/mine.toml").write_text('sites = ["news.test"]\n')
    room.flowtui("start", "--guard", "mine", "--for", "1m", "--detach")
    room.flowtui("guard", "release")
    room.flowtui("stop", "--outcome", "done")
    until(lambda: room.state() == before, "it is as it was")
    first = room.serving()
    ask = json.dumps({"v": 1, "id": 1, "verb": "arm", "seconds": 3, "strictness": "hard",
                      "groups": [{"list": "m", "sites": ["news.test"]}]})  # fmt: skip
    arm = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "s.sendall(sys.argv[2].encode() + b'\\n'); print(s.makefile().readline())"
    )
    assert json.loads(room.python(arm, SOCKET, ask))["ok"]

    for _ in range(3):
        attack(room, OWNER_FLOOD, 0)

    took = until(lambda: room.state() == before, "the lease ends in time", 12)
    assert took < 10 and room.python(ASK, "50").strip() == "50"
    assert room.serving() == first, "it was never taken for dead"


def test_who_is_no_owner_gets_one_answer_and_hears_how_to_become_one(room: Cell) -> None:
    code = (
        "import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(5);"
        "s.connect('/run/flowtui/guard.sock');"
        's.sendall(b\'{"v":1,"id":1,"verb":"status"}\\n\' * 5);'
        "print(b''.join(iter(lambda: s.recv(65536), b'')).decode())"
    )
    words = ("setpriv", "--reuid", "61000", "--clear-groups", "/usr/bin/python3", "-c", code)
    said = room.run(*words).stdout.split("\n")

    answers = [json.loads(line) for line in said if line]
    assert len(answers) == 1
    assert (
        "--owner" in answers[0]["error"]["hint"] and "lease" not in answers[0]["error"]["message"]
    )
    room.flowtui("start", "--guard", "news", "--for", "1m", "--detach")
    told = json.loads(room.run(*words).stdout.split("\n")[0])["error"]["message"]
    assert "a lease of another user is on" in told


LONG_FLOOD = """
import json, socket
def say(links, **fields):
    line = json.dumps({"v": 1, "id": 1, **fields}).encode() + b"\\n"
    for link in links:
        link.sendall(line)
    return [link.makefile().readline() for link in links]
def connect():
    link = socket.socket(socket.AF_UNIX)
    link.connect("/run/flowtui/guard.sock")
    return link
link = connect()
for part in range(100):
    sites = [f"s{part}-{n}.other.test" for n in range(990)]
    say([link], verb="stage", list="x", sites=sites, first=part == 0)
print("on", flush=True)
links = [connect() for _ in range(11)]
while True:
    try:
        say(links, verb="plan", seconds=600, staged=True, groups=[{"list": "x", "open": [[0, 1]]}])
        say([link], verb="stage", list="x", sites=["again.other.test"])
    except OSError:
        links, link = [connect() for _ in range(11)], connect()
"""
"""Hands over a list as long as can be, and has it planned on every connection, again and again."""
ARM_LONG = """
import json, sys
from pathlib import Path
from flowtui.guard.client import Client
sites = [f"s{n}.ads.test" for n in range(90_000)]
wish = {"groups": [{"list": "ads", "sites": sites, "open": []}], "strictness": "hard",
        "seconds": int(sys.argv[1])}
print(Client(Path("/run/flowtui/guard.sock")).arm(wish)["lease"]["sites"])
"""


def test_long_lists_of_one_owner_stop_neither_the_heart_nor_the_lease_of_another(
    room: Cell,
) -> None:
    before = room.state()
    words = ("--yes", "--no-systemd", "--shortest", "2", "--owner", "61000")
    room.flowtui("guard", "install", *words)
    first = room.serving()
    assert room.python(ARM_LONG, "20").strip() == "90000"
    hostile = attack(room, LONG_FLOOD, 61000)

    assert room.python(ASK, "10").strip() == "10"

    until(lambda: room.state() == before, "the lease ends, and all is as it was", 60)
    assert hostile.poll() is None and room.serving() == first, "it was never taken for dead"
