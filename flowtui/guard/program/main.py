"""The command line of the program. Only root gives it: service manager, or a person with sudo."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from . import console, recover, root_verbs, serve, supervise, systemd
from .errors import GuardError
from .requests import SHORTEST_S
from .roots import Roots


def main(arguments: list[str] | None = None) -> int:
    """Run; returns the exit code. What `recover` found is printed as one JSON object."""
    given = _parser().parse_args(arguments)
    roots = Roots(Path(given.root))
    try:
        if given.verb == "supervise":
            return supervise.run(_command(given))
        if given.verb == "recover":
            done = recover.run(roots, given.mend, given.dry_run)
            sys.stdout.write(json.dumps(done) + "\n")
            return 1 if done["problem"] else 0
        if given.verb == "boot":
            return root_verbs.boot(Path(given.root), given.shortest)
        if given.verb == "serve":
            return serve.run(roots, Beat(given), given.shortest)
        return console.run(given)
    except GuardError as error:
        console.complain(error, given.json)
    except OSError as error:
        supervise.say(f"{error.filename or roots.state}: {error.strerror}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flowtui-guard",
        description="rescue: put back what an ended lease has left. uninstall: that, and remove "
        "the guard. upgrade FILE HASH: put the program in FILE in the place of this one. "
        "hash: the SHA-256 of this one.",
    )
    verbs = ("serve", "supervise", "recover", "boot", "rescue", "uninstall", "upgrade", "hash")
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("file", nargs="?", help="of upgrade: the new program")
    parser.add_argument("sha256", nargs="?", help="of upgrade: its hash")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--mend", action="store_true", help="take out our lines with damaged marks")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--owner", action="append", default=[], help="of upgrade: one more owner")
    parser.add_argument("--no-systemd", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--root", default="/", help=argparse.SUPPRESS)
    parser.add_argument("--shortest", type=int, default=SHORTEST_S, help=argparse.SUPPRESS)
    parser.add_argument("--beat", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    return parser


def _command(given: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-I", "-S", os.path.abspath(sys.argv[0]), "--root", given.root]
    return [*command, "--shortest", str(given.shortest)]


class Beat:
    """A sign of life to whoever looks after this process."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self._ready = False

    def __call__(self) -> None:
        systemd.notify("WATCHDOG=1" if self._ready else "READY=1")
        self._ready = True
        if self._given.parent is not None and supervise.orphaned(self._given.parent):
            supervise.become(_command(self._given))
        if self._given.beat is None:
            return
        try:
            os.write(self._given.beat, b".")
        except OSError:
            return  # nobody reads: the next beat finds out why
