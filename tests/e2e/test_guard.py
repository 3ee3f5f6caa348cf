"""The guard as a person meets it: the real Chromium, the installed command, a room of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard import site as site_module
from tests.guard.chrome import Chrome
from tests.guard.namespace import FLOWTUI, Cell, cell, need_root, until

ROOT = Path(__file__).parents[2]
IN_SHELL = "getent hosts www.bbc.com; id -u"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Cell]:
    """A cell with names that lead to a web server, and a list of one's own."""
    with cell(tmp_path) as made:
        site = made.popen(sys.executable, site_module.__file__, stdout=subprocess.PIPE, text=True)
        assert site.stdout is not None and site.stdout.readline() == "ready\n"
        lists = made.home / "flowtui/config/lists"
        lists.mkdir(parents=True)
        (lists / "news.toml").write_text('sites = ["news.test", "mail.test/inbox"]\n')
        (lists / "video.toml").write_text('sites = ["video.test"]\n')
        yield made


@pytest.fixture
def chrome(room: Cell, tmp_path: Path) -> Iterator[Chrome]:
    """The browser of the cell, with a page of the news site open and its stream alive."""
    browser = Chrome(room, tmp_path / "profile")
    assert (
        browser.open("http://news.test/") == "" and browser.value("document.title") == "news.test"
    )
    until(lambda: browser.value("events") > 3, "the stream of the page")
    yield browser
    browser.close()


def test_a_live_page_is_cut_within_a_second_and_all_is_as_before(
    room: Cell, chrome: Chrome, tmp_path: Path
) -> None:
    """The whole of it: keep-alive and stream are open; start, cut, deadline, open again, proof."""
    room.install(shortest_s=60)
    before = room.state()

    started = room.flowtui("start", "read a paper", "--guard", "news", "--for", "2m", "--detach")
    at = time.monotonic()
    assert "Chromium ✓" in started.stderr, started.stderr
    until(lambda: chrome.value("broken") > 0, "the stream is broken", 5)
    heard = chrome.value("events")
    assert chrome.open("http://news.test/") != "", "a new page of it does not open"
    assert chrome.open("http://www.news.test/") != ""
    until(lambda: chrome.open("http://other.test/") == "", "other names of the address do", 12)
    assert heard < 2000 and room.state() != before

    tested = room.flowtui("guard", "test")
    assert "✗" not in tested.stdout, tested.stdout
    # one that runs reads a new policy when it has nothing better to do; one that starts, at once
    other = Chrome(room, tmp_path / "other")
    assert other.open("http://mail.test/inbox/1") != "", "the policy for paths"
    assert other.open("http://mail.test/") == ""
    other.close()
    attempts = json.loads(room.flowtui("guard", "attempts", "--json").stdout)
    assert 1 <= attempts["names"]["news.test"] <= 3, attempts
    status = json.loads(room.flowtui("status", "--json").stdout)
    assert status["guard"]["lists"] == ["news"] and 0 < status["guard"]["left_s"] <= 120

    until(lambda: room.state() == before, "the deadline passes", 135)
    took = time.monotonic() - at
    until(lambda: chrome.open("http://news.test/") == "", "the page loads again", 10)
    assert chrome.value("document.title") == "news.test"
    assert took > 115, took
    proof = room.flowtui("guard", "status").stdout
    assert "/etc/hosts exact" in proof and "sha256" in proof


