"""The privileged program as one archive: the same bytes each time, so that its hash says which."""

from __future__ import annotations

import hashlib
import io
import zipfile
from importlib import resources

PACKAGE = "flowtui_guard"
MAIN = f"""\
import sys

from {PACKAGE}.main import main

sys.exit(main())
"""
EPOCH = (1980, 1, 1, 0, 0, 0)


def build() -> bytes:
    """The archive, to be run as `/usr/bin/python3 -I guard.pyz VERB`."""
    folder = resources.files("flowtui.guard.program")
    files = {
        f"{PACKAGE}/{entry.name}": entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".py")
    }
    files["__main__.py"] = MAIN.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), files[name])
    return made.getvalue()


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
