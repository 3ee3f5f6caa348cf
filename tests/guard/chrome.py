"""The real Chromium, driven over the two pipes of its debugging protocol alone."""

from __future__ import annotations

import json
import os
import select
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.guard.namespace import Cell

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions",
    "--disable-dev-shm-usage", "--remote-debugging-pipe", "about:blank",
)  # fmt: skip


class Chrome:
    """A browser in a cell, with one tab."""

    def __init__(self, cell: Cell, profile: Path) -> None:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            pytest.skip("install chromium")
        there, self._out = os.pipe()
        self._in, here = os.pipe()
        for fd in (there, here):
            os.set_inheritable(fd, True)
        # the debugging pipes are descriptors 3 and 4
        shell = f'exec 3<&{there} 4>&{here}; exec "$0" "$@"'
        self._process = cell.popen(
            "bash", "-c", shell, program, f"--user-data-dir={profile}", *FLAGS,
            pass_fds=(there, here), stdout=-3, stderr=-3,
        )  # fmt: skip
        os.close(there)
        os.close(here)
        self._buffer = b""
        self._id = 0
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t["targetId"] for t in targets if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        self.call("Page.enable")

    def call(self, method: str, wait_s: float = 30, **params: Any) -> Any:
        """The result of a command of the protocol."""
        self._id += 1
        body: dict[str, Any] = {"id": self._id, "method": method, "params": params}
        if getattr(self, "_session", None):
            body["sessionId"] = self._session
        os.write(self._out, json.dumps(body).encode() + b"\0")
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            message = self._next(end - time.monotonic())
            if message.get("id") == self._id:
                assert "error" not in message, message
                return message["result"]
        raise AssertionError(f"Chromium did not answer {method}")

    def open(self, url: str) -> str:
        """Go to `url`; an empty text, or the error that the browser shows.

        A namespace that was just made gets its IPv6 address a moment later: what is lost to that
        change is asked for again.
        """
        end = time.monotonic() + 10
        result = self.call("Page.navigate", url=url)
        while result.get("errorText") == "net::ERR_NETWORK_CHANGED" and time.monotonic() < end:
            result = self.call("Page.navigate", url=url)
        while not result.get("errorText") and time.monotonic() < end:
            if self.value("document.readyState") == "complete":
                break
            time.sleep(0.02)
        return str(result.get("errorText", ""))

    def value(self, expression: str) -> Any:
        """What a piece of JavaScript gives."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True)
        return result["result"].get("value")

    def close(self) -> None:
        """Close the browser."""
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait(20)

    def _next(self, wait_s: float) -> Any:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, wait_s))
            assert ready, "Chromium says nothing"
            part = os.read(self._in, 1 << 16)
            assert part, "Chromium has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