def test_with_guard_and_app_killed_in_the_middle_the_deadline_ends_it(
    room: Cell, chrome: Chrome, tmp_path: Path
) -> None:
    need_root("tmux")
    room.install(shortest_s=6)
    before = room.state()
    started = room.flowtui(
        "start", "--guard", "news", "--strict", "hard", "--for", "1m", "--detach"
    )
    assert "hard" in started.stderr
    tmux = ("tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null")
    room.run(*tmux, "new-session", "-d", "-x", "80", "-y", "24", str(FLOWTUI))
    until(lambda: "guard news" in room.run(*tmux, "capture-pane", "-p").stdout, "the app shows it")
    until(lambda: chrome.open("http://news.test/") != "", "it is cut", 5)

    os.kill(int(room.run(*tmux, "list-panes", "-F", "#{pane_pid}").stdout), signal.SIGKILL)
    room.run(*tmux, "kill-server", check=False)
    os.kill(room.serving(), signal.SIGKILL)
    room.run("rm", "-rf", str(room.home / "flowtui/data"))
    until(lambda: len(room.guards()) == 2, "another guard")
    assert chrome.open("http://news.test/") != "", "it is blocked without a gap"

    until(lambda: room.state() == before, "the deadline passes", 75)
    until(lambda: chrome.open("http://news.test/") == "", "the page loads again", 10)


def test_a_guard_without_a_block_is_taken_over_by_the_block_and_ends_with_it(room: Cell) -> None:
    room.install()
    before = room.state()
    armed = json.loads(room.flowtui("guard", "arm", "news", "--for", "50m", "--json").stdout)
    assert armed["lease"]["block"] is None and blocked(room, "news.test")
    assert not blocked(room, "video.test")
    room.flowtui("guard", "status")
    assert blocked(room, "news.test"), "a look does not end it"

    room.flowtui("start", "--guard", "news,video", "--for", "90m", "--detach")
    held = json.loads(room.flowtui("guard", "status", "--json").stdout)["lease"]
    assert held["id"] == armed["lease"]["id"] and 5300 < held["left_s"] <= 5400
    assert blocked(room, "news.test") and blocked(room, "video.test")
    room.flowtui("stop")
    until(lambda: room.state() == before, "everything as it was", 5)


def test_ending_the_block_ends_a_soft_guard_at_once_and_a_firm_one_after_its_delay(
    room: Cell,
) -> None:
    room.install()
    before = room.state()
    room.flowtui("start", "--guard", "news,video", "--for", "50m", "--detach")
    assert blocked(room, "news.test") and blocked(room, "video.test")
    room.flowtui("stop")
    until(lambda: room.state() == before, "everything as it was", 5)

    room.flowtui("start", "--guard", "news", "--strict", "firm", "--for", "50m", "--detach")
    stopped_block = room.flowtui("stop")

    assert blocked(room, "news.test")
    assert "the guard ends in 1 min" in stopped_block.stderr
    assert "ends in" in room.flowtui("guard", "status").stdout
    refused = room.flowtui("start", "--guard", "video", "--for", "5m", "--detach")
    assert "the guard refused: a lease runs for" in refused.stderr


def test_what_is_changed_in_the_settings_waits_until_the_lease_has_ended(room: Cell) -> None:
    """The way round: to empty the list, to switch the guard off, to start a block without one."""
    room.install()
    room.flowtui("start", "--guard", "news", "--strict", "hard", "--for", "50m", "--detach")
    config = room.home / "flowtui/config"

    (config / "lists/news.toml").write_text('sites = ["other.test"]\n')
    (config / "config.toml").write_text(
        '[guard]\nstrictness = "soft"\nwindows = ["news 00:00-23:59"]\n'
    )
    room.flowtui("start", "--no-guard", "--switch", "--for", "5m", "--detach")
    room.flowtui("undo")
    room.run("rm", "-rf", str(room.home / "flowtui/state"))
    released = room.flowtui("guard", "release", "I want to read news", check=False)

    assert blocked(room, "news.test")
    assert released.returncode == 1 and "ends at its time" in released.stderr
    room.flowtui("guard", "add", "video")
    assert blocked(room, "video.test"), "tighter is always possible"


def test_an_extended_block_extends_the_guard(room: Cell) -> None:
    room.install()
    room.flowtui("start", "--guard", "news", "--for", "10m", "--detach")

    room.flowtui("extend", "20m")

    left = json.loads(room.flowtui("guard", "status", "--json").stdout)["left_s"]
    assert 29 * 60 < left <= 30 * 60
    room.flowtui("extend", "-15m")
    left = json.loads(room.flowtui("guard", "status", "--json").stdout)["left_s"]
    assert left > 29 * 60, "a shorter block does not shorten what was promised"


