"""The real Firefox in a cell, driven over Marionette by this file, run once more inside the cell.

Marionette speaks JSON behind its length on a loopback port (Mozilla's remote protocol 3); the part
inside passes commands on from its standard input, one JSON line each.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PORT = 2828
PREFS = """
user_pref("marionette.port", 2828);
user_pref("network.dnsCacheExpiration", 3);
user_pref("network.dnsCacheExpirationGracePeriod", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.security.https_first", false);
user_pref("browser.aboutConfig.showWarning", false);
"""
"""Firefox remembers an address for a minute; here three seconds, so that a test need not wait."""


class Firefox:
    """A browser in a cell, with one window."""

    def __init__(self, cell: Any, profile: Path) -> None:
        import pytest

        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program is None:
            pytest.skip("install firefox-esr")
        profile.mkdir(parents=True)
        (profile / "user.js").write_text(PREFS)
        self._browser = cell.popen(
            program, "--headless", "--marionette", "--no-remote", "--profile", str(profile),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._relay = cell.popen(
            sys.executable, __file__, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
        self.call("WebDriver:SetTimeouts", {"pageLoad": 15000, "script": 10000})

    def call(self, name: str, params: dict[str, Any] | None = None) -> Any:
        """The result of a command; an error is `{"error": text}`."""
        self._relay.stdin.write(json.dumps([name, params or {}]) + "\n")
        self._relay.stdin.flush()
        line = self._relay.stdout.readline()
        assert line, "the relay to Firefox has ended"
        error, result = json.loads(line)
        return {"error": str(error.get("message", error))} if error else result

    def open(self, url: str) -> str:
        """Go to `url`; an empty text, or the error that the browser shows."""
        result = self.call("WebDriver:Navigate", {"url": url})
        return str((result or {}).get("error", ""))

    def value(self, name: str) -> Any:
        """The value of a variable of the page."""
        script = f"return window.{name}"
        result = self.call("WebDriver:ExecuteScript", {"script": script, "args": []})
        assert "error" not in result, result
        return result["value"]

    def title(self) -> str:
        """The title of the page."""
        return str(self.call("WebDriver:GetTitle").get("value"))

    def window(self, private: bool) -> None:
        """Go on in a window of its own."""
        made = self.call("WebDriver:NewWindow", {"type": "window", "private": private})
        self.call("WebDriver:SwitchToWindow", {"handle": made["handle"]})

    def close(self) -> None:
        """Close the browser."""
        self._relay.stdin.close()
        self._relay.wait(20)
        self._browser.terminate()
        try:
            self._browser.wait(20)
        except subprocess.TimeoutExpired:
            self._browser.kill()
            self._browser.wait()


def _relay() -> None:
    """Pass commands on; ends with the standard input."""
    end = time.monotonic() + 90
    while True:
        try:
            link = socket.create_connection(("127.0.0.1", PORT), 60)
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    stream = link.makefile("rwb")
    _message(stream)  # its greeting
    for number, line in enumerate(sys.stdin, 1):
        name, params = json.loads(line)
        body = json.dumps([0, number, name, params]).encode()
        stream.write(str(len(body)).encode() + b":" + body)
        stream.flush()
        _, _, error, result = _message(stream)
        sys.stdout.write(json.dumps([error, result]) + "\n")
        sys.stdout.flush()


def _message(stream: Any) -> Any:
    size = b""
    while not size.endswith(b":"):
        part = stream.read(1)
        if not part:
            raise SystemExit("Firefox has ended")
        size += part
    return json.loads(stream.read(int(size[:-1])))


if __name__ == "__main__":
    _relay()
