"""A focus shell: one program with a hosts file of its own, in a user namespace; no root needed.

It covers what is started in it and nothing else, and is gone with it: there is nothing to restore.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.core.search_path import absolute_only
from flowtui.guard.program import hosts_text, names

HOSTS = Path("/etc/hosts")
INSIDE = """\
"$1" --bind "$0" /etc/hosts && exec "$2" --user --map-user="$3" --map-group="$4" -- "${@:5}"
"""
NEEDS = ("unshare", "mount", "bash")
TOKEN = "focus-shell"


def allowed() -> bool:
    """True if this user may make namespaces here."""
    unshare = _program("unshare")
    if unshare is None or not all(map(_program, NEEDS)):
        return False
    done = subprocess.run([unshare, "-Urm", "/bin/sh", "-c", ":"], capture_output=True)
    return done.returncode == 0


def _program(name: str) -> str | None:
    """Where a program of the system is; one in the current folder is none."""
    return shutil.which(name, path=absolute_only(os.environ.get("PATH")))


def hosts_for(sites: Sequence[str], text: bytes) -> bytes:
    """The hosts file of the shell: what is there, and a line for each site without a path."""
    taken = hosts_text.mapped(text)
    hosts = [site for site in sites if "/" not in site and site not in taken][: names.MAX_NAMES]
    to = {name: hosts_text.address(number) for number, name in enumerate(hosts)}
    return text + hosts_text.tail(text, TOKEN, to)


def run(folder: Path, sites: Sequence[str], command: Sequence[str]) -> int:
    """Run `command` so that it finds none of `sites`; its exit status.

    Raises FlowError where namespaces are not allowed.
    """
    if not allowed():
        raise FlowError(
            "user namespaces are not allowed here", "the guard needs none: flowtui guard install"
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"hosts-{os.getpid()}"
    try:
        file.write_bytes(hosts_for(sites, HOSTS.read_bytes()))
        unshare, mount, bash = (_program(name) or name for name in NEEDS)
        given = [str(file), mount, unshare, str(os.getuid()), str(os.getgid())]
        done = subprocess.run(
            [unshare, "-Urm", bash, "--noprofile", "--norc", "-c", INSIDE, *given, *command],
            check=False,
        )
    except OSError as error:
        raise FlowError(f"the focus shell could not be started: {error.strerror}") from None
    finally:
        file.unlink(missing_ok=True)
    return done.returncode
