"""The heartbeat file: one line that says who was last alive, and when by each clock.

Format: `flowtui-heartbeat 1`, then boot id (or -), wall time (ISO 8601), boot time, monotonic time,
pid, start of that process in clock ticks since boot (or 0), block id, and flags, parted by blanks.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from flowtui.core.focus.recovery import Reading
from flowtui.core.lazy_dataclass import dataclass
from flowtui.system.files import write_atomic

HEADER = "flowtui-heartbeat 1"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One beat."""

    reading: Reading
    block_id: str
    pid: int
    pid_start: int
    """Start of the process in clock ticks since boot, so that a reused pid is told apart."""
    attended: bool
    """True if an app beats for the block; False if it was started to run alone."""
    orderly: bool
    """True if the process said goodbye: its terminal was closed, or it was asked to end."""

    ended: bool = False
    """True if the block had ended then, and that was taken back: what was since is to be said."""

    @property
    def left(self) -> bool:
        """True if a person left the app and meant the block to go on without it."""
        return self.orderly and not self.attended


def write(path: Path, beat: Heartbeat) -> None:
    """Replace the file. Not synced: after a power cut an older beat is as good. Raises OSError."""
    reading = beat.reading
    flags = "+".join(
        name
        for name, on in (
            ("attended", beat.attended),
            ("orderly", beat.orderly),
            ("ended", beat.ended),
        )
        if on
    )
    text = (
        f"{HEADER} {reading.boot_id or '-'} {reading.wall.isoformat()} {reading.boottime!r} "
        f"{reading.monotonic!r} {beat.pid} {beat.pid_start} {beat.block_id} {flags or '-'}\n"
    )
    write_atomic(path, text.encode())


def read(path: Path) -> Heartbeat | None:
    """The last beat; None if there is none or the file is not a heartbeat."""
    try:
        words = path.read_text(encoding="utf-8").split(" ")
        if " ".join(words[:2]) != HEADER:
            return None
        boot_id, wall, boottime, monotonic, pid, pid_start, block_id, flags = words[2:]
        instant = datetime.fromisoformat(wall)
        if instant.tzinfo is None or int(pid) < 1:
            return None
        reading = Reading(
            instant, float(monotonic), float(boottime), "" if boot_id == "-" else boot_id
        )
        kinds = flags.strip().split("+")
        said = ("attended" in kinds, "orderly" in kinds, "ended" in kinds)
        return Heartbeat(reading, block_id, int(pid), int(pid_start), *said)
    except (OSError, ValueError):
        return None


def remove(path: Path) -> None:
    """Forget the last beat."""
    path.unlink(missing_ok=True)


def pid_start(pid: int) -> int:
    """Start of process `pid` in clock ticks since boot; 0 where the system does not tell.

    Source: field 22 of /proc/PID/stat, proc(5); the name in field 2 may itself hold blanks.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return int(stat.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def is_alive(beat: Heartbeat) -> bool:
    """True if the very process that beat still exists."""
    try:
        os.kill(beat.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it exists and belongs to somebody else
    except OverflowError:
        return False
    return beat.pid_start in (0, pid_start(beat.pid))
