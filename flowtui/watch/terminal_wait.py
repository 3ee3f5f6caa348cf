"""Whether a process waits for somebody to type: what it does in the kernel, and on which file.

Formats: proc_pid_syscall(5), proc_pid_wchan(5). The first says exactly which call it is in, and may
be kept from us; the second names the place in the kernel alone.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path

_CALLS = {
    "x86_64": ({0, 19}, {23, 270}),
    "aarch64": ({63, 65}, {72}),
}
"""By machine: numbers of read, readv; and of select, pselect6."""
_IN_KERNEL = {"n_tty_read", "wait_woken"}
MOST = 64


def waits_at_terminal(pids: Iterable[int]) -> bool | None:
    """True if one of the processes reads from a terminal; None where the kernel does not say."""
    known = False
    for _, pid in zip(range(MOST), pids, strict=False):
        answer = _waits(pid)
        if answer:
            return True
        known = known or answer is not None
    return False if known else None


def _waits(pid: int) -> bool | None:
    reads, selects = _CALLS.get(platform.machine(), (set(), set()))
    words = _read(f"/proc/{pid}/syscall").split()
    if len(words) > 1 and words[0].isdigit() and reads:
        number, first = int(words[0]), int(words[1], 16)
        if number in reads:
            return _is_terminal(pid, first)
        return number in selects and first == 1 and _is_terminal(pid, 0)
    place = _read(f"/proc/{pid}/wchan").strip()
    if place in ("", "0"):
        return None
    return place in _IN_KERNEL and _is_terminal(pid, 0)


def _is_terminal(pid: int, descriptor: int) -> bool:
    try:
        path = os.readlink(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH115 - no Path needed
    except OSError:
        return False
    return path.startswith(("/dev/pts/", "/dev/tty"))


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
