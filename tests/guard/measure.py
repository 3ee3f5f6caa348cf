"""How long from asking to a live page being cut, and from the end to the page loading again.

    python -m tests.guard.measure

Needs root and Chromium; in a cell of its own. Prints one JSON object, in seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.guard import site as site_module
from tests.guard.chrome import Chrome
from tests.guard.namespace import Cell, cell, until

ARM = """
import sys, time
from flowtui.guard.client import Client
started = time.monotonic()
wish = {"groups": [{"list": "news", "sites": ["news.test"]}], "seconds": 6, "strictness": "hard"}
Client().arm(wish)
print(started, time.monotonic())
"""


def once(room: Cell, folder: Path) -> dict[str, float]:
    """Open a page with a live stream, arm, wait for the cut, the end, and the page again."""
    chrome = Chrome(room, folder)
    try:
        until(lambda: chrome.open("http://news.test/") == "", "the page", 60)
        until(lambda: chrome.value("events") > 3, "its stream", 60)
        before = room.state()
        asked, armed = map(float, room.python(ARM).split())
        until(lambda: chrome.value("broken") > 0, "the cut")
        cut = time.monotonic()
        until(lambda: chrome.open("http://news.test/") != "", "no page")
        until(lambda: room.state() == before, "the end")
        ended = time.monotonic()
        until(lambda: chrome.open("http://news.test/") == "", "the page again", 60)
        again = time.monotonic()
    finally:
        chrome.close()
    return {"armed": armed - asked, "cut": cut - asked, "again": again - ended}


def main() -> int:
    """Three times."""
    with tempfile.TemporaryDirectory() as folder, cell(Path(folder)) as room:
        site = room.popen(sys.executable, site_module.__file__, stdout=subprocess.PIPE, text=True)
        assert site.stdout is not None and site.stdout.readline() == "ready\n"
        room.install()
        found = [once(room, Path(folder) / str(n)) for n in range(3)]
    for name in found[0]:
        found_all = [round(one[name], 3) for one in found]
        sys.stdout.write(json.dumps({name: found_all}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
