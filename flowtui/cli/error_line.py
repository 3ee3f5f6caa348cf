"""How an error reaches a person: one line why, one line what to do, on standard error."""

from __future__ import annotations

import sys

PROGRAM = "flowtui"


def complain(message: str, hint: str | None) -> None:
    """Say that something could not be done."""
    from flowtui.core.text import plain_lines

    sys.stderr.write(f"{PROGRAM}: {plain_lines(message)}\n")
    if hint:
        sys.stderr.write(f"  {plain_lines(hint)}\n")
