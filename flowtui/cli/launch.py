"""Opening the app: the one place where the command line reaches Textual.

What the first frame needs is read here: settings, theme, and whether a block runs. The ledger is
opened after that frame, on a thread of its own.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from flowtui.core.errors import FlowError


def open_app(
    env: Mapping[str, str],
    home: str | None,
    plain: bool = False,
    check_in: bool = False,
    check_in_day: date | None = None,
) -> None:
    """Open the app and stay until it is left. Raises FlowError where there is no terminal.

    With `check_in` it opens on the check-in, of `check_in_day` (None: today).
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise FlowError("the app needs a terminal", "see what can be done without: flowtui --help")
    # what start-up makes is no garbage: looking for some costs a fifteenth of the first frame
    gc.disable()
    from flowtui.cli.focus.prompt import current
    from flowtui.services.focus.snapshot import NAME
    from flowtui.services.focus.snapshot import load as load_today
    from flowtui.services.written_files import WrittenFiles
    from flowtui.settings.config import load
    from flowtui.settings.paths import resolve
    from flowtui.settings.themes import choose, find
    from flowtui.system.clock import SystemClock
    from flowtui.system.files import write_atomic
    from flowtui.system.hangup import end_with_terminal
    from flowtui.tui.app import CheckIn, FlowApp
    from flowtui.tui.widgets import big_time

    root = Path(home) if home else None
    paths = resolve(env, root)
    config, problems = load(paths)
    themes, theme_problems = find(paths)
    theme, unknown = choose(config.display.theme, themes, paths.config_file)
    clock = SystemClock()

    def build() -> object:
        from flowtui.services.wiring import build as build_services

        return build_services(env, root, clock, attended=True)

    fields = current(home)
    figures = paths.cache_dir / "digits.json"
    today = load_today(
        str(paths.cache_dir / NAME),
        str(paths.ledger_dir),
        str(paths.config_dir),
        clock.now().timestamp(),
    )
    big_time.load_figures(figures)
    app = FlowApp(
        build,  # type: ignore[arg-type] # typed as Services, which is imported on the desk's thread
        clock,
        config,
        themes,
        theme.name,
        [str(p) for p in (*problems, *theme_problems, *([unknown] if unknown else []))],
        plain,
        expect_running=fields is not None and bool(fields.get("state")),
        today=today,
        written=WrittenFiles(paths.ledger_dir, paths.watch_dir),
        check_in=CheckIn(check_in_day) if check_in else None,
    )
    end_with_terminal(sys.stdin.fileno())
    app.run()
    if paths.cache_dir.is_dir():  # where an app has been: nothing is made by looking
        kept = big_time.figures_to_keep(config.display.font)
        with suppress(OSError):
            if kept is not None:
                write_atomic(figures, kept)
    try:
        for line in app.parting_words:
            sys.stderr.write(f"{line}\n")
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # a terminal that was closed takes no words; neither may Python try again as it ends
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
