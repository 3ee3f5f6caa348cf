"""Where `flowtui` begins: `status` is answered at once, everything else goes to the parser.

A prompt or status bar asks every second. So the answer comes from one small file before any
command parser or TinyDB is imported; only where that file is missing or out of date is the
ledger asked, by way of the parser.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    import os

    from flowtui.cli import streams

    streams.prepare()
    arguments = sys.argv[1:]
    if not "".join(arguments).isascii():
        streams.read_as_utf8(arguments)
    if "status" in arguments[:3]:
        from flowtui.cli.focus.prompt import quick_status

        answer = quick_status(arguments)
        if answer is not None:
            try:
                sys.stdout.write(answer)
            except OSError as error:
                return streams.lost(error)
            return streams.finish(0)
    # a shell that asks for completions gives no arguments
    if not arguments and "_FLOWTUI_COMPLETE" not in os.environ:
        return _app()
    from flowtui.cli.app import run

    return streams.finish(run(arguments))


def _app() -> int:
    """The app alone needs no command parser."""
    import os

    from flowtui.cli.launch import open_app
    from flowtui.core.errors import FlowError

    try:
        open_app(os.environ, None)
    except FlowError as error:
        from flowtui.cli.context import complain

        complain(error.message, error.hint)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
