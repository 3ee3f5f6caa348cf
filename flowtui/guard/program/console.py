"""What a person with sudo is told by the installed program: lines, or JSON for flowtui."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from . import files, root_verbs, service
from .errors import GuardError

SHOWN = "\u200c\u200d"


def run(given: argparse.Namespace) -> int:
    """Do one of the verbs that a person gives. Raises GuardError, OSError."""
    root = Path(given.root)
    if given.verb == "hash":
        _put(files.digest(root_verbs.own_program()))
        return 0
    if os.geteuid() != 0:
        raise GuardError("root", "this needs root", "the same with sudo before it")
    if given.verb == "rescue":
        _rescue(root_verbs.rescue(root, given.mend, given.dry_run), given)
        return 0
    if given.verb == "uninstall":
        _sure(given, "put everything back and remove the guard?")
        _uninstalled(root_verbs.uninstall(root), given)
        return 0
    if not given.file or not given.sha256:
        raise GuardError("usage", "upgrade takes a file and its hash", "flowtui guard install")
    _sure(given, f"install {given.file} ({given.sha256[:16]}…) in the place of this guard?")
    systemd = service.has_systemd() and not given.no_systemd
    owners = [user(name) for name in given.owner]
    file = Path(given.file)
    lines = root_verbs.upgrade(root, file, given.sha256, owners, systemd, given.shortest)
    _put(json.dumps({"steps": lines}) if given.json else "\n".join([*lines, "it answers"]))
    return 0


def complain(error: GuardError, as_json: bool) -> None:
    """Say why something was not done."""
    if as_json:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        _put(json.dumps({"error": told}))
        return
    sys.stderr.write(f"flowtui guard: {plain(error.message)}\n")
    if error.hint:
        sys.stderr.write(f"  {plain(error.hint)}\n")


def user(name: str) -> int:
    """The number of a user given by name or number. Raises GuardError."""
    import pwd

    try:
        return int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid
    except KeyError:
        raise GuardError("user", f"there is no user {name!r}", "give the name of one") from None


def plain(text: str) -> str:
    """`text` without anything that a terminal obeys; flowtui itself has a finer one."""
    return "".join(c if c.isprintable() or c in SHOWN or c == "\n" else " " for c in text)


def proof_lines(resources: list[dict[str, Any]]) -> list[str]:
    """How each thing was put back."""
    lines = []
    for one in resources:
        proved = f"  sha256 {one['after'][:16]}…" if one.get("after") else ""
        note = f": {one['note']}" if one.get("note") else ""
        lines.append(f"{one['what']} {one['how']}{proved}{note}")
    return lines


def rescue_lines(done: dict[str, Any], dry: bool) -> list[str]:
    """What a rescue has found, in lines."""
    lines = list(done.get("lines", ()))
    if done["active"] and done.get("guard"):
        return [*lines, "the guard is alive and well, and looks after everything itself"]
    if done["active"]:
        left = max(1, round(done["left_s"] / 60))
        return [*lines, f"a lease runs for {left} min more; then all is put back"]
    end = [] if dry else ["nothing of a lease is left here"]
    return [*lines, *proof_lines(done["resources"]), *end]


def _rescue(done: dict[str, Any], given: argparse.Namespace) -> None:
    _put(json.dumps(done) if given.json else "\n".join(rescue_lines(done, given.dry_run)))


def _uninstalled(done: dict[str, Any], given: argparse.Namespace) -> None:
    if given.json:
        _put(json.dumps(done))
        return
    lines = proof_lines(done["resources"])
    lines += [f"removed {path}" for path in done["removed"]]
    _put("\n".join([*lines, *(f"left {what}" for what in done["left"])]))


def _sure(given: argparse.Namespace, question: str) -> None:
    if given.yes:
        return
    sys.stderr.write(f"{plain(question)} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise GuardError("no", "nothing was done")


def _put(text: str) -> None:
    sys.stdout.write(plain(text) + "\n")
