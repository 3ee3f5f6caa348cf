"""Why there is no library to ask for GPUs, in a line: by what is found of a GPU all the same."""

from __future__ import annotations

import sys
from pathlib import Path

NOTHING = "there is no NVIDIA driver here"
AMD = "0x1002"


def words(root: Path = Path("/")) -> str:
    """Why NVIDIA's library is not there, and what to do if anything is to be done.

    `root` is where the system's files lie.
    """
    if sys.platform == "darwin":
        return "GPUs of Apple are not read, only NVIDIA's"
    if (root / "dev/dxg").exists():
        return "this WSL has no NVIDIA driver: install it on Windows, then wsl --shutdown"
    if (root / "dev/nvidiactl").exists():
        return (
            "an NVIDIA GPU is here and its library is not: start the container with --gpus all "
            "(libnvidia-ml.so.1)"
        )
    if (root / "proc/driver/nvidia/version").exists():
        return "the NVIDIA driver is loaded and its library is not installed (libnvidia-ml.so.1)"
    vendors = _vendors(root)
    if AMD in vendors:
        return "the GPU here is AMD's: only NVIDIA's are read"
    return NOTHING


def _vendors(root: Path) -> set[str]:
    """PCI numbers of the makers of the graphics cards."""
    found = set()
    for path in (root / "sys/class/drm").glob("card*/device/vendor"):
        try:
            found.add(path.read_text(encoding="ascii", errors="replace").strip())
        except OSError:
            continue
    return found
