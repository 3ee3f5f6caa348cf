"""The page in a real Chromium: at a phone's width and a desk's, and against a foreign page."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.e2e.terminal import BIN, Terminals, until
from tests.guard.chrome import Chrome
from tests.guard.namespace import Cell

WIDTHS = (390, 1280)
PROGRAM = str(BIN / "flowtui")


class Here:
    """Starts a program where we are, as a `Cell` does in a namespace."""

    def popen(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(words, **options)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "FLOWTUI_HOME": str(tmp_path / "flowtui"), "TZ": "UTC",
            "FLOWTUI_GUARD_SOCKET": str(tmp_path / "no-guard")}  # fmt: skip


@pytest.fixture
def address(home: dict[str, str]) -> Iterator[str]:
    """Of a page that is served, with its token."""
    with subprocess.Popen(
        [PROGRAM, "serve", "--port", "0"], env=home, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        yield process.stdout.readline().strip()
        process.terminate()
        assert "refused" in process.stderr.read()
        assert process.wait(20) == 0


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Chrome]:
    browser = Chrome(cast("Cell", Here()), tmp_path / "profile")
    yield browser
    browser.close()


def flow(home: dict[str, str], *words: str) -> str:
    done = subprocess.run([PROGRAM, *words], env=home, capture_output=True, text=True, check=True)
    return done.stdout


def press(chrome: Chrome, word: str) -> None:
    """Press the button or the link of that name, and wait for the page it leads to."""
    chrome.value(f"""document.title = 'before'; (() => {{
        const all = [...document.querySelectorAll('button, a')];
        all.find(one => one.textContent.startsWith({word!r})).click(); }})()""")
    until(lambda: "before" not in now(chrome, "document.title + document.readyState"))
    until(lambda: now(chrome, "document.readyState") == "complete")


def now(chrome: Chrome, expression: str) -> str:
    """The value of an expression; "before" while one page gives way to the next."""
    try:
        return str(chrome.value(expression))
    except AssertionError:
        return "before"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_block_is_worked_from_a_browser_and_fits_its_width(
    home: dict[str, str], address: str, chrome: Chrome, width: int
) -> None:
    chrome.call("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1,
                mobile=width < 600)  # fmt: skip
    assert chrome.open(address) == ""
    assert "token" not in chrome.value("location.href")
    press(chrome, "with an intention")
    chrome.value("document.querySelector('[name=intention]').value = 'wire the sampler in'")
    press(chrome, "begin")
    assert "wire the sampler in" in chrome.value("document.body.innerText")
    press(chrome, "pause")
    assert '"state": "paused"' in flow(home, "status", "--json")
    press(chrome, "resume")
    press(chrome, "park a thought")
    chrome.value("document.querySelector('[name=thought]').value = 'buy milk'")
    press(chrome, "park")
    assert "buy milk" in flow(home, "status", "--json")
    for _ in range(2):  # the page itself, then the report
        assert chrome.value("document.documentElement.scrollWidth <= innerWidth")
        for kind, holds in (
            ("main *", "one.getBoundingClientRect().right <= innerWidth + 1"),
            ("button, a.button", "one.offsetHeight >= 44"),
        ):
            every = f"[...document.querySelectorAll('{kind}')].every(one => {holds})"
            assert chrome.value(every), kind
        assert float(chrome.value("getComputedStyle(document.body).fontSize").rstrip("px")) >= 16
        if "/report" not in chrome.value("location.href"):
            press(chrome, "this week")
    assert chrome.value("getComputedStyle(document.body).fontFamily").startswith("system-ui")


def test_a_page_of_another_origin_can_press_no_button(
    home: dict[str, str], address: str, chrome: Chrome
) -> None:
    port = address.split(":")[2].split("/")[0]
    form = (f'<form method=post action="http://127.0.0.1:{port}/start"><input name=intention '
            "value=stolen></form><script>document.forms[0].submit()</script>")  # fmt: skip

    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(form.encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as evil:
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        chrome.open(address)  # the browser has the cookie now
        chrome.open(f"http://localhost:{evil.server_address[1]}/")
        until(lambda: now(chrome, "document.title").startswith("flowtui"))
        assert chrome.value("document.title") == "flowtui 403"
        evil.shutdown()
    assert '"block": null' in flow(home, "status", "--json")


def test_pausing_on_the_phone_is_a_pause_in_the_terminal(
    person: Terminals, home: dict[str, str], chrome: Chrome
) -> None:
    terminal = person.open()
    terminal.type("flowtui start read --for 50m")
    terminal.see("read", "pause")
    with subprocess.Popen(
        [PROGRAM, "serve", "--port", "0"], env=person.env, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        chrome.open(process.stdout.readline().strip())
        press(chrome, "pause")
        terminal.see("paused")
        terminal.press("space")
        until(lambda: person.json("status")["block"]["state"] == "running")
        chrome.call("Page.reload")
        process.terminate()
    terminal.press("q")


def test_the_whole_app_is_worked_from_a_browser_and_goes_with_its_page(
    home: dict[str, str], chrome: Chrome
) -> None:
    def key(name: str, text: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            chrome.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code,
                        text=text if kind == "keyDown" else "")  # fmt: skip

    def block() -> Any:
        return json.loads(flow(home, "status", "--json"))["block"]

    def beaten() -> str:
        file = Path(home["FLOWTUI_HOME"]) / "state" / "heartbeat"
        return file.read_text() if file.exists() else ""

    flow(home, "add", "read", "--start", "2h ago", "--end", "1h ago")  # not a first start
    with subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--app"], env=home, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()  # the page's
        chrome.open(process.stdout.readline().strip())
        assert chrome.value("location.href").endswith("/app"), "neither token nor key stays there"
        until(lambda: "-first-byte" in now(chrome, "document.body.className"))
        chrome.value("document.querySelector('textarea').focus()")
        for letter in "\rwire it":  # the first opens the plan; no letter waits for it
            if letter == "\r":
                key("Enter", letter, 13)
            else:
                chrome.call("Input.insertText", text=letter)
        key("Enter", "\r", 13)
        until(lambda: block() is not None)
        assert block()["intention"] == "wire it"
        until(lambda: "attended" in beaten())
        chrome.open("about:blank")
        until(lambda: "orderly" in beaten())
        assert block()["state"] == "running", "a page that is closed is a closed terminal"
        process.terminate()
        assert "refused 0" in process.stderr.read()
        assert process.wait(20) == 0
