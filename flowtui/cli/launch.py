"""Opening the app: the one place where the command line reaches Textual.

What the first frame needs is read here: settings, theme, and whether a block runs. The ledger is
opened after that frame, on a thread of its own.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError

if TYPE_CHECKING:
    from flowtui.services.wiring import Services
    from flowtui.settings.paths import Paths
    from flowtui.tui.app import FlowApp, OpenOn


BROWSER = "textual.drivers.web_driver:WebDriver"
"""In the environment of an app that a browser shows: it is told by a pipe that nobody looks."""


def open_app(
    env: Mapping[str, str],
    home: str | None,
    plain: bool = False,
    check_in: bool = False,
    check_in_day: date | None = None,
    look_back: bool = False,
    look_back_day: date | None = None,
    demo: bool = False,
) -> None:
    """Open the app and stay until it is left. Raises FlowError where there is no terminal.

    With `check_in` it opens on the check-in, of `check_in_day` (None: today); with `look_back` on
    the review of the week that holds `look_back_day` (None: the one that is due). With `demo` each
    screen says that nothing of it is real.
    """
    in_browser = env.get("TEXTUAL_DRIVER") == BROWSER
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and not in_browser:
        raise FlowError("the app needs a terminal", "see what can be done without: flowtui --help")
    # what start-up makes is no garbage: looking for some costs a fifteenth of the first frame
    gc.disable()
    from flowtui.settings.paths import resolve
    from flowtui.system.hangup import end_with_terminal
    from flowtui.tui.app import OpenOn
    from flowtui.tui.widgets import big_time

    paths = resolve(env, Path(home) if home else None)
    figures = paths.cache_dir / "digits.json"
    big_time.load_figures(figures)
    on = OpenOn("check-in", check_in_day) if check_in else None
    on = OpenOn("review", look_back_day) if look_back else on
    app = _app(env, home, paths, plain, on)
    app.demo = demo
    if not demo and on is None and not plain and not paths.ledger_dir.exists():
        app.first_start = None if paths.config_file.exists() else paths.config_file
    end_with_terminal(sys.stdin.fileno(), untold=in_browser)
    app.run()
    if paths.cache_dir.is_dir():  # where an app has been: nothing is made by looking
        _keep(figures, big_time.figures_to_keep(app.config.display.font))
    _part(app.parting_words)


def _app(
    env: Mapping[str, str], home: str | None, paths: Paths, plain: bool, on: OpenOn | None
) -> FlowApp:
    """The app with what its first frame shows; the services are made on a thread of its own."""
    from flowtui.cli.focus.prompt import current
    from flowtui.services.focus.snapshot import NAME
    from flowtui.services.focus.snapshot import load as load_today
    from flowtui.services.written_files import WrittenFiles
    from flowtui.settings.config import load
    from flowtui.settings.themes import choose, find, has_few_colours, in_terminal_colours
    from flowtui.system.clock import SystemClock
    from flowtui.tui.app import FlowApp

    config, problems = load(paths)
    themes, theme_problems = find(paths)
    theme, unknown = choose(config.display.theme, themes, paths.config_file)
    if has_few_colours(env):
        themes = in_terminal_colours(themes)
    clock = SystemClock()

    def build() -> Services:
        from flowtui.services.wiring import build as build_services

        return build_services(env, Path(home) if home else None, clock, attended=True)

    fields = current(home)
    today = load_today(
        str(paths.cache_dir / NAME),
        str(paths.ledger_dir),
        str(paths.config_dir),
        clock.now().timestamp(),
    )
    return FlowApp(
        build,
        clock,
        config,
        themes,
        theme.name,
        [str(p) for p in (*problems, *theme_problems, *([unknown] if unknown else []))],
        plain,
        expect_running=fields is not None and bool(fields.get("state")),
        today=today,
        written=WrittenFiles(paths.ledger_dir, paths.watch_dir),
        open_on=on,
    )


def _keep(file: Path, data: bytes | None) -> None:
    """Write what makes the next start quicker; best effort."""
    from flowtui.system.files import write_atomic

    if data is not None:
        with suppress(OSError):
            write_atomic(file, data)


def _part(words: Sequence[str]) -> None:
    try:
        for line in words:
            sys.stderr.write(f"{line}\n")
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # a terminal that was closed takes no words; neither may Python try again as it ends
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
