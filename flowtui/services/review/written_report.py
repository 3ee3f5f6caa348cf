"""A report as a file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.system.files import write_atomic


def write_report(path: Path, text: str) -> None:
    """Write `text` to `path`. Raises FlowError; then the former file is as it was."""
    try:
        write_atomic(path.absolute(), text.encode())
    except OSError as error:
        raise FlowError(
            f"{path} cannot be written: {error.strerror}", "name a file in another folder"
        ) from None