def test_a_block_that_is_discarded_lets_its_guard_go(room: Cell) -> None:
    room.install()
    before = room.state()
    room.flowtui("start", "--guard", "news", "--for", "50m", "--detach")

    room.flowtui("discard")
    room.flowtui("guard", "status")

    until(lambda: room.state() == before, "everything as it was", 5)


def test_a_plan_lists_every_change_and_makes_none(room: Cell) -> None:
    room.install()
    before = room.state()

    shown = room.flowtui("guard", "plan", "news").stdout

    assert "/etc/hosts: 2 lines at its end" in shown
    assert "zzz-flowtui.json: 2 patterns for Chromium" in shown and "flowtui_guard" in shown
    assert room.state() == before


def test_a_public_list_of_300000_names_is_used_as_far_as_there_is_room(room: Cell) -> None:
    room.install()
    file = room.box / "public"
    file.write_text("# ads\n" + "".join(f"0.0.0.0 a{n}.ads.test\n" for n in range(300_000)))

    said = room.flowtui("guard", "list", "import", "ads", str(file)).stderr
    assert "300000 names" in said and "100000" in said and "1000" in said
    started = room.flowtui("start", "--guard", "ads", "--for", "5m", "--detach").stderr

    assert "200000 of 300000 names are left out" in started
    assert "Chromium: its policy has no room for 99000 of the names" in started
    assert blocked(room, "a99999.ads.test") and not blocked(room, "a100000.ads.test")


def test_an_ordinary_user_without_an_installation() -> None:
    """What flowtui start --guard news does and says then: the truth, and how to have more, once."""
    with tempfile.TemporaryDirectory() as folder, cell(Path(folder)) as room:
        Path(folder).chmod(0o755)
        app = room.home / "timewaster"
        app.write_bytes(Path("/bin/sleep").read_bytes())
        app.chmod(0o755)
        config = room.home / "flowtui/config"
        config.mkdir(parents=True)
        (config / "config.toml").write_text('[guard]\napps = ["timewaster"]\n')
        room.run("chown", "-R", "65533", str(room.home))
        before = room.state()
        as_user = ("setpriv", "--reuid", "65533", "--clear-groups")
        running = room.popen(*as_user, str(app), "1000")
        # the environment of the tests may lie where others cannot go
        paths = ":".join([str(ROOT), *(path for path in sys.path if "site-packages" in path)])
        flow = (*as_user, "env", f"PYTHONPATH={paths}", "/usr/bin/python3", "-m", "flowtui")

        first = room.run(*flow, "start", "read", "--guard", "news", "--for", "50m", "--detach")
        until(lambda: stopped(running.pid), "the user's own app is frozen")
        status = room.run(*flow, "guard", "status")
        room.run(*flow, "stop")
        until(lambda: not stopped(running.pid), "and goes on when the block ends")
        second = room.run(*flow, "start", "--guard", "news", "--for", "50m", "--detach")
        room.run(*flow, "stop")

        said = first.stderr
        assert "guard install" in said and "ites stay reachable" in said
        assert "sudo" not in second.stderr and "sites stay reachable" in second.stderr
        assert "1 app frozen" in status.stdout
        shell = room.run(*flow, "guard", "shell", "news", "--", "sh", "-c", IN_SHELL)
        found = shell.stdout.split()  # getent asks for IPv6 first
        assert found[0].startswith("::ffff:127.66.") and found[1:] == ["www.bbc.com", "65533"]
        assert "Traceback" not in first.stderr + second.stderr
        assert room.state() == before


def blocked(room: Cell, name: str) -> bool:
    """True if a program in the cell finds no way to `name`."""
    return "127.66." in room.run("getent", "ahostsv4", name, check=False).stdout


def stopped(pid: int) -> bool:
    """True if a process is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
