"""Which NVIDIA boards sleep, from the kernel, without touching one.

A laptop's GPU that nobody uses is switched off (runtime power management), and any call of the
driver's library wakes it. Format: Documentation/ABI/testing/sysfs-devices-power of the kernel.
"""

from __future__ import annotations

from pathlib import Path

DEVICES = Path("/sys/bus/pci/devices")
NVIDIA = "0x10de"
DISPLAY = "0x03"
"""PCI class of display controllers; compute boards are among them (0x0302)."""


def sleepers(devices: Path = DEVICES) -> dict[str, bool]:
    """Every NVIDIA GPU by its place on the bus ("0000:05:00.0"): True if it sleeps now.

    Empty where the kernel tells nothing, as in many containers.
    """
    found: dict[str, bool] = {}
    try:
        places = sorted(devices.iterdir())
    except OSError:
        return found
    for place in places:
        if _line(place / "vendor") == NVIDIA and _line(place / "class").startswith(DISPLAY):
            found[place.name] = _line(place / "power" / "runtime_status") == "suspended"
    return found


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
