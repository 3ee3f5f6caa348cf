"""The throw-away home of `flowtui demo`: made in a temporary folder, and gone with its process."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.services.demo import pretend_training
from flowtui.system.clock import SystemClock

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

PREFIX = "flowtui-demo-"
GRACE_S = 1.0
CONFIG = """\
# a demo: this folder goes when the app is left
[goals]
day_min = 240
[contexts.work]
default_mode = "practice"
[contexts.own]
week_floor_h = 3
[body]
floors = ["sleep 5 days >= 7", "workout 3 days"]
[notices]
desktop = false
terminal = false
[guard]
quiet = false
"""


class DemoHome:
    """A home under the temporary folder; `close` takes all of it away."""

    def __init__(self, env: Mapping[str, str], clock: Clock | None = None) -> None:
        _clear_abandoned()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.env = {
            **env,
            "FLOWTUI_HOME": str(self.folder),
            # no guard of this machine may be armed by a demo
            "FLOWTUI_GUARD_SOCKET": str(self.folder / "no-guard"),
        }
        self._clock = clock or SystemClock()

    def fill(self, train: bool = True) -> None:
        """Write settings and life, and start the pretend training. Raises FlowError."""
        from flowtui.services.demo.made_up_life import MadeUpLife
        from flowtui.services.wiring import build

        services = build(self.env, None, self._clock)
        config = services.paths.config_file
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(CONFIG, encoding="utf-8")
        services = build(self.env, None, self._clock)
        MadeUpLife(services).write()
        _plan(services)
        if train:
            self._train(services)

    def _train(self, services: Services) -> None:
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        script = work / "train.py"
        shutil.copyfile(pretend_training.__file__, script)
        with suppress(FlowError):  # a demo without a run is still one
            services.runs.starter.start([sys.executable, "-I", str(script)], work, "resnet-b")
            services.runs.ensure_watched()

    def close(self) -> None:
        """End what was started, and remove the folder."""
        from flowtui.services.wiring import build

        services = build(self.env, None, self._clock)
        pid = services.runs.look().pid
        for run in services.runs.book.active():
            with suppress(FlowError, OSError):
                services.runs.stop(run, GRACE_S)
        _end(pid)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> DemoHome:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _plan(services: Services) -> None:
    from flowtui.services.plan.planning_line import planned_from_line

    at = (services.clock.now() + timedelta(hours=2)).astimezone(services.zone)
    with suppress(FlowError):
        planned_from_line(services, f"{at:%H:00} for 50m: review the tokenizer patch")
    planned_from_line(services, "tomorrow 09:00 for 90m: the last ablation, then the table")


def _end(pid: int, sleep: Callable[[float], None] = time.sleep) -> None:
    """Ask the watcher of the demo's runs to end, and wait until it has."""
    if pid <= 1:
        return
    for _ in range(50):
        try:
            os.kill(pid, signal.SIGTERM)
        except OSError:
            return
        sleep(0.05)


def _clear_abandoned() -> None:
    """Remove the homes of demos that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        with suppress(OSError):
            mine = folder.stat().st_uid == os.getuid() and not folder.is_symlink()
            if mine and owner.isdigit() and not _is_there(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
