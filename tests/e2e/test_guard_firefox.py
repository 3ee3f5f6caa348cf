"""The guard and the real Firefox: cut while a stream runs, held, back; and with IPv6 alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard import site as site_module
from tests.guard.firefox import Firefox
from tests.guard.namespace import Cell, cell, until


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Cell]:
    """A cell with a guard, and names that lead to a web server."""
    with cell(tmp_path) as made:
        site = made.popen(sys.executable, site_module.__file__, stdout=subprocess.PIPE, text=True)
        assert site.stdout is not None and site.stdout.readline() == "ready\n"
        lists = made.home / "flowtui/config/lists"
        lists.mkdir(parents=True)
        (lists / "news.toml").write_text('sites = ["news.test"]\n')
        made.install(shortest_s=2)
        yield made


def test_firefox_is_cut_held_and_let_back_on_both_families_and_on_ipv6_alone(
    room: Cell, tmp_path: Path
) -> None:
    browser = Firefox(room, tmp_path / "profile")
    try:
        for address in ("45.66.0.2/24", ""):  # both families, then no way by IPv4
            assert browser.open("http://news.test/") == "" and browser.title() == "news.test"
            until(lambda: browser.value("events") > 3, "the stream of the page")
            armed = json.loads(
                room.flowtui("guard", "arm", "news", "--for", "10m", "--json").stdout
            )
            shown = {one["browser"]: one["covered"] for one in armed["browsers"]}
            assert shown["Firefox"], armed["browsers"]

            until(lambda: browser.value("broken") > 0, "the open stream is cut", 15)
            assert browser.open("http://news.test/") != "", "keep-alive does not help"
            assert browser.open("http://www.news.test/") != ""
            usual = browser.call("WebDriver:GetWindowHandle")["value"]
            browser.window(private=True)
            assert browser.open("http://news.test/") != "", "nor does a private window"
            browser.call("WebDriver:CloseWindow")
            browser.call("WebDriver:SwitchToWindow", {"handle": usual})
            room.flowtui("guard", "release")
            until(lambda: browser.open("http://news.test/") == "", "the page loads again", 30)
            if address:
                room.run("ip", "addr", "del", address, "dev", "here")
    finally:
        browser.close()
